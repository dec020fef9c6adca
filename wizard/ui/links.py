"""Links that a terminal can open: the full target in the escape code, the full address in the text."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style


def link(url: str) -> Content:
    """Return `url` in full; a terminal that knows OSC 8 opens it even where the line wraps."""
    return Content.styled(url, Style(underline=True, link=url)) if url else Content("")
