"""One question of a step: folded to `label  value`, or open with its kind's field."""

from __future__ import annotations

from functools import cached_property
from typing import assert_never

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from wizard.domain.credentials import read_paste
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Kind, Value
from wizard.flow.walk import Walk
from wizard.flow.words import NOTHING_GIVEN
from wizard.text import last_four
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.fields.head import Head, spoken
from wizard.ui.widgets.fields.secret_input import SecretInput
from wizard.ui.widgets.lists.picker import Picker
from wizard.ui.widgets.lists.rows import Rows
from wizard.ui.widgets.lists.why import Why
from wizard.ui.widgets.open_input import OpenInput
from wizard.ui.widgets.shrinking import AS_MUCH_AS_IT_TAKES, shrinks

_NOTHING_SELECTED = "Nothing is selected. Space selects the highlighted row."
_LEAST_ROWS = 3
_WHERE_CELLS = 7
_MEANS = "Press ↑ or ↓ to see what each answer means."


def _hints(ask: Ask) -> tuple[Line, ...]:
    """Return the question's hint; for a token also where to make it, and that page's address."""
    hint = (Line(text=ask.hint, wide=True),) if ask.hint else ()
    if ask.kind is not Kind.SECRET or not ask.help.link:
        return hint
    return (*hint, Line("Where", ask.help.where), Line("Page", link(ask.help.link)))


class Question(Widget):
    """A question that puts answers into the walk; the pane decides which question is open."""

    DEFAULT_CSS = "Question { height: auto; }"

    class Answered(Message):
        """The walk took an answer."""

        def __init__(self, question: Question) -> None:
            self.question = question
            super().__init__()

    class Highlighted(Message):
        """Enter would take something else now: another choice is highlighted, or another text is typed."""

        def __init__(self, question: Question) -> None:
            self.question = question
            super().__init__()

    class MistakeShown(Message):
        """A mistake takes room below the field."""

    class OpenRequested(Message):
        """The user wants to open a folded question."""

        def __init__(self, question: Question) -> None:
            self.question = question
            super().__init__()

    def __init__(self, walk: Walk, ask: Ask) -> None:
        super().__init__()
        self.walk = walk
        self._ask = ask
        self.is_open = False
        self.next_does = "next"  # what Enter does while the question waits
        self._offered_at: State | None = None
        self._offered: tuple[Choice, ...] = ()
        self._in_field: tuple[Choice, ...] | None = None
        self._suggested = ""  # the suggestion in the field while nobody has typed
        self.head = Head()
        self._is_whole = False  # whether the parts that only an open question shows are mounted
        self.set_class(ask.kind in {Kind.PICK, Kind.PICK_MANY}, "-list")
        shrinks(self, lambda _: (self._field if self._is_whole else None, AS_MUCH_AS_IT_TAKES))

    def compose(self) -> ComposeResult:
        """Compose the head alone: most questions of a page stay folded, and a field is many widgets."""
        yield self.head

    def _unfold(self) -> None:
        """Mount the parts that only an open question shows; they can take the focus and keys at once."""
        if self._is_whole:
            return
        self._is_whole = True
        self.mount_all((self._hint, self._field, self._why, self._under))
        if self._picker is not None:
            self._picker.fill()

    def on_mount(self) -> None:
        self.fold()

    @property
    def ask(self) -> Ask:
        return self.walk.with_run_details(self._ask)

    @cached_property
    def _hint(self) -> Aligned:
        return Aligned(_hints(self.ask), column=_WHERE_CELLS, classes="hint")

    @cached_property
    def _why(self) -> Why:
        return Why()

    @cached_property
    def _under(self) -> Static:
        under = Static("", markup=False, classes="under")
        under.display = False
        return under

    # --- open and folded -----------------------------------------------------------------------------------------

    @property
    def waits_for(self) -> str:
        return self.ask.waits_for(self.walk.state)

    @property
    def takes_many(self) -> bool:
        return self.ask.kind is Kind.PICK_MANY

    @property
    def can_select(self) -> bool:
        """Return whether there is a row that Space selects."""
        return self._picker is not None and self._picker.can_select

    @property
    def can_choose(self) -> bool:
        """Return whether there are rows to select, none of which is highlighted yet."""
        return self._picker is not None and self._picker.can_choose

    @property
    def is_filtered(self) -> bool:
        """Return whether Esc clears a filter first."""
        return self._picker is not None and self._picker.is_filtered

    @property
    def can_filter(self) -> bool:
        """Return whether there is a list in view that letters filter."""
        return self._list is not None and self.ask.kind in {Kind.PICK, Kind.PICK_MANY}

    @property
    def is_secret(self) -> bool:
        return self.ask.kind is Kind.SECRET

    @property
    def unsaved(self) -> bool:
        """Return whether the field holds what the user typed or selected, and the walk has not taken."""
        if not self._is_whole:
            return False
        match self._field:
            case Picker():
                given = self.ask.get(self.walk.state) or self.ask.suggest(self.walk.state)
                return self.takes_many and self.is_open and self._field.rows.marked != frozenset(given)
            case SecretInput():
                return bool(self._field.value)
            case Input():
                return self.is_open and self._field.value not in {"", self._suggested, self.ask.get(self.walk.state)}

    def take_what_was_chosen(self) -> None:
        """Take what the user selected, moved to or typed, before another question opens; a token waits for its Enter.

        What is refused stays in the field.
        """
        is_chosen = self._picker.is_used if self._picker is not None else self.unsaved
        if self.is_open and is_chosen and not self.is_secret and not self.waits_for:
            self.take()

    @property
    def is_typed_in(self) -> bool:
        """Return whether the field is one to type into, and has the focus."""
        return self._is_whole and isinstance(self._field, Input) and self._field.has_focus

    @property
    def enter_does(self) -> str:
        """The verb for Enter in a field to type into; empty where Enter would only ask for an answer."""
        if isinstance(self._field, Input) and self._field.value.strip():
            return "confirm"
        if self.is_secret and self.is_answered:
            return "keep it"
        return "skip it" if self.ask.optional else ""

    @property
    def needs_a_choice(self) -> bool:
        """Return whether the list has no answer or suggestion, and no highlighted row yet."""
        return self._picker is not None and self._starts_open and not self._picker.enter_does

    @property
    def _head_does(self) -> str:
        if self.is_open:
            return self.next_does  # the question waits: Enter does what Next does
        return "change" if self.ask.is_answered(self.walk.state) else "answer"

    def gives(self, height: int) -> int:
        """Return how many rows the list can do without: half of `height` stays with it, and three rows at least.

        A mistake has its rows below the lit one.
        """
        if self._list is None:
            return 0
        kept = max(_LEAST_ROWS, height // 2)
        if self._has_mistake:
            mistake = self._under.get_content_height(self.size, self.size, self.size.width)  # it isn't laid out yet
            kept = max(1, min(kept, height - mistake))
        return max(0, self._list.natural_height - kept)

    @property
    def list_scrolls(self) -> bool:
        """Return whether there is a list in view that is longer than the room for it."""
        return self._list is not None and not self._list.fits

    @property
    def list_has_more(self) -> bool:
        """Return whether PgDn moves in the list."""
        return self._list is not None and self._list.can_page(1)

    def page_list(self, by: int) -> bool:
        """Move in the list by a page; return False where it can't."""
        if self._list is None or not self._list.can_page(by):
            return False
        self._list.go_to_page(by)
        return True

    def place(self, height: int) -> Region:
        """Return where in the question that is what Enter takes, and of a mistake below it what fits into `height`.

        That is a row of a list, though the focus may be in the filter above.
        """
        place = (self._field if self._is_whole and self._field.display else self.head).virtual_region
        finds_nothing = self._picker is not None and self._picker.finds_nothing
        if self._list is not None and not (finds_nothing and self._has_mistake):  # then the filter says why
            place = self._list.highlight.translate(place.offset)
        if not self._has_mistake:
            return place
        return Region(0, place.y, place.width, min(height, self._under.virtual_region.bottom - place.y))

    @property
    def _has_mistake(self) -> bool:
        return self._is_whole and self._under.display

    @property
    def _list(self) -> Rows | None:
        return self._picker.rows if self._picker is not None and self._picker.display else None

    @property
    def _picker(self) -> Picker | None:
        return self._field if self._is_whole and isinstance(self._field, Picker) else None

    def open(self) -> None:
        """Show and focus the field; while the question waits, focus its head.

        An open question keeps what is marked and typed in it.
        """
        if not self.is_open:
            self._unfold()
            self.is_open = True
            self.walk.ask_for(*self.ask.evidence)
            self.clear_filter()  # an earlier search would hide choices
            self._in_field = None  # highlights the answer again, not the row highlighted before
            self.refresh_state()
            self._mark(self.ask.get(self.walk.state) or self.ask.suggest(self.walk.state))
        self.take_focus()

    @property
    def is_answered(self) -> bool:
        return self.ask.is_answered(self.walk.state)

    def go_to(self) -> None:
        """Focus the line, or the field of an open question."""
        if self.is_open:
            self.take_focus()
        else:
            self.head.focus()

    def take_focus(self) -> None:
        """Focus the field, or a waiting question's head. The page scrolls: Textual would do so before the layout."""
        if self.waits_for:
            self.head.focus(scroll_visible=False)
        elif isinstance(self._field, Picker):
            self._field.take_focus()
        else:
            self._field.focus(scroll_visible=False)

    def _has_misplaced_focus(self) -> bool:
        """Return whether the focus must move: the field appeared, or the field in use waits again."""
        focused = self.screen.focused if self.is_attached else None
        if focused is None or not self.is_open:
            return False
        in_field = focused is self._field or self._field in focused.ancestors
        return in_field if self.waits_for else focused is self.head

    def fold(self) -> None:
        self.is_open = False
        self.say("")
        self.refresh_state()

    def clear_filter(self) -> bool:
        return self._picker is not None and self._picker.clear_filter()

    def drop_what_was_given(self) -> None:
        """Forget what was typed or highlighted; when the question opens, its answer is marked again."""
        match self._field:
            case Picker():
                self._field.rows.is_moved = False
            case SecretInput():
                self._field.value = ""
            case Input():
                self._field.value = str(self.ask.get(self.walk.state))

    def select(self) -> None:
        """Mark the highlighted row, as Space does."""
        if self._picker is not None:
            self._picker.rows.action_mark()

    def say(self, mistake: str) -> None:
        """Show a mistake under the field, or nothing."""
        if not mistake and not self._has_mistake:
            return  # no layout of the screen for nothing: this happens with each key
        self._under.update(Content.assemble(("✗ ", "$error"), mistake) if mistake else "")
        self._under.display = bool(mistake)
        self.set_class(bool(mistake), "-mistaken")
        if mistake:
            self.post_message(self.MistakeShown())  # in a low terminal it's below the view

    def refresh_state(self) -> None:
        """Draw the question as the walk has it; what is being typed stays."""
        ready = self.is_open and not self.waits_for
        if ready:
            self._offer()
        if self._is_whole:
            self._show_parts(ready)
        self.head.can_focus = not ready
        self.set_class(self.is_open, "-open")
        where = self.walk.token_source(self.ask)
        line = spoken(self.ask, self.walk.state, self._choices, is_open=self.is_open, where=where)
        self.head.show(line, self._head_does)
        if self._has_misplaced_focus():
            self.take_focus()

    def _show_parts(self, ready: bool) -> None:
        self._field.display = ready
        self._hint.display = ready and bool(self.ask.hint)
        if self._hint.display:
            self._hint.show(_hints(self.ask))
        self._why.display = ready and self._picker is not None

    def _choices(self) -> tuple[Choice, ...]:
        """Return the choices of this state, made once because there may be ten thousand."""
        if self._offered_at is not self.walk.state:
            self._offered_at = self.walk.state
            self._offered = self.ask.choices(self.walk.state)
        return self._offered

    # --- the field -----------------------------------------------------------------------------------------------

    @cached_property
    def _field(self) -> SecretInput | Input | Picker:
        match self.ask.kind:
            case Kind.SECRET:
                return SecretInput(self._take_secret, placeholder="paste here, then Enter")
            case Kind.TEXT:
                return OpenInput(compact=True)
            case Kind.CHOICE:
                return Picker(
                    many=False, filtered=False, unlisted=lambda _: None, without=self._without, suggests=False
                )
            case Kind.PICK | Kind.PICK_MANY:
                many = self.ask.kind is Kind.PICK_MANY
                verb = "confirm" if many else "choose"  # many are chosen with Space
                return Picker(many=many, filtered=True, unlisted=self._unlisted, without=self._without, verb=verb)
            case _:
                assert_never(self.ask.kind)

    @property
    def _starts_open(self) -> bool:
        """Return whether this is a short list without an answer or a suggestion."""
        return self.ask.kind is Kind.CHOICE and not (self.ask.get(self.walk.state) or self.ask.suggest(self.walk.state))

    @property
    def _without(self) -> str:
        return "skip it" if self.ask.optional else ""

    def _unlisted(self, text: str) -> Choice | None:
        return self.ask.free(text, self.walk.state)

    def _offer(self) -> None:
        state = self.walk.state
        value = self.ask.get(state) or self.ask.suggest(state)
        if isinstance(self._field, Picker):
            values = (value,) if isinstance(value, str) else value
            if self._choices() != self._in_field:
                self._in_field = self._choices()
                self._why.measure(tuple(choice.why for choice in self._in_field))
                self._field.offer(self._in_field, at=values[0] if any(values) else "")
                self._field.mark(self._field.rows.marked & {choice.value for choice in self._in_field})
        elif self.ask.kind is Kind.TEXT and self._field.value in {"", self._suggested}:
            self._field.value = self._suggested = str(value)

    def on_head_open_requested(self, event: Head.OpenRequested) -> None:
        event.stop()
        self.post_message(self.OpenRequested(self))

    # --- the answer ----------------------------------------------------------------------------------------------

    def take(self) -> bool:
        """Take what is typed, marked or highlighted, as Enter does; return False when it was refused."""
        match self._field:
            case Picker():
                return self._take_chosen(self._field, self._field.chosen)
            case SecretInput():
                return self._field.offer()
            case Input():
                return self._answer(self._field.value)

    def _take_chosen(self, picker: Picker, values: tuple[str, ...]) -> bool:
        if not values and picker.finds_nothing:
            self.say("Nothing in the list matches. Press Esc to clear the filter.")
            return False
        if not values and self.ask.optional:
            return self._answer(()) if self.takes_many else True
        if not values:
            self.say(_NOTHING_SELECTED if self.takes_many else "Choose one with ↑ or ↓, then press Enter.")
            return False
        return self._answer(values if self.takes_many else values[0])

    def _take_secret(self, text: str) -> bool:
        """Give the walk a secret, and return whether it was taken. An empty field keeps the earlier token."""
        return True if not text.strip() and self.ask.is_answered(self.walk.state) else self._answer(text)

    def _answer(self, value: Value) -> bool:
        if not value and not self.ask.optional:
            self.say(NOTHING_GIVEN)
            return False
        mistake = self.walk.answer(self.ask, value)
        self.say(mistake)
        if not mistake:
            self._mark(value)
        return not mistake

    def _mark(self, value: Value) -> None:
        if isinstance(self._field, Picker):
            self._field.mark(frozenset((value,) if isinstance(value, str) else value) - {""})

    def _say_answered(self, taken: bool) -> None:
        if taken:
            self.post_message(self.Answered(self))

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        self._say_answered(self._take_chosen(event.picker, event.values))

    def on_picker_highlighted(self, event: Picker.Highlighted) -> None:
        """Show the reason of the highlighted choice, under the list."""
        event.stop()
        self._why.show(event.picker.why or ("" if event.choice or not self._starts_open else _MEANS))
        self.say("")
        self.post_message(self.Highlighted(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._say_answered(self._answer(event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.say("")
        self.post_message(self.Highlighted(self))

    def on_secret_input_edited(self, event: SecretInput.Edited) -> None:
        """Clear the mistake, unless this edit is older than the refusal that showed it."""
        event.stop()
        self.post_message(self.Highlighted(self))
        if isinstance(self._field, SecretInput) and not self._field.is_refused:
            self.say("")

    def on_secret_input_pasted(self, event: SecretInput.Pasted) -> None:
        """Show a mistake in the pasted text before Enter, and before any call."""
        event.stop()
        self.post_message(self.Highlighted(self))
        if isinstance(self._field, SecretInput) and self.ask.secret:
            paste = read_paste(self._field.value)
            text, mistake = paste.text, self.ask.secret.mistake(paste)
            self.say(mistake)
            if not mistake:
                ends = f", ends in {last_four(text)}" if last_four(text) else ""
                self._under.update(Content.styled(f"{len(text)} characters{ends} · Enter confirms it", "$muted"))
                self._under.display = True

    def on_secret_input_accepted(self, event: SecretInput.Accepted) -> None:
        event.stop()
        self._say_answered(True)
