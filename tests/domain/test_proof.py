"""What is so is the same a moment later; what changed, what is gone and what nobody could read are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.sample_facts import (
    DESTINATION,
    MAPPING,
    NOW,
    SEGMENT,
    VIP,
    failure,
    healthy_answers,
    healthy_facts,
    refused,
)
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.proof.compare import Comparison, compare
from wizard.domain.proof.proof import Proof
from wizard.domain.proof.prove import prove, statuses
from wizard.domain.services.segment import Connections


def proven(facts: Facts) -> Proof:
    answers = healthy_answers()
    return prove(facts, answers, run_checks(CHECKS, facts, answers), {"launchdarkly.project": "shop"}, facts.now)


def compared(facts: Facts) -> Comparison:
    return compare(proven(healthy_facts()), proven(replace(facts, now=NOW + timedelta(days=1))))


def test_what_is_so_is_named_and_counts_stand_by_themselves() -> None:
    proof = proven(healthy_facts())
    values = {claim.id: claim.value for claim in proof.facts}

    assert (proof.place, proof.healthy) == ("shop / production", True)
    assert values["destination/id"] == "dst_1"
    assert values["mapping/settings/context_key"] == "user_id_only"
    assert values["audience/vip_customers/connection"] == "con_1"
    assert values["audience/vip_customers/segment"] == SEGMENT.key
    assert {claim.id: claim.value for claim in proof.counts} == {
        "audience/vip_customers/size": 1234,
        "audience/vip_customers/members": 1234,
    }
    assert proof.checks["destination.enabled"] is Status.PASS


def test_a_day_later_nothing_differs_though_the_counts_moved() -> None:
    later = compared(
        healthy_facts(
            audiences=(replace(VIP, size=1300),),
            subscriptions=(replace(MAPPING, trigger="type='track'   or type = 'identify'"),),
        )
    )

    assert later.is_same is True
    assert [(one.id, one.before, one.now) for one in later.counts] == [("audience/vip_customers/size", 1234, 1300)]


def test_a_change_is_a_fact_and_the_check_that_fails_for_it() -> None:
    later = compared(healthy_facts(destinations=(replace(DESTINATION, enabled=False, name="Renamed"),)))

    assert later.is_same is False
    assert [(one.id, one.before, one.now) for one in later.facts] == [
        ("destination/name", DESTINATION.name, "Renamed"),
        ("destination/enabled", True, False),
    ]
    assert ("destination.enabled", "pass", "fail") in [(one.id, one.before, one.now) for one in later.checks]


def test_an_id_that_someone_emptied_is_a_change_and_not_unknown() -> None:
    later = compared(healthy_facts(destinations=(replace(DESTINATION, client_side_id=""),)))

    assert ("destination/client_side_id", DESTINATION.client_side_id, "") in [
        (one.id, one.before, one.now) for one in later.facts
    ]
    assert "destination/client_side_id" not in [one.id for one in later.unknown]


GONE = [
    ({"destinations": ()}, ["destination/id", "mapping/id", "audience/vip_customers/connection"]),
    ({"subscriptions": ()}, ["mapping/id"]),
    ({"segments": ()}, ["audience/vip_customers/segment"]),
    ({"connections": {"aud_1": Connections((), 0)}}, ["audience/vip_customers/connection"]),
    ({"audiences": ()}, ["audience/vip_customers/id"]),
]


@pytest.mark.parametrize(("changed", "ids"), GONE)
def test_a_thing_that_is_gone_is_one_difference_and_not_its_parts(changed: dict[str, object], ids: list[str]) -> None:
    answers = healthy_answers(audiences=("vip_customers",)) if "audiences" in changed else healthy_answers()
    facts = healthy_facts(**changed)
    later = compare(proven(healthy_facts()), prove(facts, answers, (), {}, facts.now))

    assert [one.id for one in later.facts] == ids
    assert all(one.now == "" for one in later.facts)
    assert [one.id for one in later.unknown if one.id not in proven(healthy_facts()).checks] == []


@pytest.mark.parametrize(
    ("changed", "unread"),
    [
        ({"destinations": refused()}, "destination/id"),
        ({"subscriptions": refused()}, "mapping/id"),
        ({"segments": failure()}, "audience/vip_customers/segment"),
        ({"connections": {"aud_1": Connections((), 1)}}, "audience/vip_customers/connection"),
        ({"projects": failure(), "project": failure(), "destinations": ()}, "destination/id"),
    ],
)
def test_what_nobody_could_read_is_unknown_and_no_difference(changed: dict[str, object], unread: str) -> None:
    later = compared(healthy_facts(**changed))

    assert unread in [one.id for one in later.unknown]
    assert later.facts == ()


def test_the_worst_of_several_findings_counts_and_none_about_this_run() -> None:
    ended = [("a", Status.WARN), ("a", Status.FAIL), ("a", Status.PASS), ("b", Status.UNKNOWN), ("c", Status.SKIPPED)]
    about_this_run = ["machine.keyring", "segment.token.permissions", "launchdarkly.reachable"]
    findings = [Finding(check, "", status, "") for check, status in ended]

    assert statuses([*findings, *(Finding(check, "", Status.FAIL, "") for check in about_this_run)]) == {
        "a": Status.FAIL
    }


@pytest.mark.parametrize(
    ("now", "unknown"),
    [
        (Finding("a", "", Status.UNKNOWN, ""), ["a"]),
        (Finding("a", "", Status.SKIPPED, "", judged=False), ["a"]),
        (Finding("a", "", Status.SKIPPED, "not needed"), []),
        (Finding("a", "", Status.UNKNOWN, "", matters=False), []),
    ],
)
def test_a_check_that_is_not_needed_any_more_is_not_unknown(now: Finding, unknown: list[str]) -> None:
    before, later = (
        prove(healthy_facts(), healthy_answers(), (finding,), {}, NOW)
        for finding in (Finding("a", "", Status.PASS, ""), now)
    )
    assert [one.id for one in compare(before, later).unknown] == unknown
    assert compare(before, later).is_same is (None if unknown else True)
