"""Causes in LaunchDarkly: it refuses what Segment delivers. Many show the same status, so each has its own signs."""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import (
    launchdarkly_app,
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_permissions,
    launchdarkly_token,
)
from wizard.domain.checks.segment import destination
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    WATCH,
    Cause,
    Proof,
    answer,
    confirms,
    deliveries_work,
    excludes,
    fails,
    no_answer,
    refused_with,
    suggests,
)
from wizard.domain.diagnosis.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.facts import is_failure
from wizard.domain.failure import FailureKind
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Allowlist, Caller
from wizard.domain.signals import deliveries
from wizard.domain.tokens import held_token
from wizard.text import count

# --- questions ----------------------------------------------------------------------------------------------------

CODE = Question(
    "code",
    "In Segment, open the Delivery Overview tab of {destination}. Which status do its failed deliveries have?",
    "Segment's API didn't tell the wizard the status.",
    (
        Choice("none", "None: no delivery failed"),
        Choice("400", "400 (BAD_REQUEST)"),
        Choice("401", "401"),
        Choice("403", "403"),
        Choice("404", "404"),
        Choice("429", "409, 429, 5xx or a timeout"),
    ),
    lambda evidence: evidence.delivery is None or evidence.fails_for_an_unknown_reason,
)
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
    lambda evidence: (
        not (isinstance(evidence.facts.allowlist, Allowlist) and not evidence.facts.allowlist.refuses_tokens)
    ),
)

TOKEN_QUESTION = Question(
    "token-listed",
    "Segment shows the last characters of the token on the Settings tab of {destination}. Does LaunchDarkly list a "
    "token that ends with them, under Organization settings → Authorization?",
    "The wizard couldn't find this token in LaunchDarkly. Only an admin sees the tokens of everybody.",
    (
        Choice("valid", "Yes, and it's valid"),
        Choice("expired", "Yes, but it's expired"),
        Choice("no", "No, and I see the tokens of everybody"),
    ),
    lambda evidence: evidence.code == 401 and evidence.held_token is None,
)

_TOKEN_PAGES = (links.LAUNCHDARKLY_NEW_TOKEN, links.CREATE_TOKEN_DOCS)

# --- the token ----------------------------------------------------------------------------------------------------


def _token_expired(evidence: Evidence) -> Proof | None:
    token = evidence.held_token
    if evidence.is_own_token and isinstance(evidence.facts.caller, Caller):
        return excludes("LaunchDarkly accepts the destination's token from this machine.")
    if token is None or token.expires_at is None:
        return None
    day = f"{token.expires_at.day} {token.expires_at:%B %Y}"
    if token.expires_at <= evidence.facts.now:
        return confirms(f"The destination's token {token.name} expired on {day}.")
    return excludes(f"The destination's token {token.name} is valid until {day}.")


TOKEN_EXPIRED = Cause(
    "token-expired",
    "The destination's token expired",
    (
        _token_expired,
        deliveries_work,
        answer("token-listed", "LaunchDarkly shows the destination's token as expired, as you saw.", "expired"),
        no_answer("token-listed", "LaunchDarkly shows no expired token for it, as you saw.", "valid", "no"),
        refused_with(401),
    ),
    "The destination's token expired, so LaunchDarkly refuses what Segment sends.",
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token that lasts longer. "
    "{put_it_in}",
    WATCH,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.TOKEN_EXPIRY_DOCS),
)


def _token_is_gone(evidence: Evidence) -> Proof | None:
    """A token that the wizard uses too and that LaunchDarkly refuses, or one that no listed token matches."""
    held = evidence.destination.token_last_four if evidence.destination else ""
    if evidence.is_own_token and is_failure(evidence.facts.caller, FailureKind.UNAUTHORIZED):
        said = f"LaunchDarkly doesn't know the token that ends in {held}, which the destination holds."
        return confirms(said, evidence.finding(launchdarkly_token.VALID))
    if evidence.held_token is not None:
        return excludes(f"LaunchDarkly knows the destination's token: {evidence.held_token.name or held}.")
    if not evidence.holds_an_unknown_token or not held:
        return None
    checked = evidence.finding(destination.TOKEN)
    if checked is not None and checked.status is Status.PASS:
        return excludes(checked.summary, checked)
    said = f"LaunchDarkly shows no token that ends in {held}, which the destination holds."
    return confirms(said) if evidence.code == 401 else suggests(said)


def _another_token(evidence: Evidence) -> Proof | None:
    """A different token is a reason only where deliveries are refused as unauthorized."""
    finding = evidence.finding(destination.TOKEN)
    if finding is None or finding.status is not Status.FAIL:
        return None
    return (confirms if evidence.code == 401 else suggests)(finding.summary, finding)


def _is_unauthorized(evidence: Evidence) -> Proof | None:
    """Suggest the token at a 401: an invalid token is by far its most usual cause."""
    if evidence.code != 401 or evidence.held_token is not None:
        return None
    return suggests("With 401, LaunchDarkly says that it doesn't accept the token.")


TOKEN_GONE = Cause(
    "token-reset",
    "The destination's token was reset or deleted",
    (
        deliveries_work,
        _token_is_gone,
        _another_token,
        answer("token-listed", "LaunchDarkly doesn't list the destination's token, as you saw.", "no"),
        no_answer("token-listed", "LaunchDarkly lists the destination's token, as you saw.", "valid", "expired"),
        _is_unauthorized,
        refused_with(401),
    ),
    "The destination holds a token that LaunchDarkly doesn't know: it was reset, deleted or mistyped, or it expired.",
    "{replace_token}",
    WATCH,
    _TOKEN_PAGES,
)
EU_ACCOUNT = Cause(
    "eu-account",
    "The account is in another LaunchDarkly instance",
    (fails(launchdarkly_token.INSTANCE), refused_with(401)),
    then="Segment can't reach the EU and federal instances, so there's nothing to check again.",
)
NO_CLIENT_SIDE_ID = Cause(
    "client-side-id-unknown",
    "The client-side ID doesn't exist",
    (fails(launchdarkly_environment.CLIENT_SIDE_ID), refused_with(400, 404)),
    then=WATCH,
)
OTHER_ACCOUNT = Cause(
    "other-account",
    "The client-side ID belongs to another account",
    (fails(launchdarkly_environment.PAIR), refused_with(400, 403, 404)),
    then=WATCH,
)


TOKEN_ROLE = Cause(
    "token-role",
    "The token's role doesn't allow it",
    (deliveries_work, fails(launchdarkly_permissions.PERMISSIONS), refused_with(403)),
    "{whose_token} isn't allowed to create segments or to change their members.",
    "Ask a LaunchDarkly admin to create a service token with the Writer role, or with the policy below, under "
    "Organization settings → Authorization. {put_it_in}",
    WATCH,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.ROLE_ACTIONS_DOCS),
)


def _owner_lost_rights(evidence: Evidence) -> Proof | None:
    """What the maker may do today decides for a personal token, and only hints for a service token."""
    token = evidence.held_token
    if token is None or not held_token.maker_had_fewer_rights(token):
        return None
    who = token.owner or "The person who made the destination's token"
    says = confirms if token.service_token is False else suggests
    return says(f"{who} has the role {token.member_role}.")


TOKEN_MAKER = Cause(
    "token-maker",
    "The token's creator had fewer rights",
    (
        deliveries_work,
        _owner_lost_rights,
        no_answer("token-maker", "The token's creator could change segments, as you said.", "yes"),
        answer("token-maker", "The token's creator had fewer rights, as you said.", "no"),
        refused_with(403),
    ),
    "The destination's token has fewer rights than its role shows, because its creator had fewer rights.",
    "Ask a LaunchDarkly admin to create a service token with the Writer role under Organization settings → "
    "Authorization. {put_it_in}",
    WATCH,
    _TOKEN_PAGES,
)

# --- rules of the account -----------------------------------------------------------------------------------------


def _approvals(evidence: Evidence) -> Proof | None:
    """The gate is standing; that the segment stays empty, or a 403, is the evidence that fits."""
    finding = evidence.finding(launchdarkly_approvals.APPROVALS)
    if finding is None:
        return None
    if finding.status is Status.PASS:
        return excludes(finding.summary, finding)
    if finding.status not in {Status.FAIL, Status.WARN, Status.UNKNOWN}:
        return None
    if evidence.segment is not None and evidence.members == 0:
        return confirms(f"{finding.summary} {evidence.name} was created and stays empty.", finding)
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
    "Ask someone who manages {place} in LaunchDarkly to turn off required approvals for segments in the environment's "
    "settings. Or create a service token with the policy below, which bypasses approvals. {put_it_in}",
    WATCH,
    (links.APPROVALS_DOCS, links.ROLE_ACTIONS_DOCS),
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
        answer("plan", "The plan doesn't include synced segments, as you said.", "no"),
        refused_with(403, 404),
    ),
    "Your LaunchDarkly plan doesn't include synced segments, so LaunchDarkly refuses what Segment sends.",
    "Ask LaunchDarkly sales for a plan that includes synced segments (Enterprise).",
    WATCH,
    (links.LAUNCHDARKLY_SALES, links.SYNCED_SEGMENTS_DOCS),
)


def _no_allowlist(evidence: Evidence) -> Proof | None:
    seen = evidence.facts.allowlist
    is_off = isinstance(seen, Allowlist) and not seen.refuses_tokens
    return excludes("The account has no IP allowlist for API access.") if is_off else None


def _allowlist(evidence: Evidence) -> Proof | None:
    """A list that is on is a reason only where something is refused."""
    seen = evidence.facts.allowlist
    if not isinstance(seen, Allowlist) or not seen.refuses_tokens or evidence.code not in {401, 403, 404}:
        return None
    return suggests(f"The account's IP allowlist for API access has {count(seen.entries, 'entry', 'entries')}.")


def _is_taken_too(evidence: Evidence) -> bool:
    """A list lets nothing through: what was taken says that the refusals ended, unless they are the newest of all."""
    seen = evidence.delivery
    if seen is None or not seen.delivered or evidence.code not in {401, 403, 404}:
        return False
    return not deliveries.are_blocked(seen)


ALLOWLIST = Cause(
    "allowlist",
    "An IP allowlist blocks Segment",
    (
        deliveries_work,
        _no_allowlist,
        no_answer("allowlist", "No IP allowlist blocks Segment, as you said.", "no", "with-segment"),
        answer("allowlist", "The IP allowlist doesn't include Segment's addresses, as you said.", "without-segment"),
        lambda evidence: None if _is_taken_too(evidence) else refused_with(401, 403, 404)(evidence),
        _allowlist,
    ),
    "LaunchDarkly refuses what Segment sends, because its IP allowlist doesn't include Segment's addresses.",
    "In Segment, go to Settings → Workspace settings → Destination IP settings and switch it on. Then add the ranges "
    "that it shows to the IP allowlist for API access, under Organization settings → Security in LaunchDarkly.",
    WATCH,
    (links.IP_ALLOWLIST_DOCS,),
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
    then=WATCH,
)

# --- what passes, and what is malformed ---------------------------------------------------------------------------


def _is_passing(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    if seen is None or not seen.failed:
        return None
    if evidence.fails_for_an_unknown_reason:
        return None
    reason = deliveries.main_reason(seen)
    if deliveries.is_being_retried(seen):
        said = f"{count(seen.failed, 'delivery', 'deliveries')} failed with {reason}, and Segment tries again."
        is_small_part = deliveries.are_taken(seen) and evidence.shows_trouble
        return (suggests if is_small_part else confirms)(said)
    return excludes(f"Deliveries fail with {reason}, which doesn't pass by waiting.")


BUSY = Cause(
    "busy",
    "LaunchDarkly is busy or has a problem",
    (
        _is_passing,
        answer("code", "Deliveries fail with 409, 429, 5xx or a timeout, as you read in Segment.", "429"),
        no_answer("code", "No delivery fails with 409, 429, 5xx or a timeout.", "none", "400", "401", "403", "404"),
    ),
    "LaunchDarkly limits the rate, has a problem, or met another change at the same moment. Segment tries each "
    "delivery again for up to four hours.",
    "Wait, and check LaunchDarkly's status page. If the incident lasts longer than four hours, {resync_clause}.",
    "Check again in an hour: Segment shows no new failed deliveries.",
    (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
)


def _payload(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    reason = deliveries.main_reason(seen).upper() if seen and seen.failed else ""
    if "PAYLOAD_VALIDATION" in reason:
        return confirms(f"Deliveries fail with {reason}: the event isn't an audience's, or a hidden field is missing.")
    return excludes(f"Deliveries fail with {reason}.") if reason else None


PAYLOAD = Cause(
    "payload",
    "Segment's events don't fit the mapping",
    (_payload,),
    "The destination refuses the events: a hidden field of the mapping is missing, or a computed trait is attached "
    "instead of an audience.",
    "Restore the preset's values of the mapping in Review (audience-wizard apply), and attach audiences only.",
    WATCH,
    (links.TWILIO_DESTINATION_DOCS,),
)


def _activation_sends(evidence: Evidence) -> Proof | None:
    one = evidence.activation
    if one is None:
        return excludes("No activation sends the audience.")
    return suggests(f"The activation {one.name} sends the audience.") if evidence.code == 400 else None


ACTIVATION_EVENTS = Cause(
    "activation-events",
    "The activation's events lack a field",
    (_activation_sends, refused_with(400)),
    "The activation's events may lack a field that the mapping needs, such as the audience's class. Segment doesn't "
    "document what an activation sends.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Send Track under Event "
    "settings.",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)


def _settings(evidence: Evidence) -> Proof | None:
    seen = evidence.delivery
    reason = deliveries.main_reason(seen).upper() if seen and seen.failed else ""
    if "INVALID_SETTINGS" in reason:
        return confirms("Deliveries fail with INVALID_SETTINGS: the token or the client-side ID is missing.")
    return excludes(f"Deliveries fail with {reason}.") if reason else None


SETTINGS_MISSING = Cause(
    "settings-missing",
    "The destination's token or client-side ID is missing",
    (_settings,),
    "The destination has no token or no client-side ID.",
    "Apply the plan in Review (audience-wizard apply), which sets both, or set them on the Settings tab of "
    "{destination} in Segment.",
    CHECK_AGAIN,
    (links.SEGMENT_DESTINATIONS,),
    ("client_side_id",),
)

OF_TOKENS = (EU_ACCOUNT, TOKEN_EXPIRED, TOKEN_GONE)
OF_RIGHTS = (TOKEN_ROLE, APPROVALS, TOKEN_MAKER, PLAN, VIEW, ALLOWLIST)
