"""Files that only this user may read, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PAUSES = (0.01, 0.05, 0.2) if os.name == "nt" else ()  # seconds


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader sees the old or the new content, even after a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "wb") as file:
            Path(temporary).chmod(0o600)  # a umask may take even the owner's rights
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _patiently(lambda: os.replace(temporary, path))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read_whole(path: Path) -> bytes:
    return _patiently(path.read_bytes)


def _patiently(act: Callable[[], T]) -> T:
    """Call `act`. On Windows, retry briefly: another program may be reading or replacing the file."""
    for pause in PAUSES:
        try:
            return act()
        except PermissionError:
            time.sleep(pause)  # noqa: TID251 - real time, also where the wizard's clock runs fast
    return act()


def make_private(folder: Path) -> None:
    """Make a folder, and its missing parents, that only the owner can open, whatever the umask."""
    missing = [one for one in folder.parents if not one.exists()]
    for one in (*reversed(missing), folder):
        one.mkdir(exist_ok=True, mode=0o700)
        with contextlib.suppress(OSError):
            one.chmod(0o700)
