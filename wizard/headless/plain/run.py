"""Run the line-by-line walk: the entry for the command line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping

from wizard.domain.step_id import StepId
from wizard.exit_codes import ExitCode
from wizard.flow.busy import Busy
from wizard.flow.guide import first_open_step, other_environments, saved_progress
from wizard.flow.handouts.summary import summary
from wizard.flow.home import is_finished
from wizard.flow.kept_secrets import begin_to_load_secrets
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.flow.words import HOW_LONG, NEEDS, NOTHING_CHANGES_YET, where_tokens_go
from wizard.flow.writing.result import Result
from wizard.headless.plain import exit_summary
from wizard.headless.plain.asides.exporting import offer_export
from wizard.headless.plain.asides.letters import ASIDES
from wizard.headless.plain.asides.rotating import rotate_the_token
from wizard.headless.plain.asides.undoing import undo_what_was_made
from wizard.headless.plain.dialogue.conversation import Conversation, EndOfInput
from wizard.headless.plain.dialogue.dialogue import COMMANDS, Dialogue
from wizard.headless.plain.dialogue.leaving import Back, GoTo, LeftPrompt, Quit
from wizard.headless.plain.dialogue.terminal import Terminal
from wizard.headless.plain.first_sync import FirstSyncVisit
from wizard.headless.plain.review import ReviewVisit
from wizard.headless.plain.steps import StepVisit
from wizard.headless.plain.tour import choose_world
from wizard.headless.printing.endings import code_of
from wizard.headless.setup.missing import ways_to_give
from wizard.headless.stopping import until_stopped
from wizard.stdout import NO_ROOM, detach_stdout

_WELCOME = (
    "Audience Wizard: a Segment audience, as a segment in LaunchDarkly.",
    f"{HOW_LONG} {NOTHING_CHANGES_YET}",
    NEEDS,
)
UNWRAPPED = 10_000  # characters in a line: the conversation wraps lines itself
_WAYS_ON = (
    "  1. Continue where you left off",
    "  2. Review the steps from the first one",
    "  3. Start over",
    "Enter continues where you left off.",
)
_OF_A_FINISHED_SETUP = (
    "  4. Rotate the destination's token",
    "  5. Undo what the wizard made",
    "  6. Export (setup.toml, Terraform, dated report)",
)


def run_plain(
    load: Callable[[], Walk],
    *,
    command: str = "audience-wizard",
    report: Callable[[BaseException], str] = lambda _: "",
    rings: bool = True,
    choose: Callable[[str], None] | None = None,
) -> int:
    """Run the walk until the user leaves, and return the exit code.

    `command` starts the wizard again with the same profile. `report` logs an unexpected error and returns where. With
    `rings`, the terminal's bell rings when the first sync is over. `choose` gets the sandbox scenario that the user
    picks first; None skips that question.
    """
    terminal = Terminal(rings=rings)

    async def talk() -> int:
        if choose is not None:
            choose(await choose_world(terminal))
        return await PlainWalk(load(), terminal, command).run()

    try:
        return asyncio.run(until_stopped(talk))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        detach_stdout()
        return ExitCode.INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise  # `wizard.cli` reports it
        terminal.say(f"Something went wrong ({type(error).__name__}). {report(error)}")
        return ExitCode.PROBLEM


class PlainWalk:
    """The whole walk, from the welcome to the segment."""

    def __init__(self, walk: Walk, conversation: Conversation, command: str = "audience-wizard") -> None:
        self.walk = walk
        self._dialogue = Dialogue(walk, conversation, ASIDES)
        self._command = command
        self._results: dict[str, Result] = {}
        self._loading: asyncio.Future[None] | None = None  # loads secrets from a slow keyring

    async def run(self) -> int:
        """Run the walk and return the exit code. Ctrl+C cancels it, after a summary."""
        try:
            self.walk.session.lock()
        except Busy as error:
            self._dialogue.say(f"Problem: {error}")
            return ExitCode.PROBLEM
        try:
            return await self._talk()
        except Quit:
            self._say_goodbye("Left.")
            return code_of(self._results.values())
        except EndOfInput:
            self._say_goodbye("The input ended.")
            return self._code_at_the_end()
        except asyncio.CancelledError:
            self._say_goodbye("Interrupted.")
            raise
        finally:
            if self._loading is not None:
                self._loading.cancel()
            await self.walk.close()
            await self.walk.ports.services.close()
            self.walk.session.profile.unlock()

    async def _talk(self) -> int:
        world = self.walk.state.sandbox
        secrets = where_tokens_go(is_simulated=bool(world), stores=self.walk.ports.vault.stores)
        self._dialogue.say(*_WELCOME, f"Sandbox: {world}. {secrets}" if world else secrets, COMMANDS)
        self.walk.ports.notices.listen(lambda notice: self._dialogue.say(notice.text))
        self._loading = await begin_to_load_secrets(self.walk)
        self._dialogue.say_trouble(self.walk.vault_trouble)
        index = await self._begin()
        while index < len(self.walk.steps):
            index = await self._visit(index)
        # the end of the watch has already named the segments
        self._dialogue.say("", *summary(self.walk, self._command, UNWRAPPED, names_segments=False))
        return ExitCode.OK

    async def _visit(self, index: int) -> int:
        """Visit a step, and return the index of the next step to visit."""
        try:
            await self._make_visit(self.walk.steps[index]).run()
        except Back:
            return max(0, index - 1)
        except GoTo as wanted:
            return wanted.index
        return index + 1

    def _make_visit(self, step: Step) -> StepVisit:
        if step.id is StepId.REVIEW:
            return ReviewVisit(self._dialogue, step, self._results)
        return FirstSyncVisit(self._dialogue, step) if step.id is StepId.FIRST_SYNC else StepVisit(self._dialogue, step)

    # --- the beginning -------------------------------------------------------------------------------------------

    async def _begin(self) -> int:
        """Return the index of the first step to visit: 0, or the step where a saved setup was left."""
        self._dialogue.say_trouble(self.walk.session.trouble)
        if others := other_environments(self.walk):
            self._dialogue.say("", others)
        if not self.walk.session.saved.is_begun:
            return 0
        self._dialogue.say("", f"Saved: {saved_progress(self.walk)}", *self._ways_on())
        return await self._resume()

    async def _resume(self) -> int:
        while True:
            given = await self._ask_at_the_start()
            if given in self._asides and is_finished(self.walk):
                await self._do_first(self._asides[given])
                continue
            if given == "3":
                self.walk.start_over()
            elif given in {"", "1", "2"}:
                self.walk.resume()
            else:
                self._dialogue.say(f"Type a number from 1 to {len(self._ways_on()) - 1}.")
                continue
            return 0 if given in {"2", "3"} else self._first_undone()

    @property
    def _asides(self) -> Mapping[str, Callable[[Dialogue], Awaitable[None]]]:
        return {"4": rotate_the_token, "5": undo_what_was_made, "6": self._export}

    async def _do_first(self, aside: Callable[[Dialogue], Awaitable[None]]) -> None:
        """Do one of the things that a finished setup offers, and print the ways to continue again."""
        self.walk.resume()
        with contextlib.suppress(Back):
            await aside(self._dialogue)
        self._dialogue.say("", *self._ways_on())

    async def _export(self, dialogue: Dialogue) -> None:
        await dialogue.reading(self.walk.read())
        await offer_export(dialogue)

    def _ways_on(self) -> tuple[str, ...]:
        return (*_WAYS_ON[:3], *(_OF_A_FINISHED_SETUP if is_finished(self.walk) else ()), *_WAYS_ON[3:])

    async def _ask_at_the_start(self) -> str:
        """Ask for a number before the first step; Back and other jumps lead nowhere here, so they ask again."""
        try:
            return await self._dialogue.ask("Number", self.walk.steps[0])
        except Quit:
            raise
        except LeftPrompt:
            return "?"

    def _first_undone(self) -> int:
        return self.walk.steps.index(first_open_step(self.walk))

    # --- the end -------------------------------------------------------------------------------------------------

    def _say_goodbye(self, why: str) -> None:
        self._dialogue.say("", why, *exit_summary.exit_lines(self.walk, self._results, self._command))

    def _code_at_the_end(self) -> int:
        """Return the exit code after the input ended; name each missing answer and how to give it."""
        if not self.walk.edits and self.walk.session.saved.is_begun:
            self.walk.resume()  # the input ended before resuming: saved answers aren't missing
        state = self.walk.state
        missing = [ask for step in self.walk.steps for ask in self.walk.missing(step) if not ask.suggest(state)]
        for ask in missing:
            where = " or ".join(ways_to_give(ask, self.walk))
            self._dialogue.say(f"Missing: {ask.label}{f', given by {where}' if where else ''}.")
        if missing:
            return ExitCode.USAGE
        return code_of(self._results.values()) or (ExitCode.WAITING if self._is_waited_for_yes else ExitCode.OK)

    @property
    def _is_waited_for_yes(self) -> bool:
        return bool(self.walk.plan().pending) and not self._results
