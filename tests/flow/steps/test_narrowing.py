"""A filter finds the texts that the user sees, and IDs only if an ID is typed."""

from __future__ import annotations

import pytest

from wizard.flow.steps.ask import Choice, Narrowing

CHOICES = (
    Choice("1", "Team 19 / Test", ("team-19 / test",), search="0a19eu5571ab"),
    Choice("2", "Internal tools / Test", ("internal-tools / test",), search="19eu00ffee11"),
    Choice("3", "Große Kunden", ("big / production",), search="aa00bb11cc22"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["1", "2", "3"]),
        ("19 test", ["1"]),
        ("TEST", ["1", "2"]),
        ("eu", []),
        ("19eu00", ["2"]),
        ("aa00bb11cc22", ["3"]),
        ("grosse", ["3"]),
        ("internaltools", ["2"]),
        ("team19test", ["1"]),
        ("team_19/test", ["1"]),
        ("bigprod", ["3"]),
        ("/", ["1", "2", "3"]),
        ("nothing like it", []),
    ],
)
def test_words_find_what_is_seen_and_ids_when_they_are_typed(typed: str, found: list[str]) -> None:
    assert [choice.value for choice in Narrowing(CHOICES).matching(typed)] == found
