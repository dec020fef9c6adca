"""`doctor --sandbox SCENARIO` checks a running setup, and first names the scenario's problem."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.test_scenarios import NAMED
from wizard.cli import main
from wizard.domain.findings import Status

CODES = {Status.FAIL: 1, Status.WARN: 0, Status.UNKNOWN: 3}
# The first check that isn't right, its status and the exit code: the one that a walk names, or one in the second table.
FIRST = {
    name: (named.check, str(named.status), CODES[named.status]) if named.check else ("", "", 0)
    for name, named in NAMED.items()
} | {
    "custom-role-missing-update": ("launchdarkly.token.permissions", "fail", 1),
    "approvals-required": ("sync.delivery", "fail", 1),
    "context-kind-unseen": ("launchdarkly.context_kind", "warn", 0),
    "batch-audience": ("audience.cadence", "warn", 3),
    "fresh": ("launchdarkly.context_kind", "warn", 0),
    "many-segments": ("sync.duplicate", "warn", 0),
    "no-custom-roles": ("destination.exists", "fail", 1),  # the command doesn't say yes to the Writer role
    "shared-space": ("destination.exists", "fail", 1),  # the second destination on one source is made by hand
    "segment-late": ("sync.segment", "unknown", 3),
}


REPORTED = {
    "happy",
    "destination-disabled",
    "reader-token",
}  # with nothing wrong, a problem in Segment, and a problem in LaunchDarkly


@pytest.mark.parametrize("name", FIRST)
def test_what_is_named_first_is_what_the_scenario_is_about(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check, status, code = FIRST[name]
    report = tmp_path / "report.md"
    reported = ["--report", str(report)] if name in REPORTED else []

    assert main(["doctor", "--sandbox", name, "--json", *reported]) == code

    checks = json.loads(capsys.readouterr().out)["checks"]
    wrong = [(one["id"], one["status"]) for one in checks if one["status"] not in {"pass", "skipped"}]
    assert wrong[:1] == ([(check, status)] if check else [])
    if reported:
        assert_it_says(report, [one for one, _ in wrong])


def assert_it_says(report: Path, wrong: Sequence[str]) -> None:
    """Check that the report names the same problems as the screen."""
    part = report.read_text().split("## What is wrong")[1].split("\n## ")[0]
    assert part.count("### ") == len(wrong)
    assert all(f"`{one}`" in part for one in wrong)
    assert ("Nothing." in part) is (not wrong)


def test_checks_are_named_again_and_again_or_as_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    ids = ["launchdarkly.reachable", "segment.reachable", "launchdarkly.token.kind"]

    assert main(["doctor", "--sandbox", "--only", f"{ids[0]}, {ids[1]}", "--only", ids[2], "--json"]) == 0

    assert {one["id"] for one in json.loads(capsys.readouterr().out)["checks"]} == set(ids)


def test_a_late_segment_is_what_the_verdict_waits_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--sandbox", "segment-late"]) == 3

    said = capsys.readouterr().out
    assert "(sync.segment)" in said
    assert "Couldn't tell: nothing failed" in said


def test_a_healthy_setup_is_a_line_for_each_step_and_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--sandbox"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[2:9]] == [
        "Prerequisites", "LaunchDarkly", "Twilio Segment", "Destination", "Mapping", "Audiences", "First sync",
    ]  # fmt: skip
    assert lines[5].endswith(" ✓")
    assert lines[-2].startswith("Healthy: ")
    assert lines[-1] == "Next: audience-wizard doctor --sandbox happy -v shows every check"
    assert len(lines) < 15


def test_counting_says_what_it_takes_and_stands_in_the_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--sandbox", "happy", "--count-members", "--json"]) == 0

    printed = capsys.readouterr()
    checks = {one["id"]: one for one in json.loads(printed.out)["checks"]}
    assert "Counting takes 3 audience previews." in printed.err
    assert "Use Segment UserId only: 1,234 of 1,234 members" in printed.err
    assert checks["audience.identifiers"]["evidence"]["landing"]["user_id_only"] == 1234


def test_with_v_every_check_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--sandbox", "happy", "-v"]) == 0

    assert "(destination.enabled)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("world", "check"), [("empty-space", "audience.exists"), ("activation-off", "audience.activation")]
)
def test_what_waiting_changes_nothing_about_is_not_waited_for(
    world: str, check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--sandbox", world]) == 3
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"Next: follow the fix of {check}, then audience-wizard doctor --sandbox {world}"
