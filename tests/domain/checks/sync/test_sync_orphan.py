"""Synced segments without an audience are named with the flags that use them, before any advice to delete them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import DESTINATION, ENGAGE_SOURCE, NOW, SEGMENT, VIP, failure, found, healthy_facts
from wizard.domain.failure import Service
from wizard.domain.services.launchdarkly import LaunchDarklySegment

LOST = LaunchDarklySegment(
    "segment-audiences-aud_0", "Old cohort", "segment-audiences", unbounded=True, context_kind="user",
    created_at=NOW, included_count=900,
)  # fmt: skip
SEVERAL = tuple(replace(LOST, key=f"segment-audiences-old_{number}", name=f"Old {number}") for number in range(5))
OTHER_TOOL = replace(LOST, key="amplitude-1", name="Amplitude", external="amplitude")
OTHER = replace(VIP, id="aud_2", key="other", name="Other")
OF_THE_ID = replace(VIP, id="AUD_0", key="x", name="X")
TWO_SPACES: dict[str, Any] = {
    "sources": (ENGAGE_SOURCE, replace(ENGAGE_SOURCE, id="src_2", slug="w", metadata_slug="js")),
    "destinations": (DESTINATION, replace(DESTINATION, id="dst_2", source_id="src_2")),
}


def lost(status: str, why: str, says: str = "", **facts: Any) -> Case:
    world = {"segments": (SEGMENT, LOST, OTHER_TOOL), "every_audience": (VIP,), "flag_uses": {LOST.key: ()}, **facts}
    return Case("sync.orphan", status, why, world, says=says)


CASES = (
    lost("warn", "no flag uses it", "Old cohort (segment-audiences-aud_0)"),
    lost("warn", "unused", "delete the segment, which no flag uses."),
    lost(
        "warn",
        "flags use it",
        "point old-banner, new-checkout at another segment first, and only then delete",
        flag_uses={LOST.key: ("old-banner", "new-checkout")},
    ),
    lost("warn", "nobody knows its flags", "once no flag uses it.", flag_uses={LOST.key: failure()}),
    lost("warn", "several", "Old 2 (segment-audiences-old_2), and 2 more.", segments=(SEGMENT, *SEVERAL)),
    lost("warn", "the chosen audience has no segment yet", "Old cohort", segments=(LOST,), segment_details={}),
    lost(
        "warn",
        "the chosen audience is the one that is gone",
        SEGMENT.key,
        segments=(SEGMENT,),
        audiences=(OTHER,),
        every_audience=(OTHER,),
        connections={},
        activations={},
    ),
    lost("pass", "another tool's", segments=(SEGMENT, OTHER_TOOL)),
    lost("pass", "its audience is in the list", audiences=(VIP, OF_THE_ID)),
    lost("pass", "its audience is in the space", every_audience=(VIP, OF_THE_ID)),
    lost("skipped", "not read yet", every_audience=None),
    lost("skipped", "another space may feed it", "audiences of another space", **TWO_SPACES),
    lost("unknown", "the list is closed", every_audience=failure(service=Service.SEGMENT)),
)


@pytest.mark.parametrize("case", table(CASES))
def test_a_segment_without_an_audience(case: Case) -> None:
    case.holds()


def test_it_keeps_no_setup_from_being_healthy_and_holds_the_keys() -> None:
    finding = found(healthy_facts(**lost("warn", "").facts))["sync.orphan"]
    assert not finding.blocks
    assert finding.evidence == {"segments": [LOST.key], "flags": {LOST.key: []}}
