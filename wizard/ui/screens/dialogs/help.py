"""What a question asks for, where to find the answer, and the vendor's page about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.domain.step_id import StepId
from wizard.flow.steps.ask import Ask, Kind
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.terminal.clipboard import copy
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work

if TYPE_CHECKING:
    from wizard.domain.diagnosis.conclusion import Diagnosis

WELCOME_KEYS = (
    Line("Enter", "press the highlighted button"),
    Line("Tab", "from button to button; Shift+Tab goes back"),
)
HOME_KEYS = (
    Line("Enter", "open the highlighted line"),
    Line("1 to 9", "open that line"),
    Line("↑ ↓", "from line to line; Home and End go to the first and last"),
    Line("PgDn", "more of the page"),
    Line("Tab", "from the list to Quit and back"),
)
STEP_KEYS = (
    Line("Enter", "confirm the answer, or press or open what's highlighted; the last line says which"),
    Line("Tab", "from field to field, line to line; Shift+Tab goes back"),
    Line("← →", "from button to button"),
    Line("↑ ↓", "move in a list, or scroll; PgUp, PgDn, Home and End go further"),
    Line("↑", "from a button to the answers above, and to an optional question"),
    Line("Esc", "clear the filter, or go back; answers stay"),
    Line("Ctrl+O", "open the page that the question is about"),
    Line("Ctrl+R", "repair what this step found, where the wizard can; R on a finding does too"),
    Line("F5", "read this step again"),
    Line("F6", "go to the list of steps, where Up, Down and Enter work; Esc comes back"),
    Line("F7", "count how many members each context key reaches; asks first"),
)
TOUR_KEYS = (
    Line("Enter", "open the highlighted scenario"),
    Line("↑ ↓", "move in the list; PgUp, PgDn, Home and End go further"),
    Line("Esc", "quit; so do F10 and Ctrl+Q"),
)
REVIEW_KEYS = (
    Line("Y then Enter", "make the changes"),
    Line("Enter", "show or hide the details of the highlighted change"),
)
SYNC_KEYS = (
    Line("A", "the rule that a flag needs, to copy or to add, once the segment is there"),
    Line("O", "open the flag that will use the segment, once the segment is there"),
)
INVENTORY_KEYS = (
    Line("Enter", "find out why the highlighted segment is out of step, or open its page"),
    Line("Letters", "filter the list"),
    Line("Ctrl+R", "the rule that a flag needs to use the highlighted segment"),
    Line("Ctrl+O", "open the highlighted segment's page in LaunchDarkly"),
    Line("F5", "read both services again"),
    Line("Esc", "clear the filter, or go back"),
)
CARD_KEYS = (Line("F4", "ask an admin: a request card, to send to someone who has the rights"),)
EVERYWHERE = (
    Line("F1 or ?", "this help; ? where no text is typed"),
    Line("F2", "troubleshoot: find the cause of what you see"),
    Line("Ctrl+P", "all commands by name, and light or dark colors, undo, notices"),
    Line("Ctrl+S", "save the setup as setup.toml"),
    Line("Ctrl+C", "copy what the mouse selected; quit when nothing is selected"),
    Line("Ctrl+Z", "pause; type fg in the shell to come back"),
    Line("F10", "quit; so does Ctrl+Q"),
)


FILTER_KEYS = (Line("Letters", "filter the list. You can leave out spaces: “vipcust” finds “VIP customers”"),)
SELECT_KEYS = (
    Line("Space", "select the highlighted row, or deselect it, also while you filter"),
    Line("Enter", "confirm the selected rows, and the highlighted row of a search; with none selected, that row"),
)

_IN_TROUBLESHOOT = (
    Line("S", "save a report"),
    Line("PgDn", "more of the page"),
)
_AFTER_A_SYMPTOM = (
    Line("F5", "check again, and ask the questions again"),
    *_IN_TROUBLESHOOT,
    Line("Esc", "the previous question, then the list of symptoms"),
)
_CLOSE_TROUBLESHOOT = (Line("F2", "close"), *(line for line in EVERYWHERE if line.head != "F2"))
SYMPTOM_KEYS = (
    Line("Enter", "check the highlighted symptom"),
    Line("1 to 9", "check that symptom"),
    *_IN_TROUBLESHOOT,
    Line("Esc", "close"),
    *_CLOSE_TROUBLESHOOT,
)
QUESTION_KEYS = (
    Line("Enter", "give the highlighted answer"),
    Line("1 to 9", "give that answer"),
    *_AFTER_A_SYMPTOM,
    *_CLOSE_TROUBLESHOOT,
)
BY_HAND_KEYS = (
    Line("Enter", "copy the highlighted value, or press the highlighted button"),
    Line("Space", "mark the step as done, or as not done"),
    Line("1 to 9", "copy that value"),
    Line("← →", "the previous or the next step; Up and Down go from value to value"),
    Line("O, C", "open the page, copy its link"),
    Line("R", "a request card, to send to someone who has the rights"),
    Line("F5", "check now"),
    Line("PgDn", "more of the step"),
    Line("Esc", "leave; you can come back to this step"),
    *EVERYWHERE,
)


def cause_keys(end: Diagnosis, *, has_requests: bool) -> tuple[Line, ...]:
    """Return the keys on the page of a cause; `has_requests`: the calls behind it can be shown."""
    return (
        Line("Enter", "press the highlighted button"),
        *((Line("1 to 9", "copy that value"),) if end.copies else ()),
        *((Line("O, C", "open the page of the fix, copy its link"),) if end.links else ()),
        *((Line("W", "the API calls behind the cause"),) if has_requests else ()),
        *((Line("E", "what was excluded, and why"),) if end.excluded else ()),
        *_AFTER_A_SYMPTOM,
        *_CLOSE_TROUBLESHOOT,
    )


class HelpScreen(Dialog[None]):
    """Help on one question, or the keys when no question is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "dismiss", "Close", show=False),
        Binding("o,O", "open_page", "Open the page", show=False),
        Binding("c,C", "copy_link", "Copy the link", show=False),
    ]

    def __init__(self, title: str, ask: Ask | None, keys: tuple[Line, ...] = (*WELCOME_KEYS, *EVERYWHERE)) -> None:
        super().__init__()
        self._about = title
        self._ask = ask
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._about, markup=False, classes="title")
            with VerticalScroll(can_focus=False, classes="body"):
                if self._ask is not None:
                    yield Aligned(_about(self._ask), column=10, classes="said")
                yield Aligned((*_list_keys(self._ask), *self._that_work()), column=14, classes="keys")
            with Actions():
                yield Button("Close", id="close", variant="primary")
                if self._ask is not None and self._ask.help.link:
                    yield Button("Open the page (o)", id="page")
            yield self.hints

    def on_mount(self) -> None:
        """Take away a notice, which would lie over the keys."""
        self.app.clear_notifications()

    def _that_work(self) -> tuple[Line, ...]:
        """Return the keys; a simulated setup isn't saved."""
        from wizard.ui.app import AudienceWizard

        walk = self.app.walk_screen.walk if isinstance(self.app, AudienceWizard) else None
        in_sandbox = walk is not None and bool(walk.state.sandbox)
        return tuple(line for line in self._keys if not (in_sandbox and line.head == "Ctrl+S"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "page":
            self.action_open_page()
        else:
            self.dismiss(None)

    def keys(self) -> tuple[Hint, ...]:
        link = (Hint("C", "copy link", "screen.copy_link"),) if self._ask is not None and self._ask.help.link else ()
        return (*link, *super().keys())

    def action_copy_link(self) -> None:
        if self._ask is not None and self._ask.help.link:
            work(self, self._copy(self._ask.help.link), group="copy", description="copying the link")

    async def _copy(self, link: str) -> None:
        self.app.notify(f"The link: {await copy(self.app, link)}")

    def action_open_page(self) -> None:
        if self._ask is not None and self._ask.help.link:
            self.app.open_url(self._ask.help.link)


def _list_keys(ask: Ask | None) -> tuple[Line, ...]:
    """Return the keys of the question's list."""
    if ask is None or ask.kind not in {Kind.PICK, Kind.PICK_MANY}:
        return ()
    return (*FILTER_KEYS, *(SELECT_KEYS if ask.kind is Kind.PICK_MANY else ()))


def keys_of_step(step_id: str, *, has_card: bool) -> tuple[Line, ...]:
    """Return the keys that work in a step."""
    own = {StepId.REVIEW: REVIEW_KEYS, StepId.FIRST_SYNC: SYNC_KEYS}.get(StepId(step_id), ())
    return (*own, *STEP_KEYS, *(CARD_KEYS if has_card else ()), *EVERYWHERE)


def _about(ask: Ask) -> tuple[Line, ...]:
    said = [Line(Content.styled("What", "$muted"), ask.help.what), Line()]
    if ask.help.where:
        said += [Line(Content.styled("Where", "$muted"), ask.help.where), Line()]
    if ask.variable:
        said += [Line(Content.styled("Variable", "$muted"), f"{ask.variable} gives it without asking."), Line()]
    if ask.help.link:
        said += [Line(text=link(ask.help.link), wide=True, short=True), Line()]
    return tuple(said)
