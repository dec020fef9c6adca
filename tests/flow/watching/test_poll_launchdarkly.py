"""How often LaunchDarkly is asked whether the test user is a member."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from tests.domain.sample_facts import NOW, SEGMENT, VIP, failure, healthy_answers, healthy_facts
from tests.walks import stage
from wizard.domain.failure import Failure, FailureKind
from wizard.flow.state import State
from wizard.flow.watching.poll_launchdarkly import MEMBER_EVERY_S, LaunchDarklyPoller
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
