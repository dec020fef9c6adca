"""Where a command writes: data to standard output, narration to standard error."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Output:
    """`ask` shows a prompt and reads one line that a person types; None when nobody is there to type it."""

    data: TextIO
    narration: TextIO
    as_json: bool = False
    ask: Callable[[str], Awaitable[str]] | None = None
    rings: bool = False

    def say(self, *lines: str) -> None:
        """Narration: for a person, never for a script."""
        for line in lines:
            print(line, file=self.narration, flush=True)

    def ring(self) -> None:
        """Tells a user who looked away, at a terminal that is there."""
        if self.rings:
            print("\a", end="", file=self.narration, flush=True)

    def document(self, document: Mapping[str, Any]) -> None:
        """One JSON object on a line of its own; ASCII only, so that every terminal and pipe can take it."""
        print(json.dumps(document, default=str), file=self.data, flush=True)

    def text(self, lines: Iterable[str]) -> None:
        """What a person reads instead of the JSON; nothing when JSON was asked for."""
        if not self.as_json:
            for line in lines:
                print(line, file=self.data, flush=True)
