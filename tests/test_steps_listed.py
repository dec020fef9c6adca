"""Every page and screen that counts or lists the steps agrees with the walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference_page import Section
from wizard.domain.step_id import StepId
from wizard.flow.journey import STEPS
from wizard.flow.words import HOW_LONG
from wizard.ui.panes.welcome import STEPS_IN_SHORT

ROOT = Path(__file__).parents[1]
README, INDEX_PAGE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/index-page.md"))
TITLES = [step.title for step in STEPS]
NUMBERS = ("six", "seven", "eight", "nine", "ten")
ORDINALS = ("fifth", "sixth", "seventh", "eighth", "ninth")


@pytest.mark.parametrize("text", [HOW_LONG, README, INDEX_PAGE], ids=["screens", "README", "index page"])
def test_every_text_counts_the_steps(text: str) -> None:
    told = [number for number in NUMBERS if f"{number} steps, about" in text.lower()]
    assert told == [NUMBERS[len(STEPS) - 6]]


def test_the_welcome_and_the_readme_list_the_steps_in_their_order() -> None:
    assert [line.head for line in STEPS_IN_SHORT] == [f"{number}  {title}" for number, title in enumerate(TITLES, 1)]
    assert [title for title, _ in Section("README", README).rows("step")] == TITLES


def test_the_readme_says_at_which_step_the_yes_is() -> None:
    review = [step.id for step in STEPS].index(StepId.REVIEW) + 1
    assert f"before you say yes on the {ORDINALS[review - 5]}:" in README
