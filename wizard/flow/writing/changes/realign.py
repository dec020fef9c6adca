"""Give an audience's activations the settings of the destination's mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.domain.failure import Failure
from wizard.domain.planning.change import Change
from wizard.domain.services.segment import Activation, Audience
from wizard.domain.signals.activations import differing, settings_to_send
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.run import Run, result_of_activation
from wizard.flow.writing.result import Result, worst_of


@dataclass(frozen=True, slots=True)
class Realigner:
    """Updates each activation that the change names, once."""

    run: Run
    change: Change
    audience: Audience

    async def realign(self) -> Result:
        """Update the activations one after the other, and return the worst result."""
        return worst_of([await self._one(write) for write in self._writes()])

    def _writes(self) -> Iterator[Write]:
        change, audience = self.change, self.audience
        within = {"space": audience.space_id, "audience": audience.id, "destination": self.run.destination_id}
        within["connection"] = change.resource_id
        before, after = ((values or {}).get("activations", {}) for values in (change.before, change.after))
        for activation_id in after:
            was, becomes = {"settings": before[activation_id]}, {"settings": after[activation_id]}
            yield Write(Resource.ACTIVATION, change.id, within, was, becomes, activation_id)

    async def _one(self, write: Write) -> Result:
        wanted = (write.after or {})["settings"]
        seen: Activation | Failure | None = None

        async def look() -> Activation | Failure | None:
            """Return the activation once it's as wanted. Settings that Segment doesn't show count as set."""
            nonlocal seen
            seen = await self._seen(write.changes)
            is_other = isinstance(seen, Activation) and differing(seen.settings, wanted, wanted)
            return None if is_other else seen

        async def look_at_first() -> Activation | Failure | None:
            found = await look()
            return None if isinstance(found, Activation) and not found.settings else found

        async def update() -> Activation | Failure:
            there = seen if isinstance(seen, Activation) else Activation(write.changes, "", self.change.resource_id)
            return await self.run.segment.update_activation(
                self.audience.space_id,
                self.audience.id,
                write.changes,
                action_id=there.action_id or self.run.catalog.action_id,
                settings=settings_to_send(there, self.change.settings, ours=self._is_ours(write.changes)),
            )

        made = await self.run.writer.write_once(write, look, update, look_at_first)
        return result_of_activation(self.change, made, results.NOT_REALIGNED, results.REALIGN_BY_HAND)

    def _is_ours(self, activation_id: str) -> bool:
        return any(one.resource_id == activation_id and one.is_creation for one in self.run.state.made)

    async def _seen(self, activation_id: str) -> Activation | Failure | None:
        seen = await self.run.lists.activations(self.audience.space_id, self.audience.id)
        self.run.observed.activations[self.audience.id] = seen
        if isinstance(seen, Failure):
            return seen
        return next((one for one in seen if one.id == activation_id), None)
