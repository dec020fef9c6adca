"""Links that a terminal can open: the full target in the escape code, on each row of the text."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style


def link(url: str) -> Content:
    """Return `url` as text; a terminal that knows OSC 8 opens it in full from each of its rows."""
    return Content.styled(url, Style(underline=True, link=url)) if url else Content("")
