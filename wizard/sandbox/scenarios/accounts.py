"""Scenarios in which a token, an account or a workspace isn't what the setup needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.sandbox.http.exchange import Json
from wizard.sandbox.ids import hex_id
from wizard.sandbox.scenarios.acme import Acme, acme, add_good_segment_token, add_good_token
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.account import CustomRole
from wizard.sandbox.state.segment_workspace import ENGAGE_SOURCE_SLUG

VIEW_SHOP: Json = {"effect": "allow", "resources": ["proj/shop"], "actions": ["viewProject"]}


def _with_role(company: Acme, key: str, name: str, *statements: Json) -> Prepared:
    """Return the company with a custom role for its token instead of Writer."""
    role = CustomRole(hex_id("role", key), key, name, [VIEW_SHOP, *statements], base_permissions="reader")
    company.account.roles[role.key] = role
    good = add_good_token(company)
    company.token.role, company.token.custom_role_ids = None, [role.id]
    return prepared(company, good_token=good)


def _custom_role_missing_update(start: datetime) -> Prepared:
    create_only = {
        "effect": "allow",
        "resources": ["proj/shop:env/production:segment/*"],
        "actions": ["createSegment"],
    }
    return _with_role(acme(start), "segment-sync", "Segment sync", create_only)


def _other_environment_role(start: datetime) -> Prepared:
    staging_only = {"effect": "allow", "resources": ["proj/shop:env/staging:segment/*"], "actions": ["*"]}
    return _with_role(acme(start), "staging-segments", "Staging segments", staging_only)


def _expired_token(start: datetime) -> Prepared:
    company = acme(start)
    company.token.expires_at = start - timedelta(days=1)
    return prepared(company, good_token=add_good_token(company))


def _approvals_required(start: datetime) -> Prepared:
    company = acme(start)
    company.production.segment_approvals = True
    return prepared(company)


def _no_store(start: datetime) -> Prepared:
    company = acme(start)
    company.account.stores.clear()
    return prepared(company)


def _no_engage(start: datetime) -> Prepared:
    company = acme(start)
    workspace = company.workspace
    workspace.features -= {"spaces", "audiences", "activations"}
    workspace.spaces.clear()
    workspace.audiences.clear()
    workspace.connections.clear()
    workspace.destinations.clear()
    workspace.sources = [one for one in workspace.sources if one.metadata_slug != ENGAGE_SOURCE_SLUG]
    return prepared(company)


def _wrong_region(start: datetime) -> Prepared:
    company = acme(start)
    company.workspace.region = "eu"
    return prepared(company)


def _member_token(start: datetime) -> Prepared:
    company = acme(start)
    company.public_token.owner = False
    return prepared(company, good_segment_token=add_good_segment_token(company))


def _no_attach_api(start: datetime) -> Prepared:
    company = acme(start)
    company.workspace.attaching = "off"
    company.workspace.colleague_attaches = "vip_customers"
    company.workspace.features.discard("activations")
    return prepared(company)


def _rate_limited(start: datetime) -> Prepared:
    company = acme(start)
    company.account.route_limit, company.account.global_limit = 4, 12
    company.workspace.default_limit = 12
    return prepared(company)


ACCOUNTS = (
    Scenario(
        "custom-role-missing-update",
        "The token's role can create segments but not change their members",
        _custom_role_missing_update,
    ),
    Scenario("other-environment-role", "The token's role is for staging, not for production", _other_environment_role),
    Scenario("expired-token", "The LaunchDarkly token expired yesterday", _expired_token),
    Scenario("approvals-required", "Production requires an approval for each segment change", _approvals_required),
    Scenario("no-store", "Server-side SDKs are in use, without a persistent store", _no_store, server_side=True),
    Scenario("no-engage", "The Segment workspace has no Engage", _no_engage),
    Scenario("wrong-region", "The Segment workspace is in the EU region", _wrong_region),
    Scenario("member-token", "The Segment token belongs to a member without roles", _member_token),
    Scenario(
        "no-attach-api",
        "The API can neither attach destinations nor show them: a colleague attaches VIP customers in the web app "
        "after 3 minutes",
        _no_attach_api,
    ),
    Scenario("rate-limited", "Both services allow only a few calls before they ask to wait", _rate_limited),
)
