"""How the chosen audiences send: attached, of which kind, how often, since when (segment rows 31-35, 42-46, 59)."""

from __future__ import annotations

from wizard.domain import deliveries, links
from wizard.domain.answers import Answers
from wizard.domain.checks import chosen
from wizard.domain.checks.audience import EXISTS, STEP, page
from wizard.domain.checks.check import Check, Findings, failed, need, passed, skipped, unknown, warned
from wizard.domain.facts import Facts
from wizard.domain.model import Audience, Connection, Connections, Delivery, Destination


def _attached(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Rows 31, 33, 35."""
    destination = chosen.need_destination(facts, answers)
    seen = need(facts.connections.get(audience.id), f"what {audience.name} is connected to")
    connection = next((c for c in seen.items if c.destination_id == destination.id), None)
    if connection is not None:
        return _connected(audience, connection, destination.name)
    if seen.total is not None and seen.total > len(seen.items):
        return unknown(
            f"Whether {destination.name} is attached to {audience.name} cannot be told.",
            cause=f"The token may not see {seen.total - len(seen.items)} of its {seen.total} connections.",
            fix="Give the token Source Admin on the Engage source under Access Management.",
            links=(links.SEGMENT_ACCESS,),
            evidence={"seen": len(seen.items), "total": seen.total},
        )
    return failed(
        f"{destination.name} is not attached to {audience.name}.",
        cause="An audience sends only to the destinations that are attached to it.",
        fix=f"Let Review attach it (audience-wizard apply), or add {destination.name} with + Add destination on the "
        f"overview of {audience.name} in Segment.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"destination": destination.id},
    )


def _connected(audience: Audience, connection: Connection, destination: str) -> Findings:
    if connection.enabled is False:
        return failed(
            f"The connection of {audience.name} to {destination} is switched off.",
            cause="Nothing is sent through it.",
            fix=f"Switch on {destination} on the overview of {audience.name} in Segment.",
            links=(links.SEND_AUDIENCE_DATA_DOCS,),
            evidence={"connection": connection.id},
        )
    return passed(f"{destination} is attached to {audience.name}.", evidence={"connection": connection.id})


def _activation(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Rows 33, 46, 47. What the API attached needs an activation; the App's toggles have no field there (2.10)."""
    destination = chosen.need_destination(facts, answers)
    connection = _connection(audience, destination, facts)
    if connection is None:
        return skipped(f"Not checked: the connection of {audience.name} is not seen.")
    if _is_sent_events(audience, facts, answers):
        return passed(f"{destination.name} is sent events.")
    seen = need(facts.activations.get(audience.id), f"what activates {audience.name}")
    own = [one for one in seen if one.connection_id in {"", connection.id}]
    if active := [one for one in own if one.enabled is not False]:
        return passed(f"{active[0].name} activates the connection.", evidence={"activation": active[0].id})
    if audience.kind.upper() == "LINKED":
        return _linked_audience_is_silent(audience, destination, facts, answers)
    off = f" Its activation {own[0].name} is switched off." if own else " The API has not activated it."
    return unknown(
        f"Could not tell whether {audience.name} sends to {destination.name}: nothing was counted so far.{off}",
        cause="In the web app Send Identify and Send Track decide it, and no API shows them.",
        fix=f"Look on the overview of {audience.name} in Segment whether Send Identify or Send Track is on for "
        f"{destination.name}.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"connection": connection.id, "activations": [one.id for one in own]},
    )


def _is_sent_events(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Events of another audience are no sign that this one sends."""
    if not isinstance(facts.delivery, Delivery):
        return False
    own = deliveries.of_audience(facts.delivery, audience, deliveries.senders(facts, answers))
    return own is not None and bool(own.delivered + own.failed)


def _linked_audience_is_silent(
    audience: Audience, destination: Destination, facts: Facts, answers: Answers
) -> Findings:
    return failed(
        f"No activation of {audience.name} for {destination.name} is switched on.",
        cause="A Linked audience sends through activations only.",
        fix=f"Add or switch on an activation for {destination.name} under Activations of {audience.name} in Segment.",
        links=page(audience, facts, answers),
    )


def _connection(audience: Audience, destination: Destination, facts: Facts) -> Connection | None:
    seen = facts.connections.get(audience.id)
    items = seen.items if isinstance(seen, Connections) else ()
    return next((one for one in items if one.destination_id == destination.id), None)


def _kind(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Rows 44, 46."""
    kind, pages = audience.kind.upper(), page(audience, facts, answers)
    if kind == "ACCOUNTS":
        return warned(
            f"{audience.name} is an account-level audience.",
            cause="Its Group calls do not match the mapping's trigger; Identify or Track calls do.",
            fix="Choose Send Identify or Send Track when you attach it, and a context kind that stands for accounts.",
            links=(links.SEND_AUDIENCE_DATA_DOCS, *pages),
            evidence={"kind": kind},
        )
    if kind == "LINKED":
        return warned(
            f"{audience.name} is a Linked audience.",
            cause="It sends through activations, on a schedule; that it fits this destination is not documented.",
            fix=f"Look under Activations of {audience.name} in Segment whether one is there and its schedule runs.",
            links=pages,
            evidence={"kind": kind},
        )
    return passed(f"{audience.name} is made of user profiles.", evidence={"kind": kind})


def _cadence(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Row 43."""
    if not audience.cadence:
        return skipped(f"Segment does not say how often {audience.name} is computed.")
    if audience.cadence.upper() != "BATCH":
        return passed(f"{audience.name} is computed in real time.")
    return warned(
        f"{audience.name} is computed in batches, about every eight hours.",
        cause="The first sync can take that long, and so can each change. Batch cannot be turned into real time.",
        fix="Leave the wizard and run audience-wizard watch later.",
        links=page(audience, facts, answers),
        evidence={"cadence": "BATCH"},
    )


def _history(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Row 42."""
    if audience.history is None:
        return skipped(f"Segment does not say whether {audience.name} includes historical data.")
    if audience.history:
        return passed(f"{audience.name} includes historical data: members of today are sent too.")
    return warned(
        f"{audience.name} does not include historical data.",
        cause="Members from before it is attached are not sent; only those that enter or leave later.",
        fix="Ask Segment support for a resync, or make a new audience with Include Historical Data on.",
        links=page(audience, facts, answers),
        evidence={"history": False},
    )


def _attach_by_api(facts: Facts, _: Answers) -> Findings:
    """Row 59; whether the destination is listed is unverified, so it is asked (2.9)."""
    if need(facts.attach_by_api, "whether Segment's API can attach the destination"):
        return passed("Segment's API can attach the destination.")
    return warned(
        "Segment's API does not attach this destination.",
        cause="Segment has not opened it for LaunchDarkly Audiences in this workspace.",
        fix="Attach it with + Add destination on the audience's overview; the wizard shows each value.",
        links=(links.SEND_AUDIENCE_DATA_DOCS,),
    )


_each = chosen.for_each_audience
CHECKS = (
    Check("audience.kind", "Kind of audience", STEP, _each(_kind), EXISTS),
    Check("audience.cadence", "Cadence", STEP, _each(_cadence), EXISTS),
    Check("audience.history", "Historical data", STEP, _each(_history), EXISTS),
    Check("audience.attach_by_api", "Attaching through the API", STEP, _attach_by_api, EXISTS, matters=False),
    Check("audience.attached", "Destination is attached", STEP, _each(_attached), (*EXISTS, "destination.exists")),
    Check(
        "audience.activation",
        "Connection is activated",
        STEP,
        _each(_activation),
        (*EXISTS, "destination.exists", "audience.attached"),
        matters=False,
    ),
)
