"""The segment that was found for each audience, so that a later run recognizes it even when renamed or deleted.

It's in a small file of its own, `found.json`, beside the profile's `setup.json`. A watch must not write `setup.json`,
because another run may be applying changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wizard.flow.profile.small_file import SmallFile

FILE = "found.json"


@dataclass(frozen=True, slots=True)
class _Found:
    since: datetime | None = None  # when attaching began; segments found for an earlier beginning don't count
    segments: dict[str, str] = field(default_factory=dict)  # segment keys by audience key


class FoundSegments:
    """The segments found by earlier runs; without a folder, by this run only. `since`: when attaching began."""

    def __init__(self, folder: Path | None, since: datetime | None) -> None:
        self._file = SmallFile(folder, FILE, _Found)
        self.since = since
        found = self._file.load()
        self._segments = dict(found.segments) if found.since == since else {}

    @property
    def keys(self) -> Mapping[str, str]:
        """The segment keys by audience key."""
        return self._segments

    def remember(self, found: Mapping[str, str]) -> None:
        """Add found segments, and save them if any of them is new."""
        if found.items() <= self._segments.items():
            return
        self._segments |= found
        self._file.save(_Found(self.since, self._segments))
