"""Read setup.toml, and refuse mistakes with file, line, key and the nearest valid value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.credentials import holds_a_token
from wizard.flow.journey import SETTINGS, TABLES
from wizard.headless.given_file import read_text, shown
from wizard.headless.refusal import Mistake, Refused, did_you_mean, quoted
from wizard.headless.setup.setup_lines import lines_of, lines_of_items, lines_of_texts
from wizard.headless.setup.setup_mistakes import mistake_in
from wizard.headless.setup.setup_targets import TARGETS, TargetTable, read_targets
from wizard.text import count

_MOST_BYTES = 2 * 2**20  # tens of thousands of audiences
# tomllib would need minutes for a name with this many parts.
_DEEP = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){64}""")
_MOST_TOLD = 100  # mistakes that are shown
_CURLY, _WHOLE_TEXT = re.compile("[\u2018-\u201f]"), re.compile(r"""\"[^"]*\"|'[^']*'|#.*""")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class SetupFile:
    """The contents of a setup file, and the line of each setting."""

    path: Path
    answers: Answers
    lines: Mapping[str, int]  # line numbers by setting, by table, and by `setting=item` for a list's items
    given: frozenset[str]  # the settings that hold an answer
    mistakes: tuple[Mistake, ...] = ()  # those that are visible without asking the services
    called: Mapping[str, str] = field(default_factory=dict)  # in a target, the file's own names of settings
    name: str = ""  # the target's name, if this is a target
    targets: tuple[SetupFile, ...] = ()  # if the file has several, each with the shared values

    def refuse(self, more: tuple[Mistake, ...] = ()) -> None:
        """Raise Refused if there are mistakes, with all of them in the order of the file."""
        if mistakes := (*self.mistakes, *more):
            raise Refused(*self.told(mistakes))

    def told(self, mistakes: Iterable[Mistake]) -> tuple[str, ...]:
        """Return a line for each mistake, in the order of the file."""
        ordered = sorted(mistakes, key=lambda mistake: mistake.line)
        left = len(ordered) - _MOST_TOLD
        more = (f"And {count(left, 'more mistake')} in {shown(self.path)}.",) if left > 0 else ()
        return (*(mistake.at(shown(self.path)) for mistake in ordered[:_MOST_TOLD]), *more)

    def mistake(self, setting: str, what: str, near: Callable[[], str] = str, item: str = "") -> Mistake:
        line = self.lines.get(f"{setting}={item}") or self.lines.get(setting, 0)
        return Mistake(line, self.called.get(setting, setting), what, near)

    def target(self, name: str) -> SetupFile:
        """Return one target's setup. Raises Refused when the file has no such target."""
        names = [one.name for one in self.targets]
        if name in names:
            return self.targets[names.index(name)]
        if not names:
            raise Refused(f"--target {quoted(name)}: {shown(self.path)} has no [[targets]].")
        what = f"--target {quoted(name)}: {shown(self.path)} doesn't have this target.{did_you_mean(name, names)}"
        raise Refused(what, f"Its targets: {', '.join(names)}")


def read_setup(path: Path, target: str = "") -> SetupFile:
    """Read a setup file. Raises Refused when it can't be read, isn't TOML, or holds anything unknown."""
    setup = parse_setup(path, target)
    setup.refuse()
    return setup


def parse_setup(path: Path, target: str = "") -> SetupFile:
    """Read the setup of one environment, with its mistakes.

    Raises Refused if the file isn't TOML, or has several environments and `target` names none.
    """
    whole = parse_whole(path)
    if target:
        return whole.target(target)
    if len(whole.targets) > 1:
        names = [one.name for one in whole.targets]
        raise Refused(f"{shown(path)} has {len(names)} targets. Name one with --target: {', '.join(names)}")
    return whole.targets[0] if whole.targets else whole


def parse_whole(path: Path) -> SetupFile:
    """Read a setup file with all of its targets and mistakes. Raises Refused when it isn't TOML.

    A value with a mistake doesn't become an answer.
    """
    text = read_text(path, _MOST_BYTES, "setup.toml")
    if _DEEP.search(text):
        raise Refused(f"{shown(path)}: this file is nested too deeply.")
    try:
        return _checked(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused(_not_toml(path, text, str(error))) from None
    except RecursionError:
        raise Refused(f"{shown(path)}: this file is nested too deeply.") from None
    except ValueError:  # Python limits the digits of a number, TOML doesn't
        raise Refused(f"{shown(path)}: this file has a number of too many digits.") from None


def _not_toml(path: Path, text: str, said: str) -> str:
    found = _AT_LINE.search(said)
    where = f"{shown(path)}:{found[1]}" if found else shown(path)
    if found and (curly := _CURLY.search(_WHOLE_TEXT.sub("", text.split("\n")[int(found[1]) - 1]))):
        return f'{where}: this line has a curly quote ({curly[0]}). TOML needs straight quotes ("), as in "prod".'
    why = "" if holds_a_token(said) else f": {_AT_LINE.sub('', said).strip()}"
    return f"{where}: this isn't valid TOML{why}."


def _checked(path: Path, text: str, tables: Mapping[str, Any]) -> SetupFile:
    lines = dict(lines_of(text))
    content = _trimmed({name: table for name, table in tables.items() if name != TARGETS})
    found = [(name, value, mistake_in(name, value, lines)) for name, value in _flat(content)]
    values = {name: value for name, value, mistake in found if mistake is None and name in SETTINGS}
    mistakes = tuple(mistake for _, _, mistake in found if mistake is not None)
    texts = lines_of_texts(text)
    lines |= dict(lines_of_items(texts, values, lines))
    shared = SetupFile(path, answers_of(values), lines, _given(values), mistakes)
    if TARGETS not in tables:
        return shared
    targets, wrong = read_targets(_trimmed(tables[TARGETS]), values, lines)
    shared = replace(shared, mistakes=(*mistakes, *wrong))
    return replace(shared, targets=tuple(_of_target(shared, one, texts) for one in targets))


def _of_target(shared: SetupFile, target: TargetTable, texts: Mapping[str, Sequence[int]]) -> SetupFile:
    lines = {**shared.lines, **target.lines}
    return replace(
        shared,
        answers=answers_of(target.values),
        lines={**lines, **dict(lines_of_items(texts, target.values, lines))},
        given=_given(target.values),
        called=target.called,
        name=target.name,
    )


def _given(values: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name, value in values.items() if value not in ("", []))


def _trimmed(value: Any) -> Any:
    """Return a value with all texts in it stripped, because nobody sees blanks around a text."""
    if isinstance(value, list):
        return [_trimmed(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _trimmed(item) for name, item in value.items()}
    return value.strip() if isinstance(value, str) else value


def answers_of(values: Mapping[str, Any]) -> Answers:
    """Return answers from valid values by setting; an empty text isn't an answer."""
    given = {SETTINGS[name].answer: SETTINGS[name].convert(value) for name, value in values.items() if value != ""}
    return Answers(**given)


def _flat(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each value with its dotted name; an unknown table comes as a whole."""
    for table, content in tables.items():
        if table in TABLES and isinstance(content, Mapping):
            yield from ((f"{table}.{key}", value) for key, value in content.items())
        else:
            yield table, content
