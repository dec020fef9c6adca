"""With nothing wrong, the walk reports nothing: no warning, no unknown and no fix from the first step to the last."""

from __future__ import annotations

from tests.walk_copies import applied, at_review
from tests.walks import Staged, watch_to_the_end
from wizard.domain.findings import Status
from wizard.flow.steps.next_steps import next_steps
from wizard.flow.watching.progress import WatchOutcome

QUIET = {Status.PASS, Status.SKIPPED}


def _loud(staged: Staged) -> list[tuple[str, str, str]]:
    """Return the findings that ask for attention, except for things that the waiting plan is about to make."""
    return [
        (finding.id, str(finding.status), finding.summary)
        for finding in staged.walk.findings
        if finding.status not in QUIET or finding.fix
    ]


async def test_no_step_warns_before_anything_is_made() -> None:
    staged = await at_review("happy")
    assert _loud(staged) == []
    marked = [note.text for step in staged.walk.steps for note in step.notes(staged.walk.state) if note.mark == "!"]
    assert marked == []


async def test_a_first_sync_within_its_usual_time_warns_of_nothing() -> None:
    staged = await applied("happy")
    began = staged.clock.monotonic()
    for minutes in (0, 1, 3, 6, 9, 12, 20):
        await staged.clock.sleep(began + minutes * 60 - staged.clock.monotonic())
        await staged.walk.read_again()
        assert _loud(staged) == [], minutes


async def test_the_end_warns_of_nothing() -> None:
    staged = await applied("happy")
    progress = await watch_to_the_end(staged, staged.clock.now(), every_s=None)
    assert progress[-1].outcome is WatchOutcome.APPEARED
    stages = [seen for one in progress for audience in one.audiences for seen in audience.stages]
    assert [(seen.stage, cause.text) for seen in stages for cause in seen.causes] == []
    await staged.walk.read_again()
    assert _loud(staged) == []
    assert [note.text for note in next_steps(staged.walk.state) if note.mark == "!"] == []
