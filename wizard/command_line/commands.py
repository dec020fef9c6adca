"""The commands and options of `audience-wizard` (docs/reference.md#commands). Imports no library."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn

from wizard import __version__

DEFAULT_SCENARIO = "happy"
CHOSEN_LATER = ""  # `--sandbox` without a name
_CLOSE = 0.6  # of 1; less similar names have little to do with each other
_SHORTEST_SECRET = 20
_PREFIXES = ("api-", "sdk-", "mob-", "sgp_")


_EXAMPLES = {
    "": """\
Without a command, the wizard opens. Examples:
  audience-wizard --sandbox              try it without any account, in a simulated world of your choice
  audience-wizard                        set up your own sync, or go on with one that you left
  audience-wizard plan -c setup.toml     see what would change, for a pipeline
  audience-wizard doctor                 find out why a segment isn't there
""",
    "plan": """\
Examples:
  audience-wizard plan                   for the setup that the wizard saved
  audience-wizard plan -c setup.toml     for the setup in a file
""",
    "apply": """\
Examples:
  audience-wizard apply -c setup.toml                  show the plan, ask, then make the changes
  audience-wizard apply -c setup.toml --yes --watch    for a pipeline: don't ask, then follow the first sync
""",
    "watch": """\
Examples:
  audience-wizard watch                  for up to 30 minutes
  audience-wizard watch --timeout 2h
""",
    "doctor": """\
Examples:
  audience-wizard doctor                 problems in full, the rest as counts
  audience-wizard doctor -v              every check
  audience-wizard doctor --only destination.token
  audience-wizard doctor --report report.md
  audience-wizard doctor --against setup-report.md    what differs from a report that export wrote
""",
    "troubleshoot": """\
Examples:
  audience-wizard troubleshoot                        list the symptoms
  audience-wizard troubleshoot never-appeared         read, ask, and say the cause
  audience-wizard troubleshoot flag-off --json --answer sdk=server
""",
    "inventory": """\
Examples:
  audience-wizard inventory                        a table, then what is out of step
  audience-wizard inventory -c setup.toml --csv > segments.csv
""",
    "rule": """\
Examples:
  audience-wizard rule                             list the flags
  audience-wizard rule new-checkout                the rule in words, as a request and as Terraform
  audience-wizard rule new-checkout --apply        show it, ask, then add it
""",
    "undo": """\
Examples:
  audience-wizard undo                   show what would be taken back, then ask
  audience-wizard undo -c setup.toml --yes
""",
    "rotate": """\
Examples:
  audience-wizard rotate                   a new token, proof that Segment uses it, then the old one goes
  audience-wizard rotate -c setup.toml --yes --timeout 1h
""",
    "export": """\
Examples:
  audience-wizard export setup setup.toml           the setup as a file for plan, apply and doctor
  audience-wizard export terraform audience.tf      Segment's side, with an import block for each resource
  audience-wizard export report report.md           the current state, for doctor --against report.md
""",
    "secrets": """\
Examples:
  audience-wizard secrets                          where each secret is stored
  audience-wizard secrets set launchdarkly-token   paste it when asked; nothing is shown
  audience-wizard secrets forget segment-token
""",
    "sandbox": """\
Examples:
  audience-wizard sandbox --list
  audience-wizard sandbox --scenario reader-token --speed 600
""",
}


COMMANDS = tuple(name for name in _EXAMPLES if name)


class Parser(argparse.ArgumentParser):
    """A parser whose messages never repeat what may be a secret: arguments end up in logs."""

    typed: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        said = _in_our_words(message, self._commands) + self._meant(message)
        for piece in {piece for argument in self.typed for piece in (argument, *argument.split("="))}:
            if len(piece) >= _SHORTEST_SECRET or piece.startswith(_PREFIXES):
                said = said.replace(piece, "(not shown)")
        self.exit(2, f"audience-wizard: {said[:1].upper()}{said[1:]}\nSee: {self._typed_command.prog} --help\n")

    def _meant(self, message: str) -> str:
        """Return the option or word that was probably meant; empty when none is close."""
        option = re.search(r"unrecognized arguments: (--?[\w-]+)", message)
        if option is not None:
            return did_you_mean(option[1], self._typed_command._option_string_actions)
        word = re.search(r"invalid choice: '([\w-]+)'", message)
        valid = (str(word) for action in self._actions for word in action.choices or ())
        return did_you_mean(word[1], valid) if word else ""

    @property
    def _commands(self) -> Mapping[str, argparse.ArgumentParser]:
        parts = (action for action in self._actions if isinstance(action, argparse._SubParsersAction))
        return next((part.choices for part in parts), {})

    @property
    def _typed_command(self) -> argparse.ArgumentParser:
        """Return the parser of the typed command; argparse reports an unknown option by the main one."""
        return next((self._commands[word] for word in self.typed if word in self._commands), self)


def did_you_mean(given: str, valid: Iterable[str]) -> str:
    """Return the question to add to a refusal; empty when no name is close."""
    near = difflib.get_close_matches(given, list(valid), n=1, cutoff=_CLOSE)
    return f" Did you mean {near[0]}?" if near else ""


def _in_our_words(message: str, commands: Iterable[str]) -> str:
    """Return argparse's message as a sentence."""
    unknown = re.fullmatch(r"unrecognized arguments: (.+)", message)
    if unknown is not None:
        is_option = unknown[1].startswith("-")
        return f"there is no option {unknown[1]}." if is_option else f"one word is too many: {unknown[1]}."
    if message.startswith("argument setup.toml: "):
        return f"{message.removeprefix('argument setup.toml: ')}. A scenario goes after --sandbox."
    choice = re.fullmatch(r"argument (.+?): invalid choice: '(.*)' \(choose from .+\)", message)
    if choice is None:
        return f"{message}."
    if choice[1] == "command":
        return f"there is no command {choice[2]}. The commands: {', '.join(commands)}."
    return f"there is no {choice[2]} here. Choose {choice[1].replace('|', ', ')}."


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help that lists the commands right below their heading."""

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):
            return "".join(map(self._format_action, action._get_subactions()))
        return super()._format_action(action)


def build_parser(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Build the parser for the arguments that were typed, or for any.

    No message repeats a secret in them. A command that isn't among them gets no options, because the first frame waits
    for this.
    """
    Parser.typed = arguments or ()
    parser = Parser(
        prog="audience-wizard",
        description="Makes a Twilio Segment Audience appear as a segment in LaunchDarkly.",
        epilog=_EXAMPLES[""],
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"audience-wizard {__version__}")
    _add_options(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands", parser_class=Parser)

    def add(name: str, help_: str, add_its_own: Callable[[argparse.ArgumentParser], None]) -> None:
        if arguments is not None and name not in arguments:
            commands.add_parser(name, add_help=False, help=help_)
            return
        command = commands.add_parser(
            name,
            allow_abbrev=False,
            help=help_,
            description=f"{help_[:1].upper()}{help_[1:]}.",
            epilog=_EXAMPLES[name],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_options(command, default=argparse.SUPPRESS)
        add_its_own(command)

    add("plan", "show what would change and why; change nothing", _add_plan)
    add("apply", "make the changes of the plan; asks first unless --yes", _add_apply)
    add("watch", "follow the first sync until the segment appears", _add_watch)
    add("doctor", "check a setup in both services, and explain each problem and its fix", _add_doctor)
    add("troubleshoot", "find the one cause of what you see, with proof and a fix", _add_troubleshoot)
    add("inventory", "list every synced segment with what feeds it and what uses it", _add_inventory)
    add("rule", "show the rule that a flag needs to use the segment, and add it", _add_rule)
    add("undo", "take back what this wizard made, in the safe order", _add_undo)
    add("export", "write what exists as a setup file, as Terraform or as a dated report", _add_export)
    add("rotate", "give the destination a new token, without a gap", _add_rotate)
    add("secrets", "show where each secret lives, store one, delete one", _add_secrets)
    add("sandbox", "serve a simulated LaunchDarkly and Segment on this machine", _add_sandbox)
    return parser


def seconds(text: str) -> float:
    """Parse "90s", "30m", "2h", or plain seconds. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if found is None:
        raise argparse.ArgumentTypeError("a time looks like 90s, 30m or 2h")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600}[found[2]]


def _toml(text: str) -> str:
    """Check that a bare word is a file's name, because it may be a secret. Raises ArgumentTypeError."""
    if not text.endswith(".toml"):
        raise argparse.ArgumentTypeError(f"not a setup.toml file: {text}")
    return text


# --- arguments of each command ---------------------------------------------------------------------------------------


_FILE_HELP = "the setup as a file (setup.toml); else what the profile saved"


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=_toml, metavar="setup.toml", help="the same as -c setup.toml")
    parser.add_argument("-c", "-f", "--config", metavar="FILE", help=_FILE_HELP)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="don't ask")


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=seconds, metavar="TIME", help="how long to watch: 90s, 30m (the default), 2h")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_resync(parser)
    _add_accept(parser)
    parser.add_argument("--check", action="store_true", help="only judge the file, without tokens or network")


def _add_accept(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept",
        action="append",
        metavar="CHECK",
        help="go on although this check failed, where that is yours to say; can be given several times",
    )


def _add_resync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resync",
        action="append",
        metavar="AUDIENCE",
        help="send all members of this audience (its key) again; can be given several times",
    )


def _add_apply(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)
    _add_resync(parser)
    _add_accept(parser)
    parser.add_argument("--watch", action="store_true", help="then follow the first sync")
    parser.add_argument(
        "--without-journal", action="store_true", help="also when the changes can't be recorded for undo"
    )
    _add_timeout(parser)


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_timeout(parser)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--only", action="append", metavar="ID", help="only this check; several as a list with commas")
    parser.add_argument("--list", action="store_true", dest="list_checks", help="list every check and stop")
    parser.add_argument("--report", metavar="FILE", help="also write a support report, without secrets")
    parser.add_argument(
        "--observations",
        action="store_true",
        help="with --report: show and write how both services answered, in classes and counts, instead",
    )
    parser.add_argument(
        "--count-members",
        action="store_true",
        help="also count the members that each context key reaches; takes audience previews from Segment's 700 a month",
    )
    parser.add_argument(
        "--since-last",
        action="store_true",
        help="say in one line how it stands and what has changed since the last run with this option, for cron",
    )
    parser.add_argument(
        "--against",
        metavar="REPORT",
        help="say what differs from this report (see export report); without -c, check the setup that it is about",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show every check, also those that passed")


def _add_troubleshoot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symptom", nargs="?", metavar="SYMPTOM", help="what you see; without it, all symptoms")
    parser.add_argument("-c", "-f", "--config", metavar="FILE", help=_FILE_HELP)
    parser.add_argument(
        "--answer",
        action="append",
        metavar="ID=VALUE",
        help="the answer to a question, by their ids; can be given several times",
    )
    add = parser.add_argument
    add("--environment", metavar="PROJECT/ENVIRONMENT", help="look at this one instead of the setup's")
    add("--audience", metavar="AUDIENCE", help="look at this one instead of the setup's: its key, name or ID")
    add("--space", metavar="SPACE", help="with --audience: the space that it's in, where that isn't the setup's")
    add("--user", metavar="KEY", help="the user who it's about, by the context key that your app sends")
    add("--flag", metavar="FLAG", help="the flag that it's about, by its key")
    parser.add_argument("-v", "--verbose", action="store_true", help="also show what was excluded, and why")


def _add_inventory(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument("--csv", action="store_true", help="one line a segment, for a spreadsheet")


def _add_rule(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("flag", nargs="?", metavar="FLAG", help="its key, or the address of its page; without it, all flags")
    add("-c", "-f", "--config", metavar="FILE", help=_FILE_HELP)
    add("--segment", action="append", metavar="KEY", help="this segment instead of the setup's; can be given again")
    add("--environment", metavar="PROJECT/ENVIRONMENT", help="look at this one instead of the setup's")
    add("--variation", metavar="VALUE", help="what members get, where the flag isn't a boolean")
    add("--apply", action="store_true", help="add the rule, where the token may; asks first unless --yes")
    _add_yes(parser)


def _add_undo(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    kinds = ("setup", "terraform", "report")
    parser.add_argument("action", choices=kinds, metavar="|".join(kinds), help="what to write")
    into = parser.add_argument("into", metavar="[FILE]", help="where to write it (default: standard output)")
    into.required = False  # with nargs="?", argparse would take no file that follows an option
    parser.add_argument("-c", "-f", "--config", metavar="FILE", help=_FILE_HELP)
    parser.add_argument("--force", action="store_true", help="replace FILE when it exists")


def _add_rotate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)
    parser.add_argument(
        "--timeout", type=seconds, metavar="TIME", help="how long to wait for the proof: 90s, 30m (the default), 2h"
    )


def _add_secrets(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `secrets`, checked later because argparse's messages would repeat them."""
    actions = ("list", "set", "forget")
    parser.add_argument(
        "action",
        nargs="?",
        choices=actions,
        default="list",
        metavar="list|set|forget",
        help="what to do (default: list)",
    )
    parser.add_argument(
        "words", nargs="*", metavar="NAME", help="launchdarkly-token, segment-token or client-side-id; never its value"
    )


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", metavar="S", default=DEFAULT_SCENARIO, help="which world (see --list)")
    parser.add_argument("--list", action="store_true", dest="list_scenarios", help="list every scenario and stop")


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
        help="how many times as fast as real time the sandbox runs (default: 60)",
    )
    add("--profile", default=default, metavar="NAME", help="which setup (default: default)")
    add("--target", default=default, metavar="NAME", help="which environment, where the setup has several")
    add("--launchdarkly-url", default=default, metavar="URL", help="LaunchDarkly REST API")
    add("--launchdarkly-client-url", default=default, metavar="URL", help="LaunchDarkly client-side SDK host")
    add("--segment-url", default=default, metavar="URL", help="Segment Public API")
    add("--no-keyring", action="store_true", default=default, help="secrets from variables only; store nothing")
    add("--json", action="store_true", default=default, help="machine-readable output on standard output")
    add("--plain", action="store_true", default=default, help="line by line, for screen readers and dumb terminals")
    add("--log-file", default=default, metavar="PATH", help="write a redacted debug log")
