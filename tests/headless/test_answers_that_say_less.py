"""Answers that lack a field, or have it in another form: the setup ends right, or what isn't known is said.

A sample, one of each kind, of a sweep over every field of every answer.
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

from tests.fake_clock import in_minutes
from tests.headless.runs import ALL_MADE, NOTHING, World

COMMANDS = ("plan", "apply", "watch", "apply again", "doctor", "undo")
ALL_WELL = (4, 0, 0, 0, 0, 0)
UNTOLD = (4, 0, 0, 0, 3, 0)  # all works, and doctor says what it couldn't see
NOT_BEGUN = (3, 3, 1, 3, 1, 0)  # a list that can't be read is no empty list
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


@dataclass
class Changing(httpx.AsyncBaseTransport):
    """Changes one field, by its path, of every answer to one call."""

    inner: httpx.AsyncBaseTransport
    method: str
    path: str
    where: tuple[str, ...]
    change: Change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        if answer.is_success and body and request.method == self.method and re.fullmatch(self.path, request.url.path):
            changed = json.loads(body)
            self._apply(changed, self.where)
            body = json.dumps(changed).encode()
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, content=body)

    def _apply(self, holder: Any, where: tuple[str, ...]) -> None:
        for one in holder if isinstance(holder, list) else [holder]:
            if len(where) > 1:
                self._apply(one.get(where[0], {}), where[1:])
            elif where[0] in one:
                self.change(one, where[0])


SPACE, AUDIENCE = "/spaces/[^/]+", "/spaces/[^/]+/audiences/[^/]+"
MAPPINGS = "/destinations/[^/]+/subscriptions"
CONNECTIONS, ACTIVATIONS = f"{AUDIENCE}/destination-connections", f"{AUDIENCE}/activations"
SEGMENTS = "/api/v2/segments/[^/]+/[^/]+"
SWEPT: list[tuple[str, str, Change, tuple[int, ...]]] = [
    (f"{SPACE}/audiences", "data.audiences.options", dropped, ALL_WELL),
    (f"{SPACE}/audiences", "data.audiences.size.count", as_text, ALL_WELL),
    (f"{SPACE}/audiences", "data.audiences.audienceType", emptied, ALL_WELL),
    (f"{SPACE}/audiences", "data.audiences", dropped, NOT_BEGUN),
    (AUDIENCE, "data.audience.key", nulled, ALL_WELL),
    (AUDIENCE, "data.audience.id", in_other_case, ALL_WELL),
    ("/spaces", "data.spaces", dropped, NOT_BEGUN),
    ("/sources", "data.sources.id", dropped, NOT_BEGUN),
    ("/catalog/destinations/[^/]+", "data.destinationMetadata.presets.name", nulled, ALL_WELL),
    ("/destinations", "data.destinations.settings", dropped, UNTOLD),
    ("/destinations", "data.destinations.metadata", dropped, ALL_WELL),
    (MAPPINGS, "data.subscriptions.destinationId", in_other_case, ALL_WELL),
    (MAPPINGS, "data.subscriptions.trigger", dropped, UNTOLD),
    (MAPPINGS, "data.subscriptions.settings", nulled, UNTOLD),
    (CONNECTIONS, "data.connections.destinationId", renamed, ALL_WELL),
    (ACTIVATIONS, "data.activations.connectionId", renamed, ALL_WELL),
    (ACTIVATIONS, "data.activations.destinationMapping.settings.context_kind", emptied, ALL_WELL),
    ("/api/v2/tokens/[^/]+", "_id", dropped, UNTOLD),
    (SEGMENTS, "items.key", dropped, (4, 0, 3, 0, 3, 0)),
]


@pytest.mark.parametrize(
    ("path", "field", "change", "codes"), SWEPT, ids=lambda value: getattr(value, "__name__", None)
)
async def test_what_an_answer_does_not_say_misleads_nobody(
    tmp_path: Path, path: str, field: str, change: Change, codes: tuple[int, ...]
) -> None:
    world = World(tmp_path, clock=in_minutes())
    seen, made = [], []
    for command in COMMANDS:
        ran = await world.run(
            command.partition(" ")[0],
            wrap=lambda inner: Changing(inner, "GET", path, tuple(field.split(".")), change),
            timeout_s=1800.0,
        )
        await world.clock.sleep(120.0)
        seen.append(ran.code)
        made.append(world.made())

    assert tuple(seen) == codes, ran.out + ran.err
    assert made[4] == (ALL_MADE if codes[1] == 0 else NOTHING)
    assert made[5] == NOTHING
    posted = Counter(one for one in world.writes() if one.startswith("POST ") and "/api/v2/" not in one)
    assert set(posted.values()) <= {1}
    assert not [why for why in world.breaches if "polling" not in why]
