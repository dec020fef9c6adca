"""Whole commands meet a fault at one of their calls: they end with a sentence, and succeed when they run again.

The cases are a fixed sample of some thousands: one for each command, or three with `AUDIENCE_WIZARD_FAULTS=3`, which
`.ci/run` sets on all Python versions but one. With 500, all cases run.
"""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass
from math import inf
from pathlib import Path

import httpx
import pytest

from tests.api.test_every_fault import FAULTS, HEAVY, WITHOUT_END
from tests.headless.runs import ALL_MADE, NOTHING, Ran, World, applied
from wizard.exit_codes import ExitCode

EACH = int(os.environ.get("AUDIENCE_WIZARD_FAULTS", "1"))
COMMANDS = ("plan", "apply", "watch", "doctor", "undo")
TOLD = {ExitCode.OK, ExitCode.PROBLEM, ExitCode.COULD_NOT_TELL, ExitCode.WAITING}
BEFORE = tuple(name for name in FAULTS if name not in (*HEAVY, *WITHOUT_END))
AFTER = ("time-out", "reset", "500", "502 page", "404", "422", "cut off", "a page", "an empty object", "nothing")
TIMEOUT_S = 1800.0
LATER_S = 700.0  # in the wizard's time; by then, objects of a killed run would be listed
A_LOOK_S = 60.0  # one poll a minute is enough for a run without faults
_IDS = re.compile(r"(?<=/)[^/]*[0-9][^/]*(?=/|$)")


@dataclass(frozen=True)
class Case:
    """A fault at one kind of call. With `happens`, the service carries out the call anyway."""

    call: str
    fault: str
    times: float
    happens: bool = False


@dataclass
class Way(httpx.AsyncBaseTransport):
    """A transport that meets the case's fault, and records each kind of call in `seen`."""

    inner: httpx.AsyncBaseTransport
    seen: dict[str, None]
    case: Case | None = None
    met: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.host}{_IDS.sub('*', request.url.path)}"
        self.seen[call] = None
        if self.case is None or call != self.case.call or self.met >= self.case.times:
            return await self.inner.handle_async_request(request)
        self.met += 1
        if self.case.happens:
            await (await self.inner.handle_async_request(request)).aread()
        return FAULTS[self.case.fault](request)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_fault_on_the_way_is_reported_and_the_same_again_ends_right(
    command: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    every = await _cases(command, tmp_path_factory.mktemp("undisturbed"))
    chosen = random.Random(command).sample(every, min(EACH, len(every)))  # noqa: S311 - the same cases each time
    for case in chosen:
        world = await _world(command, tmp_path_factory.mktemp("world"))
        began = world.clock.monotonic()

        ran = await _run(world, command, case)

        assert ran.code in TOLD, (case, ran)
        assert ran.code == ExitCode.OK or len(ran.out + ran.err) > 30, (case, ran)
        assert "went wrong" not in ran.out + ran.err, (case, ran)
        assert world.clock.monotonic() - began < TIMEOUT_S + 100, case
        made = world.made()
        assert max(made.values()) <= 1, (case, made)
        if ran.code == ExitCode.OK and command in ("apply", "undo"):
            assert made == (ALL_MADE if command == "apply" else NOTHING), (case, ran)
        await world.clock.sleep(LATER_S)
        world.clock.at_least = A_LOOK_S
        await _ends_right(world, command, case)


async def _ends_right(world: World, command: str, case: Case) -> None:
    for again in ("undo",) if command == "undo" else ("apply", "watch", "doctor", "undo"):
        ran = await _run(world, again)
        assert ran.code == ExitCode.OK, (case, again, ran)
        assert world.made() == (NOTHING if again == "undo" else ALL_MADE), (case, again, ran)


async def _cases(command: str, folder: Path) -> list[Case]:
    seen: dict[str, None] = {}
    world = await _world(command, folder)
    world.clock.at_least = A_LOOK_S
    await world.run(command, as_json=False, timeout_s=TIMEOUT_S, wrap=lambda inner: Way(inner, seen))
    return [
        *(Case(call, fault, times) for call in seen for fault in BEFORE for times in (1, inf)),
        *(Case(call, fault, 1, True) for call in seen if " api." in call and call[:3] != "GET" for fault in AFTER),
    ]


async def _world(command: str, folder: Path) -> World:
    return World(folder) if command in ("plan", "apply") else await applied(folder, watch=command == "doctor")


async def _run(world: World, command: str, case: Case | None = None) -> Ran:
    return await world.run(command, as_json=False, timeout_s=TIMEOUT_S, wrap=lambda inner: Way(inner, {}, case))
