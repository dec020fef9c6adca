"""Programs that tests start can be interrupted, also when the tests themselves run in the background."""

from __future__ import annotations

import gc
import signal
import sys
from importlib.util import find_spec
from typing import Any


def pytest_configure() -> None:
    """Take back what `nohup` and a shell's `&` pass on: a program that is started ignoring a signal never hears it.

    An empty handler still ignores the signal here, but unlike SIG_IGN it isn't inherited by what a test starts.
    """
    for name in ("SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_finish() -> None:
    """What is imported stays: looking through all of it again and again is a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    if find_spec("sniffio") is None:
        modules: dict[str, Any] = sys.modules
        modules["sniffio"] = None  # httpx would look for it at each request, on the disk
