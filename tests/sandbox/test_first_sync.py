"""The first sync: what a client sees as time passes, and the destination's own rules."""

from __future__ import annotations

from tests.sandbox import walk
from tests.sandbox.conftest import World


async def test_everything_done_by_api_ends_with_a_segment_of_all_members(happy: World) -> None:
    await walk.set_up(happy)
    assert await walk.synced_segments(happy) == []
    await happy.pass_time(minutes=9, seconds=10)
    [segment] = await walk.synced_segments(happy)
    assert segment["name"] == "Vip customers"
    assert segment["unboundedContextKind"] == "user"
    assert "_unboundedMetadata" not in segment
    await happy.pass_time(seconds=30)
    [segment] = await walk.synced_segments(happy)
    assert 0 < segment["_unboundedMetadata"]["includedCount"] < 1234
    await happy.pass_time(minutes=5)
    [segment] = await walk.synced_segments(happy)
    assert segment["_unboundedMetadata"]["includedCount"] == 1234
    assert happy.sandbox.breaches == []
