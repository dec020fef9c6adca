"""All commands name the same cause and the same fix for a problem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.headless.runs import SETUP, World
from wizard.cli import main
from wizard.exit_codes import ExitCode


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def test_an_unknown_kind_that_is_refused_has_one_cause_and_one_fix(tmp_path: Path) -> None:
    checks = (await World(_made(tmp_path / "doctor"), "kind-refused").run("doctor")).document["checks"]
    (failed,) = (one for one in checks if one["status"] in {"fail", "warn"})
    assert (failed["id"], failed["fixable"]) == ("launchdarkly.context_kind", True)
    watched = (await World(_made(tmp_path / "watch"), "kind-refused").run("watch")).documents
    (cause,) = watched[-2]["causes"]
    assert (cause["check"], cause["fix"]) == (failed["id"], failed["fix"])
    found = (
        await World(_made(tmp_path / "end"), "kind-refused").run("troubleshoot", symptom="never-appeared")
    ).document
    assert (found["cause"]["id"], found["cause"]["fix"]) == ("kind-unknown", failed["fix"])
    assert found["cause"]["fixable"]


async def test_what_was_refused_for_now_is_no_sign_that_nothing_is_sent(tmp_path: Path) -> None:
    stages = (await World(tmp_path, "deliveries-limited").run("watch")).documents
    late = next(one for one in stages if one.get("state") == "late")
    assert [cause["check"] for cause in late["causes"]] == ["sync.delivery"]


@pytest.mark.parametrize("scenario", ["segment-made-again", "activation-off"])
async def test_what_waiting_does_not_help_ends_the_watch_as_stuck(tmp_path: Path, scenario: str) -> None:
    ran = await World(tmp_path, scenario).run("watch")
    assert (ran.code, ran.documents[-1]["outcome"], ran.documents[-2]["state"]) == (1, "failed", "stuck")


async def test_a_segment_that_is_there_is_not_said_to_have_never_appeared(tmp_path: Path) -> None:
    ran = await World(tmp_path, "trigger-without-exits").run("doctor", as_json=False)
    assert "Failed: The trigger" in ran.out
    assert "troubleshoot more-members" in ran.out
    assert "never-appeared" not in ran.out


def test_an_audience_that_is_gone_has_one_fix_and_is_no_question_of_time(capsys: pytest.CaptureFixture[str]) -> None:
    fixes = []
    for symptom in ("never-removed", "worked-before"):
        main(["troubleshoot", symptom, "--sandbox", "audience-deleted", "--json"])
        fixes.append(json.loads(capsys.readouterr().out)["cause"]["fix"])
    assert fixes[0] == fixes[1]
    assert "choose an audience" in fixes[0]
    assert "delete Vip customers" in fixes[0]
    assert main(["watch", "--sandbox", "audience-deleted"]) == ExitCode.PROBLEM


async def test_members_with_old_keys_are_one_cause_after_the_key_was_changed(tmp_path: Path) -> None:
    world, setup = World(tmp_path, "other-keys"), f'{SETUP}\n[mapping]\ncontext_key = "email_only"\n'
    await world.run("apply", setup=setup)
    await world.clock.advance(3600)
    watched = await world.run("watch", setup=setup, as_json=False)
    assert "members from before the mapping changed stay under their old keys" in watched.out
    found = await world.run("troubleshoot", symptom="more-members", setup=setup)
    assert found.document["cause"]["id"] == "old-keys"
