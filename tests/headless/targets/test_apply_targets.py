"""`apply` for several environments: one yes, one after the other, and a failure in one doesn't stop the others."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.headless.runs import World, applied
from tests.headless.targets.worlds import PRODUCTION, SHARED, THREE, TWO
from tests.walks import stage_on
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.run import COMMANDS, run_walk


def destinations(world: World) -> list[str]:
    workspace = world.sandbox.world.workspaces[0]
    return [one.name for one in workspace.destinations.values() if "LaunchDarkly" in one.name]


async def test_every_environment_gets_its_own_destination_and_what_is_by_hand_is_said(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", setup=THREE)

    assert ran.code == 4
    assert destinations(world) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]
    assert world.breaches == []
    codes = {one["target"]: one["exit_code"] for one in ran.document["targets"]}
    assert codes == {"shop/production": 0, "shop/staging": 0, "qa": 4}
    by_hand = next(one for one in ran.document["results"] if one["status"] == "by_hand")
    assert by_hand["target"] == "qa"
    source = next(step for step in by_hand["steps"] if step["title"] == "Confirm source")
    assert source["values"] == {"Source": "Personas Production"}
    assert "Choose it and confirm." in source["note"]
    assert "Segment adds a source for this one." in source["note"]


async def test_one_yes_is_for_all_and_without_it_nothing_is_made(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", setup=TWO, typed="no")

    assert ran.code == 4
    assert "Make 6 changes in 2 environments?" in ran.err
    assert {one["status"] for one in ran.document["results"]} == {"skipped"}
    assert world.writes() == []


async def test_the_profile_remembers_its_environments_for_the_other_commands(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)

    ran = await world.run("plan", setup=None)

    assert ran.code == 0
    assert {(one["target"], one["action"]) for one in ran.document["changes"]} == {
        ("shop/production", "none"),
        ("shop/staging", "none"),
    }


@pytest.mark.parametrize("listed_after", [{}, dict.fromkeys(("destinations", "connections"), timedelta(minutes=5))])
async def test_two_environments_may_share_a_space_with_two_sources_and_an_audience(
    tmp_path: Path, listed_after: dict[str, timedelta]
) -> None:
    """The first environment's new objects don't make the second plan out of date."""
    world = World(tmp_path)
    world.sandbox.world.workspaces[0].listed_after = listed_after
    further_source(world)
    both = SHARED + '[[targets]]\nenvironment = "production"\n[[targets]]\nenvironment = "staging"\n'

    ran = await world.run("apply", setup=both)

    assert ran.code == 0, ran.err
    assert destinations(world) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]
    assert (await world.run("plan", setup=both)).code == 0


def further_source(world: World) -> None:
    """Add the source that Segment made for another destination, which has been deleted."""
    workspace = world.sandbox.world.workspaces[0]
    first = workspace.sources[0]
    workspace.sources.append(replace(first, id="furtherSource1234567890", slug=f"{first.slug}2", name="Personas (2)"))


class _Refuses(httpx.AsyncBaseTransport):
    """A transport on which Segment doesn't create one environment's destination."""

    def __init__(self, inner: httpx.AsyncBaseTransport, name: str) -> None:
        self._inner, self._name = inner, name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path == "/destinations" and self._name in request.content.decode():
            return httpx.Response(500, json={"errors": [{"type": "internal", "message": "Internal error"}]})
        return await self._inner.handle_async_request(request)


async def test_a_failure_in_one_leaves_the_others_done_and_says_how_to_go_on(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", setup=TWO, as_json=False, wrap=lambda inner: _Refuses(inner, "shop / production"))

    assert ran.code == 1
    assert destinations(world) == ["LaunchDarkly - shop / staging"]
    lines = ran.out.splitlines()
    assert "shop/production: 1 failed, 2 skipped." in lines
    assert "shop/staging: 3 done." in lines
    again = f"audience-wizard apply -c {tmp_path / 'setup.toml'} --target shop/production"
    assert f"Next: {again} continues with shop/production" in lines

    assert (await world.run("apply", setup=TWO, target="shop/production")).code == 0
    assert len(destinations(world)) == 2


async def test_a_blocked_environment_is_left_out_and_the_other_is_made(tmp_path: Path) -> None:
    world = World(tmp_path, "other-environment-role")

    ran = await world.run("apply", setup=TWO)

    assert ran.code == 1
    assert destinations(world) == ["LaunchDarkly - shop / staging"]
    blocked = [one for one in ran.document["results"] if one["target"] == "shop/production"]
    assert {one["error"]["code"] for one in blocked} == {"blocked"}


class _Stops(_Refuses):
    """A transport on which the run is interrupted while one environment's destination is created."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and self._name in request.content.decode():
            raise asyncio.CancelledError
        return await self._inner.handle_async_request(request)


async def test_an_interruption_still_says_what_was_made_and_what_was_not(tmp_path: Path) -> None:
    world, out = World(tmp_path), io.StringIO()
    staged = stage_on(
        world.sandbox, wrap=lambda inner: _Stops(inner, "shop / production"), vault=None, session=world.session()
    )
    options = Options(config=world.setup(TWO), as_json=True, yes=True)

    with pytest.raises(asyncio.CancelledError):
        await run_walk(COMMANDS["apply"](), staged.walk, options, Output(out, io.StringIO(), as_json=True))

    assert destinations(world) == []
    document = json.loads(out.getvalue())
    assert {one["exit_code"] for one in document["targets"]} == {130}
    assert [one["target"] for one in document["results"]] == ["shop/production"] * 3 + ["shop/staging"] * 3


@pytest.mark.parametrize("writes", [1, 5, 8])
async def test_whatever_write_a_run_dies_at_the_next_one_makes_nothing_twice(tmp_path: Path, writes: int) -> None:
    world = World(tmp_path)

    with pytest.raises(_Killed):
        await world.run("apply", setup=TWO, wrap=lambda inner: _Dies(inner, writes))
    ran = await world.run("apply", setup=TWO)

    assert ran.code == 0, ran.out
    assert destinations(world) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]
    assert world.made() == {"destinations": 2, "mappings": 2, "connections": 2, "activations": 2}


async def test_an_environment_that_left_the_file_is_remembered_until_it_is_undone(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)
    await world.run("apply", setup=SHARED + PRODUCTION + '[[targets]]\nname = "qa"\nenvironment = "test"\n')
    assert world.session().saved.targets == ("shop/production", "qa", "shop/staging")

    await world.run("undo", setup=None)

    assert destinations(world) == []


class _Killed(BaseException):
    """The end by a SIGKILL: nothing is cleaned up."""


class _Dies(httpx.AsyncBaseTransport):
    """A transport on which the run dies after the service has made its nth write (`writes`)."""

    def __init__(self, inner: httpx.AsyncBaseTransport, writes: int) -> None:
        self._inner, self._left = inner, writes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.method == "POST":
            await response.aread()
            self._left -= 1
            if not self._left:
                raise _Killed
        return response


class _Hides(httpx.AsyncBaseTransport):
    """A transport on which Segment's list hides the existing destination from this token."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path == "/destinations":
            return httpx.Response(200, json={"data": {"destinations": [], "pagination": {"current": "MA=="}}})
        return await self._inner.handle_async_request(request)


async def test_a_second_destination_that_segment_refuses_is_by_hand_and_the_rest_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    add_by_hand(world, "test", "Someone else's")

    ran = await world.run("apply", setup=TWO, wrap=_Hides)

    assert ran.code == 4
    (by_hand,) = (one for one in ran.document["results"] if one["status"] == "by_hand")
    assert (by_hand["target"], by_hand["id"]) == ("shop/production", "destination")
    assert "Only Segment's web app can add another one." in by_hand["error"]["fix"]
    assert destinations(world) == ["LaunchDarkly - shop / staging"]


async def test_after_the_second_destination_was_added_by_hand_the_rest_is_made(tmp_path: Path) -> None:
    world = World(tmp_path)
    both = SHARED + '[[targets]]\nenvironment = "production"\n[[targets]]\nenvironment = "staging"\n'
    assert (await world.run("apply", setup=both)).code == 4

    add_by_hand(world, "staging", "LaunchDarkly - shop / staging")
    ran = await world.run("apply", setup=both, target="shop/staging")

    assert ran.code == 0, ran.out
    assert (await world.run("plan", setup=both)).code == 0
    assert world.made() == {"destinations": 2, "mappings": 2, "connections": 2, "activations": 2}


def add_by_hand(world: World, environment: str, name: str) -> None:
    there = world.sandbox.world.accounts[0].projects["shop"].environments[environment]
    source, token = world.sandbox.world.workspaces[0].sources[0], world.sandbox.tokens.launchdarkly_access_token
    world.sandbox.app_actions.create_destination(source.id, token, there.id, name, enabled=True)
