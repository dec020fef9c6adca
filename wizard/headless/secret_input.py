"""Read a secret from a hidden prompt, or from standard input when that isn't a terminal."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator

from wizard.headless.plain.dialogue.conversation import EndOfInput
from wizard.headless.plain.dialogue.terminal import Terminal
from wizard.headless.refusal import Refused

_LONGEST = 65_536


def read_secret(prompt: str) -> str:
    """Return everything that was pasted.

    Lines after the first are included, so that they are refused with the secret instead of reaching the shell. Raises
    Refused if there is nothing to read.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise Refused("Send the secret to standard input, which is closed now.")
    try:
        with _signals_at_once():
            text = _typed(prompt) if sys.stdin.isatty() else sys.stdin.read(_LONGEST)
    except (EndOfInput, OSError):
        text = ""
    if not text.strip():
        raise Refused("The secret is empty: paste it, or send it to standard input.")
    return text


def _typed(prompt: str) -> str:
    return Terminal(out=sys.stderr).read_secret(prompt)


@contextlib.contextmanager
def _signals_at_once() -> Iterator[None]:
    """Let a signal end the reading like Ctrl+C: the event loop's handlers can't run while reading blocks."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = [(number, signal.signal(number, signal.default_int_handler)) for number in heeded]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
