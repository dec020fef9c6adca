"""A terminal's bytes as messages for the screen; no byte ends the wizard.

Textual's own reader ends on a byte that isn't UTF-8 (an old terminal, a Latin-1 paste, Alt as the eighth bit) and on a
key code without a character. It waits forever for the end of a paste that was cut off.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Generator, Iterable

from textual import events
from textual._parser import Peek1, Read1, TokenCallback
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

from wizard.ui.appearance.scheme import Replies

LONG_PAUSE_S = 2.0  # seconds; a paste that pauses longer was cut off and ends here
SHORT_PAUSE_S = 0.2  # seconds; after a pause this long, a key that can't be pasted ends the paste
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[@-~]")
LARGEST_SIDE = 2_000  # cells; no terminal is larger
_END = BRACKETED_PASTE_END.encode()
_NOT_PASTED = (b"\x1b", b"\x03", b"\x11")  # Escape and every sequence, Ctrl+C, Ctrl+Q


class BackgroundReported(Message):
    """The terminal reported, after the start, whether its background is light or dark."""

    def __init__(self, scheme: str) -> None:
        super().__init__()
        self.scheme = scheme


class TerminalInput:
    """A parser with bytes in and messages out. `monotonic` returns the time in seconds.

    `replies` takes out the terminal's answers about its background.
    """

    def __init__(self, monotonic: Callable[[], float], replies: Replies | None = None) -> None:
        self._monotonic = monotonic
        self._replies = replies or Replies()
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = _Parser()
        self._pasted: list[str] | None = None  # the parts so far of a paste that hasn't ended
        self._last = ""  # the latest characters: the start or end mark of a paste may arrive in two pieces
        self._heard_at = 0.0

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages for these bytes; none until the rest of a character or key arrives."""
        before, data = self._replies.scheme, self._replies.typed_in(data)
        cut_off = self._pasted is not None and data.startswith(_NOT_PASTED) and self._silence > SHORT_PAUSE_S
        reported = [BackgroundReported(self._replies.scheme)] if self._replies.scheme != before else []
        return [*reported, *(self._take(_END) if cut_off else ()), *self._take(data)]

    def tick(self) -> list[Message]:
        """Return the messages that only time decides, such as a lone Escape that nothing follows. Call often."""
        if self._pasted is not None and self._silence > LONG_PAUSE_S:
            return self._take(_END)
        return [*self._take(self._replies.release()), *_sound(self._parser.tick())]

    @property
    def _silence(self) -> float:
        return self._monotonic() - self._heard_at

    def _take(self, data: bytes) -> list[Message]:
        if not data:
            return []
        text, found = self._decode(data), list[Message]()
        self._heard_at = self._monotonic()
        while text:
            text = self._up_to_a_paste(text, found) if self._pasted is None else self._up_to_its_end(text, found)
        return _sound(found)

    def _up_to_a_paste(self, text: str, found: list[Message]) -> str:
        """Parse the text up to where a paste begins, and return the rest."""
        here, rest, begun = self._split(text, BRACKETED_PASTE_START)
        found += self._parser.feed(here)
        self._pasted = [] if begun else None
        return rest

    def _up_to_its_end(self, text: str, found: list[Message]) -> str:
        """Keep the text up to the paste's end, and return the rest.

        Textual's parser would take quadratic time for the escape sequences in a paste, so it doesn't see the paste.
        """
        here, rest, ended = self._split(text, BRACKETED_PASTE_END)
        pasted = [*(self._pasted or ()), here]
        self._pasted = None if ended else pasted
        if ended:
            whole = "".join(pasted).removesuffix(BRACKETED_PASTE_END)
            found.append(events.Paste(_without_sequences(whole)))
            self._parser.leave_paste()
        return rest

    def _split(self, text: str, mark: str) -> tuple[str, str, bool]:
        """Return the text up to the end of a mark, the rest, and whether the mark is there."""
        seen = self._last + text
        at = seen.find(mark)
        end = at + len(mark) - len(self._last) if at >= 0 else len(text)
        self._last = "" if at >= 0 else seen[-len(mark) + 1 :]
        return text[:end], text[end:], at >= 0


def _without_sequences(text: str) -> str:
    """Return a pasted text without escape sequences, which a terminal would obey; its line breaks stay."""
    return _SEQUENCE.sub("", text).replace("\x1b", "").replace("\x00", "")


class _Parser(XTermParser):
    """A parser that drops a sequence on which Textual fails, and starts again after it."""

    def leave_paste(self) -> None:
        """Switch the parser back to keys: it saw a paste begin, but the rest was read without it."""
        for _ in self.feed(BRACKETED_PASTE_END):
            pass

    def parse(self, token_callback: TokenCallback[Message]) -> Generator[Read1 | Peek1, str, None]:
        while not self.is_eof:
            try:
                yield from super().parse(token_callback)
            except (ArithmeticError, ValueError):
                continue


def _sound(messages: Iterable[Message]) -> list[Message]:
    return [_with_enter(message) for message in messages if _is_sound(message)]


def _with_enter(message: Message) -> Message:
    """Return Enter for a line feed, which a terminal sends for Enter until the wizard has set the terminal up."""
    is_line_feed = isinstance(message, events.Key) and message.key == "ctrl+j"
    return events.Key("enter", "\r") if is_line_feed else message


def _is_sound(message: Message) -> bool:
    """Return whether a message is usable: a possible size, and no lone surrogate, which can't be written."""
    if isinstance(message, events.Resize):
        return all(0 < side <= LARGEST_SIDE for side in message.size)
    if isinstance(message, events.Key):
        return not any("\ud800" <= character <= "\udfff" for character in f"{message.key}{message.character}")
    return True
