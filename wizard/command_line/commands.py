"""Each command with its own options and examples (docs/reference.md#commands). Imports no library."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import NamedTuple

DEFAULT_SCENARIO = "happy"


def seconds(text: str) -> float:
    """Return the seconds of "90s", "30m", "2h" or a plain number, which must be above 0. Raises ArgumentTypeError."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if found is None or not float(found[1]):
        raise argparse.ArgumentTypeError("a time looks like 90s, 30m or 2h")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3_600}[found[2]]


def _ids(text: str) -> list[str]:
    return [one.strip() for one in text.split(",")]


def _toml(text: str) -> str:
    """Return a bare word that names a .toml file; refuse any other, which may be a secret. Raises ArgumentTypeError."""
    if not text.endswith(".toml"):
        raise argparse.ArgumentTypeError(f"not a setup.toml file: {text}")
    return text


def _written_to(text: str) -> str | None:
    return None if text == "-" else text


class OneFile(argparse.Action):
    """Take a setup file, given as a word or with its option, and refuse a second one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002 - argparse's signature
    ) -> None:
        before = getattr(namespace, "config", None) or getattr(namespace, "file", None)
        if values and before:
            parser.error(f"give one setup file, not two: {before} and {values}")
        if values:
            setattr(namespace, self.dest, values)


_FILE_HELP = "the setup as a file (setup.toml; - reads standard input); without it, the setup that the profile saved"


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=_toml, action=OneFile, metavar="setup.toml", help="the same as -c setup.toml"
    )
    _add_config(parser)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", "-f", "--config", action=OneFile, metavar="FILE", help=_FILE_HELP)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="don't ask")


def _add_timeout(parser: argparse.ArgumentParser, how_long: str = "how long to watch") -> None:
    text = f"{how_long}: 90s, 30m (the default), 2h"
    parser.add_argument("--timeout", dest="timeout_s", type=seconds, metavar="TIME", help=text)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_resync(parser)
    _add_accept(parser)
    parser.add_argument(
        "--check", dest="check_only", action="store_true", help="check only the file, without tokens or network"
    )


def _add_accept(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept",
        action="append",
        metavar="CHECK",
        help="continue although this check failed, if the plan offers that; repeatable",
    )


def _add_resync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resync",
        action="append",
        metavar="AUDIENCE",
        help="send all members of this audience (its key) again; repeatable",
    )


def _add_apply(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)
    _add_resync(parser)
    _add_accept(parser)
    parser.add_argument("--watch", action="store_true", help="then follow the first sync")
    _add_without_journal(parser)
    _add_timeout(parser)


def _add_without_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without-journal", action="store_true", help="continue even if the wizard can't record the changes for undo"
    )


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_timeout(parser)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument(
        "--only", action="extend", type=_ids, metavar="ID", help="report only this check; separate several with commas"
    )
    parser.add_argument("--list", action="store_true", dest="list_checks", help="list every check and stop")
    parser.add_argument(
        "--report", metavar="FILE", help="also write a support report, without secrets (- writes it to standard output)"
    )
    parser.add_argument(
        "--observations",
        action="store_true",
        help="with --report: instead, show and write what kinds of answers both services gave, without names or IDs",
    )
    parser.add_argument(
        "--count-members",
        action="store_true",
        help="also count the members that each context key reaches; takes a few of Segment's monthly audience previews",
    )
    parser.add_argument(
        "--since-last",
        action="store_true",
        help="for cron: show the setup's state in one line, with what changed since the last run with this option",
    )
    parser.add_argument(
        "--against",
        metavar="REPORT",
        help="say what differs from this report (see export report); without -c, check the report's setup",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show every check, including those that passed")


def _add_troubleshoot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symptom", nargs="?", metavar="SYMPTOM", help="what you see; without it, list all symptoms")
    _add_config(parser)
    parser.add_argument(
        "--answer",
        dest="given",
        action="append",
        metavar="ID=VALUE",
        help="answer a question, by the IDs of the question and the answer; repeatable",
    )
    add = parser.add_argument
    add("--environment", metavar="PROJECT/ENVIRONMENT", help="use this environment instead of the setup's")
    add("--audience", metavar="AUDIENCE", help="use this audience instead of the setup's: its key, name or ID")
    add("--space", metavar="SPACE", help="with --audience: the audience's space, if it isn't the setup's")
    add("--user", metavar="KEY", help="the user in question: the context key that your app sends")
    add("--flag", metavar="FLAG", help="the flag in question, by its key")
    parser.add_argument("-v", "--verbose", action="store_true", help="also show what was excluded, and why")


def _add_inventory(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    parser.add_argument(
        "--csv", dest="as_csv", action="store_true", help="print a line for each segment, for a spreadsheet"
    )


def _add_rule(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("flag", nargs="?", metavar="FLAG", help="the flag's key, or the URL of its page; without it, list all flags")
    _add_config(parser)
    add(
        "--segment",
        dest="segments",
        action="append",
        metavar="KEY",
        help="use this segment instead of the setup's; repeatable",
    )
    add("--environment", metavar="PROJECT/ENVIRONMENT", help="use this environment instead of the setup's")
    add("--variation", metavar="VALUE", help="what members get, if the flag isn't a boolean")
    add("--apply", action="store_true", help="add the rule, if the token allows it; asks first unless --yes")
    _add_yes(parser)
    _add_without_journal(parser)


def _add_undo(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    kinds = ("setup", "terraform", "report")
    parser.add_argument("action", choices=kinds, metavar="|".join(kinds), help="what to write")
    where = "where to write it (default: standard output)"
    into = parser.add_argument("into", type=_written_to, metavar="[FILE]", help=where)
    into.required = False  # with nargs="?", argparse would take no file that follows an option
    _add_config(parser)
    parser.add_argument("--force", action="store_true", help="replace FILE when it exists")


def _add_rotate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser)
    _add_yes(parser)
    _add_without_journal(parser)
    _add_timeout(parser, "how long to wait for the proof")


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
    parser.add_argument("--scenario", metavar="S", default=DEFAULT_SCENARIO, help="which scenario (see --list)")
    parser.add_argument("--list", action="store_true", dest="list_scenarios", help="list every scenario and stop")


class Begins(Enum):
    """The state in which a command finds the sandbox, which is new in every run."""

    NEW = auto()
    SET_UP = auto()  # the scenario's setup has just been made
    SYNCED = auto()  # the scenario's setup, after its first sync


class Command(NamedTuple):
    name: str
    help: str  # begins in lower case; its description is the same as a sentence
    add_arguments: Callable[[argparse.ArgumentParser], None]
    examples: str
    begins: Begins = Begins.NEW


COMMANDS = (
    Command(
        "plan",
        "show what would change and why, without changing anything",
        _add_plan,
        """\
  audience-wizard plan                   for the setup that the wizard saved
  audience-wizard plan -c setup.toml     for the setup in a file
""",
    ),
    Command(
        "apply",
        "make the changes of the plan; asks first unless --yes",
        _add_apply,
        """\
  audience-wizard apply -c setup.toml                  show the plan, ask, then make the changes
  audience-wizard apply -c setup.toml --yes --watch    for a pipeline: don't ask, then follow the first sync
""",
    ),
    Command(
        "watch",
        "follow the first sync until the segment appears",
        _add_watch,
        """\
  audience-wizard watch                  for up to 30 minutes
  audience-wizard watch --timeout 2h
""",
        Begins.SET_UP,
    ),
    Command(
        "doctor",
        "check a setup in both services, and explain each problem and its fix",
        _add_doctor,
        """\
  audience-wizard doctor                 problems in full, the rest as counts
  audience-wizard doctor -v              every check
  audience-wizard doctor --only destination.token
  audience-wizard doctor --report report.md
  audience-wizard doctor --against setup-report.md    what differs from an exported report
""",
        Begins.SYNCED,
    ),
    Command(
        "troubleshoot",
        "find the cause of what you see, with proof and a fix",
        _add_troubleshoot,
        """\
  audience-wizard troubleshoot                        list the symptoms
  audience-wizard troubleshoot never-appeared         read, ask, and say the cause
  audience-wizard troubleshoot flag-off --json --answer sdk=server
""",
        Begins.SYNCED,
    ),
    Command(
        "inventory",
        "list every synced segment with its audience and its flags",
        _add_inventory,
        """\
  audience-wizard inventory                        a table, then what is out of step
  audience-wizard inventory -c setup.toml --csv > segments.csv
""",
        Begins.SYNCED,
    ),
    Command(
        "rule",
        "show the rule that a flag needs to use the segment, and add it",
        _add_rule,
        """\
  audience-wizard rule                             list the flags
  audience-wizard rule new-checkout                the rule in words, as a request and as Terraform
  audience-wizard rule new-checkout --apply        show it, ask, then add it
""",
        Begins.SYNCED,
    ),
    Command(
        "undo",
        "undo what this wizard made, in a safe order",
        _add_undo,
        """\
  audience-wizard undo                   show what undo would change, then ask
  audience-wizard undo -c setup.toml --yes
""",
        Begins.SYNCED,
    ),
    Command(
        "export",
        "write what exists as a setup file, as Terraform or as a dated report",
        _add_export,
        """\
  audience-wizard export setup setup.toml           the setup as a file for plan, apply and doctor
  audience-wizard export terraform audience.tf      Segment's side, with an import block for each resource
  audience-wizard export report report.md           the current state, for doctor --against report.md
""",
        Begins.SYNCED,
    ),
    Command(
        "rotate",
        "give the destination a new token, without a gap",
        _add_rotate,
        """\
  audience-wizard rotate                   create a new token, prove that Segment uses it, delete the old token
  audience-wizard rotate -c setup.toml --yes --timeout 1h
""",
        Begins.SYNCED,
    ),
    Command(
        "secrets",
        "show where each secret lives, store one, or delete one",
        _add_secrets,
        """\
  audience-wizard secrets                          where each secret is stored
  audience-wizard secrets set launchdarkly-token   paste it when asked; it isn't shown
  audience-wizard secrets forget segment-token
""",
    ),
    Command(
        "sandbox",
        "serve a simulated LaunchDarkly and Segment on this machine",
        _add_sandbox,
        """\
  audience-wizard sandbox --list
  audience-wizard sandbox --scenario reader-token --speed 600
""",
    ),
)
BY_NAME = {command.name: command for command in COMMANDS}
