"""How requests leave the program: retries, limits, and what is refused before it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from pydantic import SecretStr

from tests.api.fakes import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Fake, Handler, always, data, in_turn, reply
from tests.fake_clock import FakeClock
from wizard import __version__
from wizard.api.call import Call, path
from wizard.api.errors import Answer
from wizard.api.proxies import Proxies
from wizard.api.services import BaseUrls
from wizard.api.transport import AT_ONCE, TIMEOUT, Runtime, Transport, new_client, opener
from wizard.clock import ServicesClock
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.segment import Region

CALLER = {"tokenId": "t-1"}


def raises(error: httpx.RequestError) -> Fake:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return Fake(answer)


async def test_a_read_is_repeated_until_the_service_is_well_again() -> None:
    fake = Fake(in_turn(reply(503), reply(500), reply(200, CALLER)))
    caller = await fake.launchdarkly.caller()
    assert not isinstance(caller, Failure)
    assert len(fake.requests) == 3
    assert fake.clock.sleeps == [0.25, 0.5]
    assert [wait.asked for wait in fake.waits] == [False, False]


async def test_a_screen_can_say_that_the_service_asked_to_wait() -> None:
    fake = Fake(in_turn(reply(429, {}, {"Retry-After": "8"}), reply(200, CALLER)))
    await fake.launchdarkly.caller()
    (wait,) = fake.waits
    assert (wait.service, wait.seconds, wait.attempt, wait.asked) == (Service.LAUNCHDARKLY, 8.0, 2, True)


async def test_a_rate_limit_ends_after_six_attempts() -> None:
    fake = Fake(always(429, {"code": "rate_limited"}, retry_after="1"))
    failure = await fake.launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.RATE_LIMITED
    assert len(fake.requests) == 6


async def test_a_read_that_never_arrives_is_tried_three_times() -> None:
    fake = raises(httpx.ConnectError("refused"))
    failure = await fake.launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.outcome_unknown) == (FailureKind.CONNECT, False)
    assert len(fake.requests) == 3


async def test_no_cookie_is_kept() -> None:
    fake = Fake(always(200, CALLER, set_cookie="session=1; Path=/"))
    await fake.launchdarkly.caller()
    await fake.launchdarkly.caller()
    assert len(fake.requests) == 2
    assert "cookie" not in fake.last.headers


@pytest.mark.parametrize("answer", [always(503), always(429, {"code": "rate_limited"}, retry_after="8")])
async def test_who_polls_asks_once_a_look(answer: Handler) -> None:
    fake = Fake(answer)
    failure = await fake.services.launchdarkly(LAUNCHDARKLY_TOKEN, polls=True).synced_segments("shop", "production")
    assert isinstance(failure, Failure)
    assert len(fake.requests) == 1
    assert fake.clock.sleeps == []


async def test_who_polls_asks_once_a_look_also_when_nothing_is_reached() -> None:
    fake = raises(httpx.ConnectError("refused"))
    await fake.services.launchdarkly(LAUNCHDARKLY_TOKEN, polls=True).synced_segments("shop", "production")
    assert len(fake.requests) == 1


async def test_who_polls_waits_as_the_service_asked_before_the_next_look() -> None:
    fake = Fake(in_turn(reply(429, {}, {"Retry-After": "8"}), reply(200, CALLER)))
    client = fake.services.launchdarkly(LAUNCHDARKLY_TOKEN, polls=True)
    assert isinstance(await client.caller(), Failure)
    assert not isinstance(await client.caller(), Failure)
    assert fake.clock.sleeps == [8.0]


@pytest.mark.parametrize(
    ("error", "may_have_happened"), [(httpx.ReadTimeout(""), True), (httpx.ConnectError("refused"), False)]
)
async def test_a_write_that_broke_is_sent_once_and_says_whether_it_may_have_happened(
    error: httpx.RequestError, may_have_happened: bool
) -> None:
    fake = raises(error)
    failure = await fake.segment.connect("s", "a", "d")
    assert isinstance(failure, Failure)
    assert failure.outcome_unknown is may_have_happened
    assert len(fake.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_write_is_not_repeated_after_a_server_error(status: int) -> None:
    fake = Fake(always(status))
    failure = await fake.segment.connect("s", "a", "d")
    assert isinstance(failure, Failure)
    assert failure.outcome_unknown
    assert len(fake.requests) == 1


async def test_a_change_that_was_refused_for_its_rate_is_repeated() -> None:
    fake = Fake(in_turn(reply(429, None, {"Retry-After": "12"}), data(destination={"id": "dst_1"})))
    assert not isinstance(await fake.segment.update_destination("dst_1", enabled=True), Failure)
    assert fake.clock.sleeps == [12.0]


async def test_what_creates_something_is_not_repeated_before_its_caller_looked() -> None:
    """A service may have made it and answer 429; the look waits as long as the service asks."""
    fake = Fake(in_turn(reply(429, None, {"Retry-After": "12"}), data(connections=[])))
    failure = await fake.segment.connect("s", "a", "d")
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.is_held, len(fake.requests)) == (FailureKind.RATE_LIMITED, True, 1)
    assert [wait.seconds for wait in fake.waits] == [12.0]
    assert fake.clock.sleeps == []
    assert not isinstance(await fake.segment.connections("s", "a"), Failure)
    assert fake.clock.sleeps == [12.0]


async def test_what_creates_something_is_not_worth_waiting_for_when_the_service_asks_for_too_long() -> None:
    fake = Fake(always(429, {}, retry_after="9999"))
    failure = await fake.segment.connect("s", "a", "d")
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.is_held) == (FailureKind.RATE_LIMITED, False)


async def test_while_the_service_asks_to_wait_no_other_call_goes_out() -> None:
    asked_at: list[tuple[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked_at.append((request.url.path, fake.clock.monotonic()))
        return reply(429, None, {"Retry-After": "8"}) if len(asked_at) == 1 else reply(200, CALLER | {"items": []})

    fake = Fake(answer, clock=FakeClock())
    client = fake.launchdarkly
    first = asyncio.ensure_future(client.caller())
    await fake.clock.settle()
    second = asyncio.ensure_future(client.context_kinds("p"))
    await fake.clock.settle()
    assert len(asked_at) == 1
    await fake.clock.advance(8)
    await asyncio.gather(first, second)
    assert [at - asked_at[0][1] for _, at in asked_at[1:]] == [8, 8]


async def test_of_two_pauses_that_the_service_asked_for_the_longer_one_counts() -> None:
    asked_at: list[float] = []
    pauses = {"/api/v2/caller-identity": "30", "/api/v2/projects/p/context-kinds": "2"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked_at.append(fake.clock.monotonic())
        pause = pauses.pop(request.url.path, "")
        return reply(429, None, {"Retry-After": pause}) if pause else reply(200, CALLER | {"items": []})

    fake = Fake(answer, clock=FakeClock())
    client = fake.launchdarkly
    calls = asyncio.gather(client.caller(), client.context_kinds("p"))
    await fake.clock.advance(30)
    await calls
    assert pauses == {}
    assert asked_at == [0, 0, 30, 30]


async def test_an_operation_is_not_called_more_often_than_its_limit_allows() -> None:
    asked_at: list[float] = []

    def answer(_: httpx.Request) -> httpx.Response:
        asked_at.append(fake.clock.monotonic())
        return data(connections=[])

    fake = Fake(answer)
    await asyncio.gather(*(fake.segment.connections("s", f"aud_{n}") for n in range(120)))
    assert len(asked_at) == 120
    for first, later in zip(asked_at, asked_at[50:], strict=False):
        assert later - first >= 60


async def test_one_client_per_service_is_opened_when_it_is_needed() -> None:
    fake = Fake(always(200, CALLER | {"data": {"workspace": {"id": "w"}}}))
    assert fake.opened == []
    await asyncio.gather(*(fake.services.launchdarkly(LAUNCHDARKLY_TOKEN).caller() for _ in range(5)))
    await fake.services.launchdarkly(SecretStr("api-other")).caller()
    await fake.services.segment(SEGMENT_TOKEN, Region.EU).workspace()
    assert fake.opened == [Service.LAUNCHDARKLY, Service.SEGMENT]
    await fake.services.close()


async def test_at_most_ten_requests_are_under_way_and_a_pause_holds_no_place() -> None:
    under_way, most = 0, 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _turn in range(3):
            await clock.settle(1)
        under_way -= 1
        return reply(200, CALLER)

    clock = FakeClock(auto=True)

    async def opened(_: Service) -> httpx.AsyncClient:
        return new_client(httpx.MockTransport(answer))

    transport = Transport(Service.LAUNCHDARKLY, opened, Runtime(ServicesClock(clock), lambda: 0.0))
    calls = (Call(Service.LAUNCHDARKLY, "GET", "https://app.launchdarkly.com", f"/{number}") for number in range(35))
    answers = await asyncio.gather(*(transport.ask(call) for call in calls))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert most == AT_ONCE == 10


async def test_every_exchange_is_reported_without_its_secrets() -> None:
    fake = Fake(in_turn(reply(503, None, {"x-request-id": "r-1"}), reply(200, CALLER)))
    await fake.launchdarkly.caller()
    first, second = fake.sent
    assert (first.status, first.request_id, first.attempt) == (503, "r-1", 1)
    assert (second.method, second.url) == ("GET", "https://app.launchdarkly.com/api/v2/caller-identity")
    assert LAUNCHDARKLY_TOKEN.get_secret_value() not in repr(fake.sent)


async def test_an_exchange_without_an_answer_says_why() -> None:
    fake = raises(httpx.ReadTimeout(""))
    await fake.launchdarkly.caller()
    assert {(e.status, e.failure) for e in fake.sent} == {(None, FailureKind.TIMEOUT)}


async def test_a_secret_in_an_address_is_hidden_in_what_is_reported() -> None:
    fake = Fake(always(404, {}))
    failure = await fake.launchdarkly.project(LAUNCHDARKLY_TOKEN.get_secret_value())
    assert LAUNCHDARKLY_TOKEN.get_secret_value() not in repr((failure, fake.sent))


async def test_nothing_is_sent_to_a_service_whose_address_is_wrong() -> None:
    wrong = {Service.LAUNCHDARKLY: "AUDIENCE_WIZARD_LAUNCHDARKLY_URL has no host"}
    fake = Fake(always(200, CALLER), BaseUrls(wrong=wrong))

    failure = await fake.launchdarkly.caller()
    reached = await fake.services.client_side().reach()

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.is_network, failure.host) == (FailureKind.ADDRESS, True, "")
    assert "AUDIENCE_WIZARD_LAUNCHDARKLY_URL has no host" in failure.message
    assert isinstance(reached, Reach)
    assert [request.url.host for request in fake.requests] == ["clientsdk.launchdarkly.com"]


async def test_redirects_are_not_followed() -> None:
    fake = Fake(always(302, None, location="https://login.example.com/"))
    failure = await fake.launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status) == (FailureKind.NOT_THE_SERVICE, 302)
    assert "login.example.com" in failure.message
    assert len(fake.requests) == 1


@pytest.mark.parametrize("token", ["api-\u2022\u2022\u2022\u2022dada", "api-1\nX: y", "api-1\x00"])
async def test_a_token_that_cannot_be_sent_is_not_sent(token: str) -> None:
    fake = Fake(always())
    failure = await fake.services.launchdarkly(SecretStr(token)).caller()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.UNAUTHORIZED
    assert token not in repr(failure)
    assert fake.requests == []


ASKS_WITH_THE_OTHERS: list[Callable[[Fake], Awaitable[object]]] = [
    lambda fake: fake.services.launchdarkly(SEGMENT_TOKEN).caller(),
    lambda fake: fake.services.launchdarkly(SEGMENT_TOKEN).reach(),
    lambda fake: fake.services.launchdarkly(SEGMENT_TOKEN).instance(),
    lambda fake: fake.services.launchdarkly(SEGMENT_TOKEN, polls=True).synced_segments("shop", "production"),
    lambda fake: fake.services.segment(LAUNCHDARKLY_TOKEN, Region.EU).workspace(),
    lambda fake: fake.services.segment(LAUNCHDARKLY_TOKEN, None).reach(),
    lambda fake: fake.services.client_side().knows(SEGMENT_TOKEN.get_secret_value()),
    lambda fake: fake.launchdarkly.project(SEGMENT_TOKEN.get_secret_value()),
    lambda fake: fake.launchdarkly.is_member("shop", "production", "vip", SEGMENT_TOKEN.get_secret_value()),
    lambda fake: fake.segment.audiences(LAUNCHDARKLY_TOKEN.get_secret_value()),
]


@pytest.mark.parametrize("ask", ASKS_WITH_THE_OTHERS, ids=range(len(ASKS_WITH_THE_OTHERS)))
async def test_whoever_asks_the_other_vendors_token_is_not_sent(ask: Callable[[Fake], Awaitable[object]]) -> None:
    fake = Fake(always(200, CALLER))
    failure = await ask(fake)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.UNAUTHORIZED
    assert fake.requests == []
    assert not any(token.get_secret_value() in repr(failure) for token in (LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN))


async def test_a_destination_gets_launchdarklys_token() -> None:
    fake = Fake(lambda _: data(destination={"id": "d"}))
    made = await fake.segment.create_destination(
        source_id="s", metadata_id="m", name="n", token=LAUNCHDARKLY_TOKEN, client_side_id="c"
    )
    assert not isinstance(made, Failure)
    assert fake.last_body["settings"]["apiKey"] == LAUNCHDARKLY_TOKEN.get_secret_value()


async def test_cancelling_a_call_ends_its_pause() -> None:
    fake = Fake(always(429, {}, retry_after="30"), clock=FakeClock())
    task = asyncio.create_task(fake.launchdarkly.caller())
    await fake.clock.settle()
    assert fake.clock.sleepers == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert fake.clock.sleepers == 0


async def test_requests_name_the_program_and_have_limits() -> None:
    fake = Fake(always(200, CALLER))
    await fake.launchdarkly.caller()
    assert fake.last.headers["user-agent"] == f"audience-wizard/{__version__}"
    assert (TIMEOUT.connect, TIMEOUT.read) == (5.0, 15.0)


async def test_the_real_client_checks_certificates() -> None:
    client = await opener(Proxies({}))(Service.LAUNCHDARKLY)
    assert not client.follow_redirects
    await client.aclose()


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("a?b#c", "a%3Fb%23c"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("é", "%C3%A9"),
        ("100%", "100%25"),
    ],
)
async def test_a_value_cannot_leave_its_place_in_a_path(value: str, encoded: str) -> None:
    fake = Fake(always(200, {"key": "p"}))
    await fake.launchdarkly.synced_segments(value, "e")
    assert fake.requests[-1].url.raw_path.decode().startswith(f"/api/v2/segments/{encoded}/e?")


def test_an_empty_value_would_address_another_resource() -> None:
    with pytest.raises(ValueError, match="another resource"):
        path("/destinations/{}", "")
