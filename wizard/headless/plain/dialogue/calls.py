"""Lines about calls under way: one when a call begins, and one now and then while we wait for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from wizard.clock import Clock
from wizard.domain.facts import Slot
from wizard.flow.reading.reading import UnderWay
from wizard.flow.walk import Walk
from wizard.text import lasting

SILENT_S, EVERY_S = 3.0, 10.0  # until a command first says what it waits for, and between later lines


@contextlib.asynccontextmanager
async def beats(clock: Clock, first_s: float, every_s: float, tell: Callable[[], None]) -> AsyncIterator[None]:
    """Call `tell` after `first_s` and then every `every_s` seconds of the clock, while the block runs."""

    async def beat() -> None:
        await clock.sleep(first_s)
        while True:
            tell()
            await clock.sleep(every_s)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Calls:
    """Print one line for each host when calls begin, for all calls that begin together."""

    def __init__(self, walk: Walk, say: Callable[[str], None]) -> None:
        self._walk = walk
        self._say = say
        self._known: dict[Slot, UnderWay] = {}
        self._due = False
        walk.changed = self._changed

    def _changed(self) -> None:
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._due = False
        under_way = dict(self._walk.under_way)
        new = [call for slot, call in under_way.items() if self._known.get(slot) is not call]
        self._known = under_way
        with contextlib.suppress(BrokenPipeError):  # the next prompt will notice it
            for host, doing in _by_host(new).items():
                self._say(f"Asking {host}: {', '.join(doing)} …")

    def still_waiting(self) -> None:
        if waited_for := still_waiting(self._walk):
            self._say(waited_for)


def still_waiting(walk: Walk) -> str:
    """Return a sentence about the calls under way; empty when there is none."""
    calls = sorted(walk.under_way.values(), key=lambda call: call.since)
    if not calls:
        return ""
    asked = "; ".join(f"{host}, {', '.join(doing)}" for host, doing in _by_host(calls).items())
    waited_s = walk.waited(calls[0])
    if waited_s < 1:  # many short calls, not one long one
        return f"Still working: {asked}."
    return f"Still waiting after {lasting(waited_s)}: {asked}."


def _by_host(calls: Sequence[UnderWay]) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for call in calls:
        hosts.setdefault(call.host, []).append(call.doing)
    return hosts
