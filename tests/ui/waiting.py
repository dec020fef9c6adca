"""Waiting in tests: for a condition on the screen, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from tests.ui.plain import text_on
from tests.ui.quiet import PATIENCE_S, a_moment, quiet


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail with the screen's text if it never does."""
    end = time.monotonic() + PATIENCE_S
    await quiet(pilot.app)
    while not true():
        assert time.monotonic() < end, "it did not come true:\n" + text_on(pilot.app)
        await a_moment()
        await quiet(pilot.app)
