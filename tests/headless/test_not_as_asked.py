"""Objects that Segment makes differently than asked: they're set once more, and not done while they still differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.headless.runs import ALL_MADE, NOTHING, World

DESTINATION = r"/destinations(/[^/]+)?"
MAPPING = r"/destinations/[^/]+/subscriptions(/[^/]+)?"
ANOTHER = "0123456789abcdef01234567"
Change = Callable[[dict[str, Any]], None]


@dataclass
class Otherwise(httpx.AsyncBaseTransport):
    """A transport that changes Segment's answers about an object; with `until_patched`, only until it's set again."""

    inner: httpx.AsyncBaseTransport
    path: str
    change: Change
    until_patched: bool = False
    named: str = "LaunchDarkly"
    is_over: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        is_here = answer.is_success and re.fullmatch(self.path, request.url.path) and request.method != "DELETE"
        self.is_over |= bool(is_here) and self.until_patched and request.method == "PATCH"
        if not is_here or self.is_over:
            return answer
        data = json.loads(body)
        for held in data["data"].values():
            for one in held if isinstance(held, list) else [held]:
                if isinstance(one, dict) and self.named in one.get("name", ""):
                    self.change(one)
        return httpx.Response(answer.status_code, json=data, request=request)


def without_a_field(one: dict[str, Any]) -> None:
    one.get("settings", {}).pop("traits_or_props", None)


def with_another_trigger(one: dict[str, Any]) -> None:
    one["trigger"] = 'type = "track"'


def for_another_environment(one: dict[str, Any]) -> None:
    one["settings"]["clientId"] = ANOTHER


def without_client_side_id(one: dict[str, Any]) -> None:
    one["settings"]["clientId"] = ""


ODD = [
    (MAPPING, without_a_field),
    (MAPPING, with_another_trigger),
    (DESTINATION, for_another_environment),
]


@pytest.mark.parametrize(("path", "change"), ODD)
async def test_what_is_made_otherwise_is_set_once_more(tmp_path: Path, path: str, change: Change) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", wrap=lambda inner: Otherwise(inner, path, change, until_patched=True))

    assert (ran.code, set(ran.statuses().values()), world.made()) == (0, {"done"}, ALL_MADE)
    assert len([one for one in world.writes() if one.startswith("PATCH")]) == 1


@pytest.mark.parametrize(("path", "change"), ODD)
async def test_what_stays_otherwise_is_said_and_nothing_is_attached_to_it(
    tmp_path: Path, path: str, change: Change
) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", wrap=lambda inner: Otherwise(inner, path, change))

    error = next(one["error"] for one in ran.document["results"] if one["error"])
    assert (ran.code, error["code"]) == (1, "not_as_asked")
    assert ran.statuses()["audience:vip_customers"] == "skipped"
    assert world.made()["connections"] == 0


@pytest.mark.parametrize("is_mended", [False, True])
@pytest.mark.parametrize(("path", "change"), ODD)
async def test_what_stayed_otherwise_is_nobodys_change_and_neither_is_its_mending_by_hand(
    tmp_path: Path, path: str, change: Change, *, is_mended: bool
) -> None:
    world = World(tmp_path)
    await world.run("apply", wrap=lambda inner: Otherwise(inner, path, change))

    undone = await world.run("undo", wrap=lambda inner: Otherwise(inner, path, change, is_over=is_mended))

    assert (undone.code, world.made()) == (0, NOTHING)


async def test_a_destination_that_never_shows_its_client_side_id_is_listed_all_the_same(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run(
        "apply", as_json=False, wrap=lambda inner: Otherwise(inner, DESTINATION, without_client_side_id)
    )

    assert (ran.code, world.made()) == (0, ALL_MADE)
    assert "Segment doesn't show its client-side ID, so we can't tell whether it's set." in ran.out
    assert "doesn't list it yet" not in ran.out


async def test_a_connection_that_stays_off_is_left_to_a_person_in_the_words_of_the_plan(tmp_path: Path) -> None:
    world = World(tmp_path)
    ran = await world.run("apply", as_json=False, wrap=_connections_off)

    assert (ran.code, world.made()) == (4, ALL_MADE)
    assert "By hand, 1 of 1: Connect to destination: VIP customers" in ran.out
    for text in ("The connection is switched off, so Segment sends nothing.", "no field for this switch"):
        assert text in ran.out
        assert text in (await world.run("plan", as_json=False, wrap=_connections_off)).out


def _connections_off(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    return Otherwise(inner, r".*/destination-connections", lambda one: one.update(enabled=False), named="")
