"""A folder for files that the tests of one run share, such as a profile that is made once and copied."""

from __future__ import annotations

import atexit
from pathlib import Path
from tempfile import TemporaryDirectory


def shared_folder() -> Path:
    """Return a new folder, which is deleted at the end of the run."""
    place = TemporaryDirectory()
    atexit.register(place.cleanup)
    folder = Path(place.name) / "home"  # its parent is the caller's own too: durations are kept beside a profile
    folder.mkdir()
    return folder
