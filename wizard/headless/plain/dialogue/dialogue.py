"""Print and ask, and handle the letters that every prompt understands besides its answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from wizard.domain.commands import of_this_run
from wizard.flow.steps.ask import Ask
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.flow.words import NOTHING_GIVEN
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.calls import Calls, beats
from wizard.headless.plain.dialogue.conversation import Conversation
from wizard.headless.plain.dialogue.leaving import Back, GoTo, LeftPrompt, Quit, ReadAgain
from wizard.headless.plain.dialogue.numbers import number_in

T = TypeVar("T")

COMMANDS = (
    "At any prompt: ? explains the question and these keys, b goes back, f lists the findings, t finds the cause of "
    "what you see, i lists the synced segments of the project, e adds environments with this setup's answers, k "
    "counts the members that each context key reaches, r checks again, g 3 goes to step 3, q quits. To answer with "
    "one of these letters, type a backslash before it: \\b. Enter alone does what the line above the prompt says."
)
ASIDE = "Type what the prompt asks for. b goes back, r checks again, g 3 goes to step 3, q quits."
NO_ANSWER = "That isn't one of the answers. Type ? for help."
_CARD = "c prints a request card: a text for a colleague who has the rights."
_LITERAL = "\\"
_FIRST_S, _EVERY_S = 5.0, 15.0

Aside = Callable[["Dialogue"], Awaitable[None]]
_LEADS: dict[str, type[LeftPrompt]] = {"b": Back, "q": Quit, "r": ReadAgain}


class Dialogue:
    """Prints lines and asks for lines. `asides` are what a letter at a prompt of the walk leads to, and back from."""

    def __init__(self, walk: Walk, conversation: Conversation, asides: Mapping[str, Aside]) -> None:
        self.walk = walk
        self._conversation = conversation
        self._asides = asides
        self._calls = Calls(walk, self.say)
        self._said_once: set[str] = set()

    def say(self, *lines: str) -> None:
        self._conversation.say(of_this_run("\n".join(lines), self.walk.ports.options))

    def ring(self) -> None:
        self._conversation.ring()

    def say_trouble(self, trouble: str) -> None:
        """Say a trouble once, however long it lasts."""
        if trouble:
            self.say_once(f"Warning: {trouble}")

    def say_once(self, line: str) -> None:
        if line not in self._said_once:
            self._said_once.add(line)
            self.say(line)

    # --- prompts -------------------------------------------------------------------------------------------------

    async def ask(self, prompt: str, about: Ask | Step, *, hidden: bool = False, card: str = "") -> str:
        """Return the typed answer. Raises LeftPrompt if the user goes elsewhere, EndOfInput if the input ends.

        `about` is the question or step whose help `?` prints; `card` is the request card that `c` prints, by default
        the step's own.
        """
        read = self._conversation.ask_secret if hidden else self._conversation.ask
        while True:
            card = card or self._step_of(about).request_card(self.walk.state)
            if card:
                self.say_once(_CARD)
            given = await read(f"{prompt}: ")
            command = given.strip().casefold()
            if command == "?":
                self.say(*words.help_lines(about), *words.good_token(self.walk, about), COMMANDS)
            elif command == "c" and card:
                self.say(*words.request_card(card))
            elif aside := self._asides.get(command):
                with contextlib.suppress(Back):
                    await aside(self)
            elif goal := re.fullmatch(r"g\s*(\d+)", command):
                self._go_to(goal[1])
            elif command in _LEADS:
                raise _LEADS[command]
            else:
                return given if hidden else given.strip().removeprefix(_LITERAL)

    async def ask_aside(self, prompt: str) -> str:
        """Return the answer to a prompt that isn't one of the walk's questions. Raises LeftPrompt, EndOfInput."""
        while True:
            given = await self._conversation.ask(prompt)
            command = given.strip().casefold()
            if command == "?":
                self.say(ASIDE)
            elif goal := re.fullmatch(r"g\s*(\d+)", command):
                self._go_to(goal[1])
            elif command in _LEADS:
                raise _LEADS[command]
            else:
                return given

    async def ask_secret_aside(self, prompt: str) -> str:
        """Return a secret, read without echo, at a prompt that isn't one of the walk's questions. Raises EndOfInput."""
        return await self._conversation.ask_secret(prompt)

    def _step_of(self, about: Ask | Step) -> Step:
        return next(step for step in self.walk.steps if about is step or about in step.asks)

    def _go_to(self, typed: str) -> None:
        if number := number_in(typed, len(self.walk.steps)):
            raise GoTo(number - 1)
        self.say(f"Type a step from 1 to {len(self.walk.steps)}.")

    def take(self, ask: Ask, value: str | tuple[str, ...]) -> bool:
        """Put an answer into the walk and return whether it was accepted; print its mistake if it wasn't."""
        if not value and not ask.optional:
            self.say(NOTHING_GIVEN)
            return False
        mistake = self.walk.answer(ask, value)
        if mistake:
            self.say(f"Not accepted: {mistake}")
        return not mistake

    # --- waiting -------------------------------------------------------------------------------------------------

    async def reading(self, job: Coroutine[Any, Any, T]) -> T:
        """Return the result of a job that reads from the services; when it takes long, print what it waits for."""
        async with self.heartbeat(self._calls.still_waiting):
            return await job

    def say_still_reading(self) -> None:
        """Say what is being read, and for how long."""
        self._calls.still_waiting()

    def heartbeat(self, still: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """Print `still` when the block takes longer than a few seconds, and again every few seconds."""
        return beats(self.walk.ports.stopwatch, _FIRST_S, _EVERY_S, still)
