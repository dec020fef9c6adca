"""Every check, in the order of the walk: what the steps, `doctor` and a diagnosis run."""

from __future__ import annotations

from wizard.domain.checks import machine
from wizard.domain.checks.check import Check
from wizard.domain.checks.launchdarkly import (
    launchdarkly_app,
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_made_token,
    launchdarkly_permissions,
    launchdarkly_token,
)
from wizard.domain.checks.segment import (
    audience,
    audience_attached,
    destination,
    mapping,
    segment_access,
    segment_engage,
)
from wizard.domain.checks.sync import (
    launchdarkly_flags,
    sync_delivery,
    sync_duplicate,
    sync_members,
    sync_orphan,
    sync_segment,
    sync_source,
    sync_test_user,
)
from wizard.domain.step_id import StepId

_SUBJECTS = (
    machine,
    launchdarkly_token,
    launchdarkly_environment,
    launchdarkly_permissions,
    launchdarkly_made_token,
    launchdarkly_approvals,
    launchdarkly_app,
    segment_access,
    segment_engage,
    destination,
    mapping,
    audience,
    audience_attached,
    sync_source,
    sync_delivery,
    sync_segment,
    sync_members,
    sync_duplicate,
    sync_orphan,
    sync_test_user,
    launchdarkly_flags,
)

_ORDER = tuple(StepId)
CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (check for subject in _SUBJECTS for check in subject.CHECKS),
        key=lambda check: _ORDER.index(check.step),
    )
)


def check(check_id: str) -> Check:
    return next(found for found in CHECKS if found.id == check_id)
