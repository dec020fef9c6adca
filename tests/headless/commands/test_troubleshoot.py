"""`troubleshoot`: one document for each step, answers as options, and an exit code that says if a cause was found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fake_clock import START
from tests.headless.runs import World, applied, tokens
from wizard.cli import main
from wizard.domain.answers import Answers
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.facts import Facts
from wizard.exit_codes import ExitCode
from wizard.flow.profile.session import Session
from wizard.headless.printing.diagnosis_text import diagnosis_lines


async def test_without_a_symptom_it_lists_them_and_asks_no_service(tmp_path: Path) -> None:
    world = World(tmp_path)
    ran = await world.run("troubleshoot", as_json=False)
    assert ran.code == ExitCode.OK
    assert [line.split()[0] for line in ran.out.splitlines()] == [one.id for one in SYMPTOMS]
    assert world.sandbox.journal.requests == []


async def test_a_cause_that_was_read_needs_no_question(tmp_path: Path) -> None:
    ran = await World(tmp_path, "destination-disabled").run("troubleshoot", symptom="worked-before")
    assert (ran.code, ran.document["state"]) == (ExitCode.OK, "cause")
    assert ran.document["cause"]["id"] == "destination-off"
    assert ran.document["cause"]["fixable"] is True
    assert [one["id"] for one in ran.document["evidence"]] == ["destination.enabled"]


async def test_the_policy_that_a_fix_names_is_there_to_copy(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("troubleshoot", symptom="never-appeared")

    assert "with the policy below" in ran.document["cause"]["fix"]
    (policy,) = ran.document["cause"]["values"].values()
    assert "createSegment" in policy


async def test_each_run_asks_one_question_until_the_answers_lead_to_the_end(tmp_path: Path) -> None:
    world = await applied(tmp_path, watch=True)
    asked = await world.run("troubleshoot", symptom="browser-not-server")
    assert (asked.code, asked.document["state"]) == (ExitCode.COULD_NOT_TELL, "question")
    question = asked.document["question"]
    assert (question["id"], question["answers"][-1]["value"]) == ("store", "do-not-know")
    given = ("store=2",)  # an answer can also be given by its number in the question
    ended = await world.run("troubleshoot", symptom="browser-not-server", given=given)
    assert (ended.code, ended.document["cause"]["id"]) == (ExitCode.OK, "wrong-prefix")


async def test_a_user_and_a_flag_can_be_named_for_one_run(tmp_path: Path) -> None:
    world = World(tmp_path, "other-rule-first")
    page = "https://app.launchdarkly.com/projects/shop/flags/new-checkout/targeting?env=production"
    unnamed = await world.run("troubleshoot", symptom="flag-off")
    assert unnamed.document["question"]["id"] == "flag-rule"
    named = await world.run("troubleshoot", symptom="flag-off", user="user-0001", flag=page)
    assert (named.code, named.document["cause"]["id"]) == (ExitCode.OK, "other-rule-first")
    elsewhere = await world.run("troubleshoot", symptom="flag-off", user="user-0001", flag="vip-lounge")
    assert elsewhere.document["cause"]["id"] == "no-flag-uses-it"


async def test_where_nothing_is_set_up_the_first_line_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, segment_token="", launchdarkly_token="")
    for command in ("doctor", "troubleshoot"):
        ran = await world.run(command, setup=None, symptom="never-appeared")
        first, *_ = ran.err.splitlines()
        assert first == "Nothing is set up in the profile default, so the wizard can't read either service."
        assert "answers are missing" not in ran.err


async def test_a_profile_that_may_be_mistyped_is_named_with_those_that_hold_something(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.session().keep(Answers(project="shop"), ())
    world.vault = tokens(world, segment_token="", launchdarkly_token="")
    for command in ("doctor", "plan"):
        ran = await world.run(command, setup=None, session=Session(tmp_path / "defualt", world.clock))
        assert "in the profile defualt" in ran.err
        assert ran.err.splitlines()[-1] == "Profiles with saved answers: default"
    assert "Profiles with saved answers" not in (await world.run("plan", setup=None)).err, "there is no other one"


async def test_without_a_cause_a_report_is_the_way_on(tmp_path: Path) -> None:
    world = await applied(tmp_path, watch=True)
    given = ("store=right", "app-key=same", "app-kind=same", "environment=yes")
    ran = await world.run("troubleshoot", symptom="browser-not-server", given=given)
    assert (ran.code, ran.document["state"]) == (ExitCode.COULD_NOT_TELL, "unknown")
    assert ran.document["summary"].startswith("We found nothing wrong: ")
    assert "doctor" in ran.document["report"]


async def test_on_a_terminal_it_asks_and_without_one_it_says_how_to_go_on(tmp_path: Path) -> None:
    world = await applied(tmp_path, watch=True)
    server: dict[str, Any] = {"symptom": "browser-not-server", "as_json": False}
    asked = await world.run("troubleshoot", typed="2", verbose=True, **server)
    assert asked.code == ExitCode.OK
    assert "Which persistent store does your app or Relay Proxy read" in asked.err
    assert "Cause: Your SDK or Relay Proxy reads the store with a different prefix" in asked.out
    assert "  The SDK is too old? LaunchDarkly saw no old server-side SDK: node-server-sdk 9.7.3." in asked.out

    told = await world.run("troubleshoot", **server)
    assert told.code == ExitCode.COULD_NOT_TELL
    assert "audience-wizard troubleshoot browser-not-server -c " in told.out
    assert " --answer store=ANSWER. ANSWER is a number, or right or prefix or none or do-not-know." in told.out


async def test_what_does_not_exist_is_refused_with_what_was_meant(tmp_path: Path) -> None:
    world = World(tmp_path)
    unknown = await world.run("troubleshoot", symptom="never-apeared")
    assert (unknown.code, "Did you mean never-appeared?" in unknown.err) == (ExitCode.USAGE, True)
    one_word = await world.run("troubleshoot", symptom="nevr")
    assert "Did you mean never-appeared?" in one_word.err
    wrong = await world.run("troubleshoot", symptom="empty", given=("event=maybe", "evnt=true"))
    assert wrong.code == ExitCode.USAGE
    assert "isn't an answer to event. The answers: true, false, none, do-not-know." in wrong.err
    assert "Did you mean event?" in wrong.err


def test_a_scenario_whose_audience_is_gone_is_looked_at_from_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["troubleshoot", "never-removed", "--sandbox", "audience-deleted", "--json"])
    ended = json.loads(capsys.readouterr().out)
    assert (code, ended["cause"]["id"]) == (ExitCode.OK, "audience-deleted")


def test_what_is_only_likely_is_never_told_as_a_fact() -> None:
    search = Search(SYMPTOMS[0], Evidence(Facts(now=START), Answers(), ()))
    for is_trouble in (True, False):
        for says, said in (("It was lost.", "Most likely: It was lost."), ("Most likely it was lost.",) * 2):
            end = Diagnosis("maybe", says, "Look.", is_likely=True, is_trouble=is_trouble)
            assert next(iter(diagnosis_lines(end, search, "Review"))) == said
