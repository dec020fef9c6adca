"""The colors of the early frame by name, which the themes share."""

from __future__ import annotations


class Palette:
    def __init__(self, background: str, foreground: str, hairline: str, muted: str) -> None:
        self.background = background
        self.foreground = foreground
        self.hairline = hairline
        self.muted = muted


DARK = Palette("#12161b", "#d9dfe6", "#3a444f", "#95a1ae")
LIGHT = Palette("#fbfbf9", "#1c2228", "#b9c0c7", "#56606b")
