"""The segment of each audience, once found, so that a later run recognizes it, even renamed or deleted.

One small file, `found.json`, beside the profile's `setup.json`, which a watch must not write: another run may be
applying. What cannot be read or written is done without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wizard.flow.profile.private_file import make_private, read_whole, write_whole

FILE = "found.json"


@dataclass(frozen=True, slots=True)
class _Found:
    since: datetime | None = None  # when attaching began: what was found for an earlier one says nothing
    segments: dict[str, str] = field(default_factory=dict)  # key of the segment by key of the audience


@cache
def _form() -> TypeAdapter[_Found]:
    """Made on first use, because it takes a while and the sandbox has no file."""
    return TypeAdapter(_Found)


class FoundSegments:
    """The segments found by earlier runs; without a folder, by this run only. `since`: when attaching began."""

    def __init__(self, folder: Path | None, since: datetime | None) -> None:
        self._path = folder / FILE if folder else None
        self.since = since
        self._segments = self._load()

    @property
    def keys(self) -> Mapping[str, str]:
        """Key of the segment by key of the audience."""
        return self._segments

    def remember(self, found: Mapping[str, str]) -> None:
        """Write only when there is something new."""
        if found.items() <= self._segments.items():
            return
        self._segments |= found
        if self._path is not None:
            with contextlib.suppress(OSError):
                make_private(self._path.parent)
                write_whole(self._path, _form().dump_json(_Found(self.since, self._segments)))

    def _load(self) -> dict[str, str]:
        try:
            found = _form().validate_json(read_whole(self._path)) if self._path else _Found()
        except (OSError, ValidationError):
            return {}
        return dict(found.segments) if found.since == self.since else {}
