"""Any bytes from a terminal become keys, and nothing is raised."""

from __future__ import annotations

import time
from random import Random

import pytest
from textual import events
from textual.message import Message

from tests.fake_clock import FakeClock
from wizard.ui.terminal.terminal_input import LARGEST_SIDE, LONG_PAUSE_S, SHORT_PAUSE_S, TerminalInput

PASTE, PASTED = b"\x1b[200~", b"\x1b[201~"
PIECES = (
    *(
        b"\x1b",
        b"\x1b[",
        b"\x1bO",
        b"[",
        b"<",
        b";",
        b":",
        b"?",
        b"M",
        b"m",
        b"u",
        b"~",
        b"A",
        b"R",
        b"t",
        b"$y",
        b"I",
        b"O",
    ),
    *(b"0", b"1", b"-1", b"48;", b"2048;1", b"55296", b"1114112", b"99999999999999999999", "²".encode(), "٣".encode()),
    *(b"\x1b[48;0;0;0;0t", b"\x1b[48;24;80;0;0t", b"\x1b[<0;9;9M", b"\x1b[<35;99999;99999m"),
    *(b"\xff", b"\xc3", b"\xf0\x9f", b"\xed\xa0\x80", b"\x00", b"\x7f", b"\x9b", b"x", b"\r", PASTE, PASTED),
)


def keys(messages: list[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


def pastes(messages: list[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, events.Paste)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def typed(clock: FakeClock) -> TerminalInput:
    return TerminalInput(clock.monotonic)


@pytest.mark.parametrize("stray", [b"\xff", b"caf\xe9 ", b"\xe1", b"\xc3", b"\xed\xa0\x80", b"\x80", b"\x00"])
def test_what_is_no_text_ends_nothing(stray: bytes, typed: TerminalInput) -> None:
    typed.feed(stray)
    assert keys(typed.feed(b"ab"))[-2:] == ["a", "b"]


def test_a_character_may_come_in_pieces(typed: TerminalInput) -> None:
    pieces = [typed.feed(bytes([byte])) for byte in "é🎉".encode()]
    assert [message.character for piece in pieces for message in piece if isinstance(message, events.Key)] == [
        "é",
        "🎉",
    ]


@pytest.mark.parametrize(
    "broken",
    [b"\x1b[1114112u", b"\x1b[9999999999999999u", b"\x1b[:;1u", b"\x1b[48;0;0;0;0t\x1b[<0;1;1M", b"\x1b[55296u"],
)
def test_a_sequence_that_textual_fails_on_is_dropped(broken: bytes, typed: TerminalInput) -> None:
    assert typed.feed(broken) == []
    assert keys(typed.feed(b"\x1b[B")) == ["down"]


@pytest.mark.parametrize("side", [0, LARGEST_SIDE + 1])
def test_a_size_that_no_terminal_has_is_not_believed(side: int, typed: TerminalInput) -> None:
    assert typed.feed(b"\x1b[48;%d;80;400;800t" % side) == []
    (message,) = typed.feed(b"\x1b[48;24;80;400;800t")
    assert isinstance(message, events.Resize)


async def test_a_paste_that_was_cut_off_is_taken_and_keys_work_again(clock: FakeClock, typed: TerminalInput) -> None:
    assert typed.feed(PASTE[:3]) + typed.feed(PASTE[3:] + b"vip") == []
    await clock.advance(LONG_PAUSE_S)
    assert typed.feed(b" customers") + typed.tick() == []

    await clock.advance(LONG_PAUSE_S + 0.1)
    assert pastes(typed.tick() + typed.tick()) + keys(typed.feed(b"\x1b[21~")) == ["vip customers", "f10"]


@pytest.mark.parametrize(("pressed", "key"), [(b"\x1b[21~", "f10"), (b"\x03", "ctrl+c"), (b"\x11", "ctrl+q")])
async def test_a_key_after_a_paste_that_was_cut_off_is_not_swallowed(
    pressed: bytes, key: str, clock: FakeClock, typed: TerminalInput
) -> None:
    typed.feed(PASTE + b"vip")
    await clock.advance(SHORT_PAUSE_S + 0.1)
    messages = typed.feed(pressed)
    assert pastes(messages) + keys(messages) == ["vip", key]


async def test_a_paste_may_end_late(clock: FakeClock, typed: TerminalInput) -> None:
    typed.feed(PASTE + b"vip")
    await clock.advance(SHORT_PAUSE_S + 0.1)
    messages = typed.feed(PASTED + b"x")
    assert pastes(messages) + keys(messages) == ["vip", "x"]


def test_a_paste_that_has_ended_is_whole(typed: TerminalInput) -> None:
    assert pastes(typed.feed(PASTE + b"one\r\ntwo" + PASTED[:4]) + typed.feed(PASTED[4:] + b"x")) == ["one\r\ntwo"]
    assert keys(typed.feed(b"y")) == ["y"]


def test_a_paste_full_of_escape_codes_costs_no_more_than_another(typed: TerminalInput) -> None:
    began = time.process_time()
    (paste,) = typed.feed(PASTE + b"\x1b[31mvip\x1b[0m \x1b" * 20_000 + PASTED)
    assert isinstance(paste, events.Paste)
    assert paste.text == "vip " * 20_000
    assert time.process_time() - began < 1.0  # in quadratic time it took minutes
    assert keys(typed.feed(b"x\x1b[B")) == ["x", "down"]


@pytest.mark.parametrize("seed", range(4))
async def test_random_bytes_never_throw_and_keys_work_afterwards(seed: int) -> None:
    random, clock = Random(seed), FakeClock()  # noqa: S311 - repeatable
    typed = TerminalInput(clock.monotonic)
    for _ in range(2_000):
        pieces = (random.choice((*PIECES, random.randbytes(1))) for _ in range(random.randrange(1, 9)))
        for message in typed.feed(b"".join(pieces)):
            assert isinstance(message, Message)
    await clock.advance(LONG_PAUSE_S + 0.1)
    typed.tick()
    assert keys(typed.feed(b"\x1b\x1b\x1b\x1b[21~"))[-1] == "f10"
