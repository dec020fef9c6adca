"""The segment of each audience, once found, so that a later run recognizes it, even renamed or deleted.

One small file, `found.json`, beside the profile's `setup.json`, which a watch must not write: another run may be
applying.
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
    since: datetime | None = None  # when attaching began: what was found for an earlier one says nothing
    segments: dict[str, str] = field(default_factory=dict)  # key of the segment by key of the audience


class FoundSegments:
    """The segments found by earlier runs; without a folder, by this run only. `since`: when attaching began."""

    def __init__(self, folder: Path | None, since: datetime | None) -> None:
        self._file = SmallFile(folder, FILE, _Found)
        self.since = since
        found = self._file.load()
        self._segments = dict(found.segments) if found.since == since else {}

    @property
    def keys(self) -> Mapping[str, str]:
        """Key of the segment by key of the audience."""
        return self._segments

    def remember(self, found: Mapping[str, str]) -> None:
        """Write only when there is something new."""
        if found.items() <= self._segments.items():
            return
        self._segments |= found
        self._file.save(_Found(self.since, self._segments))
