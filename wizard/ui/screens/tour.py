"""The list of the sandbox's worlds. The wizard opens in the chosen one; Enter alone takes the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.tour import TOUR, WORLDS
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine
from wizard.ui.widgets.scrolling import is_more_below

_COLUMN = max(len(world.name) for world in WORLDS) + 4
_LESSONS = {world.name: world.lesson for world in WORLDS}


class Worlds(OptionList):
    """The list, in groups. The highlighted world has a mark too, because colors may be off."""

    enter_does = "open this scenario"

    def __init__(self) -> None:
        super().__init__(*_options(), compact=True)
        self._marked = ""

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        before, self._marked = self._marked, event.option_id or ""
        for name in {before, self._marked} - {""}:
            self.replace_option_prompt(name, _row(name, is_marked=name == self._marked))
        if self._marked == WORLDS[0].name:
            self.scroll_home(animate=False)  # the group's title is above it


class TourScreen(SelfClosingScreen[str], KeyedScreen[str]):
    """The list of worlds; closes with the name of the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.ask_quit", "Quit", show=False),
        Binding("f1,question_mark", "help", "Help", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="tour")
        self._worlds = Worlds()

    def compose(self) -> ComposeResult:
        title = TitleLine()
        title.show("sandbox")
        yield title
        yield Hairline()
        with Vertical(id="worlds"):
            yield Static("Choose a scenario", markup=False, classes="title")
            yield Static("LaunchDarkly and Segment are simulated. Each scenario shows one thing.", markup=False)
            yield self._worlds
        yield Hairline()
        yield self.hints

    def on_mount(self) -> None:
        self.follow(self._worlds)
        self._worlds.focus()
        self.show_keys_soon()
        self._worlds.highlighted = next(n for n, one in enumerate(self._worlds.options) if not one.disabled)

    def keys(self) -> tuple[Hint, ...]:
        more = (Hint("PgDn", "more", "app.simulate_key('pagedown')"),) if is_more_below(self._worlds) else ()
        choose, help = Hint("↑↓", "choose", "app.simulate_key('down')"), Hint("F1", "help", "screen.help")
        return choose, *more, help, Hint("Esc", "quit", "app.ask_quit")

    def action_help(self) -> None:
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys", None, key_lists.TOUR))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.dismiss(event.option_id)


def _options() -> Iterator[Option]:
    for group in TOUR:
        yield Option(Content.styled(group.title, "$muted"), disabled=True)
        for world in group.worlds:
            yield Option(_row(world.name), id=world.name)


def _row(name: str, *, is_marked: bool = False) -> Table:
    """Return a world with its lesson, which wraps beside the name."""
    row = Table.grid(expand=True)
    row.add_column(width=_COLUMN, no_wrap=True)
    row.add_column(ratio=1)
    row.add_row(Text(f"{'▸' if is_marked else ' '} {name}"), Text(_LESSONS[name]))
    return row
