"""Answers that lack a field, or have it in another form: the setup succeeds, or the wizard says what it doesn't know.

These are samples, one of each kind, from a sweep over every field of every answer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_clock import FakeClock
from tests.headless.runs import ALL_MADE, NOTHING, World

COMMANDS = ("plan", "apply", "watch", "apply again", "doctor", "undo")
ALL_WELL = (4, 0, 0, 0, 0, 0)
UNTOLD = (4, 0, 0, 0, 3, 0)  # everything works, and doctor says what it couldn't see
NOT_BEGUN = (3, 3, 1, 3, 1, 0)  # an unreadable list isn't taken for an empty one
A_WHILE = 420.0  # seconds between two commands, so that the segment is due one or two minutes after the watch begins
WATCHED_S = 600.0
Change = Callable[[dict[str, Any], str], None]


def dropped(holder: dict[str, Any], name: str) -> None:
    del holder[name]


def emptied(holder: dict[str, Any], name: str) -> None:
    holder[name] = ""


def nulled(holder: dict[str, Any], name: str) -> None:
    holder[name] = None


def renamed(holder: dict[str, Any], name: str) -> None:
    holder[name] = "something-new"


def in_other_case(holder: dict[str, Any], name: str) -> None:
    holder[name] = holder[name].upper()


def as_text(holder: dict[str, Any], name: str) -> None:
    holder[name] = str(holder[name])


@dataclass(frozen=True)
class Less:
    """A change of one field, by its path, in every answer to one call."""

    call: str
    field: str
    change: Change

    def __str__(self) -> str:
        return f"{self.field} {self.change.__name__}"

    def apply(self, holder: Any, field: str = "") -> None:
        name, _, rest = (field or self.field).partition(".")
        for one in holder if isinstance(holder, list) else [holder]:
            if rest:
                self.apply(one.get(name, {}), rest)
            elif name in one:
                self.change(one, name)


@dataclass
class Changing(httpx.AsyncBaseTransport):
    """A transport that changes answers so that they say less."""

    inner: httpx.AsyncBaseTransport
    less: tuple[Less, ...]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        less = [one for one in self.less if re.fullmatch(one.call, request.url.path)]
        if answer.is_success and body and request.method == "GET" and less:
            changed = json.loads(body)
            for one in less:
                one.apply(changed)
            body = json.dumps(changed).encode()
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=body)


SPACE, AUDIENCE = "/spaces/[^/]+", "/spaces/[^/]+/audiences/[^/]+"
MAPPINGS = "/destinations/[^/]+/subscriptions"
CONNECTIONS, ACTIVATIONS = f"{AUDIENCE}/destination-connections", f"{AUDIENCE}/activations"
SEGMENTS = "/api/v2/segments/[^/]+/[^/]+"
# Changes with which everything still works. One world has several of them, because they don't depend on each other.
ALL_WELL_WITH = (
    (
        Less(f"{SPACE}/audiences", "data.audiences.options", dropped),
        Less(AUDIENCE, "data.audience.key", nulled),
        Less("/catalog/destinations/[^/]+", "data.destinationMetadata.presets.name", nulled),
        Less(MAPPINGS, "data.subscriptions.destinationId", in_other_case),
        Less(ACTIVATIONS, "data.activations.connectionId", renamed),
    ),
    (
        Less(f"{SPACE}/audiences", "data.audiences.size.count", as_text),
        Less(AUDIENCE, "data.audience.id", in_other_case),
        Less("/destinations", "data.destinations.metadata", dropped),
        Less(CONNECTIONS, "data.connections.destinationId", renamed),
        Less(ACTIVATIONS, "data.activations.destinationMapping.settings.context_kind", emptied),
    ),
    (Less(f"{SPACE}/audiences", "data.audiences.audienceType", emptied),),
)
SWEPT: tuple[tuple[tuple[Less, ...], tuple[int, ...]], ...] = (
    *((several, ALL_WELL) for several in ALL_WELL_WITH),
    ((Less(f"{SPACE}/audiences", "data.audiences", dropped),), NOT_BEGUN),
    ((Less("/spaces", "data.spaces", dropped),), NOT_BEGUN),
    ((Less("/sources", "data.sources.id", dropped),), NOT_BEGUN),
    ((Less("/destinations", "data.destinations.settings", dropped),), UNTOLD),
    ((Less(MAPPINGS, "data.subscriptions.trigger", dropped),), UNTOLD),
    ((Less(MAPPINGS, "data.subscriptions.settings", nulled),), UNTOLD),
    ((Less("/api/v2/tokens/[^/]+", "_id", dropped),), UNTOLD),
    ((Less(SEGMENTS, "items.key", dropped),), (4, 0, 3, 0, 3, 0)),
)


@pytest.mark.parametrize(("less", "codes"), SWEPT, ids=[" and ".join(map(str, less)) for less, _ in SWEPT])
async def test_what_an_answer_does_not_say_misleads_nobody(
    tmp_path: Path, less: tuple[Less, ...], codes: tuple[int, ...]
) -> None:
    world = World(tmp_path, clock=FakeClock(auto=True, at_least=120.0))
    seen, made = [], []
    for command in COMMANDS:
        ran = await world.run(command.partition(" ")[0], wrap=lambda inner: Changing(inner, less), timeout_s=WATCHED_S)
        await world.clock.sleep(A_WHILE)
        seen.append(ran.code)
        made.append(world.made())

    assert tuple(seen) == codes, ran.out + ran.err
    assert made[4] == (ALL_MADE if codes[1] == 0 else NOTHING)
    assert made[5] == NOTHING
    posted = Counter(one for one in world.writes() if one.startswith("POST ") and "/api/v2/" not in one)
    assert set(posted.values()) <= {1}
    assert not [why for why in world.breaches if "polling" not in why]
