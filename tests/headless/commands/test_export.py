"""`export`: a text from which the same setup can be made, on standard output or in a new file."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from pathlib import Path

import hcl2
import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import SETUP, World, applied
from tests.headless.targets.worlds import TWO


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await applied(tmp_path)


async def test_the_setup_that_was_written_needs_no_change(world: World) -> None:
    ran = await world.run("export", setup=None, action="setup", as_json=False)
    assert ran.code == 0
    assert tomllib.loads(ran.out)["launchdarkly"]["project"] == "shop"

    plan = await world.run("plan", setup=ran.out)
    assert (plan.code, set(plan.actions().values())) == (0, {"none"})
    assert (await world.run("plan", setup=ran.out, check_only=True)).code == 0


@pytest.mark.parametrize("what", ["setup", "terraform", "report"])
async def test_of_a_simulated_setup_it_says_so(world: World, what: str) -> None:
    ran = await world.run("export", action=what, as_json=False)
    assert "Simulated: this is the scenario happy of Audience Wizard's sandbox." in "".join(ran.out.splitlines()[:3])


async def test_terraform_is_written_for_what_exists(world: World) -> None:
    ran = await world.run("export", action="terraform", as_json=False)
    (made,) = (one for one in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in one.name)

    assert ran.code == 0
    assert [one["id"].strip('"') for one in hcl2.loads(ran.out)["import"]] == [
        made.id,
        *(f"{made.id}:{one.id}" for one in made.mappings.values() if one.activation_id is None),
    ]
    assert world.sandbox.tokens.launchdarkly_access_token not in ran.out
    assert world.writes() == []


async def test_terraform_keeps_a_long_name_whole(world: World) -> None:
    (made,) = (one for one in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in one.name)
    made.name = f"LaunchDarkly {'x' * 300}"

    ran = await world.run("export", action="terraform", as_json=False)

    assert f'"{made.name}"' in ran.out


async def test_a_document_holds_the_text(world: World) -> None:
    ran = await world.run("export", action="setup")
    assert ran.document | {"text": ""} == {"schema": 1, "export": "setup", "file": None, "text": ""}


async def test_a_file_is_its_owners_alone_and_is_replaced_only_when_asked_for(world: World, tmp_path: Path) -> None:
    place = tmp_path / "out.tf"
    written = await world.run("export", action="terraform", into=place, as_json=False)
    assert (written.code, written.out, written.err) == (0, "", f"Written without any token: {place}\n")
    assert os.name == "nt" or stat.S_IMODE(place.stat().st_mode) == 0o600

    again = await world.run("export", action="setup", into=place)
    assert (again.code, again.out) == (1, "")
    assert f"{place} already exists. Name another file, or replace it with --force." in again.err
    assert "import {" in place.read_text()

    assert (await world.run("export", action="setup", into=place, force=True)).code == 0
    assert tomllib.loads(place.read_text())["launchdarkly"]["project"] == "shop"


async def test_a_folder_that_is_not_there_is_said_in_the_systems_words(world: World, tmp_path: Path) -> None:
    ran = await world.run("export", action="setup", into=tmp_path / "missing" / "out.toml")
    assert (ran.code, f"({os.strerror(errno.ENOENT)})" in ran.err) == (1, True)


@pytest.mark.parametrize("force", [False, True])
async def test_a_folder_in_the_files_place_is_called_a_folder_at_once(
    world: World, tmp_path: Path, force: bool
) -> None:
    (tmp_path / "dir.toml").mkdir()
    ran = await world.run("export", action="setup", into=tmp_path / "dir.toml", force=force)
    assert (ran.code, "dir.toml (it's a folder)." in ran.err, "--force" in ran.err) == (1, True, False)


@pytest.mark.parametrize("setup", [SETUP, TWO])
async def test_a_place_that_takes_no_file_is_refused_before_anything_is_read(tmp_path: Path, setup: str) -> None:
    world = World(tmp_path)
    ran = await world.run("export", setup=setup, action="terraform", into=tmp_path)
    assert (ran.code, world.sandbox.requests) == (1, [])
    assert f"Nothing exported. We couldn't write {tmp_path} (it's a folder)." in ran.err

    nowhere = tmp_path / "no folder" / "all.tf"
    ran = await world.run("export", setup=setup, action="terraform", into=nowhere)
    assert (ran.code, world.sandbox.requests) == (1, [])
    assert f"Nothing exported. We couldn't write {nowhere} (" in ran.err


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a right of their own there")
async def test_nothing_is_written_through_a_symbolic_link(world: World, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("mine")
    link.symlink_to(target)

    ran = await world.run("export", action="setup", into=link, force=True)

    assert (ran.code, target.read_text(), link.is_symlink()) == (1, "mine", True)
    assert f"{link} is a symbolic link. Name the file that it leads to." in ran.err


@pytest.mark.parametrize(
    ("scenario", "what", "code", "said"),
    [
        ("happy", "terraform", 1, "Segment has no destination for shop / production yet."),
        ("member-token", "terraform", 3, "Segment refused to show this token the destinations of the workspace."),
    ],
)
async def test_what_does_not_exist_and_what_cannot_be_read_end_differently(
    tmp_path: Path, scenario: str, what: str, code: int, said: str
) -> None:
    ran = await World(tmp_path, scenario).run("export", action=what)
    assert (ran.code, ran.out) == (code, "")
    assert f"Nothing exported. {said}" in ran.err


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".*/subscriptions", "Segment didn't answer when asked for the mappings of the destination."),
        ("/", "The destinations of the workspace couldn't be read."),
    ],
)
async def test_half_of_what_exists_is_not_exported_as_the_whole(world: World, path: str, said: str) -> None:
    ran = await world.run("export", action="terraform", wrap=with_fault(Fault.ERROR_BEFORE, "GET", path, times=50))
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


async def test_one_of_several_environments_is_exported_by_its_name(tmp_path: Path) -> None:
    world = World(tmp_path)

    unnamed = await world.run("export", setup=TWO, action="setup")
    assert (unnamed.code, unnamed.out) == (2, "")
    assert "Name it with --target." in unnamed.err

    named = await world.run("export", setup=TWO, action="setup", target="shop/staging", as_json=False)
    assert tomllib.loads(named.out)["launchdarkly"]["environment"] == "staging"


async def test_terraform_holds_all_environments_of_a_setup_or_none(tmp_path: Path) -> None:
    world, place = World(tmp_path), tmp_path / "all.tf"
    before = await world.run("export", setup=TWO, action="terraform", into=place)
    assert (before.code, place.exists()) == (1, False)
    assert before.err.count("Nothing exported. Segment has no destination for shop / ") == 2

    await world.run("apply", setup=TWO)
    assert (await world.run("export", setup=TWO, action="terraform", into=place)).code == 0
    read = hcl2.loads(place.read_text())
    assert [len(read[kind]) for kind in ("terraform", "variable", "import", "resource")] == [1, 2, 4, 4]
    assert "# 3. Set TF_VAR_launchdarkly_shop_staging_token to" in place.read_text()
