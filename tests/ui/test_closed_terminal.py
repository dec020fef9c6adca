"""Closing the terminal's window is a way to quit: what was answered is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.ui.finished_setup import WizardOnProfile, back, saved_answers
from wizard.sandbox.app import Sandbox


class _Ended(BaseException):
    """The process would be gone."""


async def test_answers_of_a_step_that_was_not_finished_are_kept(
    sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with back(sandbox, folder, "2", "down", "space", "enter") as (app, _):
        before, now = saved_answers(folder)["audiences"], list(app.state.answers.audiences)
        assert now != before
        assert _code_at_the_end(app, monkeypatch) == 130
        assert saved_answers(folder)["audiences"] == now


def _code_at_the_end(app: WizardOnProfile, monkeypatch: pytest.MonkeyPatch) -> Any:
    def ends(code: int) -> None:
        raise _Ended(code)

    monkeypatch.setattr(os, "_exit", ends)
    with pytest.raises(_Ended) as ended:
        app.end_unseen()
    return ended.value.args[0]
