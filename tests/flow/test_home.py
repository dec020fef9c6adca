"""What the home page says of a setup that is healthy."""

from __future__ import annotations

import pytest

from tests.copied import at_review
from wizard.flow.home import status_notes


@pytest.mark.parametrize(
    ("user", "said"),
    [("nobody", [("nobody isn't a member of the segment of VIP customers.", "!")]), ("user-0001", [])],
)
async def test_a_test_user_who_is_no_member_is_named(user: str, said: list[tuple[str, str]]) -> None:
    staged = await at_review("two-destinations")
    assert staged.walk.answer(staged.ask("test_user"), user) == ""
    await staged.walk.read()
    assert [(note.text, note.mark) for note in status_notes(staged.walk) if user in note.text] == said
