"""The texts beside a stage: the explained count, the recognized segment, the likely causes, members over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.flow.watching.test_stages import AUDIENCE, SEGMENT, SILENT
from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import match_segments, seen_before
from wizard.domain.services.segment import Delivery
from wizard.domain.signals import segment_of_audience
from wizard.domain.stage import Stage
from wizard.flow.watching import member_counts, recognize
from wizard.flow.watching.causes import MOST, causes_of, known_at_once
from wizard.flow.watching.member_counts import Counted, about_the_count

BIG = replace(AUDIENCE, size=1_000, history=True, identifiers=("user_id", "email"))


# --- counts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "audience", "rests", "said"),
    [
        (None, {}, True, "no count yet"),
        (0, {"identifiers": ("email",)}, True, "None of the audience's 1,000 members have arrived"),
        (1_010, {"kind": "ACCOUNTS"}, True, "Segment counts accounts here"),
        (5, {"size": None}, True, ""),
        (1_000, {}, True, "As many as the audience has."),
        (1_010, {}, True, "More than the audience's 1,000"),
        (400, {}, False, "still arriving: 400 of 1,000 so far"),
        (400, {"kind": "ACCOUNTS"}, True, "Segment counts accounts here"),
        (46, {"history": False}, True, "46 of 1,000: the audience doesn't include historical data"),
        (400, {"identifiers": ("user_id", "anonymous_id")}, True, "we can't tell yet why the others are missing"),
        (985, {"identifiers": ("user_id",)}, True, "a small difference is normal"),
        (950, {"identifiers": ("user_id",)}, True, "the others may lack the identifier that the context key needs"),
        (400, {"identifiers": ("user_id",)}, True, "we can't tell yet why the others are missing"),
    ],
)
def test_a_difference_is_explained_in_one_sentence_or_two(
    members: int | None, audience: dict[str, Any], rests: bool, said: str
) -> None:
    seen = Counted(members, replace(BIG, **audience), ContextKey.USER_ID_ONLY, rests)
    assert said in about_the_count(seen)
    assert about_the_count(seen).count(". ") <= (seen.members == 1_010)


def test_more_members_than_the_audience_are_explained_by_the_context_key() -> None:
    """Every person has one userId, so a person never becomes several contexts by it."""
    by_user_id = about_the_count(Counted(1_010, BIG, ContextKey.USER_ID_ONLY))
    assert "1,000: members who left are still in the segment." in by_user_id
    assert by_user_id.endswith("audience-wizard troubleshoot more-members finds the cause.")
    assert "several" not in by_user_id
    by_email = about_the_count(Counted(1_010, BIG, ContextKey.EMAIL_ONLY))
    assert "several email addresses" in by_email
    assert "several identifiers" not in by_email
    assert "several identifiers" in about_the_count(Counted(1_010, BIG, ContextKey.USER_ID_THEN_EMAIL))
    rekeyed = Counted(2_000, BIG, ContextKey.EMAIL_ONLY, has_old_keys=True)
    assert "stay under their old keys" in about_the_count(rekeyed)
    assert "several" not in about_the_count(rekeyed)


def test_left_out_members_are_named_once_a_check_saw_them_and_earlier_ones_before_all() -> None:
    seen = Counted(400, replace(BIG, identifiers=("user_id", "anonymous_id")), ContextKey.USER_ID_ONLY)
    left_out = replace(seen, lacks_identifiers=True)
    assert "leaves out members who only have anonymous_id" in about_the_count(left_out)
    lacks = replace(left_out, lacks_earlier=True)
    assert "refused or not sent" in about_the_count(lacks)
    assert "were members before it was deleted" in about_the_count(replace(lacks, was_made_again=True))


def test_members_that_were_taken_and_not_counted_yet_are_not_said_to_be_missing() -> None:
    seen = Counted(0, BIG, ContextKey.USER_ID_ONLY, was_taken=True)
    assert (
        about_the_count(seen)
        == "LaunchDarkly accepted what Segment sent, but counts none of the audience's 1,000 members yet."
    )


@pytest.mark.parametrize(
    ("members", "said"), [(950, "950 of 1,000 members: "), (1_050, "1,050 members, 50 more than the audience: ")]
)
def test_while_the_connection_is_off_nothing_arrives(members: int, said: str) -> None:
    seen = Counted(members, BIG, ContextKey.USER_ID_ONLY, rests=False, is_off=True)
    assert about_the_count(seen) == f"{said}while the connection is off, nobody is added or removed."


def test_without_an_audience_to_compare_with_nothing_is_said() -> None:
    assert about_the_count(Counted(5, None, None)) == ""


# --- recognized --------------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ANSWERS = Answers(project="shop", environment="production", audiences=(AUDIENCE.id,))


def noted(*listed: LaunchDarklySegment, kind: str = "", **more: Any) -> tuple[str, ...]:
    facts = Facts(NOW, segments=listed, audiences=(AUDIENCE,), **more)
    answers = replace(ANSWERS, context_kind=kind)
    return recognize.notes(segment_of_audience.whereabouts(AUDIENCE, facts, answers), AUDIENCE, facts, answers)


def test_an_audience_that_was_made_again_has_a_stale_namesake() -> None:
    (note,) = noted(replace(SEGMENT, key="segment-audiences-aud_0"))
    assert "its key has another audience's ID" in note


def test_a_namesake_from_before_whose_key_says_nothing_is_not_taken_for_granted() -> None:
    old = replace(SEGMENT, key="5f3c")
    (note,) = noted(old, known_segments={"5f3c": None})
    assert "Compare the members." in note
    assert noted(old) == ()
    assert noted(SEGMENT, known_segments={SEGMENT.key: None}) == ()


def test_a_segment_that_was_made_again_says_so() -> None:
    (note,) = noted(replace(SEGMENT, generation=2))
    assert "deleted in LaunchDarkly and recreated" in note


@pytest.mark.parametrize(
    "before",
    [
        {"found_segments": {"vip": "a-key"}},
        {"known_segments": {SEGMENT.key: None}},
        {"known_segments": {"shop-AUD_1": None}},
    ],
)
def test_a_segment_that_was_there_is_gone_once_launchdarkly_says_so(before: dict[str, Any]) -> None:
    gone = ("The segment is gone. Someone deleted it in LaunchDarkly.",)
    assert noted(**before) == gone
    assert noted(SEGMENT, **before) == ()
    for silent in (SILENT, None):
        facts = Facts(NOW, segments=silent, audiences=(AUDIENCE,), **before)
        where = segment_of_audience.whereabouts(AUDIENCE, facts, ANSWERS)
        assert recognize.notes(where, AUDIENCE, facts, ANSWERS) == ()


def test_a_changed_mapping_is_seen_in_the_kind_of_the_segment() -> None:
    made = replace(SEGMENT, context_kind="user")
    (note,) = noted(made, kind="account")
    assert "user contexts, but the mapping creates account" in note
    assert noted(made, kind="user") == ()


def test_a_segment_in_another_environment_is_named_with_it() -> None:
    elsewhere = {"staging": (), "test": (SEGMENT,)}
    assert noted(segments_elsewhere=elsewhere, delivery=Delivery(5, 0, 0)) == (
        "The segment is in the environment test, not in production.",
    )
    assert noted(segments_elsewhere=elsewhere) == (), "nothing was delivered: it may be another destination's"


def test_what_was_found_once_is_still_it_under_another_name() -> None:
    renamed = replace(SEGMENT, key="a-key", name="Our best customers")
    match = match_segments(AUDIENCE, [renamed])
    assert match.found is None
    assert seen_before(match, "a-key", [renamed]).found == renamed
    assert seen_before(match, "another-key", [renamed]).found is None
    assert seen_before(match, "a-key", [replace(renamed, deleted=True)]).found is None


def test_one_that_was_made_by_hand_never_gets_members() -> None:
    (note,) = noted(namesakes=(replace(SEGMENT, key="vip", external="", name="Vip"),))
    assert "created by hand" in note


# --- causes ------------------------------------------------------------------------------------------------------


def finding(id: str, status: Status, audience: str = "") -> Finding:
    evidence = {"audience": audience} if audience else {}
    return Finding(id, id, status, f"{id} said so", fix=f"mend {id}", evidence=evidence)


def test_what_is_certain_is_known_at_once_and_what_time_brings_is_not() -> None:
    findings = (
        finding("destination.enabled", Status.FAIL),
        finding("audience.size", Status.FAIL, "vip"),
        finding("sync.filtered", Status.WARN),
        finding("sync.delivery", Status.FAIL),
        finding("audience.attached", Status.FAIL, "vip"),
        finding("mapping.batching", Status.WARN),
    )
    at_once = [cause.check for cause in known_at_once(Stage.DELIVERED, findings, "vip")]
    assert at_once == ["destination.enabled", "audience.size", "sync.filtered"]


def test_an_activation_that_is_off_is_certain_and_one_that_nobody_can_tell_is_not() -> None:
    off, unsure = (finding("audience.activation", status, "vip") for status in (Status.WARN, Status.UNKNOWN))
    assert [cause.check for cause in known_at_once(Stage.DELIVERED, (off,), "vip")] == ["audience.activation"]
    assert not known_at_once(Stage.DELIVERED, (unsure,), "vip")
    first, *others = causes_of(Stage.DELIVERED, (unsure,), "vip")
    assert (first.check, first.is_certain) == ("audience.activation", False)
    assert others, "the usual causes are possible too"


def test_what_only_says_the_stage_again_is_reported_by_its_cause() -> None:
    refused = replace(finding("sync.delivery", Status.FAIL), cause="The token may not write.")
    (cause,) = causes_of(Stage.DELIVERED, (refused,), "vip", with_usual=False)
    (elsewhere, *_) = causes_of(Stage.VISIBLE, (refused,), "vip")
    assert cause.text == "The token may not write."
    assert elsewhere.text == "sync.delivery said so"


def test_who_lacks_an_identifier_explains_a_refusal_but_not_that_nothing_was_sent() -> None:
    findings = (finding("audience.identifiers", Status.WARN, "vip"),)
    late = causes_of(Stage.DELIVERED, findings, "vip")
    refused = causes_of(Stage.DELIVERED, findings, "vip", with_usual=False, was_refused=True)
    assert "audience.identifiers" not in {cause.check for cause in late}
    assert [cause.check for cause in refused] == ["audience.identifiers"]


def test_what_may_be_another_audiences_is_a_possibility_no_more() -> None:
    refused = finding("sync.delivery", Status.FAIL)
    shared = replace(refused, evidence={"of": "any audience"})
    assert causes_of(Stage.VISIBLE, (refused,), "vip")[0].is_certain
    assert not any(cause.is_certain for cause in causes_of(Stage.VISIBLE, (shared,), "vip"))
    assert causes_of(Stage.VISIBLE, (replace(refused, evidence={"audience": "another"}),), "vip")[0].check == ""


def test_where_something_is_certain_only_that_is_reported() -> None:
    findings = (
        finding("audience.size", Status.UNKNOWN, "vip"),
        finding("mapping.enabled", Status.FAIL),
        finding("audience.identifiers", Status.FAIL, "another"),
        finding("launchdarkly.flags", Status.WARN, "vip"),
        finding("destination.enabled", Status.PASS),
    )
    causes = causes_of(Stage.DELIVERED, findings, "vip")
    assert [(cause.check, cause.fix, cause.is_certain) for cause in causes] == [
        ("mapping.enabled", "mend mapping.enabled", True)
    ]


def test_where_nothing_is_certain_what_a_check_saw_comes_before_what_is_usual() -> None:
    findings = (finding("audience.size", Status.UNKNOWN, "vip"), finding("mapping.batching", Status.WARN))
    causes = causes_of(Stage.DELIVERED, findings, "vip")
    assert [cause.check for cause in causes] == ["mapping.batching", "audience.size", "", ""]
    assert not any(cause.is_certain for cause in causes)
    assert "Send Identify" in causes[2].text


def test_a_stage_is_no_cause_of_itself() -> None:
    causes = causes_of(Stage.VISIBLE, (finding("sync.segment", Status.UNKNOWN, "vip"),), "vip")
    assert all(not cause.check for cause in causes)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_usual_causes_and_never_too_many(stage: Stage) -> None:
    every = tuple(finding(f"destination.{number}", Status.FAIL) for number in range(9))
    assert causes_of(stage, (), "vip")
    assert len(causes_of(stage, every, "vip")) <= MOST


# --- members over time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "numbers", "blocks"),
    [
        ((), "", ""),
        ((1_234,), "", ""),
        ((0, 1_234), "0 → 1,234", "▁█"),
        ((0, 412, 1_234), "0 → 412 → 1,234", "▁▃█"),
        ((0, 0), "0 → 0", "▁▁"),
    ],
)
def test_members_over_time_are_one_line(counts: tuple[int, ...], numbers: str, blocks: str) -> None:
    assert (member_counts.numbers(counts), member_counts.blocks(counts)) == (numbers, blocks)


def test_a_long_way_keeps_its_ends() -> None:
    counts = tuple(range(0, 50_000, 1_000))
    assert member_counts.numbers(counts).startswith("0 → ")
    assert member_counts.numbers(counts).endswith(" → 49,000")
    assert len(member_counts.blocks(counts)) == 12


# Found before Review, about flags instead of the segment, or said by the stage itself.
EXPLAINS_NO_STAGE = {
    "launchdarkly.made_token.left",  # nothing uses that token
    "launchdarkly.context_keys",  # matters to flags, not to the sync
    *("machine.keyring", "machine.clock"),
    *("launchdarkly.reachable", "launchdarkly.client_side.reachable", "segment.reachable"),
    *("launchdarkly.token.kind", "launchdarkly.token.valid", "launchdarkly.token.personal"),
    *("launchdarkly.token.lifetime", "launchdarkly.client_side_id", "launchdarkly.project"),
    *("launchdarkly.environment", "segment.token.kind", "segment.token.valid", "segment.token.permissions"),
    *("segment.region", "segment.catalog", "segment.engage", "segment.engage.source"),
    *("launchdarkly.store", "launchdarkly.context_kind", "launchdarkly.flags", "audience.other_activations"),
    *("audience.kind", "audience.cadence", "sync.test_user", "sync.orphan"),
}


def test_every_check_explains_a_stage_or_is_known_to_explain_none() -> None:
    """Add a new check to `_CHECKS` of `causes.py`, under each stage that it can hold up, or to the set above."""
    failures = {check.id: (finding(check.id, Status.WARN),) for check in CHECKS}
    explains = {
        check_id
        for check_id, findings in failures.items()
        for stage in Stage
        if any(cause.check == check_id for cause in causes_of(stage, findings, "vip", was_refused=True))
    }
    assert explains | EXPLAINS_NO_STAGE == {check.id for check in CHECKS}
    assert explains.isdisjoint(EXPLAINS_NO_STAGE)
