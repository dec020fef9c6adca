"""Which pane shows a step: the generic one, unless the step has something of its own to show."""

from __future__ import annotations

from wizard.domain.step_id import StepId
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.panes.review import ReviewPane
from wizard.ui.panes.step import StepPane

_OWN = {StepId.REVIEW: ReviewPane, StepId.FIRST_SYNC: FirstSyncPane}


def make_pane(walk: Walk, step: Step) -> StepPane:
    return _OWN.get(step.id, StepPane)(walk, step)
