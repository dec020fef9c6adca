"""A parser with error messages in whole sentences, which never repeat a possible secret. Imports no library."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from wizard.command_line.commands import COMMANDS, Command

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_CLOSE = 0.6  # of 1; less similar names have little to do with each other
_SHORTEST_SECRET = 20
_PREFIXES = ("api-", "sdk-", "mob-", "sgp_")
_REQUIRED = "the following arguments are required: "
_NOT_A_FILE = "argument setup.toml: "
_UNKNOWN = "unrecognized arguments: "
_OPTION = re.compile(r"(--?[A-Za-z][\w-]*)(?:=.*)?", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """A parser whose messages never repeat a possible secret, because they end up in logs."""

    typed: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        said = (
            self._misplaced_sandbox
            or self._unknown_option(message)
            or _in_our_words(message, self._commands) + self._meant(message)
        )
        for piece in {piece for argument in self.typed for piece in (argument, *argument.split("="))}:
            if len(piece) >= _SHORTEST_SECRET or piece.startswith(_PREFIXES):
                said = said.replace(piece, "(not shown)")
        self.exit(2, f"audience-wizard: {said[:1].upper()}{said[1:]}\nSee: {self._typed_command.prog} --help\n")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help of the typed command, even if `--sandbox` took the command's name for its scenario."""
        typed = self._typed_command
        if typed is self:
            super().print_help(file)
        else:
            typed.print_help(file)

    def _meant(self, message: str) -> str:
        """Return a question that names the word that was probably meant; empty when none is close."""
        word = re.search(r"invalid choice: '([\w-]+)'", message)
        valid = (str(word) for action in self._actions for word in action.choices or ())
        return did_you_mean(word[1], valid) if word else ""

    def _unknown_option(self, message: str) -> str:
        """Return which option the command doesn't have, and which commands do; empty when that isn't the mistake.

        argparse refuses the value of an unknown option first, as a file's name or as one more unknown argument.
        """
        if not message.startswith((_NOT_A_FILE, _UNKNOWN)):
            return ""
        known = self._typed_command._option_string_actions
        options = (found[1] for word in self.typed if (found := _OPTION.fullmatch(word)))
        option = next((option for option in options if option not in known and _bundle(option) not in known), "")
        if not option:
            return ""
        if owners := [command.name for command in COMMANDS if option in _options_of(command)]:
            command = self._typed_command.prog.partition(" ")[2]
            if not command:
                return f"{option} comes after a command: {_listed(owners, 'or')}."
            return f"{option} isn't an option of {command}, but of {_listed(owners, 'and')}."
        return f"unknown option {option}.{did_you_mean(option, known)}"

    @property
    def _misplaced_sandbox(self) -> str:
        """Return a sentence if `--sandbox` took the command for its scenario; empty when it didn't."""
        after = next((word for option, word in pairwise(self.typed) if option == "--sandbox"), "")
        return sandbox_comes_after(after) if after in self._commands else ""

    @property
    def _commands(self) -> Mapping[str, argparse.ArgumentParser]:
        parts = (action for action in self._actions if isinstance(action, argparse._SubParsersAction))
        return next((part.choices for part in parts), {})

    @property
    def _typed_command(self) -> argparse.ArgumentParser:
        """Return the typed command's parser, else this one. argparse reports an unknown option with the main parser."""
        return next((self._commands[word] for word in self.typed if word in self._commands), self)


def sandbox_comes_after(command: str) -> str:
    return f"--sandbox comes after the command: audience-wizard {command} --sandbox"


def did_you_mean(given: str, valid: Iterable[str]) -> str:
    """Return " Did you mean …?" to add to a refusal; empty when no name is close."""
    near = difflib.get_close_matches(given, list(valid), n=1, cutoff=_CLOSE)
    return f" Did you mean {near[0]}?" if near else ""


def _bundle(option: str) -> str:
    """Return the short option that `-cFILE` or `-vv` begins with; empty for a long option."""
    return "" if option.startswith("--") else option[:2]


def _options_of(command: Command) -> Iterable[str]:
    """Return a command's own options, without those that every command takes."""
    parser = argparse.ArgumentParser(add_help=False)
    command.add_arguments(parser)
    return parser._option_string_actions


def _listed(names: Sequence[str], word: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


def _in_our_words(message: str, commands: Iterable[str]) -> str:
    """Return argparse's message as a sentence."""
    if message.startswith(_UNKNOWN):
        return f"unexpected argument: {message.removeprefix(_UNKNOWN)}."
    if message.startswith(_NOT_A_FILE):
        return f"{message.removeprefix(_NOT_A_FILE)}. A scenario goes after --sandbox."
    lacking = re.fullmatch(r"argument (.+?): expected (?:one|at least one) argument", message)
    if lacking is not None:
        return f"{lacking[1]} needs a value."
    number = re.fullmatch(r"argument (.+?): invalid (?:float|int) value: '(.*)'", message)
    if number is not None:
        return f"{number[1]} needs a number, not {number[2]}."
    if message.startswith(_REQUIRED):
        return f"say which one: {_listed(message.removeprefix(_REQUIRED).split('|'), 'or')}."
    choice = re.fullmatch(r"argument (.+?): invalid choice: '(.*)' \(choose from .+\)", message)
    if choice is None:
        return f"{message.removeprefix('argument ')}."
    if choice[1] == "command":
        return f"unknown command {choice[2]}. The commands: {', '.join(commands)}."
    return f"choose {_listed(choice[1].split('|'), 'or')}, not {choice[2]}."


class Help(argparse.RawDescriptionHelpFormatter):
    """Help that lists the commands right below their heading."""

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):
            return "".join(map(self._format_action, action._get_subactions()))
        return super()._format_action(action)
