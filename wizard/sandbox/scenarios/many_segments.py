"""A project with synced segments in every state, for the inventory."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.sandbox.ids import hex_id, letters_id
from wizard.sandbox.scenarios.acme import acme
from wizard.sandbox.scenarios.existing import AGE, Setup, attached, made
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.account import Environment, Rule, Segment
from wizard.sandbox.state.segment_workspace import Activation, Connection, Pace, Source
from wizard.sandbox.sync.destination import sentence_case

_NEVER_S = 1e9  # seconds between two changes of an audience, so that nothing happens anymore
_SENT = 1_000_000  # batches, more than any audience has


def synced(
    setup: Setup, place: Environment, audience_key: str, members: int, *, key: str = "", flags: tuple[str, ...] = ()
) -> Segment:
    """Add an audience's synced segment with its members counted; `key` replaces the key made from the audience's ID."""
    audience = setup.company.audience(audience_key)
    at = setup.company.start - AGE + timedelta(minutes=10)
    segment = Segment(
        key or f"segment-audiences-{audience.id}",
        sentence_case(audience.key),
        at,
        at,
        "segment-audiences",
        counted_at={f"user-{number:04d}": at for number in range(1, members + 1)},
    )
    place.segments[segment.key] = segment
    for flag in flags:
        setup.company.production.flags[flag].rules.append(Rule(segment.key))
    return segment


def attach(setup: Setup, audience_key: str) -> None:
    """Attach one more audience to the setup's destination, with nothing left to send."""
    workspace, audience = setup.company.workspace, setup.company.audience(audience_key)
    at = setup.company.start - AGE
    number = len(workspace.connections)
    connection = Connection(f"ii_3{number:08d}", audience.id, setup.destination.id, at, at, batches_sent=_SENT)
    sync = Activation(f"act_3{number:08d}", "LaunchDarkly sync", "Audience Membership Changed", True, True, at)
    connection.activations[sync.id] = sync
    workspace.connections.append(connection)


def _many_segments(start: datetime) -> Prepared:
    setup = attached(acme(start))
    company = setup.company
    company.workspace.pace, company.workspace.rests = Pace(between_trickles=_NEVER_S), True
    for connection in company.workspace.connections:
        connection.batches_sent = _SENT
    production = company.production
    for key in ("new_signups", "trial_users", "cart_abandoners"):
        attach(setup, key)
    synced(setup, production, "vip_customers", 1_234, flags=("new-checkout", "vip-prices"))
    synced(setup, production, "new_signups", 412)
    synced(setup, production, "trial_users", 510)
    synced(setup, production, "cart_abandoners", 2_903, flags=("free-shipping",))
    synced(setup, production, "loyalty_gold", 402)
    _without_audiences(setup)
    _switched_off_in_staging(setup)
    return prepared(company)


def _without_audiences(setup: Setup) -> None:
    """Add the segment of an earlier VIP audience, which a flag still uses, and that of a deleted audience."""
    production = setup.company.production
    earlier = f"segment-audiences-aud_{letters_id('audience', 'earlier', length=27)}"
    synced(setup, production, "vip_customers", 900, key=earlier, flags=("vip-lounge",))
    gone = f"segment-audiences-aud_{letters_id('audience', 'gone', length=27)}"
    synced(setup, production, "referrers", 150, key=gone).name = "Summer sale 2023"


def _switched_off_in_staging(setup: Setup) -> None:
    """Add staging's destination, which someone switched off, and the segment that it used to fill."""
    company = setup.company
    first = company.source
    further = Source(
        id=letters_id("source", "Acme", "prod", 2),
        slug=f"{first.slug}2",
        name="Personas (2)",
        write_key=letters_id("write", "Acme", "prod", 2, length=32),
        space_id=first.space_id,
    )
    company.workspace.sources.append(further)
    staging = company.shop.environments["staging"]
    second = made(company, 2, further).destination
    second.id, second.name = hex_id("destination", "staging"), "LaunchDarkly - shop / staging"
    second.settings["clientId"], second.enabled = staging.id, False
    company.workspace.destinations = {one.id: one for one in company.workspace.destinations.values()}
    at = company.start - AGE
    audience = company.audience("vip_customers")
    company.workspace.connections.append(Connection("ii_400000001", audience.id, second.id, at, at, send_track=True))
    synced(setup, staging, "vip_customers", 1_180)


MANY_SEGMENTS = (Scenario("many-segments", "A project with synced segments in every state", _many_segments),)
