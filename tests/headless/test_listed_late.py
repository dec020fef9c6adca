"""Segment lists new objects minutes later: objects of this setup are neither created again nor lost."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import ALL_MADE, NOTHING, World
from wizard.flow.profile.journal import OPEN_FOR
from wizard.sandbox.state.segment_workspace import Connection, Workspace
from wizard.wiring import Wrap

POSTS = {
    "destinations": "/destinations",
    "mappings": "/destinations/[^/]+/subscriptions",
    "connections": "/spaces/[^/]+/audiences/[^/]+/destination-connections",
    "activations": "/spaces/[^/]+/audiences/[^/]+/destination-connections/[^/]+/activations",
}
DELETES = {"connections": POSTS["connections"] + "/[^/]+"}
AUDIENCE = "audience:vip_customers"
CHANGE = {"destinations": "destination", "mappings": "mapping", "connections": AUDIENCE, "activations": AUDIENCE}
DONE = dict.fromkeys(CHANGE.values(), "done")
ALREADY = dict.fromkeys(DONE, "already")
LATE, A_WHILE = timedelta(minutes=5), timedelta(seconds=20)
kinds = pytest.mark.parametrize("kind", list(POSTS))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def workspace(world: World) -> Workspace:
    return world.sandbox.world.workspaces[0]


def late(world: World, *kinds: str) -> World:
    workspace(world).listed_after = dict.fromkeys(kinds, LATE)
    return world


def our_connection(world: World) -> Connection:
    (made,) = (one for one in workspace(world).connections if one.id in workspace(world).listed_from)
    return made


def posts(world: World, kind: str) -> int:
    return sum(bool(re.fullmatch(f"POST {POSTS[kind]}", write)) for write in world.writes())


class Killed(BaseException):
    """The end by a SIGKILL: nothing is cleaned up."""


class Ends(httpx.AsyncBaseTransport):
    """A transport on which the run ends with `error` at the POST that matches `path`: `after` its effect, or before."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: str, error: Callable[[], BaseException], after: bool):
        self._inner, self._path, self._error, self._after = inner, path, error, after

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_it = request.method == "POST" and re.fullmatch(self._path, request.url.path)
        if is_it and not self._after:
            raise self._error()
        response = await self._inner.handle_async_request(request)
        if is_it:
            await response.aread()
            raise self._error()
        return response


def killed(kind: str, *, after: bool = True) -> Wrap:
    return lambda inner: Ends(inner, POSTS[kind], Killed, after)


def unanswered(kind: str, *, after: bool = True) -> Wrap:
    return lambda inner: Ends(inner, POSTS[kind], lambda: httpx.ReadTimeout("no answer"), after)


# --- made, but not listed -----------------------------------------------------------------------------------------


@kinds
async def test_what_segment_says_that_it_made_is_not_made_twice_and_is_taken_back_by_its_id(
    world: World, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ran = await late(world, kind).run("apply")

    assert (ran.code, ran.statuses(), world.made()) == (0, DONE, ALL_MADE)
    assert world.breaches == []

    undone = world.copy(tmp_path_factory.mktemp("undone"))
    ran = await undone.run("undo")
    assert (ran.code, ran.statuses(), undone.made()) == (0, DONE, NOTHING)
    assert undone.breaches == []

    written = world.writes()
    plan, again = await world.run("plan"), await world.run("apply")
    assert (plan.code, set(plan.actions().values())) == (0, {"none"})
    assert (again.code, again.statuses()) == (0, ALREADY)
    assert world.writes() == written


async def test_it_is_told_that_it_is_not_listed_yet(world: World) -> None:
    ran = await late(world, "connections").run("apply", as_json=False)

    assert "doesn't list it yet" in ran.out


async def test_everything_at_once_may_be_late(world: World) -> None:
    assert (await late(world, *POSTS).run("apply")).code == 0
    assert (await world.run("apply")).statuses() == ALREADY
    await world.clock.sleep(LATE.total_seconds())
    assert (await world.run("apply")).statuses() == ALREADY
    assert world.made() == ALL_MADE


async def test_the_watch_begins(world: World) -> None:
    ran = await late(world, "connections").run("apply", watch=True)

    assert ran.code == 0
    assert ran.documents[-1]["outcome"] == "appeared"


async def test_once_it_is_old_the_list_is_believed(world: World) -> None:
    await late(world, "connections").run("apply")
    await world.clock.sleep(2 * 3600)
    workspace(world).connections.remove(our_connection(world))

    assert (await world.run("plan")).actions()[AUDIENCE] == "create"


async def test_what_somebody_took_away_meanwhile_is_made_again(world: World) -> None:
    await late(world, "connections").run("apply")
    gone = our_connection(world)
    world.sandbox.app_actions.detach(gone.audience_id, gone.destination_id)

    again = await world.run("apply")

    assert again.statuses() == {**ALREADY, AUDIENCE: "done"}
    assert world.made() == ALL_MADE


async def test_a_connection_that_was_never_activated_is_activated_by_its_id(world: World) -> None:
    with pytest.raises(Killed):
        await late(world, "connections").run("apply", wrap=killed("activations", after=False))
    await world.clock.sleep(OPEN_FOR.total_seconds())
    workspace(world).listed_from = {one.id: world.clock.now() + LATE for one in workspace(world).connections}

    plan, again = await world.run("plan"), await world.run("apply")

    assert plan.actions()[AUDIENCE] == "update"
    assert (again.code, posts(world, "connections"), world.made()) == (0, 1, ALL_MADE)


# --- begun, with an unknown end -----------------------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("how", [killed, unanswered])
async def test_what_nobody_knows_the_id_of_is_looked_for_before_it_is_made_again(
    world: World, kind: str, how: Callable[[str], Wrap]
) -> None:
    workspace(world).listed_after = {kind: A_WHILE}
    with contextlib.suppress(Killed):
        await world.run("apply", wrap=how(kind))

    again = await world.run("apply")

    assert (again.code, posts(world, kind), world.made()) == (0, 1, ALL_MADE)
    assert (await world.run("undo")).code == 0
    assert world.made() == NOTHING


@kinds
async def test_what_was_not_made_after_all_is_made_by_the_next_run(world: World, kind: str) -> None:
    """`test_killed.py` has the same for a run that was killed."""
    await world.run("apply", wrap=unanswered(kind, after=False))

    assert (await world.run("apply")).code == 0
    assert world.made() == ALL_MADE


async def test_a_user_who_interrupts_a_write_has_its_answer_in_the_journal(world: World) -> None:
    """Ctrl+C during a write: the answer that Segment gives right after it counts."""

    class Interrupts(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport, run: asyncio.Task[object]) -> None:
            self._inner, self._run = inner, run

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and re.fullmatch(POSTS["connections"], request.url.path):
                self._run.cancel()
            return await self._inner.handle_async_request(request)

    current = asyncio.current_task()
    assert current is not None
    with pytest.raises(asyncio.CancelledError):
        await late(world, "connections").run("apply", wrap=lambda inner: Interrupts(inner, current))
    current.uncancel()

    assert [entry.kind for entry in world.session().saved.made] == ["destination", "mapping", "connection"]
    again = await world.run("apply")
    assert (again.code, posts(world, "connections"), world.made()) == (0, 1, ALL_MADE)


# --- undo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.ERROR_BEFORE])
async def test_a_deletion_whose_answer_is_lost_leaves_nothing_under_a_connection(world: World, fault: Fault) -> None:
    await late(world, "connections").run("apply")

    ran = await world.run("undo", wrap=with_fault(fault, "DELETE", DELETES["connections"]))

    assert (ran.code, world.made()) == (0, NOTHING)


async def test_a_connection_that_is_gone_already_is_already_done(world: World) -> None:
    with pytest.raises(Killed):
        await late(world, "connections").run("apply", wrap=killed("activations", after=False))
    workspace(world).connections.remove(our_connection(world))

    ran = await world.run("undo")

    assert (ran.code, ran.statuses()) == (0, {**DONE, AUDIENCE: "already"})


async def test_a_connection_that_cannot_be_taken_back_keeps_what_it_stands_on(world: World) -> None:
    await late(world, "connections").run("apply")

    ran = await world.run("undo", wrap=with_fault(Fault.CLOSED, "DELETE", DELETES["connections"], times=9))

    assert (ran.code, ran.statuses()[AUDIENCE], ran.statuses()["destination"]) == (1, "failed", "skipped")
    assert world.made() == {**ALL_MADE, "activations": 0}


async def test_a_connection_that_may_be_there_keeps_what_it_stands_on(world: World) -> None:
    with pytest.raises(Killed):
        await late(world, "connections").run("apply", wrap=killed("connections"))

    ran = await world.run("undo")

    assert (ran.code, ran.statuses()) == (4, {AUDIENCE: "by_hand", "mapping": "skipped", "destination": "skipped"})
    await world.clock.sleep(LATE.total_seconds())
    assert (await world.run("undo")).statuses() == DONE
    assert world.made() == NOTHING


async def test_somebodys_own_connection_is_not_taken_for_ours(world: World) -> None:
    """Our connection was replaced by someone else's, which has the same destination's ID."""
    with pytest.raises(Killed):
        await late(world, "connections").run("apply", wrap=killed("activations", after=False))
    ours = our_connection(world)
    world.sandbox.app_actions.detach(ours.audience_id, ours.destination_id)
    world.sandbox.app_actions.attach(ours.audience_id, ours.destination_id)

    ran = await world.run("undo")

    assert ran.statuses() == {AUDIENCE: "already", "mapping": "skipped", "destination": "skipped"}
    assert world.made()["connections"] == 1
