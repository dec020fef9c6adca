"""Three interfaces, one flow: the same world walked on the full screen, line by line, and by commands.

The test compares the questions answered, in order; the answers; the plan; the results; and the findings.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.fake_clock import FakeClock, in_minutes
from tests.headless.plain.plain_script import Script
from tests.ui.scenarios import SimulatedWizard, on_with, reach, settled
from tests.walks import Staged, stage, stage_on
from wizard.domain.answers import Answers, AskId
from wizard.domain.findings import Finding
from wizard.flow.profile.session import Session
from wizard.flow.steps.ask import Ask, Value
from wizard.flow.walk import Walk
from wizard.flow.writing.bookkeeping import record_results
from wizard.headless.commands.apply_command import apply_plan
from wizard.headless.commands.plan_command import plan as show_plan
from wizard.headless.commands.watch_command import watch_sync
from wizard.headless.options import Options
from wizard.headless.plain.run import PlainWalk
from wizard.headless.printing.documents import plan_document, results_document
from wizard.headless.printing.output import Output
from wizard.ui.panes.changes.review import ReviewPane
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.screens.dialogs.finding import FindingScreen, Verdict

SETUP = """
[launchdarkly]
project = "shop"
environment = "production"
server_side = true
[segment]
space = "prod"
by_hand = false
[mapping]
context_kind = "user"
context_key = "user_id_only"
batching = true
[audiences]
include = ["vip_customers"]
"""
Found = list[tuple[str, str, str]]


@dataclass
class Walked:
    """The answers, plan, findings and results of one interface in a world."""

    asked: list[AskId] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)  # at Review
    plan: dict[str, Any] = field(default_factory=dict)
    found: Found = field(default_factory=list)  # at Review
    results: dict[str, Any] = field(default_factory=dict)
    segments: list[tuple[str, int | None, str]] = field(default_factory=list)
    found_after: Found = field(default_factory=list)  # once the changes were made

    def at_review(self, walk: Walk) -> None:
        self.answers, self.plan, self.found = walk.state.answers, plan_document(walk.plan()), current_findings(walk)

    async def after_the_changes(self, walk: Walk) -> None:
        """Read everything: one interface reads the first sync's facts at once, another only at that step."""
        walk.left_out = frozenset()  # a command skips calls that it doesn't need
        await walk.read()
        self.found_after = [_found(one) for one in walk.findings]


def current_findings(walk: Walk) -> Found:
    """Return the findings of the steps up to Review."""
    return [_found(one) for step in walk.steps if step.id != "first_sync" for one in walk.findings_of(step)]


def _found(one: Finding) -> tuple[str, str, str]:
    return one.id, one.status.value, one.summary


def recorded(walk: Walk, walked: Walked, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Return the walk, which from now on records each question as its answer is taken."""
    take = walk.answer

    def answer(ask: Ask, value: Value) -> str:
        mistake = take(ask, value)
        if not mistake:
            walked.asked.append(ask.id)
        return mistake

    monkeypatch.setattr(walk, "answer", answer)
    return walk


# --- the full screen --------------------------------------------------------------------------------------------


class RecordedWizard(SimulatedWizard):
    def __init__(self, world: str, record: partial[Walk]) -> None:
        super().__init__(world)
        self._record = record

    def _build(self) -> Walk:
        return self._record(super()._build())


async def on_screen(world: str, monkeypatch: pytest.MonkeyPatch) -> Walked:
    walked = Walked()
    app = RecordedWizard(world, partial(recorded, walked=walked, monkeypatch=monkeypatch))
    async with app.run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await _enter_until_review(pilot, app)
        walk, review = app.walk_screen.walk, app.walk_screen.pane
        assert walk is not None
        assert isinstance(review, ReviewPane)
        walked.at_review(walk)
        if walked.plan["blocked_by"]:
            return walked
        review.press_next()
        await settled(pilot)
        assert app.applying is not None
        walked.results = results_document(app.applying.results.values())
        await walked.after_the_changes(walk)
        await reach(pilot, ("until:first_sync", "leap:7200"))
        walked.segments = _segments_on_screen(app)
    return walked


async def _enter_until_review(pilot: Pilot[Any], app: SimulatedWizard) -> None:
    """Press Enter until Review; go on past findings, as a person may."""
    await settled(pilot)
    for _ in range(60):
        if app.walk_screen.at == "review":
            return
        if isinstance(app.screen, FindingScreen):
            app.screen.dismiss(Verdict.ANYWAY)
        else:
            await pilot.press(*on_with(pilot))
        await settled(pilot)
    raise AssertionError("Review was not reached")


def _segments_on_screen(app: SimulatedWizard) -> list[tuple[str, int | None, str]]:
    pane = app.walk_screen.pane
    assert isinstance(pane, FirstSyncPane)
    progress = pane._progress
    assert progress is not None
    seen = [(audience.segment, audience.url) for audience in progress.audiences]
    return [(one.key, one.included_count, url) for one, url in seen if one is not None]


# --- line by line -----------------------------------------------------------------------------------------------


@dataclass
class Person(Script):
    """A person who answers as Enter does: the suggestion, else the first choice; past findings they go on."""

    def __init__(self, walk: Walk, walked: Walked) -> None:
        super().__init__(())
        self._walk, self._walked = walk, walked

    async def ask(self, prompt: str) -> str:
        self.said.append(prompt)
        before = "\n".join(self.said[-3:])
        if "Type yes to" in before:
            self._walked.at_review(self._walk)
            return "yes"
        if prompt.startswith("Enter checks again"):
            self._walked.at_review(self._walk)
            return "q"
        if "type anyway." in before:
            return "anyway"
        choosing = prompt.startswith("Number")
        return "" if not choosing or "Enter takes" in before else "1"


async def by_line(world: str, monkeypatch: pytest.MonkeyPatch) -> Walked:
    walked, staged = Walked(), stage(world, clock=in_minutes())
    walk = recorded(staged.walk, walked, monkeypatch)
    walk.ports = replace(walk.ports, stopwatch=FakeClock())  # time that needs no waiting
    person = Person(walk, walked)
    face = PlainWalk(walk, person)

    async def taken_up(walk: Walk, results: Any, *seen: Any) -> None:
        results = tuple(results)
        walked.results = results_document(results)
        await record_results(walk, results, *seen)
        await walked.after_the_changes(walk)

    monkeypatch.setattr("wizard.flow.writing.review.record_results", taken_up)
    assert await face.run() == 0
    walked.segments = _segments_in(person.text)
    return walked


def _segments_in(text: str) -> list[tuple[str, int | None, str]]:
    """Return each segment in the last lines: key, members, link."""
    lines = text.splitlines()
    keys = [index for index, line in enumerate(lines) if line.startswith("Key: ")]
    return [
        (lines[at].removeprefix("Key: "), int(lines[at + 1].split()[1].replace(",", "")), lines[at + 2]) for at in keys
    ]


# --- by command -------------------------------------------------------------------------------------------------


async def by_command(world: str, tmp_path: Path) -> Walked:
    walked, staged = Walked(), stage(world, clock=in_minutes())
    setup = tmp_path / "setup.toml"
    setup.write_text(SETUP)
    options = Options(config=setup, as_json=True, yes=True, timeout_s=7_200)

    planned = await _run(show_plan, staged, options)
    planned.walk.left_out = frozenset()  # read what the command skipped
    await planned.walk.read()
    walked.at_review(planned.walk)
    walked.plan = planned.documents[0]
    if walked.plan["blocked_by"]:
        return walked
    applied = await _run(apply_plan, staged, options)
    walked.results = applied.documents[0]
    for result in walked.results["results"]:
        result.pop("steps", None)  # what is left to do by hand: the other interfaces show it step by step
    await walked.after_the_changes(applied.walk)
    watched = await _run(watch_sync, staged, options, applied.walk.session)
    walked.segments = [(one["key"], one["members"], one["url"]) for one in watched.documents[-1]["segments"]]
    return walked


@dataclass(frozen=True)
class Ran:
    walk: Walk
    documents: Sequence[Any]


async def _run(command: Any, staged: Staged, options: Options, session: Session | None = None) -> Ran:
    """Run one command as a process of its own would: a new walk in the same world."""
    walk = stage_on(staged.sandbox, session=session).walk
    out = Output(io.StringIO(), io.StringIO(), as_json=True)
    await command(walk, options, out)
    assert isinstance(out.data, io.StringIO)
    return Ran(walk, [json.loads(line) for line in out.data.getvalue().splitlines()])


# --- comparison -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["happy", "reader-token", "attach-needs-app"])
async def test_three_faces_make_the_same_of_a_world(
    world: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await on_screen(world, monkeypatch)
    line = await by_line(world, monkeypatch)
    command = await by_command(world, tmp_path)

    assert line.asked == screen.asked
    assert line.answers == screen.answers == command.answers
    assert line.plan == screen.plan == command.plan
    assert line.found == screen.found == command.found
    assert line.results == screen.results == command.results
    assert line.found_after == screen.found_after == command.found_after
    assert line.segments == screen.segments == command.segments
    assert bool(line.segments) is not bool(line.plan["blocked_by"])
    assert_a_set_up_file_can_say(line.asked, world)


def assert_a_set_up_file_can_say(asked: Sequence[AskId], world: str) -> None:
    """Check that a setting or a variable can answer every question that a person is asked."""
    staged = stage(world)
    assert asked
    for ask in map(staged.ask, asked):
        assert ask.settings or ask.variable, ask.id
