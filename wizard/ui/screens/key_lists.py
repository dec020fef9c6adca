"""What F1 lists: the keys that do something on the page, at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wizard.ui.widgets.aligned import Line

if TYPE_CHECKING:
    from wizard.domain.diagnosis.conclusion import Diagnosis
    from wizard.domain.diagnosis.question import Question
    from wizard.flow.by_hand.step import HandStep
    from wizard.ui.panes.step import StepPane
    from wizard.ui.panes.welcome import WelcomePane
    from wizard.ui.widgets.fields.question import Question as OpenQuestion
    from wizard.ui.widgets.frame import Hint

_NUMBERS = "1 to 9"
_WELCOME = (
    Line("Enter", "press the highlighted button"),
    Line("Tab", "from button to button; Shift+Tab goes back"),
    Line("PgDn", "more of the page"),
)
_HOME = (
    Line("Enter", "open the highlighted line"),
    Line(_NUMBERS, "open that line"),
    Line("↑ ↓", "from line to line; Home and End go to the first and last"),
    Line("PgDn", "more of the page"),
    Line("Tab", "from the list to Quit and back"),
)
_STEP = (
    Line("Enter", "confirm the answer, or press or open what's highlighted; the last line says which"),
    Line("Tab", "from field to field, line to line; Shift+Tab goes back"),
    Line("← →", "from button to button"),
    Line("↑ ↓", "move in a list, or scroll; PgUp, PgDn, Home and End go further"),
    Line("↑", "from a button to the answers above, and to an optional question"),
    Line("Esc", "clear the filter, or go back; answers stay"),
    Line("Ctrl+O", "open the page that the question is about"),
    Line("Ctrl+R", "repair what this step found; R on a finding does too"),
    Line("F5", "read this step again"),
    Line("F6", "go to the list of steps, where Up, Down and Enter work; Esc comes back"),
    Line("F7", "count how many members each context key reaches; asks first"),
    Line("F4", "ask an admin: a request card, to send to someone who has the rights"),
)
TOUR = (
    Line("Enter", "open the highlighted scenario"),
    Line("↑ ↓", "move in the list; PgUp, PgDn, Home and End go further"),
    Line("Esc", "quit; so do F10 and Ctrl+Q"),
)
_INVENTORY = (
    Line("Enter", "find out why the highlighted segment is out of step, or open its page"),
    Line("Letters", "filter the list"),
    Line("Ctrl+R", "the rule that a flag needs to use the highlighted segment"),
    Line("Ctrl+O", "open the highlighted segment's page in LaunchDarkly"),
    Line("F5", "read both services again"),
    Line("Esc", "clear the filter, or go back"),
)
_EVERYWHERE = (
    Line("F1 or ?", "this help; ? where no text is typed"),
    Line("F2", "troubleshoot: find the cause of what you see"),
    Line("Ctrl+P", "all commands by name, and light or dark colors, undo, notices"),
    Line("Ctrl+S", "save the setup as setup.toml"),
    Line("Ctrl+C", "copy what the mouse selected; quit when nothing is selected"),
    Line("Ctrl+Z", "pause; type fg in the shell to come back"),
    Line("F10", "quit; so does Ctrl+Q"),
)
_IN_ANY_DIALOG = tuple(line for line in _EVERYWHERE if line.head in {"F2", "F10"})
_FILTER = (Line("Letters", "filter the list. You can leave out spaces: “vipcust” finds “VIP customers”"),)
_SELECT = (
    Line("Space", "select the highlighted row, or deselect it, also while you filter"),
    Line(
        "Enter",
        "confirm the selected rows, and the highlighted row of a search; with none selected, that row. "
        "On a button, press it",
    ),
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
_CLOSE_TROUBLESHOOT = (Line("F2", "close"), *(line for line in _EVERYWHERE if line.head != "F2"))
_NAME_USER = Line("U", "name the user, or another one, for the wizard to look up")
_SYMPTOMS = (
    Line("Enter", "check the highlighted symptom"),
    Line(_NUMBERS, "check that symptom"),
    *_IN_TROUBLESHOOT,
    Line("Esc", "close"),
    *_CLOSE_TROUBLESHOOT,
)
_QUESTION = (
    Line("Enter", "give the highlighted answer"),
    Line(_NUMBERS, "give that answer"),
    _NAME_USER,
    Line("E", "all causes that are still possible, and what was excluded"),
    *_AFTER_A_SYMPTOM,
    *_CLOSE_TROUBLESHOOT,
)
_CAUSE = (
    Line("Enter", "press the highlighted button"),
    Line(_NUMBERS, "copy that value"),
    _NAME_USER,
    Line("O, C", "open the page of the fix, copy its link"),
    Line("W", "the API calls behind the cause"),
    Line("E", "what was excluded, and why"),
    *_AFTER_A_SYMPTOM,
    *_CLOSE_TROUBLESHOOT,
)
WHILE_CHECKING = (Line("Esc", "stop, and go back"), *_CLOSE_TROUBLESHOOT)
_BY_HAND = (
    Line("Enter", "copy the highlighted value, or press the highlighted button"),
    Line("Space", "mark the step as done, or as not done"),
    Line(_NUMBERS, "copy that value"),
    Line("↑ ↓", "from value to value"),
    Line("← →", "the previous or the next step"),
    Line("O, C", "open the page, copy its link"),
    Line("R", "a request card, to send to someone who has the rights"),
    Line("F5", "check now"),
    Line("PgDn", "more of the step"),
    Line("Esc", "leave; you can come back to this step"),
    *_EVERYWHERE,
)


def _that_work(keys: Iterable[Line], works: Mapping[str, bool], *, rows: int = 9) -> tuple[Line, ...]:
    """Leave out the keys that do nothing now; a key that isn't named always works. `rows` have a number."""
    numbers = _NUMBERS if rows >= 9 else f"1 to {rows}" if rows > 1 else "1"
    shown = (line for line in keys if {_NUMBERS: rows > 0, **works}.get(str(line.head), True))
    return tuple(line._replace(head=numbers) if line.head == _NUMBERS else line for line in shown)


def _without(own: Iterable[Line], keys: Iterable[Line]) -> tuple[Line, ...]:
    """Leave out the keys that `own` names: what a key does on this page says more than what it does on any."""
    said = {str(line.head) for line in own}
    return tuple(line for line in keys if str(line.head) not in said)


def of_first_page(welcome: WelcomePane) -> tuple[Line, ...]:
    own = _HOME if welcome.is_home else _WELCOME
    return _that_work((*own, *_EVERYWHERE), {"PgDn": welcome.has_more})


def of_step(pane: StepPane) -> tuple[Line, ...]:
    from wizard.flow.counting import why_not  # the first page has no step

    works = {
        "↑": any(question.display for question in pane.questions),
        "Ctrl+O": bool(pane.page),
        "Ctrl+R": pane.can_repair,
        "F7": not why_not(pane.walk),
        "F4": bool(pane.request_card),
    }
    own = (*_of_list(pane.current), *pane.keys_in_help)
    return (*own, *_without(own, _that_work(_STEP, works)), *_EVERYWHERE)


def _of_list(question: OpenQuestion | None) -> tuple[Line, ...]:
    """Return the keys of the open question's list; nothing where it has none to filter."""
    if question is None or not question.can_filter:
        return ()
    return (*_FILTER, *(_SELECT if question.takes_many else ()))


def of_inventory(*, has_row: bool, is_looking: bool) -> tuple[Line, ...]:
    """Return the keys; `has_row`: a segment is highlighted."""
    of_a_row = dict.fromkeys(("Enter", "Letters", "Ctrl+R", "Ctrl+O"), has_row)
    return _that_work((*_INVENTORY, *_EVERYWHERE), {**of_a_row, "F5": not is_looking})


def of_dialog(bar: Iterable[Hint], *, has_list: bool, can_troubleshoot: bool) -> tuple[Line, ...]:
    """Return the keys of a dialog's bar, and those of its list, if it has one."""
    of_list = (Line("↑ ↓", "move in the list; PgUp and PgDn go further"), *_FILTER) if has_list else ()
    own = tuple(Line(hint.key, hint.word) for hint in bar)
    anywhere = _that_work(_IN_ANY_DIALOG, {"F2": can_troubleshoot})
    return (*own, *of_list, *_without(own, anywhere))


def of_symptoms(*, has_more: bool) -> tuple[Line, ...]:
    return _that_work(_SYMPTOMS, {"PgDn": has_more})


def of_question(question: Question, *, has_more: bool, can_name_user: bool) -> tuple[Line, ...]:
    return _that_work(_QUESTION, {"PgDn": has_more, "U": can_name_user}, rows=len(question.choices))


def of_cause(end: Diagnosis, *, has_requests: bool, has_more: bool, can_name_user: bool) -> tuple[Line, ...]:
    """Return the keys on the page of a cause; `has_requests`: the calls behind it can be shown."""
    works = {
        "O, C": bool(end.links),
        "W": has_requests,
        "E": bool(end.excluded),
        "U": can_name_user,
        "PgDn": has_more,
    }
    return _that_work(_CAUSE, works, rows=len(end.copies))


def of_step_by_hand(step: HandStep, *, has_card: bool, has_more: bool) -> tuple[Line, ...]:
    values = len(step.values)
    works = {"↑ ↓": values > 1, "Space": bool(step.change_id), "R": has_card, "PgDn": has_more}
    return _that_work(_BY_HAND, works, rows=values)
