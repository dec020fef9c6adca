"""What the plain face talks through. `terminal` has the real one; tests script theirs."""

from __future__ import annotations

from typing import Protocol


class EndOfInput(Exception):
    """Nobody will answer any more: standard input is closed."""


class Conversation(Protocol):
    """Asks one line at a time. Text comes whole; wrapping it to a width is this side's job."""

    async def ask(self, prompt: str) -> str:
        """One line, without its end. Raises EndOfInput."""
        ...

    async def ask_secret(self, prompt: str) -> str:
        """One line that is not shown while it is typed; a paste of several lines comes whole. Raises EndOfInput."""
        ...

    def ring(self) -> None:
        """Tells a user who looked away, where that is wanted."""
        ...

    def say(self, text: str = "") -> None:
        """Prints lines, each a paragraph of its own."""
        ...
