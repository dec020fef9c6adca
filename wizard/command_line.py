"""The commands and options of `audience-wizard` (docs/reference.md#commands). Imports no library."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from wizard import __version__

DEFAULT_SCENARIO = "happy"
_SHORTEST_SECRET = 20
_PREFIXES = ("api-", "sdk-", "mob-", "sgp_")


class Parser(argparse.ArgumentParser):
    """A parser whose messages never repeat what may be a secret: arguments end up in logs."""

    typed: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        for piece in {piece for argument in self.typed for piece in (argument, *argument.split("="))}:
            if len(piece) >= _SHORTEST_SECRET or piece.startswith(_PREFIXES):
                message = message.replace(piece, "(not shown)")
        hint = self._nearest(message)
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}{hint}\n")

    def _nearest(self, message: str) -> str:
        """Return the option or command that was probably meant."""
        unknown = re.search(r"unrecognized arguments: (-[\w-]+)|invalid choice: '([\w-]+)'", message)
        if unknown is None:
            return ""
        words = (word for action in self._actions for word in action.choices or ())
        valid = self._option_string_actions if unknown[1] else words
        near = difflib.get_close_matches(unknown[1] or unknown[2], valid, n=1, cutoff=0.4)
        return f". Did you mean {near[0]}?" if near else ""


def build_parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser; `arguments` are what was typed, so that no message repeats a secret in them."""
    Parser.typed = arguments
    parser = Parser(
        prog="audience-wizard",
        description="Makes a Twilio Segment Audience appear as a segment in LaunchDarkly.",
        epilog="Without a command it opens the wizard. Try it without any account: audience-wizard --sandbox",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"audience-wizard {__version__}")
    _add_options(parser, default=None)
    shared = Parser(add_help=False, allow_abbrev=False)
    _add_options(shared, default=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands", parser_class=Parser)

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], allow_abbrev=False, help=help_, description=help_)

    _add_file(add("plan", "show what would change and why; change nothing"))
    _add_apply(add("apply", "carry the plan out; asks first unless --yes"))
    _add_watch(add("watch", "follow the first sync until the segment appears"))
    _add_doctor(add("doctor", "check a set-up on both sides; explain each problem and its fix"))
    _add_undo(add("undo", "take back what this wizard made, in the safe order"))
    _add_secrets(add("secrets", "show where each secret lives, store one, delete one"))
    _add_sandbox(add("sandbox", "serve a simulated LaunchDarkly and Segment on this machine"))
    return parser


def seconds(text: str) -> float:
    """Parse "90s", "30m", "2h", or plain seconds. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if found is None:
        raise argparse.ArgumentTypeError("a time looks like 90s, 30m or 2h")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600}[found[2]]


# --- arguments of each command ---------------------------------------------------------------------------------------


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-c", "--config", metavar="FILE", help="the set-up as a file (setup.toml); else what the profile saved"
    )


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=seconds, metavar="TIME", help="how long to watch: 90s, 30m (the default), 2h")


def _add_apply(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)
    parser.add_argument("--watch", action="store_true", help="then follow the first sync")
    _add_timeout(parser)


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_timeout(parser)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--only", action="append", metavar="ID", help="only this check; can be given several times")
    parser.add_argument("--list", action="store_true", dest="list_checks", help="name every check and leave")
    parser.add_argument("--report", metavar="FILE", help="also write a support report, without secrets")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every check, also those that passed")


def _add_undo(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)


def _add_secrets(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `secrets`, checked later because argparse's messages would repeat them."""
    parser.add_argument("action", choices=("list", "set", "forget"), metavar="list|set|forget", help="what to do")
    parser.add_argument(
        "words", nargs="*", metavar="NAME", help="launchdarkly-token, segment-token or client-side-id; never its value"
    )


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", metavar="S", default=DEFAULT_SCENARIO, help="which world (see --list)")
    parser.add_argument("--list", action="store_true", dest="list_scenarios", help="name every scenario and leave")


def _add_options(parser: argparse.ArgumentParser, default: object) -> None:
    """Add the options that every command takes.

    A command gets SUPPRESS as `default`, so that its copy doesn't hide an option typed before the command.
    """
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
