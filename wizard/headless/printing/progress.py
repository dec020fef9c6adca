"""Lines about a long look, now and then, so that nobody wonders whether it hangs."""

from __future__ import annotations

from collections.abc import Callable

from wizard.flow.walk import Walk
from wizard.headless.printing.output import Output

_EVERY_S = 10.0


def every_few_seconds(walk: Walk, out: Output) -> Callable[[object], None]:
    """Return a function that says how far something is, unless it said so a moment ago."""
    clock = walk.ports.clock
    said_at = clock.monotonic()

    def tell(progress: object) -> None:
        nonlocal said_at
        if clock.monotonic() - said_at >= _EVERY_S:
            said_at = clock.monotonic()
            out.say(str(progress))

    return tell
