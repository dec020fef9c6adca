"""The catalogue as a whole: the promise to scripts, the order, and every text that a case can bring about."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import wizard
from tests.domain.checks import test_machine
from tests.domain.checks.launchdarkly import (
    test_launchdarkly_app,
    test_launchdarkly_environment,
    test_launchdarkly_made_token,
    test_launchdarkly_permissions,
    test_launchdarkly_token,
)
from tests.domain.checks.segment import test_audience, test_destination, test_mapping, test_segment_access
from tests.domain.checks.sync import (
    test_launchdarkly_flags,
    test_sync_orphan,
    test_sync_segment,
    test_sync_source,
    test_sync_test_user,
)
from tests.domain.sample_facts import NOW, failure, found, healthy_answers, healthy_facts
from wizard.domain.answers import Answers
from wizard.domain.checks.catalogue import _SUBJECTS, CHECKS, check
from wizard.domain.checks.check import Check, run_checks
from wizard.domain.facts import Facts
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import Finding, healthy
from wizard.domain.services import links
from wizard.domain.step_id import StepId
from wizard.flow.journey import SETTINGS

SUBJECTS = (
    test_audience,
    test_destination,
    test_launchdarkly_environment,
    test_machine,
    test_mapping,
    test_launchdarkly_app,
    test_segment_access,
    test_sync_orphan,
    test_sync_segment,
    test_sync_test_user,
    test_launchdarkly_flags,
    test_sync_source,
    test_launchdarkly_token,
    test_launchdarkly_permissions,
    test_launchdarkly_made_token,
)
SEGMENTS = ("segment.", "destination.", "mapping.", "audience.", "sync.source", "sync.delivery", "sync.filtered")
CASES = [case for subject in SUBJECTS for case in subject.CASES]

PROMISED = [
    "launchdarkly.reachable",
    "segment.reachable",
    "launchdarkly.token.kind",
    "launchdarkly.token.valid",
    "launchdarkly.instance",
    "launchdarkly.token.permissions",
    "launchdarkly.client_side_id",
    "launchdarkly.pair",
    "launchdarkly.approvals",
    "launchdarkly.context_kind",
    "launchdarkly.store",
    "segment.token.kind",
    "segment.token.valid",
    "segment.region",
    "segment.engage",
    "segment.token.permissions",
    "destination.exists",
    "destination.single",
    "destination.enabled",
    "destination.client_side_id",
    "destination.token",
    "mapping.exists",
    "mapping.single",
    "mapping.enabled",
    "mapping.trigger",
    "mapping.fields",
    "mapping.batching",
    "audience.exists",
    "audience.enabled",
    "audience.computed",
    "audience.size",
    "audience.identifiers",
    "audience.attached",
    "sync.delivery",
    "sync.segment",
    "sync.members",
]  # docs/reference.md


@pytest.fixture(scope="module")
def every_finding() -> list[Finding]:
    """What all cases of all subjects bring about."""
    return [finding for case in CASES for finding in case.findings.values()]


WARNS_ONLY = {"launchdarkly.approvals"}  # whether approvals hold up a sync is unverified


def test_every_id_that_scripts_rely_on_is_there_and_can_fail() -> None:
    failing = {case.check for case in CASES if case.status == "fail"}
    assert set(PROMISED) <= {one.id for one in CHECKS}
    assert set(PROMISED) - failing == WARNS_ONLY


def test_ids_are_unique_and_dotted() -> None:
    ids = [one.id for one in CHECKS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z_]+)+", one) for one in ids)


def test_a_check_stands_in_a_file_that_begins_as_its_id() -> None:
    files = {one.id: subject.__name__.rpartition(".")[2] for subject in _SUBJECTS for one in subject.CHECKS}
    strays = {name for name, file in files.items() if not name.startswith(file.partition("_")[0])}
    assert strays == {"launchdarkly.reachable", "launchdarkly.client_side.reachable", "segment.reachable"}  # machine


def _named_in(path: Path) -> set[str]:
    """The strings of a file that look like the id of a check or of a setting, or like its beginning."""
    strings = (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Constant))
    families = "|".join({name.partition(".")[0] for name in (*(check.id for check in CHECKS), *SETTINGS)})
    form = re.compile(rf"({families})\.[a-z_.]*")
    return {one.value for one in strings if isinstance(one.value, str) and form.fullmatch(one.value)}


STEPS_BY_HAND = (
    *("destination.delete", "destination.enable", "destination.settings", "launchdarkly.segments"),
    *("audience.activate", "audience.resume", "audience.send"),
)


@pytest.mark.parametrize("folder", ["command_line", "domain", "flow", "headless", "ui"])
def test_whatever_else_names_a_check_or_a_setting_names_one_that_exists(folder: str) -> None:
    root = Path(wizard.__file__).parent
    named = {one for path in sorted((root / folder).rglob("*.py")) for one in _named_in(path)}
    there = (*(check.id for check in CHECKS), *SETTINGS, *STEPS_BY_HAND)
    beginnings = {name[: dot.end()] for name in there for dot in re.finditer(r"\.", name)}
    assert named - {*there} - beginnings == set()


def test_checks_stand_in_the_order_of_the_walk_and_need_only_what_comes_before() -> None:
    assert [one.step for one in CHECKS] == sorted((one.step for one in CHECKS), key=list(StepId).index)
    before: set[str] = set()
    for one in CHECKS:
        assert before.issuperset(need.id for need in one.needs), one
        before.add(one.id)


def test_a_healthy_world_passes_every_check() -> None:
    findings = found(healthy_facts())
    assert {str(finding.status) for finding in findings.values()} == {"pass"}
    assert set(findings) == {one.id for one in CHECKS}
    assert healthy(findings.values()) is True


def test_with_nothing_read_every_check_is_skipped_and_says_why() -> None:
    findings = run_checks(CHECKS, Facts(now=NOW), Answers())
    assert [finding.id for finding in findings] == [one.id for one in CHECKS]
    assert all(finding.status == "skipped" and finding.summary.startswith("Not ") for finding in findings)


def test_every_check_has_a_case_for_more_than_passing() -> None:
    statuses: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        statuses[case.check].add(case.status)
    assert [one.id for one in CHECKS if not statuses[one.id] - {"pass"}] == []


def test_whatever_needs_reading_says_what_was_seen_why_and_what_to_do(every_finding: list[Finding]) -> None:
    for finding in every_finding:
        assert finding.summary
        if finding.status in {"fail", "warn", "unknown"}:
            assert finding.cause or finding.status == "unknown", finding
            assert finding.fix, finding


_LONGEST = 32  # words, with the names of menus


def test_a_fix_is_one_or_two_short_sentences(every_finding: list[Finding]) -> None:
    for fix in {finding.fix for finding in every_finding if finding.fix}:
        sentences = fix.split(". ")
        assert len(sentences) <= 2, fix
        assert max(len(one.split()) for one in sentences) <= _LONGEST, fix
        assert fix.endswith(".") or "type =" in fix, fix
        assert fix[0].isupper()


def test_texts_are_calm(every_finding: list[Finding]) -> None:
    for finding in every_finding:
        for text in (finding.title, finding.summary, finding.cause, finding.fix):
            assert "!" not in text
            assert "  " not in text
            assert "None" not in text
            assert ".." not in text


def test_every_link_is_in_the_table(every_finding: list[Finding]) -> None:
    for url in {url for finding in every_finding for url in finding.links}:
        assert url.startswith("https://")
        assert links.find(url) is not None, url


# Judged by something else as well: the form of a token, another host's clock, the project by itself or in the list.
STANDS_WITHOUT = {
    "machine.clock",
    "launchdarkly.token.kind",
    "launchdarkly.client_side_id",
    "launchdarkly.pair",
    "launchdarkly.approvals",
    "launchdarkly.view",
    "segment.token.kind",
}


@pytest.mark.parametrize("answer", ["no usable one", "none"])
def test_no_check_is_healthy_when_what_decides_it_was_not_read(answer: str) -> None:
    told = {one.id: _without_what_decides(one, answer) for one in CHECKS}
    stands = {name for name in STANDS_WITHOUT if {finding.status for finding in told[name]} == {"pass"}}
    assert {name: alone for name, alone in told.items() if healthy(alone) is not None and name not in stands} == {}


def _without_what_decides(one: Check, answer: str) -> list[Finding]:
    slot = one.reads[0]
    failed = failure(FailureKind.SERVER, Service.SEGMENT if one.id.startswith(SEGMENTS) else Service.LAUNCHDARKLY)
    there = getattr(healthy_facts(), slot)
    nothing: Any = {} if isinstance(there, dict) else None
    seen = nothing if answer == "none" else dict.fromkeys(there, failed) if isinstance(there, dict) else failed
    findings = run_checks(CHECKS, healthy_facts(**{slot: seen}), healthy_answers())
    return [replace(finding, matters=True) for finding in findings if finding.id == one.id]


def test_a_check_is_found_by_its_id() -> None:
    assert check("sync.segment").step == "first_sync"
