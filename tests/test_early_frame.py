"""The early frame in a real pseudo-terminal; a gate delays the import of textual."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import pexpect
import pytest

from tests.terminal import PATIENCE_S, Terminal, killed, spawned, untouched_attributes
from wizard.exit_codes import ExitCode
from wizard.tour import WORLDS
from wizard.ui.appearance.palette import LIGHT

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import termios

ENTER, DOWN, CTRL_C, CTRL_S = "\r", "\x1b[B", "\x03", "\x13"
EMPTIED = b"\x1b[H\x1b[2J"  # otherwise tmux leaves parts of the frame after a resize
BLACK = b"\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;22c"
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
GATE = """
import os, sys

class Gate:
    def find_spec(self, name, path=None, target=None):
        if name == "textual":
            with open(os.environ["GATE"]) as gate:
                if gate.read() == "broken":
                    raise ImportError("textual is broken")

sys.meta_path.insert(0, Gate())
"""


class Held(Terminal):
    """The wizard in a terminal, which waits before importing textual until the gate is opened."""

    def __init__(self, child: pexpect.spawn[Any], gate: Path) -> None:
        super().__init__(child)
        self._gate = gate

    def open(self, how: str = "go on") -> None:
        """Wait until the program has reached the gate, and let it continue; fail if it has ended."""
        while (gate := self._gate_to_write()) is None:
            assert self.child.isalive(), "it ended before the gate was opened"
            select.select([], [], [], 0.01)
        with gate:
            gate.write(how)

    def _gate_to_write(self) -> TextIO | None:
        """Return the opened pipe; None while nothing reads it. Don't wait: a program that has ended never reads it."""
        try:
            return open(os.open(self._gate, os.O_WRONLY | os.O_NONBLOCK), "w")
        except OSError:
            return None

    def end(self) -> int:
        """Read the rest of the output, and return the exit status as a shell shows it.

        If the interrupt meets an `exec`, as when a dataclass is created, the signal itself ends Python.
        """
        self.read_to_the_end()
        status, ended_by = self.child.exitstatus, self.child.signalstatus
        return int(128 + ended_by if status is None else status)

    def ended_within(self, seconds: float) -> int | None:
        """Return the exit status, or the negated number of the signal; None if the program still runs after `seconds`.

        Nothing more can be read afterwards.
        """
        end = time.monotonic() + seconds
        while self.child.isalive():
            if time.monotonic() > end:
                return None
            select.select([], [], [], 0.05)
        status: int | None = self.child.exitstatus
        return -int(self.child.signalstatus) if status is None else status

    def close(self) -> None:
        """Close the terminal, as closing its window does."""
        self.child.ptyproc.fileobj.close()

    def is_as_before(self) -> bool:
        left = self.written.rindex(LEFT) > self.written.rindex(ENTERED)
        return left and termios.tcgetattr(self.child.child_fd) == untouched_attributes()

    def is_clean_after(self, drawn: bytes) -> bool:
        """Return whether the mouse was also released, and the frame erased for terminals without a second screen."""
        mouse = self.written.rindex(b"\x1b[?1000l") > self.written.rindex(b"\x1b[?1000h")
        return self.is_as_before() and mouse and self.written.rindex(EMPTIED) > self.written.rindex(drawn)

    def frame(self) -> list[list[tuple[str, str, str, bool]]]:
        return [self.inked(row) for row in (0, 1, 22)]

    def inked(self, row: int) -> list[tuple[str, str, str, bool]]:
        """Return the cells in the left half of a row, without blanks: characters, colors and boldness."""
        cells = [self.screen.buffer[row][column] for column in range(40)]
        return [(cell.data, cell.fg, cell.bg, cell.bold) for cell in cells if cell.data.strip()]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Held]]:
    started = []

    def start(*arguments: str, **variables: str) -> Held:
        (tmp_path / "sitecustomize.py").write_text(GATE)
        os.mkfifo(tmp_path / "gate")
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(tmp_path),
            "GATE": str(tmp_path / "gate"),
            "AUDIENCE_WIZARD_HOME": str(tmp_path / "home"),
            **variables,
        }
        child = spawned(sys.executable, ["-m", "wizard", *arguments], environment)
        started.append(child)
        return Held(child, tmp_path / "gate")

    yield start
    for child in started:
        killed(child)


def test_it_looks_like_the_frame_that_follows_and_what_is_typed_meanwhile_is_not_lost(
    start: Callable[..., Held],
) -> None:
    """Typed keys aren't echoed either. A theme that the user chose wins over the terminal's answer."""
    terminal = start("--sandbox", AUDIENCE_WIZARD_THEME="light")
    terminal.until("Audience Wizard", "Starting …")
    early, shown = terminal.frame(), terminal.text
    assert f"#{terminal.screen.buffer[1][0].bg}" == LIGHT.background
    terminal.press(CTRL_S, DOWN, BLACK)
    assert terminal.text == shown

    terminal.open()
    terminal.until("Choose a scenario", f"▸ {WORLDS[1].name}")
    assert terminal.frame() == early
    terminal.child.kill(signal.SIGTERM)
    assert terminal.end() == 130
    assert terminal.is_clean_after(b"Choose a scenario")


def test_neither_bytes_that_are_no_text_nor_an_ignored_hang_up_end_it(start: Callable[..., Held]) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        terminal = start("--sandbox", "happy")
    finally:
        signal.signal(signal.SIGHUP, before)
    terminal.until("Audience Wizard", "Starting …")
    early = terminal.frame()
    terminal.child.kill(signal.SIGHUP)
    terminal.press(b"\xff\x00caf\xe9\x1b[1114112u\x1b[", b"\xc3", ENTER)
    terminal.open()
    terminal.until("Begin")
    assert terminal.frame() == early
    terminal.child.kill(signal.SIGHUP)
    terminal.press_until(ENTER, "▸ 1 Prerequisites")
    terminal.child.kill(signal.SIGINT)
    assert terminal.end() == 130
    assert terminal.is_clean_after(b"Begin")


def test_ctrl_c_meanwhile_leaves_the_wizard_as_it_does_later(start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy")
    terminal.until("Starting …")
    terminal.press(CTRL_C)
    terminal.open()

    assert terminal.end() == 0
    assert terminal.is_as_before()


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_meanwhile_leaves_a_clean_terminal(ends: signal.Signals, start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy")
    terminal.until("Starting …")
    terminal.child.kill(ends)

    assert terminal.end() == 130
    assert terminal.is_as_before()


@pytest.mark.parametrize("later", [False, True])
def test_a_terminal_that_is_gone_ends_it_at_once(later: bool, start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy")
    terminal.until("Starting …")
    if later:
        terminal.open()
        terminal.until("Begin")
    terminal.close()

    assert terminal.ended_within(PATIENCE_S / 2) == ExitCode.INTERRUPTED


def test_a_terminal_that_goes_while_it_is_given_back_does_not_keep_it(start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy")
    terminal.open()
    terminal.until("Begin")
    terminal.child.kill(signal.SIGHUP)
    terminal.close()

    assert terminal.ended_within(PATIENCE_S / 2) == ExitCode.INTERRUPTED


def test_an_import_that_fails_is_reported_on_a_clean_terminal(start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy")
    terminal.until("Starting …")
    terminal.open("broken")

    assert terminal.end() == 1
    assert terminal.is_as_before()
    assert b"textual is broken" in terminal.written.split(LEFT)[-1]


def test_a_refusal_is_reported_on_a_clean_terminal(start: Callable[..., Held]) -> None:
    terminal = start("--sandbox", "happy", AUDIENCE_WIZARD_PROFILE="../elsewhere")

    assert terminal.end() == 2
    assert terminal.is_as_before()
    assert b"AUDIENCE_WIZARD_PROFILE" in terminal.written.split(LEFT)[-1]


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"ACCESSIBLE": "1"}])
def test_where_nothing_can_be_drawn_nothing_is(variables: dict[str, str], start: Callable[..., Held]) -> None:
    """The wizard refuses the setting as in the test above, but draws nothing."""
    terminal = start("--sandbox", "happy", AUDIENCE_WIZARD_PROFILE="../elsewhere", **variables)

    assert terminal.end() == 2
    assert ENTERED not in terminal.written
