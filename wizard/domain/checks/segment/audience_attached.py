"""How the chosen audiences send: whether they're attached, their kind, cadence and history.

See docs/segment.md#audience-problems and docs/segment.md#delivery-problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import (
    CannotJudge,
    Check,
    Findings,
    failed,
    need,
    not_judged,
    passed,
    skipped,
    unknown,
    warned,
)
from wizard.domain.checks.segment.audience import STEP, THERE, page
from wizard.domain.checks.segment.destination import EXISTS as DESTINATION_EXISTS
from wizard.domain.checks.segment.mapping import CONTEXT_KEY as MAPPING_CONTEXT_KEY
from wizard.domain.checks.segment.mapping import CONTEXT_KIND as MAPPING_CONTEXT_KIND
from wizard.domain.checks.segment.mapping import EXISTS as MAPPING_EXISTS
from wizard.domain.checks.segment.segment_apis import refused_connections
from wizard.domain.checks.silence import SILENT
from wizard.domain.connections import connection_to, is_paused
from wizard.domain.facts import Facts, is_closed
from wizard.domain.findings import Finding, Status
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import FIELD_LABELS, LABELS, Difference, activation_mappings
from wizard.domain.services.segment import (
    Activation,
    Audience,
    AudienceKind,
    Cadence,
    Connection,
    Delivery,
    Destination,
)
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.signals.activations import activations_of, differing, every_activation_of, possible_settings
from wizard.domain.tokens.closed import ClosedBy, closed_by
from wizard.domain.wanted import activation_names, activation_settings, catalog_entry, chosen_audiences
from wizard.text import count


def _attached(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    destination = subjects.need_destination(facts, answers)
    closed = facts.connections.get(audience.id)
    if is_closed(closed) and (proof := segment_of_audience.segment_proving_attachment(audience, facts)):
        return passed(
            f"{destination.name} is attached to {audience.name}: the segment {proof.name} appeared after that.",
            evidence={"segment": proof.key, "members": proof.included_count},
        )
    seen = need(closed, f"what {audience.name} is connected to")
    connection = connection_to(destination, seen)
    if connection is not None:
        return _connected(audience, connection, destination, page(audience, facts, answers))
    if seen.total is not None and seen.total > len(seen.items):
        return unknown(
            f"We can't tell whether {destination.name} is attached to {audience.name}.",
            cause=f"This token can't see {count(seen.total - len(seen.items), 'connection')} of the audience.",
            fix="In Segment, go to Settings → Workspace settings → Access Management and give the token Source Admin "
            "on the Engage source.",
            links=(links.SEGMENT_ACCESS,),
            evidence={"seen": len(seen.items), "total": seen.total},
        )
    return failed(
        f"{destination.name} isn't attached to {audience.name}.",
        cause="An audience sends only to destinations that are attached to it.",
        fix=f"Attach it in Review (audience-wizard apply), or go to Engage → Audiences → {audience.name} in Segment "
        f"and add {destination.name} with + Add destination.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"destination": destination.id},
    )


def _connected(
    audience: Audience, connection: Connection, destination: Destination, pages: tuple[Link, ...]
) -> Findings:
    if is_paused(connection, destination):
        return failed(
            f"The connection of {audience.name} to {destination.name} is switched off.",
            cause="A connection that is switched off sends nothing.",
            fix=f"In Segment, go to Engage → Audiences → {audience.name} and switch on Connect to destination for "
            f"{destination.name}.",
            links=(*pages, links.SEND_AUDIENCE_DATA_DOCS),
            evidence={"connection": connection.id},
        )
    return passed(f"{destination.name} is attached to {audience.name}.", evidence={"connection": connection.id})


def _activation(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge whether the connection sends. One made by API needs an activation; the web app's toggles have no field.

    See docs/segment.md#send-identify-and-send-track.
    """
    destination = subjects.need_destination(facts, answers)
    connection = _need_connection(audience, destination, facts)
    if _is_sent_events(audience, facts, answers):
        return passed(f"{audience.name} sends events to {destination.name}.")
    if _has_arrived(audience, facts):
        return passed(f"{audience.name} sends to {destination.name}: its members have arrived in LaunchDarkly.")
    need(facts.activations.get(audience.id), f"what activates {audience.name}")
    own = every_activation_of(audience.id, connection, facts)
    if active := [one for one in own if one.enabled is not False]:
        return passed(f"{active[0].name} activates the connection.", evidence={"activation": active[0].id})
    if audience.kind == AudienceKind.LINKED:
        return _linked_audience_is_silent(audience, destination, facts, answers)
    if silent := silent_activation(audience, connection, facts):
        return _switched_off(audience, silent, destination, facts, answers)
    off = f" The activation {own[0].name} is switched off." if own else " No activation was made through the API."
    return unknown(
        f"We can't tell whether {audience.name} sends to {destination.name}: Segment has counted no events yet.{off}",
        cause="Send Identify and Send Track in Segment's web app decide this. Segment's API doesn't show them.",
        fix=f"In Segment, go to Engage → Audiences → {audience.name} and check that Send Identify or Send Track is on "
        f"for {destination.name}.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"connection": connection.id, "activations": [one.id for one in own], **SILENT},
    )


def silent_activation(audience: Audience, connection: Connection, facts: Facts) -> Activation | None:
    """Return the connection's first activation if all are off and nothing was sent, as far as counts show."""
    own = every_activation_of(audience.id, connection, facts)
    is_silent = isinstance(facts.delivery, Delivery) and not facts.delivery.delivered + facts.delivery.failed
    if not own or not is_silent or audience.kind == AudienceKind.LINKED or _has_arrived(audience, facts):
        return None
    return None if any(one.enabled is not False for one in own) else own[0]


def _switched_off(
    audience: Audience, activation: Activation, destination: Destination, facts: Facts, answers: Answers
) -> Findings:
    """Warn instead of failing: with the web app's switches on, Segment sends without an activation."""
    return warned(
        f"The activation {activation.name} of {audience.name} is switched off, and Segment has counted no events.",
        cause="Most likely Segment sends nothing. Without an activation, only Send Identify or Send Track in its "
        "web app would send.",
        fix=f"In Segment, go to Engage → Audiences → {audience.name}, open {destination.name} and switch its "
        "activation on.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"activation": activation.id, **SILENT},
    )


def is_known_to_send(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether the audience's events are counted, or its members have arrived since it was attached."""
    return _is_sent_events(audience, facts, answers) or _has_arrived(audience, facts)


def _has_arrived(audience: Audience, facts: Facts) -> bool:
    """Return whether the segment was created since attaching and has members, which Segment's counts show later."""
    segment, began = segment_of_audience.found(audience, facts), facts.attached_at
    if segment is None or segment.created_at is None or began is None:
        return False
    return bool(segment.included_count) and segment.created_at >= began


def _is_sent_events(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether this audience's events are counted. Another audience's events don't show that this one sends."""
    own = deliveries.certain_of(audience, facts, answers)
    return own is not None and bool(own.delivered + own.failed)


_TWO_KINDS = (
    "An activation has its own mapping. With another context key or kind there, flags match only some of the members."
)
_NOT_BATCHED = "An activation has its own mapping, and its batching setting differs from the destination's mapping."


def _activation_mapping(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Compare each activation's mapping with the destination's. If they differ, members get keys of two kinds."""
    destination = subjects.need_destination(facts, answers)
    connection = _need_connection(audience, destination, facts)
    need(facts.activations.get(audience.id), f"what activates {audience.name}")
    wanted = activation_settings(facts, answers, destination)
    unsure = None
    for activation in activations_of(audience.id, connection, facts):
        found = [differing(settings, wanted) for settings in possible_settings(activation, facts)]
        if found and all(found):
            return _sends_otherwise(audience, activation, found[0], facts, answers)
        unsure = activation if any(found) else unsure
    if unsure is not None:
        return _may_send_otherwise(audience, unsure, facts, answers)
    said = f"{audience.name} uses the mapping's settings."
    return passed(said, evidence={"connection": connection.id})


def _sends_otherwise(
    audience: Audience, activation: Activation, found: tuple[Difference, ...], facts: Facts, answers: Answers
) -> Findings:
    seen = ", ".join(
        f"{FIELD_LABELS.get(one.key, one.key)} {_setting(one.now)} instead of {_setting(one.wanted)}" for one in found
    )
    only_batching = all(one.key == "enable_batching" for one in found)
    return (warned if only_batching else failed)(
        f"The activation {activation.name} of {audience.name} sends with {seen}.",
        cause=_NOT_BATCHED if only_batching else _TWO_KINDS,
        fix=f"Change it in Review (audience-wizard apply), or go to Engage → Audiences → {audience.name} in Segment "
        f"and edit the mapping of {activation.name}.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={
            "activation": activation.id,
            "now": {one.key: one.now for one in found},
            "wanted": {one.key: one.wanted for one in found},
        },
    )


def _other_activations(facts: Facts, answers: Answers) -> Findings:
    """Warn about activations of other audiences whose own mapping differs from the destination's, which all share."""
    destination = subjects.need_destination(facts, answers)
    wanted = activation_settings(facts, answers, destination)
    seen = need(facts.subscriptions, "the destination's mappings")
    owned = activation_mappings(seen, catalog_entry(facts), activation_names(facts))
    found = [one for one in owned if differing(one.settings, wanted)]
    others = len(found) - _chosen_that_differ(facts, answers, destination, wanted)
    if others <= 0:
        return passed("The activations of other audiences use the mapping's settings.")
    return warned(
        f"{count(others, 'activation')} of other audiences {'sends' if others == 1 else 'send'} to "
        f"{destination.name} with settings that differ from its mapping.",
        cause=_TWO_KINDS,
        fix="Choose these audiences in the Audiences step too, and apply the changes in Review. Or go to Engage → "
        "Audiences in Segment and edit the mapping of each activation.",
        links=(links.SEGMENT_AUDIENCES, links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"mappings": [one.id for one in found]},
    )


def _chosen_that_differ(facts: Facts, answers: Answers, destination: Destination, wanted: Mapping[str, Any]) -> int:
    connected = ((one, _connection(one, destination, facts)) for one in chosen_audiences(facts, answers))
    every = (a for one, connection in connected if connection for a in activations_of(one.id, connection, facts))
    return sum(any(differing(settings, wanted) for settings in possible_settings(one, facts)) for one in every)


def _may_send_otherwise(audience: Audience, activation: Activation, facts: Facts, answers: Answers) -> Findings:
    return unknown(
        f"We can't tell which mapping the activation {activation.name} of {audience.name} sends with.",
        cause="Segment doesn't show which, and the activations of this destination have different mappings.",
        fix=f"In Segment, go to Engage → Audiences → {audience.name} and compare the mapping of {activation.name} with "
        "the destination's.",
        links=(*page(audience, facts, answers), links.SEND_AUDIENCE_DATA_DOCS),
        evidence={"activation": activation.id},
    )


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"“{next((label for key, label in LABELS.items() if key == value), value)}”"


def _linked_audience_is_silent(
    audience: Audience, destination: Destination, facts: Facts, answers: Answers
) -> Findings:
    return failed(
        f"{audience.name} has no active activation for {destination.name}.",
        cause="A Linked audience sends only through activations.",
        fix=f"In Segment, go to Engage → Audiences → {audience.name} and add or switch on an activation for "
        f"{destination.name}.",
        links=page(audience, facts, answers),
    )


def _connection(audience: Audience, destination: Destination, facts: Facts) -> Connection | None:
    return connection_to(destination, facts.connections.get(audience.id))


def _need_connection(audience: Audience, destination: Destination, facts: Facts) -> Connection:
    found = _connection(audience, destination, facts)
    if found is None:
        raise CannotJudge(not_judged(f"Not checked: the wizard can't see the connection of {audience.name}."))
    return found


def _kind(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    kind, pages = audience.kind, page(audience, facts, answers)
    if kind == AudienceKind.ACCOUNTS:
        return warned(
            f"{audience.name} is an account-level audience.",
            cause="Group calls don't match the mapping's trigger. Identify and Track calls do.",
            fix="When you attach the audience, choose Send Identify or Send Track. In the Mapping step, choose a "
            "context kind for accounts.",
            links=(links.SEND_AUDIENCE_DATA_DOCS, *pages),
            evidence={"kind": kind},
        )
    if kind == AudienceKind.LINKED:
        return warned(
            f"{audience.name} is a Linked audience.",
            cause="A Linked audience sends through activations on a schedule. Segment doesn't document whether this "
            "works with LaunchDarkly Audiences.",
            fix=f"In Segment, go to Engage → Audiences → {audience.name} and check that it has an activation and that "
            "its schedule runs.",
            links=pages,
            evidence={"kind": kind},
        )
    return passed(f"{audience.name} is an audience of users.", evidence={"kind": kind})


def _cadence(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if not audience.cadence:
        return skipped(f"Segment doesn't say how often it computes {audience.name}.")
    if audience.cadence != Cadence.BATCH:
        return passed(f"Segment computes {audience.name} in real time.")
    return warned(
        f"Segment computes {audience.name} in batches, about every eight hours.",
        cause="The first sync and each later change can take up to eight hours. A batch audience can't become a "
        "real-time audience.",
        fix="Close the wizard after Review and run audience-wizard watch later.",
        links=page(audience, facts, answers),
        evidence={"cadence": audience.cadence},
    )


def _history(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if audience.history is None:
        return skipped(f"Segment doesn't say whether {audience.name} includes historical event data.")
    if audience.history:
        return passed(f"{audience.name} includes historical event data.")
    return warned(
        f"{audience.name} doesn't include historical event data.",
        cause="Most likely Segment sends only members who enter or leave after the audience is attached. Segment's "
        "docs contradict each other, so we can't be sure.",
        fix="Ask Segment support for a resync, or create a new audience with Include Historical Event Data on and a "
        "look-back window.",
        links=page(audience, facts, answers),
        evidence={"history": False},
    )


def _attach_by_api(facts: Facts, _: Answers) -> Findings:
    """Judge whether the API attaches the destination; only asking shows it (docs/segment.md#supported-destinations)."""
    if need(facts.attach_by_api, "whether Segment's API can attach the destination"):
        return passed("Segment's API can attach the destination.")
    refused = refused_connections(facts)
    by_workspace = refused is not None and closed_by(refused) is ClosedBy.WORKSPACE
    return warned(
        "This workspace doesn't offer Segment's API for attaching destinations."
        if by_workspace
        else "Segment's API doesn't attach this destination.",
        cause="Segment says that this API is off for the workspace. The token's role isn't the cause."
        if by_workspace
        else "Segment doesn't list LaunchDarkly Audiences among the destinations that its API can attach.",
        fix="In Segment, go to Engage → Audiences, open the audience, click + Add destination, and enter the values "
        "that Review shows.",
        links=(links.SEND_AUDIENCE_DATA_DOCS,),
    )


_each = subjects.for_each_audience
_OF_THE_MAPPING = (MAPPING_EXISTS, MAPPING_CONTEXT_KIND, MAPPING_CONTEXT_KEY)
KIND = Check("audience.kind", "Audience type", STEP, _each(_kind), THERE, reads=("audiences",))
CADENCE = Check("audience.cadence", "Computation schedule", STEP, _each(_cadence), THERE, reads=("audiences",))
HISTORY = Check("audience.history", "Historical data", STEP, _each(_history), THERE, reads=("audiences",))
ATTACH_BY_API = Check(
    "audience.attach_by_api",
    "Attaching through the API",
    STEP,
    _attach_by_api,
    THERE,
    matters=False,
    reads=("attach_by_api",),
)
ATTACHED = Check(
    "audience.attached",
    "Connection to the destination",
    STEP,
    _each(_attached),
    (*THERE, DESTINATION_EXISTS),
    reads=("connections",),
)
ACTIVATION = Check(
    "audience.activation",
    "Activation",
    STEP,
    _each(_activation),
    (*THERE, DESTINATION_EXISTS, ATTACHED),
    matters=False,
    reads=("connections", "activations", "delivery"),
)
ACTIVATION_MAPPING = Check(
    "audience.activation_mapping",
    "Mapping of the activation",
    STEP,
    _each(_activation_mapping),
    (*THERE, DESTINATION_EXISTS, ATTACHED, *_OF_THE_MAPPING),
    matters=False,
    reads=("connections", "activations", "subscriptions"),
)
OTHER_ACTIVATIONS = Check(
    "audience.other_activations",
    "Activations of other audiences",
    STEP,
    _other_activations,
    (DESTINATION_EXISTS, *_OF_THE_MAPPING),
    matters=False,
    reads=("subscriptions", "connections", "activations"),
)
CHECKS = (KIND, CADENCE, HISTORY, ATTACH_BY_API, ATTACHED, ACTIVATION, ACTIVATION_MAPPING, OTHER_ACTIVATIONS)


def is_switched_off(finding: Finding) -> bool:
    """Return whether the audience has a connection that is switched off, which only a person can switch on."""
    return finding.id == ATTACHED.id and finding.status is Status.FAIL and "connection" in finding.evidence


def is_yet_to_attach(finding: Finding) -> bool:
    """Return whether only attaching is missing: the audience has no connection, or the check waits for one."""
    is_missing = finding.id == ATTACHED.id and finding.status is Status.FAIL and "destination" in finding.evidence
    return is_missing or finding.waits_for == ATTACHED.id
