"""The debug log: written only with `--log-file`, readable by its owner only, and without secrets.

It holds no header and no body, and addresses arrive redacted from the transport.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from wizard.text import plain

_LINE = 2_000


class Line(Protocol):
    """The fields of a request that go into the log (`wizard.domain.sent_request.SentRequest`)."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def status(self) -> int | None: ...
    @property
    def failure(self) -> str | None: ...
    @property
    def request_id(self) -> str: ...


class LogFile:
    """A file that lines are appended to; a log that can't be written stops nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def request(self, line: Line) -> None:
        outcome = line.status if line.status is not None else line.failure
        attempt = f" attempt {line.attempt}" if line.attempt > 1 else ""
        request = f" request {line.request_id}" if line.request_id else ""
        self._append(f"{line.method} {line.url} {outcome} {line.seconds * 1000:.0f} ms{attempt}{request}")

    def problem(self, error: BaseException, secrets: Iterable[str]) -> None:
        """Return where an unexpected error came from, without the values of variables and without `secrets`."""
        text = "".join(traceback.format_exception(error))
        for secret in secrets:
            text = text.replace(secret, "…")
        for line in text.splitlines():
            self._append(line, keep_space=True)

    def _append(self, text: str, *, keep_space: bool = False) -> None:
        indent = text[: len(text) - len(text.lstrip())] if keep_space else ""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8", errors="replace") as file:
                file.write(f"{now} {indent}{plain(text, _LINE)}\n")
        except OSError:
            return
