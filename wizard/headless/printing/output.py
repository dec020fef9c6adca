"""Where a command writes: data to standard output, progress to standard error."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from wizard.headless.printing.page import PIPE, Page
from wizard.stdout import detach

_SENTENCES = {"summary", "cause", "fix", "then", "next", "next_steps", "note", "report"}  # fields that name commands


@dataclass(slots=True)
class Reader:
    """The reader of standard output. Without one, a watch ends; others continue (docs/reference.md#exit-codes)."""

    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """The command's output. `ask` shows a prompt and reads one line; it's None without a terminal."""

    data: TextIO
    narration: TextIO
    as_json: bool = False
    ask: Callable[[str], Awaitable[str]] | None = None
    rings: bool = False
    page: Page = PIPE  # how `data` shows lines
    narration_page: Page = PIPE
    of_this_run: Callable[[str], str] = str  # puts the options of the setup into the commands of a text
    begin: str = ""  # of every line: which of several environments it's about
    take: Callable[[Mapping[str, Any]], None] | None = None  # gets the documents instead, to put several into one
    reader: Reader = field(default_factory=Reader)

    def say(self, *lines: str) -> None:
        """Write progress lines, for a person and never for a script."""
        for line in lines:
            self._write(self.narration, self.narration_page.show(self._whole(line)) + "\n")

    def ring(self) -> None:
        """Ring the bell, if a terminal is there."""
        if self.rings:
            self._write(self.narration, "\a")

    def document(self, document: Mapping[str, Any]) -> None:
        """With `--json`, write one object on a line of its own, in ASCII, which every terminal and pipe can take."""
        if not self.as_json:
            return
        document = self._of_this_run(document)
        if self.take is not None:
            self.take(document)
        else:
            self._write(self.data, json.dumps(document, default=str) + "\n")

    def raw(self, text: str) -> None:
        """Write a file's text unchanged, for a pipe."""
        self._write(self.data, text)

    def text(self, lines: Iterable[str]) -> None:
        """Write lines for a person; nothing with `--json`."""
        if not self.as_json:
            for line in lines:
                self._write(self.data, self.page.show(self._whole(line)) + "\n")

    def _whole(self, line: str) -> str:
        return self.begin + self.of_this_run(line) if line else ""

    def _of_this_run(self, part: Any, key: str = "") -> Any:
        """Return a part of a document with the options in its sentences' commands; what others wrote stays."""
        if isinstance(part, Mapping):
            return {name: self._of_this_run(value, name) for name, value in part.items()}
        if isinstance(part, (list, tuple)):
            return [self._of_this_run(one, key) for one in part]
        return self.of_this_run(part) if key in _SENTENCES and isinstance(part, str) else part

    def _write(self, stream: TextIO, text: str) -> None:
        """Write and flush a text; drop it if the reader is gone, as with `| head -1`."""
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            detach(stream)
            self.reader.is_gone = self.reader.is_gone or stream is self.data
