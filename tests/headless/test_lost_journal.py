"""Without a record of what was made, nothing is written without consent, and undo doesn't say that nothing exists."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.faulty import Fault, with_fault
from tests.full_disk import fill_the_disk
from tests.headless.runs import ALL_MADE, NOTHING, World, applied
from wizard.exit_codes import ExitCode
from wizard.flow.profile.session import Session


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)


@pytest.mark.usefixtures("full_disk")
async def test_what_cannot_be_recorded_is_not_written(tmp_path: Path) -> None:
    world = World(tmp_path)
    ran = await world.run("apply")
    assert (ran.code, world.made(), world.writes()) == (1, NOTHING, [])
    assert "No space left on device" in ran.err
    assert "Fix: Free some disk space" in ran.err
    assert "--without-journal" in ran.err
    assert {result["error"]["code"] for result in ran.document["results"]} == {"no_journal"}


@pytest.mark.usefixtures("full_disk")
async def test_unless_it_is_told_to(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert (await world.run("apply", without_journal=True)).code == 0
    assert world.made() == ALL_MADE


@pytest.mark.parametrize(
    ("command", "options", "code"),
    [("rotate", {}, ExitCode.WAITING), ("rule", {"flag": "vip-lounge", "apply": True}, ExitCode.OK)],
)
async def test_other_changes_are_not_made_unrecorded_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, options: dict[str, Any], code: ExitCode
) -> None:
    world = await applied(tmp_path, watch=True)
    before = world.writes()
    fill_the_disk(monkeypatch)

    refused = await world.run(command, **options)
    assert (refused.code, world.writes()) == (1, before)
    assert "No space left on device" in refused.err
    assert "add --without-journal" in refused.err
    assert "no_journal" in refused.out

    assert (await world.run(command, without_journal=True, **options)).code == code
    assert world.writes() != before


async def test_undo_looks_for_the_wizards_name_where_its_record_is_lost(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    shutil.rmtree(tmp_path / "default")
    ran = await world.run("undo")
    assert (ran.code, ran.document["results"]) == (3, [])
    assert "no record of changes" in ran.err
    assert "  LaunchDarkly - shop / production (" in ran.err
    assert world.made() == ALL_MADE


async def test_without_a_home_folder_nobody_knows_what_was_made(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    nowhere = Session(None, world.clock, "Nothing is kept, because there is no home folder.")
    ran = await world.run("undo", session=nowhere)
    assert (ran.code, ran.document["results"]) == (3, [])
    assert ran.err.count("there is no home folder") == 1
    assert "  LaunchDarkly - shop / production (" in ran.err


async def test_without_a_home_folder_nothing_is_written_unasked(tmp_path: Path) -> None:
    world = World(tmp_path)
    ran = await world.run("apply", session=Session(None, world.clock, "Nothing is kept."))
    assert (ran.code, world.writes()) == (1, [])
    assert {result["error"]["code"] for result in ran.document["results"]} == {"no_journal"}


async def test_a_record_that_cannot_be_read_is_not_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "setup.json").write_bytes(b"\xff not json")
    ran = await world.run("undo")
    assert ran.code == 3
    assert "was put aside as " in ran.err
    assert "Segment has no destination with the wizard's name" in ran.err


@pytest.mark.parametrize("left", ["", "{}"])
async def test_an_empty_record_is_a_lost_one(tmp_path: Path, left: str) -> None:
    world = await applied(tmp_path)
    (tmp_path / "default" / "setup.json").write_text(left)
    ran = await world.run("undo")
    assert ran.code == 3
    assert "no record of changes" in ran.err


async def test_where_nothing_was_ever_made_and_nothing_has_the_name_there_is_nothing(tmp_path: Path) -> None:
    assert (await World(tmp_path).run("undo")).code == 0


_WRITES = {
    "destination": "/destinations",
    "mapping": "/destinations/[^/]+/subscriptions",
    "connection": "/spaces/[^/]+/audiences/[^/]+/destination-connections",
    "activation": "/spaces/[^/]+/audiences/[^/]+/destination-connections/[^/]+/activations",
}


@pytest.mark.parametrize("what", _WRITES)
async def test_what_was_made_though_the_answer_was_an_error_is_ours_and_the_same_run_goes_on(
    tmp_path: Path, what: str
) -> None:
    world = World(tmp_path)
    assert (await world.run("apply", wrap=with_fault(Fault.REFUSED_AFTER, "POST", _WRITES[what]))).code == 0
    assert world.made() == ALL_MADE
    assert (await world.run("undo")).code == 0
    assert world.made() == NOTHING


async def test_a_connection_that_met_a_conflict_is_started_whoever_made_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run("apply", wrap=with_fault(Fault.CONFLICT_AFTER, "POST", _WRITES["connection"]))
    assert world.made() == ALL_MADE


async def test_mappings_that_cannot_be_read_while_they_are_made_are_a_failure_in_words(tmp_path: Path) -> None:
    world = World(tmp_path)
    ran = await world.run("apply", as_json=False, wrap=with_fault(Fault.ERROR_BEFORE, "GET", _WRITES["mapping"], 99))
    assert ran.code == 1
    assert "Segment" in ran.err
    assert (await world.run("apply")).code == 0
