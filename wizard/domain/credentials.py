"""What kind of credential a pasted text is, before any call (contract launchdarkly 1.4, segment 1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a pasted text looks like. Only the first four `sure` ones are certain by their form."""

    ACCESS_TOKEN = "access_token"  # noqa: S105 - a kind of token, not a token
    SDK_KEY = "sdk_key"
    MOBILE_KEY = "mobile_key"
    CLIENT_SIDE_ID = "client_side_id"
    SEVERAL = "several"  # two credentials in one paste
    OTHER = "other"  # nothing known: let the service decide


@dataclass(frozen=True, slots=True)
class Paste:
    """A pasted credential: `text` is what is left after cleaning, `cleaned` says what was taken off."""

    text: str
    shape: Shape
    cleaned: tuple[str, ...] = ()  # "spaces", "Bearer ", "quotes", "line end"


_CLIENT_SIDE_ID = re.compile(r"[0-9a-f]{24}")


def read_paste(raw: str) -> Paste:
    """Strips what a copy brings along and names what is left."""
    raise NotImplementedError
