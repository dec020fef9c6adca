"""A scripted conversation for tests: the answers, and everything that was said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fake_clock import FakeClock, in_minutes
from tests.walks import Staged, stage
from wizard.flow.journey import new_walk
from wizard.flow.outside.vault import Vault
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk
from wizard.headless.plain.dialogue.conversation import EndOfInput
from wizard.headless.plain.run import PlainWalk

CTRL_C = "\x03"
ENTER = ""


@dataclass
class Script:
    """A conversation with answers in order; after the last one, standard input has ended."""

    answers: Iterable[str]
    said: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    rings: int = 0

    def __post_init__(self) -> None:
        self._left = list(self.answers)
        self._awaited = ""
        self._heard = asyncio.Event()

    async def ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        self.said.append(prompt)
        return self._next()

    async def ask_secret(self, prompt: str) -> str:
        self.hidden.append(prompt)
        return self._next()

    def ring(self) -> None:
        self.rings += 1

    def say(self, text: str = "") -> None:
        self.said.append(text)
        if self._awaited and self._awaited in text:
            self._heard.set()

    async def hears(self, text: str) -> None:
        """Wait until `text` is said."""
        self._awaited = text
        await self._heard.wait()

    def _next(self) -> str:
        if not self._left:
            raise EndOfInput
        answer = self._left.pop(0)
        if answer == CTRL_C:
            raise asyncio.CancelledError
        return answer

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    @property
    def unused(self) -> list[str]:
        return self._left


def staged(
    scenario: str = "happy",
    *,
    folder: Path | None = None,
    vault: Vault | None = None,
    clock: FakeClock | None = None,
) -> Staged:
    """Return a walk on the sandbox's time, which polls the first sync once a minute; its stopwatch stands still."""
    setup = stage(scenario, clock=clock or in_minutes(), vault=vault)
    walk = setup.walk
    ports = replace(walk.ports, stopwatch=FakeClock(), sandbox="" if folder else scenario)
    session = Session(folder, setup.clock)
    return replace(setup, walk=new_walk(ports, session))


async def talk(walk: Walk, *answers: str) -> tuple[int, Script]:
    """Run the walk with these answers; return the exit code, and the script with what was said."""
    script = Script(answers)
    return await PlainWalk(walk, script).run(), script


# A person's answers on `happy`, step by step; the last Enter of each continues.
PREREQUISITES = (ENTER, "2", ENTER)
LAUNCHDARKLY = ("1", ENTER)
SEGMENT = ("1", ENTER)
DESTINATION = (ENTER, ENTER)
MAPPING = (ENTER, ENTER, ENTER, ENTER)
AUDIENCES = ("1", ENTER, ENTER)
TO_REVIEW = (*PREREQUISITES, *LAUNCHDARKLY, *SEGMENT, *DESTINATION, *MAPPING, *AUDIENCES)
