"""Runs that are killed at any moment or never get an answer: a second run ends like one undisturbed run."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_clock import FakeClock
from tests.headless.commands.test_plan_and_apply import made_by_hand
from tests.headless.moments import Moments, profile_of
from tests.headless.runs import ALL_MADE, SETUP, World
from wizard.sandbox.behaviors import Behavior

WRITES = 4  # destination, mapping, connection, activation
THREE = ("destination", "mapping", "audience:vip_customers")


class Killed(BaseException):
    """The end by a SIGKILL, seen from inside: nothing is cleaned up, and no `except Exception` sees it."""


class KillAfter(httpx.AsyncBaseTransport):
    """A transport on which the process dies after a write has reached the service, before the answer comes."""

    def __init__(self, inner: httpx.AsyncBaseTransport, writes: int, error: BaseException) -> None:
        self._inner = inner
        self._left = writes
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.method not in {"GET", "HEAD"}:
            self._left -= 1
            if self._left == 0:
                await response.aread()
                raise self._error
        return response


class KillBefore(httpx.AsyncBaseTransport):
    """A transport on which the process dies before its first write is sent."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method not in {"GET", "HEAD"}:
            raise Killed
        return await self._inner.handle_async_request(request)


class ShownLater(httpx.AsyncBaseTransport):
    """A transport on which the list of destinations stays empty for three seconds more."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: FakeClock) -> None:
        self._inner = inner
        self._clock = clock
        self._shown = clock.now() + timedelta(seconds=3)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.url.path != "/destinations" or request.method != "GET" or self._clock.now() >= self._shown:
            return response
        body = json.loads(await response.aread())
        body["data"]["destinations"] = []
        return httpx.Response(200, json=body, request=request)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def assert_whole(world: World) -> None:
    """Check for the state after one undisturbed run: everything exists once and is ours, and nothing is left to do."""
    assert world.made() == ALL_MADE
    plan = await world.run("plan")
    assert (plan.code, plan.actions()) == (0, dict.fromkeys(THREE, "none"))
    undone = await world.run("undo")
    assert undone.code == 0
    assert set(world.made().values()) == {0}


async def test_killed_at_any_moment_a_second_run_ends_the_same_and_what_was_made_can_be_taken_back_at_once(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each write has two lines in the journal. Killed between them, a run made the write but got no answer."""
    moments, folder = Moments(world, tmp_path_factory.mktemp("killed")), tmp_path_factory.mktemp("undone")
    assert (await world.run("apply", session=moments.session(), wrap=moments.wrap)).code == 0
    after_a_write = [killed for killed in moments.all if killed.why.startswith("after POST")]
    assert len(after_a_write) == WRITES
    assert len([killed for killed in moments.all if killed.why.startswith("before POST")]) == WRITES
    assert len(moments.all) > 3 * WRITES

    for killed in after_a_write:
        undone = killed.world.copy(folder / str(killed.writes))
        assert (await undone.run("undo")).code == 0, killed.why
        assert set(undone.made().values()) == {0}, killed.why

    ends: dict[str, World] = {}
    for killed in moments.all:
        assert (await killed.world.run("apply")).code == 0, killed.why
        assert killed.writes + len(killed.world.writes()) == WRITES, killed.why
        assert killed.world.made() == ALL_MADE, killed.why
        ends[profile_of(killed.world)] = killed.world
    for ended in ends.values():
        await assert_whole(ended)


@pytest.mark.parametrize("applied_again", [False, True])
@pytest.mark.parametrize(
    ("behavior", "writes"),
    [(Behavior.DESTINATION_STARTS_OFF, 1), (Behavior.MAPPING_STARTS_OFF, 2), (Behavior.ACTIVATION_STARTS_OFF, WRITES)],
)
async def test_what_a_killed_run_made_and_segment_started_off_was_changed_by_nobody(
    world: World, behavior: Behavior, writes: int, applied_again: bool
) -> None:
    world.sandbox.world.behaviors.add(behavior)
    with pytest.raises(Killed):
        await world.run("apply", wrap=lambda inner: KillAfter(inner, writes, Killed()))
    if applied_again:
        await world.run("apply")

    undone = await world.run("undo")

    assert (undone.code, set(undone.statuses().values())) == (0, {"done"})
    assert set(world.made().values()) == {0}


@pytest.mark.parametrize("what", ["destination", "mapping", "activation"])
async def test_what_started_off_and_was_switched_on_is_left_once_somebody_switches_it_off(
    world: World, what: str
) -> None:
    world.sandbox.world.behaviors |= {
        Behavior.DESTINATION_STARTS_OFF,
        Behavior.MAPPING_STARTS_OFF,
        Behavior.ACTIVATION_STARTS_OFF,
    }
    assert (await world.run("apply")).code == 0
    workspace = world.sandbox.world.workspaces[0]
    (destination,) = (one for one in workspace.destinations.values() if "shop" in one.name)
    (connection,) = (one for one in workspace.connections if one.destination_id == destination.id)
    (mapping,) = (one for one in destination.mappings.values() if one.activation_id is None)
    (activation,) = connection.activations.values()
    switches: dict[str, Any] = {"destination": destination, "mapping": mapping, "activation": activation}
    switches[what].enabled = False

    undone = await world.run("undo")

    assert "Someone has changed it since: enabled was on, is off." in undone.err


@pytest.mark.parametrize("applied_again", [False, True])
@pytest.mark.parametrize("writes", [1, 2])
async def test_killed_after_a_change_of_somebodys_thing_it_goes_back_to_what_it_was(
    world: World, writes: int, applied_again: bool
) -> None:
    made = made_by_hand(world, destination_enabled=False, context_key="email_only")
    wanted = SETUP + '[mapping]\ncontext_key = "user_id_only"\n'
    there = world.sandbox.world.workspaces[0].destinations[made]
    with pytest.raises(Killed):
        await world.run("apply", setup=wanted, wrap=lambda inner: KillAfter(inner, writes, Killed()))
    assert there.enabled

    plan = await world.run("plan", setup=wanted)
    if applied_again:
        assert (await world.run("apply", setup=wanted)).code == 0
    undone = await world.run("undo", setup=wanted)

    assert plan.actions()["destination"] == "adopt"
    assert (undone.code, undone.statuses()["destination"]) == (0, "done")
    assert made in world.sandbox.world.workspaces[0].destinations
    assert not there.enabled
    assert [one.settings["context_key"] for one in there.mappings.values()] == ["email_only"]
    assert world.breaches == []


async def test_killed_before_a_change_of_somebodys_thing_there_is_nothing_to_take_back(world: World) -> None:
    made_by_hand(world, destination_enabled=False)
    with pytest.raises(Killed):
        await world.run("apply", wrap=KillBefore)
    assert [entry.kind for entry in world.session().saved.unconfirmed] == ["destination"]

    undone = await world.run("undo")

    assert (undone.code, undone.document["results"]) == (0, [])
    assert world.writes() == []


async def test_what_a_killed_run_made_and_is_not_shown_yet_is_not_made_again(world: World) -> None:
    with pytest.raises(Killed):
        await world.run("apply", wrap=lambda inner: KillAfter(inner, 1, Killed()))

    again = await world.run("apply", wrap=lambda inner: ShownLater(inner, world.clock))

    assert (again.code, again.statuses()) == (0, dict.fromkeys(THREE, "done"))
    assert len(world.writes()) == WRITES
    assert world.breaches == []
    await assert_whole(world)


@pytest.mark.parametrize(
    ("writes", "setup"),
    [*((write, SETUP) for write in range(1, WRITES + 1)), (1, f'{SETUP}[destination]\nname = "Ours"\n')],
)
async def test_an_answer_that_is_lost_makes_nothing_twice(world: World, writes: int, setup: str) -> None:
    lost = httpx.ReadTimeout("no answer")

    ran = await world.run("apply", setup=setup, wrap=lambda inner: KillAfter(inner, writes, lost))

    assert (ran.code, ran.statuses()) == (0, dict.fromkeys(THREE, "done"))
    assert len(world.writes()) == WRITES
    assert (await world.run("plan", setup=setup)).actions() == dict.fromkeys(THREE, "none")


async def test_what_the_service_refused_is_not_ours_when_somebody_makes_it(tmp_path: Path) -> None:
    """The API refuses to attach, and a person does it in the app: we never activate or take back that connection."""
    world = World(tmp_path, "attach-needs-app")
    await world.run("apply")
    workspace = world.sandbox.world.workspaces[0]
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    (destination,) = (one for one in workspace.destinations.values() if "shop" in one.name)
    world.sandbox.app_actions.attach(audience.id, destination.id)

    plan = await world.run("plan")
    undone = await world.run("undo")

    assert plan.actions()["audience:vip_customers"] == "adopt"
    assert undone.statuses() == {"mapping": "skipped", "destination": "skipped"}
    assert world.made()["connections"] == 1
