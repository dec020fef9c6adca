"""A hidden prompt of the line-by-line walk: no secret is shown around it, or answers another question."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.headless.served import LIMIT_S
from tests.terminal import killed, spawned
from wizard.headless.plain.dialogue.terminal import Terminal

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

COMMAND = [sys.executable, "-m", "wizard", "--sandbox", "sdk-key-pasted", "--speed", "3000", "--plain"]
TOKEN = "api-0123456789abcdef0123456789abcdef1a2b"
TO_THE_TOKEN = (("Number: ", ""), ("Number: ", "2"), ("Enter or a number: ", "g 2"), ("Enter or a number: ", "1"))


def test_it_is_hidden_again_after_ctrl_z_and_fg(tmp_path: Path) -> None:
    environment = {**os.environ, "AUDIENCE_WIZARD_HOME": str(tmp_path), "TERM": "xterm"}
    shell = spawned("bash", ["--norc", "-i"], environment, encoding="utf-8", timeout=LIMIT_S)
    try:
        shell.sendline(shlex.join(COMMAND))
        for prompt, answer in TO_THE_TOKEN:
            shell.expect_exact(prompt)
            shell.sendline(answer)
        shell.expect_exact("Paste: ")
        shell.send("\x1a")
        shell.expect_exact("Stopped")
        shell.sendline("fg")
        shell.expect_exact("Paste: ")
        shell.sendline(TOKEN)
        shell.expect_exact("40 characters, ends in 1a2b")
        assert TOKEN not in str(shell.before)
    finally:
        killed(shell)


async def test_a_late_line_of_a_paste_does_not_answer_the_next_question() -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, encoding="utf-8") as source, os.fdopen(os.dup(slave), "w", encoding="utf-8") as out:
        terminal = Terminal(source, out)
        os.write(master, b"api-first\n")
        assert await terminal.ask_secret("Paste: ") == "api-first"
        os.write(master, b"api-second\n")
        asked = asyncio.create_task(terminal.ask("Enter or a number: "))
        await asyncio.to_thread(_read_until, master, "Enter or a number: ")
        os.write(master, b"2\n")
        assert await asked == "2"
    os.close(master)


def _read_until(fd: int, wanted: str) -> None:
    seen = ""
    while wanted not in seen:
        seen += os.read(fd, 4_096).decode()
