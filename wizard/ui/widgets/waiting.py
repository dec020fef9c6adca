"""The request in progress, and how long it has taken."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from wizard.flow.reading.reading import UnderWay
from wizard.flow.walk import Walk
from wizard.text import cut, elapsed


class Waiting(Static):
    """One line that is always there, so that nothing moves; it shows the request that has taken longest."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(markup=False)
        self._walk = walk
        self._calls: tuple[UnderWay, ...] = ()

    def on_mount(self) -> None:
        self.set_interval(1, self._tick)

    def show(self, calls: Iterable[UnderWay]) -> None:
        before, self._calls = self._calls, tuple(sorted(calls, key=lambda call: call.since))
        if before or self._calls:
            self.refresh()

    def _tick(self) -> None:
        if self._calls:
            self.refresh()

    def render(self) -> Content:
        if not self._calls:
            return Content("")
        call, more = self._calls[0], len(self._calls) - 1
        waited = f" · {elapsed(self._walk.waited(call))}" + (f" · {more} more" if more else "")
        doing = cut(f" · {call.doing}", self.content_size.width - len(f"○ {call.host}{waited}"))
        return Content.assemble(("○ ", "$accent"), call.host, (doing + waited, "$muted"))
