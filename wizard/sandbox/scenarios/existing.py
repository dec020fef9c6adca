"""Scenarios of a setup made hours ago: complete, half-finished, or broken in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wizard.sandbox.http.exchange import Json
from wizard.sandbox.ids import hex_id, key_with_uuid, letters_id
from wizard.sandbox.scenarios.acme import Acme, acme
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.segment import catalog
from wizard.sandbox.state.account import Member, Rule, Segment, Token
from wizard.sandbox.state.segment_workspace import (
    Activation,
    Audience,
    Connection,
    Destination,
    GeneratedProfiles,
    Mapping,
    Source,
)
from wizard.sandbox.sync.destination import sentence_case

AGE = timedelta(hours=3)
AUDIENCE_KEY = "vip_customers"


@dataclass(slots=True)
class Setup:
    """Acme with a setup, and the parts that scenarios change."""

    company: Acme
    destination: Destination
    mapping: Mapping
    audience: Audience


def made(company: Acme, number: int = 1, source: Source | None = None) -> Setup:
    """Return Acme with a destination and a mapping as the wizard makes them, but no audience attached."""
    destination = Destination(
        id=hex_id("destination", "set_up", number),
        source_id=(source or company.source).id,
        metadata_id=catalog.LAUNCHDARKLY_ID,
        name="LaunchDarkly - shop / production",
        enabled=True,
        settings={"apiKey": company.token.secret, "clientId": company.production.id},
        created_at=company.start - AGE,
    )
    mapping = Mapping(
        id=letters_id("mapping", "set_up", number),
        name=catalog.PRESET_NAME,
        action_id=catalog.ACTION_ID,
        trigger=catalog.TRIGGER,
        enabled=True,
        settings={**catalog.PRESET_FIELDS, "batch_size": 1000},
    )
    destination.mappings[mapping.id] = mapping
    company.workspace.destinations[destination.id] = destination
    company.workspace.note(
        destination.created_at, "Integration Created", destination.id, "integration", destination.name
    )
    return Setup(company, destination, mapping, company.audience(AUDIENCE_KEY))


def attached(company: Acme, *, in_app: bool = False) -> Setup:
    """Return a complete setup, three hours old: made by API with an activation, or in the App with both toggles on."""
    setup = made(company)
    at = company.start - AGE
    connection = Connection(
        id="ii_200000001",
        audience_id=setup.audience.id,
        destination_id=setup.destination.id,
        created_at=at,
        updated_at=at,
        send_identify=in_app,
        send_track=in_app,
    )
    if not in_app:
        sync = Activation("act_200000002", "LaunchDarkly sync", "Audience Membership Changed", True, True, at)
        connection.activations[sync.id] = sync
    company.workspace.connections.append(connection)
    return setup


def _resume(start: datetime) -> Prepared:
    return prepared(made(acme(start)).company)


def _broken(change: Callable[[Setup], None]) -> Callable[[datetime], Prepared]:
    """Return a builder of a complete setup in which `change` was wrong from the beginning."""

    def build(start: datetime) -> Prepared:
        setup = attached(acme(start))
        change(setup)
        return prepared(setup.company)

    return build


def _disable_destination(setup: Setup) -> None:
    setup.destination.enabled = False
    at = setup.destination.created_at + timedelta(minutes=1)
    destination = setup.destination
    setup.company.workspace.note(at, "Integration Disabled", destination.id, "integration", destination.name)


def _disable_mapping(setup: Setup) -> None:
    setup.mapping.enabled = False


def _edit_mapping(setup: Setup) -> None:
    """Map the audience's ID to an event property, and send Track events only."""
    edited: Json = {"segment_audience_id": {"@path": "$.properties.audience_id"}}
    setup.mapping.settings |= edited
    setup.mapping.trigger = 'type = "track"'


def _use_another_token(setup: Setup) -> None:
    setup.destination.settings["apiKey"] = key_with_uuid("api", "revoked")


def _refuse_segments_addresses(setup: Setup) -> None:
    setup.company.account.allowlist_refuses_segment = True


def _use_an_unknown_kind(setup: Setup) -> None:
    setup.mapping.settings["context_kind"] = "person"


def _empty_the_audience(setup: Setup) -> None:
    setup.audience.members = GeneratedProfiles(0)


def _forget_user_ids(setup: Setup) -> None:
    setup.audience.members = GeneratedProfiles(612, prefix="visitor", without_user_id_every=1)
    setup.audience.external_ids = ("anonymous_id", "email")


def _two_destinations(start: datetime) -> Prepared:
    """Return Acme with two destinations; the second is on a background source, such as Engage creates."""
    company = acme(start)
    attached(company)
    first = company.source
    second = Source(
        id=letters_id("source", "Acme", "prod", 2),
        slug=f"{first.slug}2",
        name="Personas (2)",
        write_key=letters_id("write", "Acme", "prod", 2, length=32),
        space_id=first.space_id,
    )
    company.workspace.sources.append(second)
    made(company, 2, second)
    return prepared(company)


def _no_history(start: datetime) -> Prepared:
    setup = attached(acme(start), in_app=True)
    setup.audience.history = False
    return prepared(setup.company)


def _support_token(start: datetime) -> Prepared:
    """Return a working setup, with the read-only tokens of someone in support."""
    setup = attached(acme(start))
    company = setup.company
    made_at = start - AGE + timedelta(minutes=10)
    key, name = f"segment-audiences-{setup.audience.id}", sentence_case(setup.audience.key)
    used = Segment(key, name, made_at, made_at, "segment-audiences", flag_keys=["new-checkout"])
    company.production.segments[key] = used
    company.production.flags["new-checkout"].rules.append(Rule(key))
    sam = Member(hex_id("member", "support"), "sam@example.com", "Sam", "Lind", role="reader")
    company.account.members[sam.id] = sam
    secret = key_with_uuid("api", "support")
    company.account.tokens.append(
        Token(hex_id("token", "support"), secret, "Sam's own", sam.id, start - AGE, service=False, role="reader")
    )
    company.public_token.owner, company.public_token.reads = False, True
    return prepared(company, token=secret)


EXISTING = (
    Scenario(
        "support-token",
        "Someone in support looks at a working setup, with their own read-only tokens",
        _support_token,
    ),
    Scenario(
        "resume", "A half-finished setup: the destination and mapping exist, but no audience is attached", _resume
    ),
    Scenario("two-destinations", "Two destinations send to the same environment", _two_destinations),
    Scenario("destination-disabled", "The destination is switched off", _broken(_disable_destination)),
    Scenario("mapping-disabled", "The mapping is switched off", _broken(_disable_mapping)),
    Scenario("mapping-edited", "A hidden field and the trigger of the mapping were edited", _broken(_edit_mapping)),
    Scenario(
        "wrong-token-in-destination",
        "The destination holds another token, which LaunchDarkly doesn't know",
        _broken(_use_another_token),
    ),
    Scenario(
        "delivery-failing",
        "An IP allowlist at LaunchDarkly lets the wizard in and refuses Segment's deliveries",
        _broken(_refuse_segments_addresses),
    ),
    Scenario(
        "context-kind-unseen",
        "The mapping's context kind doesn't exist in the project",
        _broken(_use_an_unknown_kind),
    ),
    Scenario("empty-audience", "The attached audience has no members", _broken(_empty_the_audience)),
    Scenario("anonymous-audience", "No member of the attached audience has a user ID", _broken(_forget_user_ids)),
    Scenario(
        "no-history",
        "The audience doesn't include historical data: only members who change arrive",
        _no_history,
    ),
)
