"""Adding the destination to an audience by hand.

See docs/segment.md#attaching-an-audience and docs/segment.md#send-identify-and-send-track.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wizard.domain.connections import connection_to, is_paused
from wizard.domain.facts import Slot, listed
from wizard.domain.planning.audience_draft import CONNECT
from wizard.domain.planning.change import Change
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.domain.services.segment import Audience, AudienceKind, Connection, Connections, Destination, Workspace
from wizard.domain.signals.activations import activations_of
from wizard.domain.wanted import chosen_space, wanted_client_side_id, wanted_destination_name
from wizard.flow.by_hand.destination import ADD
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, cannot_tell, different, done, not_yet
from wizard.flow.by_hand.subjects import Baseline, audience_of, connections_of, instance, sees_segment, why_unseen
from wizard.flow.state import State
from wizard.text import plain

SLOT: Slot = "connections"
SEEN_IN_LAUNCHDARKLY: Slot = "segments"
_IDENTIFY = HandValue("Send Identify", "On", typed=False)
_TRACK = HandValue("Send Track", "On", typed=False)
_CONNECT = HandValue("Connect to destination", "On", typed=False)


def attach_steps(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    """Return the steps to attach the destination; if it's already connected, only those that make it send.

    See docs/segment.md#send-identify-and-send-track.
    """
    steps = _Steps(change, state, baseline, audience_of(state, change.id), instance(state, baseline))
    if CONNECT in (change.after or {}):
        return (steps.resume(),)
    if connection := connection_to(steps.on, connections_of(state, steps.audience)):
        is_activated = bool(activations_of(steps.audience.id, connection, state.facts))
        resumed = (steps.resume(),) if is_paused(connection, steps.on) else ()
        return resumed if resumed and is_activated else (*resumed, steps.send(steps.name))
    return (steps.add(), steps.send(ADD, steps.name), steps.confirm())


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps for one audience, each on the audience's Destinations page."""

    change: Change
    state: State
    baseline: Baseline
    audience: Audience
    on: Destination | None  # None: it doesn't exist yet

    @property
    def name(self) -> str:
        """Return the destination's name."""
        return self.on.name if self.on else wanted_destination_name(self.state.facts, self.state.answers)

    def resume(self) -> HandStep:
        note = "With the switch off, Segment sends neither new members nor removals."
        return self._step("resume", "Connect to destination", (self.name,), (_CONNECT,), note)

    def add(self) -> HandStep:
        note = "Choose the instance by its name, which holds the environment."
        return self._step("add", ADD, (ADD, self.name), (self._chosen,), note)

    def send(self, *menu: str) -> HandStep:
        note = _sending_note(self.audience)
        step = self._step("send", "Send Identify, Send Track", (*menu, "Save"), (_IDENTIFY, _TRACK), note)
        change_id, baseline = self.change.id, self.baseline
        return replace(step, seen=lambda state: _sends(state, change_id, baseline), slot=SEEN_IN_LAUNCHDARKLY)

    def confirm(self) -> HandStep:
        note = "The destination then appears in the audience's list. The first sync shows what LaunchDarkly receives."
        menu = (ADD, self.name, "Save", "Add 1 destination")
        return self._step("confirm", "Add 1 destination", menu, (self._chosen,), note)

    @property
    def _chosen(self) -> HandValue:
        return HandValue("Destination", self.name, typed=False)

    def _step(self, verb: str, title: str, menu: tuple[str, ...], values: tuple[HandValue, ...], note: str) -> HandStep:
        whose = plain(self.audience.name or self.audience.key)
        change_id, baseline = self.change.id, self.baseline
        return HandStep(
            id=f"{change_id}.{verb}",
            change_id=change_id,
            title=f"{title}: {whose}",
            menu=("Engage", "Audiences", whose, "Destinations", *menu),
            link=audience_link(self.state, self.audience),
            seen=lambda state: _attached(state, change_id, baseline),
            slot=SLOT,
            values=values,
            note=note,
            docs=links.SEND_AUDIENCE_DATA_DOCS,
            subject=self.audience.id or self.audience.key,
        )


def _sending_note(audience: Audience) -> str:
    if audience.kind == AudienceKind.ACCOUNTS:
        return "Choose Identify or Track, or both. Group calls don't match the mapping."
    either = "One of the two is enough, and having both on is fine. With both off, Segment sends nothing."
    if audience.id:
        return either
    return f"{either} An account audience offers Group too. Group calls don't match the mapping."


def audience_link(state: State, audience: Audience) -> Link:
    """Return the audience's own page if its whole address is known, else the page of all audiences."""
    workspace, space = state.facts.workspace, chosen_space(state.facts, state.answers)
    if not audience.id or space is None or not isinstance(workspace, Workspace):
        return links.SEGMENT_AUDIENCES
    return links.SEGMENT_AUDIENCE.to(workspace=workspace.slug, space=space.slug or space.id, audience=audience.id)


# --- what is seen -----------------------------------------------------------------------------------------------


def _attached(state: State, change_id: str, baseline: Baseline) -> Tick:
    audience, on = audience_of(state, change_id), instance(state, baseline)
    seen = connections_of(state, audience)
    if not isinstance(seen, Connections):
        return why_unseen(seen, state) if audience.id else _unlisted(state)
    connection = connection_to(on, seen)
    if connection:
        if is_paused(connection, on):
            return different("The destination is in the audience's list but switched off.")
        return done("The destination is in the audience's list.")
    if any(_leads_astray(one, state) for one in seen.items):
        return different("The audience is connected to another LaunchDarkly destination, not to this one.")
    if len(seen.items) < (seen.total or 0):
        return cannot_tell("The Segment token can't see all of the audience's destinations.")
    return not_yet("The destination isn't in the audience's list yet.")


def _leads_astray(connection: Connection, state: State) -> bool:
    """Return whether a connection leads to a wrong LaunchDarkly destination. Another environment's isn't wrong."""
    if connection.metadata_id != FALLBACK_CATALOG_ENTRY.metadata_id:
        return False
    to = next((one for one in listed(state.facts.destinations) if one.id == connection.destination_id), None)
    return to is None or to.client_side_id in {"", wanted_client_side_id(state.facts, state.answers)}


def _unlisted(state: State) -> Tick:
    if not sees_segment(state):
        return why_unseen(None, state)
    return cannot_tell("The Segment token can't list this audience. Mark this step as done when you've done it.")


def _sends(state: State, change_id: str, baseline: Baseline) -> Tick:
    """Judge the two switches, which no API shows: only the segment in LaunchDarkly can prove them."""
    tick = _attached(state, change_id, baseline)
    if not tick.is_done:
        return tick
    return cannot_tell("No API shows these switches. They work if the segment appears in LaunchDarkly.")
