"""What the project and environment demand of new segments: approvals, views.

See docs/launchdarkly.md#account-and-project-rules.
"""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import CannotJudge, Check, Findings, not_judged, passed, skipped, unknown, warned
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.launchdarkly.launchdarkly_permissions import need_grant_in_use
from wizard.domain.facts import Facts
from wizard.domain.failure import Failure
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.signals import deliveries
from wizard.domain.step_id import StepId
from wizard.domain.tokens.held_token import target_of, token_in_use
from wizard.domain.tokens.permissions import Judgment, Target, Verdict, judge, smallest_policy

STEP = StepId.LAUNCHDARKLY
_BYPASS = "bypassRequiredSegmentApproval"
NEEDS = (
    launchdarkly_token.VALID,
    launchdarkly_environment.CLIENT_SIDE_ID,
    launchdarkly_environment.PAIR,
    launchdarkly_environment.PROJECT,
    launchdarkly_environment.ENVIRONMENT,
)


def _approvals(facts: Facts, answers: Answers) -> Findings:
    """Warn, but let the user go on: whether approvals stop a sync is unverified (docs/launchdarkly.md#approvals)."""
    place = subjects.need_environment(facts, answers)
    if not place[1].segment_approvals_required:
        return passed(f"{subjects.place_name(place)} doesn't require approvals for segment changes.")
    target = target_of(facts, answers) or Target(place[0].key, place[1].key)
    bypass = judge(_BYPASS, need_grant_in_use(facts, answers), target)
    if bypass.verdict is Verdict.ALLOW and _has_a_policy(facts, answers):
        return passed(f"{subjects.place_name(place)} requires approvals, and the token's role can bypass them.")
    return _gate(place, bypass, target, facts)


def block_changes(facts: Facts, answers: Answers) -> bool:
    """Return whether the environment requires approvals that the token isn't known to bypass."""
    try:
        return any(finding.status is not Status.PASS for finding in _approvals(facts, answers))
    except CannotJudge:
        return False


def _has_a_policy(facts: Facts, answers: Answers) -> bool:
    """Return whether a policy says what the token may bypass; for built-in roles, that isn't documented."""
    token = token_in_use(facts, answers)
    return token is not None and bool(token.custom_role_ids or token.inline_role)


def _gate(place: subjects.Place, bypass: Judgment, target: Target, facts: Facts) -> Findings:
    summary = f"{subjects.place_name(place)} requires approvals for segment changes."
    shown = deliveries.what_the_sync_shows("this applies to syncs", 403, facts.delivery)
    cause = f"Without a bypass, LaunchDarkly may create the segment and refuse its members. {shown}"
    fix = (
        "In LaunchDarkly, turn off required approvals for segments in the environment's settings, or create a service "
        f"token with the policy below, which has {_BYPASS}."
    )
    pages = (
        links.LAUNCHDARKLY_ENVIRONMENTS.to(project=place[0].key, environment=place[1].key),
        links.APPROVALS_DOCS,
        links.ROLE_ACTIONS_DOCS,
    )
    evidence = {
        "bypass": str(Verdict.DENY if bypass.verdict is Verdict.ALLOW else bypass.verdict),
        "policy": smallest_policy(target.project, target.environment, bypass_approvals=True),
    }
    if bypass.verdict is Verdict.UNKNOWN:
        cause = f"We can't tell whether this token can bypass approvals. {bypass.because}"
        return unknown(summary, cause=cause, fix=fix, links=pages, evidence=evidence)
    return warned(summary, cause=cause, fix=fix, links=pages, evidence=evidence)


def _view(facts: Facts, answers: Answers) -> Findings:
    """Judge the required view. Its effect on syncs is unverified (docs/launchdarkly.md#required-views)."""
    project, _ = subjects.need_environment(facts, answers)
    name = project.name or project.key
    if project.segments_need_a_view is None and isinstance(facts.project, Failure):
        return not_judged(f"Not read: whether new segments in {name} have to be linked to a view.")
    if project.segments_need_a_view is None:
        return skipped(f"LaunchDarkly doesn't say whether new segments in {name} have to be linked to a view.")
    if not project.segments_need_a_view:
        return passed(f"New segments in {name} don't have to be linked to a view.")
    return warned(
        f"The project {name} requires every new segment to be linked to a view.",
        cause="A sync can't link a segment to a view. LaunchDarkly doesn't document whether it then refuses the "
        "segment. The first sync will show it.",
        fix="In LaunchDarkly, turn off the required view for new segments in the project's settings. Turn it on "
        "again once the segment has appeared.",
        links=(links.VIEWS_DOCS,),
        evidence={"project": project.key},
    )


APPROVALS = Check("launchdarkly.approvals", "Approvals", STEP, _approvals, NEEDS, reads=("project", "token", "roles"))
VIEW = Check("launchdarkly.view", "Required views", STEP, _view, NEEDS, matters=False, reads=("project",))
CHECKS = (APPROVALS, VIEW)
