"""The page of observations has classes and counts, and none of the user's own texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest

from tests.domain.sample_facts import SEGMENT, healthy_answers, healthy_facts
from wizard.domain.failure import Service
from wizard.domain.sent_request import SentRequest
from wizard.flow.handouts.observations import observations

PLANTED = "planted7"


def planted(value: Any) -> Any:
    """Return a value with a mark before every text in it; equal texts stay equal."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return PLANTED + value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: planted(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, Mapping):
        return {planted(key): planted(one) for key, one in value.items()}
    if isinstance(value, (tuple, frozenset)):
        return type(value)(planted(one) for one in value)
    return value


def request(path: str, status: int) -> SentRequest:
    url = f"https://{PLANTED}.example.com{path}?filter={PLANTED}"
    return SentRequest(Service.LAUNCHDARKLY, "GET", url, 1, 0.1, status, request_id=PLANTED)


def page(**changes: Any) -> str:
    return observations(healthy_facts(**changes), healthy_answers(), ())


def test_nothing_of_the_users_is_on_the_page() -> None:
    requests = [request(f"/api/v2/projects/{PLANTED}/environments/{PLANTED}", 403), request(f"/{PLANTED}", 500)]
    told = observations(planted(healthy_facts()), planted(healthy_answers()), requests)

    assert PLANTED not in told
    assert "refused 1×: 403 GET /api/v2/projects/…/environments/…" in told
    assert not re.search(r"[\w.]+@[\w.]+|[0-9a-f]{24}|aud_|https?:", told)


def test_it_is_about_twenty_lines() -> None:
    lines = page().splitlines()
    assert lines[0] == "# How both services answered"
    assert 15 <= len(lines) <= 30, lines


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ({}, "segment key: as expected"),
        ({"key": SEGMENT.key.upper()}, "segment key: as expected, in other case"),
        ({"external": "twilio"}, "_external: another word"),
        ({"external": "unnamed"}, "_external: not shown"),
        ({"name": "Renamed"}, "segment name: another one"),
        ({"included_count": None}, "members counted: not shown"),
        ({"included_count": 3}, "members counted: fewer than the audience has"),
    ],
)
def test_what_nobody_knew_is_reported_by_its_class(segment: dict[str, Any], said: str) -> None:
    lines = page(segments=(replace(SEGMENT, **segment),)).splitlines()
    assert [line for line in lines if line.startswith(f"- {said}")]
