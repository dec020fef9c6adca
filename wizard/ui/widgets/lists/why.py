"""The line under a list that says why the highlighted choice is there. Its height is the same for each choice."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static


class Why(Static):
    """One reason at a time, with the height of the longest."""

    DEFAULT_CSS = "Why { height: auto; color: $muted; }"

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._longest = ""

    def measure(self, whys: tuple[str, ...]) -> None:
        """Take the height from all reasons that may be shown."""
        self._longest = max(whys, key=len, default="")
        self.refresh(layout=True)

    def show(self, why: str) -> None:
        self.update(Content(why), layout=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(Content(self._longest).wrap(max(1, width))) if self._longest else 0
