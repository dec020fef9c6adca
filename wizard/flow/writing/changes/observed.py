"""What an apply knows of each audience: what was read right before, then each look before and after a write.

It saves calls: Segment lists the connections of only fifty audiences a minute (docs/segment.md#rate-limits).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from wizard.domain.facts import Facts, Slot, is_answer, listed
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Activation, Connection, Connections
from wizard.flow.reading.segment import attached_ids, listed_ids
from wizard.flow.reading.segment_lists import with_connections
from wizard.flow.state import State

if TYPE_CHECKING:
    from pydantic import SecretStr

T = TypeVar("T")
Activations: TypeAlias = tuple[Activation, ...]

A_MOMENT = timedelta(minutes=1)  # an older read is repeated before a write


class Observed:
    """The newest connections and activations, by audience ID, and what became of the token."""

    def __init__(self, facts: Facts | None = None, at: datetime | None = None) -> None:
        """Begin with `facts` that were read for this apply at the time `at`; without them, with nothing."""
        self.connections: dict[str, Connections | Failure] = dict(facts.connections) if facts else {}
        self.activations: dict[str, Activations | Failure] = dict(facts.activations) if facts else {}
        self._at = at
        self.made_token: SecretStr | None = None  # the secret of the service token that this apply made
        self.kept_in = ""  # where that secret is stored; empty: in memory only
        self.is_policy_refused = False
        self.token_name = ""  # the environment's, to store that secret under, if the profile has several

    def recent_connections(self, audience_id: str, now: datetime) -> Connections | None:
        """Return the connections if they were read less than a minute ago; None if they have to be read."""
        seen = self.connections.get(audience_id)
        is_late = self._at is None or now - self._at >= A_MOMENT
        return seen if isinstance(seen, Connections) and not is_late else None

    def add_connection(self, audience_id: str, connection: Connection) -> None:
        """Add a connection that was made and isn't listed yet."""
        seen = self.connections.get(audience_id)
        self.connections[audience_id] = with_connections(
            seen if isinstance(seen, Connections) else Connections(()), (connection,)
        )

    def add_activation(self, audience_id: str, activation: Activation) -> None:
        """Add an activation that isn't listed yet, or replace what was seen of it earlier."""
        seen = self.activations.get(audience_id)
        others = (one for one in listed(seen) if one.id != activation.id)
        self.activations[audience_id] = (*others, activation)

    def whole(self, state: State) -> dict[Slot, Mapping[str, object]]:
        """Return the slots that don't have to be read again because the apply saw each audience, with their values."""
        connections = _of_each(self.connections, listed_ids(state))
        if connections is None:
            return {}
        attached = attached_ids(replace(state, facts=replace(state.facts, connections=connections)))
        activations = _of_each(self.activations, attached)
        found: dict[Slot, Mapping[str, object]] = {"connections": connections}
        return found if activations is None else {**found, "activations": activations}


def _of_each(seen: Mapping[str, T | Failure], ids: Iterable[str]) -> dict[str, T | Failure] | None:
    found = {one: seen[one] for one in ids if one in seen and is_answer(seen[one])}
    return found if set(found) == set(ids) else None
