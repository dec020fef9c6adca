"""A key of setup.toml, declared with the question that it answers (docs/reference.md#setuptoml)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from wizard.flow.state import State

Held: TypeAlias = str | bool | tuple[str, ...]


def _fine(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Setting:
    """How an answer is read from a file, and written to one that leads to the same plan."""

    key: str  # "launchdarkly.project"
    answer: str  # the field of `Answers`
    write: Callable[[State], Held | None]  # None leaves the key out
    holds: type = str  # str, bool or list (of texts)
    valid: tuple[str, ...] = ()  # the only values that exist; empty: any
    convert: Callable[[Any], Any] = lambda value: value
    mistake: Callable[[str], str] = _fine
    optional: bool = False  # True: no command asks for a missing value

    @property
    def table(self) -> str:
        return self.key.partition(".")[0]
