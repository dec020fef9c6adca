"""A profile that was written while the machine's clock was ahead, and is read after the clock was corrected."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import httpx

from tests.headless.runs import ALL_MADE, World
from tests.headless.test_killed import KillBefore, Killed

DAY_S = 86_400.0


async def killed_before_its_first_write(folder: Path) -> World:
    """Return the world after an apply, dated a day ahead, that was killed before it could know of its first write."""
    world = World(folder, off_s=DAY_S)
    with suppress(Killed):
        await world.run("apply", wrap=KillBefore)
    world.off_s = 0.0
    return world


async def test_a_write_that_was_begun_tomorrow_is_not_waited_for_until_tomorrow(tmp_path: Path) -> None:
    world = await killed_before_its_first_write(tmp_path)
    began = world.clock.now()
    ran = await world.run("apply")
    assert (ran.code, world.made()) == (0, ALL_MADE)
    assert (world.clock.now() - began).total_seconds() < 120


async def test_undo_knows_after_its_ten_minutes_that_nothing_was_made(tmp_path: Path) -> None:
    world = await killed_before_its_first_write(tmp_path)
    assert (await world.run("undo")).code == 4
    await world.clock.sleep(601)
    ran = await world.run("undo")
    assert (ran.code, ran.document["results"]) == (0, [])


async def test_the_first_sync_is_measured_from_now_and_segment_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path, off_s=DAY_S)
    assert (await world.run("apply")).code == 0
    world.off_s, world.clock.at_least = 0.0, 30.0
    ran = await world.run("watch")
    stages = [one for one in ran.documents if one["event"] == "stage" and one["stage"] == "delivered"]
    assert ran.documents[-1]["outcome"] == "appeared"
    assert ran.documents[-1]["elapsed_s"] > 60
    assert "nothing delivered yet" in {one["detail"] for one in stages}


class SetsTheClockBack(httpx.AsyncBaseTransport):
    """A transport on which the machine's clock is corrected during a watch."""

    def __init__(self, inner: httpx.AsyncBaseTransport, world: World) -> None:
        self._inner, self._world = inner, world
        self._at = world.clock.now()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if (self._world.clock.now() - self._at).total_seconds() > 60:
            self._world.machine.off_s = 0.0
        return await self._inner.handle_async_request(request)


async def test_a_watch_goes_on_where_the_clock_is_set_back_meanwhile(tmp_path: Path) -> None:
    world = World(tmp_path, off_s=DAY_S)
    assert (await world.run("apply")).code == 0
    world.clock.at_least = 30.0
    ran = await world.run("watch", wrap=lambda inner: SetsTheClockBack(inner, world))
    end, stages = ran.documents[-1], [one for one in ran.documents if one["event"] == "stage"]
    assert end["outcome"] == "appeared"
    assert 60 < end["elapsed_s"] < 3_600
    assert "nothing delivered yet" in {one["detail"] for one in stages}
