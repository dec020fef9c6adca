"""The review of an undo, as every interface shows it before the yes, and what to forget after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from wizard.domain.failure import Failure
from wizard.domain.services.naming import DESTINATION_NAME
from wizard.domain.services.segment import Destination
from wizard.flow.profile.journal import Entry, Resource, may_be_there
from wizard.flow.writing.bookkeeping import confirm_intended
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.undo.other_audiences import OnProgress
from wizard.flow.writing.undo.rules import confirm_rules
from wizard.flow.writing.undo.undo import read_undo_facts
from wizard.flow.writing.undo.undo_plan import UndoAction, UndoFacts, UndoStep, plan_undo

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

Entries: TypeAlias = tuple[Entry, ...]

WORDS: Mapping[UndoAction, tuple[str, str]] = {
    UndoAction.DELETE: ("-", "Delete"),
    UndoAction.RESTORE: ("~", "Put back as it was:"),
    UndoAction.LEAVE: ("=", "Leave"),
    UndoAction.GONE: ("=", "Already gone:"),
    UndoAction.BY_HAND: (">", "By hand:"),
}
TAKEN_BACK: Mapping[UndoAction, str] = {UndoAction.DELETE: "deleted", UndoAction.RESTORE: "put back"}
ALREADY_GONE = "already gone"
ALL_TAKEN_BACK = "Everything that the wizard made was taken back."
SOME_LEFT = "Not everything could be taken back."
NOTHING = "Nothing to take back: nothing that this profile made still exists."
NOTHING_HERE = (
    "Nothing to take back for this file's client-side ID: this profile made everything for another one. To take that "
    "back, run audience-wizard undo without -c."
)
NOTHING_DONE = "Nothing was taken back."
COULD_NOT_READ = "We couldn't read what was made."
NO_RECORD = "This machine has no record of changes for this profile."
LOOK_AT_THEM = "Fix: look at them in Segment under Connections → Destinations, and delete what nobody needs."
LOOK_AT_WHAT_STAYS = (
    "Next: in Segment, look at what was left under Connections → Destinations and Engage → Audiences, and decide "
    "whether it can stay."
)
STAYS = "Stays in LaunchDarkly: each segment with its members. Flags that target the segment still match them."


def _all(entries: Entries, _: UndoFacts) -> Entries:
    return entries


async def review_undo(
    walk: Walk, ours: Callable[[Entries, UndoFacts], Entries] = _all, on_progress: OnProgress = lambda _: None
) -> tuple[UndoStep, ...] | Failure:
    """Read what was made and return what undo would do. `ours` filters out what another setup made."""
    confirm_intended(walk)
    await confirm_rules(walk.ports, walk.state, walk.session)
    seen = await read_undo_facts(walk.ports, walk.state, walk.session.saved.made, on_progress)
    if isinstance(seen, Failure):
        return seen
    saved = walk.session.saved
    uncertain = may_be_there(saved.journal, walk.ports.clock.now())
    return plan_undo(ours(saved.made, seen), seen, ours(uncertain, seen))


def named_like_ours(walk: Walk) -> tuple[Destination, ...] | None:
    """Return the destinations whose names start as the wizard's do; None when they couldn't be read."""
    seen = walk.state.facts.destinations
    return tuple(one for one in seen if one.name.startswith(DESTINATION_NAME)) if isinstance(seen, tuple) else None


def without_record(walk: Walk) -> tuple[str, ...]:
    """Say that we don't know what was made, and list the destinations in Segment with the wizard's name."""
    named = named_like_ours(walk)
    lost = (walk.session.trouble or NO_RECORD, "So undo can't tell what the wizard made.")
    if named is None:
        return (*lost, "We couldn't read Segment either.")
    if not named:
        return (*lost, "Segment has no destination with the wizard's name.")
    listed = (f"  {one.name} ({one.id})" for one in named)
    return (*lost, "These destinations have the wizard's name:", *listed, LOOK_AT_THEM)


def step_in_words(back: UndoStep) -> str:
    """Return what happens to one resource, and why, if there's something to explain."""
    return f"{WORDS[back.doing][1]} {back.title}{f'. {back.why}' if back.why else ''}"


def leaves_segments(plan: Iterable[UndoStep]) -> bool:
    """Return whether the plan stops a sync, whose segment stays (docs/segment.md#adding-and-removing-members)."""
    return any(back.writes and back.entry.kind is Resource.CONNECTION for back in plan)


def forget_destination(walk: Walk, results: Iterable[Result]) -> None:
    """Forget a deleted destination, so that the next run doesn't look for it."""
    gone = {result.resource_id for result in results if result.outcome in {Outcome.DONE, Outcome.ALREADY}}
    saved = walk.session.saved
    if saved.answers.destination in gone:
        walk.session.keep(replace(saved.answers, destination=""), saved.accepted)
