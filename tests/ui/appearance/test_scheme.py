"""Light or dark: what a terminal answers, whole or in pieces, and what the user chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock
from tests.ui.scenarios import SimulatedWizard
from tests.ui.terminal.test_terminal_input import keys
from wizard.flow.walk import Walk
from wizard.ui.app import AudienceWizard
from wizard.ui.appearance import theme
from wizard.ui.appearance.scheme import DARK, LIGHT, Replies, chosen, guessed, keep, mistake, scheme_of
from wizard.ui.appearance.theme_choice import ThemeChoice
from wizard.ui.terminal.terminal_input import BackgroundReported, TerminalInput

WHITE, ATTRIBUTES = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b[?62;22c"


@pytest.mark.parametrize(
    ("color", "scheme"),
    [
        (b"rgb:ffff/ffff/ffff", LIGHT),
        (b"rgb:fd/f6/e3", LIGHT),  # Solarized
        (b"rgba:fdfd/f6f6/e3e3/ffff", LIGHT),
        (b"rgb:0000/2b2b/3636", DARK),
        (b"rgb:0/0/0", DARK),
        (b"", ""),
        (b"#ffffff", ""),
    ],
)
def test_a_background_says_what_fits_it(color: bytes, scheme: str) -> None:
    assert scheme_of(color) == scheme


@pytest.mark.parametrize(
    ("variable", "scheme"),
    [
        ("0;15", LIGHT),
        ("0;7", LIGHT),
        ("0;default;15", LIGHT),
        ("15;0", DARK),
        ("7;8", DARK),
        ("15;default", ""),
        ("", ""),
    ],
)
def test_colorfgbg(variable: str, scheme: str) -> None:
    assert guessed({"COLORFGBG": variable}) == scheme


@pytest.mark.parametrize("size", range(1, len(WHITE + ATTRIBUTES) + 5))
def test_an_answer_in_pieces_takes_no_key(size: int) -> None:
    sent = b"a\x1b[A" + WHITE + b"b" + ATTRIBUTES + b"\x1b[Bc"
    replies = Replies(expected=True)
    typed = b"".join(replies.typed_in(sent[at : at + size]) for at in range(0, len(sent), size))
    assert (typed, replies.scheme, replies.release()) == (b"a\x1b[Ab\x1b[Bc", LIGHT, b"")


def test_an_answer_may_end_in_a_bell() -> None:
    replies = Replies(expected=True)
    assert (replies.typed_in(b"a\x1b]11;rgb:0000/0000/0000\x07b" + ATTRIBUTES), replies.scheme) == (b"ab", DARK)


@pytest.mark.parametrize("typed", [b"\x1b", b"\x1b]", b"\x1b]11;x", b"\x1b[?1"])
def test_what_only_begins_like_an_answer_was_typed(typed: bytes) -> None:
    replies = Replies(expected=True)
    assert replies.typed_in(typed) == b""
    assert (replies.release(), replies.release()) == (typed, b"")


def test_a_held_escape_arrives_in_the_end() -> None:
    terminal = TerminalInput(FakeClock().monotonic, Replies(expected=True))
    assert keys(terminal.feed(b"\x1b")) == []
    pressed: list[str] = []
    while not pressed:  # the parser waits a moment too, for the rest of a key
        pressed += keys(terminal.tick())
    assert pressed == ["escape"]


def test_the_background_may_come_last_and_no_escape_is_held_then() -> None:
    replies = Replies(expected=True)
    assert [replies.typed_in(data) for data in (ATTRIBUTES, b"\x1b", b"\x1b[", WHITE[:4], WHITE[4:])] == [
        *(b"", b"\x1b", b"\x1b[", b"", b"")
    ]
    assert replies.scheme == LIGHT


def test_a_late_answer_is_reported() -> None:
    messages = TerminalInput(FakeClock().monotonic, Replies(expected=True)).feed(WHITE + b"x")
    assert [one.scheme for one in messages if isinstance(one, BackgroundReported)] == [LIGHT]
    assert keys(messages) == ["x"]


def test_a_choice_is_kept_and_a_variable_wins(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert chosen({}, home) == ""
    keep(home, LIGHT)
    assert chosen({}, home) == LIGHT
    assert chosen({"AUDIENCE_WIZARD_THEME": "Dark"}, home) == DARK
    keep(home, "")
    assert chosen({}, home) == ""


async def test_the_choice_in_the_list_of_commands_is_used_and_kept() -> None:
    kept: list[str] = []
    app = opened_with(ThemeChoice(reported=DARK, keep=kept.append))
    async with app.run_test() as pilot:
        shown = [app.theme]
        for title in ("lighttheme", "automatictheme", "darktheme"):
            await pilot.press("ctrl+p", *title, "enter")
            await pilot.pause()
            shown.append(app.theme)
    assert shown == [theme.DARK.name, theme.LIGHT.name, theme.DARK.name, theme.DARK.name]
    assert kept == [LIGHT, "", DARK]


@pytest.mark.parametrize(("chosen", "expected"), [("", theme.LIGHT.name), (DARK, theme.DARK.name)])
async def test_what_the_terminal_says_late_does_not_win_over_a_choice(chosen: str, expected: str) -> None:
    app = opened_with(ThemeChoice(chosen=chosen))
    async with app.run_test() as pilot:
        app.post_message(BackgroundReported(LIGHT))
        await pilot.pause()
        assert app.theme == expected


def opened_with(choice: ThemeChoice) -> AudienceWizard:
    load: Callable[[], Walk] = SimulatedWizard("happy")._build
    return AudienceWizard(load, calm=True, theme_choice=choice)


@pytest.mark.parametrize("value", ["", "light", " Dark "])
def test_a_theme_that_is_known_is_no_mistake(value: str) -> None:
    assert mistake({"AUDIENCE_WIZARD_THEME": value}) == ""


def test_a_theme_that_is_not_known_is_said_with_those_that_are() -> None:
    said = "AUDIENCE_WIZARD_THEME is 'solarized\\x1b'. Use light or dark, or leave it out."
    assert mistake({"AUDIENCE_WIZARD_THEME": "solarized\x1b"}) == said
