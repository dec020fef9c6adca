"""Causes of a 403 or 404: what the token may do, and the rules of the account. Many show the same status."""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import launchdarkly_app, launchdarkly_approvals, launchdarkly_permissions
from wizard.domain.diagnosis.cause import (
    ADMIN,
    REPAIRED,
    Cause,
    Proof,
    Request,
    answer,
    confirms,
    deliveries_work,
    excludes,
    fails,
    no_answer,
    refused_with,
    suggests,
)
from wizard.domain.diagnosis.causes.refusals.credentials import TOKEN_PAGES, TOKEN_QUESTION
from wizard.domain.diagnosis.causes.set_up import HELD_ID
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.facts import is_allowlist_off
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Allowlist
from wizard.domain.tokens import held_token
from wizard.text import count

PLAN_QUESTION = Question(
    "plan",
    "Does your LaunchDarkly plan include synced segments?",
    "LaunchDarkly offers synced segments on select plans only, and its API doesn't show the plan.",
    (Choice("yes", "Yes, someone confirmed it"), Choice("no", "No")),
)
MAKER_QUESTION = Question(
    "token-maker",
    "Could the person who created the destination's token change segments in {place}?",
    "A token never has more rights than its creator had, whatever role LaunchDarkly shows.",
    (Choice("yes", "Yes: an admin or a Writer"), Choice("no", "No, that person had fewer rights")),
)
ALLOWLIST_QUESTION = Question(
    "allowlist",
    "Does your LaunchDarkly account have an IP allowlist?",
    "The allowlist can admit this machine and block Segment. LaunchDarkly shows the list to admins only.",
    (
        Choice("no", "No"),
        Choice("with-segment", "Yes, and it includes Segment's addresses for API access"),
        Choice("without-segment", "Yes, and it doesn't include Segment's addresses"),
    ),
    lambda evidence: not is_allowlist_off(evidence.facts),
)


TOKEN_ROLE = Cause(
    "token-role",
    "The token's role doesn't allow it",
    (deliveries_work, fails(launchdarkly_permissions.PERMISSIONS), refused_with(403)),
    "{whose_token} isn't allowed to create segments or to change their members.",
    "{request}. {put_it_in}",
    REPAIRED,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.ROLE_ACTIONS_DOCS),
    request=Request(
        ADMIN,
        "create a service token with the Writer role, or with the policy below, under Organization settings → "
        "Authorization",
        makes_token=True,
    ),
    ask="launchdarkly_token",
)


def _owner_lost_rights(evidence: Evidence) -> Proof | None:
    """Judge the creator's rights today: they decide for a personal token, and only hint for a service token."""
    token = evidence.held_token
    if token is None or not held_token.maker_had_fewer_rights(token):
        return None
    who = token.owner or "The person who made the destination's token"
    says = confirms if token.service_token is False else suggests
    return says(f"{who} has the role {token.member_role}.")


def _has_worked(evidence: Evidence) -> bool:
    """Return whether anything was accepted before, which a plan or token without the right never allows."""
    return evidence.has_worked


TOKEN_MAKER = Cause(
    "token-maker",
    "The token's creator had fewer rights",
    (
        deliveries_work,
        _owner_lost_rights,
        no_answer("token-maker", "The token's creator could change segments, as you said.", "yes"),
        answer("token-maker", "The token's creator had fewer rights, as you said.", "no", doubted=_has_worked),
        refused_with(403),
    ),
    "The destination's token has fewer rights than its role shows, because its creator had fewer rights.",
    "{request}. {put_it_in}",
    REPAIRED,
    TOKEN_PAGES,
    request=Request(
        ADMIN,
        "create a service token with the Writer role, under Organization settings → Authorization",
        makes_token=True,
    ),
    ask="launchdarkly_token",
)


def _approvals(evidence: Evidence) -> Proof | None:
    """Judge required approvals. They may hold up nothing, so only an empty segment or a 403 is evidence."""
    finding = evidence.finding(launchdarkly_approvals.APPROVALS)
    if finding is None:
        return None
    if finding.status is Status.PASS:
        return excludes(finding.summary, finding)
    if finding.status not in {Status.FAIL, Status.WARN, Status.UNKNOWN}:
        return None
    if evidence.segment is not None and evidence.members == 0:
        return confirms(f"{finding.summary} LaunchDarkly created {evidence.name}, which stays empty.", finding)
    return suggests(finding.summary, finding) if evidence.code == 403 else None


APPROVALS = Cause(
    "approvals",
    "Segment changes need an approval",
    (
        deliveries_work,
        lambda evidence: refused_with(403)(evidence) if evidence.code not in {None, 403} else None,
        _approvals,
        refused_with(403),
    ),
    "{place} requires approvals for segment changes, and the destination's token can't bypass them.",
    "{request}. {put_a_new_one_in}",
    REPAIRED,
    (links.LAUNCHDARKLY_ENVIRONMENTS, links.APPROVALS_DOCS, links.ROLE_ACTIONS_DOCS),
    request=Request(
        "someone who manages {place} in LaunchDarkly",
        "turn off required approvals for segments in the environment's settings, or to create a service token with "
        "the policy below, which bypasses approvals",
        makes_token=True,
    ),
)


def _plan_has_it(evidence: Evidence) -> Proof | None:
    if evidence.has_synced_segments:
        return excludes("The plan includes synced segments: this environment has one.")
    finding = evidence.finding(launchdarkly_app.PLAN)
    return excludes(finding.summary, finding) if finding and finding.status is Status.PASS else None


PLAN = Cause(
    "plan",
    "The plan doesn't include synced segments",
    (
        _plan_has_it,
        deliveries_work,
        no_answer("plan", "The plan includes synced segments, as you said.", "yes"),
        answer("plan", "The plan doesn't include synced segments, as you said.", "no", doubted=_has_worked),
        refused_with(403, 404),
    ),
    "Your LaunchDarkly plan doesn't include synced segments, so LaunchDarkly refuses what Segment sends.",
    "{request}.",
    REPAIRED,
    (links.LAUNCHDARKLY_SALES, links.SYNCED_SEGMENTS_DOCS),
    request=Request("LaunchDarkly sales", "add synced segments to the plan (Enterprise includes them)"),
)


def _no_allowlist(evidence: Evidence) -> Proof | None:
    return excludes("The account has no IP allowlist for API access.") if is_allowlist_off(evidence.facts) else None


def _allowlist(evidence: Evidence) -> Proof | None:
    """Suggest an allowlist that is on only if LaunchDarkly refuses something."""
    seen = evidence.facts.allowlist
    if not isinstance(seen, Allowlist) or not seen.refuses_tokens or evidence.code not in {401, 403, 404}:
        return None
    return suggests(f"The account's IP allowlist for API access has {count(seen.entries, 'entry', 'entries')}.")


ALLOWLIST = Cause(
    "allowlist",
    "An IP allowlist blocks Segment",
    (
        deliveries_work,
        _no_allowlist,
        no_answer("allowlist", "No IP allowlist blocks Segment, as you said.", "no", "with-segment"),
        answer("allowlist", "The IP allowlist doesn't include Segment's addresses, as you said.", "without-segment"),
        lambda evidence: None if evidence.is_taken_too else refused_with(401, 403, 404)(evidence),
        _allowlist,
    ),
    "LaunchDarkly refuses what Segment sends, because its IP allowlist doesn't include Segment's addresses.",
    "{request}.",
    REPAIRED,
    (links.IP_ALLOWLIST_DOCS,),
    request=Request(
        ADMIN,
        "add Segment's addresses to the IP allowlist for API access, under Organization settings → Security. "
        "Segment shows them under Settings → Workspace settings → Destination IP settings, once these settings "
        "are on",
    ),
)


def _view(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(launchdarkly_approvals.VIEW)
    if evidence.segment is not None:
        return excludes(f"The segment {evidence.name} was created.")
    if finding is None or finding.status is not Status.WARN:
        return (
            excludes("New segments don't have to be linked to a view.")
            if finding and finding.status is Status.PASS
            else None
        )
    return suggests(finding.summary, finding) if evidence.code == 403 else None


VIEW = Cause(
    "required-view",
    "New segments must be linked to a view",
    (_view, lambda evidence: refused_with(403)(evidence) if evidence.code not in {None, 403} else None),
    then=REPAIRED,
)
OF_RIGHTS = (TOKEN_ROLE, APPROVALS, TOKEN_MAKER, PLAN, VIEW, ALLOWLIST)

QUESTIONS = (TOKEN_QUESTION, HELD_ID, PLAN_QUESTION, MAKER_QUESTION, ALLOWLIST_QUESTION)  # about any refusal
