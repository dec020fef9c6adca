"""The look-ups of an inventory that was interrupted, so that the next one goes on: they cost most of its time.

One small file, `inventory.json`, beside the profile's `setup.json`, with IDs of audiences and destinations. It's gone
once an inventory has ended. What can't be read or written is done without.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wizard.clock import Clock
from wizard.domain.services.segment import Connections
from wizard.flow.profile.private_file import make_private, read_whole, write_whole

FILE = "inventory.json"
GOES_ON_WITHIN = timedelta(minutes=15)  # later, what was seen may have changed
_WRITTEN_EVERY = 10  # look-ups; Segment answers 50 a minute


@dataclass(frozen=True, slots=True)
class _Kept:
    workspace: str = ""
    at: datetime | None = None
    connections: dict[str, Connections] = field(default_factory=dict)  # by audience id


@cache
def _form() -> TypeAdapter[_Kept]:
    """Made on first use, because it takes a while and the sandbox has no file."""
    return TypeAdapter(_Kept)


class KeptLookUps:
    """What an inventory of this workspace has looked up; without a folder, in memory only."""

    def __init__(self, folder: Path | None, workspace: str, clock: Clock) -> None:
        self._path = folder / FILE if folder else None
        self._workspace = workspace
        self._clock = clock
        self._seen: dict[str, Connections] = self._load()
        self.went_on = bool(self._seen)

    def connections(self, audience_id: str) -> Connections | None:
        return self._seen.get(audience_id)

    def remember(self, audience_id: str, seen: Connections) -> None:
        self._seen[audience_id] = seen
        if self._path is not None and len(self._seen) % _WRITTEN_EVERY == 0:
            with contextlib.suppress(OSError):
                make_private(self._path.parent)
                kept = _Kept(self._workspace, self._clock.now(), self._seen)
                write_whole(self._path, _form().dump_json(kept))

    def forget(self) -> None:
        """Forget all look-ups, so that the next inventory makes them again."""
        self._seen = {}
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _load(self) -> dict[str, Connections]:
        try:
            there = read_whole(self._path) if self._path else b""
            kept = _form().validate_json(there) if there else _Kept()
        except (OSError, ValidationError):
            return {}
        is_fresh = kept.at is not None and self._clock.now() - kept.at < GOES_ON_WITHIN
        return dict(kept.connections) if is_fresh and kept.workspace == self._workspace else {}
