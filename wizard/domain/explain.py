"""Why a call brought no usable answer, in words: what happened, whose fault it is, what to do.

One table per service. The status decides, then the vendor's code, then its message; what neither table knows keeps the
vendor's own words. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain import links
from wizard.domain.closed import Whose, whose_doing
from wizard.domain.links import Link
from wizard.domain.model import Failure, FailureKind, Service


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in a user's words."""

    summary: str  # what happened
    cause: str
    fix: str  # one imperative sentence
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """A row of a table; `{host}` and `{vendor}` stand for the failure's own."""

    summary: str
    cause: str
    fix: str
    links: tuple[Link, ...] = ()


def explain(failure: Failure) -> Explanation:
    """Return what a failed call means for the user, by its kind, status and code.

    See docs/launchdarkly.md#errors and docs/segment.md#errors.
    """
    told = _told(failure)
    names = {"host": failure.host, "vendor": _vendor(failure)}
    cause = told.cause.format(**names)
    if failure.outcome_unknown:
        cause += " The change may have been made all the same."
    return Explanation(
        summary=told.summary.format(**names) + _own_words(failure),
        cause=cause,
        fix=told.fix.format(**names),
        links=tuple(link.url for link in told.links),
    )


def evidence_of(failure: Failure) -> Mapping[str, Any]:
    """What a vendor's support asks for; all of it was redacted where it entered."""
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
    """What the service itself said: in full for what no table knows, else only what its support asks for."""
    said = f' It says: "{failure.message}".' if failure.message and failure.kind in _WORTH_QUOTING else ""
    request = f" Request id {failure.request_id}." if failure.request_id else ""
    return said + request


def _told(failure: Failure) -> _Told:
    special = _segment_special(failure) if failure.service is Service.SEGMENT else _launchdarkly_special(failure)
    if special is not None:
        return special
    if failure.kind is FailureKind.CERTIFICATE and failure.code in _UNTRUSTED:
        return _UNTRUSTED[failure.code]
    table = _SEGMENT if failure.service is Service.SEGMENT else _LAUNCHDARKLY
    return _NETWORK.get(failure.kind) or table[failure.kind]


_WORTH_QUOTING = {
    FailureKind.INVALID,
    FailureKind.CONFLICT,
    FailureKind.NOT_THE_SERVICE,
    FailureKind.PROXY,
    FailureKind.CERTIFICATE,
    FailureKind.FORBIDDEN,
    FailureKind.SERVER,
}

# --- never reached the service: whose fault ---------------------------------------------------------------------

_NETWORK: dict[FailureKind, _Told] = {
    FailureKind.DNS: _Told(
        "The name {host} could not be resolved.",
        "This machine's network: its name service (DNS) does not know the host, or there is no network.",
        "Connect to a network or VPN that can resolve {host}, then check again.",
    ),
    FailureKind.CONNECT: _Told(
        "No connection to {host} could be made.",
        "A firewall or a missing network on this side, or an outage of {vendor}: it cannot be told from here.",
        "Allow this machine to reach {host} on port 443, or set HTTPS_PROXY, then check again.",
    ),
    FailureKind.PROXY: _Told(
        "The proxy on the way to {host} refused.",
        "Your network's proxy: it wants a login, or does not let {host} through.",
        "Put the right proxy address and login into HTTPS_PROXY, or have {host} allowed.",
    ),
    FailureKind.CERTIFICATE: _Told(
        "The certificate that {host} showed could not be trusted.",
        "Your network, mostly: a proxy that opens TLS with its own certificate; or this machine's clock is wrong.",
        "Point SSL_CERT_FILE at a file with your company's CA certificate, then run the wizard again.",
    ),
    FailureKind.TIMEOUT: _Told(
        "{host} did not answer in time.",
        "A slow network, a firewall that drops silently, or trouble at {vendor}: it cannot be told from here.",
        "Open https://{host} in a browser on this machine to see which side is slow.",
    ),
    FailureKind.NOT_THE_SERVICE: _Told(
        "Something else than {vendor} answered for {host}.",
        "Your network, mostly: the page of a proxy, a firewall or a Wi-Fi login came back.",
        "Open https://{host} in a browser on this machine, get past the page that it shows, then check again.",
    ),
}

# By the code that `wizard.api.trust` gives a certificate whose issuer is not known.
_UNTRUSTED = {
    "no_authorities": _Told(
        "The certificate that {host} showed could not be trusted.",
        "This Python has no certificate authorities of its own, as one from python.org on macOS at first. Those that "
        "came with the wizard do not know this certificate either: a proxy may open TLS with its own.",
        "Run “Install Certificates.command” in Applications → Python on macOS, or point SSL_CERT_FILE at a file with "
        "your company's CA certificate.",
    ),
    "no_authorities_where_told": _Told(
        "The certificate that {host} showed could not be trusted.",
        "SSL_CERT_FILE or SSL_CERT_DIR is set, and there is no certificate authority where it points.",
        "Point SSL_CERT_FILE at a file that holds the CA certificates, or unset it.",
    ),
}

# --- LaunchDarkly (docs/launchdarkly.md#errors) -------------------------------------------------------------------

_LAUNCHDARKLY: dict[FailureKind, _Told] = {
    FailureKind.UNAUTHORIZED: _Told(
        "LaunchDarkly did not accept this token for the call (401).",
        "LaunchDarkly knows the token elsewhere but not here: it may not do this, or was just deleted or reset.",
        "Compare the token's role with what the wizard needs under Access tokens in LaunchDarkly.",
        (links.LAUNCHDARKLY_TOKENS, links.ACCESS_TOKENS_DOCS),
    ),
    FailureKind.FORBIDDEN: _Told(
        "LaunchDarkly refused access (403).",
        "The token's role does not allow it, or the account's IP allowlist does not hold this machine's address.",
        "Ask an admin to look at the token's role and at the IP allowlist in LaunchDarkly.",
        (links.LAUNCHDARKLY_TOKENS, links.ROLE_POLICIES_DOCS, links.IP_ALLOWLIST_DOCS),
    ),
    FailureKind.NOT_FOUND: _Told(
        "LaunchDarkly does not have this (404).",
        "It was deleted, its key was changed, or the token may not see it.",
        "Choose the project and environment again.",
        (links.LAUNCHDARKLY_PROJECTS,),
    ),
    FailureKind.CONFLICT: _Told(
        "LaunchDarkly saw a change by someone else at the same moment (409).",
        "Two changes met, or the key is taken.",
        "Check again, then repeat the step.",
    ),
    FailureKind.INVALID: _Told(
        "LaunchDarkly did not understand the request.",
        "The wizard asked for something that this account or this version of the API does not take.",
        "Report this to whoever maintains the wizard, with the request id.",
        (links.LAUNCHDARKLY_API_DOCS,),
    ),
    FailureKind.RATE_LIMITED: _Told(
        "LaunchDarkly's rate limit is used up (429).",
        "The limit counts for the whole account: other tools use it too. It says nothing about the token.",
        "Wait a minute, then check again.",
    ),
    FailureKind.SERVER: _Told(
        "LaunchDarkly has trouble of its own.",
        "LaunchDarkly answered with a server error; your set-up is not the cause.",
        "Look at LaunchDarkly's status page and check again later.",
        (links.LAUNCHDARKLY_STATUS,),
    ),
}
_TOKEN_REFUSED = _Told(
    "LaunchDarkly does not know this token (401).",
    "It was mistyped, deleted, reset or has expired, or it belongs to another LaunchDarkly instance.",
    "Create a new service token under Access tokens in LaunchDarkly and paste it.",
    (links.LAUNCHDARKLY_NEW_TOKEN, links.CREATE_TOKEN_DOCS),
)
_CALLER_FORBIDDEN = _Told(
    "LaunchDarkly refused even to say who this token is (403).",
    "The account's IP allowlist, most likely: it does not hold this machine's address.",
    "Ask an admin to add this machine's address to the IP allowlist, for API access.",
    (links.IP_ALLOWLIST_DOCS,),
)
_APPROVAL = _Told(
    "LaunchDarkly wants an approval first (403).",
    "The environment requires approval for changes of segments.",
    "Add the action bypassRequiredSegmentApproval to the token's role, or relax the environment's approval settings.",
    (links.APPROVALS_DOCS,),
)
_BETA = _Told(
    "LaunchDarkly does not open its list of persistent stores to this token (403).",
    "That list is a beta API: the plan may lack it, or the token may not read integrations.",
    "Look at Integrations in LaunchDarkly for Redis or DynamoDB.",
    (links.BIG_SEGMENTS_DOCS,),
)
_IDENTITY_PATHS = ("/api/v2/caller-identity", "/api/v2/versions")


def _launchdarkly_special(failure: Failure) -> _Told | None:
    about_the_token = failure.path.split("?")[0] in _IDENTITY_PATHS
    if failure.kind is FailureKind.UNAUTHORIZED and about_the_token:
        return _TOKEN_REFUSED
    if failure.kind is not FailureKind.FORBIDDEN:
        return None
    if "approval is required" in failure.message.lower():
        return _APPROVAL
    if "big-segment-store" in failure.path:
        return _BETA
    return _CALLER_FORBIDDEN if about_the_token else None


# --- Twilio Segment --------------------------------------------------------------------------------------------------

_CLOSED = _Told(
    "Segment refused this part of its API.",
    "The token lacks a role, or the workspace doesn't have this API. Segment gives the same answer in both cases.",
    "Give the token Unify and Engage Admin on the space and Source Admin on its Engage source, or ask Segment for the "
    "API.",
    (links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
)
_CLOSED_TO_THE_TOKEN = _Told(
    "Segment doesn't let this token use this part of its API (401).",
    "Most likely the token lacks a role: 401 is Segment's answer to a token without permission.",
    "Give the token Unify and Engage Admin on the space and Source Admin on its Engage source under Access Management.",
    (links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
)
_NOT_IN_THIS_WORKSPACE = _Told(
    "This workspace doesn't offer this part of Segment's API.",
    "Segment says that it is off for the workspace. The token's role isn't the cause.",
    "Do this step by hand in Segment's web app, or ask Segment to open the API for the workspace.",
    (links.SEGMENT_WORKSPACE,),
)
_SEGMENT: dict[FailureKind, _Told] = {
    FailureKind.UNAUTHORIZED: _CLOSED_TO_THE_TOKEN,
    FailureKind.FORBIDDEN: _CLOSED,
    FailureKind.NOT_FOUND: _Told(
        "Segment does not have this (404).",
        "It was deleted, the token may not see it, or the workspace does not have the feature.",
        "Open the workspace in the web app and look whether it is still there.",
        (links.SEGMENT_DESTINATIONS,),
    ),
    FailureKind.CONFLICT: _Told(
        "Segment refused because something else still uses it (409).",
        "An activation, or an edit that is still being processed.",
        "Wait a minute, check again, then repeat the step.",
    ),
    FailureKind.INVALID: _Told(
        "Segment did not take the request.",
        "Segment found a field or a value that it does not accept here.",
        "Do this step by hand in the web app, and report the message to whoever maintains the wizard.",
        (links.PUBLIC_API_ERRORS_DOCS,),
    ),
    FailureKind.RATE_LIMITED: _Told(
        "Segment's rate limit is used up (429).",
        "Writing a mapping is limited to five a minute, and other tools with this token or address count too.",
        "Wait a minute, then repeat the step.",
        (links.PUBLIC_API_LIMITS_DOCS,),
    ),
    FailureKind.SERVER: _Told(
        "Twilio Segment has trouble of its own.",
        "Segment answered with a server error; your set-up is not the cause.",
        "Look at Segment's status page and check again later.",
        (links.SEGMENT_STATUS,),
    ),
}
_WORKSPACE_REFUSED = _Told(
    "Segment does not know this token.",
    "It was mistyped or revoked, it is another kind of token, or its workspace lives in the other region.",
    "Have a Workspace Owner create a Public API token under Access Management and paste it.",
    (links.SEGMENT_TOKENS, links.PUBLIC_API_START_DOCS),
)
_SECOND_INSTANCE = _Told(
    "Segment takes only one LaunchDarkly Audiences destination on this source.",
    "An instance exists on this Engage source already.",
    "Use the destination that exists, or add a further one in the web app under Engage Settings → Destinations.",
    (links.SEGMENT_DESTINATIONS,),
)


def _segment_special(failure: Failure) -> _Told | None:
    if failure.is_closed and failure.path.split("?")[0] in {"", "/"}:
        return _WORKSPACE_REFUSED
    if failure.is_closed and whose_doing(failure) is Whose.WORKSPACE:
        return _NOT_IN_THIS_WORKSPACE
    if failure.kind is FailureKind.INVALID and "multiple configurations" in failure.message.lower():
        return _SECOND_INSTANCE
    return None
