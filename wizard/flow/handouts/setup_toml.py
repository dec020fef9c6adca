"""Writes the setup.toml that describes what was set up: for the next run, a colleague, a pipeline. Holds no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.model import Audience
from wizard.domain.wanted import (
    asks_to_rename,
    chosen_destination,
    chosen_environment,
    chosen_space,
    mapping_settings,
    wanted_client_side_id,
    wanted_destination_name,
)


def write_setup(answers: Answers, facts: Facts) -> str:
    """A whole file that leads to the same plan."""
    tables = {
        "launchdarkly": _launchdarkly(answers, facts),
        "segment": _segment(answers, facts),
        "destination": _destination(answers, facts),
        "mapping": _mapping(answers, facts),
        "audiences": [f"include = [{', '.join(_text(name) for name in _audiences(answers, facts))}]"],
    }
    head = ["# audience-wizard plan -c setup.toml", "# Tokens are never in this file: they come from variables."]
    parts = ["\n".join((f"[{table}]", *lines)) for table, lines in tables.items()]
    return "\n\n".join(["\n".join(head), *parts]) + "\n"


def save_setup(folder: Path, answers: Answers, facts: Facts) -> Path:
    """Writes the file beside whatever is there already, never over it. Raises OSError."""
    for name in ("setup.toml", *(f"setup-{number}.toml" for number in range(2, 100))):
        path = folder / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(write_setup(answers, facts))
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{folder} holds a hundred files called setup.toml already")


def _launchdarkly(answers: Answers, facts: Facts) -> Iterator[str]:
    found = chosen_environment(facts, answers)
    if found:
        yield f"project = {_text(found[0].key)}"
        yield f"environment = {_text(found[1].key)}"
    else:
        yield f"client_side_id = {_text(wanted_client_side_id(facts, answers))}"
    if answers.server_side is not None:
        yield f"server_side = {_truth(answers.server_side)}"


def _segment(answers: Answers, facts: Facts) -> Iterator[str]:
    space = chosen_space(facts, answers)
    named = space.slug or space.id if space else answers.space
    if named:
        yield f"space = {_text(named)}"
    yield f"by_hand = {_truth(bool(answers.by_hand))}"
    if answers.engage_source:
        yield f"engage_source = {_text(answers.engage_source)}"


def _destination(answers: Answers, facts: Facts) -> Iterator[str]:
    """The name that it has, unless another one was wished for: a second run renames nothing."""
    there = chosen_destination(facts, answers)
    keeps = there is not None and not asks_to_rename(there, facts, answers)
    yield f"name = {_text(there.name if there and keeps else wanted_destination_name(facts, answers))}"


def _mapping(answers: Answers, facts: Facts) -> Iterator[str]:
    settings = mapping_settings(facts, answers, None)
    yield f"context_kind = {_text(str(settings['context_kind']))}"
    yield f"context_key = {_text(str(settings['context_key']))}"
    yield f"batching = {_truth(bool(settings['enable_batching']))}"


def _audiences(answers: Answers, facts: Facts) -> Iterator[str]:
    """By key, as people know them; by id where two share a key."""
    seen = facts.audiences if isinstance(facts.audiences, tuple) else ()
    by_id = {audience.id: audience for audience in seen}
    yield from (_name_of(chosen, by_id) for chosen in answers.audiences)


def _name_of(chosen: str, by_id: dict[str, Audience]) -> str:
    audience = by_id.get(chosen)
    if audience is None:
        return chosen
    alike = [one for one in by_id.values() if audience.key in (one.key, one.name)]
    return audience.key if len(alike) == 1 and audience.key else audience.id


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _truth(value: bool) -> str:
    return "true" if value else "false"
