"""Explain a failed call in words: what happened, where the fault is, what to do.

There is one table per service, by the kind of failure. Before it come the cases that only the call, the vendor's code
or its message can tell. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.domain.explanations import launchdarkly, segment
from wizard.domain.explanations.explanation import Explanation
from wizard.domain.explanations.network import BY_OWN_CODE, NETWORK
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.text import elapsed, within_sentence

_MINUTE_S = 60


def explain(failure: Failure) -> Explanation:
    """Return what a failed call means for the user, by its kind, status and code.

    See docs/launchdarkly.md#errors and docs/segment.md#errors.
    """
    found = _explanation_of(failure)
    port = 80 if failure.scheme == "http" else 443
    address = failure.host if ":" in failure.host else f"{failure.host} on port {port}"
    asked = failure.asked_wait_s or 0.0
    names = {
        "host": failure.host,
        "page": f"{failure.scheme}://{failure.host}",
        "address": address,
        "vendor": _vendor(failure),
        "said": within_sentence(failure.message),
        "wait": elapsed(asked) if asked > _MINUTE_S else "a minute",
    }
    cause = found.cause.format(**names)
    if failure.outcome_unknown:
        cause += " The change may still have been made."
    summary = found.summary.format(**names) + ("" if "{said}" in found.summary else _own_words(failure))
    return Explanation(summary, cause, found.fix.format(**names), found.links)


def evidence_of(failure: Failure) -> Mapping[str, Any]:
    """Return the details that a vendor's support asks for, without empty ones. Their texts are already redacted."""
    seen = {
        "host": failure.host,
        "call": f"{failure.method} {failure.path}".strip(),
        "status": failure.status,
        "code": failure.code,
        "message": failure.message,
        "request_id": failure.request_id,
    }
    return {name: value for name, value in seen.items() if value}


def _vendor(failure: Failure) -> str:
    return "Twilio Segment" if failure.service is Service.SEGMENT else "LaunchDarkly"


def _own_words(failure: Failure) -> str:
    """Return the vendor's message, if this kind of failure is worth quoting, and the request ID, if any."""
    said = (
        f' The answer: "{within_sentence(failure.message)}".'
        if failure.message and failure.kind in _WORTH_QUOTING
        else ""
    )
    request = f" Request ID {failure.request_id}." if failure.request_id else ""
    return said + request


def _explanation_of(failure: Failure) -> Explanation:
    special = segment.special(failure) if failure.service is Service.SEGMENT else launchdarkly.special(failure)
    if special is not None:
        return special
    if own := BY_OWN_CODE.get((failure.kind, failure.code)):
        return own
    table = segment.TABLE if failure.service is Service.SEGMENT else launchdarkly.TABLE
    return NETWORK.get(failure.kind) or table[failure.kind]


_WORTH_QUOTING = {
    FailureKind.INVALID,
    FailureKind.CONFLICT,
    FailureKind.NOT_THE_SERVICE,
    FailureKind.PROXY,
    FailureKind.CERTIFICATE,
    FailureKind.FORBIDDEN,
    FailureKind.SERVER,
}
