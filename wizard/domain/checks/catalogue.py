"""Every check, in the order of the walk: what the steps, `doctor` and the troubleshooting run."""

from __future__ import annotations

from wizard.domain.checks import (
    audience,
    audience_sending,
    delivery,
    destination,
    engage,
    environment,
    intake,
    machine,
    mapping,
    rules,
    segment_access,
    sync,
    targeting,
    token,
    token_permissions,
    usage,
)
from wizard.domain.checks.check import Check

STEPS = ("prerequisites", "launchdarkly", "segment", "destination", "mapping", "audiences", "first_sync")
_SUBJECTS = (
    machine,
    token,
    environment,
    token_permissions,
    rules,
    usage,
    segment_access,
    engage,
    destination,
    mapping,
    audience,
    audience_sending,
    intake,
    delivery,
    sync,
    targeting,
)

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (check for subject in _SUBJECTS for check in subject.CHECKS),
        key=lambda check: STEPS.index(check.step),
    )
)


def check(check_id: str) -> Check:
    return next(found for found in CHECKS if found.id == check_id)
