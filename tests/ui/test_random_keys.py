"""Whatever hands do, the wizard goes on: seeded keys, clicks, pastes and resizes over the real app.

Each run begins in another situation. `AUDIENCE_WIZARD_RANDOM_KEYS=20000` makes more runs of them. A failure prints its
seed and what was done last; the same seed does the same again.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot

from tests.ui.plain import text_of
from tests.ui.scenarios import SITUATIONS, SimulatedWizard, Situation, reach

KEYS_OF_A_RUN = 400
KEYS = int(os.environ.get("AUDIENCE_WIZARD_RANDOM_KEYS", "2000"))
PATIENCE_S = 20.0
SIZES = ((80, 24), (120, 40), (60, 15), (40, 10), (1, 1))
STARTS = (
    "audiences",
    "welcome",
    "by-hand-values",
    "reader-token",
    "troubleshoot",
    "review",
    "token-open",
    "first-sync",
    "mapping",
    "hostile-audiences",
    "cause",
    "question",
    "request-card",
    "quit-question",
    "waiting",
    "work-shown",
    "appeared",
    "destination",
    "attach-by-hand",
    "many-audiences",
)

MOVES = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "enter", "escape")
MEANT = (
    *MOVES,
    *MOVES,
    *MOVES,
    "space",
    "space",
    "backspace",
    "delete",
    *"1239yowcrpsqh",
    "f1",
    "f2",
    "f4",
    "f5",
    "f6",
)
STRAY = (
    *(f"f{number}" for number in range(1, 25)),
    *(f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    *(f"shift+{key}" for key in ("up", "down", "left", "right", "home", "end", "f5", "delete")),
    *(f"ctrl+{key}" for key in ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "backslash")),
    *("insert", "alt+a", "alt+enter", "alt+f4", "ctrl+at", "ctrl+shift+p", "shift+enter", "print_screen", "menu"),
)
TYPED = (
    "v",
    "i",
    "ä",
    "ß",
    "漢",
    "🎉",
    "\u0301",
    "\u200d",
    "\ufffd",
    "\x00",
    "\x1b",
    "\x80",
    "\x9b",
    "[",
    "]",
    "/",
    "$",
    "\\",
    "%",
)
PASTED = (
    "",
    "\n",
    "vip",
    "api-0123456789abcdef0123456789abcdef1a2b",
    "sgp_" + "x" * 60,
    "two\nlines\r\nand more",
    "[/x] [@click=app.exit]name[/] [bold",
    "\ufffd\x01\x1b[31m\x9b31m\x7f",
    "漢字🎉e\u0301" * 20,
    "x" * 5_000,
)


class PressedWizard(SimulatedWizard):
    """Counts the wishes to leave, and stays."""

    stays = True
    wishes = 0

    def exit(self, *args: Any, **more: Any) -> None:
        self.wishes += 1
        if not self.stays:
            super().exit(*args, **more)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        assert url.startswith("https://")


class Hands:
    """Does at random what hands can do to a terminal."""

    def __init__(self, app: PressedWizard, seed: int) -> None:
        self.app = app
        self.done: deque[str] = deque(maxlen=30)
        self._random = Random(seed)
        self._ways: tuple[tuple[Callable[[], None], int], ...] = (
            (self._press_what_is_meant, 60),
            (self._press_a_stray_key, 10),
            (self._type, 10),
            (self._click, 10),
            (self._drag, 3),
            (self._move, 4),
            (self._paste, 4),
            (self._resize, 2),
            (self._look_away, 1),
        )

    def act(self) -> None:
        ways, weights = zip(*self._ways, strict=True)
        self._random.choices(ways, weights)[0]()

    def burst(self) -> int:
        return self._random.choice((1, 2, 3, 5, 8, 13, 21, 34))

    async def wait(self) -> None:
        if self._random.random() < 0.1:
            seconds = self._random.choice((1, 5, 60, 600))
            self.done.append(f"wait {seconds}")
            await self.app.clock.advance(seconds)

    def _press_what_is_meant(self) -> None:
        self.press(self._random.choice(MEANT))

    def _press_a_stray_key(self) -> None:
        self.press(self._random.choice(STRAY))

    def press(self, key: str) -> None:
        self._send(
            key, events.Key(key, {"enter": "\r", "space": " ", "tab": "\t"}.get(key, key if len(key) == 1 else None))
        )

    def _type(self) -> None:
        character = self._random.choice(TYPED)
        self._send(repr(character), events.Key(character, character))

    def _paste(self) -> None:
        text = self._random.choice(PASTED)
        self._send(f"paste {text[:20]!r}", events.Paste(text))

    def _resize(self) -> None:
        size = Size(*self._random.choice((*SIZES, (200, 60), (5, 40), (160, 3))))
        self.app._driver._size = tuple(size)  # type: ignore[union-attr]
        self._send(f"resize {tuple(size)}", events.Resize(size, size))

    def _look_away(self) -> None:
        self._send("look away", events.AppBlur())
        if self._random.random() < 0.7:
            self._send("look back", events.AppFocus())

    def _click(self) -> None:
        at = self._place()
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._mouse(events.MouseDown, at, 1)
            self._mouse(events.MouseUp, at, 1)

    def _drag(self) -> None:
        self._mouse(events.MouseDown, self._place(), self._random.choice((1, 2, 3)))
        for _ in range(3):
            self._mouse(events.MouseMove, self._place(), 1)
        if self._random.random() < 0.8:
            self._mouse(events.MouseUp, self._place(), 1)

    def _move(self) -> None:
        kinds = (events.MouseMove, events.MouseScrollDown, events.MouseScrollUp, events.MouseScrollLeft)
        self._mouse(self._random.choice(kinds), self._place(), 0)

    def _place(self) -> tuple[int, int]:
        """Somewhere on the screen; now and then beyond."""
        width, height = self.app.size
        far = self._random.random() < 0.05
        return (
            (9_999, 9_999) if far else (self._random.randrange(max(1, width)), self._random.randrange(max(1, height)))
        )

    def _mouse(self, kind: type[events.MouseEvent], at: tuple[int, int], button: int) -> None:
        x, y = at
        event = kind(None, x, y, 0, 0, button, False, False, False, screen_x=x, screen_y=y)
        self._send(f"{kind.__name__} {at}", event)

    def _send(self, what: str, message: Message) -> None:
        self.done.append(what)
        assert self.app._driver is not None
        self.app._driver.process_message(message)


async def until_answered(pilot: Pilot[Any]) -> None:
    """Every widget has taken what it was sent."""
    async with asyncio.timeout(PATIENCE_S):
        await pilot.pause()


async def press_at_random(situation: Situation, size: tuple[int, int], seed: int) -> None:
    app = PressedWizard(situation.world)
    hands = Hands(app, seed)
    try:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await reach(pilot, situation.does)
            app.clock.auto = False
            pressed = 0
            while pressed < KEYS_OF_A_RUN:
                for _ in range(hands.burst()):
                    hands.act()
                    pressed += 1
                await hands.wait()
                await until_answered(pilot)
                assert app.is_running, "it ended"
            assert text_of(app.export_screenshot()).strip()
            app.stays = False
            hands.press("f10")
            hands.press("f10")
            async with asyncio.timeout(PATIENCE_S):
                while app.return_code is None:
                    await asyncio.sleep(0.001)  # noqa: TID251
        assert app.return_code == 0
    except BaseException as error:
        error.add_note(f"seed {seed}, {situation.name} at {size}; done last: {' · '.join(hands.done)}")
        raise


@pytest.mark.parametrize("seed", range(KEYS // KEYS_OF_A_RUN))
async def test_nothing_that_hands_do_ends_it(
    seed: int, tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    by_name = {situation.name: situation for situation in SITUATIONS}
    await press_at_random(by_name[STARTS[seed % len(STARTS)]], SIZES[seed % len(SIZES)], seed)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
