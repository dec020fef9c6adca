"""The causes for a late or stuck stage: first what the checks saw, then the usual causes.

Pure. An audience never shows another audience's cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wizard.domain.checks.launchdarkly import (
    launchdarkly_app,
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_permissions,
    launchdarkly_token,
)
from wizard.domain.checks.segment import audience, audience_attached, destination
from wizard.domain.checks.sync import sync_delivery, sync_duplicate, sync_members, sync_segment, sync_source
from wizard.domain.checks.sync.sync_delivery import is_of_any_audience
from wizard.domain.findings import Finding, Status, root_causes_first
from wizard.domain.stage import Stage
from wizard.flow.watching.progress import Cause

MOST = 4  # nobody reads more; F2 has them all

# By stage: the beginnings of the IDs of checks that may explain it. Checks in `_RESTATES` only repeat that the stage
# isn't done, so the cause in their finding is shown instead.
_CHECKS: Mapping[Stage, tuple[str, ...]] = {
    Stage.ATTACHED: (
        destination.EXISTS.id,
        destination.ENABLED.id,
        destination.SOURCE.id,
        audience.EXISTS.id,
        audience_attached.ATTACH_BY_API.id,
    ),
    Stage.COMPUTED: (audience.ENABLED.id, audience.COMPUTED.id, audience.SIZE.id, audience.EXISTS.id),
    Stage.DELIVERED: (
        "destination.",
        "mapping.",
        audience_attached.ATTACHED.id,
        audience_attached.ACTIVATION.id,
        audience.SIZE.id,
        audience.IDENTIFIERS.id,
        audience_attached.HISTORY.id,
        sync_source.SOURCE.id,
        sync_delivery.FILTERED.id,
        sync_delivery.DELIVERY.id,
        launchdarkly_permissions.PERMISSIONS.id,
        launchdarkly_token.INSTANCE.id,
        launchdarkly_app.CONTEXT_KIND.id,
    ),
    Stage.VISIBLE: (
        sync_segment.SEGMENT.id,
        sync_delivery.DELIVERY.id,
        sync_duplicate.DUPLICATE.id,
        destination.CLIENT_SIDE_ID.id,
        destination.TOKEN.id,
        launchdarkly_token.INSTANCE.id,
        launchdarkly_environment.PAIR.id,
        launchdarkly_permissions.PERMISSIONS.id,
        launchdarkly_approvals.APPROVALS.id,
        launchdarkly_approvals.VIEW.id,
        audience.IDENTIFIERS.id,
        audience_attached.HISTORY.id,
        launchdarkly_app.PLAN.id,
    ),
    Stage.COUNTED: (
        sync_members.MEMBERS.id,
        audience.SIZE.id,
        audience.IDENTIFIERS.id,
        audience_attached.HISTORY.id,
        launchdarkly_permissions.PERMISSIONS.id,
        launchdarkly_approvals.APPROVALS.id,
        sync_delivery.DELIVERY.id,
    ),
    Stage.MEMBER: (
        sync_members.CONTEXT_KIND.id,
        audience_attached.ACTIVATION_MAPPING.id,
        audience.IDENTIFIERS.id,
        audience_attached.HISTORY.id,
        sync_members.MEMBERS.id,
    ),
}
_RESTATES = {
    (Stage.VISIBLE, sync_segment.SEGMENT.id),
    (Stage.COUNTED, sync_members.MEMBERS.id),
    (Stage.DELIVERED, sync_delivery.DELIVERY.id),
    (Stage.DELIVERED, sync_source.SOURCE.id),
}
_ONLY_WHEN_REFUSED = {(Stage.DELIVERED, audience.IDENTIFIERS.id)}  # such members are sent and refused
_CERTAIN_AS_A_WARNING = {  # with these, nothing is sent, even if all else is right
    sync_delivery.FILTERED.id,  # no mapping takes the events
    audience_attached.ACTIVATION.id,
}
_FOLLOW_FROM_TIME = ("sync.", audience.COMPUTED.id, audience_attached.ATTACHED.id)  # they fail while a stage is awaited
_WORTH = {Status.FAIL, Status.WARN, Status.UNKNOWN}

_USUAL: Mapping[Stage, tuple[Cause, ...]] = {
    Stage.ATTACHED: (Cause("Nobody has added the destination to the audience yet."),),
    Stage.COMPUTED: (
        Cause("Segment computes at most 5 new audiences of a space at a time. The others wait in a queue."),
        Cause("A first computation of a large audience takes up to a day."),
    ),
    Stage.DELIVERED: (
        Cause(
            "Send Identify and Send Track are both off for this destination.",
            "In Segment, open the audience's Overview tab and switch one of them on.",
        ),
        Cause("Segment's counts are a few minutes late."),
    ),
    Stage.VISIBLE: (
        Cause("Segment only sent removals, so LaunchDarkly didn't need a segment."),
        Cause(
            "The LaunchDarkly plan may not include synced segments. No API call shows that.",
            "Ask LaunchDarkly about the plan.",
        ),
    ),
    Stage.COUNTED: (
        Cause("LaunchDarkly hasn't counted yet. It doesn't document how long that takes."),
        Cause("The token can create the segment but not change its members (updateIncluded)."),
    ),
    Stage.MEMBER: (
        Cause("This user isn't in the audience.", "In Segment, search for the user under Unify → Profile explorer."),
        Cause("The mapping makes a different key from this user. Compare the two, character by character."),
        Cause("The change is still on its way. Later changes take about a minute."),
    ),
}


def causes_of(
    stage: Stage,
    findings: Iterable[Finding],
    audience_key: str,
    *,
    with_usual: bool = True,
    was_refused: bool = False,
) -> tuple[Cause, ...]:
    """Return the likely causes in order, at most MOST: a certain one alone, else the usual ones last.

    With `with_usual` False, return only what the checks saw, because the stage itself says what is wrong.
    """
    ordered = root_causes_first(findings)
    seen = [_cause(stage, finding) for finding in ordered if _is_about(stage, finding, audience_key, was_refused)]
    certain = tuple(cause for cause in seen if cause.is_certain)
    return (certain or (*seen, *(_USUAL[stage] if with_usual else ())))[:MOST]


def known_at_once(stage: Stage, findings: Iterable[Finding], audience_key: str) -> tuple[Cause, ...]:
    """Return the certain causes for a stage that isn't late yet."""
    certain = [finding for finding in findings if _is_certain(finding)]
    return tuple(cause for cause in causes_of(stage, certain, audience_key, with_usual=False, was_refused=True))


def _is_certain(finding: Finding) -> bool:
    """Return whether a finding explains a stage for certain, even before the stage is due."""
    if finding.id in _CERTAIN_AS_A_WARNING:
        return finding.status is Status.WARN and not is_of_any_audience(finding)
    return finding.status is Status.FAIL and not finding.id.startswith(_FOLLOW_FROM_TIME)


def _cause(stage: Stage, finding: Finding) -> Cause:
    """Return a finding as a cause. If its check only restates the stage, use the finding's own cause as the text."""
    text = finding.cause if (stage, finding.id) in _RESTATES and finding.cause else finding.summary
    is_problem = finding.status is Status.FAIL or _is_certain(finding)
    is_certain = is_problem and not is_of_any_audience(finding)
    return Cause(text, finding.fix, finding.id, is_certain=is_certain, policy=finding.policy)


def _is_about(stage: Stage, finding: Finding, audience_key: str, was_refused: bool) -> bool:
    if finding.status not in _WORTH or finding.audience not in {"", audience_key}:
        return False
    if (stage, finding.id) in _RESTATES and finding.status is Status.UNKNOWN:
        return False
    if (stage, finding.id) in _ONLY_WHEN_REFUSED and not was_refused:
        return False
    if finding.id == launchdarkly_app.CONTEXT_KIND.id and not launchdarkly_app.is_refused(finding):
        return False
    return finding.id.startswith(_CHECKS[stage])
