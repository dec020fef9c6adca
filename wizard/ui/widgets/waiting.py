"""What is being called right now, and for how long."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from wizard.clock import Clock
from wizard.flow.reading import UnderWay
from wizard.spans import elapsed


class Waiting(Static):
    """One line per host that is waited for; hidden when nothing is."""

    LIMIT = 3

    def __init__(self, clock: Clock) -> None:
        super().__init__(markup=False)
        self._clock = clock
        self._calls: tuple[UnderWay, ...] = ()
        self.display = False

    def on_mount(self) -> None:
        self.set_interval(1, self._tick)

    def show(self, calls: Iterable[UnderWay]) -> None:
        self._calls = tuple(sorted(calls, key=lambda call: call.since))
        self.display = bool(self._calls)
        if self._calls:
            self._draw()

    def _tick(self) -> None:
        if self._calls:
            self._draw()

    def _draw(self) -> None:
        now = self._clock.monotonic()
        lines = [self._line(call, now) for call in self._calls[: self.LIMIT]]
        more = len(self._calls) - self.LIMIT
        if more > 0:
            lines.append(Content.styled(f"  and {more} more", "$muted"))
        self.update(Content("\n").join(lines))

    def _line(self, call: UnderWay, now: float) -> Content:
        return Content.assemble(
            ("○ ", "$accent"), call.host, (f" · {call.doing} · {elapsed(now - call.since)}", "$muted")
        )
