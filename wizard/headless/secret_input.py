"""A secret from a hidden prompt, or from standard input when that is no terminal."""

from __future__ import annotations

import sys

from wizard.headless.plain.conversation import EndOfInput
from wizard.headless.plain.terminal import Terminal
from wizard.headless.refusal import Refused

_LONGEST = 65_536


def read_secret(prompt: str) -> str:
    """All that was pasted: what follows a line break is to be refused with it, not left to the shell.

    Raises Refused when there is nothing to read.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise Refused("There is no standard input to read the secret from.")
    try:
        is_terminal = sys.stdin.isatty()
        text = Terminal(out=sys.stderr).read_secret(prompt) if is_terminal else sys.stdin.read(_LONGEST)
    except (EndOfInput, OSError):
        text = ""
    if not text.strip():
        raise Refused("Nothing came in: paste the secret, or send it to standard input.")
    return text
