"""The proof that Segment's deliveries use the new token, so that the old one can be deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fake_clock import START, FakeClock
from wizard.domain.planning.change import Action, Change
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Delivery
from wizard.flow.writing.result import Outcome
from wizard.flow.writing.rotation.proof import prove

PROOF = Change("proof", Action.UPDATE, "", "", "", "", None, None, undoable=False)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GOT_IT = START + timedelta(seconds=40)  # when the destination got the new token


class Segment:
    """A Segment that counts by minute, and by hour in spans of over four hours (docs/segment.md#delivery-counts)."""

    def __init__(self, *delivered: datetime) -> None:
        self._delivered = delivered
        self.asked = 0

    async def delivery(self, _source: str, _destination: str, start: datetime, end: datetime) -> Delivery:
        assert start < end
        self.asked += 1
        first = start.replace(minute=0, second=0) if end - start > 4 * HOUR else start.replace(second=0)
        return Delivery(sum(first <= at < end for at in self._delivered), 0, 0)


class LaunchDarkly:
    def __init__(self, last_used: datetime | None) -> None:
        self._last_used = last_used

    async def token(self, token_id: str) -> Token:
        return Token(token_id, last_used=self._last_used)


async def is_proven(
    since: timedelta,
    *,
    segment: Segment | None = None,
    last_used: datetime | None = None,
    used_before: datetime | None = None,
) -> bool:
    """Return whether one poll of both services is the proof, `since` after the destination got the token."""
    run: Any = SimpleNamespace(
        ports=SimpleNamespace(clock=FakeClock(GOT_IT + since)),
        within_s=0.0,
        since=GOT_IT,
        used_before=used_before,
        new=Token("tok_new"),
        rotation=SimpleNamespace(
            destination=SimpleNamespace(id="dst_1", source_id="src_1", enabled=True), may_delete_the_old=True
        ),
        client=LaunchDarkly(last_used),
        segment=segment or Segment(),
    )
    return (await prove(run, PROOF)).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("delivered", "since", "proves"),
    [
        (timedelta(minutes=3), timedelta(minutes=5), True),
        (timedelta(seconds=10), timedelta(minutes=5), False),  # in the same minute
        (timedelta(seconds=25), timedelta(minutes=5), False),  # it may have begun with the old token
        (-timedelta(seconds=30), timedelta(hours=6), False),  # in the same hour, which a long span counts as a whole
        (timedelta(hours=5), timedelta(hours=6), True),
    ],
)
async def test_only_what_was_delivered_with_the_new_token_alone_counts(
    delivered: timedelta, since: timedelta, proves: bool
) -> None:
    segment = Segment(GOT_IT + delivered)
    assert await is_proven(since, segment=segment) is proves
    assert segment.asked == 1


async def test_segment_is_not_asked_before_there_is_anything_to_count() -> None:
    segment = Segment(GOT_IT)
    assert not await is_proven(timedelta(seconds=45), segment=segment)
    assert segment.asked == 0


@pytest.mark.parametrize(
    ("last_used", "proves"),
    [
        (None, False),
        (timedelta(seconds=2), False),  # it may be the wizard's own use, just before
        (timedelta(seconds=10), True),
    ],
)
async def test_a_use_since_the_destination_has_the_token_proves_it(last_used: timedelta | None, proves: bool) -> None:
    used = None if last_used is None else GOT_IT + last_used
    assert await is_proven(MINUTE, last_used=used) is proves


async def test_a_use_from_before_proves_nothing() -> None:
    used = GOT_IT + timedelta(seconds=10)
    assert not await is_proven(MINUTE, last_used=used, used_before=used)
