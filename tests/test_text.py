"""Cleaning and cutting of text from strangers, and numbers in words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from wizard.text import (
    NAME_LIMIT,
    ago,
    capitalized,
    count,
    cut,
    due_in,
    last_four,
    lasting,
    plain,
    sentence,
    within_sentence,
    without_controls,
)

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Vip customers", "Vip customers"),
        ("", ""),
        ("  two   spaces\tand a tab ", "two spaces and a tab"),
        ("first\nsecond\r\nthird", "first second third"),
        ("line\u2028paragraph\u2029end", "line paragraph end"),
        ("bell\x07 null\x00 delete\x7f c1\x9b", "bell null delete c1"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "]8;;https://evil.example click ]8;;"),
        ("safe\u202egpj.exe", "safegpj.exe"),
        ("\u2066isolated\u2069 \u200fmarked", "isolated marked"),
        ("zero\u200bwidth\ufeff\u00adhyphen\u2060", "zerowidthhyphen"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        (f"family {FAMILY}", f"family {FAMILY}"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("👩🏽\u200d🚀", "👩🏽\u200d🚀"),
        ("a\u200db", "ab"),
        ("trailing 👨\u200d", "trailing 👨"),
        ("e\u0301", "e\u0301"),
        ("\u0301lonely", "lonely"),
        ("after \u0301a blank", "after a blank"),
        ("a" + "\u0300" * 50, "a" + "\u0300" * 4),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("private \ue000 use", "private \ufffd use"),
    ],
)
def test_a_name_is_shown_on_one_line_without_what_a_terminal_would_obey(typed: str, shown: str) -> None:
    assert plain(typed) == shown


@pytest.mark.parametrize(
    "nothing",
    [
        "\u200d",
        "\u200b\u200b",
        "\ufeff",
        " \t\n",
        "\u202e\u202c",
        "\ufe0f",
        "\u0301",
        "\u3164",
        "\u2800\u115f",
        "\x1b\x07",
    ],
)
def test_text_that_shows_nothing_is_empty(nothing: str) -> None:
    assert plain(nothing) == ""


def test_a_long_name_ends_in_an_ellipsis_within_the_limit() -> None:
    shown = plain("x" * 4_000)
    assert len(shown) == NAME_LIMIT
    assert shown.endswith("x…")
    assert plain("word " * 3, limit=10) == "word word…"
    assert plain("exactly ten", limit=11) == "exactly ten"


def test_a_cut_leaves_no_joiner_hanging() -> None:
    assert plain("abc" + FAMILY, limit=6) == "abc👨…"


def test_cleaning_twice_changes_nothing() -> None:
    odd = f" \u200d{FAMILY}\x1b[2J\u202e long {'y' * 300}"
    assert plain(plain(odd)) == plain(odd)


@pytest.mark.parametrize(
    "text", ["plain words that are long", "顧客セグメント一覧", f"{FAMILY} and {FAMILY}", "é" * 30, "❤\ufe0f" * 9]
)
@pytest.mark.parametrize("cells", [0, 1, 2, 3, 7, 10])
def test_a_cut_never_takes_more_cells_than_there_are(text: str, cells: int) -> None:
    assert cell_len(cut(text, cells)) <= cells


def test_a_cut_is_marked_and_what_fits_stays_whole() -> None:
    assert cut("short", 5) == "short"
    assert cut("shorter", 5) == "shor…"
    assert cut("顧客一覧", 8) == "顧客一覧"
    assert cut("顧客一覧", 6) == "顧客…"
    assert cut("ab cd", 4) == "ab…"
    assert cut("any", 0) == ""


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert capitalized("the LaunchDarkly token") == "The LaunchDarkly token"
    assert capitalized("") == ""


def test_numbers_carry_their_unit() -> None:
    assert count(1, "audience") == "1 audience"
    assert count(0, "audience") == "0 audiences"
    assert count(1_204, "audience") == "1,204 audiences"
    assert count(2, "is", "are") == "2 are"


def test_only_the_end_of_a_long_secret_is_shown() -> None:
    assert last_four("api-0123456789dada") == "dada"
    assert last_four("short-token") == ""
    assert last_four("") == ""


def test_what_was_pasted_keeps_its_lines_and_loses_what_a_terminal_would_obey() -> None:
    pasted = "one\ttwo\r\nthr\x1b]0;ee\x07\x9b31m\x9d\x00\x7f é漢🎉\ud800"
    assert without_controls(pasted) == "one\ttwo\r\nthr]0;ee31m é漢🎉"


@pytest.mark.parametrize(
    ("said", "alone", "inside"),
    [
        ("No such file", "No such file.", "No such file"),
        ("No such file.", "No such file.", "No such file"),
        ("Failed to unlock!", "Failed to unlock!", "Failed to unlock"),
        ("Why?", "Why?", "Why?"),
        ("and so on …", "and so on …", "and so on …"),
    ],
)
def test_what_a_system_says_gets_one_full_stop(said: str, alone: str, inside: str) -> None:
    assert (sentence(said), within_sentence(said)) == (alone, inside)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1.0, ("less than a second", "just now", "now")),
        (0.4, ("less than a second", "just now", "now")),
        (1.0, ("1 s", "1 s ago", "in 1 s")),
        (250.0, ("4 min 10 s", "4 min 10 s ago", "in 4 min 10 s")),
    ],
)
def test_a_sentence_never_says_zero_seconds(seconds: float, said: tuple[str, str, str]) -> None:
    assert (lasting(seconds), ago(seconds), due_in(seconds)) == said
