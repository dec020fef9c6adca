"""Where a command writes: data to standard output, progress to standard error."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from wizard.headless.printing.page import PIPE, Page


@dataclass(frozen=True, slots=True)
class Output:
    """The command's output; `ask` shows a prompt and reads one line, or returns None when nobody is there."""

    data: TextIO
    narration: TextIO
    as_json: bool = False
    ask: Callable[[str], Awaitable[str]] | None = None
    rings: bool = False
    page: Page = PIPE  # how `data` shows lines
    narration_page: Page = PIPE
    of_this_run: Callable[[str], str] = str  # puts the options of the setup into the commands of a line
    take: Callable[[Mapping[str, Any]], None] | None = None  # gets the documents instead, to put several into one

    def say(self, *lines: str) -> None:
        """Write progress lines, for a person and never for a script."""
        for line in lines:
            print(self.narration_page.show(self.of_this_run(line)), file=self.narration, flush=True)

    def ring(self) -> None:
        """Ring the bell, if a terminal is there."""
        if self.rings:
            print("\a", end="", file=self.narration, flush=True)

    def document(self, document: Mapping[str, Any]) -> None:
        """Write one JSON object on a line of its own, in ASCII, which every terminal and pipe can take."""
        if self.take is not None:
            self.take(document)
            return
        print(json.dumps(document, default=str), file=self.data, flush=True)

    def raw(self, text: str) -> None:
        """Write a file's text as it is, for a pipe."""
        self.data.write(text)
        self.data.flush()

    def text(self, lines: Iterable[str]) -> None:
        """Write the text for a person; nothing with `--json`."""
        if not self.as_json:
            for line in lines:
                print(self.page.show(self.of_this_run(line)), file=self.data, flush=True)
