"""The parser of the whole command line, with the options that every command takes. Imports no library."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from wizard import __version__
from wizard.command_line.commands import COMMANDS
from wizard.command_line.parser import Help, Parser

CHOSEN_LATER = ""  # `--sandbox` without a name
_EXAMPLES = """\
Without a command, the wizard opens. Examples:
  audience-wizard --sandbox              try it without an account, in a simulated setup
  audience-wizard                        set up your own sync, or continue where you left off
  audience-wizard plan -c setup.toml     see what would change, for a pipeline
  audience-wizard doctor                 find out why a segment is missing
"""


def build_parser(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser for the arguments that were typed, or for any arguments.

    No message repeats a secret from the arguments. A command that isn't among them gets no options, because the first
    frame waits for this parser.
    """
    Parser.typed = arguments or ()
    parser = Parser(
        prog="audience-wizard",
        description="Make a Twilio Segment Audience appear as a segment in LaunchDarkly.",
        epilog=_EXAMPLES,
        formatter_class=Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"audience-wizard {__version__}")
    _add_options(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands", parser_class=Parser)
    for command in COMMANDS:
        if arguments is not None and command.name not in arguments:
            commands.add_parser(command.name, add_help=False, help=command.help)
            continue
        its_own = commands.add_parser(
            command.name,
            allow_abbrev=False,
            help=command.help,
            description=f"{command.help[:1].upper()}{command.help[1:]}.",
            epilog=f"Examples:\n{command.examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_options(its_own, default=argparse.SUPPRESS)
        command.add_arguments(its_own)
    return parser


def _add_options(parser: argparse.ArgumentParser, default: object) -> None:
    """Add the options that every command takes.

    A command gets SUPPRESS as `default`, so that its copy doesn't hide an option typed before the command.
    """
    options = parser.add_argument_group("options for every command")
    add = options.add_argument
    add(
        "--sandbox",
        nargs="?",
        const=CHOSEN_LATER,
        default=default,
        metavar="SCENARIO",
        help="a simulated LaunchDarkly and Segment: no account, no network, no keyring; without a name, choose one",
    )
    add(
        "--speed",
        type=float,
        default=default,
        metavar="N",
        help="how much faster than real time the sandbox runs (default: 60)",
    )
    add("--profile", default=default, metavar="NAME", help="which setup (default: default)")
    add("--target", default=default, metavar="NAME", help="which environment, if the setup has several")
    add("--launchdarkly-url", default=default, metavar="URL", help="LaunchDarkly REST API")
    add("--launchdarkly-client-url", default=default, metavar="URL", help="LaunchDarkly client-side SDK host")
    add("--segment-url", default=default, metavar="URL", help="Segment Public API")
    add("--no-keyring", action="store_true", default=default, help="take secrets from variables only; store nothing")
    add(
        "--json",
        dest="as_json",
        action="store_true",
        default=default,
        help="machine-readable output on standard output",
    )
    add("--plain", action="store_true", default=default, help="line by line, for screen readers and simple terminals")
    add("--log-file", default=default, metavar="PATH", help="write a redacted debug log")
