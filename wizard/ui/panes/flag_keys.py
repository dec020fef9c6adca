"""The keys that lead from a first sync to the flag that is to use the segment."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from wizard.domain.checks.sync.launchdarkly_flags import FLAGS
from wizard.domain.wanted import chosen_environment
from wizard.flow.steps.questions.target_flag import FLAG, flag_page, found_segments, segment_names
from wizard.flow.targets.targets import Target
from wizard.flow.words import WHICH_GETS_THE_RULE
from wizard.ui.panes.step import StepPane
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.lists.rows import Rows

_KEYS = (
    Line("A", "the rule that a flag needs, to copy or to add"),
    Line("O", "open the flag that will use the segment"),
)


class FlagKeys(StepPane):
    """A pane in which A shows the flag's rule and O its page, in one of the environments that are followed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,O", "open_flag", "Open the flag", show=False),
        Binding("a,A", "show_rule", "The rule for the flag", show=False),
    ]

    @property
    @abstractmethod
    def environments(self) -> tuple[tuple[Target, str], ...]:
        """Return the environments that are followed, the walk's own first, and how far each is."""

    def keys(self) -> tuple[Hint, ...]:
        opens = "open the flag" if self.walk.state.answers.flag else "open flags"
        does = "see the rule" if self._has_its_rule else "add a rule"
        rule = (Hint("A", does, "app.simulate_key('a')", short="rule"),) if self._can_now else ()
        spare = 0 if self.walk.state.answers.flag else 3  # of all flags, the list is a key away: A
        short = opens.rpartition(" ")[2]
        flag = (Hint("O", opens, "app.simulate_key('o')", spare, short),) if self._can_now else ()
        return (*rule, *flag, *super().keys())

    @property
    def keys_in_help(self) -> tuple[Line, ...]:
        return _KEYS if self._can_now else ()

    @property
    def _can_now(self) -> bool:
        """Return whether a segment is there, and the keys are no text."""
        return self.can_target and not self.is_typing

    @property
    def _has_its_rule(self) -> bool:
        """Return whether the picked flag already uses every segment."""
        flag, judged = self.walk.state.answers.flag, [one for one in self.walk.findings if one.id == FLAGS.id]
        return bool(flag and judged) and all(flag in one.evidence.get("flags", ()) for one in judged)

    @property
    def can_target(self) -> bool:
        return any(segment_names(target.walk.state) for target, _ in self.environments)

    @property
    def is_typing(self) -> bool:
        return isinstance(self.screen.focused, (Input, Rows))

    def action_open_flag(self) -> None:
        """Open the page where the flag gets its rule."""
        self._ask_which("In which environment?", self._open_flag)

    def _open_flag(self, target: Target) -> None:
        self.app.open_url(flag_page(target.walk.state, self._flag_in(target)))

    def _flag_in(self, target: Target) -> str:
        """Return the flag picked for that environment, else the one picked here if the project is the same."""
        here, there = self.walk.state.answers, target.walk.state.answers
        return there.flag or (here.flag if here.project == there.project else "")

    def action_show_rule(self) -> None:
        """Show the rule, ready to copy or to add: for the flag that was picked, else for one that is picked now."""
        self._ask_which(WHICH_GETS_THE_RULE, self._show_rule)

    def _show_rule(self, target: Target) -> None:
        from wizard.ui.screens.changes.pick_flag import ask_for_flag
        from wizard.ui.screens.changes.rule import RuleScreen

        state = target.walk.state
        place = chosen_environment(state.facts, state.answers)
        if place is None:
            return
        if flag := self._flag_in(target):
            self.app.push_screen(RuleScreen(target.walk, place, flag, found_segments(state)))
        else:
            ask_for_flag(self.app, target.walk, place, found_segments(state), partial(target.walk.answer, FLAG))

    def _ask_which(self, question: str, take: Callable[[Target], None]) -> None:
        """Let the user pick one of the environments that have segments, and call `take` with it."""
        from wizard.ui.screens.dialogs.which_environment import ask_which

        if self.can_target:
            there = [pair for pair in self.environments if segment_names(pair[0].walk.state)]
            ask_which(self.app, there, question, take)
