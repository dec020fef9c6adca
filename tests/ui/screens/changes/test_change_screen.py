"""What undo and a rotation share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.coming_back import back, seen
from tests.ui.scenarios import reach
from wizard.flow.busy import Busy
from wizard.flow.profile.session import Session
from wizard.sandbox.app import Sandbox


async def test_a_profile_that_another_run_holds_is_left_alone(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "lock", _held)
    async with back(sandbox, folder) as (_, pilot):
        for way, said in (("5", "Nothing was taken back."), ("9", "Nothing was changed.")):
            await reach(pilot, (way,))
            assert f"held by another run. {said}" in " ".join(seen(pilot).split())
            assert "Y then Enter" not in seen(pilot)
            await reach(pilot, ("escape",))


def _held(_: Session) -> None:
    raise Busy("The profile is held by another run.")
