"""What the token may do where the sync writes: allow, deny or unknown.

See docs/launchdarkly.md#permission-problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.checks.check import (
    PAIR_ID,
    CannotJudge,
    Check,
    Findings,
    failed,
    need,
    not_judged,
    passed,
    unknown,
    waiting,
    warned,
)
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.facts import Facts, is_closed, is_making_a_token
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Project, Statement, Token
from wizard.domain.services.segment import Delivery
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding, target_of
from wizard.domain.tokens.permissions import (
    NEEDED_ACTIONS,
    Denial,
    Grant,
    Judgment,
    Target,
    Verdict,
    grant_of,
    judge,
    smallest_policy,
)
from wizard.domain.wanted import chosen_audiences, requires_approvals


def need_grant(facts: Facts) -> Grant:
    """Return the token's permissions by its metadata. Unreadable metadata makes them unknown, not empty.

    Raises CannotJudge if the metadata wasn't read yet. See docs/launchdarkly.md#judging-a-token.
    """
    caller = need(facts.caller, "the token's identity")
    if facts.token is None and caller.token_id:
        raise CannotJudge(not_judged("Not read yet: what the token may do."))
    if isinstance(facts.token, Token) and facts.token.custom_role_ids and facts.roles is None:
        raise CannotJudge(not_judged("Not read yet: the token's roles."))
    return grant_of(facts.token, facts.roles, facts.member)


def need_grant_in_use(facts: Facts, answers: Answers) -> Grant:
    """Return what Segment's token may do: the destination's token if it's known, else ours."""
    other = held_token.other_token(facts, answers)
    return held_token.grant_of_other(other, facts) if other else need_grant(facts)


_NOTHING_KNOWN = {
    "verdict": str(Verdict.UNKNOWN),
    "missing": [],
    "actions": dict.fromkeys(("viewProject", *NEEDED_ACTIONS), str(Verdict.UNKNOWN)),
}


def may_write(facts: Facts, answers: Answers) -> bool:
    """Return whether the token's metadata allows what the sync needs; False also when that is unknown."""
    try:
        return all(finding.status is Status.PASS for finding in _judged(facts, answers))
    except CannotJudge:
        return False


def _permissions(facts: Facts, answers: Answers) -> Findings:
    """Judge the permissions, with a verdict even if nothing could be read (docs/reference.md#json-documents)."""
    try:
        return _judged(facts, answers)
    except CannotJudge as ended:
        findings = tuple(
            replace(finding, evidence={**_NOTHING_KNOWN, **finding.evidence}) for finding in ended.findings
        )
        raise CannotJudge(findings, ended.failure) from ended


def _judged(facts: Facts, answers: Answers) -> Findings:
    """Judge Segment's token: the destination's if it's known, else ours.

    Metadata isn't proof (docs/launchdarkly.md#token-metadata). Only a segment that appears is.
    """
    if other := held_token.other_token(facts, answers):
        return _of_other(other, facts, answers)
    is_unknown = held_token.holding(facts, answers) is Holding.UNKNOWN
    if is_unknown and held_token.works(facts, answers):
        return _proven_by_deliveries(facts, answers)
    grant = need_grant(facts)
    target = target_of(facts, answers) or _anywhere(facts, answers)
    if is_unknown and not held_token.is_ours_fit(facts, answers):
        return _of_a_token_nobody_knows(facts, answers)
    who = _MAKER if is_making_a_token(facts, answers) else _OURS
    return _by_its_role(grant, target, _view(facts, grant, target), who, facts, answers)


def _of_other(token: Token, facts: Facts, answers: Answers) -> Findings:
    """Judge the destination's token by its metadata. Only its holder could try whether it can view the project."""
    if token.custom_role_ids and facts.destination_token_roles is None:
        raise CannotJudge(not_judged("Not read yet: the roles of the destination's token."))
    grant = held_token.grant_of_other(token, facts)
    target = replace(target_of(facts, answers) or _anywhere(facts, answers), role_attributes={})
    view = judge("viewProject", grant, target)
    view = view if view.verdict is not Verdict.DENY else replace(view, verdict=Verdict.UNKNOWN)
    who = f"the destination's token {token.name or f'that ends in {token.last_four}'}"
    findings = _by_its_role(grant, target, view, who, facts, answers)
    return tuple(replace(one, evidence={**one.evidence, IN_THE_DESTINATION: token.name}) for one in findings)


def _by_its_role(grant: Grant, target: Target, view: Judgment, who: str, facts: Facts, answers: Answers) -> Findings:
    judgments = {action: judge(action, grant, target) for action in NEEDED_ACTIONS}
    evidence = _evidence(facts, answers, target, judgments, view)
    denied = {action: found for action, found in judgments.items() if found.verdict is Verdict.DENY}
    unsure = [found for found in judgments.values() if found.verdict is Verdict.UNKNOWN]
    if denied and len(denied) < len(judgments) and not _is_refused(facts, answers):
        return _with_ours_instead(_may_not_be_enough(denied, target, evidence, who), facts, answers)
    if denied:
        return _with_ours_instead(_may_not(denied, target, evidence, who), facts, answers)
    if unsure:
        return _cannot_tell(unsure[0], target, evidence, who)
    if view.verdict is Verdict.DENY:
        return _may_not_view(view, target, evidence)
    return passed(
        f"By its role, {who} can create segments and change their members{_there(target)}. "
        "The first sync will prove it.",
        evidence=evidence,
    )


def _with_ours_instead(findings: Findings, facts: Facts, answers: Answers) -> Findings:
    """Return the findings with a fix that fits the destination: it holds our token, or ours may replace its token."""
    if held_token.holding(facts, answers) is Holding.OURS:
        return tuple(replace(one, fix=_BETTER_ROLE_IN_PLACE) if one.fix == _BETTER_ROLE else one for one in findings)
    is_other = held_token.other_token(facts, answers) is not None and facts.launchdarkly_token_last_four
    if not (is_other and held_token.is_ours_fit(facts, answers)):
        return findings
    return tuple(replace(one, fix=_OURS_INTO_THE_DESTINATION) for one in findings)


def _proven_by_deliveries(facts: Facts, answers: Answers) -> Findings:
    ending = held_token.ending_of(facts, answers)
    return passed(
        f"The destination's token ends in {ending}, and LaunchDarkly accepts what Segment sends with it.",
        evidence={**_NOTHING_KNOWN, "verdict": str(Verdict.ALLOW), "last_four": ending},
    )


def _of_a_token_nobody_knows(facts: Facts, answers: Answers) -> Findings:
    ending = held_token.ending_of(facts, answers)
    return unknown(
        f"We can't tell what the destination's token may do. It ends in {ending}.",
        cause="Your token can't see it in LaunchDarkly: it was deleted, or it's someone else's personal token. Your "
        "own token is personal or can't write segments, so it can't replace that one.",
        fix=_ANOTHER_IN_THE_DESTINATION,
        links=_PAGES,
        evidence={**_NOTHING_KNOWN, "last_four": ending, **_policy(facts, answers)},
    )


def _policy(facts: Facts, answers: Answers) -> dict[str, str]:
    target = target_of(facts, answers)
    return {"policy": smallest_policy(target.project, target.environment)} if target else {}


def _anywhere(facts: Facts, answers: Answers) -> Target:
    """Return a target without an environment for a base role, which is the same everywhere, or raise CannotJudge."""
    if isinstance(facts.token, Token) and facts.token.role:
        return Target("", "")
    if answers.client_side_id:
        raise CannotJudge(waiting(PAIR_ID))
    raise CannotJudge(not_judged("Not chosen yet: the project and environment."))


def _view(facts: Facts, grant: Grant, target: Target) -> Judgment:
    """Judge `viewProject` by whether the project could be read. The policies only explain a refusal.

    See docs/launchdarkly.md#judging-a-token.
    """
    if isinstance(facts.project, Project):
        return Judgment(Verdict.ALLOW, "The wizard read the project with this token.")
    computed = judge("viewProject", grant, target)
    refused = is_closed(facts.project)
    if computed.verdict is Verdict.DENY and not refused:
        return Judgment(Verdict.UNKNOWN, computed.because, computed.statement, computed.policy_name)
    return computed


def _evidence(
    facts: Facts, answers: Answers, target: Target, judgments: dict[str, Judgment], view: Judgment
) -> dict[str, Any]:
    actions = {action: str(found.verdict) for action, found in judgments.items()}
    verdicts = {found.verdict for found in judgments.values()}
    needed = next((v for v in (Verdict.DENY, Verdict.UNKNOWN) if v in verdicts), Verdict.ALLOW)
    no_view = view.verdict is Verdict.DENY
    missing = [action for action, found in judgments.items() if found.verdict is Verdict.DENY]
    evidence: dict[str, Any] = {
        "verdict": str(Verdict.UNKNOWN if needed is Verdict.ALLOW and no_view else needed),
        "missing": [*(["viewProject"] if no_view else []), *missing],
        "actions": {"viewProject": str(view.verdict), **actions},
    }
    if target.project and (needed is not Verdict.ALLOW or no_view):
        approvals = requires_approvals(facts, answers)
        evidence["policy"] = smallest_policy(target.project, target.environment, bypass_approvals=approvals)
    return evidence


def _there(target: Target) -> str:
    return f" in {target.project} / {target.environment}" if target.project else ""


_PAGES = (links.LAUNCHDARKLY_NEW_TOKEN, links.ROLE_POLICIES_DOCS, links.ROLE_ACTIONS_DOCS)
_BETTER_ROLE = (
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer role, or "
    "with the policy below."
)
_BETTER_ROLE_IN_PLACE = (
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer role, or "
    "with the policy below. Then paste it in the LaunchDarkly step and apply the plan (audience-wizard apply), so that "
    "the destination gets it."
)
_ANOTHER_IN_THE_DESTINATION = (
    "In LaunchDarkly, go to Organization settings → Authorization, create a service token with the Writer role, or "
    "with the policy below, and put it into the destination."
)
_OURS_INTO_THE_DESTINATION = "Put your access token into the destination in Review (audience-wizard apply)."
IN_THE_DESTINATION = "destination_token"  # key in the evidence: the token's name if it isn't ours
_OURS = "this token"
_MAKER = "the admin's token"
_ANOTHER_MAKER = "Paste the token of an admin, or of someone whose role allows the policy below."
_IN_WORDS = {
    "createSegment": "create segments (createSegment)",
    "updateIncluded": "change segment members (updateIncluded)",
}


def _is_refused(facts: Facts, answers: Answers) -> bool:
    """Return whether the sync shows the refusal: a delivery that was refused, or a segment that stays empty."""
    was_refused = isinstance(facts.delivery, Delivery) and 403 in deliveries.codes(facts.delivery)
    there = (segment_of_audience.found(one, facts) for one in chosen_audiences(facts, answers))
    return was_refused or any(one is not None and one.included_count == 0 for one in there)


def _may_not_be_enough(denied: Mapping[str, Judgment], target: Target, evidence: dict[str, Any], who: str) -> Findings:
    """Warn that one of the two actions is missing; it isn't documented whether a sync needs both.

    See docs/launchdarkly.md#actions-the-sync-needs.
    """
    (refused,) = _may_not(denied, target, evidence, who)
    cause = (
        f"{refused.cause} LaunchDarkly doesn't document whether a sync needs both rights. The first sync will show it."
    )
    return (replace(refused, status=Status.WARN, cause=cause),)


def _joined(denied: Mapping[str, Judgment]) -> str:
    """Return why each action is denied. Reasons that differ only in the action become one sentence."""
    alike: dict[Denial | str, list[str]] = {}
    for action, found in denied.items():
        alike.setdefault(found.denial or found.because, []).append(action)
    return " ".join(why if isinstance(why, str) else why.of(actions) for why, actions in alike.items())


def _may_not(denied: Mapping[str, Judgment], target: Target, evidence: dict[str, Any], who: str) -> Findings:
    missing = " or ".join(_IN_WORDS[action] for action in evidence["missing"] if action in NEEDED_ACTIONS)
    first = next(iter(denied.values()))
    if first.statement is not None:
        evidence = {**evidence, "decided_by": first.policy_name, "statement": _shown(first.statement)}
    return failed(
        f"{who[0].upper()}{who[1:]} can't {missing}{_there(target)}.",
        cause=f"{_joined(denied)} A token can't create a token with more rights than its own."
        if who == _MAKER
        else _joined(denied),
        fix=_ANOTHER_MAKER if who == _MAKER else _BETTER_ROLE if who == _OURS else _ANOTHER_IN_THE_DESTINATION,
        links=_PAGES,
        evidence=evidence,
    )


def _shown(statement: Statement) -> dict[str, Any]:
    """Return a statement in a role's JSON form, without empty fields."""
    lists = {
        "resources": statement.resources,
        "notResources": statement.not_resources,
        "actions": statement.actions,
        "notActions": statement.not_actions,
    }
    return {"effect": statement.effect, **{name: list(values) for name, values in lists.items() if values}}


def _cannot_tell(unsure: Judgment, target: Target, evidence: dict[str, Any], who: str) -> Findings:
    return unknown(
        f"We can't tell whether {who} can write segments{_there(target)}. The first sync will show it.",
        cause=unsure.because,
        fix="Ask a LaunchDarkly admin whether the token's role allows everything in the policy below.",
        links=(links.LAUNCHDARKLY_TOKENS, links.ROLE_POLICIES_DOCS),
        evidence=evidence,
    )


def _may_not_view(view: Judgment, target: Target, evidence: dict[str, Any]) -> Findings:
    """Warn that the token can't view the project; a sync may not need that (docs/launchdarkly.md#statements)."""
    return warned(
        f"This token can write segments{_there(target)}, but it can't view the project.",
        cause=f"{view.because} The wizard needs this for its checks. LaunchDarkly doesn't document whether a sync "
        "needs it too.",
        fix=f"In LaunchDarkly, go to Organization settings → Roles and add viewProject on proj/{target.project} to the "
        "token's role.",
        links=(links.PRIVATE_PROJECTS_DOCS, links.ROLE_POLICIES_DOCS),
        evidence=evidence,
    )


PERMISSIONS = Check(
    "launchdarkly.token.permissions",
    "Token permissions",
    StepId.LAUNCHDARKLY,
    _permissions,
    (launchdarkly_token.VALID,),
    reads=(
        *("token", "roles", "member", "project", "destination_tokens", "destination_token_roles"),
        *("delivery", "segments"),
    ),
)
CHECKS = (PERMISSIONS,)
