"""Step 6: one or many audiences, from a list of up to tens of thousands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.domain.checks.segment.audience import EXISTS
from wizard.domain.checks.segment.audience_attached import OTHER_ACTIVATIONS
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.inventory.owners import audience_id_in
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services import links
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Audience, AudienceKind, Cadence, Workspace
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_space
from wizard.flow.profile.journal import Resource
from wizard.flow.reading.clients import chosen_audiences, reads_segment
from wizard.flow.reading.segment import attached_ids
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.next_steps import before_attaching
from wizard.flow.steps.questions.test_user import BEFOREHAND, notes_on_test_user
from wizard.flow.steps.segment import lists_spaces
from wizard.flow.steps.step import Note, Step
from wizard.text import count

_CADENCES: Mapping[str, str] = {Cadence.REALTIME: "real-time", Cadence.BATCH: "batch"}


def _size(audience: Audience) -> str:
    if audience.size is None:
        return "size unknown"
    return count(audience.size, "account" if audience.kind == AudienceKind.ACCOUNTS else "member")


def _details(audience: Audience, already: str) -> tuple[str, ...]:
    cadence = _CADENCES.get(audience.cadence, audience.cadence)
    off = "disabled" if audience.enabled is False else audience.status
    return already, _size(audience), off, cadence, audience.key


def _already(state: State) -> dict[str, str]:
    """Return by audience ID what is already done: "attached" to the destination, or "synced" to a segment."""
    made = (one.within.get("audience", "") for one in state.made if one.kind is Resource.CONNECTION)
    segments = (one for one in listed(state.facts.segments) if one.external and not one.deleted)
    attached = dict.fromkeys((*attached_ids(state), *made), "attached")
    return attached | dict.fromkeys(map(audience_id_in, segments), "synced")


def _listed(state: State) -> tuple[Audience, ...]:
    """Return the space's audiences; just the first page's while the others are being read."""
    return state.first_rows.get("audiences") or listed(state.facts.audiences)


def _audiences(state: State) -> tuple[Choice, ...]:
    return _choices(_listed(state), _already(state))


@memoize_last
def _choices(listed: tuple[Audience, ...], already: dict[str, str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            audience.id,
            audience.name or audience.key,
            details=_details(audience, already.get(audience.id, "")),
            search=audience.id,
            why=f"Its segment in LaunchDarkly is called “{segment_name(audience.key)}”.",
        )
        for audience in listed
    )


def _the_only(state: State) -> Value:
    every = listed(state.facts.audiences)
    return (every[0].id,) if len(every) == 1 else ()


def _put(state: State, value: Value) -> State:
    ids = (value,) if isinstance(value, str) else tuple(value)
    return replace(state, answers=replace(state.answers, audiences=tuple(i for i in ids if i)))


def _keys(state: State) -> str:
    return ", ".join(state.answers.audiences)


def _put_keys(state: State, value: Value) -> State:
    keys = str(value).replace(",", " ").split()
    return replace(state, answers=replace(state.answers, audiences=tuple(dict.fromkeys(keys))))


def settle_audiences(state: State) -> State:
    """Replace the audiences' keys and names by their IDs; a name that several audiences share stays.

    If Segment isn't read because a person makes the changes, replace IDs by keys while the list is still known.
    """
    seen, chosen = state.facts.audiences, state.answers.audiences
    if not isinstance(seen, tuple) or not chosen:
        return state
    settled = _as_ids(chosen, seen) if reads_segment(state) else _as_keys(chosen, seen)
    if settled == chosen:
        return state
    return replace(state, answers=replace(state.answers, audiences=tuple(dict.fromkeys(settled))))


def _as_ids(chosen: tuple[str, ...], seen: tuple[Audience, ...]) -> tuple[str, ...]:
    """Replace keys and names by IDs; a key wins over a name, because it is unique in its space."""
    ids = {audience.id for audience in seen}
    if ids.issuperset(chosen):
        return chosen
    by_key = {audience.key: audience.id for audience in seen}
    by_name: dict[str, list[str]] = {}
    for audience in seen:
        by_name.setdefault(audience.name, []).append(audience.id)

    def settled(wanted: str) -> str:
        named = by_name.get(wanted, [])
        return wanted if wanted in ids else by_key.get(wanted) or (named[0] if len(named) == 1 else wanted)

    return tuple(settled(wanted) for wanted in chosen)


def _as_keys(chosen: tuple[str, ...], seen: tuple[Audience, ...]) -> tuple[str, ...]:
    keys = {audience.id: audience.key for audience in seen}
    return tuple(keys.get(wanted, wanted) for wanted in chosen)


def _lists_audiences(state: State) -> bool:
    return not state.answers.by_hand or (lists_spaces(state) and not isinstance(state.facts.audiences, Failure))


def _waits_for(state: State) -> str:
    if not state.answers.space:
        return "the space"
    if state.first_rows.get("audiences"):
        return ""
    if not isinstance(state.facts.audiences, tuple):
        return "the space's audiences"
    return "" if state.facts.audiences else "an audience in this space"


def _written(state: State) -> tuple[str, ...]:
    """Return the chosen audiences' keys, which people know, or an ID if the key isn't unique."""
    by_id = {audience.id: audience for audience in _listed(state)}
    return tuple(_name_of(chosen, by_id) for chosen in state.answers.audiences)


def _name_of(chosen: str, by_id: dict[str, Audience]) -> str:
    audience = by_id.get(chosen)
    if audience is None:
        return chosen
    sharing = [one for one in by_id.values() if audience.key in (one.key, one.name)]
    return audience.key if len(sharing) == 1 and audience.key else audience.id


_INCLUDE = Setting(
    "audiences.include",
    "audiences",
    _written,
    list,
    convert=lambda items: tuple(dict.fromkeys(items)),
    scope=Scope.TARGET,
)


def _how_to_make_one(state: State) -> Note | None:
    """Return a note with Segment's page for a new audience, if the space has none to choose."""
    space, workspace = chosen_space(state.facts, state.answers), state.facts.workspace
    if state.facts.audiences != () or space is None or not isinstance(workspace, Workspace):
        return None
    page = links.SEGMENT_NEW_AUDIENCE.to(workspace=workspace.slug, space=space.slug or space.id)
    said = f"{space.name} has no audiences. In Segment, go to Engage → Audiences → New audience: "
    return Note(f"{said}{page.url}", "!")


def _notes(state: State) -> tuple[Note, ...]:
    chosen = chosen_audiences(state)
    names = tuple(
        Note(f"{audience.name or audience.key} becomes the segment “{segment_name(audience.key)}”.")
        for audience in chosen[:3]
    )
    if not chosen and (missing := _how_to_make_one(state)):
        return (missing, Note("The wizard checks again every 15 seconds, and shows the first audience that it finds."))
    in_segment = (Note("You still manage the members in Segment."),) if chosen else ()
    return (*names, *in_segment, *notes_on_test_user(state), *(before_attaching(state) if chosen else ()))


AUDIENCES = Step(
    id=StepId.AUDIENCES,
    title="Audiences",
    purpose="The audiences that become segments in LaunchDarkly.",
    asks=(
        Ask(
            id="audiences",
            about=(EXISTS.id, OTHER_ACTIVATIONS.id),
            around=("audience.",),
            kind=Kind.PICK_MANY,
            label="Audiences",
            hint="Type to filter by name, key or ID. Space selects.",
            hints_at_keys=True,
            help=Help(
                "Each audience becomes one segment. LaunchDarkly names it after the audience's key, although its "
                "guide says the audience's name.",
                "Segment: Engage → Audiences",
                links.SEGMENT_AUDIENCES_DOCS.url,
            ),
            get=lambda state: state.answers.audiences,
            put=_put,
            choices=_audiences,
            suggest=_the_only,
            waits_for=_waits_for,
            awaits=(StepId.SEGMENT,),
            applies=_lists_audiences,
            settings=(_INCLUDE,),
        ),
        Ask(
            id="audience_keys",
            kind=Kind.TEXT,
            label="Audience keys",
            hint="The keys of the audiences, separated by spaces: vip_customers big_spenders",
            help=Help(
                "Without a Public API token, the wizard can't list audiences. With their keys, it finds the "
                "segments in LaunchDarkly.",
                "Segment: Engage → Audiences → the audience → Settings → Audience key",
                links.SEGMENT_AUDIENCES_DOCS.url,
            ),
            get=_keys,
            put=_put_keys,
            applies=lambda state: not _lists_audiences(state),
            settings=(_INCLUDE,),
        ),
        BEFOREHAND,
    ),
    notes=_notes,
    settle=settle_audiences,
)
