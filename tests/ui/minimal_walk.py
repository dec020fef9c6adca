"""A small walk made for tests, so that the screens can be tried without any service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from tests.fake_clock import FakeClock
from wizard.domain.answers import Answers, AskId
from wizard.domain.checks.check import Check
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, Paste
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.services.segment import Space
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.session import Session
from wizard.flow.reading.reading import Reading
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Value
from wizard.flow.steps.step import Note, Step
from wizard.flow.walk import Walk
from wizard.vault import MemoryVault

HELP = Help("It is a test.", "Nowhere → at all", "https://example.com/help")
TOKEN = "api-0123456789abcdef0123456789abcdef1a2b"


def _mistake(paste: Paste) -> str:
    if "\n" in paste.text:
        return "Two tokens were pasted. Paste one."
    return "This is an SDK key, not an access token." if paste.text.startswith("sdk-") else ""


def _setting(field: str) -> tuple[Callable[[State], Value], Callable[[State, Value], State]]:
    def put(state: State, value: Value) -> State:
        return replace(state, answers=replace(state.answers, **{field: cast("Any", value)}))

    return lambda state: getattr(state.answers, field) or "", put


def ask(id: str, kind: Kind, field: str, **more: Any) -> Ask:
    get, put = _setting(field)
    return Ask(id=cast("AskId", id), kind=kind, label=id.capitalize(), help=HELP, get=get, put=put, **more)


SECRET = Ask(
    id="launchdarkly_token",
    kind=Kind.SECRET,
    label="Access token",
    help=HELP,
    hint="Paste a LaunchDarkly access token.",
    get=lambda state: state.ending(LAUNCHDARKLY_TOKEN),
    secret=replace(LAUNCHDARKLY_TOKEN, mistake=_mistake),
)


def _spaces(state: State) -> tuple[Choice, ...]:
    spaces = state.facts.spaces if isinstance(state.facts.spaces, tuple) else ()
    return tuple(Choice(space.id, space.name, details=(space.slug,)) for space in spaces)


PICK = ask(
    "space",
    Kind.PICK,
    "space",
    hint="Type to filter.",
    hints_at_keys=True,
    choices=_spaces,
    waits_for=lambda state: "" if isinstance(state.facts.spaces, tuple) else "the spaces of this token",
)
CHOICE = ask(
    "kind",
    Kind.CHOICE,
    "context_kind",
    hint="Who becomes a member.",
    choices=lambda _: (
        Choice("user", "User", details=("seen by your app",), recommended=True, why="Most apps use it."),
        Choice("device", "Device", why="For things that nobody signs in to."),
    ),
    suggest=lambda _: "user",
)
TEXT = ask("name", Kind.TEXT, "destination_name", suggest=lambda _: "LaunchDarkly - shop / production")
MANY = ask("audiences", Kind.PICK_MANY, "audiences", choices=_spaces)

STEPS = (
    Step(
        StepId.LAUNCHDARKLY,
        "First things",
        "The token and the space.",
        (SECRET, PICK),
        lambda _: (Note("Kept in memory.", "·"),),
    ),
    Step(StepId.MAPPING, "Second things", "How a profile becomes a context.", (CHOICE, TEXT)),
    Step(StepId.AUDIENCES, "Third things", "Which of them.", (MANY,)),
)


@dataclass
class Reads:
    """How often the spaces were read, and the event that lets them arrive."""

    spaces: tuple[Space, ...] = tuple(Space(f"spa_{i}", f"space-{i}", f"Space {i}") for i in range(40))
    arrive: asyncio.Event | None = None
    times: int = 0

    async def read(self, _: Ports, __: State) -> tuple[Space, ...]:
        self.times += 1
        if self.arrive is not None:
            await self.arrive.wait()
        return self.spaces


def walk(
    reads: Reads | None = None,
    *,
    findings: tuple[Finding, ...] = (),
    steps: tuple[Step, ...] = STEPS,
    session: Session | None = None,
) -> Walk:
    reads = reads or Reads()
    clock = FakeClock()
    reading = Reading(
        "spaces",
        StepId.LAUNCHDARKLY,
        "reading spaces",
        lambda _: "api.example.com",
        lambda state: state.secrets.launchdarkly_token,
        reads.read,
    )
    checks = tuple(_check(finding) for finding in findings)
    ports = Ports(services=cast("Any", None), vault=MemoryVault("a test", {}), clock=clock, stopwatch=clock)
    state = State(facts=Facts(now=clock.now()))
    return Walk(ports, steps, (reading,), checks, state, session or Session(None, clock))


def _check(finding: Finding) -> Check:
    def judge(facts: Facts, _: Answers) -> tuple[Finding, ...]:
        return (finding if isinstance(facts.spaces, tuple) else replace(finding, status=Status.SKIPPED),)

    return Check(finding.id, finding.title, StepId.LAUNCHDARKLY, judge)
