"""A new destination that parts of Segment don't know yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import ALL_MADE, World


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", r"/destinations/[^/]+/subscriptions"),
        ("POST", r"/destinations/[^/]+/subscriptions"),
        ("POST", r".*/destination-connections"),
        ("POST", r".*/activations"),
    ],
)
async def test_a_new_destination_that_segment_does_not_know_everywhere_yet_is_waited_for(
    tmp_path: Path, method: str, path: str
) -> None:
    world = World(tmp_path)

    ran = await world.run("apply", wrap=with_fault(Fault.MISSING, method, path, times=2))

    assert (ran.code, set(ran.statuses().values()), world.made()) == (0, {"done"}, ALL_MADE)


async def test_nothing_is_attached_while_the_mappings_of_a_new_destination_cannot_be_seen(tmp_path: Path) -> None:
    world = World(tmp_path)
    unknown = with_fault(Fault.MISSING, "GET", r"/destinations/[^/]+/subscriptions", times=99)

    ran = await world.run("apply", wrap=unknown)

    (error,) = (one["error"] for one in ran.document["results"] if one["error"])
    assert (ran.code, ran.statuses()) == (
        1,
        {"destination": "done", "mapping": "failed", "audience:vip_customers": "skipped"},
    )
    assert "doesn't show its mappings (404)" in error["summary"]
    assert (world.made()["mappings"], world.made()["connections"]) == (0, 0)
    assert (await world.run("apply")).code == 0
    assert world.made() == ALL_MADE
