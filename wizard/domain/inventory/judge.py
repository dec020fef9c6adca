"""Judge the state of each synced segment from what both services say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wizard.domain.connections import connection_to, is_paused
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.inventory.inventory_facts import EnvironmentSegments, SegmentFacts, may_be_of_another_partner
from wizard.domain.inventory.owners import Ownership, by_id, owner_of
from wizard.domain.inventory.row import Row, SegmentState
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.mapping import ACTION_SLUG, FALLBACK_CATALOG_ENTRY, has_a_trigger_of_its_own
from wizard.domain.services.segment import NEARLY_ALL, Audience, Connections, Destination, Subscription
from wizard.text import count, plain

FEWER, MORE = NEARLY_ALL, 1.1  # of the audience's size: a tenth more or less is in step
_MOST_FLAGS = 3


def judge(place: EnvironmentSegments, side: SegmentFacts) -> tuple[Row, ...]:
    """Return a row for each segment of the environment that Segment may fill."""
    return tuple(_with_flags(_Judge(place, side, segment).row(), place) for segment in place.of_segment)


def _with_flags(row: Row, place: EnvironmentSegments) -> Row:
    flags = place.flags.get(row.segment.key, ()) if not isinstance(place.flags, Failure) else None
    row = replace(row, flags=flags)
    return replace(row, fix=_clean_up(row)) if row.may_be_cleaned_up else row


def with_known_flags(row: Row, flags: tuple[str, ...]) -> Row:
    """Return the row with the flags that only reading the segment on its own shows, added to those of the list."""
    known = tuple(dict.fromkeys((*(row.flags or ()), *flags)))
    row = replace(row, flags=known)
    return replace(row, fix=_clean_up(row)) if row.may_be_cleaned_up else row


def _clean_up(row: Row) -> str:
    """Return what is safe to delete. A flag that uses the segment has to change before anything is deleted."""
    if row.flags:
        more = f" and {len(row.flags) - _MOST_FLAGS} more" if len(row.flags) > _MOST_FLAGS else ""
        named = ", ".join(row.flags[:_MOST_FLAGS])
        uses = "uses" if len(row.flags) == 1 else "use"
        return f"Don't delete it yet: {named}{more} {uses} it. Point the rules at another segment first."
    if row.flags is None:
        return "We couldn't read which flags use it. Check that in LaunchDarkly before you delete it."
    return (
        "No flag uses it. If its members no longer change and nobody needs it, delete it under Code → Segments in "
        "LaunchDarkly."
    )


_NO_AUDIENCE = (
    "We see no audience for it. Most likely the audience was deleted. Otherwise, someone renamed the segment, or "
    "this token can't see its audience."
)
_FILLER_HIDDEN = (
    "We see no audience for it, and LaunchDarkly doesn't say what fills it. Another partner's integration may."
)
_STILL_FEWER = "Wait an hour. If it still has fewer, troubleshoot it (audience-wizard troubleshoot fewer-members)."
_TOO_MANY = "Troubleshoot it (audience-wizard troubleshoot more-members) to find out who stayed."
_WHICH_IS_FED = "Find out which one syncs before you delete either: its members change with the audience."


@dataclass(frozen=True, slots=True)
class _Judge:
    """The judgment of one segment. The first problem decides."""

    place: EnvironmentSegments
    side: SegmentFacts
    segment: LaunchDarklySegment

    def row(self) -> Row:
        if self.side.why_not:
            return self._row(SegmentState.UNKNOWN, self.side.why_not)
        owner = owner_of(self.segment, self.place.of_segment, self.side.audiences, self._is_attached)
        if owner.instead is not None:
            return self._double(owner, owner.instead)
        if owner.audience is None:
            return self._without_audience(owner)
        return self._of_audience(owner.audience)

    def _row(self, state: SegmentState, reason: str, fix: str = "", **seen: object) -> Row:
        row = Row(self.place.project, self.place.environment.key, self.segment, state, reason, fix)
        return replace(row, **seen)  # type: ignore[arg-type]

    # --- whose it is ----------------------------------------------------------------------------------------------

    def _double(self, owner: Ownership, other: LaunchDarklySegment) -> Row:
        is_fed = by_id(other, self.side.audiences) is not None
        if is_fed and owner.audience is not None:
            reason = f"{plain(owner.audience.name)} feeds {other.key}, which has the same name."
            return self._row(SegmentState.DOUBLE, reason, audience=owner.audience)
        reason = f"{other.key} has the same name, and we can't tell which of them syncs."
        return self._row(SegmentState.DOUBLE, reason, _WHICH_IS_FED, audience=owner.audience, may_be_fed=True)

    def _without_audience(self, owner: Ownership) -> Row:
        unanswered = self.side.unanswered.get(self.segment.key)
        if unanswered is not None:
            return self._row(SegmentState.UNKNOWN, f"We couldn't look up its audience: {_said(unanswered)}.")
        if owner.is_unknown:
            return self._row(SegmentState.UNKNOWN, "An audience with its name may sync to it, but we can't tell.")
        if not self._destinations():
            return self._row(
                SegmentState.UNKNOWN,
                "This Segment workspace has neither its audience nor a destination for this environment. Another "
                "workspace may sync to it.",
            )
        if owner.is_older:
            return self._row(
                SegmentState.ORPHAN, "It's older than the audience with its name: someone recreated that audience."
            )
        if may_be_of_another_partner(self.segment):
            return self._row(SegmentState.UNKNOWN, _FILLER_HIDDEN)
        return self._row(SegmentState.ORPHAN, _NO_AUDIENCE)

    # --- what feeds it --------------------------------------------------------------------------------------------

    def _of_audience(self, audience: Audience) -> Row:
        destination = self._destination_of(audience)
        mapping = self._mapping_of(destination) if destination else None
        row = self._fed(audience, destination, mapping) or self._counted(audience)
        return replace(row, audience=audience, destination=destination, mapping=mapping)

    def _fed(self, audience: Audience, destination: Destination | None, mapping: Subscription | None) -> Row | None:
        """Return a row with the reason if nothing feeds the segment; None if something does, or if that's unknown."""
        name, where = plain(audience.name), f"{self.place.project} / {self.place.environment.key}"
        if audience.enabled is False:
            return self._row(SegmentState.ORPHAN, f"{name} is off in Segment.", f"In Segment, switch on {name}.")
        if not self._destinations():
            reason = f"No destination in this Segment workspace sends to {where}."
            return self._row(SegmentState.ORPHAN, reason, "Set up the sync again: run audience-wizard.")
        if destination is None:
            reason = f"{name} isn't attached to a destination for {where}."
            return self._row(
                SegmentState.ORPHAN, reason, f"Attach {name} again, or delete the segment once no flag uses it."
            )
        if destination.enabled is False:
            reason = f"The destination {plain(destination.name)} is off."
            return self._row(
                SegmentState.ORPHAN, reason, "In Segment, switch on Enable Destination in its Settings tab."
            )
        if self._is_paused(audience, destination):
            reason = f"Connect to destination is off for {name}."
            where = f"In Segment, go to Engage → Audiences → {name}, open {plain(destination.name)}"
            return self._row(SegmentState.ORPHAN, reason, f"{where} and switch on Connect to destination.")
        return self._mapped(destination, mapping)

    def _is_paused(self, audience: Audience, destination: Destination) -> bool:
        connection = connection_to(destination, self.side.connections.get(audience.id))
        return connection is not None and is_paused(connection, destination)

    def _mapped(self, destination: Destination, mapping: Subscription | None) -> Row | None:
        if isinstance(self.side.mappings.get(destination.id), tuple) and (mapping is None or mapping.enabled is False):
            what = "no mapping" if mapping is None else "its mapping switched off"
            reason = f"The destination {plain(destination.name)} has {what}."
            fix = "In Segment, open the destination's Mappings tab and switch on a mapping."
            return self._row(SegmentState.ORPHAN, reason, fix)
        return None

    def _destinations(self) -> tuple[Destination, ...]:
        every = listed(self.side.destinations)
        return tuple(one for one in every if one.client_side_id == self.place.environment.client_side_id)

    def _destination_of(self, audience: Audience) -> Destination | None:
        """Return the destination that the audience is attached to; if that's unknown, one of the environment's."""
        seen = self._attached(audience)
        there = self._destinations() if seen is None else seen
        return min(there, key=lambda one: (one.enabled is False, self._is_paused(audience, one)), default=None)

    def _is_attached(self, audience: Audience) -> bool | None:
        seen = self._attached(audience)
        return None if seen is None else bool(seen)

    def _attached(self, audience: Audience) -> tuple[Destination, ...] | None:
        """Return the environment's destinations that the audience is attached to; None if that's unknown.

        The total number of connections includes those that are hidden from the token.
        """
        there, seen = self._destinations(), self.side.connections.get(audience.id)
        if not there:
            return ()
        if not isinstance(seen, Connections):
            return None
        ids = {one.destination_id for one in seen.items}
        found = tuple(one for one in there if one.id in ids)
        return None if not found and (seen.total or 0) > len(seen.items) else found

    def _mapping_of(self, destination: Destination) -> Subscription | None:
        seen = self.side.mappings.get(destination.id)
        fitting = [one for one in seen if _syncs(one)] if isinstance(seen, tuple) else []
        return min(fitting, key=lambda one: (one.enabled is False, has_a_trigger_of_its_own(one)), default=None)

    # --- its members ----------------------------------------------------------------------------------------------

    def _counted(self, audience: Audience) -> Row:
        members, size, name = self.segment.included_count, audience.size, plain(audience.name)
        if members is None or size is None:
            who = (
                "LaunchDarkly doesn't show how many members it has."
                if members is None
                else (f"Segment doesn't show how many members {name} has.")
            )
            return self._row(SegmentState.UNKNOWN, who)
        said = f"It has {members:,} of {count(size, 'member')}."
        if members < FEWER * size:
            return self._row(SegmentState.LATE, said, _STILL_FEWER)
        if members > MORE * size:
            reason = f"It has {count(members, 'member')}, but {name} has {size:,}."
            return self._row(SegmentState.MORE_MEMBERS, reason, _TOO_MANY)
        return self._row(SegmentState.IN_STEP, said)


def _syncs(mapping: Subscription) -> bool:
    return mapping.action_id == FALLBACK_CATALOG_ENTRY.action_id or mapping.action_slug == ACTION_SLUG


def _said(failure: Failure) -> str:
    return f"{failure.host} answered {failure.status}" if failure.status else f"{failure.host} didn't answer"
