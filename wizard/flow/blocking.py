"""The finding that blocks a step."""

from __future__ import annotations

from wizard.domain.findings import Finding, root_causes_first
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk


def blocking_finding(walk: Walk, step: Step) -> Finding | None:
    """Return the failure that stops Next. Every failure stops it, even one that Review repairs."""
    return next((finding for finding in root_causes_first(walk.findings_of(step)) if finding.blocks), None)


def first_blocking_finding(walk: Walk, up_to: Step) -> Finding | None:
    """Return the first failure of a step or of those before it."""
    before = walk.steps[: walk.steps.index(up_to) + 1]
    return next((found for step in before if (found := blocking_finding(walk, step))), None)
