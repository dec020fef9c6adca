"""The inventory: every synced segment of the project with its state, its diagnosis and the rule for a flag."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from wizard.domain.inventory.judge import with_known_flags
from wizard.domain.inventory.row import Row
from wizard.domain.services import links
from wizard.flow.inventory.separate_walk import is_of_the_setup, separate_walk
from wizard.flow.inventory.take import Inventory, LookedUp, inventory_of
from wizard.flow.walk import Walk
from wizard.flow.words import OUTSIDE_THE_SETUP
from wizard.ui.screens import inventory_lines as lines
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine, place_line
from wizard.ui.widgets.lists.picker import Picker
from wizard.ui.widgets.shrinking import AS_MUCH_AS_IT_TAKES, shrinks
from wizard.ui.work import work

_FIRST = ("Why", "Fix")  # heads of the most important lines about a segment
_LEAST, _AT_EASE = 2, 5  # rows that the list keeps: beside those lines, and beside the others


class SegmentPicker(Picker):
    """The rows; Enter finds out why a segment is out of step, and opens the page of any other."""

    def __init__(self) -> None:
        super().__init__(many=False, filtered=True, unlisted=lambda _: None, boxes=False)
        self.segments: tuple[Row, ...] = ()

    @property
    def row(self) -> Row | None:
        """Return the highlighted segment."""
        highlighted = self.rows.highlighted
        return self.segments[int(highlighted.value)] if highlighted is not None else None

    @property
    def enter_does(self) -> str:
        return "" if self.row is None else "find out why" if self.row.symptom else "open its page"

    @property
    def enter_verb(self) -> str:
        """Return no short verb: "find" and "open" alone would say too little."""
        return ""


class InventoryScreen(SelfClosingScreen[None], KeyedScreen[None]):
    """The page; closes without an answer. The inventory only reads."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("f1", "help", "Help", show=False),
        Binding("f5", "look_again", "Check again", show=False),
        Binding("ctrl+o", "open_page", "Open the page", show=False),
        Binding("ctrl+r", "rule", "The rule for a flag", show=False),
    ]

    def __init__(self, walk: Walk) -> None:
        super().__init__(id="inventory")
        self._walk = walk
        self._is_looking = False
        self._title_line = TitleLine()
        self._pane = Vertical(classes="pane")
        self._state = Static("", markup=False, classes="verdict")
        self._picker = SegmentPicker()
        self._about = Aligned(column=7, classes="about-row")
        self._legend = Aligned(column=14, classes="guidance")  # shown once there are segments

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield Hairline()
        with self._pane:
            shrinks(self._pane, lambda _: (self._picker, AS_MUCH_AS_IT_TAKES), self._legend)
            yield Static("Synced segments", markup=False, classes="title")
            yield self._state
            yield self._picker
            yield self._about
            yield self._legend
        yield Hairline()
        yield self.hints

    def on_mount(self) -> None:
        self._title_line.show(place_line(self._walk))
        self._picker.display = False
        self.action_look_again()

    # --- looking -------------------------------------------------------------------------------------------------

    def action_look_again(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._say(lines.looking(None))
            work(self, self._look(), group="check", exclusive=True, description="taking the inventory")

    async def _look(self) -> None:
        try:
            self._show(await inventory_of(self._walk, self._tell))
        finally:
            self._is_looking = False
            self.show_keys_soon()

    def _tell(self, looked_up: LookedUp) -> None:
        self._say(lines.looking(looked_up))

    def _show(self, taken: Inventory | None) -> None:
        self._say(lines.verdict(taken))
        self._picker.segments = lines.worst_first(taken.rows) if taken else ()
        self._picker.display = bool(self._picker.segments)
        self._picker.offer(lines.choices(self._picker.segments))
        self._legend.show(lines.legend() if self._picker.display else ())
        if self._picker.display:
            self._picker.take_focus()
        self.call_after_refresh(self._show_about)  # once it's known how much room the list has

    def _say(self, text: Content) -> None:
        self._state.update(text)

    def _show_about(self) -> None:
        row = self._picker.row
        self._about.show(self._fitting(lines.about(row)) if row else ())
        self.show_keys()

    def _fitting(self, known: tuple[Line, ...]) -> tuple[Line, ...]:
        """Return as many of the first lines as leave the list its filter and enough of its rows."""
        place, pane = self._picker.region, self._pane.region
        room = pane.bottom - place.y - 1 - self._about.styles.margin.top
        fitting: tuple[Line, ...] = ()
        for line in known:
            rows = min(len(self._picker.segments), _LEAST if line.head in _FIRST else _AT_EASE)
            if self._about.height_of((*fitting, line), pane.width - self._pane.gutter.width) > room - rows:
                break
            fitting = (*fitting, line)
        return fitting

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_about)

    def on_picker_highlighted(self, event: Picker.Highlighted) -> None:
        event.stop()
        self._show_about()

    # --- what the user can do ------------------------------------------------------------------------------------

    def keys(self) -> tuple[Hint, ...]:
        has_row = self._has_row
        is_on_enter = has_row and self._picker.row is not None and not self._picker.row.symptom
        page = (Hint("Ctrl+O", "open its page", "screen.open_page", 2),) if has_row and not is_on_enter else ()
        rule = (Hint("Ctrl+R", "its rule for a flag", "screen.rule", short="rule"),) if has_row else ()
        again = Hint("F5", "check again", "screen.look_again", 1, short="again")
        return (*rule, *page, again, Hint("F1", "help", "screen.help"), Hint("Esc", "back", "screen.back"))

    @property
    def _has_row(self) -> bool:
        return self._picker.display and self._picker.row is not None

    def action_help(self) -> None:
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.dialogs.help import HelpScreen

        keys = key_lists.of_inventory(has_row=self._has_row, is_looking=self._is_looking)
        self.app.push_screen(HelpScreen("Synced segments", None, keys))

    def action_back(self) -> None:
        if not self._picker.clear_filter():
            self.dismiss(None)

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        row = self._picker.row
        if row is None:
            return
        if row.symptom:
            self._find_out_why(row)
        else:
            self.action_open_page()

    def _find_out_why(self, row: Row) -> None:
        """Troubleshoot the segment: in this walk if its setup has the segment's audience, else in a separate walk."""
        from wizard.ui.screens.troubleshoot import TroubleshootScreen

        if is_of_the_setup(self._walk, row):
            self.dismiss(None)
            self.app.call_later(self.app.run_action, f"troubleshoot('{row.symptom}')")
            return
        beside = separate_walk(self._walk, row)
        self.app.push_screen(
            TroubleshootScreen(beside, symptom=row.symptom),
            lambda wish: self.app.notify(OUTSIDE_THE_SETUP) if wish is not None else None,
        )

    def action_open_page(self) -> None:
        if (row := self._picker.row) is not None:
            self.app.open_url(links.segment_page(row.project, row.environment, row.segment).url)

    def action_rule(self) -> None:
        """Show the rule that a flag needs to use this segment."""
        from wizard.ui.screens.changes.pick_flag import ask_for_flag, place_of

        row = self._picker.row
        place = place_of(self._walk, row.project, row.environment) if row else None
        if row is not None and place is not None:
            ask_for_flag(self.app, self._walk, place, (row.segment,), lambda flag: self._show_flag(row, flag))

    def _show_flag(self, row: Row, flag: str) -> None:
        """Show that a flag uses the segment now, without asking Segment for all audiences again."""
        rows = self._picker.segments
        at = next((place for place, one in enumerate(rows) if one is row), None)
        if at is None:
            return  # the inventory was read again meanwhile
        self._picker.segments = rows = (*rows[:at], with_known_flags(row, (flag,)), *rows[at + 1 :])
        self._picker.offer(lines.choices(rows), at=str(at))
        self._show_about()
