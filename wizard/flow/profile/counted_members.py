"""The members that earlier runs counted for each context key, and how many audience previews that took.

They're kept in a small file, `counted.json`, beside the profile's `setup.json`: counts, dates, audience IDs, and a
fingerprint of each audience's definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wizard.domain.services.segment import Landing
from wizard.flow.profile.small_file import SmallFile

FILE = "counted.json"


@dataclass(frozen=True, slots=True)
class _Kept:
    audiences: dict[str, Landing] = field(default_factory=dict)  # by audience id
    previews: dict[str, int] = field(default_factory=dict)  # how many were begun, by space and month


class CountedMembers:
    """The counts of earlier runs; without a folder, of this run only."""

    def __init__(self, folder: Path | None) -> None:
        self._file = SmallFile(folder, FILE, _Kept)
        self._kept = self._file.load()

    @property
    def landing(self) -> Mapping[str, Landing]:
        """Return the counts by audience id."""
        return self._kept.audiences

    def previews(self, space: str, now: datetime) -> int:
        """Return how many previews were begun in the space this month."""
        return self._kept.previews.get(_month(space, now), 0) if self._kept.previews else 0

    def remember(self, counted: Mapping[str, Landing], space: str, previews: int, now: datetime) -> None:
        spent = {_month(space, now): self.previews(space, now) + previews}
        self._kept = _Kept({**self._kept.audiences, **counted}, {**self._kept.previews, **spent})
        self._file.save(self._kept)


def _month(space: str, now: datetime) -> str:
    return f"{space} {now:%Y-%m}"
