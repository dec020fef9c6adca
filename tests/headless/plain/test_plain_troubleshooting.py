"""Troubleshooting line by line: it's about the setup that the profile saved, from the first prompt on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.headless.plain.plain_script import ENTER, staged, talk
from wizard.flow.walk import Walk
from wizard.wiring import answers_of


def saved(scenario: str) -> Walk:
    """Return a walk of a profile that saved the scenario's answers, before its first step."""
    set_up = staged(scenario)
    session = set_up.walk.session
    session.saved = replace(session.saved, answers=answers_of(set_up.sandbox))
    return set_up.walk


@pytest.mark.parametrize(
    ("scenario", "seen"),
    [("refused-lately", "The segment is there: Vip customers"), ("switches-off", "Engage → Audiences → VIP customers")],
)
async def test_troubleshooting_at_the_first_prompt_looks_at_the_saved_setup(scenario: str, seen: str) -> None:
    _, script = await talk(saved(scenario), "t", "1", ENTER, "q")

    assert seen in script.text
    assert "the audience and open" not in script.text
