"""Send all members of an audience again, through each activation that can send them."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.failure import Failure
from wizard.domain.planning.change import Change
from wizard.domain.planning.resync import sent_again_by
from wizard.domain.services.segment import Activation, Audience, Connection
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.run import Run, result_of_activation
from wizard.flow.writing.result import Result, failed, worst_of


@dataclass(frozen=True, slots=True)
class Resyncer:
    run: Run
    change: Change
    audience: Audience

    async def resync(self) -> Result:
        """Send through one activation after the other, and return the worst result."""
        connection = Connection(self.change.resource_id, self.run.destination_id)
        activations = sent_again_by(self.audience, connection, self.run.state.facts)
        if not activations:
            return failed(self.change, results.NO_ACTIVATION)
        return worst_of([await self._one(activation) for activation in activations])

    async def _one(self, activation: Activation) -> Result:
        audience, was_answered = self.audience, False
        within = {"space": audience.space_id, "audience": audience.id, "connection": self.change.resource_id}

        async def look() -> Activation | Failure | None:
            """Return the activation once Segment took the resync; after a lost answer, `is_resyncing` shows that."""
            seen = await self.run.lists.activations(audience.space_id, audience.id)
            self.run.observed.activations[audience.id] = seen
            if isinstance(seen, Failure):
                return seen
            there = next((one for one in seen if one.id == activation.id), None)
            return there if there and (was_answered or there.is_resyncing) else None

        async def nothing_at_first() -> None:
            return None

        async def send() -> Activation | Failure:
            nonlocal was_answered
            made = await self.run.segment.resync(audience.space_id, audience.id, activation.id)
            was_answered = not isinstance(made, Failure)
            return made

        # Empty `before` and `after`: nothing is replaced, so there is nothing to undo.
        write = Write(Resource.ACTIVATION, self.change.id, within, {}, {}, activation.id)
        made = await self.run.writer.write_once(write, look, send, nothing_at_first)
        return result_of_activation(self.change, made, results.NOT_SENT_AGAIN, results.SEND_AGAIN_BY_HAND)
