"""Step 7: every change on one page, then yes. The changes are made by `wizard.domain.plan`."""

from __future__ import annotations

from wizard.flow.steps.step import Step

REVIEW = Step(
    id="review",
    title="Review",
    purpose="Everything that would change, where, and why.",
)
