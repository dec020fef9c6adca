"""A check and a cause that no symptom leads to are dead: nobody who troubleshoots ever meets them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import get_args

import pytest

from tests.domain.checks.test_catalogue import CASES
from tests.domain.sample_facts import healthy_answers, healthy_facts
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import Check, run_checks
from wizard.domain.diagnosis import causes
from wizard.domain.diagnosis.cause import Cause, weigh
from wizard.domain.diagnosis.evidence.evidence import Evidence, gather_evidence
from wizard.domain.diagnosis.question import DO_NOT_KNOW
from wizard.domain.diagnosis.question_id import ChoiceId, QuestionId
from wizard.domain.diagnosis.symptoms.catalogue import CAUSES, QUESTIONS
from wizard.domain.findings import Finding

# The checks that no cause asks, by the reason why.
_HERE = "only about this machine"
_NOT_YET = "warns of what may fail later"
_CHOICE = "what was chosen is gone: said before any symptom is looked into"
_NEW = "matters only for what is made next"
_FACTS = "causes look at the same facts themselves, closer"
_ARRIVES = "members arrive all the same, and the plan mends it"
EXPLAINS_NONE = {
    "machine.keyring": _HERE,
    "machine.clock": _HERE,
    "launchdarkly.client_side.reachable": _HERE,
    "launchdarkly.token.personal": _NOT_YET,
    "launchdarkly.token.lifetime": _NOT_YET,
    "launchdarkly.made_token.left": _NOT_YET,
    "mapping.room": _NOT_YET,
    "launchdarkly.project": _CHOICE,
    "launchdarkly.environment": _CHOICE,
    "segment.region": _CHOICE,
    "segment.catalog": _NEW,
    "audience.attach_by_api": _NEW,
    "audience.other_activations": "about audiences that weren't chosen",
    "launchdarkly.context_keys": _FACTS,
    "launchdarkly.flags": _FACTS,
    "audience.kind": _FACTS,
    "audience.cadence": _FACTS,
    "audience.history": _FACTS,
    "sync.delivery": _FACTS,
    "sync.segment": _FACTS,
    "sync.members": _FACTS,
    "sync.duplicate": _FACTS,
    "sync.test_user": _FACTS,
    "destination.single": _ARRIVES,
    "mapping.single": _ARRIVES,
    "mapping.batching": _ARRIVES,
}


def test_each_check_is_a_sign_of_a_cause_or_says_why_its_problem_explains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: set[str] = set()
    finding = Evidence.finding

    def remembered(evidence: Evidence, check: Check) -> Finding | None:
        asked.add(check.id)
        return finding(evidence, check)

    monkeypatch.setattr(Evidence, "finding", remembered)
    for case in {(case.check, case.status): case for case in CASES}.values():
        facts, answers = healthy_facts(**case.facts), healthy_answers(**case.answers)
        evidence = gather_evidence(facts, answers, run_checks(CHECKS, facts, answers))
        for cause in CAUSES:
            weigh(cause, evidence)
    assert {one.id for one in CHECKS} - asked == set(EXPLAINS_NONE)


def test_each_cause_belongs_to_a_symptom() -> None:
    found = pkgutil.walk_packages(causes.__path__, f"{causes.__name__}.")
    modules = [importlib.import_module(one.name) for one in found]
    written = {one.id for module in modules for one in vars(module).values() if isinstance(one, Cause)}
    of_turns = {"no-failure"}  # a contradiction ends with it
    assert written == {cause.id for cause in CAUSES} - of_turns


def test_each_id_that_an_answer_may_have_is_of_a_question() -> None:
    assert set(get_args(QuestionId)) == {one.id for one in QUESTIONS}
    assert set(get_args(ChoiceId)) == {choice.id for one in QUESTIONS for choice in one.choices} | {DO_NOT_KNOW}
