"""The full screen on all kinds of terminals: light, old or wrongly described ones, and none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal, killed, spawned
from wizard.terminal import why_no_screen
from wizard.ui.appearance.palette import DARK, LIGHT

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

ENTER, F10, DOWN = "\r", "\x1b[21~", b"\x1b[B"
WHITE, BLACK = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b]11;rgb:0000/0000/0000\x07"
ATTRIBUTES = b"\x1b[?62;22c"
EMPTIED, LEFT = b"\x1b[2J", b"\x1b[?1049l"
LINE_BY_LINE = b"The wizard runs line by line."

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started = []

    def start(*, line: str = "exec {}", **variables: str) -> Terminal:
        left_out = ("NO_COLOR", "COLORFGBG", "COLUMNS", "LINES")
        environment = {name: value for name, value in os.environ.items() if name not in left_out} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "AUDIENCE_WIZARD_HOME": str(tmp_path / "home"),
            **variables,
        }
        command = line.format(f"{sys.executable} -m wizard --sandbox happy")
        child = spawned("sh", ["-c", command], environment)
        started.append(child)
        return Terminal(child)

    yield start
    for child in started:
        killed(child)


def background(terminal: Terminal) -> str:
    """Return the color behind the line under the title."""
    return f"#{terminal.screen.buffer[1][79].bg}"


# --- light and dark ---------------------------------------------------------------------------------------------------


def test_the_terminals_own_background_decides_and_its_answer_takes_none_of_the_keys_around_it(
    start: Start, tmp_path: Path
) -> None:
    """The answer wins over a variable. The user's own choice wins over the answer: see tests/test_early_frame.py."""
    sent = tmp_path / "sent"
    waits = f"stty -icrnl -echo; echo ready; until [ -e {sent} ]; do sleep 0.01; done; exec {{}}"
    terminal = start(COLORFGBG="15;0", line=waits)
    terminal.until_written(b"ready")
    terminal.child.send(ENTER.encode() + WHITE + ATTRIBUTES + DOWN)
    sent.touch()  # so that the answer has come when the wizard reads, however slow this machine is
    terminal.until("Starting …")
    early = background(terminal)
    terminal.until("▸ 1 Prerequisites", "▸ ○ A person")
    assert {early, background(terminal)} == {LIGHT.background}


def test_a_late_answer_changes_the_colors_and_no_screen_is_left_behind(start: Start, tmp_path: Path) -> None:
    """Until the terminal answers, a variable decides; wrong variables of other programs are ignored.

    Not every terminal has a second screen, so the drawn frame is erased at the end. Standard error may be redirected.
    """
    wrong = {"PYTHONIOENCODING": "latin-1", "COLUMNS": "200", "LINES": "60"}
    terminal = start(line=f"exec {{}} 2>{tmp_path / 'errors'}", COLORFGBG="0;15", **wrong)
    terminal.until("Begin", "─")
    assert b"\\u" not in terminal.written
    assert terminal.screen.buffer[1][79].data == "─"  # the line under the title ends at the right edge
    assert background(terminal) == LIGHT.background
    terminal.child.send(BLACK + ATTRIBUTES)
    terminal.until_true(lambda: background(terminal) == DARK.background)
    terminal.press_to_the_end(F10)
    assert terminal.child.exitstatus == 0
    before_leaving = terminal.written.split(LEFT)[0]
    assert before_leaving.rindex(EMPTIED) > before_leaving.rindex(b"Begin")
    assert (tmp_path / "errors").read_text() == ""


# --- what a terminal can't do -----------------------------------------------------------------------------------------


def test_a_terminal_that_can_not_draw_gets_the_plain_walk(start: Start) -> None:
    terminal = start(TERM="dumb")
    terminal.until_written(LINE_BY_LINE)
    terminal.until_written(b"Eight steps")
    assert b"\x1b[" not in terminal.written


@pytest.mark.parametrize(("term", "draws"), [("dumb", False), ("unknown", False), ("", True), ("xterm", True)])
def test_which_terminals_can_draw(term: str, draws: bool) -> None:
    assert (why_no_screen({"TERM": term}) == "") is draws


def test_a_locale_that_is_not_utf_8_gets_the_plain_walk(start: Start, tmp_path: Path) -> None:
    if shutil.which("localedef") is None or not _make_locale(tmp_path):
        pytest.skip("no Latin-1 locale can be made here")
    terminal = start(LOCPATH=str(tmp_path), LC_ALL="en_US.ISO-8859-1")
    terminal.until_written(b"iso8859-1")
    terminal.until_written(LINE_BY_LINE)


def _make_locale(folder: Path) -> bool:
    name = str(folder / "en_US.ISO-8859-1")
    made = subprocess.run(["localedef", "-i", "en_US", "-f", "ISO-8859-1", name], capture_output=True, check=False)
    return made.returncode == 0
