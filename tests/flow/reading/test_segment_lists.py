"""A list is completed with the things that this setup made and the list lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.domain.sample_facts import DESTINATION, NOW, failure
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.segment import Destination
from wizard.flow.profile.journal import LISTED_WITHIN, Entry, EntryStage, Resource
from wizard.flow.reading.segment_lists import Lists

OUTAGE = failure(FailureKind.SERVER, Service.SEGMENT)
GONE = failure(FailureKind.NOT_FOUND, Service.SEGMENT)


@dataclass
class ListsNothing:
    """A Segment that lists no destination, and answers a read by ID with `seen`."""

    seen: Destination | Failure

    async def destinations(self) -> tuple[Destination, ...]:
        return ()

    async def destination(self, destination_id: str) -> Destination | Failure:
        assert destination_id == DESTINATION.id
        return self.seen


@pytest.mark.parametrize(
    ("seen", "age", "listed"),
    [
        (DESTINATION, timedelta(minutes=1), (DESTINATION,)),
        (GONE, timedelta(minutes=1), ()),
        (OUTAGE, timedelta(minutes=1), OUTAGE),
        (DESTINATION, LISTED_WITHIN, ()),
    ],
    ids=["there", "gone", "nobody can tell", "so old that the list is believed"],
)
async def test_what_was_made_lately_and_is_not_listed_is_asked_for_by_its_id(
    seen: Destination | Failure, age: timedelta, listed: object
) -> None:
    made = Entry(NOW - age, EntryStage.MADE, Resource.DESTINATION, "destination", DESTINATION.id)

    lists = Lists(ListsNothing(seen), (made,), NOW)  # type: ignore[arg-type]

    assert await lists.destinations() == listed
