"""Step 7: every change on one page, then yes. The changes are made by `wizard.domain.planning.plan`."""

from __future__ import annotations

from wizard.domain.step_id import StepId
from wizard.flow.steps.step import Step

REVIEW = Step(
    id=StepId.REVIEW,
    title="Review",
    purpose="Every change, where it's made, and why.",
)
