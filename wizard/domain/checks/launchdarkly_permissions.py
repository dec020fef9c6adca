"""What the token may do where the sync writes: allow, deny or cannot tell.

See docs/launchdarkly.md#permission-problems.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks import launchdarkly_token
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
from wizard.domain.facts import Facts, is_closed
from wizard.domain.findings import Status
from wizard.domain.model import Member, Project, Statement, Token
from wizard.domain.permissions import (
    NEEDED_ACTIONS,
    Grant,
    Judgement,
    Target,
    Verdict,
    grant_of,
    judge,
    smallest_policy,
)
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment


def need_grant(facts: Facts) -> Grant:
    """Return the token's permissions from its metadata; unreadable metadata makes them unknown, not empty.

    See docs/launchdarkly.md#judging-a-token.
    """
    caller = need(facts.caller, "the token's identity")
    if facts.token is None and caller.token_id:
        raise CannotJudge(not_judged("Not read yet: what the token may do."))
    if isinstance(facts.token, Token) and facts.token.custom_role_ids and facts.roles is None:
        raise CannotJudge(not_judged("Not read yet: the token's roles."))
    return grant_of(facts.token, facts.roles, facts.member)


def target_of(facts: Facts, answers: Answers) -> Target | None:
    """Return where the sync will write. Of a hidden project only the keys are known."""
    attributes = facts.member.role_attributes if isinstance(facts.member, Member) else {}
    if place := chosen_environment(facts, answers):
        project, found = place
        return Target(project.key, found.key, project.tags, found.tags, found.critical, attributes)
    if answers.project and answers.environment:
        return Target(answers.project, answers.environment, None, None, None, attributes)
    return None


_NOTHING_KNOWN = {
    "verdict": str(Verdict.UNKNOWN),
    "missing": [],
    "actions": dict.fromkeys(("viewProject", *NEEDED_ACTIONS), str(Verdict.UNKNOWN)),
}


def may_write(facts: Facts, answers: Answers) -> bool:
    """Whether its metadata allows what the sync needs; not when that cannot be told."""
    try:
        return all(finding.status is Status.PASS for finding in _judged(facts, answers))
    except CannotJudge:
        return False


def _permissions(facts: Facts, answers: Answers) -> Findings:
    """A verdict is in the evidence also where nothing could be read (docs/reference.md#json-documents)."""
    try:
        return _judged(facts, answers)
    except CannotJudge as ended:
        told = tuple(replace(finding, evidence={**_NOTHING_KNOWN, **finding.evidence}) for finding in ended.findings)
        raise CannotJudge(told, ended.failure) from ended


def _judged(facts: Facts, answers: Answers) -> Findings:
    """Metadata is not proof (docs/launchdarkly.md#token-metadata): only a segment that appears is."""
    grant = need_grant(facts)
    target = target_of(facts, answers) or _anywhere(facts, answers)
    judgements = {action: judge(action, grant, target) for action in NEEDED_ACTIONS}
    view = _view(facts, grant, target)
    evidence = _evidence(facts, answers, target, judgements, view)
    denied = [found for found in judgements.values() if found.verdict is Verdict.DENY]
    unsure = [found for found in judgements.values() if found.verdict is Verdict.UNKNOWN]
    if denied:
        return _may_not(denied, target, evidence)
    if unsure:
        return _cannot_tell(unsure[0], target, evidence)
    if view.verdict is Verdict.DENY:
        return _may_not_view(view, target, evidence)
    return passed(
        f"By its role, this token can create segments and change their members{_there(target)}. "
        "The first sync will prove it.",
        evidence=evidence,
    )


def _anywhere(facts: Facts, answers: Answers) -> Target:
    """A base role says the same everywhere; policies have to wait for the environment."""
    if isinstance(facts.token, Token) and facts.token.role:
        return Target("", "")
    if answers.client_side_id:
        raise CannotJudge(waiting(PAIR_ID))
    raise CannotJudge(not_judged("Not chosen yet: the project and environment."))


def _view(facts: Facts, grant: Grant, target: Target) -> Judgement:
    """Probed rather than computed: the computed value only explains a refusal.

    See docs/launchdarkly.md#judging-a-token.
    """
    if isinstance(facts.project, Project):
        return Judgement(Verdict.ALLOW, "The wizard read the project with this token.")
    computed = judge("viewProject", grant, target)
    refused = is_closed(facts.project)
    if computed.verdict is Verdict.DENY and not refused:
        return Judgement(Verdict.UNKNOWN, computed.because, computed.statement, computed.policy_name)
    return computed


def _evidence(
    facts: Facts, answers: Answers, target: Target, judgements: dict[str, Judgement], view: Judgement
) -> dict[str, Any]:
    actions = {action: str(found.verdict) for action, found in judgements.items()}
    verdicts = {found.verdict for found in judgements.values()}
    needed = next((v for v in (Verdict.DENY, Verdict.UNKNOWN) if v in verdicts), Verdict.ALLOW)
    no_view = view.verdict is Verdict.DENY
    missing = [action for action, found in judgements.items() if found.verdict is Verdict.DENY]
    evidence: dict[str, Any] = {
        "verdict": str(Verdict.UNKNOWN if needed is Verdict.ALLOW and no_view else needed),
        "missing": [*(["viewProject"] if no_view else []), *missing],
        "actions": {"viewProject": str(view.verdict), **actions},
    }
    if target.project and (needed is not Verdict.ALLOW or no_view):
        place = chosen_environment(facts, answers)
        approvals = bool(place and place[1].segment_approvals_required)
        evidence["policy"] = smallest_policy(target.project, target.environment, bypass_approvals=approvals)
    return evidence


def _there(target: Target) -> str:
    return f" in {target.project} / {target.environment}" if target.project else ""


_PAGES = (links.LAUNCHDARKLY_NEW_TOKEN, links.ROLE_POLICIES_DOCS, links.ROLE_ACTIONS_DOCS)
_BETTER_ROLE = (
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer role, or "
    "with the policy below."
)


_IN_WORDS = {
    "createSegment": "create segments (createSegment)",
    "updateIncluded": "change segment members (updateIncluded)",
}


def _may_not(denied: list[Judgement], target: Target, evidence: dict[str, Any]) -> Findings:
    missing = " or ".join(_IN_WORDS[action] for action in evidence["missing"] if action in NEEDED_ACTIONS)
    decided = denied[0].statement
    if decided is not None:
        evidence = {**evidence, "decided_by": denied[0].policy_name, "statement": _shown(decided)}
    return failed(
        f"This token can't {missing}{_there(target)}.",
        cause=" ".join(dict.fromkeys(found.because for found in denied)),
        fix=_BETTER_ROLE,
        links=_PAGES,
        evidence=evidence,
    )


def _shown(statement: Statement) -> dict[str, Any]:
    """Return a statement as it stands in the role, without empty fields."""
    lists = {
        "resources": statement.resources,
        "notResources": statement.not_resources,
        "actions": statement.actions,
        "notActions": statement.not_actions,
    }
    return {"effect": statement.effect, **{name: list(values) for name, values in lists.items() if values}}


def _cannot_tell(unsure: Judgement, target: Target, evidence: dict[str, Any]) -> Findings:
    return unknown(
        f"We can't tell whether this token can write segments{_there(target)}. The first sync will show it.",
        cause=unsure.because,
        fix="Ask a LaunchDarkly admin whether the token's role allows everything in the policy below.",
        links=(links.LAUNCHDARKLY_TOKENS, links.ROLE_POLICIES_DOCS),
        evidence=evidence,
    )


def _may_not_view(view: Judgement, target: Target, evidence: dict[str, Any]) -> Findings:
    """Whether a sync is refused without it is unverified (docs/launchdarkly.md#statements)."""
    return warned(
        f"This token can write segments{_there(target)}, but it can't view the project.",
        cause=f"{view.because} LaunchDarkly may refuse changes in a project that a token can't view.",
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
    reads=("token", "roles", "member", "project"),
)
CHECKS = (PERMISSIONS,)
