"""Lines about a long read, now and then, so that nobody thinks it hangs."""

from __future__ import annotations

from collections.abc import Callable

from wizard.flow.walk import Walk
from wizard.headless.printing.output import Output

_EVERY_S = 10.0


def every_few_seconds(walk: Walk, out: Output) -> Callable[[object], None]:
    """Return a function that prints progress, but at most once in ten seconds."""
    clock = walk.ports.clock
    said_at = clock.monotonic()

    def tell(progress: object) -> None:
        nonlocal said_at
        if clock.monotonic() - said_at >= _EVERY_S:
            said_at = clock.monotonic()
            out.say(str(progress))

    return tell
