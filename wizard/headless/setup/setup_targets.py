"""The `[[targets]]` of a setup file: environments that share its other tables, each with its own settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.domain.credentials import holds_a_token
from wizard.flow.journey import SETTINGS
from wizard.flow.profile.session import folder_name
from wizard.flow.steps.ask import Scope
from wizard.headless.refusal import Mistake, nearest, quoted
from wizard.headless.setup.setup_mistakes import mistake_in, secret_in

TARGETS = "targets"
NAME = "name"
# By its key in a target, each setting that an environment may have for itself.
OWN = {one.answer: one.key for one in SETTINGS.values() if one.scope is not Scope.SETUP}
_DESTINATION_NAME = OWN["destination_name"]
_PLACE = OWN["project"], OWN["environment"], OWN["client_side_id"]
_MOST_TARGETS = 200
_FORM = f'Write [[{TARGETS}]], and right below it the settings: project = "shop", environment = "production".'
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_NOT_A_NAME = "use at most 100 letters, digits, dots, dashes, underscores and slashes."


@dataclass(frozen=True, slots=True)
class TargetTable:
    """One `[[targets]]` table: its name, its values by setting, and the line of each setting."""

    name: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]  # by setting
    called: Mapping[str, str]  # by setting: its name in the file


def read_targets(
    content: Any, shared: Mapping[str, Any], lines: Mapping[str, int]
) -> tuple[tuple[TargetTable, ...], tuple[Mistake, ...]]:
    """Return the targets and their mistakes; `shared` are the values of the file's other tables."""
    if not isinstance(content, list) or not all(isinstance(one, Mapping) for one in content):
        line = next((at for name, at in lines.items() if name.partition(".")[0] == TARGETS), 0)
        return (), (Mistake(line, TARGETS, f"each environment is a table of its own. {_FORM}"),)
    if len(content) > _MOST_TARGETS:
        line = lines.get(f"{TARGETS}[{_MOST_TARGETS}]", 0)
        return (), (Mistake(line, TARGETS, f"a file holds at most {_MOST_TARGETS} environments. Split it."),)
    mistakes = [mistake for number, table in enumerate(content) for mistake in _mistakes(table, number, lines)]
    targets = tuple(_target(table, number, shared, lines) for number, table in enumerate(content))
    return targets, (*mistakes, *_of_all(content, targets, shared, lines))


def _target(table: Mapping[str, Any], number: int, shared: Mapping[str, Any], lines: Mapping[str, int]) -> TargetTable:
    right = {key: value for key, value in table.items() if key in OWN and not _mistake(key, value, number, lines)}
    own = {OWN[key]: value for key, value in right.items()}
    common = {name: value for name, value in shared.items() if not _is_overruled(name, own)}
    values = {**common, **own}
    return TargetTable(
        _name(table.get(NAME), values),
        values,
        {OWN[key]: _line(key, number, lines) for key in right},
        {OWN[key]: f"{TARGETS}.{key}" for key in right},
    )


def _is_overruled(name: str, own: Mapping[str, Any]) -> bool:
    """Return whether the target's own values replace a shared project, environment or client-side ID."""
    if name not in _PLACE:
        return False
    return _PLACE[2] in own or (name == _PLACE[2] and bool(own.keys() & set(_PLACE)))


def _name(given: Any, values: Mapping[str, Any]) -> str:
    """Return the given name, else `project/environment`, else the client-side ID."""
    if isinstance(given, str) and given:
        return given
    project, environment, client_side_id = (values.get(name, "") for name in _PLACE)
    return f"{project}/{environment}" if project and environment else str(client_side_id)


# --- mistakes ---------------------------------------------------------------------------------------------------------


def _mistakes(table: Mapping[str, Any], number: int, lines: Mapping[str, int]) -> Iterator[Mistake]:
    found = (_mistake(key, value, number, lines) for key, value in table.items())
    yield from (mistake for mistake in found if mistake is not None)


def _mistake(key: str, value: Any, number: int, lines: Mapping[str, int]) -> Mistake | None:
    line, named = _line(key, number, lines), f"{TARGETS}.{key}"
    if key == NAME:
        return _wrong_name(value, line)
    if key in OWN:
        wrong = mistake_in(OWN[key], value, {OWN[key]: line})
        return replace(wrong, key=named) if wrong else None
    hidden = secret_in(named, line, value)
    if isinstance(value, Mapping) and not hidden:
        return Mistake(lines.get(named, line), named, f"a target has no tables of its own. {_FORM}")
    near = lambda: f"{TARGETS}.{nearest(key, (*OWN, NAME))}"  # noqa: E731 - searched only if it's shown
    return hidden or Mistake(line, named, "unknown setting.", near)


def _wrong_name(value: Any, line: int) -> Mistake | None:
    if isinstance(value, str) and (_NAMED.fullmatch(value) or not value) and not holds_a_token(value):
        return None
    said = f"{quoted(value)} can't be a name: {_NOT_A_NAME}"
    return Mistake(line, f"{TARGETS}.{NAME}", said)


def _of_all(
    content: list[Any], targets: tuple[TargetTable, ...], shared: Mapping[str, Any], lines: Mapping[str, int]
) -> Iterator[Mistake]:
    """Yield the mistakes that show only when all targets are compared."""
    yield from (_missing_place(number, lines) for number, one in enumerate(targets) if not one.name)
    yield from _twice(targets, lines)
    if len(content) > 1 and shared.get(_DESTINATION_NAME):
        what = "every environment has its own destination. Give destination_name in each [[targets]] instead."
        yield Mistake(lines.get(_DESTINATION_NAME, 0), _DESTINATION_NAME, what)


def _missing_place(number: int, lines: Mapping[str, int]) -> Mistake:
    what = "give project and environment, or client_side_id."
    return Mistake(lines.get(f"{TARGETS}[{number}]", 0), TARGETS, what)


def _twice(targets: tuple[TargetTable, ...], lines: Mapping[str, int]) -> Iterator[Mistake]:
    names = Counter[str]()
    places: set[tuple[Any, ...]] = set()
    for number, one in enumerate(targets):
        place = tuple(one.values.get(name, "") for name in _PLACE)
        line = lines.get(f"{TARGETS}[{number}]", 0)
        folder = folder_name(one.name)
        if one.name and place in places:
            yield Mistake(line, TARGETS, f"{one.name}: another target has the same environment.")
        elif one.name and names[folder]:
            yield Mistake(line, TARGETS, f"{one.name}: another target has this name. Choose another name.")
        names[folder] += 1
        places.add(place)


def _line(key: str, number: int, lines: Mapping[str, int]) -> int:
    return lines.get(f"{TARGETS}[{number}].{key}") or lines.get(f"{TARGETS}[{number}]") or lines.get(TARGETS, 0)
