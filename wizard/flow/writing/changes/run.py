"""What the changes of one apply share: the services, the journal, and what this apply has made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from wizard.domain.facts import is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.planning.change import Change
from wizard.domain.services.segment import Activation, CatalogEntry
from wizard.domain.wanted import catalog_entry, chosen_destination, wanted_client_side_id
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.journal import Entry, Journal, made_lately
from wizard.flow.reading.clients import segment_of
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.state import State
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.observed import Observed
from wizard.flow.writing.changes.write_once import Made, Writer, Written
from wizard.flow.writing.result import Outcome, Result, ended, failed, is_not_offered, left_to_do_by_hand

T = TypeVar("T")

KNOWN_WITHIN_S = 30.0  # after this long, all of Segment knows a new destination
ASKED_AGAIN_AFTER_S = 3.0


class Run:
    """One apply in progress, with what it has made, because later changes need that."""

    def __init__(
        self, ports: Ports, state: State, journal: Journal, earlier: tuple[Entry, ...], observed: Observed
    ) -> None:
        self.state = state
        self.ports = ports
        self.observed = observed
        self.clock = ports.clock
        self.journal = journal
        self.segment = segment_of(ports, state)
        self.lists = lists_of(ports, state)
        self.writer = Writer(journal, ports.clock, earlier)
        self.client_side_id = wanted_client_side_id(state.facts, state.answers)
        chosen = chosen_destination(state.facts, state.answers)
        self.destination_id = chosen.id if chosen else ""
        self.made_a_destination, self.made_at = False, 0.0  # monotonic seconds
        self.left_to_do_by_hand: set[str] = set()  # ids of changes that others wait for
        self._earlier = earlier

    @property
    def catalog(self) -> CatalogEntry:
        return catalog_entry(self.state.facts)

    @property
    def is_destination_new(self) -> bool:
        """Return whether the destination is new, so that its mapping came with it (docs/segment.md#mapping-calls)."""
        return self.made_a_destination or made_lately(self._earlier, self.destination_id, self.clock.now())

    async def once_known(self, ask: Callable[[], Awaitable[T | Failure]]) -> T | Failure:
        """Return the answer to a call that needs the destination; repeat the call on 404 if this run has just made it.

        A part of Segment may not know a new destination yet (docs/segment.md#destination-calls).
        """
        answer = await ask()
        while self.made_a_destination and is_failure(answer, FailureKind.NOT_FOUND):
            if self.clock.monotonic() - self.made_at >= KNOWN_WITHIN_S:
                break
            await self.clock.sleep(ASKED_AGAIN_AFTER_S)
            answer = await ask()
        return answer


def result_of(change: Change, made: Written[Made]) -> Result:
    """Return the result of a change that is one write."""
    if isinstance(made.seen, Failure):
        return failed(change, results.trouble_of(made.seen))
    if made.seen is None:
        return failed(change, results.NOT_SEEN)
    detail = "" if made.is_listed else results.NOT_LISTED
    return ended(change, Outcome.ALREADY if made.was_there else Outcome.DONE, made.seen.id, detail)


def result_of_activation(change: Change, made: Written[Activation], not_done: str, by_hand: str) -> Result:
    """Return the result for an activation's write. `not_done` and `by_hand` are for when the API doesn't offer it."""
    if isinstance(made.seen, Failure) and is_not_offered(made.seen):
        return left_to_do_by_hand(change, made.seen, not_done, by_hand)
    if isinstance(made.seen, Failure):
        return failed(change, results.trouble_of(made.seen))
    if made.seen is None:
        return failed(change, results.NOT_SEEN)
    return ended(change, Outcome.ALREADY if made.was_there else Outcome.DONE)
