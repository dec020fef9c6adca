"""A failed call in a user's words."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.services.links import Link


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in a user's words.

    In the tables below, `{host}`, `{page}` (the host's address), `{vendor}` and `{said}` (the failure's message) stand
    for the failure's own.
    """

    summary: str  # what happened
    cause: str
    fix: str  # one imperative sentence
    links: tuple[Link, ...] = ()
