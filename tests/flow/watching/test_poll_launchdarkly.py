"""How often a watch asks LaunchDarkly about one thing, and that everything has its turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from tests.domain.sample_facts import NOW, SEGMENT, VIP, failure, healthy_answers, healthy_facts
from tests.walks import stage
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.flow.state import State
from wizard.flow.watching.poll_launchdarkly import ELSEWHERE_EVERY_S, MEMBER_EVERY_S, LaunchDarklyPoller
from wizard.flow.watching.watched_audience import WatchedAudience, WatchStart


@dataclass
class AnswersAlways:
    """A LaunchDarkly with one answer about the test user; also the services that return it."""

    answer: bool | Failure
    asked: int = 0

    def launchdarkly(self, *_: object, **__: object) -> AnswersAlways:
        return self

    async def is_member(self, *_: str) -> bool | Failure:
        self.asked += 1
        return self.answer


@pytest.mark.parametrize(
    ("answer", "asked"),
    [(False, 3), (True, 1), (failure(FailureKind.SERVER), 3), (failure(FailureKind.FORBIDDEN), 1)],
    ids=["not yet", "a member", "an outage", "closed to the token"],
)
async def test_it_is_asked_every_thirty_seconds_until_nothing_more_can_be_learned(
    answer: bool | Failure, asked: int
) -> None:
    services = AnswersAlways(answer)
    ports = replace(stage("happy").walk.ports, services=services)  # type: ignore[arg-type]
    start = WatchStart(State(healthy_facts(), healthy_answers()), NOW)
    watched = WatchedAudience(VIP)
    watched.update_segment(SEGMENT)
    poller = LaunchDarklyPoller(ports, start, lambda _: None)

    for elapsed in (0.0, MEMBER_EVERY_S - 1, MEMBER_EVERY_S, 2 * MEMBER_EVERY_S):
        await poller.poll_test_user((watched,), elapsed)

    assert services.asked == asked


@dataclass
class HasSegments:
    """A LaunchDarkly in which some segments can't be read, and one was made by hand; also the services."""

    unreadable: dict[str, Failure] = field(default_factory=dict)
    by_hand: tuple[LaunchDarklySegment, ...] = ()
    asked: Counter[str] = field(default_factory=Counter)

    def launchdarkly(self, *_: object, **__: object) -> HasSegments:
        return self

    async def segment(self, _: str, __: str, key: str) -> LaunchDarklySegment | Failure:
        self.asked[key] += 1
        return self.unreadable.get(key, replace(SEGMENT, key=key))

    async def synced_segments(self, *_: str) -> tuple[LaunchDarklySegment, ...]:
        return ()

    async def segments_named(self, _: str, __: str, name: str) -> tuple[LaunchDarklySegment, ...]:
        self.asked[name] += 1
        return tuple(one for one in self.by_hand if one.name == name)


def _poller(services: object) -> LaunchDarklyPoller:
    ports = replace(stage("happy").walk.ports, services=services)  # type: ignore[arg-type]
    return LaunchDarklyPoller(ports, WatchStart(State(healthy_facts(), healthy_answers()), NOW), lambda _: None)


@pytest.mark.parametrize(("kind", "tries"), [(FailureKind.SERVER, 2), (FailureKind.FORBIDDEN, 1)])
async def test_a_segment_that_cannot_be_read_leaves_reads_for_the_others(kind: FailureKind, tries: int) -> None:
    services = HasSegments({"odd": failure(kind)})
    poller, odd, fine = _poller(services), WatchedAudience(VIP), WatchedAudience(VIP)
    odd.update_segment(replace(SEGMENT, key="odd"))
    for _ in range(12):
        await poller.open(odd)
    fine.update_segment(replace(SEGMENT, key="fine"))
    await poller.open(fine)
    assert services.asked == {"odd": tries, "fine": 1}


async def test_every_name_has_its_turn_and_what_was_seen_of_others_stays() -> None:
    names = ("One", "Two", "Three", "Four", "Five")
    made = replace(SEGMENT, key="two", name="Two", external="")
    services = HasSegments(by_hand=(made,))
    poller = _poller(services)
    for turn in range(2):
        await poller.search_elsewhere(turn * ELSEWHERE_EVERY_S, names)
    assert set(services.asked) == set(names)
    assert poller.namesakes == (made,)
