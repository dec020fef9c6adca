"""The fixed parts around the walk: the title line, the hairlines, the key bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from wizard.text import cut

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

_LEAST_SPACE = 3  # cells between the product's name and the place
_LEAST_OF_PROJECT = 4


class TitleLine(Static):
    """The product's name at the left; at the right the setup's environment, and whether it is simulated.

    Where there is no room for both, the name is left out: the environment matters more.
    """

    NAME = "Audience Wizard"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._where = ""

    def show(self, where: str) -> None:
        if where != self._where:
            self._where = where
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        if cell_len(self._where) > width - len(self.NAME) - _LEAST_SPACE:
            return Content.styled(_fitted(self._where, width), "$muted")
        gap = " " * (width - len(self.NAME) - cell_len(self._where))
        return Content.assemble((self.NAME, "bold"), gap, (self._where, "$muted"))


def place_line(walk: Walk) -> str:
    """Return the environment once it is known, and whether the services are simulated."""
    answers, sandbox = walk.state.answers, walk.state.sandbox
    place = f"{answers.project} / {answers.environment}" if answers.project else ""
    return " · ".join(part for part in (place, f"sandbox: {sandbox}" if sandbox else "") if part)


def _fitted(where: str, width: int) -> str:
    """Cut the project first, then the environment: a simulated setup must not look like a real one."""
    place, dot, last = where.rpartition(" · ")
    if cell_len(where) <= width:
        return where
    if not dot:
        return _shortened(where, width)
    room = width - cell_len(dot + last)
    return f"{_shortened(place, room)}{dot}{last}" if room > 1 else cut(last, width)


def _shortened(place: str, width: int) -> str:
    """Cut the project, or leave it out where too little of it would stay; the environment is cut last."""
    project, slash, environment = place.rpartition(" / ")
    room = width - cell_len(slash + environment)
    if cell_len(place) <= width or not slash:
        return cut(place, width)
    return f"{cut(project, room)}{slash}{environment}" if room >= _LEAST_OF_PROJECT else cut(environment, width)


class Hairline(Widget):
    """A rule over the full width that meets the rail's edge."""

    DEFAULT_CSS = "Hairline { height: 1; color: $hairline; }"

    def __init__(self, joint: str = "─") -> None:
        super().__init__()
        self._joint = joint
        self._at = 0

    def move_joint(self, column: int) -> None:
        """Draw the joint at `column`; 0 for none."""
        if column != self._at:
            self._at = column
            self.refresh()

    def render(self) -> Content:
        width = self.size.width
        if not 0 < self._at < width:
            return Content("─" * width)
        return Content("─" * self._at + self._joint + "─" * (width - self._at - 1))


_BEFORE_WORDS = 3
_LEAST_ROWS_A_LINE = 5  # rows of the terminal for each line of a bar that wraps
_GAP, _WIDEST_GAP = 2, 3  # cells between two hints; with a single one, a word would run into the next key


class Hint(NamedTuple):
    """A key with its word; `action` runs on a click.

    On a line that is too short, hints with a `spare` number are left out, the highest number first: those from 3 on
    before any word gets shorter, the others only if the `short` and then the `tight` words don't make enough room.
    """

    key: str
    word: str
    action: str
    spare: int = 0
    short: str = ""
    tight: str = ""


class HintBar(Static):
    """The keys that work now, each clickable. With `wraps` the bar takes more lines before it leaves keys out."""

    auto_links = False  # otherwise every hint would be underlined like a link

    def __init__(self, *, wraps: bool = False) -> None:
        super().__init__(markup=False)
        self._wraps = wraps
        self._hints: tuple[Hint, ...] = ()
        self._longest: tuple[Hint, ...] = ()

    def show(self, hints: tuple[Hint, ...], longest: tuple[Hint, ...] = ()) -> None:
        """Show the hints with room for `longest`: buttons under the mouse then stay in place as the focus moves."""
        if (hints, longest) != (self._hints, self._longest):
            self._hints, self._longest = hints, longest
            self.refresh(layout=self._wraps)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return max(len(self._lines(self._hints, width)), len(self._lines(self._longest, width)))

    def on_click(self, event: events.Click) -> None:
        """Run the hint's action, unless the screen closed: then the action would run on the screen below."""
        if self.screen is not self.app.screen:
            event.stop()
            event.prevent_default()

    def render(self) -> Content:
        width = self.content_size.width
        return Content("\n").join(_spread(line, width) for line in self._lines(self._hints, width))

    def _lines(self, hints: tuple[Hint, ...], width: int) -> list[tuple[Hint, ...]]:
        return wrap(hints, width, self._most_lines) if self._wraps else [fit(hints, width)]

    @property
    def _most_lines(self) -> int:
        """Return how many lines leave room for what the keys are about."""
        return max(1, self.screen.size.height // _LEAST_ROWS_A_LINE)


def _spread(hints: tuple[Hint, ...], width: int) -> Content:
    drawn = [_drawn(hint) for hint in hints]
    spare = width - sum(each.cell_length for each in drawn)
    gap = max(_GAP, min(_WIDEST_GAP, spare // max(1, len(drawn) - 1)))
    return Content(" " * gap).join(drawn)


def _cells(hints: tuple[Hint, ...]) -> int:
    return sum(cell_len(hint.key) + 1 + cell_len(hint.word) for hint in hints) + _GAP * (len(hints) - 1)


def wrap(hints: tuple[Hint, ...], width: int, most: int) -> list[tuple[Hint, ...]]:
    """Return the hints in at most `most` lines; those that don't fit are left out as in `fit`."""
    lines, room = _in_lines(hints, width), width * most
    while len(lines) > most and room > 0:
        lines, room = _in_lines(fit(hints, room), width), room - 1
    return lines


def _in_lines(hints: tuple[Hint, ...], width: int) -> list[tuple[Hint, ...]]:
    lines: list[tuple[Hint, ...]] = [()]
    for hint in hints:
        if lines[-1] and _cells((*lines[-1], hint)) > width:
            lines.append(())
        lines[-1] = (*lines[-1], hint)
    return lines


def fit(hints: tuple[Hint, ...], width: int) -> tuple[Hint, ...]:
    """Return the hints that fit into `width` cells; F1 shows the keys that are left out.

    `Hint` says what goes first. If that isn't enough, the last hint but one is dropped, again and again; of the last
    three, the last one, if that lets the first two fit.
    """
    while _cells(hints) > width and _most_spare(hints).spare >= _BEFORE_WORDS:
        hints = _without(hints, _most_spare(hints))
    for words in ("", "short", "short tight"):
        if _cells(shorter := _in_few_words(hints, width, words)) <= width:
            return shorter
    while _cells(_in_few_words(hints, width, "short tight")) > width and _most_spare(hints).spare:
        hints = _without(hints, _most_spare(hints))
    hints = _in_few_words(hints, width, "short tight")
    while _cells(hints) > width and len(hints) > 2:
        fewer = hints[:-1] if len(hints) == 3 else ()  # with two left, what they do matters more than how to quit
        hints = fewer if fewer and _cells(fewer) <= width else (*hints[:-2], hints[-1])
    return hints


def _most_spare(hints: tuple[Hint, ...]) -> Hint:
    return max(reversed(hints), key=lambda hint: hint.spare)


def _without(hints: tuple[Hint, ...], spared: Hint) -> tuple[Hint, ...]:
    return tuple(hint for hint in hints if hint is not spared)


def _in_few_words(hints: tuple[Hint, ...], width: int, words: str) -> tuple[Hint, ...]:
    """Return the hints with shorter words of the kinds in `words`, as few as needed, beginning with the last hint."""
    for kind in words.split():
        fewer = [getattr(hint, kind) for hint in hints]
        for at in reversed(range(len(hints))):
            if _cells(hints) > width and fewer[at]:
                hints = (*hints[:at], hints[at]._replace(word=fewer[at]), *hints[at + 1 :])
    return hints


def _drawn(hint: Hint) -> Content:
    drawn = Content.assemble((hint.key, "bold $accent"), " ", (hint.word, "$foreground"))
    return drawn.stylize(Style.from_meta({"@click": hint.action}))
