"""What `doctor` and `plan` say around their findings agrees with the findings."""

from __future__ import annotations

import re

import pytest

from wizard.cli import main


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
    assert listed > 1
    assert f"couldn't make {listed} checks" in said


def test_an_environment_that_is_not_seen_is_named_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--sandbox", "expired-token"])
    assert capsys.readouterr().out.startswith("Checked the environment with the client-side ID ")
