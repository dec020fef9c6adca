"""The line-by-line interface's way to ask and print. `terminal` has the real one; tests use scripted ones."""

from __future__ import annotations

from typing import Protocol


class EndOfInput(Exception):
    """Standard input has ended, so no answer will come."""


class Conversation(Protocol):
    """One line asked and answered at a time. It wraps each paragraph to the terminal's width itself."""

    async def ask(self, prompt: str) -> str:
        """Ask for one line, without its end. Raises EndOfInput."""
        ...

    async def ask_secret(self, prompt: str) -> str:
        """Ask for a line without echo, and return all lines that were pasted together. Raises EndOfInput."""
        ...

    def ring(self) -> None:
        """Alert a user who looked away, if the settings allow it."""
        ...

    def say(self, text: str = "") -> None:
        """Print lines, each a paragraph of its own."""
        ...
