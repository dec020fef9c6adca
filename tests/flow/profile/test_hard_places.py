"""Files of a profile on a difficult machine: another program reads them, or the file system has no locks."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fake_clock import FakeClock
from wizard.domain.answers import Answers
from wizard.flow.profile import private_file
from wizard.flow.profile.session import Session

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="simulates a POSIX file system")
KEPT = Answers(project="shop")


def refusing(times: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, failing `times` times as on Windows while another program has the file open."""
    left = [times]

    def acts(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return act(*given, **named)

    return acts


def run_in(folder: Path) -> Session:
    return Session(folder, FakeClock())


@pytest.mark.parametrize("what", ["replace", "read"])
def test_a_file_that_another_program_has_open_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    run_in(tmp_path).keep(KEPT, ())
    monkeypatch.setattr(private_file, "PAUSES", (0.0, 0.0, 0.0))
    if what == "replace":
        monkeypatch.setattr(os, "replace", refusing(3, os.replace))
    else:
        monkeypatch.setattr(Path, "read_bytes", refusing(3, Path.read_bytes))

    session = run_in(tmp_path)
    session.keep(Answers(project="mobile"), ())

    assert (session.trouble, run_in(tmp_path).saved.answers.project) == ("", "mobile")
    assert [one.name for one in tmp_path.glob("setup.*.json")] == []


def test_a_file_that_stays_open_is_said_and_its_old_content_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_in(tmp_path).keep(KEPT, ())
    with monkeypatch.context() as busy:
        busy.setattr(private_file, "PAUSES", (0.0,))
        busy.setattr(os, "replace", refusing(99, os.replace))
        session = run_in(tmp_path)
        session.keep(Answers(project="mobile"), ())

    assert "Progress can't be saved" in session.trouble
    assert run_in(tmp_path).saved.answers == KEPT
    assert not list(tmp_path.glob(".setup-*"))


@POSIX
@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO])
def test_without_locks_a_run_goes_on_and_says_what_it_cannot_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session = run_in(tmp_path)
        session.lock()
        session.keep(KEPT, ())
        session.unlock()

    assert session.saved.answers == KEPT
    assert "Progress can't be saved (" in session.trouble
    assert run_in(tmp_path).saved.answers == Answers()
