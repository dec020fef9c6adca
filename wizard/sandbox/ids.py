"""IDs and secrets that look real, and are always the same for the same seed: nothing in the sandbox is random."""

from __future__ import annotations

import hashlib
import string
import uuid
from datetime import datetime
from functools import lru_cache

_LETTERS_AND_DIGITS = string.digits + string.ascii_letters


_remembered = lru_cache(maxsize=32_768, typed=True)  # every new world has the same ids


@_remembered
def hex_id(*seed: object) -> str:
    """Return 24 hexadecimal digits, the form of LaunchDarkly's ids and of Segment's destination ids."""
    return _digest(seed)[:24]


@_remembered
def letters_id(*seed: object, length: int = 22) -> str:
    """Return letters and digits, the form of Segment's workspace, source and mapping ids."""
    number = int(_digest(seed) * 4, 16)
    letters = []
    for _ in range(length):
        number, rest = divmod(number, len(_LETTERS_AND_DIGITS))
        letters.append(_LETTERS_AND_DIGITS[rest])
    return "".join(letters)


@_remembered
def key_with_uuid(prefix: str, *seed: object) -> str:
    """Return `api-`, `sdk-` or `mob-` and a UUID, the form of LaunchDarkly's secrets."""
    return f"{prefix}-{uuid.UUID(hex=_digest((prefix, *seed))[:32], version=4)}"


def public_api_token(*seed: object) -> str:
    """Return a token in the form of Segment's Public API tokens."""
    return "sgp_" + letters_id("token", *seed, length=60)


def milliseconds(moment: datetime) -> int:
    """Return a moment as epoch milliseconds, as LaunchDarkly does."""
    return int(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 with milliseconds, in UTC, as Segment does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _digest(seed: tuple[object, ...]) -> str:
    return hashlib.sha256("/".join(str(part) for part in seed).encode()).hexdigest()
