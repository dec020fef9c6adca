"""Run one command: signals, locks, connections, and the sentence for an error."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TextIO, TypeAlias

from wizard.exit_codes import ExitCode
from wizard.flow.busy import Busy
from wizard.flow.outside.vault import Vault
from wizard.flow.walk import Walk
from wizard.headless.options import Options
from wizard.headless.plain.dialogue.calls import beats, still_waiting
from wizard.headless.plain.dialogue.terminal import NARROWEST, USUAL, Terminal
from wizard.headless.printing.output import Output
from wizard.headless.printing.page import Page, stand_ins
from wizard.headless.refusal import Refused
from wizard.headless.stopping import let_go_of_stdout, until_told_to_stop

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # of where standard output goes
SILENT_S, EVERY_S = 3.0, 10.0  # until a command says what it waits for, and then now and then

Command: TypeAlias = Callable[[Walk, Options, Output], Awaitable[ExitCode]]
Report: TypeAlias = Callable[[BaseException], str]  # logs an unexpected error, and returns a sentence that says where


def _plan() -> Command:
    from wizard.headless.commands.plan_command import plan

    return plan


def _apply() -> Command:
    from wizard.headless.commands.apply_command import apply_plan

    return apply_plan


def _watch() -> Command:
    from wizard.headless.commands.watch_command import watch_sync

    return watch_sync


def _doctor() -> Command:
    from wizard.headless.commands.doctor_command import doctor

    return doctor


def _undo() -> Command:
    from wizard.headless.commands.undo_command import undo_all

    return undo_all


def _troubleshoot() -> Command:
    from wizard.headless.commands.troubleshoot_command import troubleshoot

    return troubleshoot


def _export() -> Command:
    from wizard.headless.commands.export_command import export_setup

    return export_setup


def _inventory() -> Command:
    from wizard.headless.commands.inventory_command import inventory

    return inventory


# A command loads its own modules and no others.
COMMANDS: Mapping[str, Callable[[], Command]] = {
    "plan": _plan,
    "apply": _apply,
    "watch": _watch,
    "doctor": _doctor,
    "undo": _undo,
    "troubleshoot": _troubleshoot,
    "export": _export,
    "inventory": _inventory,
}


def run_command(name: str, load: Callable[[], Walk], options: Options, report: Report) -> int:
    """Run a command and return its exit code (docs/reference.md#exit-codes).

    `load` builds the walk and makes no call.
    """
    return _ended(lambda out: run_walk(COMMANDS[name](), load(), options, out), options, report)


def run_secrets(load: Callable[[Callable[[str], None]], Vault], options: Options, report: Report) -> int:
    """Run `secrets` and return its exit code; `load` takes a function for sentences about a slow keyring."""
    from wizard.headless.commands.secrets_command import secrets
    from wizard.headless.secret_input import read_secret

    return _ended(lambda out: secrets(load(out.say), options, out, read_secret), options, report)


async def run_walk(command: Command, walk: Walk, options: Options, out: Output) -> ExitCode:
    """Run a command on a walk; whatever happens, end its calls and release the profile."""
    before = walk.session.trouble
    walk.ports.notices.listen(lambda notice: out.say(notice.text))
    try:
        if before:
            out.say(before)
        async with beats(walk.ports.stopwatch, SILENT_S, EVERY_S, lambda: _say_what_is_waited_for(walk, out)):
            return await command(walk, options, out)
    finally:
        if walk.session.trouble not in {before, ""}:
            out.say(walk.session.trouble)
        await walk.close()
        await walk.ports.services.close()
        walk.session.unlock()


def _say_what_is_waited_for(walk: Walk, out: Output) -> None:
    if waited_for := still_waiting(walk):
        _say(out, waited_for)


def _ended(begin: Callable[[Output], Awaitable[ExitCode]], options: Options, report: Report) -> int:
    """Run to the end and return the exit code; an error is one sentence, never a traceback."""
    out = _output(options)
    try:
        return asyncio.run(until_told_to_stop(lambda: begin(out)))
    except (Refused, Busy) as refused:
        _say(out, f"audience-wizard: {refused}")
        return ExitCode.USAGE if isinstance(refused, Refused) else ExitCode.PROBLEM
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say(out, "Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        let_go_of_stdout()
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where it can be told in words
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _say(out, f"audience-wizard: we can't write the output ({error.strerror}).")
        else:
            _say(out, f"audience-wizard: something went wrong ({type(error).__name__}). {report(error)}")
        return ExitCode.PROBLEM


def _say(out: Output, text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads the output any more
        out.say(text)


def _output(options: Options) -> Output:
    """Return the output; standard output may be closed, or unable to show every character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    data, narration = sys.stdout or io.StringIO(), sys.stderr or io.StringIO()
    page, narration_page = (_page(stream, coloured=options.coloured) for stream in (data, narration))
    is_terminal = sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()
    ask = Terminal(out=narration).ask if is_terminal else None
    rings = options.rings and narration.isatty()
    return Output(data, narration, options.as_json, ask, rings, page, narration_page, options.of_this_run)


def _page(stream: TextIO, *, coloured: bool) -> Page:
    """Return how a stream shows lines: a terminal's own width and colours; a file or pipe gets lines as they are."""
    plain = stand_ins(stream.encoding)
    if not stream.isatty():
        return Page(stand_ins=plain)
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        width = USUAL
    return Page(max(NARROWEST, width), coloured, plain)
