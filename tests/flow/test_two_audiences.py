"""Each of two audiences has its own stages and causes, although Segment counts both together."""

from __future__ import annotations

from dataclasses import replace

from tests.walks import Staged, apply_all, stage, walk_to_review
from wizard.domain.findings import Status
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen
from wizard.flow.watching.watch import follow, record_progress

REFUSED, FINE = "vip_customers", "new_signups"  # in this world members of the first have no user ID
MINUTE = 60.0


async def applied(*, names_audiences: bool = False) -> Staged:
    staged = stage("anonymous-audience")
    staged.sandbox.world.workspaces[0].names_audiences = names_audiences
    await walk_to_review(staged, (REFUSED, FINE))
    await apply_all(staged, replace(staged.walk.plan(), blocked_by=()))
    return staged


async def watched(staged: Staged, minutes: float = 25) -> Progress:
    """Follow the first sync, and return the progress of the last poll."""
    async for progress in follow(staged.walk, timeout_s=minutes * MINUTE, every_s=2 * MINUTE):
        record_progress(staged.walk, progress)
    return progress


def of(progress: Progress, key: str) -> AudienceProgress:
    return next(one for one in progress.audiences if one.key == key)


def stage_of(audience: AudienceProgress, hop: Stage) -> StageSeen:
    return next(seen for seen in audience.stages if seen.stage is hop)


def causes(audience: AudienceProgress) -> set[str]:
    return {cause.check for seen in audience.stages for cause in seen.causes if cause.is_certain}


async def test_who_is_switched_off_is_not_told_what_launchdarkly_refuses_the_other() -> None:
    staged = await applied()
    audiences = staged.sandbox.world.workspaces[0].audiences.values()
    next(one for one in audiences if one.key == FINE).enabled = False
    last = await watched(staged)
    refused, off = of(last, REFUSED), of(last, FINE)
    assert stage_of(refused, Stage.DELIVERED).state is StageState.LATE
    assert causes(refused) == {"audience.identifiers", "sync.delivery"}
    assert stage_of(off, Stage.COMPUTED).state is StageState.STUCK
    assert stage_of(off, Stage.DELIVERED).state is StageState.WAITING
    assert causes(off) == {"audience.enabled"}


async def test_who_has_arrived_is_done_whatever_is_refused_of_the_other() -> None:
    """Check soon after the first segment appeared, when the other one is late, and long after."""
    staged = await applied()
    told = [15, 25, 50]
    async for progress in follow(staged.walk, timeout_s=told[-1] * MINUTE, every_s=2 * MINUTE):
        if progress.elapsed_s < told[0] * MINUTE:
            continue
        told.pop(0)
        refused, fine = of(progress, REFUSED), of(progress, FINE)
        assert fine.is_green
        assert causes(fine) == set()
        delivered = stage_of(refused, Stage.DELIVERED)
        assert (delivered.state, "doesn't show for which audience" in delivered.detail) == (StageState.UNKNOWN, True)
        assert causes(refused) == {"audience.identifiers"}
        if not told:
            break
    assert not told


async def test_where_segment_names_them_each_has_its_own_counts() -> None:
    staged = await applied(names_audiences=True)
    last = await watched(staged)
    refused, fine = of(last, REFUSED), of(last, FINE)
    assert "refused: BAD_REQUEST" in stage_of(refused, Stage.DELIVERED).detail
    assert stage_of(refused, Stage.DELIVERED).state is StageState.LATE
    assert "refused" not in stage_of(fine, Stage.DELIVERED).detail
    assert "events delivered" in stage_of(fine, Stage.DELIVERED).detail
    found = {one.evidence["audience"]: one.status for one in staged.walk.findings if one.id == "sync.delivery"}
    assert found == {REFUSED: Status.SKIPPED, FINE: Status.PASS}
    assert causes(refused) == {"audience.identifiers"}, "what the refusals wait for"
    assert causes(fine) == set()
    assert list(staged.sandbox.breaches) == []
