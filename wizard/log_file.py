"""The debug log: written only with `--log-file`, readable by its owner only, and without secrets.

It holds no header and no body, and addresses arrive redacted from the transport.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from wizard.domain.sent_request import SentRequest
from wizard.domain.tokens.scrub import scrub
from wizard.text import plain

_LINE = 2_000


class LogFile:
    """A file that lines are appended to; a log that can't be written stops nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def request(self, line: SentRequest) -> None:
        outcome = line.status if line.status is not None else line.failure
        attempt = f" attempt {line.attempt}" if line.attempt > 1 else ""
        request = f" request {line.request_id}" if line.request_id else ""
        self._append(f"{line.method} {line.url} {outcome} {line.seconds * 1000:.0f} ms{attempt}{request}")

    @property
    def trouble(self) -> str:
        """Why the log can't be written, as a sentence; empty if it can. Reading this property writes a line."""
        return self._append("log opened")

    def problem(self, error: BaseException, secrets: Iterable[str]) -> str:
        """Write where an unexpected error came from, without the values of variables and without `secrets`.

        Return why that wasn't possible; empty when it was.
        """
        text = scrub("".join(traceback.format_exception(error)), secrets)
        return [self._append(line, keep_space=True) for line in text.splitlines()][-1]

    def _append(self, text: str, *, keep_space: bool = False) -> str:
        """Append a line; return why that wasn't possible, or an empty text.

        A link is never followed: in a shared folder, someone else may have put it there. A named pipe that nobody
        reads isn't waited for.
        """
        indent = text[: len(text) - len(text.lstrip())] if keep_space else ""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            is_new = not self._path.exists()
            flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # Windows has neither
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | flags, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8", errors="replace") as file:
                if is_new:  # a umask may take even the owner's rights
                    self._path.chmod(0o600)
                file.write(f"{now} {indent}{scrub(plain(text, _LINE), ())}\n")
        except OSError as error:
            why = "it is a link" if self._path.is_symlink() else error.strerror or error
            return f"We can't write the log: {self._path} ({why})."
        return ""
