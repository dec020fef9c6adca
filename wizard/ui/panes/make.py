"""Which pane shows a step: the generic one, unless the step has something of its own to show."""

from __future__ import annotations

from wizard.flow.step import Step
from wizard.flow.walk import Walk
from wizard.ui.panes.step import StepPane


def make_pane(walk: Walk, step: Step) -> StepPane:
    return StepPane(walk, step)
