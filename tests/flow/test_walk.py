"""The engine of the walk: what is read when, what is forgotten when an answer changes, and the steps' states."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast, get_args

import pytest

from tests.eager import either_order_of_tasks
from tests.fake_clock import FakeClock
from tests.walk_copies import at_review
from tests.walks import apply_all, stage
from wizard.domain.answers import Answers, AskId
from wizard.domain.checks.check import Check, failed, passed, unknown, warned
from wizard.domain.checks.sync.sync_test_user import TEST_USER
from wizard.domain.facts import Facts, Slot
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.findings import Finding
from wizard.domain.step_id import StepId
from wizard.flow.journey import ALL_READINGS
from wizard.flow.marks import mark_of
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.session import Session
from wizard.flow.reading.reading import Reading
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind
from wizard.flow.steps.step import Mark, Step
from wizard.flow.walk import Walk
from wizard.flow.writing.apply import apply
from wizard.flow.writing.result import Result

pytestmark = pytest.mark.usefixtures("either_order_of_tasks")
__all__ = ["either_order_of_tasks"]

OUT = Failure(Service.LAUNCHDARKLY, FailureKind.TIMEOUT, "host", "GET", "/")


@dataclass
class Source:
    """The source of a reading: each call waits until the test answers it."""

    calls: list[asyncio.Future[Any]] = field(default_factory=list)

    async def read(self, _: Ports, __: State) -> Any:
        call: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.calls.append(call)
        return await call

    def answer(self, value: Any, which: int = -1) -> None:
        self.calls[which].set_result(value)


def put(name: str):  # type: ignore[no-untyped-def]
    return lambda state, value: replace(state, answers=replace(state.answers, **{name: value}))


def ask(name: str, **more: Any) -> Ask:
    return Ask(
        cast("AskId", name),
        Kind.TEXT,
        name,
        Help("what", "where"),
        lambda s: getattr(s.answers, name),
        put(name),
        **more,
    )


def no_colon(text: str, _: State) -> str:
    return "No colons." if ":" in text else ""


PROJECT = ask("project", mistake=no_colon)
SPACE = ask("space", suggest=lambda _: "prod", choices=lambda _: (Choice("prod", "Production"),))
NAME = ask(
    "destination_name",
    suggest=lambda state: f"to {state.answers.space}",
    waits_for=lambda s: "" if s.answers.space else "the space",
)
USER = ask("test_user", optional=True, mistake=no_colon)
STEPS = (
    Step(StepId.LAUNCHDARKLY, "One", "First.", (PROJECT,)),
    Step(StepId.MAPPING, "Two", "Second.", (SPACE, NAME)),
    Step(StepId.AUDIENCES, "Three", "Third.", (USER,)),
)


@dataclass
class Bench:
    """A small walk: `caller` needs nothing, `projects` the caller, `project` the projects and an answer."""

    walk: Walk
    sources: dict[Slot, Source]
    changes: list[int] = field(default_factory=list)

    def calls(self) -> dict[str, int]:
        return {slot: len(source.calls) for slot, source in self.sources.items()}

    @property
    def facts(self) -> Any:
        """Return the facts, which hold whatever a test answered."""
        return self.walk.state.facts


def _caller(state: State) -> Hashable | None:
    return state.facts.caller


def _project(state: State) -> Hashable | None:
    return (state.facts.projects, state.answers.project) if state.facts.projects and state.answers.project else None


def bench(*checks: Check) -> Bench:
    inputs: dict[Slot, Callable[[State], Hashable | None]] = {
        "caller": lambda _: True,
        "projects": _caller,
        "project": _project,
        "spaces": lambda s: s.answers.space or None,
    }
    sources: dict[Slot, Source] = {slot: Source() for slot in inputs}
    readings = tuple(
        Reading(
            slot,
            StepId.MAPPING if slot == "spaces" else StepId.LAUNCHDARKLY,
            f"reading {slot}",
            lambda _: "host",
            inputs[slot],
            source.read,
        )
        for slot, source in sources.items()
    )
    clock = FakeClock()
    ports = replace(stage("happy").walk.ports, clock=clock, stopwatch=clock)
    walk = Walk(ports, STEPS, readings, checks, State(Facts(clock.now())), Session(None, clock))
    made = Bench(walk, sources)
    walk.changed = lambda: made.changes.append(1)
    return made


def test_each_slot_is_a_field_of_the_facts_and_has_one_reading() -> None:
    assert sorted(reading.slot for reading in ALL_READINGS) == sorted(get_args(Slot))
    assert set(get_args(Slot)) <= {one.name for one in fields(Facts)}


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time


# --- reading ----------------------------------------------------------------------------------------------------


async def test_what_can_be_read_is_read_side_by_side_and_the_rest_once_its_inputs_are_there() -> None:
    it = bench()
    it.walk.answer(PROJECT, "shop")
    it.walk.answer(SPACE, "prod")
    reading = asyncio.create_task(it.walk.read())
    await turns()
    assert it.calls() == {"caller": 1, "projects": 0, "project": 0, "spaces": 1}
    assert {call.doing for call in it.walk.under_way.values()} == {"reading caller", "reading spaces"}
    it.sources["caller"].answer("me")
    await turns()
    assert it.calls() == {"caller": 1, "projects": 1, "project": 0, "spaces": 1}
    it.sources["projects"].answer(("shop",))
    await turns()
    it.sources["project"].answer("the shop")
    it.sources["spaces"].answer(())
    await reading
    assert (it.facts.caller, it.facts.projects, it.facts.project, it.facts.spaces) == ("me", ("shop",), "the shop", ())
    assert it.walk.under_way == {}


async def test_reading_for_one_step_reads_nothing_for_another() -> None:
    it = bench()
    it.walk.answer(SPACE, "prod")
    reading = asyncio.create_task(it.walk.read(StepId.MAPPING))
    await turns()
    assert it.calls() == {"caller": 0, "projects": 0, "project": 0, "spaces": 1}
    it.sources["spaces"].answer(())
    await reading


async def test_what_is_read_is_not_read_again() -> None:
    it = bench()
    await _read(it, "caller", "me", StepId.LAUNCHDARKLY)
    again = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    assert it.calls()["caller"] == 1
    again.cancel()


async def _read(it: Bench, slot: Slot, value: Any, step: StepId) -> None:
    """Answer one reading, and leave the step's other readings waiting."""
    reading = asyncio.create_task(it.walk.read(step))
    await turns()
    it.sources[slot].answer(value)
    await turns()
    reading.cancel()


async def test_two_reads_at_the_same_moment_call_once() -> None:
    it = bench()
    both = [asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY)) for _ in range(2)]
    await turns()
    assert it.calls()["caller"] == 1
    it.sources["caller"].answer(None)
    await asyncio.gather(*both)
    assert it.calls()["caller"] == 1


async def test_a_cancelled_read_loses_no_call() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    reading.cancel()
    await turns()
    it.sources["caller"].answer("me")
    await turns()
    assert it.facts.caller == "me"
    assert it.calls()["caller"] == 1


async def test_asked_again_an_answer_that_rested_on_another_one_goes_when_that_one_differs() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read())
    await turns()
    it.sources["caller"].answer("me")
    await turns()
    it.sources["projects"].answer(("shop",))
    await reading

    again = asyncio.create_task(it.walk.refresh_known("caller", "projects"))
    await turns()
    it.sources["caller"].answer("someone else")
    it.sources["projects"].answer(("shop", "mine"))

    assert await again == ()
    assert (it.facts.caller, it.facts.projects) == ("someone else", None)


async def test_what_arrives_for_a_former_answer_is_dropped_and_read_again_at_once() -> None:
    it = bench()
    it.walk.answer(SPACE, "prod")
    reading = asyncio.create_task(it.walk.read(StepId.MAPPING))
    await turns()
    it.walk.answer(SPACE, "dev")
    await turns()
    assert it.calls()["spaces"] == 2
    assert it.sources["spaces"].calls[0].cancelled()
    it.sources["spaces"].answer(("dev",))
    await reading
    assert it.facts.spaces == ("dev",)


async def test_an_answer_that_is_taken_back_while_it_is_read_leaves_nothing() -> None:
    it = bench()
    it.walk.answer(SPACE, "prod")
    reading = asyncio.create_task(it.walk.read(StepId.MAPPING))
    await turns()
    it.walk.answer(SPACE, "")
    await reading
    assert it.facts.spaces is None
    assert it.walk.under_way == {}


async def test_what_cannot_be_read_is_a_fact_and_is_read_again_when_asked() -> None:
    it = bench()
    await _read(it, "caller", OUT, StepId.LAUNCHDARKLY)
    assert it.facts.caller is OUT
    it.walk.forget_failures()
    assert it.facts.caller is None
    await _read(it, "caller", "me", StepId.LAUNCHDARKLY)
    assert it.facts.caller == "me"


async def test_forgetting_failures_keeps_what_was_seen() -> None:
    it = bench()
    it.walk.answer(SPACE, "prod")
    await _read(it, "caller", "me", StepId.LAUNCHDARKLY)
    await _read(it, "spaces", OUT, StepId.MAPPING)
    it.walk.forget_failures()
    assert (it.facts.caller, it.facts.spaces) == ("me", None)


async def test_reading_again_drops_what_was_on_its_way() -> None:
    it = bench()
    first = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    second = asyncio.create_task(it.walk.read_again(StepId.LAUNCHDARKLY))
    await turns()
    assert it.calls()["caller"] == 2
    it.sources["caller"].answer(None)
    await asyncio.gather(first, second)


async def test_a_mistake_of_the_program_is_raised_and_can_be_tried_again() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    it.sources["caller"].calls[0].set_exception(KeyError("a bug"))
    with pytest.raises(KeyError):
        await reading
    assert it.walk.under_way == {}
    await _read(it, "caller", "me", StepId.LAUNCHDARKLY)
    assert it.facts.caller == "me"


async def test_after_closing_nothing_is_read() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read())
    await turns()
    await it.walk.close()
    await reading
    assert it.walk.under_way == {}
    await it.walk.read()
    assert it.calls()["caller"] == 1


async def test_a_person_is_told_how_long_a_call_takes() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    await it.walk.ports.stopwatch.advance(4)  # type: ignore[attr-defined]
    assert it.walk.waited(it.walk.under_way["caller"]) == 4
    it.sources["caller"].answer(None)
    await reading


# --- answers ----------------------------------------------------------------------------------------------------


async def test_a_changed_answer_forgets_exactly_what_rests_on_it() -> None:
    it = bench()
    it.walk.answer(PROJECT, "shop")
    it.walk.answer(SPACE, "prod")
    await _read(it, "caller", "me", StepId.LAUNCHDARKLY)
    await _read(it, "projects", ("a",), StepId.LAUNCHDARKLY)
    await _read(it, "project", "p", StepId.LAUNCHDARKLY)
    await _read(it, "spaces", (), StepId.MAPPING)
    it.walk.answer(PROJECT, "other")
    assert (it.facts.caller, it.facts.projects, it.facts.project, it.facts.spaces) == ("me", ("a",), None, ())
    it.walk.answer(PROJECT, "other")
    it.walk.forget(StepId.LAUNCHDARKLY)
    assert (it.facts.caller, it.facts.projects, it.facts.project, it.facts.spaces) == (None, None, None, ())


def test_a_mistake_is_said_and_nothing_is_taken() -> None:
    it = bench()
    assert it.walk.answer(PROJECT, " a:b ") == "No colons."
    assert it.walk.state.answers.project == ""
    assert it.walk.answer(PROJECT, " shop ") == ""
    assert it.walk.state.answers.project == "shop"
    assert it.walk.answer(USER, "") == ""


def test_a_suggestion_is_taken_when_the_user_goes_on() -> None:
    it = bench()
    two = it.walk.step(StepId.MAPPING)
    assert [ask.id for ask in it.walk.missing(two)] == ["space", "destination_name"]
    it.walk.accept(two)
    assert (it.walk.state.answers.space, it.walk.state.answers.destination_name) == ("prod", "to prod")
    assert it.walk.missing(two) == ()
    assert it.walk.session.saved.answers == it.walk.state.answers
    assert it.walk.session.saved.accepted == (StepId.MAPPING,)


def test_what_was_answered_is_not_suggested_over() -> None:
    it = bench()
    it.walk.answer(SPACE, "dev")
    it.walk.suggest(it.walk.step(StepId.MAPPING))
    assert (it.walk.state.answers.space, it.walk.state.answers.destination_name) == ("dev", "to dev")


def test_what_still_waits_is_not_suggested() -> None:
    it = bench()
    it.walk.suggest(replace(it.walk.step(StepId.MAPPING), asks=(NAME,)))
    assert it.walk.state.answers.destination_name == ""


# --- how a step stands ------------------------------------------------------------------------------------------


def _says(findings: tuple[Finding, ...]) -> Check:
    return Check("one.check", "Check", StepId.LAUNCHDARKLY, lambda _, __: findings)


FINE, BAD, ODD, DARK = (
    passed("ok"),
    failed("no", cause="c", fix="f"),
    warned("hm", cause="c", fix="f"),
    unknown("?", fix="f"),
)


@pytest.mark.parametrize(
    ("said", "answered", "accepted", "mark"),
    [
        (FINE, False, False, Mark.TODO),
        (BAD, False, False, Mark.TODO),
        (FINE, True, False, Mark.IN_PROGRESS),
        (BAD, True, False, Mark.PROBLEM),
        (BAD, True, True, Mark.PROBLEM),
        (BAD, False, True, Mark.PROBLEM),
        (FINE, False, True, Mark.TODO),
        (FINE, True, True, Mark.DONE),
        (ODD, True, True, Mark.WARN),
        (DARK, True, True, Mark.WARN),
    ],
)
def test_a_step_stands_as_it_is_answered_accepted_and_judged(
    said: tuple[Finding, ...], answered: bool, accepted: bool, mark: Mark
) -> None:
    it = bench(_says(said))
    if answered:
        it.walk.answer(PROJECT, "shop")
    if accepted:
        it.walk.accept(it.walk.step(StepId.LAUNCHDARKLY))
    assert mark_of(it.walk.step(StepId.LAUNCHDARKLY), it.walk) is mark


@pytest.mark.parametrize(
    ("check_id", "said", "mark"),
    [(TEST_USER.id, ODD, Mark.WARN), (TEST_USER.id, DARK, Mark.DONE), ("a.side_note", ODD, Mark.DONE)],
)
def test_of_what_is_no_problem_only_a_test_user_who_is_no_member_shows_in_the_mark(
    check_id: str, said: tuple[Finding, ...], mark: Mark
) -> None:
    it = bench(replace(_says(said), id=check_id, matters=False))
    step = it.walk.step(StepId.LAUNCHDARKLY)
    it.walk.answer(PROJECT, "shop")
    it.walk.accept(step)
    assert mark_of(step, it.walk) is mark


def test_a_step_is_in_progress_from_its_first_answer_on() -> None:
    walk = bench().walk
    step = replace(STEPS[0], asks=(PROJECT, replace(PROJECT, id="space", get=lambda _: "")))
    walk.steps = (step,)
    assert mark_of(step, walk) is Mark.TODO
    walk.answer(PROJECT, "shop")
    assert mark_of(step, walk) is Mark.IN_PROGRESS


def test_a_step_whose_answered_question_waits_for_a_service_is_not_done() -> None:
    walk = bench().walk
    waiting = replace(PROJECT, waits_for=lambda _: "the token's projects")
    step = replace(STEPS[0], asks=(waiting,))
    walk.steps = (step,)
    walk.answer(waiting, "shop")
    walk.accept(step)
    assert mark_of(step, walk) is Mark.WARN


async def test_review_is_in_progress_from_the_first_change_on() -> None:
    staged = await at_review("happy")
    walk, review = staged.walk, staged.walk.step(StepId.REVIEW)
    assert mark_of(review, walk) is Mark.TODO
    async for event in apply(walk.ports, walk.state, walk.plan(), walk.session):
        if isinstance(event, Result):
            assert mark_of(review, walk) is Mark.IN_PROGRESS, event.id


async def test_review_is_not_done_while_a_change_or_an_answer_before_it_is_left() -> None:
    staged = await at_review("happy")
    walk, review = staged.walk, staged.walk.step(StepId.REVIEW)
    walk.accept(review)
    assert mark_of(review, walk) is Mark.IN_PROGRESS, "nothing is made yet"
    await apply_all(staged)
    assert mark_of(review, walk) is Mark.DONE
    walk.set_state(replace(walk.state, answers=replace(walk.state.answers, audiences=())))
    assert mark_of(review, walk) is Mark.IN_PROGRESS, "a repair made something, and no audience is chosen"


def test_findings_are_of_the_state_as_it_is_and_judged_once_for_it() -> None:
    judged: list[str] = []

    def judge(_: Facts, answers: Answers) -> tuple[Finding, ...]:
        judged.append(answers.project)
        return passed(f"seen: {answers.project}")

    walk = bench(Check("launchdarkly.project", "Project", StepId.LAUNCHDARKLY, judge)).walk
    for project in ("shop", "blog"):
        walk.answer(PROJECT, project)
        assert [one.summary for one in (*walk.findings, *walk.findings)] == [f"seen: {project}"] * 2
    assert judged == ["shop", "blog"]


async def test_a_step_whose_calls_are_under_way_is_being_checked() -> None:
    it = bench()
    reading = asyncio.create_task(it.walk.read(StepId.LAUNCHDARKLY))
    await turns()
    assert mark_of(it.walk.step(StepId.LAUNCHDARKLY), it.walk) is Mark.READING
    assert mark_of(it.walk.step(StepId.MAPPING), it.walk) is Mark.TODO
    it.sources["caller"].answer(None)
    await reading
    assert mark_of(it.walk.step(StepId.LAUNCHDARKLY), it.walk) is Mark.TODO


def test_a_changed_answer_outdates_what_was_accepted_after_it() -> None:
    it = bench()
    it.walk.answer(PROJECT, "shop")
    for step in STEPS:
        it.walk.accept(step)
    assert [mark_of(step, it.walk) for step in STEPS] == [Mark.DONE] * 3
    it.walk.answer(PROJECT, "shop")
    assert it.walk.outdated == set()
    it.walk.answer(PROJECT, "other")
    assert [mark_of(step, it.walk) for step in STEPS] == [Mark.DONE, Mark.CHANGED, Mark.CHANGED]
    it.walk.accept(STEPS[1])
    assert [mark_of(step, it.walk) for step in STEPS] == [Mark.DONE, Mark.DONE, Mark.CHANGED]


def test_what_was_never_accepted_is_not_outdated() -> None:
    it = bench()
    it.walk.answer(PROJECT, "shop")
    assert it.walk.outdated == set()


# --- readings that need no waiting ------------------------------------------------------------------------------


def at_once(it: Bench, slot: Slot, value: object) -> None:
    """Make the reading of this slot answer at once, with `value`, or by raising it."""

    async def read(_: Ports, __: State) -> object:
        it.sources[slot].calls.append(asyncio.get_running_loop().create_future())
        if isinstance(value, Exception):
            raise value
        return value

    it.walk._readings[slot] = replace(it.walk._readings[slot], read=read)


async def test_what_is_answered_at_once_is_read_once_and_what_rests_on_it_follows() -> None:
    it = bench()
    for slot in ("caller", "projects", "project"):
        at_once(it, slot, f"the {slot}")
    it.walk.answer(PROJECT, "shop")
    await asyncio.wait_for(it.walk.read(), 60)

    assert (it.facts.caller, it.facts.projects, it.facts.project) == ("the caller", "the projects", "the project")
    assert it.calls() == {"caller": 1, "projects": 1, "project": 1, "spaces": 0}
    assert not it.walk.under_way


async def test_a_bug_that_shows_at_once_is_raised_to_whoever_reads() -> None:
    it = bench()
    at_once(it, "caller", ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        await asyncio.wait_for(it.walk.read(), 60)
    assert not it.walk.under_way


async def test_an_answer_to_a_question_that_is_no_longer_asked_is_dropped() -> None:
    it = bench()

    async def read(_: Ports, __: State) -> str:
        it.walk.forget_slots("caller")
        return "too old"

    it.walk._readings["caller"] = replace(it.walk._readings["caller"], read=read)
    call = it.walk._readings["caller"]
    it.walk._start(call, True)
    await turns()

    assert it.facts.caller is None
    assert not it.walk.under_way
