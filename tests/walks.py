"""Walks on the sandbox without a screen, with a person's answers, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tests.fake_clock import FakeClock, Patient
from wizard.domain.answers import AskId
from wizard.domain.findings import Finding
from wizard.domain.planning.plan import Plan
from wizard.domain.services.segment import Audience
from wizard.domain.step_id import StepId
from wizard.flow.blocking import blocking_finding
from wizard.flow.guide import leave
from wizard.flow.journey import new_walk
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.outside.vault import Vault
from wizard.flow.profile.session import Session
from wizard.flow.steps.ask import Ask, Kind
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.flow.watching.progress import Progress
from wizard.flow.watching.watch import watch
from wizard.flow.watching.watched_audience import WatchStart
from wizard.flow.writing.apply import apply
from wizard.flow.writing.bookkeeping import begin_sync, record_results
from wizard.flow.writing.result import Result
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios import SCENARIOS
from wizard.sandbox.scenarios.symptoms import SYMPTOMS
from wizard.wiring import Wrap, ports_of

# The scenarios that no other test walks through; tests/headless/test_diagnosis_ends.py has those of symptoms.
WORLDS = tuple(name for name in SCENARIOS if name not in {one.name for one in SYMPTOMS})


@dataclass(frozen=True, slots=True)
class Staged:
    """A walk and its world."""

    walk: Walk
    sandbox: Sandbox
    clock: FakeClock

    def ask(self, ask_id: AskId) -> Ask:
        return next(ask for step in self.walk.steps for ask in step.asks if ask.id == ask_id)

    def finding(self, check_id: str) -> Finding:
        return next(finding for finding in self.walk.findings if finding.id == check_id)

    @property
    def writes(self) -> list[str]:
        """The paths of all writes; a POST that only asks LaunchDarkly something isn't a write."""
        return [one.path for one in self.sandbox.requests if one.writes]

    def calls(self, method: str, *parts: str) -> int:
        """Return how many answered requests have this method and each of `parts` in their path."""
        paths = (request.path for request in self.sandbox.requests if request.method == method)
        return sum(all(part in path for part in parts) for path in paths)


def stage(
    scenario: str,
    *,
    clock: FakeClock | None = None,
    wrap: Wrap = lambda transport: transport,
    vault: Vault | None = None,
    session: Session | None = None,
) -> Staged:
    """Return a walk at its first step, with the scenario's credentials in its vault.

    `wrap` puts a transport between the client and the sandbox.
    """
    return stage_on(Sandbox(scenario, clock or FakeClock(auto=True)), wrap=wrap, vault=vault, session=session)


def stage_on(
    sandbox: Sandbox,
    *,
    wrap: Wrap = lambda transport: transport,
    vault: Vault | None = None,
    session: Session | None = None,
) -> Staged:
    """Return a walk at its first step in an existing sandbox, in which things may have happened already."""
    clock = sandbox.clock
    assert isinstance(clock, FakeClock)
    ports = ports_of(sandbox, stopwatch=Patient(clock), wrap=wrap)
    ports = replace(ports, vault=vault or ports.vault, timezone=UTC)
    return Staged(new_walk(ports, session or Session(None, clock)), sandbox, clock)


async def walk_to_review(staged: Staged, audiences: tuple[str, ...] = ("vip_customers",)) -> None:
    """Answer as a person would, up to Review: the scenario's environment, the first space, the audiences by key."""
    walk = staged.walk
    await load_secrets(walk)
    if walk.state.answers.server_side is None:
        assert walk.answer(staged.ask("server_side"), "no") == ""
    await accept(staged, StepId.PREREQUISITES)
    if staged.sandbox.scenario.makes_token:
        assert walk.answer(staged.ask("make_token"), "yes") == ""
    await walk.read(StepId.LAUNCHDARKLY)
    if (elsewhere := staged.ask("ask_other_instances")) in walk.asks(walk.step(StepId.LAUNCHDARKLY)):
        assert walk.answer(elsewhere, "yes") == ""
        await walk.read(StepId.LAUNCHDARKLY)
    assert walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id) == ""
    await accept(staged, StepId.LAUNCHDARKLY)
    await walk.read(StepId.SEGMENT)
    space = staged.ask("space").choices(walk.state)
    if space:
        assert walk.answer(staged.ask("space"), space[0].value) == ""
    for step in (StepId.SEGMENT, StepId.DESTINATION, StepId.MAPPING):
        await accept(staged, step)
    by_key = {audience.key: audience.id for audience in seen_audiences(walk)}
    if by_key:
        chosen = [key for key in audiences if key in by_key] or sorted(by_key)[:1]
        assert walk.answer(staged.ask("audiences"), tuple(by_key[key] for key in chosen)) == ""
    await accept(staged, StepId.AUDIENCES)


async def go_on_to(walk: Walk, stop: StepId, since: StepId | None = None, *, anyway: bool = False) -> StepId:
    """Continue from `since` like a user who only presses Enter; return `stop`, or the step where something is wrong.

    With `anyway`, don't stop at a failure with which a user may continue.
    """
    ids = [step.id for step in walk.steps]
    for step in walk.steps[ids.index(since) if since else 0 : ids.index(stop)]:
        await walk.read(*ids[: ids.index(step.id) + 1])
        if not await _take_what_is_offered(walk, step):
            return step.id
        if failed := blocking_finding(walk, step):
            if not anyway:
                return step.id
            walk.waive(failed)
        await leave(walk, step)
    await walk.read(*ids[: ids.index(stop) + 1])
    return stop


async def _take_what_is_offered(walk: Walk, step: Step) -> bool:
    """Answer with the suggestion, else the first choice; return whether every question could be answered."""
    while missing := walk.missing(step):
        ask = missing[0]
        offered = [choice.value for choice in ask.choices(walk.state)][:1]
        value = ask.suggest(walk.state) or (tuple(offered) if ask.kind is Kind.PICK_MANY else "".join(offered))
        if ask.waits_for(walk.state) or not value or walk.answer(ask, value):
            return False
        await walk.read(*(each.id for each in walk.steps[: walk.steps.index(step) + 1]))
    return True


def seen_audiences(walk: Walk) -> tuple[Audience, ...]:
    seen = walk.state.facts.audiences
    return seen if isinstance(seen, tuple) else ()


async def accept(staged: Staged, step_id: StepId) -> None:
    await staged.walk.read(step_id)
    staged.walk.accept(staged.walk.step(step_id))
    await staged.walk.read()


async def apply_all(staged: Staged, plan: Plan | None = None) -> dict[str, Result]:
    """Make the plan's changes, with the journal, as after a yes; return the results by change."""
    walk, plan = staged.walk, plan or staged.walk.plan()
    begin_sync(walk, plan)
    events = [event async for event in apply(walk.ports, walk.state, plan, walk.session)]
    results = {event.id: event for event in events if isinstance(event, Result)}
    await record_results(walk, results.values())
    return results


async def watch_to_the_end(
    staged: Staged, since: datetime, timeout_s: float = 3_600, every_s: float | None = 60.0
) -> list[Progress]:
    """Return each poll's progress until the segments appear or time is up. `every_s` None: the watch's own pace."""
    watched = WatchStart(staged.walk.state, since)
    looks = watch(staged.walk.ports, watched, timeout_s=timeout_s, every_s=every_s)
    return [progress async for progress in looks]
