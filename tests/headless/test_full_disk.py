"""Standard output that takes nothing more: said in words, not as an error of ours."""

from __future__ import annotations

import errno
import io
import os

import pytest

from wizard.exit_codes import ExitCode
from wizard.headless.options import Options
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
