"""Troubleshooting line by line: it's about the setup that the profile saved, from the first prompt on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.headless.plain.plain_script import AUDIENCES, ENTER, TO_REVIEW, staged, talk
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


async def test_in_the_sandbox_a_colleague_makes_the_fix_and_the_search_goes_on() -> None:
    code, script = await talk(saved("paused"), "t", "8", "e", "d", *[ENTER] * 6, "q")

    assert code == 0
    assert "d lets a colleague do it (sandbox), e shows what was excluded, Enter to return: " in script.prompts
    before, after = script.text.split("Your colleague did it.")
    assert "Cause: VIP customers is paused" in before
    assert "is paused" not in after


@pytest.mark.parametrize(
    ("scenario", "typed", "gone"),
    [("paused", ("8",), "Connect to destination is on."), ("refused-lately", ("7", "3"), "No IP allowlist blocks")],
)
async def test_what_a_colleague_fixed_is_said_and_not_asked_about_again(
    scenario: str, typed: tuple[str, ...], gone: str
) -> None:
    _, script = await talk(saved(scenario), "t", *typed, "d", ENTER, "q")

    _, after = script.text.split("Your colleague did it.")
    assert gone in after
    assert "Enter says that you don't know." not in after


async def test_a_failure_that_a_colleague_can_fix_is_fixed_in_its_step() -> None:
    answers = (*TO_REVIEW[: -len(AUDIENCES)], "1", ENTER, ENTER, "colleague", "q")
    _, script = await talk(staged("paused").walk, *answers)

    _, second, third = script.text.rsplit("  2. Test user: none\n", 2)
    assert "Checked just now: same result. Failed: The connection of VIP customers to" in second
    assert "To let a colleague do it (sandbox), type colleague." in second
    assert "The problem is in answer" not in second, "another answer doesn't switch the connection on"
    assert "Your colleague did it." in second
    assert "Failed:" not in third
