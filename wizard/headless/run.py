"""Run one command: handle signals, locks, connections and errors."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TextIO, TypeAlias

from wizard.exit_codes import ExitCode
from wizard.flow.busy import Busy
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.outside.vault import Vault
from wizard.flow.walk import Walk
from wizard.headless.options import Options
from wizard.headless.plain.dialogue.calls import EVERY_S, SILENT_S, beats, still_waiting
from wizard.headless.plain.dialogue.terminal import NARROWEST, USUAL, Terminal
from wizard.headless.printing.output import Output
from wizard.headless.printing.page import Page, fallback_glyphs
from wizard.headless.refusal import Refused
from wizard.headless.stopping import until_stopped
from wizard.headless.targets.targets import OnTargets, Target, refuse_several, targets_of
from wizard.stdout import NO_ROOM

Command: TypeAlias = Callable[[Walk, Options, Output], Awaitable[ExitCode]]
Report: TypeAlias = Callable[[BaseException], str]  # logs an unexpected error, and returns where to look


def _plan() -> Command:
    from wizard.headless.commands.plan_command import plan
    from wizard.headless.targets.plan_targets import plan_targets

    return OnTargets(plan, plan_targets)


def _apply() -> Command:
    from wizard.headless.commands.apply_command import apply_plan
    from wizard.headless.targets.apply_targets import apply_targets

    return OnTargets(apply_plan, apply_targets)


def _watch() -> Command:
    from wizard.headless.commands.watch_command import watch_sync
    from wizard.headless.targets.watch_targets import watch_targets

    return OnTargets(watch_sync, watch_targets)


def _doctor() -> Command:
    from wizard.headless.commands.doctor.doctor_command import doctor
    from wizard.headless.targets.doctor_targets import doctor_targets

    return OnTargets(doctor, doctor_targets)


def _undo() -> Command:
    from wizard.headless.commands.undo_command import undo_all
    from wizard.headless.targets.undo_targets import undo_targets

    return OnTargets(undo_all, undo_targets, also_own=True)


def _rotate() -> Command:
    from wizard.headless.commands.rotate_command import rotate_token

    return rotate_token


def _troubleshoot() -> Command:
    from wizard.headless.commands.troubleshoot_command import troubleshoot

    return troubleshoot


def _export() -> Command:
    from wizard.headless.commands.export_command import export_setup
    from wizard.headless.targets.export_targets import export_targets

    return OnTargets(export_setup, export_targets)


def _inventory() -> Command:
    from wizard.headless.commands.inventory_command import inventory
    from wizard.headless.targets.inventory_targets import inventory_targets

    return OnTargets(inventory, inventory_targets)


def _rule() -> Command:
    from wizard.headless.commands.rule_command import rule

    return rule


# A command loads its own modules and no others.
COMMANDS: Mapping[str, Callable[[], Command]] = {
    "plan": _plan,
    "apply": _apply,
    "watch": _watch,
    "doctor": _doctor,
    "undo": _undo,
    "rotate": _rotate,
    "troubleshoot": _troubleshoot,
    "export": _export,
    "inventory": _inventory,
    "rule": _rule,
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
    """Run a command on a walk. Whatever happens, close its connections and unlock its profiles."""
    walk.ports.notices.listen(lambda notice: out.say(notice.text))
    walk.session.profile.goes_on_unrecorded = options.without_journal
    walks, said = [walk], {""}
    try:
        targets = targets_of(walk, options, also_own=isinstance(command, OnTargets) and command.also_own)
        walks = list({id(one): one for one in (walk, *(target.walk for target in targets))}.values())
        _say_troubles(walks, said, out)
        async with beats(walk.ports.stopwatch, SILENT_S, EVERY_S, lambda: _say_what_is_waited_for(walks, out)):
            return await _run(command, walk, targets, options, out)
    finally:
        _say_troubles(walks, said, out)
        await asyncio.gather(*(one.close() for one in walks))
        await walk.ports.services.close()
        for one in walks:
            one.session.unlock()


async def _run(command: Command, walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Run the command on the only environment, or on all. Raises Refused if the command can't take several."""
    if len(targets) < 2:
        return await command(targets[0].walk if targets else walk, options, out)
    if not isinstance(command, OnTargets):
        refuse_several(targets)
    # Load secrets once for all: an error's log must not show them. Each environment has its own client-side ID.
    await load_secrets(walk, needs_id=False)
    return await command.several(walk, targets, options, out)


def _say_troubles(walks: Iterable[Walk], said: set[str], out: Output) -> None:
    """Say, once, what couldn't be read from or saved in each profile."""
    for trouble in dict.fromkeys(walk.session.trouble for walk in walks):
        if trouble not in said:
            said.add(trouble)
            out.say(trouble)


def _say_what_is_waited_for(walks: Iterable[Walk], out: Output) -> None:
    if waited_for := next(filter(None, map(still_waiting, walks)), ""):
        _say(out, waited_for)


def _ended(begin: Callable[[Output], Awaitable[ExitCode]], options: Options, report: Report) -> int:
    """Run to the end and return the exit code; report an error as one sentence, never as a traceback."""
    out = _output(options)
    try:
        return asyncio.run(until_stopped(lambda: begin(out)))
    except (Refused, Busy) as refused:
        _say(out, f"audience-wizard: {refused}")
        return ExitCode.USAGE if isinstance(refused, Refused) else ExitCode.PROBLEM
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say(out, "Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader of a watch is gone
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place that can report it in words
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            _say(out, f"audience-wizard: we can't write the output ({error.strerror}).")
        else:
            _say(out, f"audience-wizard: something went wrong ({type(error).__name__}). {report(error)}")
        return ExitCode.PROBLEM


def _say(out: Output, text: str) -> None:
    with contextlib.suppress(OSError):  # the reader of the output is gone
        out.say(text)


def _output(options: Options) -> Output:
    """Return the command's output, although standard output may be closed or unable to show every character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    data, narration = sys.stdout or io.StringIO(), sys.stderr or io.StringIO()
    page, narration_page = (page_on(stream, colored=options.colored) for stream in (data, narration))
    is_terminal = sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()
    ask = Terminal(out=narration).ask if is_terminal else None
    rings = options.rings and narration.isatty()
    return Output(data, narration, options.as_json, ask, rings, page, narration_page, options.of_this_run)


def page_on(stream: TextIO, *, colored: bool) -> Page:
    """Return how a stream shows lines: with a terminal's width and colors; unchanged for a file or a pipe."""
    plain = fallback_glyphs(stream.encoding)
    if not stream.isatty():
        return Page(fallback_glyphs=plain)
    try:
        width = os.get_terminal_size(stream.fileno()).columns or USUAL  # 0: the terminal's size was never set
    except OSError:
        width = USUAL
    return Page(max(NARROWEST, width), colored, plain)
