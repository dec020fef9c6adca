"""The whole walk in a real pseudo-terminal of 80 by 24, with the keyboard alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pexpect
import pytest

from tests.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

ENTER, DOWN, SPACE = "\r", "\x1b[B", " "


@pytest.fixture
def environment(tmp_path: os.PathLike[str]) -> dict[str, str]:
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "AUDIENCE_WIZARD_HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Terminal]:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "wizard", "--sandbox", "--speed", "120"],
        env=environment,
        dimensions=(24, 80),
    )
    yield Terminal(child)
    child.close(force=True)


def test_the_keyboard_alone_leads_from_nothing_to_the_segment(terminal: Terminal) -> None:
    terminal.until("Begin")
    terminal.press_until(ENTER, "▸ LaunchDarkly")
    terminal.until("shop / production")
    terminal.press_until(ENTER, "▸ Twilio Segment")
    terminal.until("Production")
    terminal.press_until(ENTER, "▸ Destination")
    terminal.press_until(ENTER, "▸ Mapping")
    terminal.press_until(ENTER, "▸ Audiences")
    terminal.until("VIP customers")
    terminal.press("vip", SPACE)
    terminal.press_until(ENTER, "▸ Review")
    terminal.until("3 changes")
    terminal.press("y", ENTER)
    terminal.until("read back")
    terminal.press_until(ENTER, "▸ First sync")
    terminal.press_until(ENTER, "Vip customers")
    terminal.until("1,234 members")

    terminal.press("\x1b[21~")
    terminal.child.expect(pexpect.EOF, timeout=10)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0


def test_ctrl_z_gives_the_shell_back_and_fg_the_wizard(environment: dict[str, str]) -> None:
    shell = Terminal(pexpect.spawn("bash", ["--norc", "-i"], env=environment, dimensions=(24, 80)))
    shell.press(f"{sys.executable} -m wizard --sandbox\r")
    shell.until("Begin")

    shell.press("\x1a")
    shell.until("Stopped")
    shell.screen.reset()
    shell.press("fg\r")

    shell.until("Begin", "F10")
    shell.press("\x1b[21~")
    shell.child.close(force=True)
