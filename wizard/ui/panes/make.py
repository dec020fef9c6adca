"""The pane of each step: the generic one, or the step's own."""

from __future__ import annotations

from wizard.domain.step_id import StepId
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.ui.panes.changes.review import ReviewPane
from wizard.ui.panes.first_sync import FirstSyncPane
from wizard.ui.panes.step import StepPane

_OWN = {StepId.REVIEW: ReviewPane, StepId.FIRST_SYNC: FirstSyncPane}


def make_pane(walk: Walk, step: Step) -> StepPane:
    return _OWN.get(step.id, StepPane)(walk, step)
