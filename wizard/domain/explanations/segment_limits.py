"""What Segment's rate limits allow, in words, by the call that was refused (docs/segment.md#rate-limits)."""

from __future__ import annotations

import re

from wizard.domain.explanations.explanation import Explanation
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links

_ONE = "[^/]+"
_AUDIENCES = f"/spaces/{_ONE}/audiences"
_MAPPINGS = f"/destinations/{_ONE}/subscriptions(?:/{_ONE})?"
_CONNECTIONS = f"{_AUDIENCES}/{_ONE}/destination-connections"
_ACTIVATIONS = f"{_AUDIENCES}/{_ONE}/activations(?:/{_ONE})?"
_TAKES = tuple(
    (re.compile(call), says)
    for call, says in (
        (f"(?:POST|PATCH|DELETE) {_MAPPINGS}", "five mapping changes a minute"),
        (f"GET {_AUDIENCES}", "60 requests for the list of audiences a minute"),
        (f"POST {_AUDIENCES}/previews", "five audience previews a minute, and 700 a month in each space"),
        (f"GET {_AUDIENCES}/(?:previews/)?{_ONE}", "100 requests for single audiences a minute"),
        (f"(?:GET|POST) {_CONNECTIONS}", "50 requests about an audience's connections a minute"),
        (f"GET {_ACTIVATIONS}", "60 requests for activations a minute"),
        (f"POST {_CONNECTIONS}/{_ONE}/activations", "50 new activations a minute"),
        (f"(?:PATCH|DELETE) {_ACTIVATIONS}", "50 activation changes a minute"),
        (f"GET /spaces/{_ONE}/audienceType/{_ONE}/supported-destinations", "60 requests for this list a minute"),
    )
)


def rate_limited(failure: Failure) -> Explanation | None:
    """Return what a 429 means, with the refused call's limit, if Segment publishes it; None for other failures."""
    if failure.kind is not FailureKind.RATE_LIMITED:
        return None
    call = f"{failure.method} {failure.path.partition('?')[0]}"
    takes = next((says for known, says in _TAKES if known.fullmatch(call)), "")
    limit = f"Segment allows {takes}." if takes else "Segment doesn't publish the limit of this call."
    return Explanation(
        "You've reached Segment's rate limit (429).",
        f"{limit} Other tools with this token or address count too.",
        "Wait {wait}, then repeat the step." if failure.method != "GET" else "Wait {wait}, then check again.",
        (links.PUBLIC_API_LIMITS_DOCS,),
    )
