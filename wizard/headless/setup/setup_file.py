"""Read setup.toml, and refuse a mistake with its file, line, key and the nearest valid value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.tokens.credentials import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Shape, holds_a_token, read_paste
from wizard.flow.journey import SETTINGS, TABLES
from wizard.flow.steps.ask import Setting
from wizard.headless.refusal import Mistake, Refused, nearest, shown

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_NAME})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_NAME})\s*=")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_WORDS = {str: "a text in quotes", bool: "true or false", list: "a list of texts"}
_SECRETS = ("token", "secret", "password", "api_key", "apikey")


@dataclass(frozen=True, slots=True)
class SetupFile:
    """The contents of a set-up file, and the line of each setting."""

    path: Path
    answers: Answers
    lines: Mapping[str, int]  # line numbers by setting, by table, and by `setting=item` for a list's items
    given: frozenset[str]  # the settings that hold an answer
    mistakes: tuple[Mistake, ...] = ()  # those that show without asking the services

    def refuse(self, more: tuple[Mistake, ...] = ()) -> None:
        """Raise Refused when there is a mistake, with all of them in the order of the file."""
        if mistakes := sorted((*self.mistakes, *more), key=lambda mistake: mistake.line):
            raise Refused(*(mistake.at(str(self.path)) for mistake in mistakes))

    def mistake(self, setting: str, what: str, near: str = "", item: str = "") -> Mistake:
        line = self.lines.get(f"{setting}={item}") or self.lines.get(setting, 0)
        return Mistake(line, setting, what, near)


def read_setup(path: Path) -> SetupFile:
    """Read a set-up file. Raises Refused when it can't be read, isn't TOML, or holds anything unknown."""
    setup = parse_setup(path)
    setup.refuse()
    return setup


def parse_setup(path: Path) -> SetupFile:
    """Read a set-up file with its mistakes, for a caller who looks for more of them. Raises Refused when it isn't TOML.

    What is a mistake isn't an answer.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Windows editors put a byte order mark first
    except UnicodeDecodeError:
        raise Refused(f"{path}: this file isn't UTF-8 text.") from None
    except OSError as error:
        raise Refused(f"{path}: we couldn't read this file: {error.strerror}.") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(_not_toml(path, str(error))) from None
    return _checked(path, text, tables)


def _not_toml(path: Path, said: str) -> str:
    found = _AT_LINE.search(said)
    where = f"{path}:{found[1]}" if found else str(path)
    return f"{where}: this isn't valid TOML: {_AT_LINE.sub('', said).strip()}."


def _checked(path: Path, text: str, tables: Mapping[str, Any]) -> SetupFile:
    lines = dict(_lines(text))
    mistakes, values = [], {}
    for name, given_value in _flat(tables):
        value = _trimmed(given_value)
        mistake = _mistake(name, value, lines)
        if mistake is not None:
            mistakes.append(mistake)
        elif name in SETTINGS:
            values[name] = value
    lines |= dict(_lines_of_items(text, values, lines))
    given = frozenset(name for name, value in values.items() if value not in ("", []))
    return SetupFile(path, answers_of(values), lines, given, tuple(mistakes))


def _trimmed(value: Any) -> Any:
    """Return a text, or a list's texts, without the blanks around it, which nobody sees."""
    if isinstance(value, list):
        return [_trimmed(item) for item in value]
    return value.strip() if isinstance(value, str) else value


def answers_of(values: Mapping[str, Any]) -> Answers:
    """Return answers from valid values by setting; an empty text or list isn't an answer."""
    given = {SETTINGS[name].answer: SETTINGS[name].convert(value) for name, value in values.items() if value != ""}
    return Answers(**given)


def _flat(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return each value by its dotted name; an unknown table as a whole."""
    for table, content in tables.items():
        if table in TABLES and isinstance(content, Mapping):
            yield from ((f"{table}.{key}", value) for key, value in content.items())
        else:
            yield table, content


# --- mistakes ---------------------------------------------------------------------------------------------------------


def _mistake(name: str, value: Any, lines: Mapping[str, int]) -> Mistake | None:
    line = lines.get(name) or lines.get(name.partition(".")[0], 0)
    if isinstance(value, str) and holds_a_token(value):
        return _secret(name, line, value)
    setting = SETTINGS.get(name)
    if setting is None:
        return _unknown(name, line)
    wrong = _wrong_value(setting, value)
    if wrong is None:
        return None
    what, near = wrong
    return Mistake(line, name, what, near)


def _secret(name: str, line: int, value: str = "") -> Mistake:
    """Refuse a token, and name the variable that it belongs in."""
    is_segments = read_paste(value).shape is Shape.SEGMENT_TOKEN or (not value and "segment" in name.lower())
    variable = (SEGMENT_TOKEN if is_segments else LAUNCHDARKLY_TOKEN).variable
    return Mistake(line, name, f"setup.toml never holds a token. Delete this line and set {variable} instead.")


def _unknown(name: str, line: int) -> Mistake:
    table, _, key = name.partition(".")
    if any(word in name.lower() for word in _SECRETS):
        return _secret(name, line)
    if key:
        what = "there is no such setting."
    else:
        what = "this must be a table." if name in TABLES else "there is no such table."
    near = nearest(name, (one for one in SETTINGS if one.startswith(f"{table}."))) if key else nearest(name, TABLES)
    return Mistake(line, name, what, near)


def _wrong_value(setting: Setting, value: Any) -> tuple[str, str] | None:
    """Return what is wrong with a value, and the nearest valid one."""
    if not _is_a(setting.holds, value):
        return f"this must be {_WORDS[setting.holds]}.", ""
    if not isinstance(value, str) or not value:
        return None
    if setting.valid and value not in setting.valid:
        return f"{shown(value)} is none of {', '.join(setting.valid)}.", nearest(value, setting.valid)
    mistake = setting.mistake(value)
    return (mistake, "") if mistake else None


def _is_a(wanted: type, value: Any) -> bool:
    if isinstance(value, list):
        return wanted is list and all(isinstance(item, str) for item in value)
    return isinstance(value, wanted)


# --- line numbers -----------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Return the last line number of every table and key, which `tomllib` doesn't report."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = _dotted(header[1])
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{_dotted(key[1])}" if table else _dotted(key[1]), number


def _dotted(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in re.findall(_PART, name))


def _lines_of_items(text: str, values: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Return the line of each list item that is written there literally."""
    rows = text.splitlines()
    for name, value in values.items():
        for item in value if isinstance(value, list) else ():
            first = lines.get(name, 1)
            found = (number for number in range(first, len(rows) + 1) if item in rows[number - 1])
            yield f"{name}={item}", next(found, first)
