"""Which symptom an unfinished first sync shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen, symptom_shown


def progress(undone: Stage | None, segment: LaunchDarklySegment | None) -> Progress:
    stages = tuple(
        StageSeen(stage, StageState.LATE if stage is undone else StageState.DONE, stage.title(), "") for stage in Stage
    )
    audience = AudienceProgress("aud_1", "vip", "VIP", "Vip", stages, segment)
    return Progress(datetime(2026, 3, 1, tzinfo=UTC), 0.0, (audience,))


@pytest.mark.parametrize(
    ("undone", "members", "symptom"),
    [
        (None, 5, None),
        (Stage.VISIBLE, None, SymptomId.NEVER_APPEARED),
        (Stage.DELIVERED, None, SymptomId.NEVER_APPEARED),
        (Stage.DELIVERED, 5, SymptomId.WORKED_BEFORE),
        (Stage.COUNTED, 0, SymptomId.EMPTY),
        (Stage.COUNTED, 5, SymptomId.FEWER_MEMBERS),
        (Stage.MEMBER, 5, SymptomId.USER_MISSING),
    ],
)
def test_the_first_unfinished_stage_decides(
    undone: Stage | None, members: int | None, symptom: SymptomId | None
) -> None:
    segment = None if members is None else LaunchDarklySegment("k", "Vip", "segment-audiences", included_count=members)
    assert symptom_shown(progress(undone, segment)) is symptom


def test_without_a_look_there_is_none() -> None:
    assert symptom_shown(None) is None
