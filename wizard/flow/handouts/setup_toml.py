"""Write the setup.toml that describes a setup, for the next run, a colleague or a pipeline. It holds no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.flow.journey import SETTINGS, TABLES
from wizard.flow.state import State
from wizard.flow.steps.ask import Held

_HEAD = "# audience-wizard plan -c setup.toml\n# Tokens are never in this file: they come from variables."


def write_setup(answers: Answers, facts: Facts) -> str:
    """Return a whole setup.toml that leads to the same plan."""
    state = State(facts, answers)
    tables = ("\n".join((f"[{table}]", *_lines(table, state))) for table in TABLES)
    return "\n\n".join([_HEAD, *tables]) + "\n"


def _lines(table: str, state: State) -> Iterator[str]:
    for setting in SETTINGS.values():
        value = setting.write(state) if setting.table == table else None
        if value is not None:
            yield f"{setting.key.partition('.')[2]} = {_toml(value)}"


def save_setup(folder: Path, answers: Answers, facts: Facts) -> Path:
    """Write the file under a free name, never over another file. Raises OSError."""
    for name in ("setup.toml", *(f"setup-{number}.toml" for number in range(2, 100))):
        path = folder / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(write_setup(answers, facts))
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{folder} holds a hundred files called setup.toml already")


def _toml(value: Held) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
