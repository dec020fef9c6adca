"""The usual durations are learned only from stages that were watched from beginning to end."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.watching.test_stages import AUDIENCE, BATCH
from tests.walk_copies import applied
from tests.walks import Staged
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import AudienceKind
from wizard.domain.signals.usual_times import Kind, is_slow, kind_of
from wizard.domain.stage import Stage, StageState
from wizard.flow.profile.durations import KEPT, History, Usual
from wizard.flow.watching.progress import AudienceProgress, StageSeen, WatchOutcome
from wizard.flow.watching.watch import watch, watch_start
from wizard.flow.watching.watched_audience import WatchedAudience

MINUTE = 60.0


def seen(state: StageState, elapsed_s: float, hop: Stage = Stage.VISIBLE) -> tuple[StageSeen]:
    return (StageSeen(hop, state, "", elapsed_s=elapsed_s),)


def test_each_kind_of_audience_is_learned_apart() -> None:
    assert kind_of(AUDIENCE) is Kind.REAL_TIME
    assert kind_of(BATCH) is Kind.BATCH
    assert kind_of(replace(BATCH, kind=AudienceKind.ACCOUNTS)) is Kind.ACCOUNT
    assert kind_of(None) is Kind.REAL_TIME


def test_batch_and_account_audiences_are_slow() -> None:
    assert is_slow(BATCH)
    assert is_slow(replace(AUDIENCE, kind=AudienceKind.ACCOUNTS))
    assert not is_slow(AUDIENCE)
    assert not is_slow(None)


def test_the_median_of_the_runs_is_usual_and_another_process_knows_it(tmp_path: Path) -> None:
    for took in ([500.0], [560.0, 600.0, 540.0], [4_000.0]):
        History(tmp_path).learn({(Kind.REAL_TIME, Stage.DELIVERED): took})
    usual = History(tmp_path).of(Kind.REAL_TIME)[Stage.DELIVERED]
    assert usual == Usual(560.0, 3)
    assert str(usual) == "about 9 min here (3 runs)"
    assert History(tmp_path).of(Kind.BATCH) == {}


def test_the_file_is_private_small_and_holds_no_names(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for _ in range(KEPT + 5):
        History(home).learn({(Kind.BATCH, Stage.COMPUTED): [12.0]})
    (file,) = home.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {"batch": {"computed": [12.0] * KEPT}}


@pytest.mark.parametrize("content", [b"{", b'{"batch": {"computed": ["soon"]}}', b'{"moon": {"rise": [1]}}'])
def test_a_file_that_cannot_be_used_is_done_without(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "usual.json").write_bytes(content)
    assert History(tmp_path).of(Kind.BATCH) == {}


def test_a_folder_that_cannot_be_written_to_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")
    history.learn({(Kind.BATCH, Stage.COMPUTED): [12.0]})
    assert history.of(Kind.BATCH)[Stage.COMPUTED].runs == 1


def test_a_stage_is_learned_when_it_was_seen_to_begin_and_to_end() -> None:
    watched = WatchedAudience(AUDIENCE)
    watched.update_stages(seen(StageState.UNDER_WAY, 0), 0)
    watched.update_stages(seen(StageState.DONE, 10), 10)
    assert watched.durations_s == {Stage.VISIBLE: 10}


@pytest.mark.parametrize("times", [(3 * 86_400.0, 3 * 86_400.0 + 10), (0.0, 3 * 86_400.0)])
def test_days_between_two_looks_teach_nothing(times: tuple[float, float]) -> None:
    watched = WatchedAudience(AUDIENCE)
    watched.update_stages(
        (*seen(StageState.DONE, 0, Stage.ATTACHED), *seen(StageState.UNDER_WAY, times[0]))
        if times[0]
        else seen(StageState.UNDER_WAY, 0),
        times[0],
    )
    watched.update_stages(seen(StageState.DONE, times[1]), times[1])
    assert watched.durations_s == {}


def test_what_waits_for_people_is_not_learned() -> None:
    watched = WatchedAudience(AUDIENCE)
    watched.update_stages(seen(StageState.UNDER_WAY, 0, Stage.ATTACHED), 0)
    watched.update_stages(seen(StageState.DONE, 10, Stage.ATTACHED), 10)
    assert watched.durations_s == {}


async def _applied() -> Staged:
    return await applied("happy")


async def test_a_watch_teaches_and_the_next_one_says_so() -> None:
    staged = await _applied()
    looks = [look async for look in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=3_600)]
    assert looks[-1].outcome is WatchOutcome.APPEARED
    usual = staged.walk.session.history.of(Kind.REAL_TIME)
    assert MINUTE < usual[Stage.DELIVERED].seconds < 15 * MINUTE

    async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=0):
        assert "here (1 run)" in progress.audiences[0].stages[2].usual
    assert staged.walk.session.history.of(Kind.REAL_TIME) == usual


async def test_a_user_who_leaves_in_between_teaches_what_was_seen_so_far() -> None:
    staged = await _applied()
    looks = watch(staged.walk.ports, watch_start(staged.walk))
    async for progress in looks:
        if progress.audiences[0].stages[3].state is StageState.DONE:
            break
    await looks.aclose()  # type: ignore[attr-defined]
    assert Stage.DELIVERED in staged.walk.session.history.of(Kind.REAL_TIME)


def test_what_two_runs_learn_at_the_same_time_is_all_kept(tmp_path: Path) -> None:
    one, other = History(tmp_path), History(tmp_path)
    one.learn({(Kind.REAL_TIME, Stage.DELIVERED): [60.0]})
    other.learn({(Kind.REAL_TIME, Stage.VISIBLE): [600.0]})
    assert History(tmp_path).of(Kind.REAL_TIME).keys() == {Stage.DELIVERED, Stage.VISIBLE}


def test_a_segment_counts_as_synced_when_the_time_is_up_once_it_gets_members() -> None:
    there = LaunchDarklySegment("vip", "VIP", included_count=9)
    refused = (StageSeen(Stage.COUNTED, StageState.STUCK, "", was_refused=True),)
    before = AudienceProgress("aud_1", "vip", "VIP", "Vip", seen(StageState.DONE, 60.0), size=9)
    arrived = replace(before, segment=there)
    assert arrived.has_arrived
    assert replace(arrived, size=0, segment=replace(there, included_count=0)).has_arrived, "nobody is in the audience"
    assert not before.has_arrived
    assert not replace(arrived, segment=replace(there, included_count=0)).has_arrived
    assert not replace(arrived, stages=refused).has_arrived, "members from before this run aren't its own"
