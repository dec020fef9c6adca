"""What the home page says about a healthy setup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.walk_copies import at_review
from wizard.flow.home import has_something_to_make, status_notes
from wizard.flow.profile.journal import Resource, Write


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


async def test_what_was_taken_back_in_another_environment_is_not_said_to_be_unmade() -> None:
    staged = await at_review("environments")
    session = staged.walk.session
    picked = ("shop/staging", "shop/test")
    session.keep(
        replace(session.saved.answers, other_environments=picked), (*session.saved.accepted, "review", "first_sync")
    )
    staging = session.of_target("shop/staging")
    staging.made(Write(Resource.MAPPING, "mapping"), "its-id")
    staging.undone(staging.saved.made[0])

    assert [note.text for note in status_notes(staged.walk) if "Review" in note.text] == [
        "You took back what the wizard made in shop/staging. Review shows what it would make now.",
        "The wizard hasn't made anything in shop/test yet. Review shows what it will make.",
    ]
    assert has_something_to_make(staged.walk)
