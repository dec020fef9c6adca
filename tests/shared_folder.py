"""A folder for what the tests of one run share: a profile that is made once and copied."""

from __future__ import annotations

import atexit
from pathlib import Path
from tempfile import TemporaryDirectory


def shared_folder() -> Path:
    """Return a new folder that goes with the run."""
    place = TemporaryDirectory()
    atexit.register(place.cleanup)
    return Path(place.name)
