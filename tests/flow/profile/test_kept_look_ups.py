"""The look-ups that an interrupted inventory keeps for the next one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fake_clock import START, FakeClock
from wizard.domain.services.segment import Connections
from wizard.flow.profile.kept_look_ups import KeptLookUps


@pytest.mark.parametrize(
    ("later", "goes_on"),
    [
        (timedelta(minutes=14), True),
        (timedelta(minutes=16), False),
        (-timedelta(minutes=1), False),  # the clock was set back: nobody knows how old they are
    ],
)
def test_look_ups_are_used_while_they_are_known_to_be_fresh(tmp_path: Path, later: timedelta, goes_on: bool) -> None:
    kept = KeptLookUps(tmp_path, "ws_1", FakeClock())
    for number in range(10):
        kept.remember(f"aud_{number}", Connections((), 0))

    assert KeptLookUps(tmp_path, "ws_1", FakeClock(START + later)).went_on is goes_on
