"""How many members land with each context key, as earlier runs counted it, and the previews that this took.

One small file, `counted.json`, beside the profile's `setup.json`. It holds numbers, dates and IDs of audiences, and of
an audience's definition a fingerprint only. What cannot be read or written is done without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wizard.domain.services.segment import Landing
from wizard.flow.profile.private_file import make_private, read_whole, write_whole

FILE = "counted.json"


@dataclass(frozen=True, slots=True)
class _Kept:
    audiences: dict[str, Landing] = field(default_factory=dict)  # by audience id
    previews: dict[str, int] = field(default_factory=dict)  # begun, by space and month


@cache
def _form() -> TypeAdapter[_Kept]:
    """Made on first use, because it takes a while and the sandbox has no file."""
    return TypeAdapter(_Kept)


class CountedMembers:
    """The counts of earlier runs; without a folder, of this run only."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder else None
        self._kept = self._load()

    @property
    def landing(self) -> Mapping[str, Landing]:
        """Return the counts by audience id."""
        return self._kept.audiences

    def previews(self, space: str, now: datetime) -> int:
        """Return how many previews were begun in the space this month."""
        return self._kept.previews.get(_month(space, now), 0)

    def remember(self, counted: Mapping[str, Landing], space: str, previews: int, now: datetime) -> None:
        spent = {_month(space, now): self.previews(space, now) + previews}
        self._kept = _Kept({**self._kept.audiences, **counted}, {**self._kept.previews, **spent})
        if self._path is not None:
            with contextlib.suppress(OSError):
                make_private(self._path.parent)
                write_whole(self._path, _form().dump_json(self._kept))

    def _load(self) -> _Kept:
        try:
            there = read_whole(self._path) if self._path else b""
            return _form().validate_json(there) if there else _Kept()
        except (OSError, ValidationError):
            return _Kept()


def _month(space: str, now: datetime) -> str:
    return f"{space} {now:%Y-%m}"
