"""The whole walk in a real pseudo-terminal of 80 by 24, with the keyboard alone."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.terminal import Terminal, killed, spawned, untouched_attributes

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import termios

ENTER, DOWN, SPACE, ESCAPE, F10, CTRL_Z = "\r", "\x1b[B", " ", "\x1b", "\x1b[21~", "\x1a"
LEFT, EMPTIED = "\x1b[?1049l", "\x1b[H\x1b[2J"
MOUSE_TAKEN, MOUSE_LEFT = "\x1b[?1000h", "\x1b[?1000l"
STRAY = (  # without Enter and Tab, which may leave a page, and without keys that leave the wizard
    *(
        b"\xff",
        b"caf\xe9",
        b"\xe1\xe9",
        b"\xc3",
        b"\xf0\x9f",
        b"\xed\xa0\x80",
        b"\x00",
        b"\x80",
        b"\x1a",
        b"\x1c",
        b"\x04",
    ),
    *(b"\x1b", b"\x1b[", b"\x1b[1;", b"\x1bO", b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[48;0;0;0;0t", b"\x1b[<0;9;9"),
    *(
        b"\x1b[200~",
        b"\x1b[200~\xff\xe9\n\x1b[201~",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b[6~",
        b"\x1b[B",
        b"\x1bOP",
        b"x",
        b"\xe2\x82",
    ),
)


@pytest.fixture
def environment(tmp_path: os.PathLike[str]) -> dict[str, str]:
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "AUDIENCE_WIZARD_HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    started = []

    def start(**variables: str) -> Terminal:
        command = ["-m", "wizard", "--sandbox", "happy", "--speed", "600"]
        child = spawned(sys.executable, command, environment | variables)
        started.append(child)
        return Terminal(child)

    yield start
    for child in started:
        killed(child)


def test_no_byte_ends_it_and_the_keyboard_alone_leads_from_nothing_to_the_segment(
    start: Callable[..., Terminal],
) -> None:
    """Walk on the Linux console, which gets only characters that its fonts have, until someone hangs up."""
    terminal = start(TERM="linux")
    _no_byte_ends_it(terminal)
    terminal.press_until(ENTER, "▸ 1 Prerequisites")
    terminal.press_until(ENTER, "↑↓ choose one")
    terminal.press_until(DOWN, "Enter choose it")
    terminal.press_until(ENTER, "▸ 2 LaunchDarkly")
    terminal.until("shop / production")
    terminal.press_until(ENTER, "▸ 3 Twilio Segment")
    terminal.until("Production")
    terminal.press_until(ENTER, "▸ 4 Destination")
    terminal.press_until(ENTER, "▸ 5 Mapping")
    terminal.press_until(ENTER, "▸ 6 Audiences")
    terminal.until("VIP customers")
    terminal.press("vip", SPACE)
    terminal.press_until(ENTER, "▸ 7 Review")
    terminal.until("3 changes")
    terminal.press("y", ENTER)
    terminal.until("read back")
    terminal.wait_for_start()
    terminal.press_until(ENTER, "▸ 8 First sync")
    terminal.press_until(ENTER, "Vip customers")
    terminal.until("1,234 of 1,234")

    terminal.child.kill(signal.SIGHUP)
    terminal.read_to_the_end()
    assert terminal.child.exitstatus == 130
    written = terminal.written.decode()
    assert "Sandbox: nothing was stored." in written.split(LEFT)[-1]
    assert written.rindex(MOUSE_LEFT) > written.rindex(MOUSE_TAKEN)
    assert written.rindex(EMPTIED) > written.rindex("1,234 of 1,234"), "not every terminal has a second screen"
    assert termios.tcgetattr(terminal.child.child_fd) == untouched_attributes()
    assert not re.search("[✓○□▌▏▎▐▁▂▃▅▆▇▀]", written)


def _no_byte_ends_it(terminal: Terminal) -> None:
    """Check that no byte ends the wizard, nor Ctrl+Z, as no shell could continue it here."""
    random = Random(0)  # noqa: S311 - repeatable
    terminal.until("Begin")
    terminal.press(b"\xff", CTRL_Z, ENTER)
    terminal.until("▸ 1 Prerequisites")
    for _ in range(8):  # so often that each of these occurs several times
        terminal.press_quickly(b"".join(random.choices(STRAY, k=random.randrange(1, 28))))
    terminal.press_until(ESCAPE, "Eight steps")


@pytest.mark.parametrize("started", ["{}", "bash -c '{}; true'"])
def test_ctrl_z_gives_the_shell_back_and_fg_the_wizard(started: str, environment: dict[str, str]) -> None:
    """This also works if a script, or a program like `uv run`, is between the shell and the wizard."""
    shell = Terminal(spawned("bash", ["--norc", "-i"], environment))
    shell.press(started.format(f"{sys.executable} -m wizard --sandbox happy") + "\r")
    shell.until("Begin")

    shell.press(CTRL_Z)
    shell.until("Stopped")
    shell.screen.reset()
    shell.press("fg\r")

    shell.until("Begin", "F10")
    shell.press(F10)
    killed(shell.child)
