"""What a user does at a prompt instead of answering it."""

from __future__ import annotations


class Left(Exception):
    """The user did something else than answer."""


class Back(Left):
    pass


class ReadAgain(Left):
    pass


class Quit(Left):
    pass


class GoTo(Left):
    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__()
