"""Standard output that can't be written anymore, or can't show every character, never causes a traceback."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys

import pytest

from wizard.exit_codes import ExitCode
from wizard.headless.options import Options
from wizard.headless.plain.dialogue.terminal import Terminal
from wizard.headless.run import run_secrets
from wizard.vault import MemoryVault


class Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_behind_the_output_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", Full())
    vault = MemoryVault("switched off with --no-keyring", {})
    code = run_secrets(lambda _: vault, Options(as_json=True, action="list"), lambda _: "unexpected")
    assert code == ExitCode.PROBLEM
    assert capsys.readouterr().err == "audience-wizard: we can't write the output (No space left on device).\n"


def test_line_by_line_a_full_disk_is_no_reader_who_left() -> None:
    with pytest.raises(OSError, match="No space left") as full:
        Terminal(out=Full()).say("a line")
    assert not isinstance(full.value, BrokenPipeError)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(("command", "unbuffered"), [("--version", ""), ("--version", "1")])
def test_what_is_printed_last_is_no_error_of_ours_either(command: str, unbuffered: str) -> None:
    run = [sys.executable, "-m", "wizard", *command.split()]
    environ = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = subprocess.run(run, env=environ, stdout=full, stderr=subprocess.PIPE, text=True, timeout=20, check=False)
    said = "audience-wizard: we can't write the output (No space left on device).\n"
    assert (done.returncode, done.stderr) == (ExitCode.PROBLEM, said)


def test_an_output_that_cannot_show_a_character_shows_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    vault = MemoryVault("off", {"segment_token": ("sgp_" + "0" * 60, "Zoë's variable")})
    code = run_secrets(lambda _: vault, Options(action="list"), lambda _: "unexpected")
    assert code == ExitCode.OK
    assert b"Zo?'s variable" in written.getvalue()
