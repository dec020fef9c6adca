"""Step 7: every change on one page, then a yes. `wizard.domain.planning.plan` makes the plan."""

from __future__ import annotations

from wizard.domain.step_id import StepId
from wizard.flow.steps.step import Step

REVIEW = Step(
    id=StepId.REVIEW,
    title="Review",
    purpose="Every change, where it's made, and why.",
)
