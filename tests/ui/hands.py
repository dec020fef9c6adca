"""Random input to a terminal: keys, clicks, pastes, resizes, and focus changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

from textual import events
from textual.geometry import Size
from textual.message import Message

from tests.ui.scenarios import SimulatedWizard

SIZES = ((80, 24), (120, 40), (60, 15), (20, 5), (200, 60), (40, 10), (100, 3), (5, 40), (1, 1))
MOVES = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "enter", "escape")
MEANT = (*MOVES * 3, *("space",) * 3, "backspace", "delete", *"1239yowcrpsqh", "f1", "f2", "f4", "f5", "f6", "ctrl+p")
STRAY = (
    *(f"f{number}" for number in range(1, 25)),
    *(f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    *(f"shift+{key}" for key in ("up", "down", "left", "right", "home", "end", "enter", "f5", "delete")),
    *(f"ctrl+{key}" for key in ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "backslash", "at")),
    *("insert", "alt+a", "alt+enter", "alt+f4", "ctrl+shift+p", "print_screen", "menu"),
)
CHARACTERS = ("v", "i", "ä", "漢", "🎉", "\u0301", "\u200d", "\ufffd", "\x00", "\x1b", "\x80", "\x9b", *"[]/$\\%")
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
_CHARACTER_OF = {"enter": "\r", "space": " ", "tab": "\t"}


class Hands:
    """A source of input, the same for the same seed; `done` has the latest input."""

    def __init__(self, app: SimulatedWizard, seed: int) -> None:
        self.done: deque[str] = deque(maxlen=40)
        self._app = app
        self._random = Random(seed)  # noqa: S311 - repeatable
        self._ways: dict[Callable[[], None], int] = {
            lambda: self.press(self._random.choice(MEANT)): 60,
            lambda: self.press(self._random.choice(STRAY)): 10,
            lambda: self.press(self._random.choice(CHARACTERS)): 10,
            self._click: 10,
            self._drag: 3,
            self._move: 4,
            self._paste: 4,
            self._resize: 2,
            self._look_away: 1,
        }

    async def act(self, most: int) -> int:
        """Send a burst without a pause, sometimes after time has passed in the world; return its length."""
        if self._random.random() < 0.2:
            await self._wait()
        burst = min(most, self._random.choice((1, 2, 4, 8, 16, 32, 64, 128)))
        for way in self._random.choices(tuple(self._ways), tuple(self._ways.values()), k=burst):
            way()
        return burst

    async def _wait(self) -> None:
        seconds = self._random.choice((1, 5, 60, 600))
        self.done.append(f"wait {seconds}")
        await self._app.clock.advance(seconds)

    def press(self, key: str) -> None:
        character = _CHARACTER_OF.get(key, key if len(key) == 1 else None)
        self._send(key if key.isprintable() else repr(key), events.Key(key, character))

    def _paste(self) -> None:
        text = self._random.choice(PASTED)
        self._send(f"paste {text[:20]!r}", events.Paste(text))

    def _resize(self) -> None:
        self.resize(*self._random.choice(SIZES))

    def resize(self, width: int, height: int) -> None:
        size = Size(width, height)
        assert self._app._driver is not None
        self._app._driver._size = (width, height)
        self._send(f"resize {width}x{height}", events.Resize(size, size))

    def _look_away(self) -> None:
        self._send("look away", events.AppBlur())
        if self._random.random() < 0.7:
            self._send("look back", events.AppFocus())

    def _click(self) -> None:
        at = self._somewhere()
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._mouse(events.MouseDown, at, 1)
            self._mouse(events.MouseUp, at, 1)

    def _drag(self) -> None:
        self._mouse(events.MouseDown, self._somewhere(), self._random.choice((1, 2, 3)))
        for _ in range(3):
            self._mouse(events.MouseMove, self._somewhere(), 1)
        if self._random.random() < 0.8:
            self._mouse(events.MouseUp, self._somewhere(), 1)

    def _move(self) -> None:
        kinds = (events.MouseMove, events.MouseScrollDown, events.MouseScrollUp, events.MouseScrollLeft)
        self._mouse(self._random.choice(kinds), self._somewhere(), 0)

    def _somewhere(self) -> tuple[int, int]:
        """Return a random point, sometimes off the screen."""
        width, height = (9_999, 9_999) if self._random.random() < 0.05 else self._app.size
        return self._random.randrange(max(1, width)), self._random.randrange(max(1, height))

    def _mouse(self, kind: type[events.MouseEvent], at: tuple[int, int], button: int) -> None:
        x, y = at
        event = kind(None, x, y, 0, 0, button, False, False, False, screen_x=x, screen_y=y)
        self._send(f"{kind.__name__} {x},{y}", event)

    def _send(self, what: str, message: Message) -> None:
        self.done.append(what)
        assert self._app._driver is not None
        self._app._driver.process_message(message)  # as if the terminal had sent it
