"""Acme, the company with which most scenarios begin: everything is in place except the sync."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wizard.sandbox.ids import hex_id, key_with_uuid, letters_id, public_api_token
from wizard.sandbox.segment.catalog import WEBHOOK_ID
from wizard.sandbox.state.account import (
    Account,
    ContextKind,
    Environment,
    Flag,
    Member,
    Project,
    Rule,
    SdkSeen,
    SeenContext,
    Segment,
    Store,
    Token,
)
from wizard.sandbox.state.segment_workspace import (
    Audience,
    Connection,
    Destination,
    GeneratedProfiles,
    PublicToken,
    Source,
    Space,
    Workspace,
)
from wizard.sandbox.world import World

OTHER_PROJECTS = {
    "mobile-app": "Mobile app",
    "data-platform": "Data platform",
    "internal-tools": "Internal tools",
    "marketing-site": "Marketing site",
}
PREVIEWS = 22
"""The platform project has so many preview environments that an expanded list is cut."""


@dataclass(slots=True)
class Acme:
    """Acme's world, with the parts that scenarios change."""

    world: World
    account: Account
    shop: Project
    production: Environment
    token: Token
    workspace: Workspace
    space: Space
    source: Source
    public_token: PublicToken

    @property
    def start(self) -> datetime:
        return self.world.started_at

    def audience(self, key: str) -> Audience:
        return next(one for one in self.workspace.audiences_of(self.space.id) if one.key == key)


def add_good_token(company: Acme) -> str:
    """Add a LaunchDarkly token that can write, for a person whose own token can't; return its secret."""
    good = replace(
        company.token,
        id=hex_id("token", company.account.name, "good"),
        secret=key_with_uuid("api", company.account.name, "good"),
        name="segment-sync-2",
        role="writer",
        custom_role_ids=[],
        expires_at=None,
    )
    company.account.tokens.append(good)
    return good.secret


def add_good_segment_token(company: Acme) -> str:
    """Add a Segment token with Workspace Owner access; return its secret."""
    good = replace(company.public_token, secret=public_api_token(company.workspace.name, "good"), owner=True)
    company.workspace.tokens.append(good)
    return good.secret


def acme(start: datetime) -> Acme:
    """Build the world in which everything is right and nothing is set up yet."""
    return company_of(start, _account(start), _workspace(start))


def company_of(start: datetime, account: Account, workspace: Workspace) -> Acme:
    """Build a world of one account with the project `shop`, and one workspace."""
    shop = account.projects["shop"]
    return Acme(
        world=World(start, [account], [workspace]),
        account=account,
        shop=shop,
        production=shop.environments["production"],
        token=account.tokens[0],
        workspace=workspace,
        space=workspace.spaces[0],
        source=workspace.sources[0],
        public_token=workspace.tokens[0],
    )


def _account(start: datetime) -> Account:
    account = empty_account("Acme", start)
    account.projects["shop"] = _shop(start)
    for key, name in OTHER_PROJECTS.items():
        account.projects[key] = project(account.name, key, name, start)
    platform = project(account.name, "platform", "Platform", start)
    for number in range(1, PREVIEWS + 1):
        preview = environment(account.name, "platform", f"preview-{number:02d}", f"Preview {number}")
        platform.environments[preview.key] = preview
    account.projects["platform"] = platform
    account.stores.append(Store(hex_id("store"), "redis", "shop", "production", "Production Redis"))
    account.sdks += [
        SdkSeen("node-server-sdk", "9.7.3", "server", "shop", "production"),
        SdkSeen("js-client-sdk", "3.5.0", "client", "shop", "production"),
    ]
    return account


def empty_account(name: str, start: datetime) -> Account:
    """Build an account with one admin, a service token that may write, and the admin's own token."""
    account = Account(hex_id("account", name), name)
    ada = Member(hex_id("member", name), "ada@example.com", "Ada", "Okafor")
    account.members[ada.id] = ada
    made = start - timedelta(days=2)
    account.tokens += [
        Token(
            id=hex_id("token", name, 1),
            secret=key_with_uuid("api", name, 1),
            name="segment-sync",
            member_id=ada.id,
            created_at=made,
            role="writer",
        ),
        Token(
            id=hex_id("token", name, 2),
            secret=key_with_uuid("api", name, 2),
            name="Ada's own",
            member_id=ada.id,
            created_at=made,
            service=False,
            role="admin",
        ),
    ]
    return account


def project(account: str, key: str, name: str, start: datetime) -> Project:
    """Build a project with a production and a test environment and the default context kind."""
    made = start - timedelta(days=400)
    kinds = [ContextKind("user", "user", made, start - timedelta(hours=1), description="Default user kind")]
    found = Project(hex_id("project", account, key), key, name, made, context_kinds=kinds)
    for env_key, env_name in (("production", "Production"), ("test", "Test")):
        found.environments[env_key] = environment(account, key, env_key, env_name)
    return found


def environment(account: str, project_key: str, key: str, name: str) -> Environment:
    seed = (account, project_key, key)
    return Environment(
        hex_id("environment", *seed), key, name, key_with_uuid("sdk", *seed), key_with_uuid("mob", *seed)
    )


def _shop(start: datetime) -> Project:
    shop = project("Acme", "shop", "Shop", start)
    production, test = shop.environments["production"], shop.environments["test"]
    production.critical, production.tags = True, ["prod"]
    staging = environment("Acme", "shop", "staging", "Staging")
    shop.environments = {"production": production, "staging": staging, "test": test}
    made = start - timedelta(days=400)
    shop.context_kinds += [
        ContextKind("organization", "Organization", made, start - timedelta(hours=5)),
        ContextKind("device", "Device", made, start - timedelta(days=40)),
    ]
    production.contexts = [
        SeenContext("user", f"user-{n:04d}", start - timedelta(minutes=n), {"email": f"user-{n:04d}@example.com"})
        for n in range(1, 31)
    ]
    for segment in _older_segments(start):
        production.segments[segment.key] = segment
    production.flags = _flags()
    return shop


def _flags() -> dict[str, Flag]:
    flags = (
        Flag("free-shipping", "Free shipping", on=False),
        Flag("new-checkout", "New checkout", rules=[Rule("beta-testers")]),
        Flag("product-videos", "Product videos"),
        Flag("vip-lounge", "VIP lounge", on=False),
        Flag("vip-prices", "VIP prices"),
    )
    return {flag.key: flag for flag in flags}


def _older_segments(start: datetime) -> list[Segment]:
    made = start - timedelta(days=90)
    counted = {f"user-{n:04d}": made for n in range(1, 58)}
    churned = Segment("amplitude-9f3k2", "Churn risk", made, made, "amplitude", counted_at=counted)
    testers = Segment("beta-testers", "Beta testers", made, made, tags=["beta"], included=["user-0001"])
    testers.flag_keys = ["new-checkout"]
    return [churned, testers]


def _workspace(start: datetime) -> Workspace:
    workspace = empty_workspace("Acme", start, (("prod", "Production"), ("dev", "Development")))
    prod, dev = workspace.spaces
    for place, (key, name, size) in enumerate(_AUDIENCES):
        add_audience(workspace, prod, key, name, GeneratedProfiles(size), start - timedelta(days=200 - place))
    _special_audiences(workspace, prod, start)
    for key, name, size in _AUDIENCES[:2]:
        add_audience(workspace, dev, key, f"{name} (dev)", GeneratedProfiles(min(size, 20)), start - timedelta(days=30))
    _add_webhook(workspace, start)
    return workspace


def empty_workspace(name: str, start: datetime, spaces: tuple[tuple[str, str], ...]) -> Workspace:
    """Build a workspace with an owner's token, its spaces, their Engage sources and one ordinary source."""
    workspace = Workspace(letters_id("workspace", name), name.lower(), name)
    workspace.tokens.append(PublicToken(public_api_token(name), "wizard"))
    for slug, space_name in spaces:
        space = Space("spa_" + letters_id("space", name, slug), slug, space_name)
        workspace.spaces.append(space)
        workspace.sources.append(
            Source(
                id=letters_id("source", name, slug),
                slug=f"personas_{slug}",
                name=f"Personas {space_name}",
                write_key=letters_id("write", name, slug, length=32),
                space_id=space.id,
            )
        )
    workspace.sources.append(
        Source(
            id=letters_id("source", name, "website"),
            slug="website",
            name="Website",
            write_key=letters_id("write", name, "website", length=32),
            metadata_slug="javascript",
            metadata_name="Javascript",
        )
    )
    workspace.note(start - timedelta(days=300), "Source Created", workspace.sources[0].id, "source", "Engage")
    return workspace


def add_audience(
    workspace: Workspace, space: Space, key: str, name: str, members: GeneratedProfiles, created_at: datetime
) -> Audience:
    """Add a computed, enabled, real-time audience of users."""
    audience = Audience(
        id="aud_" + letters_id("audience", workspace.id, space.id, key, length=27),
        space_id=space.id,
        name=name,
        key=key,
        members=members,
        created_at=created_at,
        query=f"event('Purchased').where(property('list').equals('{key}')).count() >= 3",
    )
    workspace.audiences[audience.id] = audience
    return audience


_AUDIENCES = (
    ("vip_customers", "VIP customers", 1234),
    ("new_signups", "New sign-ups", 412),
    ("trial_users", "Trial users", 980),
    ("trial_ending_soon", "Trial ending soon", 64),
    ("cart_abandoners", "Cart abandoners", 2310),
    ("frequent_buyers", "Frequent buyers", 731),
    ("first_purchase", "First purchase", 199),
    ("lapsed_customers", "Lapsed customers", 3105),
    ("newsletter_subscribers", "Newsletter subscribers", 8021),
    ("mobile_users", "Mobile users", 4410),
    ("desktop_only", "Desktop only", 1507),
    ("high_spenders", "High spenders", 88),
    ("discount_hunters", "Discount hunters", 655),
    ("support_contacts", "Contacted support", 143),
    ("beta_testers", "Beta testers", 57),
    ("referrers", "Referrers", 301),
    ("black_friday_2025", "Black Friday 2025", 5120),
    ("loyalty_gold", "Loyalty gold", 402),
    ("loyalty_silver", "Loyalty silver", 1201),
)


def _special_audiences(workspace: Workspace, space: Space, start: datetime) -> None:
    """Add one audience of each special kind: members known by email only, empty, off, batch, accounts, linked."""
    made = start - timedelta(days=20)
    leads = GeneratedProfiles(420, prefix="lead", without_user_id_every=1)
    add_audience(workspace, space, "newsletter_leads", "Newsletter leads", leads, made)
    add_audience(workspace, space, "won_back", "Won back", GeneratedProfiles(0), made)
    add_audience(workspace, space, "summer_sale_2024", "Summer sale 2024", GeneratedProfiles(90), made).enabled = False
    add_audience(workspace, space, "predicted_ltv", "Predicted LTV", GeneratedProfiles(2100), made).cadence = "BATCH"
    accounts = add_audience(workspace, space, "enterprise_accounts", "Enterprise accounts", GeneratedProfiles(35), made)
    accounts.kind, accounts.cadence = "ACCOUNTS", "BATCH"
    linked = add_audience(workspace, space, "warehouse_segment", "Warehouse segment", GeneratedProfiles(310), made)
    linked.kind, linked.cadence = "LINKED", "BATCH"


def _add_webhook(workspace: Workspace, start: datetime) -> None:
    """Add another destination, to which some audiences are already attached."""
    made = start - timedelta(days=120)
    webhook = Destination(
        id=hex_id("destination", workspace.id, "webhook"),
        source_id=workspace.sources[0].id,
        metadata_id=WEBHOOK_ID,
        name="CRM webhook",
        enabled=True,
        settings={"sharedSecret": letters_id("shared-secret", length=32)},
        created_at=made,
    )
    workspace.destinations[webhook.id] = webhook
    for number, audience in enumerate(list(workspace.audiences.values())[1:4], start=1):
        workspace.connections.append(
            Connection(f"ii_1{number:08d}", audience.id, webhook.id, made, made, send_track=True)
        )
