"""Review: each change with its value, reason and host; after yes, how each of them goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.domain.plan import Action, Change, Plan
from wizard.flow.apply import Outcome, Result
from wizard.flow.step import Mark, Step
from wizard.flow.walk import Walk
from wizard.text import count, cut, plain
from wizard.ui.applying import Applying
from wizard.ui.panes.step import StepPane
from wizard.ui.signs import Sign
from wizard.ui.widgets.aligned import Aligned, Line

_COLUMN = 18


class ReviewPane(StepPane):
    """Shows the plan as it is now; once said yes to, the plan that was shown and nothing else."""

    class Approved(Message):
        """Yes to exactly this plan."""

        def __init__(self, plan: Plan) -> None:
            self.plan = plan
            super().__init__()

    class BlockRead(Message):
        """The user wants to know what is in the way."""

        def __init__(self, check_id: str) -> None:
            self.check_id = check_id
            super().__init__()

    def __init__(self, walk: Walk, step: Step) -> None:
        super().__init__(walk, step)
        self.applying: Applying | None = None
        self._shown = Plan(())
        self._changes = Aligned(column=_COLUMN, classes="changes")
        self._verdict = Static("", markup=False, classes="verdict")

    def compose_more(self) -> ComposeResult:
        yield self._verdict
        yield self._changes

    def show(self) -> None:
        super().show()
        reading = self.walk.mark(self.step) is Mark.READING or bool(self.walk.under_way)
        if self.applying is not None:
            self._shown = self.applying.plan
        else:
            self._shown = self.walk.plan()
        self._changes.show(tuple(self._lines()))
        said = self._said(reading)
        self._verdict.update(said)
        self._verdict.display = bool(said)
        self.next.label = Content(self._yes(reading))

    @property
    def enter_word(self) -> str:
        return "yes" if self.applying is None and self._shown.pending and not self._shown.blocked_by else "next"

    # --- yes -----------------------------------------------------------------------------------------------------

    def press_next(self) -> None:
        """Yes, when there is something to do and nothing in the way; else on to the first sync."""
        applying = self.applying
        if applying is not None and not applying.ended:
            return
        if applying is not None and applying.failed:
            self.applying = None
            self.post_message(self.Touched())
            self.show()
        elif applying is None and self._shown.blocked_by:
            self.post_message(self.BlockRead(self._shown.blocked_by[0]))
        elif applying is None and self._shown.pending:
            self.post_message(self.Approved(self._shown))
        else:
            self.post_message(self.NextPressed())

    def _yes(self, reading: bool) -> str:
        applying = self.applying
        if applying is not None:
            if not applying.ended:
                return "Making the changes …"
            if applying.failed:
                return "Review again"
            return "Done by hand, go on" if applying.by_hand else "Next: first sync"
        if reading and not self._shown.changes:
            return "Reading …"
        if self._shown.blocked_by:
            return "What is in the way"
        pending = len(self._shown.pending)
        return f"Yes, make {count(pending, 'change')}" if pending else "Next: first sync"

    def _said(self, reading: bool) -> Content:
        if self.applying is not None:
            return self._how_it_went(self.applying)
        if self._shown.blocked_by:
            blocked = ", ".join(self._shown.blocked_by)
            return Content.assemble(("✗ Cannot be applied yet: ", "$error"), blocked)
        if reading:
            return Content.styled("○ Everything is being read once more.", "$muted")
        if not self._shown.pending:
            return Content.assemble(("✓ ", "$success"), "Everything is as wanted. There is nothing to change.")
        return Content("")

    def _how_it_went(self, applying: Applying) -> Content:
        if not applying.ended:
            now = f"{applying.now.host} · {applying.now.doing}" if applying.now else "starting"
            return Content.assemble(("○ ", "$accent"), now)
        if applying.failed:
            return Content.assemble(("✗ ", "$error"), "Not everything could be made. What was made stays.")
        if applying.by_hand:
            return Content.assemble(("! ", "$warning"), "What is left is done by hand; the first sync sees when it is.")
        return Content.assemble(("✓ ", "$success"), "Everything was made and read back.")

    # --- lines ---------------------------------------------------------------------------------------------------

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        for change in self._shown.changes:
            lines += [*self._entry(change), Line()]
        return lines[:-1]

    def _entry(self, change: Change) -> list[Line]:
        result = self.applying.results.get(change.id) if self.applying else None
        under_way = bool(self.applying and self.applying.now and self.applying.now.id == change.id)
        sign = _sign_of_result(result) if result else Sign("○", "now", "$accent") if under_way else _sign(change.action)
        lines = [Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), Content.styled(change.title, "bold"))]
        if result is not None:
            return lines + _outcome(result)
        lines += [Line("", change.summary), _muted("why", change.reason), *_values(change)]
        undo = "can be undone" if change.undoable else "not undone from here"
        return [*lines, _muted("where", f"{change.host} · {undo}" if change.writes else change.host)]


def _muted(label: str, text: str) -> Line:
    return Line(Content.styled(f"  {label}", "$muted"), Content.styled(text, "$muted"))


def _values(change: Change) -> list[Line]:
    """Each value that would be set; of a change only those that differ, with what is there now."""
    if change.action in {Action.NONE, Action.ADOPT}:
        return []
    after, before = _flat(change.after or {}), _flat(change.before or {})
    return [
        Line(Content.styled(f"  {cut(plain(name), _COLUMN - 4)}", "$muted"), _told(name, before, value))
        for name, value in after.items()
        if before.get(name) != value
    ]


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings within settings, each by its own name."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value) if isinstance(value, Mapping) else {name: value}
    return flat


def _told(name: str, before: Mapping[str, Any], value: object) -> str:
    return f"{_word(before[name])} → {_word(value)}" if name in before else _word(value)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(str(value)) if value not in (None, "") else "empty"


def _outcome(result: Result) -> list[Line]:
    lines = [Line("", result.detail)] if result.detail else []
    if result.error is not None:
        error = result.error
        said = [("cause", error.cause), ("fix", error.fix), ("request", error.request_id)]
        lines = [Line("", error.summary)] + [_muted(label, text) for label, text in said if text]
        if result.outcome is Outcome.BY_HAND:
            lines.append(Line(Content.styled("  next", "$muted"), result.detail))
    return lines


def _sign(action: Action) -> Sign:
    match action:
        case Action.CREATE:
            return Sign("+", "create", "$accent")
        case Action.UPDATE:
            return Sign("~", "change", "$accent")
        case Action.ADOPT:
            return Sign("=", "adopt", "$muted")
        case Action.NONE:
            return Sign("=", "as wanted", "$muted")
        case Action.BY_HAND:
            return Sign(">", "by hand", "$warning")
        case _:
            assert_never(action)


def _sign_of_result(result: Result) -> Sign:
    match result.outcome:
        case Outcome.DONE:
            return Sign("✓", "done", "$success")
        case Outcome.ALREADY:
            return Sign("✓", "was there", "$success")
        case Outcome.BY_HAND:
            return Sign(">", "by hand", "$warning")
        case Outcome.FAILED:
            return Sign("✗", "failed", "$error")
        case Outcome.SKIPPED:
            return Sign("·", "skipped", "$muted")
        case _:
            assert_never(result.outcome)
