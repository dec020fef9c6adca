"""What the home page says about a healthy setup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.walk_copies import at_review
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


async def test_what_is_left_in_another_environment_stands_beside_a_healthy_one() -> None:
    staged = await at_review("environments")
    session = staged.walk.session
    session.keep(replace(session.saved.answers, other_environments=("shop/staging",)), session.saved.accepted)
    session.keep_targets(("shop/test",))
    session.of_target("shop/test").begin_sync({})

    assert [note.text for note in status_notes(staged.walk) if note.mark == "!"] == [
        "The wizard hasn't made anything in shop/staging yet. Review shows what it will make.",
        "We haven't seen the first sync of shop/test finish. First sync follows it.",
    ]
