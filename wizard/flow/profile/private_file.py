"""Files that only this user may read, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader sees the old or the new content, even after a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _replace(temporary: str, path: Path) -> None:
    """Replace a file, and try again for a moment: on Windows, a virus scanner that reads it prevents that."""
    for pause in (0.01, 0.05, 0.2):
        try:
            return os.replace(temporary, path)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)  # noqa: TID251 - a moment of the machine's, not of the wizard's
    return os.replace(temporary, path)


def make_private(folder: Path) -> None:
    """Make a folder for its owner alone, and the folders above it that are missing, whatever the umask."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in (folder, *missing):
        with contextlib.suppress(OSError):
            one.chmod(0o700)
