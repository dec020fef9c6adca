"""Many audiences on one screen: the one that needs attention is first and in full, the others take one line each."""

from __future__ import annotations

from dataclasses import replace

from tests.fake_clock import START
from tests.flow.watching.test_stages import SEGMENT
from tests.ui.terminal.test_attention import D, N, S, U, audience
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.member_counts import rate
from wizard.flow.watching.progress import AudienceProgress, Cause, Progress, StageSeen, WatchOutcome
from wizard.ui.panes import sync_lines
from wizard.ui.panes.sync_lines import (
    audience_lines,
    ending,
    environment_lines,
    how_it_went,
    how_many_environments,
    segment_lines,
)
from wizard.ui.widgets.aligned import Line

W = StageState.WAITING


def done(name: str) -> AudienceProgress:
    return replace(
        audience(D, D, D, D, D, N, name=name), segment=replace(SEGMENT, name=name), url="https://example.com"
    )


def heads(lines: tuple[Line, ...]) -> list[str]:
    return [f"{line.head}|{line.text}" for line in lines]


def test_the_worst_comes_first_and_the_finished_are_one_line_each() -> None:
    waits = audience(D, U, W, W, W, N, name="waits")
    stuck = audience(D, D, S, W, W, N, name="stuck")
    lines = audience_lines(Progress(START, 60, (*(done(f"done {n}") for n in range(18)), waits, stuck)))
    assert heads(lines)[0] == "Audience|stuck  becomes  Vip customers"
    folded = heads(lines)[-19:]
    assert folded[0] == "○ under way|waits · computed"
    assert folded[1] == "✓ done|done 0 · 40 members"
    assert folded[-1] == "✓ done|done 17 · 40 members"


def test_when_all_are_done_each_is_one_line() -> None:
    lines = audience_lines(Progress(START, 60, tuple(done(f"done {n}") for n in range(20))))
    assert len(lines) == 20


def test_what_the_checks_found_wrong_keeps_it_from_being_called_finished() -> None:
    wrong = replace(done("few"), problems=("Few has 46 of 1,234 members.",))
    assert (done("few").is_green, wrong.is_green) == (True, False)
    assert not Progress(START, 60, (done("all"), wrong)).is_green


def test_a_stage_that_needs_a_look_says_why_and_what_next() -> None:
    stuck = audience(D, D, S, W, W, N)
    causes = (Cause("The mapping is off.", "Switch it on.", "mapping.enabled", is_certain=True), Cause("It is early."))
    stages = tuple(
        replace(stage, causes=causes, advice="Switch it on.") if stage.state is S else stage for stage in stuck.stages
    )
    said = "\n".join(heads(audience_lines(Progress(START, 60, (replace(stuck, stages=stages),)))))
    in_order = ("  cause|The mapping is off.", "  next|Switch it on.", "F2 troubleshoots it", "  possible|It is early.")
    assert sorted(in_order, key=said.index) == list(in_order)


def test_in_short_the_stages_before_one_that_needs_a_look_take_one_line() -> None:
    stuck, waits = (Progress(START, 60, (audience(D, D, state, W, W, N),)) for state in (S, U))
    done = [line for line in heads(audience_lines(stuck, in_short=True)) if line.startswith("✓ done")]
    assert done == ["✓ done|attached · computed"]
    assert audience_lines(waits, in_short=True) == audience_lines(waits)


def test_an_environment_that_is_stuck_leads_to_its_troubleshooting() -> None:
    progress = Progress(START, 60, (audience(D, D, S, W, W, N),))
    said = "\n".join(heads(tuple(environment_lines("shop / staging", progress))))
    assert "shop / staging" in said
    assert "  next|F2 finds the cause." in said
    assert "next|" not in "\n".join(heads(tuple(environment_lines("shop / staging", progress, is_told_below=True))))


def test_a_cause_that_stands_above_the_stages_is_not_told_twice() -> None:
    cause = Cause("An allowlist.", "Add the addresses.", "sync.delivery", is_certain=True)
    stuck = audience(D, D, S, W, W, N)
    stages = tuple(
        replace(stage, causes=(cause,), advice=cause.fix) if stage.state is S else stage for stage in stuck.stages
    )
    said = "\n".join(
        heads(audience_lines(Progress(START, 60, (replace(stuck, stages=stages),)), frozenset({cause.check})))
    )
    assert "F2 troubleshoots it" in said
    assert not {"cause", "next"} & set(said.split())


def test_how_long_it_took_is_said_where_somebody_watched_or_launchdarkly_says_it() -> None:
    unseen = done("VIP")
    stages = tuple(replace(stage, elapsed_s=60.0) for stage in unseen.stages)
    ways = (
        replace(unseen, stages=stages),
        unseen,
        replace(unseen, came_after_s=555.0),
    )
    told = [str(ending(Progress(START, 600, (one,)))) for one in ways]
    assert told == ["VIP → VIP · 40 members · 10 min", "VIP → VIP · 40 members", "VIP → VIP · 40 members · 9 min"]


def test_more_members_than_the_audience_are_no_part_of_it() -> None:
    one = done("VIP")
    assert one.segment is not None
    more = replace(one, size=30)
    assert str(ending(Progress(START, 600, (more,)))) == "VIP → VIP · 40 members, 10 more than the audience"


def test_deliveries_are_drawn_minute_by_minute() -> None:
    delivered = audience(D, D, D, U, W, N)
    stages = tuple(
        replace(stage, per_minute=(0, 120, 40)) if stage.stage is Stage.DELIVERED else stage
        for stage in delivered.stages
    )
    said = heads(audience_lines(Progress(START, 60, (replace(delivered, stages=stages),))))
    assert "|▁█▃  0 to 120 a minute" in said


def test_members_over_time_are_one_line_with_first_and_last() -> None:
    grown = replace(done("grown"), counts=(0, 12, 40), about_the_count="As many as the audience has.")
    said = heads(audience_lines(Progress(START, 60, (grown,))))
    assert "  Members|▁▃█  0 → 12 → 40" in said
    assert "|As many as the audience has." in said


def test_a_stage_that_waits_says_how_long_it_usually_takes_where_that_fits() -> None:
    first = audience(D, U, W, W, W, N)
    stages = tuple(replace(stage, usual="a minute or two; shown later") for stage in first.stages)
    lines = audience_lines(Progress(START, 60, (replace(first, stages=stages),)))
    waits = next(line for line in lines if "waiting" in str(line.head))
    assert str(waits.beside) == "  usually a minute or two"
    assert not any("not asked" in head for head in heads(lines)), "a test user that nobody named is no stage"


def test_a_sync_that_ended_says_how_each_stage_went() -> None:
    one = Progress(START, 60, (done("VIP"),))
    assert [str(line.head) for line in how_it_went(one)] == ["✓ done"] * 5
    assert how_it_went(Progress(START, 60, (done("VIP"), done("New")))) == ()


def test_that_there_is_no_count_yet_is_said_once() -> None:
    one = done("new")
    assert one.segment is not None
    uncounted = replace(one, segment=replace(one.segment, included_count=None), about_the_count="No count yet.")
    said = "\n".join(heads(audience_lines(Progress(START, 60, (uncounted,)))))
    assert "Members|" not in said
    assert "No count yet" not in said


def test_audiences_whose_end_is_said_above_have_no_title_of_their_own() -> None:
    ended = Progress(START, 60, (done("VIP"), done("New")), WatchOutcome.APPEARED)
    assert audience_lines(ended) == ()


def test_one_environment_is_synced_and_two_are() -> None:
    said = [how_many_environments(synced, 3).plain for synced in (0, 1, 2)]
    assert said == [f"○ {n} of 3 environments {be} synced." for n, be in ((0, "are"), (1, "is"), (2, "are"))]


def test_each_of_two_keys_says_whose_it_is() -> None:
    one, two = (
        segment_lines(Progress(START, 60, (done("VIP"),))),
        segment_lines(Progress(START, 60, (done("A"), done("B")))),
    )
    assert [str(line.beside) for line in (one[0], two[0], two[2])] == ["", " · A", " · B"]


def test_a_rate_is_true_of_each_minute() -> None:
    assert [rate(counts) for counts in ((3, 0, 3, 0, 3), (4, 4), (7,), ())] == ["0 to 3 a minute", "4 a minute", "", ""]


def test_what_is_said_of_a_stage_under_way_is_said_in_sentences() -> None:
    stage = StageSeen(
        Stage.DELIVERED, U, "Delivered", "12 events; Segment doesn't show for which audience", usual="a minute; late"
    )
    _, said = sync_lines._stage(stage)
    assert str(said.text) == "12 events. Segment doesn't show for which audience. Usually a minute. Late."
