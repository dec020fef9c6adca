"""Requests for the same thing at the same time are sent once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from tests.api.fakes import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Fake, data, in_turn, reply
from tests.fake_clock import FakeClock
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.clock import ServicesClock
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, Service
from wizard.domain.sent_request import SentRequest
from wizard.domain.services.launchdarkly import Caller
from wizard.domain.services.segment import Region, Workspace
from wizard.flow.outside.requests import SentRequests, begin_reading

OF_WORKSPACE = {"data": {"workspace": {"id": "w", "name": "Acme"}, "connections": [], "connection": {"id": "ii_1"}}}
CALLER = {"tokenId": "t-1"}


@dataclass
class Slow:
    """A service that answers when the test lets it."""

    requests: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)  # requests that the client ended before their response
    told: list[SentRequest] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.clock = FakeClock(auto=True)
        self.services = HttpServices(
            BaseUrls(), Runtime(ServicesClock(self.clock), lambda: 0.0, trace=self.told.append), self.open
        )

    async def open(self, _: Service) -> httpx.AsyncClient:
        return new_client(httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.path}"
        self.requests.append(line)
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.ended.append(line)
            raise
        return reply(200, OF_WORKSPACE | CALLER)

    async def asked_by(self, count: int, token: SecretStr = LAUNCHDARKLY_TOKEN) -> list[asyncio.Task[Caller | Failure]]:
        client = self.services.launchdarkly(token)
        asking = [asyncio.create_task(client.caller()) for _ in range(count)]
        await self.clock.settle()
        return asking


async def test_what_several_ask_for_at_the_same_time_is_asked_for_once() -> None:
    slow = Slow()
    asking = await slow.asked_by(3)
    slow.may_answer.set()
    assert [isinstance(answer, Caller) for answer in await asyncio.gather(*asking)] == [True] * 3
    assert slow.requests == ["GET /api/v2/caller-identity"]


async def test_what_was_answered_is_asked_for_again() -> None:
    slow = Slow()
    slow.may_answer.set()
    for _ in range(2):
        await asyncio.gather(*await slow.asked_by(2))
    assert len(slow.requests) == 2


async def test_another_token_is_another_question() -> None:
    slow = Slow()
    asking = [*await slow.asked_by(1), *await slow.asked_by(1, SecretStr("api-another"))]
    slow.may_answer.set()
    await asyncio.gather(*asking)
    assert len(slow.requests) == 2


@pytest.mark.parametrize("leaves", [0, 1])
async def test_who_goes_leaves_the_call_to_those_who_stay(leaves: int) -> None:
    slow = Slow()
    asking = await slow.asked_by(2)
    asking[leaves].cancel()
    await slow.clock.settle()
    slow.may_answer.set()
    gone, stays = asking[leaves], asking[1 - leaves]
    assert isinstance(await stays, Caller)
    assert gone.cancelled()
    assert len(slow.requests) == 1


async def test_when_all_have_gone_the_call_is_ended_and_the_next_one_is_new() -> None:
    slow = Slow()
    asking = await slow.asked_by(2)
    for one in asking:
        one.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert slow.ended == slow.requests == ["GET /api/v2/caller-identity"]
    slow.may_answer.set()
    (caller,) = await asyncio.gather(*await slow.asked_by(1))
    assert isinstance(caller, Caller)


async def test_a_look_after_a_write_is_never_one_that_began_before_it() -> None:
    slow = Slow()
    client = slow.services.segment(SEGMENT_TOKEN, Region.US)
    before = asyncio.create_task(client.connections("s", "a"))
    writing = asyncio.create_task(client.connect("s", "a", "d"))
    await slow.clock.settle()
    during = asyncio.create_task(client.connections("s", "a"))
    await slow.clock.settle()
    assert sorted(line.partition(" ")[0] for line in slow.requests) == ["GET", "POST"]
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    after = asyncio.create_task(client.connections("s", "a"))
    await slow.clock.settle()
    slow.may_answer.set()
    await asyncio.gather(before, during, after)
    assert sorted(line.partition(" ")[0] for line in slow.requests) == ["GET", "GET", "POST"]


async def test_writes_alike_are_each_sent() -> None:
    slow = Slow()
    slow.may_answer.set()
    client = slow.services.segment(SEGMENT_TOKEN, Region.US)
    await asyncio.gather(client.connect("s", "a", "d"), client.connect("s", "a", "d"))
    assert len(slow.requests) == 2


async def test_what_the_service_asks_of_one_who_does_not_wait_the_other_waits_for() -> None:
    told_to_wait = reply(429, None, {"Retry-After": "8"})
    fake = Fake(in_turn(told_to_wait, data(workspace={"id": "w", "name": "Acme"})))
    reached, workspace = await asyncio.gather(fake.segment.reach(), fake.segment.workspace())
    assert isinstance(reached, Reach)
    assert isinstance(workspace, Workspace)
    assert len(fake.requests) == 2
    assert fake.clock.sleeps == [8.0]


async def test_what_is_asked_after_one_who_does_not_wait_was_refused_waits() -> None:
    fake = Fake(in_turn(reply(429, None, {"Retry-After": "8"}), data(spaces=[])))
    await fake.segment.reach()
    await fake.segment.spaces()
    assert fake.clock.sleeps == [8.0]


async def test_each_who_asked_has_a_line_to_show_and_what_went_out_is_reported_once() -> None:
    slow, went_out = Slow(), list[SentRequest]()
    requests = SentRequests(also=went_out.append)
    runtime = Runtime(ServicesClock(slow.clock), lambda: 0.0, trace=requests.add)
    client = HttpServices(BaseUrls(), runtime, slow.open).segment(SEGMENT_TOKEN, Region.US)

    async def read(slot: str) -> object:
        begin_reading(slot)
        return await (client.reach() if slot == "segment_reach" else client.workspace())

    slots = ("segment_reach", "workspace")
    slow.may_answer.set()
    await asyncio.gather(*(asyncio.create_task(read(slot)) for slot in slots))
    behind = requests.behind(slots)
    assert [(slot, one.url, one.status) for slot, one in behind] == [
        (slot, "https://api.segmentapis.com/", 200) for slot in slots
    ]
    assert requests.all == tuple(went_out)
    assert len(went_out) == len(slow.requests) == 1
