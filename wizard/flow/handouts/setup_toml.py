"""Write the setup.toml that describes a setup, for the next run, a colleague or a pipeline. It holds no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.flow.journey import SETTINGS, TABLES
from wizard.flow.state import State
from wizard.flow.steps.ask import Held, Scope
from wizard.flow.steps.questions.other_spaces import space_of

_OWN = tuple(setting for setting in SETTINGS.values() if setting.scope is Scope.OWN)
_HEAD = "# audience-wizard plan -c setup.toml\n# Tokens are never in this file: they come from variables."


def write_setup(answers: Answers, facts: Facts) -> str:
    """Return a whole setup.toml that leads to the same plan."""
    state = State(facts, answers)
    tables = ("\n".join((f"[{table}]", *_lines(table, state))) for table in TABLES)
    return "\n\n".join([_HEAD, *tables, *_targets(state)]) + "\n"


def _lines(table: str, state: State) -> Iterator[str]:
    """Yield the settings of a table; with several environments, without those that go into `[[targets]]`."""
    elsewhere = _OWN if state.answers.other_environments else ()
    for setting in SETTINGS.values():
        value = setting.write(state) if setting.table == table and setting not in elsewhere else None
        if value is not None:
            yield f"{setting.key.partition('.')[2]} = {_toml(value)}"


def _targets(state: State) -> Iterator[str]:
    """Yield a table for each of several environments, the setup's own first."""
    if not state.answers.other_environments:
        return
    yield _target({setting.answer: setting.write(state) for setting in _OWN})
    for name in state.answers.other_environments:
        project, _, environment = name.partition("/")
        space = space_of(name, state.answers)
        there = replace(state, answers=replace(state.answers, space=space))
        own_space = SETTINGS["segment.space"].write(there) if space != state.answers.space else None
        yield _target({"project": project, "environment": environment, "space": own_space})


def _target(values: Mapping[str, Held | None]) -> str:
    given = (f"{key} = {_toml(value)}" for key, value in values.items() if value is not None)
    return "\n".join(("[[targets]]", *given))


def save_setup(folder: Path, answers: Answers, facts: Facts) -> Path:
    """Write the file under a free name, never over another file. Raises OSError."""
    text = write_setup(answers, facts)
    for name in ("setup.toml", *(f"setup-{number}.toml" for number in range(2, 100))):
        path = folder / name
        try:
            file = path.open("x", encoding="utf-8")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(text)
        except OSError:  # such as a full disk
            path.unlink(missing_ok=True)
            raise
        return path
    raise FileExistsError(f"{folder} holds a hundred files called setup.toml already")


def _toml(value: Held) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
