"""A programming error that ends the full screen: the profile is saved, and the last lines help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.fake_clock import FakeClock
from tests.ui import minimal_walk
from tests.ui.minimal_walk import TOKEN
from tests.ui.waiting import until
from tests.ui.walk.test_screen import begin, opened, paste
from wizard.domain.step_id import StepId
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk
from wizard.ui.failure import crash_lines, place_of


async def test_what_was_answered_since_the_last_stop_is_saved(tmp_path: Path) -> None:
    session = Session(tmp_path / "default", FakeClock())
    with pytest.raises(LookupError):  # noqa: PT012 - it comes when the app has ended
        async with opened(minimal_walk.walk(session=session)) as (app, pilot):
            await begin(pilot)
            await paste(pilot, TOKEN)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen.focused, Input) and not app.screen.focused.password)
            await pilot.press("enter", "enter")
            await until(pilot, lambda: app.walk_screen.at == StepId.MAPPING)
            await pilot.press("down", "enter")
            await until(pilot, lambda: walk_of(app).state.answers.context_kind == "device")
            app.call_later(_fail)
            await until(pilot, lambda: not app.is_running)
    saved = json.loads((tmp_path / "default" / "setup.json").read_text())
    assert (saved["accepted"], saved["answers"]["context_kind"]) == ([StepId.LAUNCHDARKLY], "device")


def walk_of(app: Any) -> Walk:
    walk = app.walk_screen.walk
    assert isinstance(walk, Walk)
    return walk


def _fail() -> None:
    raise LookupError


def test_the_way_on_is_one_that_works() -> None:
    begun = minimal_walk.walk()
    begun.accept(begun.steps[0])
    error = LookupError("a secret")

    def way_on(walk: Walk | None) -> str:
        return crash_lines(error, walk, "audience-wizard --profile eu", "Where: a.log")[1]

    assert way_on(begun) == "Your answers are saved. Continue with: audience-wizard --profile eu"
    assert way_on(None) == "Nothing was changed. Start again with: audience-wizard --profile eu"
    begun.session.trouble = "Progress can't be saved."
    assert way_on(begun) == "Progress can't be saved. Start again with: audience-wizard --profile eu"


def test_the_place_is_in_our_own_code_where_it_can_be() -> None:
    with pytest.raises(StopIteration) as raised:
        minimal_walk.walk().step(StepId.SEGMENT)
    assert place_of(raised.value).startswith("flow/walk.py:")
