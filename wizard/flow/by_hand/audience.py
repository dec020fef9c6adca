"""Adding the destination to an audience by hand.

See docs/segment.md#attaching-an-audience and docs/segment.md#send-identify-and-send-track.
"""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.facts import Slot
from wizard.domain.planning.audience_draft import CONNECT
from wizard.domain.planning.change import Change
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.domain.services.segment import Audience, AudienceKind, Connections, Workspace
from wizard.domain.signals.connections import is_paused
from wizard.domain.wanted import chosen_space, wanted_destination_name
from wizard.flow.by_hand.destination import ADD
from wizard.flow.by_hand.seen import (
    Before,
    audience_of,
    connection_to,
    connections_of,
    instance,
    sees_segment,
    why_unseen,
)
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, cannot_tell, different, done, not_yet
from wizard.flow.state import State
from wizard.text import plain

SLOT: Slot = "connections"
SEEN_IN_LAUNCHDARKLY: Slot = "segments"
_IDENTIFY = HandValue("Send Identify", "On", typed=False)
_TRACK = HandValue("Send Track", "On", typed=False)
_AFTER_A_PAUSE = "With the switch off, Segment sends neither new members nor removals."


def attach_steps(change: Change, state: State, there_before: Before) -> tuple[HandStep, ...]:
    """Return the steps to attach the destination; when it's connected already, only what makes it send again.

    See docs/segment.md#send-identify-and-send-track.
    """
    audience, on = audience_of(state, change.id), instance(state, there_before)
    name = on.name if on else wanted_destination_name(state.facts, state.answers)
    whose = plain(audience.name or audience.key)
    at = ("Engage", "Audiences", whose, "Destinations")

    def seen(state: State) -> Tick:
        return _attached(state, change.id, there_before)

    def step(verb: str, title: str, menu: tuple[str, ...], values: tuple[HandValue, ...], note: str) -> HandStep:
        return HandStep(
            id=f"{change.id}.{verb}",
            change_id=change.id,
            title=f"{title}: {whose}",
            menu=menu,
            link=audience_link(state, audience),
            seen=seen,
            slot=SLOT,
            values=values,
            note=note,
            docs=links.SEND_AUDIENCE_DATA_DOCS,
            subject=audience.id or audience.key,
        )

    if CONNECT in (change.after or {}):
        on_again = (HandValue("Connect to destination", "On", typed=False),)
        return (step("resume", "Connect to destination", (*at, name), on_again, _AFTER_A_PAUSE),)
    chosen = (HandValue("Destination", name, typed=False),)
    sending = replace(
        step("send", "Send Identify, Send Track", (*at, name, "Save"), (_IDENTIFY, _TRACK), _sending_note(audience)),
        seen=lambda state: _sends(state, change.id, there_before),
        slot=SEEN_IN_LAUNCHDARKLY,
    )
    if connection_to(connections_of(state, audience), on):
        return (sending,)
    added = step("add", ADD, (*at, ADD, name), chosen, "Choose the instance by its name, which holds the environment.")
    note = "The destination then appears in the audience's list. The first sync shows what LaunchDarkly gets."
    menu = (*at, ADD, name, "Save", "Add 1 destination")
    return (
        added,
        replace(sending, menu=(*at, ADD, name, "Save")),
        step("confirm", "Add 1 destination", menu, chosen, note),
    )


def _sending_note(audience: Audience) -> str:
    if audience.kind == AudienceKind.ACCOUNTS:
        return "Choose Identify or Track, or both. Group calls don't match the mapping."
    either = "One of them is enough, and both do no harm. With both off, Segment sends nothing."
    if audience.id:
        return either
    return f"{either} An account audience offers Group too. Group calls don't match the mapping."


def audience_link(state: State, audience: Audience) -> Link:
    """Return the audience's own page once all of its address is known."""
    workspace, space = state.facts.workspace, chosen_space(state.facts, state.answers)
    if not audience.id or space is None or not isinstance(workspace, Workspace):
        return links.SEGMENT_AUDIENCES
    return links.SEGMENT_AUDIENCE.to(workspace=workspace.slug, space=space.slug or space.id, audience=audience.id)


# --- what is seen -----------------------------------------------------------------------------------------------


def _attached(state: State, change_id: str, there_before: Before) -> Tick:
    audience, on = audience_of(state, change_id), instance(state, there_before)
    seen = connections_of(state, audience)
    if not isinstance(seen, Connections):
        return why_unseen(seen, state) if audience.id else _unlisted(state)
    connection = connection_to(seen, on)
    if connection:
        if is_paused(connection, on):
            return different("The destination is in the audience's list but switched off.")
        return done("The destination is in the audience's list.")
    if any(one.metadata_id == FALLBACK_CATALOG_ENTRY.metadata_id for one in seen.items):
        return different("The audience is connected to another LaunchDarkly destination, not to this one.")
    if len(seen.items) < (seen.total or 0):
        return cannot_tell("The Segment token can't see all of the audience's destinations.")
    return not_yet("The destination isn't in the audience's list yet.")


def _unlisted(state: State) -> Tick:
    if not sees_segment(state):
        return why_unseen(None, state)
    return cannot_tell("The Segment token can't list this audience. Tick this step when you've done it.")


def _sends(state: State, change_id: str, there_before: Before) -> Tick:
    """Judge the two switches by what arrives: no API shows them."""
    tick = _attached(state, change_id, there_before)
    if not tick.is_done:
        return tick
    return cannot_tell("No API shows these switches. When the segment appears in LaunchDarkly, they work.")
