"""Open an installed audience-wizard in a pseudo-terminal, wait for the welcome, and quit: first_screen.py PROGRAM."""

from __future__ import annotations

import os
import sys

import pexpect

from tests.terminal import Terminal

CTRL_Q = "\x11"


def main(program: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"TERM": "xterm-256color"}
    terminal = Terminal(pexpect.spawn(program, ["--sandbox", "happy"], env=environ, dimensions=(24, 80)))
    terminal.until("Begin")
    terminal.press(CTRL_Q)
    terminal.child.expect(pexpect.EOF, timeout=30)
    terminal.child.wait()
    if terminal.child.exitstatus != 0:
        sys.exit(f"the full screen ended with {terminal.child.exitstatus} instead of 0")
    print("the full screen came up and went away")


if __name__ == "__main__":
    main(sys.argv[1])
