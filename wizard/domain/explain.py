"""Explain a failed call in words: what happened, where the fault is, what to do.

One table per service. The status decides, then the vendor's code, then its message; what neither table knows keeps the
vendor's own words. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.tokens.closed import ClosedBy, closed_by, is_second_instance, wants_it_in_engage
from wizard.text import within_sentence


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in a user's words.

    In the tables below, `{host}`, `{vendor}` and `{said}`, its message, stand for the failure's own.
    """

    summary: str  # what happened
    cause: str
    fix: str  # one imperative sentence
    links: tuple[Link, ...] = ()


def explain(failure: Failure) -> Explanation:
    """Return what a failed call means for the user, by its kind, status and code.

    See docs/launchdarkly.md#errors and docs/segment.md#errors.
    """
    found = _explanation_of(failure)
    names = {"host": failure.host, "vendor": _vendor(failure), "said": within_sentence(failure.message)}
    cause = found.cause.format(**names)
    if failure.outcome_unknown:
        cause += " The change may still have been made."
    summary = found.summary.format(**names) + ("" if "{said}" in found.summary else _own_words(failure))
    return Explanation(summary, cause, found.fix.format(**names), found.links)


def evidence_of(failure: Failure) -> Mapping[str, Any]:
    """Return what a vendor's support asks for. Its texts are redacted already."""
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
    """Return what the service itself said: in full for what no table knows, else only what its support asks for."""
    said = (
        f' The answer: "{within_sentence(failure.message)}".'
        if failure.message and failure.kind in _WORTH_QUOTING
        else ""
    )
    request = f" Request ID {failure.request_id}." if failure.request_id else ""
    return said + request


def _explanation_of(failure: Failure) -> Explanation:
    special = _segment_special(failure) if failure.service is Service.SEGMENT else _launchdarkly_special(failure)
    if special is not None:
        return special
    if own := _BY_OWN_CODE.get((failure.kind, failure.code)):
        return own
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

# --- requests that never reached the service ----------------------------------------------------------------------

_NETWORK: dict[FailureKind, Explanation] = {
    FailureKind.ADDRESS: Explanation(
        "The wizard has no address to reach {vendor}: {said}.",
        "That variable replaces the address of {vendor} that the wizard knows. Nothing was sent.",
        "Correct or unset that variable, then run the wizard again.",
    ),
    FailureKind.DNS: Explanation(
        "This machine couldn't find {host}.",
        "The network's name service (DNS) doesn't know the host, or this machine has no network.",
        "Connect to a network or VPN that can resolve {host}, then check again.",
    ),
    FailureKind.CONNECT: Explanation(
        "This machine couldn't connect to {host}.",
        "A firewall or this machine's network blocks the way, or {vendor} is down. We can't tell which from here.",
        "Allow this machine to reach {host} on port 443, or set HTTPS_PROXY, then check again.",
    ),
    FailureKind.PROXY: Explanation(
        "Your network's proxy refused the connection to {host}.",
        "The proxy wants a login, or it doesn't let {host} through.",
        "Set HTTPS_PROXY to the right proxy address with its login, or ask your network's admin to allow {host}.",
    ),
    FailureKind.CERTIFICATE: Explanation(
        "This machine doesn't trust the certificate that {host} showed.",
        "Most likely a proxy in your network opens TLS with its own certificate, or this machine's clock is wrong.",
        "Point SSL_CERT_FILE at a file with your company's CA certificate, then run the wizard again.",
    ),
    FailureKind.TIMEOUT: Explanation(
        "{host} didn't answer in time.",
        "The network is slow, a firewall drops the connection, or {vendor} has trouble. We can't tell which from here.",
        "Open https://{host} in a browser on this machine to see which side is slow.",
    ),
    FailureKind.NOT_THE_SERVICE: Explanation(
        "Something other than {vendor} answered for {host}.",
        "Most likely a proxy, a firewall or a Wi-Fi login page answered instead.",
        "Open https://{host} in a browser on this machine, get past the page that it shows, then check again.",
    ),
}

_CLOCK = "Turn on automatic time in this machine's date and time settings, then check again."

# By the code that `wizard.api` gives what it can tell apart.
_BY_OWN_CODE: dict[tuple[FailureKind, str], Explanation] = {
    (FailureKind.CERTIFICATE, "no_authorities"): Explanation(
        "This machine doesn't trust the certificate that {host} showed.",
        "This Python came without certificate authorities, and the wizard's own don't know this certificate either. A "
        "proxy may open TLS with its own certificate.",
        "Run “Install Certificates.command” in Applications → Python on macOS, or point SSL_CERT_FILE at a file with "
        "your company's CA certificate.",
    ),
    (FailureKind.CERTIFICATE, "no_authorities_in_variable"): Explanation(
        "The wizard can't check the certificate of {host}: {said}.",
        "SSL_CERT_FILE and SSL_CERT_DIR replace this machine's certificate authorities.",
        "Point that variable at the CA certificates, or unset it.",
    ),
    (FailureKind.CERTIFICATE, "not_yet_valid"): Explanation(
        "The certificate that {host} showed isn't valid yet.",
        "Most likely this machine's clock is behind. Otherwise the certificate of {host}, or of a proxy, was set up "
        "wrong.",
        _CLOCK,
    ),
    (FailureKind.CERTIFICATE, "expired"): Explanation(
        "The certificate that {host} showed has expired.",
        "This machine's clock is ahead, or the certificate of {host}, or of a proxy, wasn't renewed.",
        "Set this machine's clock right, or ask your network's admin about the certificate if the clock is right.",
    ),
    (FailureKind.CERTIFICATE, "other_name"): Explanation(
        "Another host than {host} answered: its certificate has another name.",
        "A proxy, a Wi-Fi login page or a wrong DNS or hosts entry leads {host} to another machine.",
        "Open https://{host} in a browser on this machine to see who answers, then correct the network or the address.",
    ),
    (FailureKind.CERTIFICATE, "strict"): Explanation(
        "Python refuses the CA certificate behind {host}: {said}.",
        "Python 3.13 and later check CA certificates more strictly, and your company's CA certificate lacks something.",
        "Ask your network's admin for a CA certificate that follows RFC 5280, or run the wizard with Python 3.12.",
    ),
    (FailureKind.CONNECT, "tls"): Explanation(
        "This machine and {host} couldn't agree on TLS: {said}.",
        "Most likely a proxy or firewall answers in between, or {host} isn't an https address.",
        "Open https://{host} in a browser on this machine to see who answers, then check again.",
    ),
    (FailureKind.CONNECT, "broken_off"): Explanation(
        "The connection to {host} broke off before a whole answer came.",
        "Most likely a proxy or firewall in between ended it or answered instead, or {vendor} has a problem.",
        "Check again. If it stays, open https://{host} in a browser on this machine to see who answers.",
    ),
    (FailureKind.PROXY, "proxy_variable"): Explanation(
        "The wizard can't use the proxy settings of this machine: {said}.",
        "The wizard reaches {host} through the proxy that these variables name.",
        "Correct or unset that variable, then run the wizard again.",
    ),
    (FailureKind.PROXY, "proxy_name"): Explanation(
        "This machine couldn't find the proxy of {said}.",
        "The name in that variable doesn't resolve here. {host} itself wasn't asked.",
        "Correct the variable, connect to the network or VPN that knows the proxy, or unset the variable.",
    ),
    (FailureKind.PROXY, "proxy_dead"): Explanation(
        "This machine couldn't connect to the proxy of {said}.",
        "Nothing answers at that address and port. {host} itself wasn't asked.",
        "Correct the variable, start the proxy, or unset the variable if this network needs none.",
    ),
    (FailureKind.PROXY, "proxy_silent"): Explanation(
        "The proxy of {said} didn't answer in time.",
        "The proxy took the connection and then stayed silent. It may be down, or {host} may not answer it.",
        "Correct the variable, restart the proxy, or ask your network's admin whether the proxy reaches {host}.",
    ),
    (FailureKind.PROXY, "proxy_tls"): Explanation(
        "This machine couldn't make a TLS connection to the proxy of {said}.",
        "The variable begins with https://, so the connection to the proxy itself is encrypted. Most proxies expect "
        "http://, or this machine doesn't trust the proxy's certificate.",
        "Begin the variable with http://, or point SSL_CERT_FILE at the CA certificate of the proxy.",
    ),
    (FailureKind.PROXY, "proxy_needs_no_login"): Explanation(
        "The proxy of {said} doesn't take a login.",
        "The variable holds a user name and password, and this SOCKS proxy only takes connections without.",
        "Remove the user name and password from the variable, then run the wizard again.",
    ),
    (FailureKind.PROXY, "proxy_login"): Explanation(
        "The proxy of {said} wants a login.",
        "The variable holds no user name and password for the proxy, or the wrong ones.",
        "Write the login into the variable as http://user:password@host:port, with special characters as %-codes.",
    ),
    (FailureKind.PROXY, "proxy_refuses"): Explanation(
        "The proxy of {said} refused to connect to {host}.",
        "The proxy doesn't let {host} through, or the variable names something that isn't such a proxy.",
        "Ask your network's admin to allow {host} on port 443, or correct the variable.",
    ),
    (FailureKind.NOT_THE_SERVICE, "too_large"): Explanation(
        "The answer of {host} is too large: {said}.",
        "{vendor} doesn't send answers of that size. Most likely something else answered, or {vendor} has a problem.",
        "Check again later. If it stays, report it to the wizard's maintainers.",
    ),
}

# --- LaunchDarkly (docs/launchdarkly.md#errors) -------------------------------------------------------------------

_LAUNCHDARKLY: dict[FailureKind, Explanation] = {
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
        "LaunchDarkly refused because of another change at the same moment (409).",
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
        "LaunchDarkly's rate limit is reached (429).",
        "The limit counts for the whole account, so other tools use it too. The token itself is fine.",
        "Wait a minute, then check again.",
    ),
    FailureKind.SERVER: Explanation(
        "LaunchDarkly has a problem on its side.",
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
    "The token was mistyped, deleted or reset, it has expired, it belongs to another LaunchDarkly instance, or the "
    "account's IP allowlist doesn't include this machine.",
    CREATE_ONE_IN_LAUNCHDARKLY,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.CREATE_TOKEN_DOCS),
)
_CALLER_CLOSED = Explanation(
    "LaunchDarkly refused to say whose token this is.",
    "Most likely the account's IP allowlist doesn't include this machine.",
    "Ask a LaunchDarkly admin to add this machine's address to the IP allowlist, for API access, under Organization "
    "settings → Security.",
    (links.IP_ALLOWLIST_DOCS,),
)
_APPROVAL = Explanation(
    "LaunchDarkly requires an approval first (403).",
    "The environment requires approvals for segment changes.",
    "Add the action bypassRequiredSegmentApproval to the token's role under Organization settings → Roles, or turn off "
    "required approvals for segments in the environment's settings.",
    (links.APPROVALS_DOCS,),
)
_BETA = Explanation(
    "LaunchDarkly doesn't let this token list persistent stores (403).",
    "The plan doesn't include this beta API, or the token can't read integrations.",
    "In LaunchDarkly, go to Integrations and look for Redis or DynamoDB.",
    (links.BIG_SEGMENTS_DOCS,),
)
_IDENTITY_PATHS = ("/api/v2/caller-identity", "/api/v2/versions")


def _launchdarkly_special(failure: Failure) -> Explanation | None:
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


# --- Twilio Segment --------------------------------------------------------------------------------------------------

_CLOSED = Explanation(
    "Segment refused this part of its API.",
    "The token lacks a role, or the workspace doesn't have this API. Segment gives the same answer in both cases.",
    "In Segment, go to Settings → Workspace settings → Access Management and give the token Unify and Engage Admin on "
    "the space and Source Admin on its Engage source, or ask Segment to open the API for the workspace.",
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
    "Segment says that it's off for the workspace. The token's role isn't the cause.",
    "Do this step by hand in Segment's web app, or ask Segment to open the API for the workspace.",
    (links.SEGMENT_WORKSPACE,),
)
_SEGMENT: dict[FailureKind, Explanation] = {
    FailureKind.UNAUTHORIZED: _CLOSED_TO_THE_TOKEN,
    FailureKind.FORBIDDEN: _CLOSED,
    FailureKind.NOT_FOUND: Explanation(
        "Segment couldn't find this (404).",
        "It was deleted, this token can't see it, or the workspace doesn't have the feature.",
        "In Segment's web app, check whether it's still there.",
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
    FailureKind.RATE_LIMITED: Explanation(
        "Segment's rate limit is reached (429).",
        "Segment takes five mapping changes a minute. Other tools with this token or address count too.",
        "Wait a minute, then repeat the step.",
        (links.PUBLIC_API_LIMITS_DOCS,),
    ),
    FailureKind.SERVER: Explanation(
        "Twilio Segment has a problem on its side.",
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
    "Segment takes only one LaunchDarkly Audiences destination on this source.",
    "This Engage source already has a LaunchDarkly Audiences destination.",
    "Use that destination, or add another one in Segment's web app under Engage → Engage Settings → Destinations.",
    (links.SEGMENT_DESTINATIONS,),
)


_ENGAGE_FIRST = Explanation(
    "Segment wants the destination added in Engage Settings first.",
    "An audience can only use destinations that were added to its Engage space.",
    "In Segment, go to Engage → Engage Settings → Destinations, add LaunchDarkly Audiences, then repeat the step.",
    (links.SEGMENT_DESTINATIONS,),
)


def _segment_special(failure: Failure) -> Explanation | None:
    if wants_it_in_engage(failure):
        return _ENGAGE_FIRST
    if failure.is_closed and failure.path.split("?")[0] in {"", "/"}:
        return _WORKSPACE_REFUSED
    if failure.is_closed and closed_by(failure) is ClosedBy.WORKSPACE:
        return _NOT_IN_THIS_WORKSPACE
    if is_second_instance(failure):
        return _SECOND_INSTANCE
    return None
