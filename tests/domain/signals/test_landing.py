"""What is counted for each context key, what that costs, and what the counts say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.sample_facts import NOW, VIP, failure, healthy_facts
from wizard.domain.answers import ContextKey
from wizard.domain.services.segment import Landing
from wizard.domain.signals.landing import (
    best_key,
    can_be_counted,
    counting_cost,
    fingerprint,
    identifiers_by_key,
    landing_with,
    of_all,
    to_count,
)

DEFAULT = replace(VIP, identifiers=("user_id", "email", "android.idfa", "ios.idfa"), definition="x")
EVERY = replace(VIP, identifiers=(), definition="x")


def test_each_set_of_identifiers_is_counted_once() -> None:
    """An audience doesn't send the anonymous ID by default, so that two more keys need no preview of their own."""
    assert to_count(DEFAULT) == (("user_id",), ("email",), ("user_id", "email"))
    assert identifiers_by_key(DEFAULT)[ContextKey.USER_ID_THEN_ANONYMOUS_ID] == ("user_id",)
    assert len(to_count(EVERY)) == 5
    assert to_count(replace(VIP, identifiers=("ios.idfa",))) == ()


def test_the_budget_is_said_before() -> None:
    said = counting_cost((DEFAULT, EVERY), 0)
    assert said.startswith(
        "Counting takes 8 audience previews. In a preview, Segment counts the people who fit a definition. "
        "It allows 5 a minute and 700 a month in a space. N"
    )
    assert "in a space. This profile used 12 of them this month. " in counting_cost((DEFAULT,), 12)


@pytest.mark.parametrize(
    ("changed", "can"),
    [
        ({}, True),
        ({"definition": ""}, False),
        ({"size": None}, False),
        ({"size": 0}, False),
        ({"kind": "LINKED"}, False),
    ],
)
def test_what_segment_previews_can_be_counted(changed: dict[str, object], can: bool) -> None:
    assert can_be_counted(replace(DEFAULT, **changed)) is can  # type: ignore[arg-type]


SEEN = Landing(NOW, 1234, {"user_id_only": 1102, "email_only": 5000, "user_id_then_email": 1234})
OTHER = replace(DEFAULT, id="aud_2", key="trial")


def test_a_count_that_is_larger_than_the_audience_says_nothing() -> None:
    facts = healthy_facts(landing={"aud_1": SEEN})
    assert landing_with(VIP, ContextKey.USER_ID_ONLY, facts) == 1102
    assert landing_with(VIP, ContextKey.EMAIL_ONLY, facts) is None
    assert landing_with(VIP, ContextKey.USER_ID_THEN_ANONYMOUS_ID, facts) is None
    assert best_key(VIP, ContextKey.USER_ID_ONLY, facts) is ContextKey.USER_ID_THEN_EMAIL


@pytest.mark.parametrize(
    ("now", "counts", "best"),
    [
        ("user_id_only", {"user_id_only": 1102, "email_only": 1234, "user_id_then_email": 1234}, "user_id_then_email"),
        ("user_id_only", {"user_id_only": 1102, "email_only": 1234}, "user_id_only"),
        ("user_id_only", {"user_id_only": 0, "email_only": 1234, "user_id_then_email": 1234}, "email_only"),
        ("email_only", {"user_id_only": 1234, "email_only": 1102, "user_id_then_email": 1234}, "email_only"),
        (
            "user_id_then_anonymousId",
            {"user_id_then_anonymousId": 900, "user_id_then_email_then_anonymousId": 1234},
            "user_id_then_anonymousId",
        ),
    ],
)
def test_who_lands_already_keeps_the_key(now: str, counts: dict[str, int], best: str) -> None:
    facts = healthy_facts(landing={"aud_1": Landing(NOW, 1234, counts)})
    assert best_key(VIP, ContextKey(now), facts) == best


def test_several_audiences_are_told_together_only_when_each_was_counted() -> None:
    both = healthy_facts(landing={"aud_1": SEEN, "aud_2": Landing(NOW, 10, {"user_id_only": 8})})
    assert of_all((VIP, OTHER), ContextKey.USER_ID_ONLY, both) == "1,110 of 1,244 members"
    one = healthy_facts(landing={"aud_1": SEEN, "aud_2": failure()})
    assert of_all((VIP, OTHER), ContextKey.USER_ID_ONLY, one) == ""
    assert of_all((), ContextKey.USER_ID_ONLY, one) == ""


def test_where_room_is_short_the_count_has_no_unit_whatever_its_number() -> None:
    facts = healthy_facts(landing={"aud_1": Landing(NOW, 1, {"user_id_only": 1})})
    assert of_all((VIP,), ContextKey.USER_ID_ONLY, facts) == "1 of 1 member"
    assert of_all((VIP,), ContextKey.USER_ID_ONLY, facts, unit="") == "1 of 1"


def test_a_count_of_an_earlier_run_stands_with_its_date_while_it_is_of_the_same_audience() -> None:
    before = replace(SEEN, at=NOW - timedelta(days=12), what=fingerprint(DEFAULT))
    facts = healthy_facts(counted={"aud_1": before})
    said = "1,102 of 1,234 members, counted on 20 August"
    assert of_all((DEFAULT,), ContextKey.USER_ID_ONLY, facts) == said
    assert of_all((replace(DEFAULT, definition="y"),), ContextKey.USER_ID_ONLY, facts) == ""
    old = healthy_facts(counted={"aud_1": replace(before, at=NOW - timedelta(days=31))})
    assert of_all((DEFAULT,), ContextKey.USER_ID_ONLY, old) == ""
    again = replace(facts, landing={"aud_1": replace(SEEN, by_key={"user_id_only": 1200})})
    assert of_all((DEFAULT,), ContextKey.USER_ID_ONLY, again) == "1,200 of 1,234 members"
