"""The page on how both services answered: classes and counts, never the user's texts, whatever the answers hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.headless.plain.plain_script import ENTER, TO_REVIEW, staged, talk
from tests.headless.runs import applied
from wizard.domain.answer_shape import known_names

MARK = "-planted7"
OWN = {"segment-audiences", "LaunchDarkly", "Personas"}  # the services' own words, which the page may have
FIVE = ("/ip-allowlist", "/delivery-metrics")  # two of the five reads that nothing else makes


def planted(value: Any, name: str = "") -> Any:
    """Return a value with the mark in each text but IDs and keys, and with an unknown field."""
    if isinstance(value, str):
        return value if re.fullmatch(r"_?id|.*(Id|Ids)|key|slug|trigger|name", name) else value + MARK
    if isinstance(value, list):
        return [planted(one, name) for one in value]
    if isinstance(value, dict):
        return {key: planted(one, key) for key, one in value.items()} | {f"acme{MARK}": MARK}
    return value


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


@dataclass
class Planting(httpx.AsyncBaseTransport):
    """Puts a mark into every answer and its headers, and remembers the answers' texts in `held`."""

    inner: httpx.AsyncBaseTransport
    held: set[str] = field(default_factory=set)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        seen = json.loads(body) if body else None
        self.held.update(texts(seen))
        headers = {"x-ratelimit-planted7-limit": MARK, "x-ratelimit-reset": "0"}
        return httpx.Response(answer.status_code, headers=headers, content=json.dumps(planted(seen)) if body else b"")


async def test_nothing_that_an_answer_holds_is_on_the_page(tmp_path: Path) -> None:
    world, page, held = await applied(tmp_path, watch=True), tmp_path / "page.md", set[str]()

    await world.run("doctor", observations=True, report=page, wrap=lambda inner: Planting(inner, held), as_json=False)

    lines = page.read_text().splitlines()
    assert 20 <= len(lines) <= 36
    assert "- audiences chosen: 1, segments found: 1" in lines
    assert not [line for line in lines if "planted" in line.lower() or "acme" in line]
    theirs = {text for text in held if len(text) > 7 and text not in OWN}
    assert len(theirs) > 100
    assert not [text for text in theirs if text in page.read_text()]


async def test_line_by_line_the_page_is_offered_and_read_only_after_a_yes(tmp_path: Path) -> None:
    at = staged(folder=tmp_path / "profile")
    page = tmp_path / "page.md"

    code, left = await talk(at.walk, *TO_REVIEW, "yes", ENTER, ENTER, ENTER)
    assert code == 0
    assert "type yes to see it" in left.text
    assert not [one for one in at.sandbox.requests if one.path.endswith(FIVE)]

    at = staged(folder=tmp_path / "other")
    _, said = await talk(at.walk, *TO_REVIEW, "yes", ENTER, ENTER, "yes", str(page))
    assert {one.path.rsplit("/", 1)[1] for one in at.sandbox.requests if one.path.endswith(FIVE)} == {
        "ip-allowlist",
        "delivery-metrics",
    }
    assert said.text.index("# How both services answered") < said.text.index(f"Saved: {page}")
    written = page.read_text()
    assert written in said.text + "\n"
    assert "- lists of LaunchDarkly (asked/got/total/next): projects 100/" in written
    assert "x-ratelimit-route-remaining" in written
    assert "- fields of the token: _id, " in written
    assert "of a new destination: 0 at once, 0 after 10 s" in written
    assert "attached: 1× 200; activated: 1× 200" in written


async def test_in_the_sandbox_nothing_is_offered() -> None:
    _, said = await talk(staged().walk, *TO_REVIEW, "yes", ENTER)
    assert "classes and counts" not in said.text


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["accountId", "_id", "X-Ratelimit-Auth-Token-Reset"], "accountId, _id, X-Ratelimit-Auth-Token-Reset"),
        (["successes.attempt.1"], "successes.attempt.1"),
        (["token", "Jane Doe", "vip_customers", "jane@example.com"], "token, 3 others"),
        (["api-5f0cd446-0000"], "1 other"),
        ([7, "östlich"], "2 others"),
    ],
)
def test_only_the_services_own_words_are_reported(names: list[object], said: str) -> None:
    assert known_names(names) == said
