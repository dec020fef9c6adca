"""Gives the activations of an audience the settings that the destination's mapping has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain.activations import differing, settings_to_send
from wizard.domain.model import Activation, Audience, Failure
from wizard.domain.plan import Change
from wizard.flow.ports import Segment
from wizard.flow.profile.journal import Write
from wizard.flow.reading.segment_lists import Lists
from wizard.flow.writing import result as results
from wizard.flow.writing.observed import Sightings
from wizard.flow.writing.result import Outcome, Result, ended, failed, is_not_offered, left_to_the_hand
from wizard.flow.writing.write_once import Ensured, Writer

_WORST_FIRST = (Outcome.FAILED, Outcome.BY_HAND, Outcome.DONE, Outcome.ALREADY)


@dataclass(frozen=True, slots=True)
class Realigner:
    """Updates each activation that a change names, once. `wanted`: the mapping's settings, whole."""

    segment: Segment
    lists: Lists
    writer: Writer
    sightings: Sightings
    action_id: str
    wanted: Mapping[str, Any]
    made_by_us: frozenset[str]

    async def realign(self, change: Change, audience: Audience, destination_id: str) -> Result:
        """Return the worst of the results."""
        within = {"space": audience.space_id, "audience": audience.id, "destination": destination_id}
        within["connection"] = change.resource_id
        before, after = ((values or {}).get("activations", {}) for values in (change.before, change.after))
        ended_so = [
            await self._one(change, audience, _write(change, within, activation_id, before, after))
            for activation_id in after
        ]
        return min(ended_so, key=lambda result: _WORST_FIRST.index(result.outcome))

    async def _one(self, change: Change, audience: Audience, write: Write) -> Result:
        wanted = (write.after or {})["settings"]
        seen: Activation | Failure | None = None

        async def look() -> Activation | Failure | None:
            """What Segment doesn't show counts as set: it accepted the update."""
            nonlocal seen
            seen = await self._seen(audience, write.changes)
            is_other = isinstance(seen, Activation) and differing(seen.settings, wanted, wanted)
            return None if is_other else seen

        async def look_at_first() -> Activation | Failure | None:
            found = await look()
            return None if isinstance(found, Activation) and not found.settings else found

        async def update() -> Activation | Failure:
            there = seen if isinstance(seen, Activation) else Activation(write.changes, "", change.resource_id)
            return await self.segment.update_activation(
                audience.space_id,
                audience.id,
                write.changes,
                action_id=there.action_id or self.action_id,
                settings=settings_to_send(there, self.wanted, ours=write.changes in self.made_by_us),
            )

        return _result(change, await self.writer.ensure(write, look, update, look_at_first))

    async def _seen(self, audience: Audience, activation_id: str) -> Activation | Failure | None:
        seen = await self.lists.activations(audience.space_id, audience.id)
        self.sightings.activations[audience.id] = seen
        if isinstance(seen, Failure):
            return seen
        return next((one for one in seen if one.id == activation_id), None)


def _write(
    change: Change, within: Mapping[str, str], activation_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Write:
    was, becomes = {"settings": before[activation_id]}, {"settings": after[activation_id]}
    return Write("activation", change.id, within, was, becomes, activation_id)


def _result(change: Change, made: Ensured[Activation]) -> Result:
    """Of the connection that the change is about."""
    if isinstance(made.seen, Failure) and is_not_offered(made.seen):
        return left_to_the_hand(change, made.seen, results.NOT_REALIGNED, results.REALIGN_BY_HAND)
    if isinstance(made.seen, Failure):
        return failed(change, results.trouble_of(made.seen))
    if made.seen is None:
        return failed(change, results.NOT_SEEN)
    return ended(change, Outcome.ALREADY if made.was_there else Outcome.DONE)
