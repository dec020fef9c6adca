"""A secret from a hidden prompt, or from standard input when that is no terminal."""

from __future__ import annotations

import getpass
import sys

from wizard.headless.refusal import Refused

_LONGEST = 65_536


def read_secret(prompt: str) -> str:
    """Raises Refused when there is nothing to read."""
    if sys.stdin is None or sys.stdin.closed:
        raise Refused("There is no standard input to read the secret from.")
    try:
        text = getpass.getpass(prompt, stream=sys.stderr) if sys.stdin.isatty() else sys.stdin.read(_LONGEST)
    except (EOFError, OSError):
        text = ""
    if not text.strip():
        raise Refused("Nothing came in: paste the secret, or send it to standard input.")
    return text
