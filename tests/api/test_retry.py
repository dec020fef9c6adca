"""How long a call waits before a retry."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from tests.api.fakes import reply
from tests.fake_clock import START
from wizard.api.retry import wait_before_next
from wizard.domain.failure import Failure, FailureKind, Service

LD, SEGMENT = Service.LAUNCHDARKLY, Service.SEGMENT


def epoch_ms(seconds_from_now: float) -> str:
    return str(int((START.timestamp() + seconds_from_now) * 1000))


def date(seconds_from_now: float) -> str:
    return format_datetime(START + timedelta(seconds=seconds_from_now))


def too_many(body: Any = None, **headers: str) -> httpx.Response:
    return reply(429, body, {name.replace("_", "-"): value for name, value in headers.items()})


def before_next(ms: object) -> dict[str, Any]:
    return {"errors": [{"type": "RequestError", "message": "Too many requests", "data": {"msBeforeNext": ms}}]}


@pytest.mark.parametrize(
    ("service", "response", "seconds"),
    [
        (LD, too_many(retry_after="7", x_ratelimit_reset=epoch_ms(3)), 7),
        (LD, too_many(x_ratelimit_reset=epoch_ms(3)), 3),
        (LD, too_many(x_ratelimit_reset=epoch_ms(-5)), 0.25),
        (LD, too_many(retry_after="0"), 0.25),
        (LD, too_many(x_ratelimit_reset=str(int(START.timestamp()) + 3)), 3),
        (LD, too_many(x_ratelimit_reset=epoch_ms(900)), 15),
        (LD, too_many(x_ratelimit_auth_token_reset=epoch_ms(4)), 4),
        (LD, too_many(x_ratelimit_auth_token_reset=epoch_ms(4), x_ratelimit_reset=epoch_ms(6)), 6),
        (LD, too_many(x_ratelimit_auth_token_reset=epoch_ms(8), x_ratelimit_reset=epoch_ms(6)), 8),
        (LD, too_many(), 10),
        (LD, too_many(retry_after="soon", x_ratelimit_reset="never"), 10),
        (LD, too_many(retry_after="-1"), 10),
        (LD, too_many(retry_after="nan"), 10),
        (LD, too_many(retry_after=date(7)), 7),
        (LD, too_many(retry_after=date(-9)), 10),
        (LD, too_many(retry_after=date(3607), date=date(3600)), 7),
        (LD, too_many(retry_after=date(3607), date=date(1800), age="1800"), 7),  # a cache answers with an old date
        (LD, too_many(retry_after=date(7), age="1e300"), 7),
        (SEGMENT, too_many(before_next(57_647), retry_after=date(3)), 3),
        # this machine's clock is an hour wrong; the service's own time counts
        (LD, too_many(x_ratelimit_reset=epoch_ms(3604), date=date(3600)), 4),
        (SEGMENT, too_many(before_next(57_647), retry_after="3", x_ratelimit_reset=date(9)), 3),
        (SEGMENT, too_many(before_next(57_647), x_ratelimit_reset=date(9)), 57.647),
        (SEGMENT, too_many(x_ratelimit_reset=date(9)), 9),
        (SEGMENT, too_many(before_next("x"), x_ratelimit_reset=date(9)), 9),
        (SEGMENT, too_many(x_ratelimit_reset=date(-9)), 0.25),
        (SEGMENT, too_many(x_ratelimit_reset=date(9_000)), 60),
        (SEGMENT, too_many(x_ratelimit_reset=date(3609), date=date(3600)), 9),
        (SEGMENT, too_many(x_ratelimit_reset="1767322145000"), 0.25),
        (SEGMENT, too_many({"errors": "?"}), 0.25),
        (SEGMENT, too_many("<html>"), 0.25),
    ],
)
def test_a_rate_limit_is_waited_out_as_long_as_the_service_says(
    service: Service, response: httpx.Response, seconds: float
) -> None:
    wait = wait_before_next(service, response, attempt=1, repeatable=False, now=START, chance=0.0)
    assert wait is not None
    assert wait.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    "response", [too_many(retry_after="3600"), too_many(retry_after=date(3_600)), too_many(before_next(3_600_000))]
)
def test_who_asks_for_an_hour_is_not_waited_for(response: httpx.Response) -> None:
    assert wait_before_next(SEGMENT, response, 1, True, START, 0.0) is None


def test_chance_only_lengthens_a_wait_that_was_asked_for() -> None:
    wait = wait_before_next(LD, too_many(retry_after="7"), 1, True, START, 0.9)
    assert wait is not None
    assert 7 < wait.seconds <= 7.5
    assert wait.asked


def test_the_back_off_doubles_up_to_its_cap() -> None:
    waits = [wait_before_next(LD, reply(503), attempt, True, START, 1.0) for attempt in range(1, 6)]
    assert [wait and wait.seconds for wait in waits] == [0.5, 1, 2, 4, None]


@pytest.mark.parametrize(
    "response",
    [too_many(retry_after="0"), too_many(before_next(0)), too_many(x_ratelimit_reset=date(-9)), reply(429)],
)
def test_a_service_that_refuses_again_and_asks_for_no_wait_is_backed_off_from(response: httpx.Response) -> None:
    waits = [wait_before_next(SEGMENT, response, attempt, False, START, 1.0) for attempt in range(1, 7)]
    assert [wait and (wait.seconds, wait.asked) for wait in waits[1:]] == [
        *((seconds, False) for seconds in (1, 2, 4, 8)),
        None,
    ]


def test_a_server_error_that_names_a_time_is_believed() -> None:
    wait = wait_before_next(LD, reply(503, None, {"Retry-After": "20"}), 1, True, START, 0.0)
    assert wait is not None
    assert wait.seconds == 20


@pytest.mark.parametrize(
    ("outcome", "attempts"),
    [
        (reply(511), 1),
        (too_many(retry_after="1"), 6),
        (reply(500), 5),
        (Failure(LD, FailureKind.DNS, "h", "GET", "/"), 3),
        (Failure(LD, FailureKind.CONNECT, "h", "GET", "/"), 3),
        (Failure(LD, FailureKind.TIMEOUT, "h", "GET", "/"), 3),
        (Failure(LD, FailureKind.CERTIFICATE, "h", "GET", "/"), 1),
        (Failure(LD, FailureKind.PROXY, "h", "GET", "/"), 1),
        (reply(200), 1),
        (reply(404), 1),
        (reply(401), 1),
    ],
)
def test_reading_is_repeated_as_often_as_it_may_help(outcome: httpx.Response | Failure, attempts: int) -> None:
    attempt = 1
    while wait := wait_before_next(LD, outcome, attempt, True, START, 0.0):
        assert wait.attempt == attempt + 1
        attempt = wait.attempt
    assert attempt == attempts


@pytest.mark.parametrize("outcome", [reply(500), reply(503), Failure(LD, FailureKind.TIMEOUT, "h", "POST", "/")])
def test_a_write_is_not_repeated_unless_it_was_refused_for_its_rate(outcome: httpx.Response | Failure) -> None:
    assert wait_before_next(LD, outcome, 1, False, START, 0.0) is None
