"""What Segment is asked again during a watch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import SecretStr

from tests.domain.sample_facts import DESTINATION, MAPPING, VIP, healthy_answers, healthy_facts, refused
from tests.walks import stage
from wizard.domain.answers import Secrets
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Audience, Connections, Delivery, Destination, Subscription
from wizard.flow.state import State
from wizard.flow.watching.poll_segment import SegmentPoller
from wizard.flow.watching.watched_audience import WatchedAudience

SENT = Delivery(1, 0, 0)
SWITCHED_OFF = replace(MAPPING, enabled=False)


@dataclass
class OpensLater:
    """A Segment that refuses the token its deliveries at first; also the services that return it."""

    deliveries: list[Delivery | Failure] = field(default_factory=lambda: [refused(), SENT])
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def segment(self, *_: object) -> OpensLater:
        return self

    async def audience(self, *_: str) -> Audience:
        return VIP

    async def connections(self, *_: str) -> Connections:
        return Connections(())

    async def destinations(self) -> tuple[Destination, ...]:
        return (DESTINATION,)

    async def subscriptions(self, _: str) -> tuple[Subscription, ...]:
        return (SWITCHED_OFF,)

    async def delivery(self, _source: str, _destination: str, start: datetime, end: datetime) -> Delivery | Failure:
        self.spans.append((start, end))
        return self.deliveries.pop(0)


async def test_deliveries_closed_to_the_token_are_polled_only_in_closer_polls() -> None:
    services = OpensLater()
    ports = replace(stage("happy").walk.ports, services=services)  # type: ignore[arg-type]
    state = State(healthy_facts(), healthy_answers(), Secrets(segment_token=SecretStr("sgp_token")))
    poller = SegmentPoller(ports, state, (WatchedAudience(VIP),), lambda _: None)

    await poller.poll(60.0, is_late=False)
    await poller.poll(120.0, is_late=False)
    assert services.deliveries == [SENT], "closed, so the look a minute later didn't ask"

    await poller.poll(180.0, is_late=True)
    assert poller.delivery == SENT
    assert poller.subscriptions == (SWITCHED_OFF,)
