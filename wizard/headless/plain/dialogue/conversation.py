"""What the line-by-line interface talks through. `terminal` has the real one; tests script theirs."""

from __future__ import annotations

from typing import Protocol


class EndOfInput(Exception):
    """Standard input is closed, so no answer will come."""


class Conversation(Protocol):
    """One line asked and answered at a time. It wraps each paragraph to the terminal's width itself."""

    async def ask(self, prompt: str) -> str:
        """Ask for one line, without its end. Raises EndOfInput."""
        ...

    async def ask_secret(self, prompt: str) -> str:
        """Ask for a line that isn't shown; a paste of several lines comes whole. Raises EndOfInput."""
        ...

    def ring(self) -> None:
        """Alert a user who looked away, where the settings allow it."""
        ...

    def say(self, text: str = "") -> None:
        """Print lines, each a paragraph of its own."""
        ...
