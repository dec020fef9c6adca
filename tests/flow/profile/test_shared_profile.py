"""Several runs on one profile: whatever one run writes, the journal entries of the others stay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_clock import START, FakeClock
from tests.flow.profile.test_session import ACCEPTED, ANSWERS, CONNECTION, DESTINATION
from wizard.domain.answers import Answers
from wizard.flow.profile.journal import Entry, EntryStage, Resource
from wizard.flow.profile.session import Session

ROOT = Path(__file__).parents[3]
OTHER = replace(ANSWERS, environment="staging", client_side_id="5f0c5f0c5f0c5f0c5f0c5f0c")
THEIRS = Entry(START, EntryStage.INTENDED, Resource.MAPPING, "mapping", "", {"destination": "dst_1"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default"


def run_on(folder: Path) -> Session:
    return Session(folder, FakeClock())


def starts_over(session: Session) -> None:
    session.start_over()
    session.keep(OTHER, ACCEPTED)


WRITES: dict[str, Callable[[Session], None]] = {
    "goes on from a step": lambda session: session.keep(OTHER, ACCEPTED),
    "starts over": starts_over,
    "ticks a step by hand": lambda session: session.keep_ticks(("destination.add 1234",)),
    "begins a sync": lambda session: session.begin_sync({"old": None}, attaches=True),
    "finds what was intended": lambda session: session.confirmed(THEIRS, "map_9"),
    "is about to write": lambda session: session.intend(CONNECTION),
    "has made something": lambda session: session.made(CONNECTION, "ii_9"),
    "is refused": lambda session: session.refused(CONNECTION),
    "takes something back": lambda session: session.undone(replace(THEIRS, resource_id="map_8")),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
@pytest.mark.parametrize("was_there_before", [False, True])
def test_what_another_run_made_meanwhile_stays(
    folder: Path, was_there_before: bool, write: Callable[[Session], None]
) -> None:
    if was_there_before:
        run_on(folder).keep(ANSWERS, ACCEPTED)
    open_screen, command = run_on(folder), run_on(folder)
    command.lock()
    command.intend(DESTINATION)
    command.made(DESTINATION, "dst_1")

    write(open_screen)
    command.made(CONNECTION, "ii_1")
    write(open_screen)

    saved = run_on(folder).saved
    assert {"dst_1", "ii_1"} <= saved.made_ids
    assert "dst_1" in open_screen.saved.made_ids


def test_each_of_two_interleaved_runs_has_all_of_its_lines_in_the_order_of_writing(folder: Path) -> None:
    first, second = run_on(folder), run_on(folder)
    for number in range(3):
        first.made(DESTINATION, f"dst_{number}")
        second.made(CONNECTION, f"ii_{number}")

    written = [entry.resource_id for entry in run_on(folder).saved.journal]

    assert written == ["dst_0", "ii_0", "dst_1", "ii_1", "dst_2", "ii_2"]
    assert second.saved.journal == run_on(folder).saved.journal


def test_what_one_run_takes_back_does_not_come_back_with_the_other(folder: Path) -> None:
    run_on(folder).made(DESTINATION, "dst_1")
    open_screen, undo = run_on(folder), run_on(folder)
    undo.undone(undo.saved.made[0])

    open_screen.keep(ANSWERS, ACCEPTED)

    assert run_on(folder).saved.made == ()


def test_each_run_goes_on_with_the_answers_that_it_gave_itself(folder: Path) -> None:
    applying, open_screen = run_on(folder), run_on(folder)
    applying.keep(ANSWERS, ACCEPTED)
    applying.begin_sync({"old": None})
    open_screen.keep(OTHER, ("prerequisites",))
    applying.made(DESTINATION, "dst_1")

    assert (applying.saved.answers, applying.saved.accepted) == (ANSWERS, ACCEPTED)
    assert open_screen.saved.applied_at == START, "the sync that the other run began goes on"
    again = run_on(folder).saved
    assert (again.answers, again.made_ids) == (OTHER, frozenset({"dst_1"}))


def test_a_run_without_answers_of_its_own_takes_what_the_profile_holds(folder: Path) -> None:
    undo = run_on(folder)
    run_on(folder).keep(ANSWERS, ACCEPTED)

    undo.made(DESTINATION, "dst_1")

    assert undo.saved.answers == ANSWERS


def test_a_profile_that_is_deleted_while_it_is_open_is_written_whole_again(folder: Path) -> None:
    session = run_on(folder)
    session.made(DESTINATION, "dst_1")
    (folder / "setup.json").unlink()

    session.keep(ANSWERS, ACCEPTED)
    session.lock()

    assert run_on(folder).saved.made_ids == session.saved.made_ids == {"dst_1"}
    session.unlock()


# --- processes of their own ---------------------------------------------------------------------------------------

_WRITER = """
import sys
from pathlib import Path
from wizard.clock import SystemClock
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.profile.session import Session
from wizard.domain.answers import Answers

folder, name = Path(sys.argv[1]), sys.argv[2]
session = Session(folder, SystemClock())
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    session.made(Write(Resource.MAPPING, name, {"destination": name}), f"{name}_{number}")
    session.keep(Answers(project=f"{name}-{number}"), (name,))
"""


def test_processes_that_write_at_the_same_time_lose_nothing(folder: Path) -> None:
    names = ("first", "second", "third")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder), name],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=60)

    assert [process.returncode for process in processes] == [0, 0, 0]
    saved = run_on(folder).saved
    assert saved.made_ids == {f"{name}_{number}" for name in names for number in range(20)}
    assert len(saved.journal) == 60


# --- a disk that does not take it, a file that cannot be read -------------------------------------------------------


def test_what_a_full_disk_did_not_take_is_written_once_there_is_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = run_on(folder), run_on(folder)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _full)
        session.made(DESTINATION, "dst_1")
        session.keep(ANSWERS, ACCEPTED)
        session.keep(ANSWERS, ACCEPTED)
    assert "This run's answers and record of changes will be lost when it ends" in session.trouble
    assert session.saved.made_ids == {"dst_1"}
    other.made(CONNECTION, "ii_1")

    session.keep(ANSWERS, ACCEPTED)

    saved = run_on(folder).saved
    assert [entry.resource_id for entry in saved.journal] == ["ii_1", "dst_1"]
    assert saved.answers == ANSWERS
    assert session.trouble == ""


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_that_cannot_be_read_is_kept_aside_before_another_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(folder).made(DESTINATION, "dst_1")
    content = (folder / "setup.json").read_text()
    with monkeypatch.context() as locked:
        locked.setattr(Path, "read_bytes", _denied)
        session = run_on(folder)
        assert "can't be read (Permission denied)" in session.trouble
        assert not session.put_aside, "nothing is moved for a look"

        session.made(CONNECTION, "ii_1")

    (aside,) = session.put_aside
    assert aside.read_text() == content
    assert session.trouble == f"Saved progress can't be read (Permission denied). It was put aside as {aside}."
    assert run_on(folder).saved.made_ids == {"ii_1"}


def test_a_file_that_can_neither_be_read_nor_moved_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(folder).made(DESTINATION, "dst_1")
    with monkeypatch.context() as locked:
        locked.setattr(Path, "read_bytes", _denied)
        locked.setattr(Path, "rename", _denied)
        session = run_on(folder)
        session.made(CONNECTION, "ii_1")
        assert "Progress can't be saved (Permission denied)" in session.trouble
        assert session.saved.made_ids == {"ii_1"}
    assert run_on(folder).saved.made_ids == {"dst_1"}

    session.keep(ANSWERS, ACCEPTED)

    assert run_on(folder).saved.made_ids == {"dst_1", "ii_1"}
    assert session.trouble == ""


def _denied(*_: object) -> bytes:
    raise PermissionError(13, "Permission denied")


def test_answers_that_cannot_be_read_do_not_take_the_journal_with_them(folder: Path) -> None:
    run_on(folder).made(DESTINATION, "dst_1")
    path = folder / "setup.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"answers": {"context_key": "of a later wizard"}}))

    session = run_on(folder)

    assert session.saved.made_ids == {"dst_1"}
    assert session.saved.answers == Answers()
    assert session.trouble.endswith("What the wizard made is still known.")
    assert run_on(folder).saved.made_ids == {"dst_1"}


def test_two_files_that_are_put_aside_at_the_same_moment_are_both_kept(folder: Path) -> None:
    folder.mkdir(parents=True)
    for text in ("{", "["):
        (folder / "setup.json").write_text(text)
        session = run_on(folder)

    assert sorted(path.read_text() for path in session.put_aside) == ["[", "{"]
