"""Up and Down move between the lines of a step's page and its buttons; otherwise they scroll."""

from __future__ import annotations

from textual.widget import Widget

from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.buttons.next_button import NextButton
from wizard.ui.widgets.fields.question import Question
from wizard.ui.widgets.finding_row import FindingRow
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.scrolling import Scrolls

_MOVE = Hint("↑↓", "move", "app.simulate_key('down')", spare=4)


class ArrowKeys(Scrolls, Widget):
    """A page on which Up and Down lead to the lines. Without that only Tab would, and no key bar shows Tab."""

    questions: tuple[Question, ...]
    next: NextButton

    @property
    def finding_rows(self) -> tuple[FindingRow, ...]:
        raise NotImplementedError

    def action_scroll(self, by: int) -> None:
        goal = self._goal(by)
        if goal is None:
            super().action_scroll(by)
        elif isinstance(goal, Question):
            goal.go_to()
        else:
            goal.focus()

    def arrow_keys(self) -> tuple[Hint, ...]:
        """Return the hint for Up and Down between lines, or for what Up leads to from a field or a button."""
        action = "app.simulate_key('up')"
        if self._at is not None and not self._typed_in:
            return (_MOVE,)
        goal = self._goal(-1)
        if isinstance(goal, FindingRow):
            return (Hint("↑", "findings", action, spare=2),)
        if not isinstance(goal, Question):
            return ()
        label = goal.ask.label
        if goal is self._passed_by:
            return (Hint("↑", f"{label[:1].lower()}{label[1:]}", action, spare=3),)
        return (Hint("↑", "answers", action, spare=2 if self._typed_in else 3),)

    @property
    def _lines(self) -> tuple[Question | FindingRow, ...]:
        return (*(one for one in self.questions if one.display), *self.finding_rows)

    @property
    def _at(self) -> int | None:
        """Return the index of the focused line; None in an open list, which uses the arrow keys itself."""
        focused, typed_in = self.screen.focused, self._typed_in
        with_focus = (at for at, one in enumerate(self._lines) if focused in (one, getattr(one, "head", None)))
        return self._lines.index(typed_in) if typed_in is not None else next(with_focus, None)

    @property
    def _typed_in(self) -> Question | None:
        """Return the question whose one-line field has the focus; such a field doesn't use Up and Down."""
        return next((one for one in self.questions if one.display and one.is_typed_in), None)

    @property
    def _passed_by(self) -> Question | None:
        """Return the first closed optional question without an answer, which Enter skipped."""
        shown = (one for one in self.questions if one.display and not one.is_open)
        return next((one for one in shown if one.ask.optional and not one.is_answered and not one.waits_for), None)

    def _goal(self, by: int) -> Question | FindingRow | NextButton | None:
        """Return the widget that the key leads to; None where the key scrolls."""
        lines, at, focused = self._lines, self._at, self.screen.focused
        if at is not None and at + by in range(len(lines)):
            return lines[at + by]
        if at is not None:
            return self.next if by > 0 and not self.has_more else None
        is_below = focused is self.scrolled or isinstance(focused, Button)
        if by > 0 or not is_below or not lines:
            return None
        goal = lines[-1] if isinstance(lines[-1], FindingRow) else self._passed_by or lines[-1]
        is_arrow = by == -1  # PgUp and Home scroll
        return goal if self._is_at_the_top or (is_arrow and self._is_in_view(goal)) else None

    @property
    def _is_at_the_top(self) -> bool:
        return self.scrolled is not None and not self.scrolled.scroll_offset.y

    def _is_in_view(self, line: Widget) -> bool:
        """Return whether something of the line is in view on a page that scrolls."""
        return self.scrolled is not None and self.scrolled.can_view_partial(line)
