"""One step of the walk: ask what is missing, say what was seen, then let the user continue or change an answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from wizard.domain.facts import listed
from wizard.domain.findings import Finding, root_causes_first
from wizard.domain.step_id import StepId
from wizard.flow.audience_list import waits_for_an_audience, watch_for_audiences
from wizard.flow.blocking import blocking_finding
from wizard.flow.by_hand import colleague
from wizard.flow.guide import leave, why_it_waits
from wizard.flow.steps.ask import Ask
from wizard.flow.steps.step import Note, Step
from wizard.flow.words import DONE_BY_A_COLLEAGUE, SAME_RESULT, notable_findings
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.dialogue import NO_ANSWER, Dialogue
from wizard.headless.plain.dialogue.leaving import Back, ReadAgain
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.headless.plain.dialogue.questions import ask_question
from wizard.headless.printing.findings_text import finding_line

_ANYWAY, _COLLEAGUE = "anyway", "colleague"


class StepVisit:
    """A user's visit to a step. `run` returns when the step is accepted, or raises LeftPrompt to go elsewhere."""

    def __init__(self, dialogue: Dialogue, step: Step) -> None:
        self.dialogue = dialogue
        self.walk = dialogue.walk
        self.step = step
        self._index = self.walk.steps.index(step)
        self._asked: list[Ask] = []  # in this visit; Back leads to the latest
        self._wanted: Ask | None = None  # a question to ask again although it has an answer
        self._said: set[Note | str] = set()
        self._is_checked_again = False  # whether the user has just had the step read again
        self._last_said: tuple[str, ...] = ()  # the finding that was last said in full

    async def run(self) -> None:
        self._head()
        await self.read()
        while True:
            try:
                await self._ask_what_is_missing()
                if await self.close():
                    return
                self._is_checked_again = False
            except ReadAgain:
                self._is_checked_again = True
                self._said = {said for said in self._said if isinstance(said, Note)}
                await self.dialogue.reading(self.walk.read_again(*self.reads_again))
                self._say_news()
            except Back:
                if not self._asked:
                    raise
                self._wanted = self._asked.pop()

    def _head(self) -> None:
        number = f"Step {self._index + 1} of {len(self.walk.steps)}"
        self.dialogue.say("", f"{number}: {self.step.title}. {self.step.purpose}")
        if self.walk.missing(self.step):
            for ask in self.walk.asks(self.step):
                if ask.is_answered(self.walk.state):
                    self.dialogue.say(f"{ask.label}: {words.answer(self.walk, ask)}.")

    async def read(self) -> None:
        """Read what can be read now for this step and those before it, and print what is new."""
        ids = tuple(step.id for step in self.walk.steps[: self._index + 1])
        await self.dialogue.reading(self.walk.read(*ids))
        self._say_news()

    @property
    def reads_again(self) -> tuple[StepId, ...]:
        """The steps to read again when the user asks for that; empty for all."""
        return (self.step.id,)

    # --- questions -----------------------------------------------------------------------------------------------

    async def _ask_what_is_missing(self) -> None:
        while ask := self._next():
            await ask_question(self.dialogue, ask)
            self._asked.append(ask)
            await self.read()

    def _next(self) -> Ask | None:
        wanted, self._wanted = self._wanted, None
        return wanted or self._first_missing

    @property
    def _first_missing(self) -> Ask | None:
        """Return the first open question that can be answered now."""
        ready = (ask for ask in self.walk.missing(self.step) if not ask.waits_for(self.walk.state))
        return next(ready, None)

    # --- what was seen -------------------------------------------------------------------------------------------

    def _say_news(self) -> None:
        """Say the notes and findings that are new in this visit, except the finding that is said in full next."""
        notes = [note for note in self.step.notes(self.walk.state) if note.text and note not in self._said]
        self._said.update(notes)
        found = notable_findings(root_causes_first(self.walk.findings_of(self.step)))
        in_full = None if self._first_missing else self._failed
        news = [finding_line(one) for one in found if one != in_full and finding_line(one) not in self._said]
        self._said.update(news)
        lines = [words.note(note) for note in notes] + news
        if lines:
            self.dialogue.say(*lines)

    @property
    def _failed(self) -> Finding | None:
        return blocking_finding(self.walk, self.step)

    # --- going on ------------------------------------------------------------------------------------------------

    async def close(self) -> bool:
        """Print the step's state and ask what's next; return whether the user continues."""
        asks = self.walk.asks(self.step)
        missing, failed = self.walk.missing(self.step), self._failed
        self._say_where_it_stands(asks, missing, failed)
        async with self._looks_for_audiences():
            given = (await self.dialogue.ask("Enter or a number" if asks else "Enter", self.step)).casefold()
        if number := number_in(given, len(asks)):
            self._want(asks[number - 1])
            return False
        if given == _COLLEAGUE and failed and colleague.can_fix(self.walk, failed):
            colleague.fix(self.walk, failed)
            self.dialogue.say(DONE_BY_A_COLLEAGUE)
            raise ReadAgain
        if not given and (missing or failed):
            raise ReadAgain
        if given and not (given == _ANYWAY and failed and not missing):
            self.dialogue.say(NO_ANSWER)
            return False
        if failed:
            self.walk.waive(failed)
        await self.accept()
        return True

    @contextlib.asynccontextmanager
    async def _looks_for_audiences(self) -> AsyncIterator[None]:
        """While the prompt waits, watch an empty space, and say when it has an audience."""
        is_empty = self.step.id is StepId.AUDIENCES and waits_for_an_audience(self.walk.state)
        looking = asyncio.create_task(self._say_first_audience()) if is_empty else None
        try:
            yield
        finally:
            if looking is not None:
                looking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await looking

    async def _say_first_audience(self) -> None:
        await watch_for_audiences(self.walk)
        if there := listed(self.walk.state.facts.audiences):
            self.dialogue.say("", f"The space has an audience now: {there[0].name}. Press Enter to continue.")

    def _want(self, ask: Ask) -> None:
        waits = ask.waits_for(self.walk.state)
        if waits:
            self.dialogue.say(f"{ask.label} waits for {waits}.")
        else:
            self._wanted = ask

    def _say_where_it_stands(self, asks: tuple[Ask, ...], missing: tuple[Ask, ...], failed: Finding | None) -> None:
        lines = [f"  {number}. {self._answer(ask)}" for number, ask in enumerate(asks, 1)]
        cause = failed or (why_it_waits(self.walk, self.step) if missing else None)
        lines += self.in_full(cause) if cause else ()
        if total := words.counted(self.walk.findings_of(self.step)):
            lines.append(total)
        change = ("A number changes that answer.",) if asks else ()
        if failed:
            ways = ("Enter checks again.", *change, *self._ways_past(failed, asks, is_complete=not missing))
        else:
            ways = ("Enter checks again." if missing else "Enter continues.", *change)
        self.dialogue.say("", *lines, " ".join(ways))

    def _ways_past(self, failed: Finding, asks: tuple[Ask, ...], *, is_complete: bool) -> Iterator[str]:
        about = self.walk.ask_of(failed)
        if about is not None and about in asks and about.fixes(failed):
            yield f"The problem is in answer {asks.index(about) + 1}."
        if colleague.can_fix(self.walk, failed):
            yield f"To let a colleague do it (sandbox), type {_COLLEAGUE}."
        if is_complete:
            yield f"To continue anyway, type {_ANYWAY}."

    def in_full(self, finding: Finding) -> tuple[str, ...]:
        """Return the lines of a finding; of the last one said in full, only what was seen, and that it's the same."""
        lines = tuple(words.finding_in_full(finding))
        if lines == self._last_said:
            still = f"Still {lines[0][:1].lower()}{lines[0][1:]}"
            return (f"{SAME_RESULT} {lines[0]}" if self._is_checked_again else still,)
        self._last_said = lines
        return lines

    def _answer(self, ask: Ask) -> str:
        waits = ask.waits_for(self.walk.state)
        said = words.answer(self.walk, ask)
        return f"{ask.label}: {said or (f'waits for {waits}' if waits else 'none')}"

    async def accept(self) -> None:
        place = await leave(self.walk, self.step)
        self.dialogue.say_trouble(self.walk.session.trouble)
        if place and not self.walk.state.sandbox:
            self.dialogue.say(f"Your tokens are kept in {place}.")
