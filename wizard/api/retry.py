"""How long to wait before a call is retried, if at all. Pure: the time and the jitter are arguments.

A 429 is retried, except for a call that creates something: its caller first checks whether the object was created.
Network errors and 5xx are retried only for reads.
Each service has its own order of hints: docs/launchdarkly.md#rate-limits, docs/segment.md#rate-limits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from wizard.domain.failure import Failure, FailureKind, Service

RATE_LIMIT_ATTEMPTS = 6
SERVER_ATTEMPTS = 5
NETWORK_ATTEMPTS = 3
NETWORK_LOGIN = 511  # a Wi-Fi's login page, never a service
_STAYS = {NETWORK_LOGIN, 501}  # asking again brings the same answer
NO_WAIT = 1.0  # seconds; if a service asks for less, our own back-off is the least wait
LONGEST_WAIT = 120.0  # seconds; a longer wait is shown to the user as a failure
LAUNCHDARKLY_RESET = (0.2, 15.0)
_ARE_SECONDS = 1e11  # a smaller reset is in seconds, as a gateway may send: in milliseconds, it would be in 1973
SEGMENT_RESET = (0.2, 60.0)
LAUNCHDARKLY_UNTOLD = 10.0
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 8.0
SPREAD = 0.5  # seconds of jitter at most, so that calls refused together don't come back together
_NETWORK = {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT}


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before an attempt, for a screen: "LaunchDarkly asked us to wait 8 s"."""

    service: Service
    seconds: float
    attempt: int  # the number of the attempt after the pause; the first one was 1
    asked: bool  # the service asked for it; otherwise it is our own back-off


def wait_before_next(
    service: Service,
    outcome: httpx.Response | Failure,
    attempt: int,
    repeatable: bool,
    now: datetime,
    chance: float,
) -> Wait | None:
    """Return the pause after attempt number `attempt` ended with `outcome`; None when no retry follows.

    `chance` is in [0, 1).
    """
    if isinstance(outcome, Failure):
        again = repeatable and outcome.kind in _NETWORK and attempt < NETWORK_ATTEMPTS
        asked = None
    elif outcome.status_code == 429:
        again = attempt < RATE_LIMIT_ATTEMPTS
        asked = _asked_by(service, outcome, now)
    else:
        is_theirs = outcome.status_code >= 500 and outcome.status_code not in _STAYS
        again = repeatable and is_theirs and attempt < SERVER_ATTEMPTS
        asked = _retry_after(outcome, server_time(outcome.headers) or now)
    if not again or (asked is not None and asked > LONGEST_WAIT):
        return None
    soonest = (asked or 0.0) + SPREAD * chance
    back_off = 0.0 if asked is not None and asked >= NO_WAIT else _back_off(attempt, chance)
    return Wait(service, max(soonest, back_off), attempt + 1, asked is not None and soonest >= back_off)


def _back_off(attempt: int, chance: float) -> float:
    full: float = min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2 ** (attempt - 1))
    return full * (1 + chance) / 2


def _asked_by(service: Service, response: httpx.Response, now: datetime) -> float | None:
    """Return the seconds that a 429 asks for; None when it names none and the back-off applies."""
    server_now = server_time(response.headers) or now
    after = _retry_after(response, server_now)
    if after is not None:
        return after
    reset = response.headers.get("x-ratelimit-reset", "")
    if service is Service.SEGMENT:
        return _first(_ms_before_next(response), _until_date(reset, server_now))
    of_the_token = response.headers.get("x-ratelimit-auth-token-reset", "")
    found = [until for one in (reset, of_the_token) if (until := _until_epoch_ms(one, server_now)) is not None]
    return max(found, default=LAUNCHDARKLY_UNTOLD)


def asked_wait(service: Service, response: httpx.Response) -> float | None:
    """Return the seconds that a 429 asks for, without using this machine's clock; None if it doesn't say."""
    now = server_time(response.headers)
    return _asked_by(service, response, now) if now is not None else _number(response.headers.get("retry-after"))


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the service's own time, so that a wrong clock on this machine doesn't distort a wait.

    A cache in between passes on the date of the answer that it kept, and says how old that is.
    """
    dated, age_s = _date(headers.get("date", "")), _number(headers.get("age")) or 0.0
    try:
        return dated + timedelta(seconds=age_s) if dated is not None else None
    except OverflowError:
        return None


def _retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or a date; None without it, or for a past date."""
    named = response.headers.get("retry-after", "")
    until = _date(named)
    return _first(_number(named), _number((until - now).total_seconds()) if until is not None else None)


def _ms_before_next(response: httpx.Response) -> float | None:
    """Return `errors[0].data.msBeforeNext` of Segment's 429 in seconds; None without it."""
    try:
        found = _number(response.json()["errors"][0]["data"]["msBeforeNext"])
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return found / 1000 if found is not None else None


def _until_epoch_ms(text: str, now: datetime) -> float | None:
    reset = _number(text)
    if reset is None:
        return None
    seconds = reset if reset < _ARE_SECONDS else reset / 1000
    return _clamped(seconds - now.timestamp(), LAUNCHDARKLY_RESET)


def _until_date(text: str, now: datetime) -> float | None:
    reset = _date(text)
    return _clamped((reset - now).total_seconds(), SEGMENT_RESET) if reset is not None else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _number(value: object) -> float | None:
    """Return a finite number that isn't negative, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _clamped(seconds: float, limits: tuple[float, float]) -> float:
    return max(limits[0], min(limits[1], seconds))


def _first(*found: float | None) -> float | None:
    return next((value for value in found if value is not None), None)
