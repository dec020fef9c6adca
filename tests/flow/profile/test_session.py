"""Progress and journal on disk: written whole or not at all, private, and without secrets."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_clock import START, FakeClock
from tests.walks import apply_all, stage, walk_to_review
from wizard.domain.answers import Answers, ContextKey
from wizard.flow.busy import Busy
from wizard.flow.profile.journal import Entry, Resource, Write
from wizard.flow.profile.private_file import make_private
from wizard.flow.profile.saved_file import Saved
from wizard.flow.profile.session import Session

ANSWERS = Answers(
    server_side=False,
    by_hand=False,
    project="shop",
    environment="production",
    client_side_id="57be1db38b75bf0772d11384",
    space="spa_1",
    context_kind="user",
    context_key=ContextKey.USER_ID_THEN_EMAIL,
    batching=True,
    audiences=("aud_1", "aud_2"),
)
NOBODY = 65534
ACCEPTED = ("prerequisites", "launchdarkly")
DESTINATION = Write(Resource.DESTINATION, "destination", {"client_side_id": "57be"}, None, {"name": "LaunchDarkly"})
CONNECTION = Write(Resource.CONNECTION, "audience:vip", {"space": "spa_1", "audience": "aud_1"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default"


@pytest.fixture
def without_roots_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in a folder as an ordinary user, also where root runs the tests: root may open what its mode forbids."""
    monkeypatch.chdir(tmp_path)
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.chown(tmp_path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def session_in(folder: Path | None, clock: FakeClock | None = None) -> Session:
    return Session(folder, clock or FakeClock())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_saved_is_there_in_the_next_run(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ACCEPTED)
    session.intend(DESTINATION)
    session.made(DESTINATION, "dst_1")
    session.begin_sync({"old-segment": None})
    again = session_in(folder)
    assert again.saved == session.saved
    assert (again.saved.answers, again.saved.accepted) == (ANSWERS, ACCEPTED)
    assert again.saved.applied_at == START
    assert again.trouble == ""


def test_before_the_first_save_there_is_nothing(folder: Path) -> None:
    session = session_in(folder)
    assert session.saved == Saved()
    assert not session.saved.is_begun
    assert not folder.exists()


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_the_owner_can_read_it(folder: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        session_in(folder / "below").keep(ANSWERS, ACCEPTED)
    finally:
        os.umask(old)
    assert mode(folder) == mode(folder / "below") == 0o700
    assert {mode(path) for path in (folder / "below").iterdir()} == {0o600}


@pytest.mark.usefixtures("without_roots_rights")
def test_each_of_its_folders_opens_for_the_owner_whatever_the_umask() -> None:
    folder = Path("home/default")  # relative, since another user may not open what is above the working folder
    old = os.umask(0o777)
    try:
        make_private(folder)
    finally:
        os.umask(old)
    assert mode(folder.parent) == mode(folder) == 0o700


def test_the_same_answers_are_not_written_again(folder: Path) -> None:
    clock = FakeClock()
    session = session_in(folder, clock)
    session.keep(ANSWERS, ACCEPTED)
    written = (folder / "setup.json").stat().st_mtime_ns, session.saved.saved_at
    session.keep(ANSWERS, ACCEPTED)
    assert ((folder / "setup.json").stat().st_mtime_ns, session.saved.saved_at) == written


def test_a_write_that_breaks_off_leaves_the_former_file_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ("prerequisites",))
    monkeypatch.setattr(os, "fsync", _full)
    session.keep(replace(ANSWERS, project="other"), ACCEPTED)
    assert "can't be saved (No space left on device)" in session.trouble
    assert session.saved.answers.project == "other"
    assert session_in(folder).saved.answers == ANSWERS
    assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == ["setup.json"]


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_where_nothing_can_be_written_the_run_goes_on_from_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    session = session_in(tmp_path / "file" / "default")
    session.lock()
    session.keep(ANSWERS, ACCEPTED)
    assert session.saved.answers == ANSWERS
    assert "This run's answers and record of changes will be lost when it ends" in session.trouble


def test_without_a_folder_all_is_kept_in_memory() -> None:
    session = session_in(None)
    session.lock()
    session.keep(ANSWERS, ACCEPTED)
    session.made(DESTINATION, "dst_1")
    assert session.saved.is_begun
    session.unlock()


# --- a file that cannot be used ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"schema": "one"}', "is damaged"),
        ('{"schema": 1, "answers": {"context_key": "no such key"}}', "is damaged"),
        ('{"schema": 1, "known_segments": ["a"], "known_changes": ["a"]}', "is damaged"),
        ('{"schema": 1, "known_segments": [{}]}', "is damaged"),
        ('{"schema": 3}', "was written by a newer wizard"),
        ('{"schema": 3, "answers": "in another form"}', "was written by a newer wizard"),
        ("\x00\x00\x00", "is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_put_aside_with_a_sentence(folder: Path, text: str, said: str) -> None:
    folder.mkdir(parents=True)
    (folder / "setup.json").write_text(text)
    session = session_in(folder)
    assert session.saved == Saved()
    assert session.trouble.startswith(f"Saved progress {said}. It was put aside as ")
    (aside,) = session.put_aside
    assert str(aside) in session.trouble
    assert aside.read_text() == text
    session.keep(ANSWERS, ACCEPTED)
    assert session_in(folder).saved.answers == ANSWERS


def test_a_file_of_schema_1_says_in_two_fields_which_segments_were_there(folder: Path) -> None:
    folder.mkdir(parents=True)
    old = '{"schema": 1, "known_segments": ["a", "b"], "known_changes": {"b": "2026-10-01T09:00:00Z"}}'
    (folder / "setup.json").write_text(old)
    session = session_in(folder)
    there_before = {"a": None, "b": datetime(2026, 10, 1, 9, tzinfo=UTC)}
    assert (session.saved.known_segments, session.trouble) == (there_before, "")
    session.keep(ANSWERS, ACCEPTED)
    saved = session_in(folder).saved
    assert (saved.schema, saved.known_segments) == (2, there_before)


def test_an_empty_file_is_as_good_as_none(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "setup.json").touch()
    session = session_in(folder)
    assert (session.saved, session.trouble) == (Saved(), "")


def test_fields_that_this_version_does_not_know_are_ignored(folder: Path) -> None:
    session_in(folder).keep(ANSWERS, ACCEPTED)
    path = folder / "setup.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"later": True}))
    assert session_in(folder).saved.answers == ANSWERS


# --- one run at a time ------------------------------------------------------------------------------------------


def test_a_second_run_is_told_that_the_profile_is_in_use(folder: Path) -> None:
    first, second = session_in(folder), session_in(folder)
    first.lock()
    first.lock()
    with pytest.raises(Busy, match=r"Another run is using this profile \(default\)"):
        second.lock()
    first.unlock()
    second.lock()
    second.unlock()
    second.unlock()


def test_who_takes_the_profile_sees_what_the_run_before_it_saved(folder: Path) -> None:
    late = session_in(folder)
    session_in(folder).keep(ANSWERS, ACCEPTED)
    late.lock()
    assert late.saved.answers == ANSWERS
    late.unlock()


# --- journal ----------------------------------------------------------------------------------------------------


def test_what_was_made_is_known_until_it_is_taken_back() -> None:
    session = session_in(None)
    for write, resource in ((DESTINATION, "dst_1"), (CONNECTION, "ii_1")):
        session.intend(write)
        session.made(write, resource)
    assert [entry.resource_id for entry in session.saved.made] == ["dst_1", "ii_1"]
    assert session.saved.made_ids == {"dst_1", "ii_1"}
    session.undone(session.saved.made[-1])
    assert [entry.resource_id for entry in session.saved.made] == ["dst_1"]


def test_what_was_only_changed_is_not_ours() -> None:
    session = session_in(None)
    session.made(replace(DESTINATION, before={"enabled": False}, after={"enabled": True}), "dst_1")
    assert [entry.resource_id for entry in session.saved.made] == ["dst_1"]
    assert session.saved.made_ids == frozenset()


def unconfirmed(session: Session) -> list[Entry]:
    return list(session.saved.unconfirmed)


def test_what_was_intended_without_a_word_since_is_unconfirmed(folder: Path) -> None:
    session = session_in(folder)
    session.intend(DESTINATION)
    assert [entry.kind for entry in unconfirmed(session_in(folder))] == ["destination"]
    session.refused(DESTINATION)
    assert unconfirmed(session) == []
    session.intend(CONNECTION)
    session.confirmed(unconfirmed(session)[0], "ii_1")
    assert unconfirmed(session) == []
    assert session.saved.made_ids == {"ii_1"}


async def test_the_first_sync_is_measured_from_the_last_attaching() -> None:
    clock = FakeClock()
    session = session_in(None, clock)
    session.begin_sync({"a": None})
    await clock.advance(60)
    session.begin_sync({"a": None, "b": START})
    assert (session.saved.applied_at, session.saved.known_segments) == (START, {"a": None})
    session.begin_sync({"a": None, "b": START}, attaches=True)
    assert session.saved.applied_at == clock.now()
    assert session.saved.known_segments == {"a": None, "b": START}


def test_what_is_taken_back_opens_the_stops_from_the_review_on(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ("prerequisites", "audiences", "review", "first_sync"))
    session.begin_sync({"a": None}, attaches=True)
    session.made(DESTINATION, "dst_1")
    session.made(CONNECTION, "ii_1")
    session.made(replace(CONNECTION, change_id="audience:another"), "ii_2")

    session.undone(session.saved.made[-1])
    saved = session_in(folder).saved
    assert saved.accepted == ("prerequisites", "audiences")
    assert (saved.applied_at, saved.known_segments) == (START, {"a": None})

    session.undone(session.saved.made[-1])
    saved = session_in(folder).saved
    assert (saved.applied_at, saved.known_segments) == (None, {})
    assert (saved.answers, saved.made_ids) == (ANSWERS, frozenset({"dst_1"}))


@pytest.mark.parametrize(("attached", "since"), [(False, None), (True, START)])
def test_a_sync_is_called_off_only_while_nothing_is_attached(attached: bool, since: object) -> None:
    session = session_in(None)
    session.begin_sync({"a": None}, attaches=True)
    if attached:
        session.made(CONNECTION, "ii_1")
    session.call_off_sync()
    assert session.saved.applied_at == since


def test_to_start_over_forgets_answers_and_keeps_the_journal() -> None:
    session = session_in(None)
    session.keep(ANSWERS, ACCEPTED)
    session.made(DESTINATION, "dst_1")
    session.begin_sync({})
    session.start_over()
    assert session.saved.answers == Answers()
    assert session.saved.accepted == ()
    assert session.saved.applied_at is None
    assert session.saved.made_ids == {"dst_1"}


def test_starting_over_writes_nothing_before_something_new_is_confirmed(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ACCEPTED)
    session.start_over()
    assert session_in(folder).saved.answers == ANSWERS
    session.keep(Answers(project="other"), ())
    assert session_in(folder).saved.answers == Answers(project="other")
    assert session_in(folder).saved.accepted == ()
    assert not session.call_off_start_over()


def test_a_start_over_that_nothing_followed_is_called_off(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ACCEPTED)
    session.start_over()
    session.start_over()
    assert session.call_off_start_over()
    assert (session.saved.answers, session.saved.accepted) == (ANSWERS, ACCEPTED)
    session.keep_ticks(("destination.add 1",))
    assert session_in(folder).saved.answers == ANSWERS


def test_environments_whose_names_look_alike_have_a_journal_each(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ACCEPTED)
    one, other = session.of_target("shop-eu/prod"), session.of_target("shop/eu-prod")
    one.intend(DESTINATION)
    one.made(DESTINATION, "dst_1")
    assert session_in(folder).of_target("shop-eu/prod").saved.made
    assert not other.saved.made
    assert not session_in(folder).of_target("shop/eu-prod").saved.made


def test_an_environment_of_a_profile_is_not_called_a_profile(folder: Path) -> None:
    session = session_in(folder)
    session.keep(ANSWERS, ACCEPTED)
    session.of_target("shop/staging").keep(ANSWERS, ACCEPTED)
    assert session.saved_profiles == ("default",)


def test_health_has_a_beginning_that_a_problem_ends(folder: Path) -> None:
    session = session_in(folder)
    session.note_check(True)
    since = session.saved.healthy_since
    assert since is not None
    session.note_check(True)
    session.note_check(None)
    assert session_in(folder).saved.healthy_since == since
    session.note_check(False)
    assert session_in(folder).saved.healthy_since is None
    assert session_in(folder).saved.checked_at is not None


async def test_no_secret_is_ever_in_the_file(folder: Path) -> None:
    clock = FakeClock(auto=True)
    staged = stage("wrong-token-in-destination", clock=clock, session=Session(folder, clock))
    await walk_to_review(staged)
    await apply_all(staged)
    text = (folder / "setup.json").read_text()
    tokens = staged.sandbox.tokens
    assert tokens.launchdarkly_client_side_id in text
    assert tokens.launchdarkly_access_token not in text
    assert tokens.segment_public_api_token not in text
