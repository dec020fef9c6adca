"""An optional JSON file of a profile. Where it can't be read or written, the wizard goes on without it."""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from wizard.flow.profile.private_file import make_private, read_whole, write_whole

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return a type's adapter. It's made on first use because that is slow, and the sandbox has no file."""
    return TypeAdapter(kind)


class SmallFile(Generic[T]):
    """One file; `kind()` is its content before anything was written. Without a folder, nothing is saved."""

    def __init__(self, folder: Path | None, name: str, kind: type[T]) -> None:
        self._path = folder / name if folder else None
        self._kind: Any = kind

    def load(self) -> T:
        content: T = self._kind()
        with contextlib.suppress(OSError, ValidationError):
            if there := read_whole(self._path) if self._path else b"":
                content = _adapter(self._kind).validate_json(there)
        return content

    def save(self, content: T) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                make_private(self._path.parent)
                write_whole(self._path, _adapter(self._kind).dump_json(content))

    def delete(self) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
