"""When attaching began is known to the profile: guided troubleshooting need not ask it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.walks import apply_all, stage, walk_to_review
from wizard.flow.known_answers import known_answers


@pytest.mark.parametrize(
    ("scenario", "later", "choice"),
    [
        ("happy", timedelta(minutes=5), "minutes"),
        ("happy", timedelta(hours=2), "longer"),
        ("batch-audience", timedelta(hours=2), "today"),
        ("batch-audience", timedelta(hours=9), "longer"),
    ],
)
async def test_how_long_it_was_waited_follows_from_when_it_was_applied(
    scenario: str, later: timedelta, choice: str
) -> None:
    staged = stage(scenario)
    await walk_to_review(staged)
    assert known_answers(staged.walk) == {}
    await apply_all(staged)
    await staged.clock.advance(later.total_seconds())
    assert known_answers(staged.walk) == {"waited": choice}
