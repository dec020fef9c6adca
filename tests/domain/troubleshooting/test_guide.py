"""Guided troubleshooting: from a symptom to one cause with its fix, or to a report."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.domain.facts_at_hand import (
    DESTINATION,
    MAPPING,
    SEGMENT,
    VIP,
    failure,
    healthy_answers,
    healthy_facts,
)
from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.facts import Facts
from wizard.domain.model import Connections, Delivery, FailureKind
from wizard.domain.plan import make_plan
from wizard.domain.troubleshooting.guide import NOTHING_FOUND, Troubleshooting
from wizard.domain.troubleshooting.known import known
from wizard.domain.troubleshooting.question import DO_NOT_KNOW, Conclusion, Question, Seen
from wizard.domain.troubleshooting.symptoms import HINTS, QUESTIONS, SYMPTOMS, symptom

NOTHING_ARRIVED: dict[str, Any] = {"segments": (), "delivery": Delivery(0, 0, 0), "segment_details": {}}
SILENT: dict[str, Any] = {**NOTHING_ARRIVED, "activations": {"aud_1": ()}}


def guide(symptom_id: str, facts: Facts | None = None, answers: Answers | None = None) -> Troubleshooting:
    facts, answers = facts or healthy_facts(), answers or healthy_answers()
    findings = run_checks(CHECKS, facts, answers)
    return Troubleshooting(symptom(symptom_id), findings, plan=make_plan(facts, answers, findings))


def asked_first(start: Troubleshooting) -> list[str]:
    """Every question that is asked when nobody knows anything."""
    asked = []
    while isinstance(question := start.next, Question):
        asked.append(question.id)
        start = start.answered(DO_NOT_KNOW)
    return asked


def concluded(start: Troubleshooting, answers: Mapping[str, str]) -> Conclusion:
    """The end, with `do not know` to whatever is not in `answers`."""
    while isinstance(question := start.next, Question):
        start = start.answered(answers.get(question.id, DO_NOT_KNOW))
    return start.next if isinstance(start.next, Conclusion) else NOTHING_FOUND


# --- what the checks say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", SYMPTOMS, ids=lambda one: one.id)
def test_a_failure_ends_it_at_once_whatever_the_symptom(one: Any) -> None:
    facts = healthy_facts(destinations=(replace(DESTINATION, enabled=False),))
    end = guide(one.id, facts).next
    assert isinstance(end, Conclusion)
    assert end.check_id == "destination.enabled"
    assert end.repair == ("destination",)
    assert end.menu == "Connections → Destinations"


@pytest.mark.parametrize(
    ("changed", "check", "repair"),
    [
        ({"subscriptions": (replace(MAPPING, enabled=False),)}, "mapping.enabled", ("mapping",)),
        ({"subscriptions": (replace(MAPPING, trigger="x"),)}, "mapping.trigger", ("mapping",)),
        ({"destinations": (replace(DESTINATION, token_last_four="9z9z"),)}, "destination.token", ("destination",)),
        ({"connections": {"aud_1": Connections((), 0)}}, "audience.attached", ("audience:vip_customers",)),
        ({"audiences": (replace(VIP, size=0),)}, "audience.size", ()),
    ],
)
def test_what_is_safe_can_be_repaired_through_the_plan(
    changed: dict[str, Any], check: str, repair: tuple[str, ...]
) -> None:
    end = guide("no-segment", healthy_facts(**changed)).next
    assert isinstance(end, Conclusion)
    assert (end.check_id, end.repair) == (check, repair)


def test_the_failure_that_explains_the_symptom_best_is_told_and_the_others_are_named() -> None:
    facts = healthy_facts(stores=(), subscriptions=(replace(MAPPING, enabled=False),))
    flag, missing = guide("flag-misses", facts), guide("no-segment", facts)
    assert isinstance(flag.next, Conclusion)
    assert isinstance(missing.next, Conclusion)
    assert flag.next.check_id == "launchdarkly.store"
    assert [finding.id for finding in flag.others] == ["mapping.enabled"]
    assert missing.next.check_id == "mapping.enabled"


def test_a_warning_that_explains_the_symptom_by_itself_is_a_conclusion() -> None:
    facts = healthy_facts(segment_details={"aud_1": replace(SEGMENT, flags=())})
    end = guide("flag-misses", facts).next
    assert isinstance(end, Conclusion)
    assert end.check_id == "launchdarkly.flags"


def test_any_other_warning_waits_until_nothing_is_left_to_ask() -> None:
    facts = healthy_facts(audiences=(replace(VIP, history=False),), **NOTHING_ARRIVED)
    start = guide("no-segment", facts)
    assert isinstance(start.next, Question)
    assert concluded(start, {}).check_id == "audience.history"


def test_what_could_not_be_told_is_mentioned() -> None:
    start = guide("no-segment", healthy_facts(segments=failure(FailureKind.SERVER)))
    assert "sync.segment" in [finding.id for finding in start.unknowns]


def test_values_to_copy_come_with_the_conclusion() -> None:
    facts = healthy_facts(subscriptions=(replace(MAPPING, trigger="x"),))
    end = guide("no-segment", facts).next
    assert isinstance(end, Conclusion)
    assert [(copy.label, copy.value) for copy in end.copies] == [("Trigger", MAPPING.trigger)]


# --- what a person answers ----------------------------------------------------------------------------------------


def test_questions_are_asked_only_where_they_can_explain_something() -> None:
    assert asked_first(guide("no-segment", healthy_facts(**SILENT))) == [
        "waited",
        "sends",
        "environment",
        "plan",
        "token-maker",
        "allowlist",
        "removals",
    ]
    linked = healthy_facts(audiences=(replace(VIP, kind="LINKED"),), **NOTHING_ARRIVED)
    assert "linked-schedule" in asked_first(guide("no-segment", linked))
    accounts = healthy_facts(audiences=(replace(VIP, kind="ACCOUNTS"),), **NOTHING_ARRIVED)
    assert "account-calls" in asked_first(guide("no-segment", accounts))


def test_servers_are_asked_about_their_store() -> None:
    start = guide("flag-misses")
    assert asked_first(start) == ["flag-rule", "environment", "app-kind", "app-key", "sdk"]
    server = replace(start, answers={"sdk": "server"})
    assert asked_first(server)[-3:] == ["sdk-version", "store", "prefix"]


def test_behind_a_relay_proxy_its_store_decides_and_not_the_sdk() -> None:
    relay = replace(guide("flag-misses"), answers={"sdk": "relay"})
    assert asked_first(relay)[-2:] == ["store", "prefix"]
    assert "sdk-version" not in asked_first(relay)


def test_an_answer_can_be_taken_back() -> None:
    start = guide("flag-misses")
    end = start.answered("no-rule")
    assert isinstance(end.next, Conclusion)
    assert end.back().next == start.next
    assert start.back() == start
    assert end.answered("anything") == end


def test_what_is_known_is_not_asked() -> None:
    silent = guide("no-segment", healthy_facts(**SILENT))
    assert isinstance(silent.next, Question)
    assert silent.next.id == "waited"
    longer = replace(silent, known={"waited": "longer"}).next
    assert isinstance(longer, Question)
    assert longer.id != "waited"
    soon = replace(silent, known={"waited": "minutes"}).next
    assert isinstance(soon, Conclusion)
    assert "within its usual time" in soon.cause


def test_what_is_known_counts_only_where_it_would_be_asked() -> None:
    start = guide("no-segment")
    assert replace(start, known={"waited": "minutes"}).next == start.next


def test_texts_name_what_is_known() -> None:
    question = guide("flag-misses").next
    assert isinstance(question, Question)
    assert (
        question.text
        == "Does your flag have a rule for the segment Vip customers, and is the flag on in shop / production?"
    )
    end = concluded(guide("flag-misses"), {"sdk": "server", "prefix": "no"})
    assert DESTINATION.client_side_id in end.fix
    assert end.copies[0].value == DESTINATION.client_side_id


def test_texts_read_well_where_nothing_is_known() -> None:
    for one in SYMPTOMS:
        start = Troubleshooting(one, ())
        question = start.next
        assert isinstance(question, Question)
        assert "{" not in f"{question.text}{question.why}"
        assert not any("{" in hint.text for hint in start.hints)


def test_names_with_braces_are_only_text() -> None:
    facts = healthy_facts(destinations=(replace(DESTINATION, name="{0} {x} {segment!r}"),), **SILENT)
    start = guide("no-segment", facts).answered("longer")
    question = start.next
    assert isinstance(question, Question)
    assert "{0} {x} {segment!r}" in question.text


CONCLUDING = [
    (one.id, question.id, choice.id)
    for one in SYMPTOMS
    for question in one.questions
    for choice in question.choices
    if choice.ending
]


@pytest.mark.parametrize(("symptom_id", "question_id", "choice_id"), CONCLUDING)
def test_every_answer_that_explains_it_ends_at_one_cause(symptom_id: str, question_id: str, choice_id: str) -> None:
    start = Troubleshooting(symptom(symptom_id), run_checks(CHECKS, healthy_facts(), healthy_answers()))
    end = replace(start, answers={question_id: choice_id}).next
    assert isinstance(end, Conclusion)
    assert end.is_found
    assert end.check_id is None
    for text in (end.cause, end.fix):
        assert re.fullmatch(r"[A-Z][^!{}]*\.", text), text
    assert ". " not in end.fix
    assert end.links


def test_where_nobody_knows_anything_a_report_is_ready() -> None:
    for one in SYMPTOMS:
        end = concluded(guide(one.id), {})
        assert end is NOTHING_FOUND
        assert not end.is_found
        assert [copy.value for copy in end.copies] == [links.LAUNCHDARKLY_SUPPORT, links.SEGMENT_SUPPORT]


# --- the data -----------------------------------------------------------------------------------------------------


def test_symptoms_questions_and_choices_have_ids_of_their_own() -> None:
    assert [one.id for one in SYMPTOMS] == [
        "no-segment",
        "segment-empty",
        "fewer-members",
        "flag-misses",
        "worked-before",
    ]
    for question in QUESTIONS:
        choices = [choice.id for choice in question.choices]
        assert len(set(choices)) == len(choices)
        assert DO_NOT_KNOW not in choices
        assert any(choice.ending for choice in question.choices), question.id
    assert len({question.id for question in QUESTIONS} | {hint.id for hint in HINTS}) == len(QUESTIONS) + len(HINTS)


def test_every_check_that_a_symptom_names_exists() -> None:
    ids = [check.id for check in CHECKS]
    for one in SYMPTOMS:
        assert set(one.suspects) <= set(CHECKS)
        for named in one.checks:
            assert named in ids or (named.endswith(".") and any(check.startswith(named) for check in ids)), named


def test_texts_are_calm_and_hold_known_names_only() -> None:
    names = set(known(()))
    texts = [question.text for question in QUESTIONS] + [question.why for question in QUESTIONS]
    texts += [hint.text for hint in HINTS] + [one.title for one in SYMPTOMS]
    texts += [choice.label for question in QUESTIONS for choice in question.choices]
    for text in texts:
        assert "!" not in text
        assert "  " not in text
        assert {field for _, field, _, _ in string.Formatter().parse(text) if field} <= names


def test_every_question_ends_with_a_question_mark_or_asks_to_look() -> None:
    assert all(question.text.endswith("?") for question in QUESTIONS)
    assert all(question.why.endswith(".") for question in QUESTIONS)
    assert all(question.asked(Seen()) in {True, False} for question in QUESTIONS)
