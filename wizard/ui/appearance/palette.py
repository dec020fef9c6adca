"""The colours of the early frame by name, which the themes share."""

from __future__ import annotations

from typing import NamedTuple


class Palette(NamedTuple):
    background: str
    foreground: str
    hairline: str
    muted: str


DARK = Palette("#12161b", "#d9dfe6", "#3a444f", "#95a1ae")
LIGHT = Palette("#fbfbf9", "#1c2228", "#b9c0c7", "#56606b")
