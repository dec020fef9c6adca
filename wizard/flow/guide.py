"""Where a user goes next, and what blocks them, for every interface."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.findings import Finding, Status, root_causes_first
from wizard.domain.planning.plan import is_repaired_by_hand, repairs
from wizard.domain.step_id import StepId
from wizard.flow.blocking import blocking_finding
from wizard.flow.kept_secrets import keep_secrets
from wizard.flow.marks import mark_of
from wizard.flow.steps.ask import Ask, Kind
from wizard.flow.steps.step import Mark, Step
from wizard.flow.targets.environments import siblings_of
from wizard.flow.walk import Walk
from wizard.text import ago, count


def first_open_step(walk: Walk) -> Step:
    """Return the first step that isn't done or has to be looked at again; the last step when all are done."""
    settled = {Mark.DONE, Mark.WARN}
    return next((step for step in walk.steps if mark_of(step, walk) not in settled), walk.steps[-1])


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that Review needs an answer to, and its step."""

    number: int  # of the step
    step: Step
    ask: Ask

    def __str__(self) -> str:
        return f"Step {self.number}, {self.step.title}, still needs an answer: {self.ask.label}."


def unanswered_before(walk: Walk, step: Step) -> OpenQuestion | None:
    """Return the first unanswered question of the earlier steps; None if a failure comes before it."""
    for number, one in enumerate(walk.steps[: walk.steps.index(step)], 1):
        for ask in walk.missing(one):
            if not ask.waits_for(walk.state):
                return OpenQuestion(number, one, ask)
        if blocking_finding(walk, one):
            return None
    return None


def troubles_before(walk: Walk, step: Step) -> tuple[str, ...]:
    """Return the first finding of the earlier steps that a yes won't fix, and how many more there are.

    Failures come before warnings.
    """
    earlier, plan = enumerate(walk.steps[: walk.steps.index(step)], 1), walk.plan()
    found = [
        (number, one)
        for number, each in earlier
        for one in root_causes_first(walk.findings_of(each))
        if not (repairs(plan, one) or is_repaired_by_hand(plan, one))
    ]
    failed = [pair for pair in found if pair[1].status is Status.FAIL]
    warned = [pair for pair in found if pair[1].status is Status.WARN and pair[1].matters]
    said = [f"Step {number}: {finding.summary}" for number, finding in (*failed, *warned)]
    more = f"{count(len(said) - 1, 'more finding', 'more findings')} in earlier steps." if len(said) > 1 else ""
    return (*said[:1], *([more] if more else []))


def accepted_failure(walk: Walk) -> str:
    """Return the first failure that the user went on with and the number of its step, as text; empty without any."""
    for number, step in enumerate(walk.steps, 1):
        if found := blocking_finding(walk, step):
            return f"A problem is left in step {number}: {found.title}."
    return ""


def why_it_waits(walk: Walk, step: Step) -> Finding | None:
    """Return the finding that keeps a question of this step from being asked.

    It's a finding of the step itself, else one of another step that this step's checks wait for.
    """
    own = walk.findings_of(step)
    roots = {finding.waits_for for finding in own}
    awaited = [finding for finding in walk.findings if finding.id in roots]
    keeps_waiting = {Status.FAIL, Status.UNKNOWN}
    causes = (*root_causes_first(own), *root_causes_first(awaited))
    return next((finding for finding in causes if finding.status in keeps_waiting), None)


def answered_first(walk: Walk, ask: Ask) -> tuple[Step, Ask] | None:
    """Return the unanswered question of another step that this question waits for, with its step."""
    waiting = (walk.step(step) for step in ask.awaits) if ask.waits_for(walk.state) else ()
    open_ones = ((step, one) for step in waiting for one in walk.missing(step) if not one.waits_for(walk.state))
    return next(open_ones, None)


def other_environments(walk: Walk) -> str:
    """Say which environments the profile has besides, and how to open one; empty where there are none.

    What was picked in the sandbox is unknown to the next command, which begins in a new world.
    """
    here = walk.session
    own = {here.target, here.saved.answers.place}
    names = tuple(name for name in siblings_of(here) if name not in own)
    if not names:
        return ""
    said = f"This profile has {count(len(names), 'other environment')}: {', '.join(names)}."
    if walk.ports.sandbox and here.profile.saved.answers.other_environments:
        return said
    options = walk.ports.options.replace(f" --target {here.target}", "") if here.target else walk.ports.options
    ways = f"All in one go: audience-wizard apply{options}. To open one: audience-wizard{options} --target {names[0]}"
    return f"{said} {ways}"


def saved_progress(walk: Walk) -> str:
    """Say what an earlier run saved, and how old it is."""
    saved = walk.session.saved
    age = (walk.ports.clock.now() - saved.saved_at).total_seconds() if saved.saved_at else 0.0
    place = " / ".join(part for part in (saved.answers.project, saved.answers.environment) if part)
    done = f"{len(saved.accepted)} of {len(walk.steps)} steps done, saved {ago(age)}."
    return f"{place}, {done}" if place else done


async def leave_ahead(walk: Walk, step: Step) -> str:
    """Leave a step for a later one: as `leave` does if Next would go on from here, else without accepting the step."""
    await walk.read(step.id)
    goes_on_after_a_yes = step.id in {StepId.REVIEW, StepId.FIRST_SYNC}
    if goes_on_after_a_yes or walk.missing(step) or blocking_finding(walk, step):
        return ""
    return await leave(walk, step)


async def leave(walk: Walk, step: Step) -> str:
    """Accept a step and leave it. Return where its tokens are kept now, in words; empty when it took none."""
    walk.accept(step)
    if not any(ask.kind is Kind.SECRET and ask.is_answered(walk.state) for ask in step.asks):
        return ""
    return await keep_secrets(walk)
