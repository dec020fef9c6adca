"""The front door: parses the command line, picks a face and imports it then.

`--version`, `--help` and the first frame load neither httpx nor pydantic nor keyring.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from wizard import __version__

if TYPE_CHECKING:
    import argparse

    from wizard.flow.walk import Walk
    from wizard.settings import Settings

OK, PROBLEM, USAGE, COULD_NOT_TELL, WAITING, INTERRUPTED = 0, 1, 2, 3, 4, 130
DEFAULT_SCENARIO = "happy"


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; its exit code (`shared/cli.md`)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments == ["--version"]:
        print(f"audience-wizard {__version__}")
        return OK
    given = build_parser().parse_args(arguments)
    try:
        return _run(given)
    except KeyboardInterrupt:
        return INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="audience-wizard",
        description="Makes a Twilio Segment Audience appear as a segment in LaunchDarkly.",
        epilog="Without a command it opens the wizard. Try it without any account: audience-wizard --sandbox",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"audience-wizard {__version__}")
    _add_options(parser, default=None)
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_options(shared, default=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    sandbox = commands.add_parser(
        "sandbox",
        parents=[shared],
        allow_abbrev=False,
        help="serve a simulated LaunchDarkly and Segment on this machine",
    )
    sandbox.add_argument("--scenario", metavar="S", default=DEFAULT_SCENARIO, help="which world (see --list)")
    sandbox.add_argument("--list", action="store_true", dest="list_scenarios", help="name every scenario and leave")
    return parser


def _add_options(parser: argparse.ArgumentParser, default: object) -> None:
    """The options that every command takes; a command's own copy must not hide what stood before it."""
    options = parser.add_argument_group("options for every command")
    add = options.add_argument
    add(
        "--sandbox",
        nargs="?",
        const=DEFAULT_SCENARIO,
        default=default,
        metavar="SCENARIO",
        help="use a simulated LaunchDarkly and Segment: no account, no network, no keyring",
    )
    add("--speed", type=float, default=default, metavar="N", help="how fast the sandbox's time runs (60)")
    add("--profile", default=default, metavar="NAME", help="which set-up (default)")
    add("--launchdarkly-url", default=default, metavar="URL", help="LaunchDarkly REST API")
    add("--launchdarkly-client-url", default=default, metavar="URL", help="LaunchDarkly client-side SDK host")
    add("--segment-url", default=default, metavar="URL", help="Segment Public API")
    add("--no-keyring", action="store_true", default=default, help="secrets from variables only; store nothing")
    add("--json", action="store_true", default=default, help="machine-readable output on standard output")
    add("--plain", action="store_true", default=default, help="line by line, for screen readers and dumb terminals")
    add("--log-file", default=default, metavar="PATH", help="write a redacted debug log")


def _run(given: argparse.Namespace) -> int:
    settings = read_settings(given)
    if given.command == "sandbox":
        from wizard.sandbox.command import list_scenarios, serve_scenario

        if given.list_scenarios:
            return list_scenarios()
        return serve_scenario(given.scenario, settings.speed, as_json=bool(given.json))
    return _talk(settings) if settings.plain else _open_wizard(settings)


def _open_wizard(settings: Settings) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("audience-wizard: the wizard needs a terminal to draw on.", file=sys.stderr)
        return USAGE
    os.environ.setdefault("TEXTUAL_FPS", "240")  # read when textual is imported; halves the delay of a key

    from wizard.ui.launch import run_wizard

    return run_wizard(lambda: _build_walk(settings))


def _talk(settings: Settings) -> int:
    from wizard.headless.plain.run import run_plain
    from wizard.settings import DEFAULT_PROFILE

    profile = "" if settings.profile == DEFAULT_PROFILE else f" --profile {settings.profile}"
    return run_plain(lambda: _build_walk(settings), command=f"audience-wizard{profile}")


def _build_walk(settings: Settings) -> Walk:
    from wizard.wiring import build_walk

    return build_walk(settings)


def read_settings(given: argparse.Namespace) -> Settings:
    """Options over variables over defaults."""
    from pathlib import Path

    from wizard.settings import DEFAULT_PROFILE, LAUNCHDARKLY_CLIENT_URL, LAUNCHDARKLY_URL, Settings

    environ = os.environ

    def pick(option: object, variable: str, fallback: str = "") -> str:
        return str(option or environ.get(f"AUDIENCE_WIZARD_{variable}") or fallback)

    log_file = pick(given.log_file, "LOG")
    return Settings(
        environ=environ,
        profile=pick(given.profile, "PROFILE", DEFAULT_PROFILE),
        launchdarkly_url=pick(given.launchdarkly_url, "LAUNCHDARKLY_URL", LAUNCHDARKLY_URL),
        launchdarkly_client_url=pick(given.launchdarkly_client_url, "LAUNCHDARKLY_CLIENT_URL", LAUNCHDARKLY_CLIENT_URL),
        segment_url=pick(given.segment_url, "SEGMENT_URL"),
        use_keyring=not given.no_keyring and environ.get("AUDIENCE_WIZARD_KEYRING", "").lower() != "off",
        sandbox=given.sandbox or "",
        speed=given.speed or 60.0,
        plain=bool(given.plain) or environ.get("ACCESSIBLE", "") not in ("", "0"),
        log_file=Path(log_file) if log_file else None,
    )
