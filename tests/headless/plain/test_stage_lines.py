"""The lines of a stuck stage: each cause with its text, and with a number only if there are several."""

from __future__ import annotations

import pytest

from tests.fake_clock import START
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.progress import AudienceProgress, Cause, Progress, StageSeen, WatchOutcome
from wizard.headless.plain.stages import StageReporter, heartbeat, sync_summary, the_end

FAILED = Cause("The destination is switched off.", check="destination.enabled", is_certain=True)
MAYBE = Cause("The switches may be off.")


@pytest.mark.parametrize(
    ("causes", "told"),
    [
        ((FAILED,), ["Cause: The destination is switched off. (destination.enabled)"]),
        ((MAYBE,), ["Possible cause: The switches may be off."]),
        (
            (FAILED, MAYBE),
            [
                "Cause 1: The destination is switched off. (destination.enabled)",
                "Possible cause 2: The switches may be off.",
            ],
        ),
    ],
)
def test_a_cause_is_called_a_cause(causes: tuple[Cause, ...], told: list[str]) -> None:
    stuck = StageSeen(next(iter(Stage)), StageState.STUCK, "Delivered by Segment", causes=causes)
    progress = Progress(START, 60, (AudienceProgress("aud_1", "vip", "VIP", "Vip customers", (stuck,)),))
    assert [line.strip() for line in StageReporter().news(progress) if "ause" in line] == told


def test_a_watch_that_just_began_says_no_zero() -> None:
    progress = Progress(START, 0.0, ())
    said = (heartbeat(progress, 0.0), *sync_summary(progress), the_end(progress, WatchOutcome.TIMEOUT))
    assert not [line for line in said if "0 s" in line]
    assert said[0] == "Watched for less than a second. Next check now."
