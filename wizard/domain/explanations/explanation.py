"""A failed call in a user's words."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.services.links import Link


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in a user's words.

    The texts may hold `{host}`, `{page}` (the host's URL), `{address}` (host and port), `{vendor}`, `{said}` (the
    failure's message) and `{wait}`, which `explain` fills in.
    """

    summary: str  # what happened
    cause: str
    fix: str  # one imperative sentence
    links: tuple[Link, ...] = ()
