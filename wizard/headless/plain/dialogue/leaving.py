"""What a user does at a prompt instead of answering it."""

from __future__ import annotations


class LeftPrompt(Exception):
    """The user did something else than answer."""


class Back(LeftPrompt):
    pass


class ReadAgain(LeftPrompt):
    pass


class Quit(LeftPrompt):
    pass


class GoTo(LeftPrompt):
    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__()
