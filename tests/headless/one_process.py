"""Several runs of the command line in one process at a pseudo-terminal, for what isn't about how a process starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

from tests.headless.served import LIMIT_S

ROOT = Path(__file__).parents[2]
_RUNS = """
import sys
from wizard.cli import main
for arguments in sys.argv[1:]:
    code = main(arguments.split())
    sys.stderr.flush()
    print(f"It ended with {code}.", flush=True)
"""


def started(home: Path, *runs: str) -> pexpect.spawn[str]:
    """Start a process that runs one command line after the other."""
    environ = os.environ | {
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
        "AUDIENCE_WIZARD_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return pexpect.spawn(sys.executable, ["-c", _RUNS, *runs], env=environ, encoding="utf-8", timeout=LIMIT_S)


def ended(child: pexpect.spawn[str]) -> int:
    """Wait for the end of one run, and return its exit code."""
    child.expect(r"It ended with (\d+)\.")
    assert child.match is not None
    return int(child.match.group(1))
