"""Causes of a refusal in the destination's settings: its token, its client-side ID, and the account of both."""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import destination
from wizard.domain.diagnosis.cause import (
    REPAIRED,
    Cause,
    Proof,
    Verdict,
    answer,
    confirms,
    deliveries_work,
    excludes,
    fails,
    fails_with,
    no_answer,
    refused_with,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.facts import is_allowlist_off, is_failure
from wizard.domain.failure import FailureKind
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Caller
from wizard.domain.tokens import held_token

TOKEN_QUESTION = Question(
    "token-listed",
    "Segment shows the last characters of the token on the Settings tab of {destination}. Does LaunchDarkly list a "
    "token that ends with them, under Organization settings → Authorization?",
    "The wizard couldn't find this token in LaunchDarkly. Only admins see everyone's tokens.",
    (
        Choice("valid", "Yes, and it's valid"),
        Choice("expired", "Yes, but it's expired"),
        Choice("no", "No, and I can see everyone's tokens"),
    ),
    lambda evidence: evidence.code == 401 and evidence.held_token is None,
)

TOKEN_PAGES = (links.LAUNCHDARKLY_NEW_TOKEN, links.CREATE_TOKEN_DOCS)


def _token_expired(evidence: Evidence) -> Proof | None:
    token = evidence.held_token
    if evidence.is_own_token and isinstance(evidence.facts.caller, Caller):
        return excludes("LaunchDarkly accepts the destination's token from this machine.")
    if token is None or token.expires_at is None:
        return None
    day = f"{token.expires_at.day} {token.expires_at:%B %Y}"
    if token.expires_at <= evidence.facts.now:
        told = evidence.finding(destination.TOKEN) if evidence.has_status(destination.TOKEN, Status.FAIL) else None
        return confirms(f"The destination's token {token.name} expired on {day}.", told)
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
    "{replace_token}",
    REPAIRED,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.TOKEN_EXPIRY_DOCS),
    ask="launchdarkly_token",
)


def _token_is_gone(evidence: Evidence) -> Proof | None:
    """Judge whether the token is gone: LaunchDarkly refuses it to the wizard too, or lists none with its ending."""
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
    """Confirm a different token only if deliveries are refused as unauthorized; otherwise suggest it."""
    finding = evidence.finding(destination.TOKEN)
    if finding is None or finding.status is not Status.FAIL:
        return None
    return (confirms if evidence.code == 401 else suggests)(finding.summary, finding)


def _is_unauthorized(evidence: Evidence) -> Proof | None:
    """Suggest the token on a 401, because an invalid token is by far its most usual cause."""
    if evidence.code != 401 or evidence.held_token is not None:
        return None
    return suggests("A 401 means that LaunchDarkly doesn't accept the token.")


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
    "LaunchDarkly doesn't know the destination's token: it was reset, deleted or mistyped, or it expired.",
    "{replace_token}",
    REPAIRED,
    TOKEN_PAGES,
)


def may_have_lost_its_token(evidence: Evidence) -> bool:
    """Return whether LaunchDarkly lists no such token, though it worked before and nothing was sent since."""
    return evidence.holds_an_unknown_token and evidence.has_status(destination.TOKEN, Status.WARN)


def _is_not_listed(evidence: Evidence) -> Proof | None:
    checked = evidence.finding(destination.TOKEN)
    if checked is None or not may_have_lost_its_token(evidence) or evidence.code is not None:
        return None
    return (confirms if evidence.counts_agree else suggests)(checked.summary, checked)


TOKEN_NOT_LISTED = Cause(
    "token-not-listed",
    "LaunchDarkly doesn't list the destination's token",
    (_is_not_listed,),
    "Most likely someone deleted or reset the destination's token after the last members arrived, so the next changes "
    "won't arrive. If the token is another member's personal token, LaunchDarkly doesn't show it here, and it works.",
    "{replace_token}",
    REPAIRED,
    TOKEN_PAGES,
)


def _is_known_to_be_valid(evidence: Evidence) -> bool:
    """Return whether LaunchDarkly accepts, or lists as valid, the token whose ending the destination shows."""
    if evidence.is_own_token:
        return isinstance(evidence.facts.caller, Caller)
    token = evidence.held_token
    is_listed = token is not None and not held_token.is_expired(token, evidence.facts)
    return is_listed or evidence.given.get("token-listed") == "valid"


def _has_no_allowlist_in_the_way(evidence: Evidence) -> bool:
    return is_allowlist_off(evidence.facts) or evidence.given.get("allowlist") in {"no", "with-segment"}


def _the_rest_differs(evidence: Evidence) -> Proof | None:
    """Confirm a damaged copy if the token is valid and no allowlist blocks it: only hidden characters can be wrong.

    A damaged copy never worked. So if the destination has worked before, only suggest it: a later edit may have damaged
    it.
    """
    if evidence.code != 401 or not _is_known_to_be_valid(evidence):
        return None
    if not _has_no_allowlist_in_the_way(evidence) or evidence.is_taken_too:
        return None
    says = suggests if evidence.has_worked else confirms
    return says("LaunchDarkly refuses the destination's token with 401, but the token with the same ending is valid.")


def _fits_a_401_only(evidence: Evidence) -> Proof | None:
    """Exclude on statuses other than 401. A 401 suggests nothing: a lost token or an allowlist is more usual."""
    proof = refused_with(401)(evidence)
    return proof if proof and proof.verdict is Verdict.EXCLUDES else None


TOKEN_DAMAGED = Cause(
    "token-damaged",
    "The destination holds a damaged copy of the token",
    (deliveries_work, _the_rest_differs, _fits_a_401_only),
    "The destination's token has the right last four characters, but LaunchDarkly refuses it. Most likely an "
    "earlier character is wrong or missing.",
    "In Segment, open the Settings tab of {destination} and paste the whole token into LaunchDarkly Service Token "
    "again. If nobody has the token, create a new service token in LaunchDarkly and paste that instead.",
    REPAIRED,
    TOKEN_PAGES,
)
EU_ACCOUNT = Cause(
    "eu-account",
    "The account is in another LaunchDarkly instance",
    (fails(launchdarkly_token.INSTANCE), refused_with(401)),
    then="Segment can't reach the EU and federal instances, so checking again won't help.",
)
NO_CLIENT_SIDE_ID = Cause(
    "client-side-id-unknown",
    "The client-side ID doesn't exist",
    (fails(launchdarkly_environment.CLIENT_SIDE_ID), refused_with(400, 404)),
    then=REPAIRED,
)
OTHER_ACCOUNT = Cause(
    "other-account",
    "The client-side ID belongs to another account",
    (fails(launchdarkly_environment.PAIR), refused_with(400, 403, 404)),
    then=REPAIRED,
)


SETTINGS_MISSING = Cause(
    "settings-missing",
    "The destination's token or client-side ID is missing",
    (fails_with("INVALID_SETTINGS", "Deliveries fail with {reason}."),),
    "{missing_setting}",
    "Apply the plan in Review (audience-wizard apply), which sets both. Or set them on the Settings tab of "
    "{destination} in Segment.",
    REPAIRED,
    (links.SEGMENT_DESTINATIONS,),
    ("client_side_id",),
)

OF_TOKENS = (EU_ACCOUNT, TOKEN_EXPIRED, TOKEN_GONE, TOKEN_DAMAGED)
