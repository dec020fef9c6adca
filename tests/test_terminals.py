"""The full screen on terminals of all kinds: light ones, old ones, wrongly described ones, and none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from tests.terminal import Terminal
from wizard.ui.appearance.palette import DARK, LIGHT, Palette

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

ENTER, DOWN, F10 = "\r", "\x1b[B", "\x1b[21~"
WHITE, BLACK = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b]11;rgb:0000/0000/0000\x07"
ATTRIBUTES = b"\x1b[?62;22c"
ASKED = b"\x1b]11;?"
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
        child = pexpect.spawn("sh", ["-c", command], env=environment, dimensions=(24, 80))
        started.append(child)
        return Terminal(child)

    yield start
    for child in started:
        child.close(force=True)


def background(terminal: Terminal) -> str:
    """Return the colour behind the line under the title."""
    return f"#{terminal.screen.buffer[1][79].bg}"


# --- light and dark ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "expected"), [(WHITE, LIGHT), (BLACK, DARK), (b"", DARK)])
def test_the_terminals_own_background_decides(answer: bytes, expected: Palette, start: Start) -> None:
    terminal = start()
    terminal.child.send(answer + ATTRIBUTES)  # is there when the wizard looks, however slow this machine is
    terminal.until("Starting …")
    early = background(terminal)
    terminal.until("Begin")
    assert {early, background(terminal)} == {expected.background}


def test_an_answer_in_the_middle_of_keys_takes_none_of_them(start: Start) -> None:
    terminal = start()
    terminal.until_written(ASKED)
    terminal.child.send(ENTER.encode() + WHITE + ATTRIBUTES)
    terminal.until("▸ 1 Prerequisites")
    assert background(terminal) == LIGHT.background


def test_a_late_answer_changes_the_colours(start: Start) -> None:
    terminal = start()
    terminal.until("Begin")
    assert background(terminal) == DARK.background
    terminal.child.send(WHITE + ATTRIBUTES)
    terminal.until_true(lambda: background(terminal) == LIGHT.background)
    terminal.press_until(ENTER, "▸ 1 Prerequisites")


def test_a_terminal_that_does_not_answer_may_have_said_it_in_a_variable(start: Start) -> None:
    terminal = start(COLORFGBG="0;15")
    terminal.until("Begin")
    assert background(terminal) == LIGHT.background


def test_the_users_variable_wins(start: Start) -> None:
    terminal = start(AUDIENCE_WIZARD_THEME="light")
    terminal.until_written(ASKED)
    terminal.child.send(BLACK + ATTRIBUTES)
    terminal.until("Begin")
    assert background(terminal) == LIGHT.background


# --- what a terminal can't do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_can_not_draw_gets_the_plain_walk(term: str, start: Start) -> None:
    terminal = start(TERM=term)
    terminal.until_written(LINE_BY_LINE)
    terminal.until_written(b"Eight steps")
    assert b"\x1b[" not in terminal.written


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


def test_another_encoding_for_python_is_not_the_terminals(start: Start) -> None:
    terminal = start(PYTHONIOENCODING="latin-1")
    terminal.until("Begin", "─")
    assert b"\\u" not in terminal.written


def test_the_terminal_knows_its_size_better_than_a_variable(start: Start) -> None:
    terminal = start(COLUMNS="200", LINES="60")
    terminal.until("Begin")
    assert terminal.screen.buffer[1][79].data == "─"  # the line under the title ends at the right edge


def test_standard_error_may_be_redirected(start: Start, tmp_path: Path) -> None:
    terminal = start(line=f"exec {{}} 2>{tmp_path / 'errors'}")
    terminal.until("Begin")
    terminal.press_to_the_end(F10)
    assert (tmp_path / "errors").read_text() == ""


def test_the_linux_console_is_sent_only_what_its_fonts_have(start: Start) -> None:
    terminal = start(TERM="linux")
    terminal.until("Begin")
    terminal.press_until(ENTER, "Enter choose one")
    terminal.press_until(DOWN, "Enter take it")
    terminal.press_until(ENTER, "▸ 2 LaunchDarkly")
    terminal.until("shop / production")
    assert not re.search("[✓○□▌▏▎▐▁▂▃▅▆▇▀]", terminal.written.decode())


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_terminal_without_a_second_screen_is_left_empty(start: Start) -> None:
    terminal = start()
    terminal.until("Begin")
    terminal.press_to_the_end(F10)
    before_leaving = terminal.written.split(b"\x1b[?1049l")[0]
    assert before_leaving.rindex(b"\x1b[2J") > before_leaving.rindex(b"Begin")
