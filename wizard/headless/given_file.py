"""Read a file that the user named as text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wizard.headless.refusal import Refused

_STANDARD_INPUT = Path("-")


def shown(path: Path) -> str:
    """Return what a message calls the file."""
    return "standard input" if path == _STANDARD_INPUT else str(path)


def read_text(path: Path, most_bytes: int, what: str) -> str:
    """Return the file's text. Raises Refused for a file that can't be read or is too large to be `what`."""
    try:
        read = _contents(path, most_bytes + 1) if _is_a_file(path) else _contents_once(path, most_bytes + 1)
        text = read.decode("utf-8-sig")  # Windows editors put a byte order mark first
    except UnicodeDecodeError:
        raise Refused(f"{shown(path)}: this file isn't UTF-8 text.") from None
    except OSError as error:
        raise Refused(f"{shown(path)}: we couldn't read this file: {error.strerror}.") from None
    if len(read) > most_bytes:
        raise Refused(f"{shown(path)}: this file is larger than {most_bytes // 2**20} MB, so it isn't a {what}.")
    return text


def _is_a_file(path: Path) -> bool:
    return path != _STANDARD_INPUT and path.is_file()


def _contents(path: Path, most_bytes: int) -> bytes:
    with open(0, "rb", closefd=False) if path == _STANDARD_INPUT else path.open("rb") as file:
        return file.read(most_bytes)


@cache
def _contents_once(path: Path, most_bytes: int) -> bytes:
    """Return a pipe's contents, as in `-c <(…)` and `-c -`. Cached, because a pipe can be read only once."""
    return _contents(path, most_bytes)
