"""How checks run: order, roots, what is not read, what brought no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.sample_facts import NOW, failure, refused
from wizard.domain.answers import Answers
from wizard.domain.checks.check import (
    Check,
    Findings,
    Judge,
    failed,
    need,
    need_answer,
    passed,
    run_checks,
    skipped,
    unknown,
    warned,
)
from wizard.domain.facts import Facts
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import Status
from wizard.domain.step_id import StepId

NOTHING = Facts(now=NOW)


def _says(findings: Findings) -> Judge:
    def judge(_: Facts, __: Answers) -> Findings:
        return findings

    return judge


FAILS = failed("It is broken.", cause="Someone broke it.", fix="Mend it.")


def _check(check_id: str, judge: Judge, *needs: str, matters: bool = True) -> Check:
    return Check(check_id, "Title", StepId.LAUNCHDARKLY, judge, tuple(_check(one, judge) for one in needs), matters)


def _run(*checks: Check, facts: Facts = NOTHING, answers: Answers | None = None) -> Findings:
    return run_checks(checks, facts, answers or Answers())


def test_a_failure_that_another_explains_waits_for_it_and_a_pass_stands() -> None:
    waits = replace(_check("a.two", _says(FAILS)), explained_by=(_check("a.one", _says(FAILS)),))
    fine = replace(_check("a.three", _says(passed("Fine."))), explained_by=(_check("a.one", _says(FAILS)),))
    failing, waiting, passing = _run(_check("a.one", _says(FAILS)), waits, fine)
    assert (failing.status, waiting.status, passing.status) == ("fail", "skipped", "pass")
    assert waiting.evidence["waits_for"] == "a.one"


@pytest.mark.parametrize("odd", [FAILS, unknown("Who knows.", fix="Look."), skipped("Not yet.")])
def test_a_failure_that_hides_another_check_leaves_only_its_pass(odd: Findings) -> None:
    root = _check("a.one", _says(FAILS))
    hidden = replace(_check("a.two", _says(odd)), hidden_by=(root,))
    fine = replace(_check("a.three", _says(passed("Fine."))), hidden_by=(root,))
    after = _check("a.four", _says(passed("Never asked.")), "a.two")
    _, waiting, passing, last = _run(root, hidden, fine, after)
    assert (waiting.waits_for, passing.status, last.waits_for) == ("a.one", "pass", "a.one")


def test_one_audiences_failure_hides_only_that_audiences_findings() -> None:
    one, two = ({"audience": key} for key in ("one", "two"))
    said = (*failed("Broken.", cause="Why.", fix="Mend it.", evidence=one), *passed("Fine.", evidence=two))
    root = _check("a.one", _says(said))
    odd = (*unknown("Who knows.", fix="Look.", evidence=one), *unknown("Who knows.", fix="Look.", evidence=two))
    of_one, of_two = _run(root, replace(_check("a.two", _says(odd)), hidden_by=(root,)))[2:]
    assert (of_one.waits_for, of_two.status) == ("a.one", "unknown")


def test_a_finding_carries_the_id_and_title_of_its_check() -> None:
    (finding,) = _run(_check("a.b", _says(passed("Fine."))))
    assert (finding.id, finding.title, finding.status) == ("a.b", "Title", Status.PASS)


def test_what_rests_on_a_failure_names_its_root_however_far_away() -> None:
    never = _says(passed("Never asked."))
    first, second, third = _run(_check("a.1", _says(FAILS)), _check("a.2", never, "a.1"), _check("a.3", never, "a.2"))
    assert first.status is Status.FAIL
    assert second.summary == third.summary == "Not checked: `a.1` comes first."
    assert third.evidence == {"waits_for": "a.1"}


@pytest.mark.parametrize("harmless", [passed("Fine."), unknown("Who knows.", fix="Look.")])
def test_only_a_failure_keeps_others_waiting(harmless: Findings) -> None:
    findings = _run(_check("a.1", _says(harmless)), _check("a.2", _says(passed("Fine.")), "a.1"))
    assert findings[1].status is Status.PASS


def test_a_check_that_is_not_run_keeps_nobody_waiting() -> None:
    (finding,) = _run(_check("a.2", _says(passed("Fine.")), "a.1"))
    assert finding.status is Status.PASS


def test_what_is_not_read_is_skipped_with_the_reason() -> None:
    (finding,) = _run(_check("a.1", lambda facts, _: passed(str(need(facts.caller, "the token's identity")))))
    assert (finding.status, finding.summary) == (Status.SKIPPED, "Not read yet: the token's identity.")


def test_what_is_not_chosen_is_skipped_with_the_reason() -> None:
    (finding,) = _run(_check("a.1", lambda _, answers: passed(need_answer(answers.project, "the project"))))
    assert (finding.status, finding.summary) == (Status.SKIPPED, "Not chosen yet: the project.")


def _reads_stores(facts: Facts, _: Answers) -> Findings:
    need(facts.stores, "the persistent stores")
    return passed("Fine.")


@pytest.mark.parametrize("kind", list(FailureKind))
def test_no_failure_of_a_call_is_a_failure_of_the_setup(kind: FailureKind) -> None:
    (finding,) = _run(_check("a.1", _reads_stores), facts=replace(NOTHING, stores=failure(kind)))
    assert finding.status is Status.UNKNOWN
    assert finding.cause
    assert finding.evidence["host"] == "app.launchdarkly.com"


def test_a_closed_call_says_that_the_token_may_not_look() -> None:
    (finding,) = _run(_check("a.1", _reads_stores), facts=replace(NOTHING, stores=failure()))
    assert finding.summary == "LaunchDarkly doesn't let this token read the persistent stores."


def _reads_mappings(facts: Facts, _: Answers) -> Findings:
    need(facts.subscriptions, "the mappings")
    return passed("Fine.")


@pytest.mark.parametrize(("closed", "is_explained"), [("subscriptions", True), ("connections", False)])
def test_what_a_warning_about_closed_apis_explains_is_not_explained_otherwise(closed: str, is_explained: bool) -> None:
    warning = warned("Closed.", cause="The workspace.", fix="Do it by hand.", evidence={"missing": [closed]})
    refusal = failure(service=Service.SEGMENT, path="/destinations/d/subscriptions")
    facts = replace(NOTHING, subscriptions=refusal)
    closed_apis = _check("segment.token.permissions", _says(warning))
    found = _run(closed_apis, _check("a.1", _reads_mappings), facts=facts)[1]
    assert found.status is Status.UNKNOWN
    assert ("“Segment API access” says why" in found.cause) is is_explained
    assert ("Access Management" in found.fix) is not is_explained


def test_a_check_that_does_not_matter_makes_its_unknown_harmless() -> None:
    (finding,) = _run(_check("a.1", _says(unknown("Who knows.", fix="Look.")), matters=False))
    assert not finding.matters


def test_an_outage_is_reported_by_the_check_that_looks_whether_the_host_answers() -> None:
    reachable = _check("launchdarkly.reachable", _says(unknown("It has trouble of its own.", fix="Wait.")))
    down = replace(NOTHING, stores=failure(FailureKind.SERVER))
    assert _run(reachable, _check("a.1", _reads_stores), facts=down)[1].summary.endswith(
        "`launchdarkly.reachable` comes first."
    )


def test_what_waits_for_an_outage_does_not_keep_others_waiting() -> None:
    reachable = _check("launchdarkly.reachable", _says(unknown("It has trouble of its own.", fix="Wait.")))
    down = replace(NOTHING, stores=failure(FailureKind.SERVER))
    findings = _run(reachable, _check("a.1", _reads_stores), _check("a.2", _says(passed("Fine.")), "a.1"), facts=down)
    assert findings[2].status is Status.PASS


def test_a_closed_segment_api_is_reported_by_the_check_of_the_tokens_permissions() -> None:
    def judge(facts: Facts, _: Answers) -> Findings:
        need(facts.audiences, "the space's audiences")
        return passed("Fine.")

    closed = replace(NOTHING, audiences=refused(Service.SEGMENT))
    findings = _run(_check("segment.token.permissions", _says(FAILS)), _check("audience.exists", judge), facts=closed)
    assert findings[1].summary == "Not checked: `segment.token.permissions` comes first."


def test_by_hand_only_segments_side_is_left_out() -> None:
    checks = (_check("segment.region", _says(FAILS)), _check("launchdarkly.pair", _says(passed("Fine."))))
    segment, launchdarkly = _run(*checks, answers=Answers(by_hand=True))
    assert segment.summary == "You do Segment's part by hand."
    assert launchdarkly.status is Status.PASS


def _about(audience: str, findings: Findings) -> Findings:
    return tuple(replace(one, evidence={"audience": audience, **one.evidence}) for one in findings)


def test_what_is_about_all_audiences_waits_when_none_got_through() -> None:
    both = _about("a", FAILS) + _about("b", FAILS)
    findings = _run(_check("audience.size", _says(both)), _check("x.y", _says(passed("Fine.")), "audience.size"))
    assert findings[-1].summary == "Not checked: `audience.size` comes first."


def test_what_is_about_all_audiences_is_judged_when_one_got_through() -> None:
    mixed = _about("a", FAILS) + _about("b", passed("Fine."))
    findings = _run(_check("audience.size", _says(mixed)), _check("x.y", _says(passed("Fine.")), "audience.size"))
    assert findings[-1].status is Status.PASS
