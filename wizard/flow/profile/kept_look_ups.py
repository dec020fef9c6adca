"""The look-ups of an interrupted inventory. The next one continues from them, because they take most of its time.

They're kept in a small file, `inventory.json`, beside the profile's `setup.json`, with IDs of audiences and
destinations. The file is deleted once an inventory is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from wizard.clock import Clock
from wizard.domain.services.segment import Connections
from wizard.flow.profile.small_file import SmallFile

FILE = "inventory.json"
GOES_ON_WITHIN = timedelta(minutes=15)  # older look-ups may be outdated
_WRITTEN_EVERY = 10  # look-ups; Segment answers 50 a minute


@dataclass(frozen=True, slots=True)
class _Kept:
    workspace: str = ""
    at: datetime | None = None
    connections: dict[str, Connections] = field(default_factory=dict)  # by audience id


class KeptLookUps:
    """The look-ups of an inventory of this workspace; without a folder, in memory only."""

    def __init__(self, folder: Path | None, workspace: str, clock: Clock) -> None:
        self._file = SmallFile(folder, FILE, _Kept)
        self._workspace = workspace
        self._clock = clock
        self._seen: dict[str, Connections] = self._load()
        self.went_on = bool(self._seen)

    def connections(self, audience_id: str) -> Connections | None:
        return self._seen.get(audience_id)

    def remember(self, audience_id: str, seen: Connections) -> None:
        self._seen[audience_id] = seen
        if len(self._seen) % _WRITTEN_EVERY == 0:
            self._file.save(_Kept(self._workspace, self._clock.now(), self._seen))

    def forget(self) -> None:
        """Forget all look-ups, so that the next inventory makes them again."""
        self._seen = {}
        self._file.delete()

    def _load(self) -> dict[str, Connections]:
        kept = self._file.load()
        is_fresh = kept.at is not None and timedelta() <= self._clock.now() - kept.at < GOES_ON_WITHIN
        return dict(kept.connections) if is_fresh and kept.workspace == self._workspace else {}
