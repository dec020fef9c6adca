"""The process's surroundings: folders with other people's modules, core files, a terminal that vanishes, logs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.cli import _own_modules_first, _start_with
from wizard.log_file import LogFile
from wizard.ui.terminal.early_frame import EarlyFrame

LIMIT_S = 60.0
TOKEN = "api-11111111-2222-3333-4444-55555555dada"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and a pseudo-terminal")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "TERM": "xterm-256color",
        "AUDIENCE_WIZARD_HOME": str(tmp_path / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def test_folders_of_pythonpath_come_after_the_wizards_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}")
    monkeypatch.setattr(sys, "path", [str(tmp_path), os.getcwd(), "/lib/site-packages"])

    _own_modules_first()

    assert sys.path == ["/lib/site-packages", str(tmp_path), os.getcwd()]


@POSIX
def test_a_crash_writes_no_core_file(environment: dict[str, str]) -> None:
    ask = "import resource, wizard.cli as c; c.main(['--version']); print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True)
    assert done.stdout.split()[-1] == "0"


@POSIX
def test_a_terminal_that_vanishes_ends_the_wizard_though_it_ignores_hang_ups(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Textual's own log, which would contain pasted tokens, isn't written either."""
    if sys.platform == "win32":
        return
    import pty

    environment |= {"TEXTUAL_LOG": str(tmp_path / "textual.log"), "TEXTUAL_DEBUG": "1", "TEXTUAL": "debug"}

    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.execve(sys.executable, [sys.executable, "-m", "wizard", "--sandbox", "happy"], environment)  # noqa: S606
    seen = b""
    while b"Begin" not in seen:
        assert select.select([terminal], [], [], LIMIT_S)[0]
        seen += os.read(terminal, 65_536)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 130
    assert not (tmp_path / "textual.log").exists()


@POSIX
def test_the_wizard_that_takes_over_is_no_module_of_the_working_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "wizard.py").write_text("print('someone else')")
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: commands.append(command))
    monkeypatch.setattr(sys, "argv", ["audience-wizard", "--version"])

    _start_with(("--profile", "other"), EarlyFrame({}))

    (command,) = commands
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert command[-3:] == ["--version", "--profile", "other"]
    assert done.stdout.startswith("audience-wizard ")


def test_a_log_that_is_a_link_is_not_written_and_said(tmp_path: Path) -> None:
    if not hasattr(os, "O_NOFOLLOW"):
        pytest.skip("this system can't refuse links")
    target, link = tmp_path / "target", tmp_path / "debug.log"
    link.symlink_to(target)
    assert LogFile(link).trouble == f"We can't write the log: {link} (it is a link)."
    assert not target.exists()


def test_a_log_that_is_a_pipe_without_a_reader_is_not_waited_for(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("has no named pipes in folders")
    os.mkfifo(tmp_path / "log")
    assert LogFile(tmp_path / "log").trouble.startswith("We can't write the log: ")


def test_a_log_is_its_owners_whatever_the_umask(tmp_path: Path) -> None:
    for umask in (0, 0o777):
        path, old = tmp_path / f"{umask}.log", os.umask(umask)
        try:
            assert LogFile(path).trouble == ""
        finally:
            os.umask(old)
        assert sys.platform == "win32" or path.stat().st_mode & 0o777 == 0o600


def test_a_log_in_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "No such file" in LogFile(tmp_path / "nowhere" / "debug.log").trouble


def test_the_log_shows_no_token_that_this_run_was_given(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "debug.log")
    try:
        raise RuntimeError(f"hush-hush-hush and {TOKEN}")
    except RuntimeError as error:
        log.problem(error, ["hush-hush-hush"])
    assert "hush" not in (tmp_path / "debug.log").read_text()
    assert TOKEN not in (tmp_path / "debug.log").read_text()
