"""Programs that tests start get Ctrl+C and SIGHUP, even if the suite runs under `nohup` or with `&`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import signal, subprocess, sys
for each in (signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
from tests.conftest import pytest_configure
pytest_configure()
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""
PROGRAM = """
import signal
print([signal.getsignal(each) is not signal.SIG_IGN for each in (signal.SIGINT, signal.SIGHUP)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows hands on no ignored signal")
def test_what_a_test_starts_can_be_interrupted() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SUITE, PROGRAM],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.stdout.strip(), ran.stderr) == ("[True, True]", "")
