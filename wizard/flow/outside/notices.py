"""Notices for the user from the parts that call the services: a service asks to wait, a list doesn't end.

Those parts know no interface, so each notice waits until an interface listens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence; for a wait, also what the wizard waits for and how many seconds."""

    text: str
    waits_for: str = ""
    seconds: float = 0.0


class Notices:
    """The notices of a run, each given to the interface once."""

    def __init__(self) -> None:
        self._kept: list[Notice] = []
        self._take: Callable[[Notice], None] | None = None

    def add(self, text: str, waits_for: str = "", seconds: float = 0.0) -> None:
        notice = Notice(text, waits_for, seconds)
        if self._take is None:
            self._kept.append(notice)
        else:
            self._take(notice)

    def listen(self, take: Callable[[Notice], None]) -> None:
        """Give `take` all notices, earlier and later ones. It must be quick and not raise."""
        self._take = take
        for notice in self._kept:
            take(notice)
        self._kept.clear()
