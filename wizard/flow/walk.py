"""The engine of the walk: keeps the state, reads what can be read, judges it. Knows no screen and no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check, run_checks
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.model import Failure, FailureKind
from wizard.domain.plan import Action, Plan, make_plan
from wizard.flow.apply import Outcome, Result
from wizard.flow.ask import Ask, Value
from wizard.flow.exchanges import begin_reading
from wizard.flow.journal import found_in_place
from wizard.flow.ports import Ports
from wizard.flow.reading import Reading, UnderWay
from wizard.flow.state import State
from wizard.flow.step import Mark, Step

if TYPE_CHECKING:
    from wizard.flow.session import Session
    from wizard.flow.sightings import Sightings

_EMPTY: dict[str, Any] = {
    field.name: field.default if field.default_factory is MISSING else field.default_factory()
    for field in fields(Facts)
    if field.name != "now"
}
_SLOTS_OF_SECRETS = ("launchdarkly_token", "segment_token")
_CHANGED_BY_APPLY = ("destinations", "subscriptions", "connections", "activations")


class Walk:
    """One set-up under way.

    `changed` is called after each change of state, findings or readings under way, in the event loop. Everything
    here is safe to repeat: nothing is written to a service.
    """

    def __init__(
        self,
        ports: Ports,
        steps: tuple[Step, ...],
        readings: tuple[Reading, ...],
        checks: tuple[Check, ...],
        state: State,
        session: Session,
    ) -> None:
        self.ports = ports
        self.session = session
        self.steps = steps
        self.state = state
        self.findings: tuple[Finding, ...] = ()
        self.under_way: dict[str, UnderWay] = {}
        self.changed: Callable[[], None] = lambda: None
        self.accepted: set[str] = set()  # ids of steps that the user went on from
        self.outdated: set[str] = set()  # accepted, then something before them changed
        self.made_by_us = session.saved.made_ids
        self.left_out: frozenset[str] = frozenset()  # slots that this run has no use for: their calls are spared
        self.took: dict[str, float] = {}  # seconds that a person waited for each slot, when it was last read
        self.where: dict[str, str] = {}  # by slot of a secret: the keyring's name, the variable's, or the sandbox
        self.vault_trouble = ""  # why the keyring could not be read
        self._readings = {reading.slot: reading for reading in readings}
        self._checks = checks
        self._read_with: dict[str, Hashable] = {}  # by slot that was read
        self._reading_with: dict[str, Hashable] = {}  # by slot that is being read
        self._tasks: dict[str, asyncio.Task[None]] = {}  # alike
        self._closed = False
        self._judge()

    # --- questions ----------------------------------------------------------------------------------------------

    def step(self, step_id: str) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    def asks(self, step: Step) -> tuple[Ask, ...]:
        """The questions of a step that apply now."""
        return tuple(ask for ask in step.asks if ask.applies(self.state))

    def missing(self, step: Step) -> tuple[Ask, ...]:
        """What still has to be answered before the step is whole; suggestions count as answers once accepted."""
        return tuple(ask for ask in self.asks(step) if not ask.optional and not ask.is_answered(self.state))

    def answer(self, ask: Ask, value: Value) -> str:
        """Takes an answer and forgets what rested on the former one; the mistake that was made, if any."""
        cleaned = ask.clean(value) if isinstance(value, str) else value
        if isinstance(cleaned, str) and (cleaned or not ask.optional):
            mistake = ask.mistake(cleaned, self.state)
            if mistake:
                return mistake
        before = self.state
        self._become(ask.put(self.state, cleaned))
        if self.state != before:
            self.where.pop(ask.secret_slot, None)
            self._outdate_after(ask)
        self.changed()
        return ""

    def suggest(self, step: Step) -> None:
        """Answers what is unanswered and has a suggestion: what the user saw preselected, or the only choice."""
        for ask in step.asks:
            if ask.applies(self.state) and not ask.is_answered(self.state) and not ask.waits_for(self.state):
                value = ask.suggest(self.state)
                if value:
                    self._become(ask.put(self.state, value))
        self.changed()

    def accept(self, step: Step) -> None:
        """The user goes on from this step."""
        self.suggest(step)
        self.accepted.add(step.id)
        self.outdated.discard(step.id)
        self._keep()
        self.changed()

    def _keep(self) -> None:
        self.session.keep(self.state.answers, tuple(step.id for step in self.steps if step.id in self.accepted))

    def resume(self) -> None:
        """Goes on from what the profile saved."""
        saved = self.session.saved
        self.accepted = {step.id for step in self.steps if step.id in saved.accepted}
        self.made_by_us = saved.made_ids
        client_side_id = saved.answers.client_side_id or self.state.answers.client_side_id
        self._become(replace(self.state, answers=replace(saved.answers, client_side_id=client_side_id)))
        self.changed()

    def take(self, answers: Answers) -> None:
        """Takes answers that somebody gave elsewhere: in a file, or in an earlier run."""
        self._become(replace(self.state, answers=answers))
        self.changed()

    def start_over(self) -> None:
        """Forgets the saved answers. What was made stays known, so that nothing is made twice."""
        self.session.start_over()
        self.accepted.clear()
        self.outdated.clear()
        self._become(replace(self.state, answers=Answers()))
        self.changed()

    # --- secrets ------------------------------------------------------------------------------------------------

    async def load_secrets(self) -> None:
        """Takes what variables, the keyring or the sandbox hold, as if it had been pasted. What is there stays."""
        stored = await self.ports.vault.load()
        self.vault_trouble = stored.why_not
        where = stored.where or {}
        for ask in (ask for step in self.steps for ask in step.asks):
            secret = getattr(stored.secrets, ask.secret_slot) if ask.secret_slot else None
            if secret is not None and not ask.is_answered(self.state):
                self._become(ask.put(self.state, secret.get_secret_value()))
                self.where[ask.secret_slot] = where.get(ask.secret_slot, "")
        if stored.client_side_id and not self.state.answers.client_side_id:
            answers = replace(self.state.answers, client_side_id=stored.client_side_id)
            self._become(replace(self.state, answers=answers))
            self.where["client_side_id"] = where.get("client_side_id", "")
        self.changed()

    async def keep_secrets(self) -> str:
        """Stores tokens and client-side ID as the user chose; where they live now, in words for a screen."""
        if self.state.sandbox:
            return "nowhere: this is the sandbox"
        if not self.state.answers.keep_secrets:
            return "memory, for this run only"
        place = await self.ports.vault.save(self.state.secrets, self.state.answers.client_side_id)
        for slot in _SLOTS_OF_SECRETS:
            if getattr(self.state.secrets, slot) is not None:
                self.where.setdefault(slot, place)
        self.changed()
        return place

    # --- reading ------------------------------------------------------------------------------------------------

    async def read(self, *step_ids: str) -> None:
        """Reads whatever can be read now for these steps (all when none is named), side by side, to the end.

        Readings belong to the walk: cancelling a `read` stops the waiting, not the calls, and two at a time never
        call twice for the same thing.
        """
        wanted = self._named(step_ids)
        while not self._closed:
            for reading, inputs in self._ready(wanted):
                self._start(reading, inputs)
            self.changed()
            running = [task for slot, task in self._tasks.items() if self._readings[slot].step in wanted]
            if not running:
                return
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled():
                    task.result()

    async def close(self) -> None:
        """Stops every reading under way; nothing is read any more."""
        self._closed = True
        tasks = tuple(self._tasks.values())
        self._stop(tuple(self._tasks))
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read_again(self, *step_ids: str) -> None:
        """Forgets what was read for these steps and reads it anew."""
        self.forget(*step_ids)
        await self.read(*step_ids)

    def forget(self, *step_ids: str) -> None:
        """What was read for these steps, and what is being read: its answer may be older than this moment."""
        wanted = self._named(step_ids)
        self.forget_slots(*(slot for slot, reading in self._readings.items() if reading.step in wanted))

    def forget_slots(self, *slots: str) -> None:
        """As `forget`; what rests on them is forgotten too."""
        self._stop([slot for slot in slots if slot in self._tasks])
        self._clear([slot for slot in slots if slot in self._read_with])
        self._become(self.state)
        self.changed()

    def forget_failures(self) -> None:
        """So that the next `read` tries again what brought no answer."""
        self._clear([slot for slot in self._read_with if isinstance(getattr(self.state.facts, slot), Failure)])
        self._become(self.state)
        self.changed()

    def give_up(self) -> None:
        """Waits no longer: what is being read counts as not answered in time."""
        late = {slot: self._late(self._readings[slot]) for slot in self._tasks}
        self._read_with |= {slot: self._reading_with[slot] for slot in late}
        self._stop(tuple(late))
        self._become(replace(self.state, facts=replace(self.state.facts, **late)))
        self.changed()

    def _late(self, reading: Reading) -> Any:
        host = reading.host(self.ports)
        failure = Failure(self.ports.services.owner_of(host), FailureKind.TIMEOUT, host, "GET", "")
        return reading.late(self.state, failure)

    def waited(self, under_way: UnderWay) -> float:
        """Seconds that a person has been waiting for a call."""
        return self.ports.stopwatch.monotonic() - under_way.since

    def _named(self, step_ids: Iterable[str]) -> set[str]:
        return set(step_ids) or {step.id for step in self.steps}

    def _ready(self, step_ids: set[str]) -> list[tuple[Reading, Hashable]]:
        """What is neither read nor being read, with what it will be read with."""
        candidates = (
            (reading, reading.inputs(self.state))
            for slot, reading in self._readings.items()
            if reading.step in step_ids and not {slot} & (self._read_with.keys() | self._tasks.keys() | self.left_out)
        )
        return [(reading, inputs) for reading, inputs in candidates if inputs is not None]

    def _start(self, reading: Reading, inputs: Hashable) -> None:
        since = self.ports.stopwatch.monotonic()
        self.under_way[reading.slot] = UnderWay(reading.doing, reading.host(self.ports), since)
        self._reading_with[reading.slot] = inputs
        self._tasks[reading.slot] = asyncio.create_task(self._fill(reading, inputs, self.state), name=reading.slot)

    def _stop(self, slots: Iterable[str]) -> None:
        for slot in slots:
            self._ended(slot).cancel()

    def _ended(self, slot: str) -> asyncio.Task[None]:
        del self.under_way[slot], self._reading_with[slot]
        return self._tasks.pop(slot)

    async def _fill(self, reading: Reading, inputs: Hashable, state: State) -> None:
        """Reads with the state that it was started with. When that is outdated meanwhile, the task is cancelled."""
        begin_reading(reading.slot)
        since = self.ports.stopwatch.monotonic()
        try:
            seen = await reading.read(self.ports, state)
        finally:
            self.took[reading.slot] = self.ports.stopwatch.monotonic() - since
            if self._tasks.get(reading.slot) is asyncio.current_task():
                self._ended(reading.slot)
        self._read_with[reading.slot] = inputs
        facts = replace(self.state.facts, now=self.ports.clock.now(), **{reading.slot: seen})
        self._become(replace(self.state, facts=facts))
        self.changed()

    def begin_sync(self, plan: Plan) -> None:
        """Notes, before a plan is applied, when attaching began and which segments were there before."""
        segments = self.state.facts.segments
        known = tuple(segment.key for segment in segments) if isinstance(segments, tuple) else ()
        attaches = any(change.id.startswith("audience:") for change in plan.pending)
        self.session.begin_sync(known, attaches=attaches)

    async def applied(self, results: Iterable[Result], sightings: Sightings | None = None) -> None:
        """Takes up what an apply made, and reads what it has not looked at itself: what counts is what is seen."""
        by_id = {result.id: result for result in results}
        created = {r.resource_id for r in by_id.values() if r.outcome is Outcome.DONE and r.action is Action.CREATE}
        self.made_by_us |= self.session.saved.made_ids | created
        self.forget_slots(*_CHANGED_BY_APPLY)
        destination = by_id.get("destination")
        if destination and destination.resource_id:
            self.use_destination(destination.resource_id)
        if sightings is not None:
            await self.read("segment")  # the destination: what an audience is attached to
            for slot, seen in sightings.whole(self.state).items():
                self.saw(slot, seen)
        await self.read("segment", "destination", "audiences")

    def use_destination(self, destination_id: str) -> None:
        """This instance is the one from now on: it was made for this set-up, by the API or by hand."""
        self._become(replace(self.state, answers=replace(self.state.answers, destination=destination_id)))
        self._keep()

    def saw(self, slot: str, seen: object) -> None:
        """Takes what somebody who polls saw of a slot, as if it had been read now."""
        inputs = self._readings[slot].inputs(self.state)
        if inputs is not None:
            self._read_with[slot] = inputs
            facts = replace(self.state.facts, now=self.ports.clock.now(), **{slot: seen})  # type: ignore[arg-type]
            self._become(replace(self.state, facts=facts))
        self.changed()

    # --- judgement ----------------------------------------------------------------------------------------------

    def findings_of(self, step: Step) -> tuple[Finding, ...]:
        ids = {check.id for check in self._checks if check.step == step.id}
        return tuple(finding for finding in self.findings if finding.id in ids)

    def ask_of(self, finding: Finding) -> Ask | None:
        """The question whose answer the finding is about: the one that names its id most exactly."""
        fitting = [
            (len(beginning), ask)
            for step in self.steps
            for ask in self.asks(step)
            for beginning in ask.about
            if finding.id.startswith(beginning)
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def mark(self, step: Step) -> Mark:
        """How the step stands. Before it is accepted it is to do, unless what it asks is answered and fails."""
        if any(self._readings[slot].step == step.id for slot in self.under_way):
            return Mark.READING
        statuses = {finding.status for finding in self.findings_of(step) if finding.matters or finding.blocks}
        if step.id in self.outdated:
            return Mark.CHANGED
        if Status.FAIL in statuses and (step.id in self.accepted or not self.missing(step)):
            return Mark.PROBLEM
        if step.id not in self.accepted or self.missing(step):
            return Mark.TODO
        return Mark.WARN if statuses & {Status.WARN, Status.UNKNOWN} else Mark.DONE

    def plan(self) -> Plan:
        """What an earlier run intended and was killed over counts as ours once it is seen."""
        found = found_in_place(self.session.saved.unconfirmed, self.state.facts)
        ours = self.made_by_us | {resource_id for _, resource_id in found}
        return make_plan(self.state.facts, self.state.answers, self.findings, made_by_us=ours)

    def confirm_intended(self) -> None:
        """Writes down as made what an earlier run intended and was killed over. Call it before an apply or undo."""
        for entry, resource_id in found_in_place(self.session.saved.unconfirmed, self.state.facts):
            self.session.confirmed(entry, resource_id)
        self.made_by_us |= self.session.saved.made_ids

    def _judge(self) -> None:
        self.findings = run_checks(self._checks, self.state.facts, self.state.answers)

    def _become(self, state: State) -> None:
        """Takes a new state; what was read with other inputs than now is forgotten, and what rests on that too."""
        self.state = self._settled(state)
        while outdated := self._outdated(self._read_with):
            self._clear(outdated)
        self._stop(self._outdated(self._reading_with))
        self._judge()

    def _clear(self, slots: list[str]) -> None:
        for slot in slots:
            del self._read_with[slot]
        cleared = {slot: _EMPTY[slot] for slot in slots}
        self.state = self._settled(replace(self.state, facts=replace(self.state.facts, **cleared)))

    def _outdated(self, read_with: dict[str, Hashable]) -> list[str]:
        return [slot for slot, inputs in read_with.items() if self._readings[slot].inputs(self.state) != inputs]

    def _settled(self, state: State) -> State:
        for step in self.steps:
            state = step.settle(state)
            for ask in step.asks:
                state = _with_the_only_choice(ask, state)
        return state

    def _outdate_after(self, ask: Ask) -> None:
        changed_at = next(index for index, step in enumerate(self.steps) if ask in step.asks)
        later = {step.id for step in self.steps[changed_at + 1 :]}
        self.outdated |= later & self.accepted


def _with_the_only_choice(ask: Ask, state: State) -> State:
    """Where there is nothing to choose nobody is asked; the answer stays on the screen and can be looked at."""
    if ask.takes_the_only and ask.applies(state) and not ask.waits_for(state) and not ask.is_answered(state):
        choices = ask.choices(state)
        if len(choices) == 1:
            return ask.put(state, choices[0].value)
    return state
