"""What Segment's refusals mean (docs/segment.md#errors)."""

from __future__ import annotations

from wizard.domain.explanations.explanation import Explanation
from wizard.domain.explanations.segment_limits import rate_limited
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links
from wizard.domain.tokens.closed import ClosedBy, closed_by, is_second_instance, wants_it_in_engage

_CLOSED = Explanation(
    "Segment refused this part of its API.",
    "The token lacks a role, or the workspace doesn't have this API. Segment gives the same answer in both cases.",
    "In Segment, go to Settings → Workspace settings → Access Management and give the token Unify and Engage Admin "
    "on the space and Source Admin on its Engage source. Or ask Segment to turn on the API for the workspace.",
    (links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
)
_CLOSED_TO_THE_TOKEN = Explanation(
    "Segment doesn't let this token use this part of its API (401).",
    "Most likely the token lacks a role: 401 is Segment's answer to a token without permission.",
    "In Segment, go to Settings → Workspace settings → Access Management and give the token Unify and Engage Admin on "
    "the space and Source Admin on its Engage source.",
    (links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
)
_NOT_IN_THIS_WORKSPACE = Explanation(
    "This workspace doesn't offer this part of Segment's API.",
    "Segment says that this API is off for the workspace. The token's role isn't the cause.",
    "Do this step by hand in Segment's web app, or ask Segment to turn on the API for the workspace.",
    (links.SEGMENT_WORKSPACE,),
)
TABLE: dict[FailureKind, Explanation] = {
    FailureKind.UNAUTHORIZED: _CLOSED_TO_THE_TOKEN,
    FailureKind.FORBIDDEN: _CLOSED,
    FailureKind.NOT_FOUND: Explanation(
        "Segment couldn't find this (404).",
        "It was deleted, this token can't see it, or the workspace doesn't have the feature.",
        "In Segment's web app, check whether it still exists.",
        (links.SEGMENT_DESTINATIONS,),
    ),
    FailureKind.CONFLICT: Explanation(
        "Segment refused because something else still uses it (409).",
        "An activation uses it, or Segment is still processing an edit.",
        "Wait a minute, check again, then repeat the step.",
    ),
    FailureKind.INVALID: Explanation(
        "Segment didn't accept the request.",
        "Segment doesn't accept one of the fields or values here.",
        "Do this step by hand in Segment's web app, and report the message to the wizard's maintainers.",
        (links.PUBLIC_API_ERRORS_DOCS,),
    ),
    FailureKind.SERVER: Explanation(
        "Twilio Segment has a problem.",
        "Segment answered with a server error. Your setup isn't the cause.",
        "Check Segment's status page, then check again later.",
        (links.SEGMENT_STATUS,),
    ),
}
CREATE_ONE_IN_SEGMENT = (
    "Ask a Workspace Owner to create a Public API token under Settings → Workspace settings → Access Management → "
    "Tokens in Segment, and paste it."
)
_WORKSPACE_REFUSED = Explanation(
    "Segment doesn't know this token.",
    "The token was mistyped or revoked, or it's another kind of token.",
    CREATE_ONE_IN_SEGMENT,
    (links.SEGMENT_TOKENS, links.PUBLIC_API_START_DOCS),
)
_SECOND_INSTANCE = Explanation(
    "This source can have only one LaunchDarkly Audiences destination.",
    "This Engage source already has a LaunchDarkly Audiences destination.",
    "Use that destination, or go to Engage → Engage Settings → Destinations in Segment and add another one.",
    (links.SEGMENT_DESTINATIONS,),
)


_AT_THE_SAME_MOMENT = Explanation(
    "Segment refused because it's processing another change (409).",
    "Someone else is making the same change, or Segment is still processing an earlier one.",
    "Wait a minute, check again, then repeat the step.",
)
_ENGAGE_FIRST = Explanation(
    "Segment requires you to add the destination in Engage Settings first.",
    "An audience can only use destinations that were added to its Engage space.",
    "In Segment, go to Engage → Engage Settings → Destinations, add LaunchDarkly Audiences, then repeat the step.",
    (links.SEGMENT_DESTINATIONS,),
)


def special(failure: Failure) -> Explanation | None:
    """Return what a failed call means beyond its kind, by the call itself and Segment's words."""
    if (limited := rate_limited(failure)) is not None:
        return limited
    if wants_it_in_engage(failure):
        return _ENGAGE_FIRST
    if failure.is_closed and failure.path.split("?")[0] in {"", "/"}:
        return _WORKSPACE_REFUSED
    if failure.is_closed and closed_by(failure) is ClosedBy.WORKSPACE:
        return _NOT_IN_THIS_WORKSPACE
    if is_second_instance(failure):
        return _SECOND_INSTANCE
    if failure.kind is FailureKind.CONFLICT and failure.method != "DELETE":
        return _AT_THE_SAME_MOMENT
    return None
