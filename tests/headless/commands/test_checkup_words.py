"""The lines of `doctor` and `plan` around their findings agree with the findings."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.sample_facts import VIP
from tests.walks import stage
from wizard.cli import main
from wizard.domain.findings import Finding, Status, healthy
from wizard.domain.planning.plan import Plan
from wizard.headless.commands.doctor.checkup import NOT_GIVEN, checkup
from wizard.headless.commands.plan_command import gave_no_answer, next_try
from wizard.headless.options import Options
from wizard.text import count


def test_without_engage_the_cause_comes_first_and_no_file_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--sandbox", "no-engage"])
    ran = capsys.readouterr()
    assert "missing" not in ran.err + ran.out
    assert "Failed: Segment doesn't show this token any Engage space." in ran.out


def test_without_a_destination_no_mapping_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "--sandbox", "no-engage"])
    assert "Mapping" not in capsys.readouterr().out


def test_as_many_checks_are_unknown_as_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--sandbox", "silent-audience"])
    said = capsys.readouterr().out
    listed = len(re.findall("^Unknown: ", said, re.MULTILINE))
    assert listed
    assert f"{count(listed, 'check')} gave no answer" in said


def test_a_tenth_of_the_members_missing_is_a_warning_with_both_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--sandbox", "left-out"])
    assert "Warning: Vip customers has 1,107 of 1,230 members. (sync.members" in capsys.readouterr().out


def test_a_problem_beside_a_silent_service_is_still_there_to_be_fixed() -> None:
    silent = replace(SILENT, status=Status.UNKNOWN)
    plan = Plan((), (silent.id, NO_TOKEN.id))
    assert gave_no_answer(plan, [silent]) == 1
    assert gave_no_answer(plan, [silent, NO_TOKEN]) == 0
    assert next_try(plan, [silent, NO_TOKEN], "audience-wizard plan") == "Next: fix those, then audience-wizard plan"


def test_a_segment_that_is_overdue_is_asked_about_next_as_one_that_never_appeared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["doctor", "--sandbox", "silent-audience"])
    said = capsys.readouterr().out
    assert said.endswith(
        "Next: audience-wizard troubleshoot never-appeared --sandbox silent-audience finds the cause\n"
    )
    assert "The usual time has passed." in said
    assert "troubleshoot failed-deliveries" not in said


def test_an_environment_that_is_not_seen_is_named_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--sandbox", "expired-token"])
    assert capsys.readouterr().out.startswith("Checked the environment with the client-side ID ")


PASS = Finding("destination.exists", "", Status.PASS, "There is one.")
WARNING = Finding("mapping.batching", "", Status.WARN, "Batching is off.")
UNKNOWN = Finding("launchdarkly.store", "", Status.UNKNOWN, "We couldn't tell.")
BESIDE = Finding("launchdarkly.store", "", Status.UNKNOWN, "We couldn't tell.", matters=False)
NO_TOKEN = Finding(
    "segment.token.kind",
    "",
    Status.UNKNOWN,
    "There is no Segment token.",
    evidence={NOT_GIVEN: "SEGMENT_PUBLIC_API_TOKEN"},
)
OVERDUE = Finding(
    "sync.segment", "", Status.UNKNOWN, "LaunchDarkly doesn't show the segment yet.", evidence={"audience": VIP.key}
)
LATER = Finding("sync.members", "", Status.SKIPPED, "Not checked: no segment yet. See `sync.segment`.", judged=False)
ALSO_LATER = Finding("sync.delivery", "", Status.SKIPPED, "Not checked: nothing was sent.", judged=False)
SILENT = Finding("launchdarkly.reachable", "", Status.FAIL, "No answer.")
ALSO_SILENT = Finding("segment.reachable", "", Status.FAIL, "No answer.")


def lines_of(*findings: Finding) -> list[str]:
    shown = checkup(stage("happy").walk, findings, healthy(findings), Options(), is_fixable=False)
    return [line for line in shown if line]


@pytest.mark.parametrize(
    ("findings", "total"),
    [
        ((PASS, WARNING, BESIDE), "Healthy: 1 check passed, 1 warning, 1 unknown."),
        ((PASS, WARNING, UNKNOWN), "Couldn't tell: nothing failed, but 1 check gave no answer. 1 warning."),
        ((PASS, WARNING, LATER), "Too early to tell: nothing failed, but the first sync hasn't finished. 1 warning."),
    ],
)
def test_the_total_counts_every_finding_that_was_shown(findings: tuple[Finding, ...], total: str) -> None:
    assert lines_of(*findings)[-2] == total


def test_several_services_that_do_not_answer_are_spoken_of_as_several() -> None:
    assert lines_of(SILENT)[-1].endswith(", once the service answers")
    assert lines_of(SILENT, ALSO_SILENT)[-1].endswith(", once the services answer")


@pytest.mark.parametrize(
    ("beside", "attached_ago", "next_step"),
    [
        (PASS, timedelta(hours=1), "audience-wizard troubleshoot never-appeared finds the cause"),
        (PASS, timedelta(minutes=2), "audience-wizard doctor, a few minutes from now"),
        (NO_TOKEN, timedelta(hours=1), "provide what's missing, then audience-wizard doctor"),
    ],
)
def test_only_an_overdue_segment_is_diagnosed_next_and_a_missing_token_comes_first(
    beside: Finding, attached_ago: timedelta, next_step: str
) -> None:
    walk = stage("happy").walk
    state = walk.state
    facts = replace(state.facts, segments=(), audiences=(VIP,), attached_at=state.facts.now - attached_ago)
    walk.state = replace(state, facts=facts, answers=replace(state.answers, audiences=(VIP.id,)))
    *_, last = checkup(walk, (beside, OVERDUE), None, Options(), is_fixable=False)
    assert last == f"Next: {next_step}"


def test_all_that_leaves_the_verdict_open_is_named_with_its_reason() -> None:
    lines = lines_of(PASS, LATER, ALSO_LATER)
    assert [line for line in lines if line.startswith(("Skipped", "  Not"))] == [
        "Skipped: sync.members",
        "  Not checked: no segment yet. See sync.segment.",
        "Skipped: sync.delivery",
        "  Not checked: nothing was sent.",
    ]


def test_a_check_that_is_unknown_says_why_without_those_that_were_skipped() -> None:
    assert not [line for line in lines_of(PASS, UNKNOWN, LATER) if line.startswith("Skipped")]
