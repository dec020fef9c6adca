"""What LaunchDarkly's refusals mean (docs/launchdarkly.md#errors)."""

from __future__ import annotations

from wizard.domain.explanations.explanation import Explanation
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links

TABLE: dict[FailureKind, Explanation] = {
    FailureKind.UNAUTHORIZED: Explanation(
        "LaunchDarkly didn't accept this token for the call (401).",
        "The token doesn't have permission for this call, it was just deleted or reset, or the account's IP allowlist "
        "doesn't include this machine.",
        "Ask a LaunchDarkly admin to check the token under Organization settings → Authorization, and the IP allowlist "
        "under Organization settings → Security.",
        (links.LAUNCHDARKLY_TOKENS, links.ACCESS_TOKENS_DOCS, links.IP_ALLOWLIST_DOCS),
    ),
    FailureKind.FORBIDDEN: Explanation(
        "LaunchDarkly refused access (403).",
        "The token's role doesn't allow this call, or the account's IP allowlist doesn't include this machine.",
        "Ask a LaunchDarkly admin to check the token's role, and the IP allowlist under Organization settings → "
        "Security.",
        (links.LAUNCHDARKLY_TOKENS, links.ROLE_POLICIES_DOCS, links.IP_ALLOWLIST_DOCS),
    ),
    FailureKind.NOT_FOUND: Explanation(
        "LaunchDarkly couldn't find this (404).",
        "The project or environment was deleted, its key has changed, this token can't see it, or the account's IP "
        "allowlist doesn't include this machine.",
        "Choose the project and environment again in the LaunchDarkly step, or ask a LaunchDarkly admin about the IP "
        "allowlist under Organization settings → Security.",
        (links.LAUNCHDARKLY_PROJECTS, links.IP_ALLOWLIST_DOCS),
    ),
    FailureKind.CONFLICT: Explanation(
        "LaunchDarkly refused because it's processing another change (409).",
        "Someone else made a change at the same time, or the key is already in use.",
        "Check again, then repeat the step.",
    ),
    FailureKind.INVALID: Explanation(
        "LaunchDarkly didn't accept the request.",
        "This account or this version of LaunchDarkly's API doesn't support the request.",
        "Report this to the wizard's maintainers, with the request ID.",
        (links.LAUNCHDARKLY_API_DOCS,),
    ),
    FailureKind.RATE_LIMITED: Explanation(
        "You've reached LaunchDarkly's rate limit (429).",
        "The whole account shares this limit, so other tools count too. The token is fine.",
        "Wait {wait}, then check again.",
    ),
    FailureKind.SERVER: Explanation(
        "LaunchDarkly has a problem.",
        "LaunchDarkly answered with a server error. Your setup isn't the cause.",
        "Check LaunchDarkly's status page, then check again later.",
        (links.LAUNCHDARKLY_STATUS,),
    ),
}
CREATE_ONE_IN_LAUNCHDARKLY = (
    "In LaunchDarkly, go to Organization settings → Authorization, create a service token and paste it."
)
_TOKEN_REFUSED = Explanation(
    "LaunchDarkly doesn't accept this token (401).",
    "Most likely the token was mistyped, deleted or reset, it expired, or it belongs to another LaunchDarkly instance.",
    f"{CREATE_ONE_IN_LAUNCHDARKLY} If that one is refused too, ask an admin to add this machine to the IP allowlist.",
    (links.LAUNCHDARKLY_NEW_TOKEN, links.CREATE_TOKEN_DOCS),
)
_CALLER_CLOSED = Explanation(
    "LaunchDarkly refused to say whose token this is.",
    "Most likely the account's IP allowlist doesn't include this machine.",
    "Ask a LaunchDarkly admin to add this machine's address to the IP allowlist for API access, under Organization "
    "settings → Security.",
    (links.IP_ALLOWLIST_DOCS,),
)
_APPROVAL = Explanation(
    "LaunchDarkly requires an approval first (403).",
    "The environment requires approvals for segment changes.",
    "In LaunchDarkly, go to Organization settings → Roles and add the action bypassRequiredSegmentApproval to the "
    "token's role. Or turn off required approvals for segments in the environment's settings.",
    (links.APPROVALS_DOCS,),
)
_BETA = Explanation(
    "LaunchDarkly doesn't let this token list persistent stores (403).",
    "The plan doesn't include this beta API, or the token can't read integrations.",
    "In LaunchDarkly, go to Integrations and look for Redis or DynamoDB.",
    (links.BIG_SEGMENTS_DOCS,),
)
_IDENTITY_PATHS = ("/api/v2/caller-identity", "/api/v2/versions")


def special(failure: Failure) -> Explanation | None:
    about_the_token = failure.path.split("?")[0] in _IDENTITY_PATHS
    if failure.kind is FailureKind.UNAUTHORIZED and about_the_token:
        return _TOKEN_REFUSED
    if about_the_token and failure.kind in {FailureKind.FORBIDDEN, FailureKind.NOT_FOUND}:
        return _CALLER_CLOSED
    if failure.kind is not FailureKind.FORBIDDEN:
        return None
    if "approval is required" in failure.message.lower():
        return _APPROVAL
    return _BETA if "big-segment-store" in failure.path else None
