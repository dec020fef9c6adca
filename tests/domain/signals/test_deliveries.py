"""What delivery counts say, and of which audience."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.sample_facts import NOW, VIP, failure, healthy_answers, healthy_facts
from wizard.domain.services.segment import Audience, Connections, Delivery
from wizard.domain.signals.deliveries import (
    affects_every_event,
    are_blocked,
    are_ending,
    are_taken,
    code_of,
    codes,
    is_over,
    main_reason,
    mostly_fail,
    of_audience,
    senders,
)

LAPSED = replace(VIP, id="aud_2", key="lapsed", name="Lapsed")
OWN = Delivery(40, 0, 0)


@pytest.mark.parametrize(
    ("delivered", "failures", "arrived", "fails"),
    [
        (0, (), False, False),
        (40, (), False, False),
        (40, (("400", 9),), False, False),
        (0, (("400", 1),), False, True),
        (0, (("400", 9),), True, False),
        (0, (("400", 10),), True, True),
        (40, (("400", 40),), False, True),
        (0, (("503", 40),), False, False),
        (0, (("503", 40), ("400", 1)), False, True),
    ],
)
def test_more_refused_than_delivered_is_a_failure_unless_it_passes_or_members_came(
    delivered: int, failures: tuple[tuple[str, int], ...], arrived: bool, fails: bool
) -> None:
    seen = Delivery(delivered, sum(many for _, many in failures), 0, failures)
    assert mostly_fail(seen, members_arrived=arrived) is fails


@pytest.mark.parametrize(
    ("delivered", "reason", "since_the_last_refusal", "blocked"),
    [
        (0, "403", False, True),
        (40, "403", False, True),
        (40, "403", True, False),
        (0, "BAD_REQUEST/400", False, False),
        (40, "BAD_REQUEST/400", False, False),
    ],
)
def test_a_destination_is_blocked_while_nothing_is_taken_after_the_last_refusal(
    delivered: int, reason: str, since_the_last_refusal: bool, blocked: bool
) -> None:
    taken_at = NOW if since_the_last_refusal else NOW - timedelta(hours=2)
    seen = Delivery(delivered, 9, 0, ((reason, 9),), last_failed_at=NOW - timedelta(hours=1))
    assert are_blocked(replace(seen, last_at=taken_at if delivered else None)) is blocked


def test_a_newer_failure_of_another_kind_does_not_block_a_destination_that_was_taken_since() -> None:
    hours_ago = [NOW - timedelta(hours=hours) for hours in range(4)]
    seen = Delivery(40, 10, 0, (("401", 9), ("503", 1)), last_at=hours_ago[2], last_failed_at=hours_ago[1])
    assert are_blocked(seen), "without a time for each reason"
    timed = replace(seen, failed_at={"401": hours_ago[3], "503": hours_ago[1]})
    assert not are_blocked(timed)
    assert are_ending(timed)
    assert are_blocked(replace(timed, failed_at={"401": hours_ago[1], "503": hours_ago[3]}))


@pytest.mark.parametrize(
    ("reasons", "main"), [((), ""), (("503",), "503"), (("503", "400"), "400"), (("401", "400"), "401")]
)
def test_the_main_reason_is_one_that_does_not_pass(reasons: tuple[str, ...], main: str) -> None:
    assert main_reason(Delivery(0, 9, 0, tuple((reason, 1) for reason in reasons))) == main


def test_what_is_wrong_with_the_settings_meets_every_event() -> None:
    reasons = ("401", "403", "404", "INVALID_SETTINGS", "BAD_REQUEST/400", "")
    assert [reason for reason in reasons if not affects_every_event(reason)] == ["BAD_REQUEST/400", ""]


@pytest.mark.parametrize(
    ("among", "by_audience", "own"),
    [
        ((VIP,), {}, Delivery(40, 7, 0)),
        ((), {}, Delivery(40, 7, 0)),
        ((VIP, LAPSED), {}, None),
        ((LAPSED,), {}, None),
        ((VIP, LAPSED), {"aud_1": OWN}, OWN),
        ((VIP, LAPSED), {"aud_2": OWN}, Delivery(0, 0, 0)),
        ((VIP, LAPSED), {"someone else's": OWN}, None),
    ],
)
def test_deliveries_are_an_audiences_own_only_when_that_is_certain(
    among: tuple[Audience, ...], by_audience: dict[str, Delivery], own: Delivery | None
) -> None:
    assert of_audience(Delivery(40, 7, 0, by_audience=by_audience), VIP, among) == own


@pytest.mark.parametrize(
    ("changed", "sends"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"status": "Failed"}, False),
        ({"status": "Computing", "size": None}, False),
        ({"status": "Computing"}, True),
        ({"status": "Some new word"}, True),
        ({"size": 0}, False),
        ({"size": None}, True),
    ],
)
def test_who_has_nothing_to_send_is_no_sender(changed: dict[str, Any], sends: bool) -> None:
    facts = healthy_facts(audiences=(replace(VIP, **changed),))
    assert bool(senders(facts, healthy_answers())) is sends


@pytest.mark.parametrize(
    ("seen", "sends"),
    [(Connections((), 0), False), (Connections((), 2), True), (failure(), True), (None, True)],
)
def test_who_is_seen_not_to_be_attached_is_no_sender(seen: Any, sends: bool) -> None:
    facts = healthy_facts(connections={"aud_1": seen} if seen is not None else {})
    assert bool(senders(facts, healthy_answers())) is sends


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("400", 400),
        ("BAD_REQUEST", 400),
        ("bad request", 400),
        ("HTTP 403 Forbidden", 403),
        ("forbidden", 403),
        ("Not-Found", 404),
        ("TOO_MANY_REQUESTS", 429),
        ("502/503", 502),
        ("MESSAGE_REJECTED", None),
        ("error 40312", None),
        ("", None),
    ],
)
def test_a_reason_is_a_status_however_it_is_spelled(reason: str, code: int | None) -> None:
    assert code_of(reason) == code


def test_spellings_of_one_status_are_counted_together() -> None:
    seen = Delivery(0, 9, 0, (("BAD_REQUEST", 3), ("400", 2), ("FORBIDDEN", 1), ("MESSAGE_REJECTED", 3)))
    assert codes(seen) == {400: 5, 403: 1}


@pytest.mark.parametrize(
    ("first", "last", "last_failed", "over"),
    [
        (200, 6, 210, True),  # minutes ago: nothing has failed since the first one was taken
        (200, 6, 90, True),
        (200, 6, 40, False),  # a block that admits some of Segment's addresses fails now and then
        (200, 40, 6, False),
        (200, 6, None, False),
        (None, None, 6, False),
    ],
)
def test_failures_are_over_when_only_times_say_so(
    first: int | None, last: int | None, last_failed: int | None, over: bool
) -> None:
    at = [None if ago is None else NOW - timedelta(minutes=ago) for ago in (first, last, last_failed)]
    seen = Delivery(500, 3, 0, (("401", 3),), first_at=at[0], last_at=at[1], last_failed_at=at[2])
    assert is_over(seen) is over
    assert are_taken(seen) is over
    assert are_taken(replace(seen, failure_reasons=(("400", 3),)))
