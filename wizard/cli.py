"""The program's entry: parse the command line, then import and start the interface that it asks for.

`--version`, `--help` and the first frame load neither httpx nor pydantic nor keyring.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from wizard import __version__
from wizard.stdout import NO_ROOM, detach_stdout

TYPE_CHECKING = False  # `typing` takes a tenth of `--version`
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from wizard.command_line.settings import Settings
    from wizard.flow.walk import Walk
    from wizard.ui.terminal.early_frame import EarlyFrame


# Textual's variables for developers: they make Textual log each event, and with it each pasted token.
_WRITES_WHAT_IS_TYPED = ("TEXTUAL", "TEXTUAL_DEBUG", "TEXTUAL_LOG")


class _Refused(Exception):
    """A usage mistake; the text says why nothing was started."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code (docs/reference.md#exit-codes)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _own_modules_first()
    _no_core_file()
    code = 0
    try:
        code = _main(arguments)
        _flush()
    except BrokenPipeError:  # `sandbox` printed to a pipe whose reader is gone
        from wizard.exit_codes import ExitCode

        detach_stdout()
        return ExitCode.INTERRUPTED
    except OSError as error:
        from wizard.exit_codes import ExitCode

        if error.errno not in NO_ROOM:
            raise
        detach_stdout()
        if not code:
            print(f"audience-wizard: we can't write the output ({error.strerror}).", file=sys.stderr)
        return code or ExitCode.PROBLEM
    return code


def _own_modules_first() -> None:
    """Move PYTHONPATH's folders to the end of `sys.path`, so that no module there replaces one of the wizard's."""
    named = [os.path.abspath(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    if "PYTHONPATH" in os.environ:
        strange = [folder for folder in sys.path if os.path.abspath(folder) in named]
        sys.path[:] = [folder for folder in sys.path if folder not in strange] + strange


def _no_core_file() -> None:
    """Prevent core files, which would contain the tokens in memory after a crash."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _flush() -> None:
    """Flush the output, or drop it once the reader is gone, as with `| head -1`."""
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except BrokenPipeError:
        detach_stdout()


def _main(arguments: list[str]) -> int:
    if arguments in (["--version"], ["version"]):
        print(f"audience-wizard {__version__}")
        return 0
    from wizard.exit_codes import ExitCode
    from wizard.ui.terminal.early_frame import EarlyFrame

    try:
        with EarlyFrame(os.environ) as frame:
            if arguments in ([], ["--sandbox"], ["--sandbox", "happy"]):
                frame.show()  # certainly the full screen: draw its frame before parsing
            return _run(_parsed(arguments), frame)
    except _Refused as refused:
        print(f"audience-wizard: {refused}", file=sys.stderr)
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _parsed(arguments: list[str]) -> argparse.Namespace:
    from wizard.command_line.build import build_parser
    from wizard.command_line.commands import BY_NAME

    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    if arguments and not arguments[0].startswith("-") and arguments[0] not in BY_NAME:
        _refuse_bare_scenario(arguments[0])
    try:
        return build_parser(arguments).parse_args(arguments)
    except SystemExit:
        _flush()
        raise


def _refuse_bare_scenario(word: str) -> None:
    """Raise _Refused for a scenario's name where a command belongs."""
    from wizard.sandbox.scenarios import SCENARIOS

    if word in SCENARIOS:
        raise _Refused(f"unknown command {word}. Did you mean --sandbox {word}?")


def _run(given: argparse.Namespace, frame: EarlyFrame) -> int:
    from wizard.command_line.settings import WrongSetting, read_settings

    try:
        settings = read_settings(given, os.environ)
    except WrongSetting as wrong:
        raise _Refused(str(wrong)) from None
    if given.as_json and not given.command:
        raise _Refused("--json needs a command, such as audience-wizard doctor --json.")
    if given.command or settings.plain:  # the full screen would cover the warnings
        _say_what_changes_nothing()
    if given.command == "sandbox":
        return _serve(given, settings)
    if settings.sandbox and (unknown := _unknown_scenario(settings.sandbox)):
        raise _Refused(unknown)
    if given.command == "secrets":
        return _run_secrets(given, settings)
    if given.command:
        return _run_command(given, settings)
    if settings.target:
        _refuse_unknown_target(settings)
    return _talk(settings) if settings.plain else _open_wizard(settings, frame)


def _say_what_changes_nothing() -> None:
    from wizard.command_line.variables import mistakes_in

    # A closed standard error is None, which `print` takes for standard output.
    for mistake in mistakes_in(os.environ) if sys.stderr else ():
        print(f"Warning: {mistake}", file=sys.stderr)


def _refuse_unknown_target(settings: Settings) -> None:
    """Raise _Refused for an environment that the profile doesn't have."""
    from dataclasses import replace

    from wizard.command_line.parser import did_you_mean
    from wizard.domain.credentials import holds_a_token
    from wizard.flow.targets.environments import environments_of

    names = tuple(environments_of(_build_walk(replace(settings, target="")).session))
    if settings.target in names:
        return
    asked = "this text" if holds_a_token(settings.target) else settings.target
    which = f" Its environments: {', '.join(names)}." if names else ""
    raise _Refused(f"this profile has no environment {asked}.{did_you_mean(settings.target, names)}{which}")


def _unknown_scenario(name: str) -> str:
    """Return why the scenario can't be played; empty when it can.

    The default scenario isn't looked up: importing all scenarios would delay the first frame.
    """
    from wizard.command_line.commands import BY_NAME, DEFAULT_SCENARIO

    if name == DEFAULT_SCENARIO:
        return ""
    if name in BY_NAME:
        from wizard.command_line.parser import sandbox_comes_after

        return sandbox_comes_after(name)
    from wizard.sandbox.scenarios import UnknownScenario, scenario_named

    try:
        scenario_named(name)
    except UnknownScenario as unknown:
        return str(unknown.args[0])
    return ""


# --- interfaces ------------------------------------------------------------------------------------------------------


def _open_wizard(settings: Settings, frame: EarlyFrame) -> int:
    from wizard.terminal import in_browser, is_there, why_no_screen

    is_served = in_browser(os.environ)
    if not is_served and not is_there():
        raise _Refused(
            "the wizard needs a terminal to draw on. Without one: audience-wizard plan -c setup.toml, then "
            "audience-wizard apply -c setup.toml --yes; or line by line: audience-wizard --plain"
        )
    if not is_served and (why := why_no_screen(os.environ)):
        print(why)
        return _talk(settings)
    from wizard.ui.appearance import scheme

    if wrong := scheme.mistake(os.environ):
        raise _Refused(wrong)
    _set_variables_for_textual(is_served=is_served)
    frame.show()
    _collect_nothing_yet()
    from wizard.ui.launch import run_wizard

    world = _World(settings)
    code = run_wizard(
        lambda: _load(world.settings),
        frame,
        command=_command(settings),
        report=_reporter(settings),
        keep_scheme=lambda scheme: _keep_scheme(settings, scheme),
        choose=world.choose if settings.chooses_scenario else None,
        open_profile=None if settings.sandbox else lambda name: _walk_of(name, settings),
        start_with=lambda options: _start_with(options, frame),
    )
    frame.give_back()
    sys.stdout.flush()
    os._exit(code)  # the shell need not wait for the interpreter to clean up


def _set_variables_for_textual(*, is_served: bool) -> None:
    sizes = () if is_served else ("COLUMNS", "LINES")  # may be another program's; the terminal knows its size
    for name in (*sizes, *_WRITES_WHAT_IS_TYPED):
        os.environ.pop(name, None)
    os.environ.setdefault("TEXTUAL_FPS", "240")  # Textual reads it when imported; halves the delay of a key


def _keep_scheme(settings: Settings, scheme: str) -> None:
    from wizard.ui.appearance.scheme import keep

    if not settings.sandbox and settings.home is not None:  # the sandbox stores nothing
        keep(settings.home, scheme)


class _World:
    """The settings, with the scenario that the user chooses."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def choose(self, scenario: str) -> None:
        from dataclasses import replace

        self.settings = replace(self.settings, sandbox=scenario)


def _walk_of(profile: str, settings: Settings) -> Walk:
    from dataclasses import replace

    return _build_walk(replace(settings, profile=profile, target=""))


def _start_with(options: tuple[str, ...], frame: EarlyFrame) -> None:
    """Replace this process with a wizard for another profile or environment; `options` override the current ones."""
    frame.give_back()
    sys.stdout.flush()
    # -P: a module called wizard in the working folder must not be started, with the tokens in its variables.
    command = [sys.executable, "-P", "-m", "wizard", *sys.argv[1:], *options]
    if sys.platform == "win32":  # Windows has no real exec: the shell would go on beside the new process
        import subprocess

        os._exit(subprocess.run(command, check=False).returncode)  # noqa: S603
    os.execv(sys.executable, command)  # noqa: S606


def _load(settings: Settings) -> Walk:
    gc.set_threshold(5_000, 10, 1_000)  # full collections are rare: with long lists one takes 0.1 s
    return _build_walk(settings)


def _command(settings: Settings) -> str:
    """Return the command that starts the wizard again with the same profile, and without the sandbox."""
    from dataclasses import replace

    return f"audience-wizard{replace(settings, sandbox='').of_setup}"


def _talk(settings: Settings) -> int:
    _collect_nothing_yet()
    from wizard.headless.plain.run import run_plain

    world = _World(settings)
    return run_plain(
        lambda: _build_walk(world.settings),
        command=_command(settings),
        report=_reporter(settings),
        rings=settings.notify,
        choose=world.choose if settings.chooses_scenario and sys.stdin and sys.stdin.isatty() else None,
    )


_walks: list[Walk] = []  # all walks of this run; the log must not show their tokens


def _collect_nothing_yet() -> None:
    """Pause the garbage collector while modules load: there is no garbage, and looking takes a tenth of the start."""
    gc.disable()


def _build_walk(settings: Settings, *, skips_waits: bool = False) -> Walk:
    from wizard.wiring import build_walk

    try:
        _walks.append(build_walk(settings, skips_waits=skips_waits))
    finally:
        gc.freeze()  # loaded modules stay until the end, so no collection looks at them
        gc.enable()
    return _walks[-1]


def _serve(given: argparse.Namespace, settings: Settings) -> int:
    from wizard.exit_codes import ExitCode
    from wizard.sandbox.command import list_scenarios, serve_scenario
    from wizard.sandbox.scenarios import UnknownScenario
    from wizard.sandbox.serve import ServerNotInstalled

    try:
        if given.list_scenarios:
            with contextlib.suppress(BrokenPipeError):  # the reader is gone; `_flush` drops the rest
                list_scenarios(as_json=bool(given.as_json))
        else:
            serve_scenario(given.scenario, settings.speed, as_json=bool(given.as_json))
    except (UnknownScenario, ServerNotInstalled) as error:
        raise _Refused(str(error.args[0])) from None
    return ExitCode.OK


def _run_command(given: argparse.Namespace, settings: Settings) -> int:
    _collect_nothing_yet()
    from wizard.command_line.commands import BY_NAME, Begins
    from wizard.headless.options import options_of
    from wizard.headless.run import run_command

    skips_waits = BY_NAME[given.command].begins is Begins.SYNCED
    load = lambda: _build_walk(settings, skips_waits=skips_waits)  # noqa: E731 - loads nothing until it is called
    return run_command(given.command, load, options_of(given, settings), _reporter(settings))


def _run_secrets(given: argparse.Namespace, settings: Settings) -> int:
    from wizard.headless.options import options_of
    from wizard.headless.run import run_secrets
    from wizard.wiring import vault_of

    return run_secrets(lambda note: vault_of(settings, note), options_of(given, settings), _reporter(settings))


def _reporter(settings: Settings) -> Callable[[BaseException], str]:
    """Return a function that logs an unexpected error, if there is a log file, and returns where to look for it."""

    def report(error: BaseException) -> str:
        if settings.log_file is None:
            return "Run it again with --log-file PATH to see where."
        from wizard.flow.handouts.report import secrets_of
        from wizard.log_file import LogFile
        from wizard.vault import from_variables

        given = (value for value, _ in from_variables(settings.environ).values())
        secrets = (*given, *(secret for walk in _walks for secret in secrets_of(walk)))
        if trouble := LogFile(settings.log_file).problem(error, secrets):
            return trouble
        return f"Where: {settings.log_file}"

    return report
