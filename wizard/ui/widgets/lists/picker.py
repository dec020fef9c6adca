"""A list to choose one or many from, with a filter when it is long."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from wizard.flow.steps.ask import Choice, Narrowing
from wizard.text import cut
from wizard.ui.widgets.lists.columns import with_distinct_labels
from wizard.ui.widgets.lists.rows import Rows
from wizard.ui.widgets.open_input import OpenInput
from wizard.ui.widgets.shrinking import AS_MUCH_AS_IT_TAKES, shrinks
from wizard.ui.widgets.steady_text import SteadyText

_TYPES_ON_WITHIN_S = 1.0  # seconds between two keys of a name that is typed in one go
_LONGEST_NAME = 44  # cells of the key bar for what Enter takes


class Filter(OpenInput):
    """The filter's input. `take_key` gets each key first and returns whether the list used it.

    `take_key` and `narrow` are direct calls, not messages: so the keys stay in order, and one layout of the screen
    serves a letter and what the letter changes.
    """

    def __init__(self, take_key: Callable[[events.Key], bool], narrow: Callable[[], None]) -> None:
        super().__init__(placeholder="type to filter", compact=True, select_on_focus=False)
        self._take_key = take_key
        self._narrow = narrow

    def watch_value(self) -> None:
        self._narrow()

    async def _on_key(self, event: events.Key) -> None:
        if self._take_key(event):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.value = " ".join(event.text.split())
        self.cursor_position = len(self.value)


class Spaced(NamedTuple):
    """A Space that selected the row of a search; the next letter may show that it was a blank within a name."""

    typed: str  # the search
    at: float  # the event's time in seconds
    choice: Choice | None

    def is_a_blank_before(self, event: events.Key, narrowing: Narrowing) -> bool:
        """Return whether this letter follows at once and continues a choice's name, as in "trial ending"."""
        sought = f"{self.typed} {event.character}".casefold()
        names = (choice.label.casefold() for choice in narrowing.matching(sought))
        return event.time - self.at < _TYPES_ON_WITHIN_S and any(sought in name for name in names)


class Picker(Widget):
    """A list of choices, with a filter when it is long; its owner marks choices with `mark`."""

    DEFAULT_CSS = """
    Picker, Picker:focus-within { height: auto; }  /* so that the rows follow the focus of the filter */
    Picker Horizontal { height: 1; }
    Picker Horizontal > Input { width: 1fr; }
    Picker Horizontal > Static { width: auto; height: 1; padding-left: 2; }
    """

    class Submitted(Message):
        """Enter was pressed; `values` has what it takes, nothing when no choice matches."""

        def __init__(self, picker: Picker, values: tuple[str, ...]) -> None:
            self.picker = picker
            self.values = values
            super().__init__()

    class Highlighted(Message):
        """Another choice is highlighted."""

        def __init__(self, picker: Picker, choice: Choice | None) -> None:
            self.picker = picker
            self.choice = choice
            super().__init__()

    def __init__(
        self,
        *,
        many: bool,
        filtered: bool,
        unlisted: Callable[[str], Choice | None],
        verb: str = "choose",
        without: str = "",
        suggests: bool = True,
        boxes: bool = True,
    ) -> None:
        """`verb`: what Enter does with a choice. Without `boxes`, Enter does it at once, and nothing is marked.

        `without`: what Enter does while no choice is highlighted. With it, or with `suggests` False, no choice is
        highlighted before the user moves or types. `unlisted` makes a choice of a typed text that isn't listed.
        """
        super().__init__()
        self._many = many
        self._filtered = filtered
        self._unlisted = unlisted
        self._verb = verb
        self._without = without
        self._starts_lit = suggests and not without
        self._choices: tuple[Choice, ...] = ()
        self._narrowing = Narrowing(())
        self._order: dict[str, int] = {}
        self._marked: frozenset[str] = frozenset()
        self._is_typed = False  # whether a row shows the typed text, which isn't listed
        self._spaced: Spaced | None = None  # set if the last key was a Space in a search
        self._is_touched = False  # whether the user selected or unselected something
        self._searches = False  # whether something was typed since the last choice: Enter then takes the lit row too
        self.filter = Filter(self._take_key, self._search)
        self.tally = SteadyText(classes="tally")
        self.names = SteadyText(classes="names")
        self.rows = Rows(many=many, boxes=boxes)
        shrinks(self, lambda _: (self.rows, AS_MUCH_AS_IT_TAKES))

    def compose(self) -> ComposeResult:
        self.fill()
        yield from ()

    def fill(self) -> None:
        """Mount filter and list now, not in a later turn of the loop: they may get the focus and the next keys."""
        if self.rows.is_attached:
            return
        searched = (Horizontal(),) if self._filtered else ()
        self.mount_all((*searched, *((self.names,) if self._many else ()), self.rows))
        for line in searched:
            line.mount_all((self.filter, self.tally))

    # --- what is shown -------------------------------------------------------------------------------------------

    def offer(self, choices: tuple[Choice, ...], at: str = "") -> None:
        """Show other choices, and keep the filter's text and what the user highlighted."""
        moved_to = self.rows.highlighted if self.rows.is_moved else None
        self._choices = choices = with_distinct_labels(choices)
        self._narrowing = Narrowing(choices)
        self._order = {choice.value: index for index, choice in enumerate(choices)}
        self.rows.measure(choices)
        self.rows.styles.height = max(1, len(choices))
        self._narrow(moved_to.value if moved_to else at)
        self.rows.is_moved = moved_to is not None and moved_to == self.rows.highlighted

    def mark(self, values: frozenset[str]) -> None:
        """Mark earlier choices, and list them first."""
        if values != self._marked:
            self._show_marked(values)
            self._narrow(self.rows.highlighted.value if self.rows.highlighted else "")

    def _show_marked(self, values: frozenset[str]) -> None:
        self._marked = values
        self.rows.mark(values)
        self._count()

    @property
    def enter_does(self) -> str:
        """Return the verb and the name of what Enter takes; empty where there is nothing to take."""
        if self._found is not None:
            return f"{self._verb} {len(self._marked):,} selected and {cut(self._found.label, _LONGEST_NAME)}"
        if self._takes_selected:
            return f"{self._verb} {len(self._marked):,} selected"
        highlighted = self.rows.highlighted
        if highlighted is None:
            return self._without if self._choices and not self.finds_nothing else ""
        return f"{self._verb} {cut(highlighted.label, _LONGEST_NAME)}"

    @property
    def enter_verb(self) -> str:
        """Return what Enter does, for a key bar without room for the name, which the lit row shows."""
        if self._found is not None:
            return f"{self._verb} {len(self._marked) + 1:,}"
        if self._takes_selected:
            return self.enter_does
        return f"{self._verb} it" if self.rows.highlighted is not None else ""

    @property
    def why(self) -> str:
        """Return the reason of the highlighted choice; empty without one."""
        return self.rows.highlighted.why if self.rows.highlighted is not None else ""

    @property
    def finds_nothing(self) -> bool:
        """Return whether something is typed that no choice matches."""
        return self.is_filtered and self.rows.highlighted is None

    @property
    def _takes_selected(self) -> bool:
        return self._many and bool(self._marked)

    @property
    def _found(self) -> Choice | None:
        """Return the lit row of a search, which Enter takes too: the user searched for it."""
        return self.rows.highlighted if self._is_found(self.rows.highlighted) else None

    def _is_found(self, choice: Choice | None) -> bool:
        is_new = choice is not None and choice.value not in self._marked
        return self._takes_selected and self._searches and is_new

    @property
    def can_select(self) -> bool:
        """Return whether Space selects a row: the highlighted one."""
        return self._many and self.rows.highlighted is not None

    @property
    def can_choose(self) -> bool:
        """Return whether an arrow key, or Space, highlights the first row."""
        return self._many and bool(self._choices) and self.rows.highlighted is None and not self.finds_nothing

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter.value)

    @property
    def is_used(self) -> bool:
        """Return whether the user decided what Enter takes: by selecting, or, in a single choice, moving or typing."""
        return self._takes_selected or (not self._many and (self.rows.is_moved or self.is_filtered))

    def take_focus(self) -> None:
        (self.filter if self._filtered and not self._many else self.rows).focus(scroll_visible=False)

    def clear_filter(self) -> bool:
        """Empty the filter, and return whether it held anything."""
        had_text = bool(self.filter.value)
        self.filter.value = ""
        return had_text

    def _matches(self) -> list[Choice]:
        return self._narrowing.matching(self.filter.value)

    def _search(self) -> None:
        self._searches = bool(self.filter.value)
        self._narrow()

    def _narrow(self, at: str = "") -> None:
        shown = self._matches()
        unlisted = self._unlisted(self.filter.value) if self.filter.value else None
        if unlisted is not None:
            shown.insert(0, unlisted)
        if self._many:
            shown.sort(key=lambda choice: choice.value not in self._marked)
        first = 0 if self._starts_lit or self.filter.value else None
        index = next((index for index, choice in enumerate(shown) if choice.value == at), first) if at else first
        self.rows.show(shown, index, unlisted)
        self._is_typed = unlisted is not None
        self._count(len(shown) - self._is_typed)

    def _count(self, shown: int | None = None) -> None:
        """Show how many choices are listed, without the row for an unlisted text."""
        shown, total = len(self._matches()) if shown is None else shown, len(self._choices)
        if shown:
            said = f"{shown:,} of {total:,}" if self.filter.value else f"{total:,} listed"
        elif self._is_typed:
            said = "not in the list"
        else:
            said = "nothing matches, Esc clears" if total else "nothing to choose from"
        self.tally.say(said)
        if self._many:
            self.names.say(self._named())

    def _named(self) -> Content:
        """Return the names of the selected choices, whose rows may be out of sight."""
        if not self._marked:
            return Content.styled("0 selected", "$muted")
        labels = [choice.label for choice in self._choices if choice.value in self._marked]
        return Content.assemble((f"{len(self._marked):,} selected: ", "$accent"), ", ".join(labels))

    # --- keys ----------------------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()  # the filter has narrowed the list already

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self.rows.highlighted)

    def _take_key(self, event: events.Key) -> bool:
        """Handle keys in the filter: arrows, pages and ends move in the list, Space selects where several can be."""
        key, spaced, self._spaced = event.key, self._spaced, None
        if spaced is not None and event.character and spaced.is_a_blank_before(event, self._narrowing):
            self._toggle(spaced.choice)
            self.filter.value = f"{spaced.typed} "
            self.filter.cursor_position = len(self.filter.value)
            return False
        match key:
            case "up" | "down":
                self._go_into_list(lambda: self.rows.action_move(1 if key == "down" else -1))
            case "pageup" | "pagedown" if self.rows.can_page(by := 1 if key == "pagedown" else -1):
                self._go_into_list(lambda: self.rows.go_to_page(by))
            case "home" | "end" if not self.filter.value:  # in a text they move the cursor
                self._go_into_list(self.rows.action_first if key == "home" else self.rows.action_last)
            case "space" if self._many and self.can_choose:
                self.rows.action_first()
            case "space" if self._many:
                spaced = Spaced(self.filter.value, event.time, self.rows.highlighted) if self._searches else None
                self._toggle(self.rows.highlighted)
                self._spaced = spaced
            case _:
                return False
        return True

    def _go_into_list(self, move: Callable[[], None]) -> None:
        self.rows.focus()
        move()

    def _toggle(self, choice: Choice | None) -> None:
        """Select or unselect the row; the next letters start a new search."""
        if choice is not None:
            self._searches, self._is_touched = False, True
            self._show_marked(self._marked ^ {choice.value})  # rows don't move while the user selects
            self.filter.select_all()
            self.post_message(self.Highlighted(self, choice))

    def on_key(self, event: events.Key) -> None:
        """Send letters typed in the list to the filter."""
        if not self._filtered or not self.rows.has_focus:
            return
        if event.key == "backspace":
            event.stop()
            self.filter.action_delete_left()
        elif event.character and event.is_printable and (event.key != "space" or self._is_typing):
            event.stop()
            if not self._take_key(event):
                self.filter.replace(event.character, *self.filter.selection)
            self.filter.focus()

    @property
    def _is_typing(self) -> bool:
        """Return whether a search is being typed: the filter may not have the focus yet."""
        return self._searches and not self.rows.is_moved

    def on_paste(self, event: events.Paste) -> None:
        if self._filtered and self.rows.has_focus:
            event.stop()
            self.filter.value = " ".join(event.text.split())
            self.filter.focus()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        event.stop()
        self.post_message(self.Highlighted(self, self.rows.highlighted))

    def on_rows_submitted(self, event: Rows.Submitted) -> None:
        event.stop()
        self._take(event.choice)

    def on_rows_marked(self, event: Rows.Marked) -> None:
        event.stop()
        self._toggle(event.choice)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the marked choices, with the choice that was searched; without any, the highlighted one.

        Once the user has unselected all of them, return nothing.
        """
        is_emptied = self._is_touched and not self._marked and not self._searches
        return () if is_emptied else self._taken_with(self.rows.highlighted)

    def _taken_with(self, choice: Choice | None) -> tuple[str, ...]:
        if self._takes_selected:
            found = {choice.value} if choice is not None and self._is_found(choice) else set()
            return tuple(sorted(self._marked | found, key=self._place))
        return (choice.value,) if choice is not None else ()

    def _take(self, choice: Choice | None) -> None:
        self.post_message(self.Submitted(self, self._taken_with(choice)))

    def _place(self, value: str) -> int:
        return self._order.get(value, len(self._order))
