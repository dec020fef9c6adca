"""`doctor --since-last`: one line on problems that are new or gone and counts that changed, to read each morning."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import Ran, World, applied

EVERYTHING = ".*"


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await applied(tmp_path, watch=True)


async def morning(world: World, *, as_json: bool = False) -> Ran:
    await world.clock.sleep(24 * 3600)
    return await world.run("doctor", since_last=True, as_json=as_json)


def switch_destination(world: World, *, on: bool) -> None:
    (destination,) = (d for d in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in d.name)
    destination.enabled = on


def switch_audience(world: World, *, on: bool) -> None:
    for audience in world.sandbox.world.workspaces[0].audiences.values():
        audience.enabled = audience.enabled if audience.key != "vip_customers" else on


async def test_each_run_is_compared_with_the_one_before(world: World) -> None:
    first = await morning(world)
    assert first.code == 0
    assert first.out.endswith("This is the first run, so it has nothing to compare with.\n")

    second = await morning(world)
    assert "Nothing has changed since 20" in second.out
    assert second.out.count("\n") == 1

    switch_destination(world, on=False)
    broken = await morning(world)
    assert broken.code == 1
    assert "shop / production: not healthy. New: destination.enabled." in broken.out
    assert "New:" not in (await morning(world)).out

    switch_destination(world, on=True)
    mended = await morning(world, as_json=True)
    assert mended.document["since_last"]["gone"] == ["destination.enabled"]


async def test_where_nothing_can_be_saved_no_run_can_be_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = await morning(world)
    assert ran.out.endswith("We can't compare with an earlier run, because we can't save runs.\n")
    assert "no earlier run" not in ran.out


async def test_members_that_came_or_went_are_counted(world: World) -> None:
    await morning(world)
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments.values()
    (segment,) = (one for one in segments if one.name == "Vip customers")
    segment.counted_at = dict(list(segment.counted_at.items())[:1_000])

    ran = await morning(world, as_json=True)

    assert ran.document["since_last"]["members"] == {"vip_customers": {"before": 1234, "now": 1000}}


async def test_what_is_unknown_keeps_its_earlier_value(world: World) -> None:
    switch_destination(world, on=False)
    await morning(world)

    dark = await world.run(
        "doctor", since_last=True, as_json=False, wrap=with_fault(Fault.ERROR_BEFORE, "GET", EVERYTHING, 10_000)
    )
    assert dark.code == 3
    assert "Gone" not in dark.out

    assert "New:" not in (await morning(world)).out


async def test_a_part_of_the_checks_cannot_be_compared(world: World) -> None:
    ran = await world.run("doctor", since_last=True, only=("destination.enabled",))
    assert (ran.code, ran.err) == (2, "--since-last compares all checks: leave out --only.")


async def test_for_people_audiences_have_their_names_and_for_scripts_their_keys(world: World) -> None:
    first = await morning(world)
    assert "Members: VIP customers 1,234." in first.out

    switch_audience(world, on=False)
    said = await morning(world)
    assert "audience.enabled (VIP customers)" in said.out

    switch_audience(world, on=True)
    document = (await morning(world, as_json=True)).document
    assert "audience.enabled (vip_customers)" in document["since_last"]["gone"]
