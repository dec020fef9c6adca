"""Several runs of the command line in one process at a pseudo-terminal, for tests that aren't about starting."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

from tests.headless.served import LIMIT_S
from tests.terminal import spawned

ROOT = Path(__file__).parents[2]
_RUNS = """
import os, sys
from wizard.cli import main
for typed in sys.argv[1:]:
    words = typed.split()
    variables = dict(word.split("=") for word in words if word.isupper())
    os.environ.update(variables)
    code = main(words[len(variables):])
    sys.stderr.flush()
    print(f"It ended with {code}.", flush=True)
"""


def started(
    home: Path, *runs: str, term: str = "xterm-256color", size: tuple[int, int] = (24, 80)
) -> pexpect.spawn[str]:
    """Start a process that runs command lines one after the other. As in a shell, each may begin with `NAME=1`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    environ = kept | {
        "TERM": term,
        "PYTHONPATH": str(ROOT),
        "AUDIENCE_WIZARD_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    arguments = ["-c", _RUNS, *runs]
    return spawned(sys.executable, arguments, environ, dimensions=size, encoding="utf-8", timeout=LIMIT_S)


def ended(child: pexpect.spawn[str]) -> int:
    """Wait for the end of one run, and return its exit code."""
    child.expect(r"It ended with (\d+)\.")
    assert child.match is not None
    return int(child.match.group(1))
