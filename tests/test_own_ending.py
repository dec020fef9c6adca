"""A bug ends the full screen with a sentence, on a restored terminal, and never with a traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal, spawned, untouched_attributes

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import termios

SORRY = "✗ The wizard itself had a problem: LookupError at "
ENTER = "\r"
LEFT = b"\x1b[?1049l"
PROGRAM = """
import sys
from wizard.flow.walk import Walk
from wizard.ui.terminal.driver import WizardDriver
from wizard.ui.widgets.rail import Rail

def fails(*_):
    secret = "api-0123456789"
    raise LookupError(secret)

{breaks}
from wizard.cli import main
main(["--sandbox", "happy"])
"""


def started(breaks: str, home: Path) -> Terminal:
    environment = {**os.environ, "TERM": "xterm-256color", "AUDIENCE_WIZARD_HOME": str(home)}
    program = PROGRAM.format(breaks=breaks)
    return Terminal(spawned(sys.executable, ["-c", program], environment))


def test_after_a_mistake_it_says_what_happened_and_starts_again(tmp_path: Path) -> None:
    """This works even if closing the walk fails, too."""
    terminal = started("Rail.render = fails; Walk.close = fails", tmp_path)
    _meet_the_mistake(terminal)
    terminal.until("Enter start again")
    terminal.press(ENTER)
    _meet_the_mistake(terminal)
    _leave(terminal)


def test_keys_that_cannot_be_read_do_not_lock_the_user_in(tmp_path: Path) -> None:
    terminal = started("WizardDriver._read = fails", tmp_path)
    _meet_the_mistake(terminal)
    _leave(terminal)


def _meet_the_mistake(terminal: Terminal) -> None:
    """Press Enter only once: an early key is kept, and a second Enter would answer the next screen."""
    terminal.until("Begin")
    terminal.press(ENTER)
    terminal.until(SORRY)


def _leave(terminal: Terminal) -> None:
    terminal.until("Enter start again")
    terminal.press_to_the_end("q")

    said = terminal.written.split(LEFT)[-1].decode()
    assert "The wizard itself had a problem: LookupError at " in said
    assert "Start again with: audience-wizard" in said
    assert "Traceback" not in said
    assert "api-0123456789" not in said
    assert terminal.child.exitstatus == 1
    assert termios.tcgetattr(terminal.child.child_fd) == untouched_attributes()
