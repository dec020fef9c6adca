"""Turn httpx exceptions and error responses into a `Failure`: typed, cleaned, without secrets.

The status decides first, then the vendor's own code. The caller decides what a 401 means: a bad token, or a missing
permission. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx

from wizard.api.body import MOST_BYTES, TooLarge
from wizard.api.call import Call
from wizard.api.proxies import ProxyTrouble
from wizard.api.retry import NETWORK_LOGIN, asked_wait
from wizard.api.trust import NONE_IN_VARIABLE, mistake_in_variables, why_untrusted
from wizard.domain.failure import Failure, FailureKind
from wizard.text import plain

MESSAGE_LIMIT = 500
HIDDEN = "(hidden)"
# Our own failure codes, for failures with their own sentence in wizard.domain.explanations.network.
TLS = "tls"
TOO_LARGE = "too_large"
UNKNOWN_FORM = "unknown_form"
BROKEN_OFF = "broken_off"
NO_SUCH_PAGE = "no_such_page"
MOVED = "moved"
_PAGES = {301: MOVED, 308: MOVED, 404: NO_SUCH_PAGE}  # a network's login page comes with another status
_SECRETS = re.compile(
    r"(?<![\w-])(?:api|sdk|mob)-[\w-]{4,}"
    r"|(?<![\w-])sgp_\w+"
    r"|(?<![\w-])[Bb]earer\s+[^\s\"',;]+"
)
_BY_STATUS = {
    401: FailureKind.UNAUTHORIZED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    407: FailureKind.PROXY,
    409: FailureKind.CONFLICT,
    410: FailureKind.NOT_FOUND,
    429: FailureKind.RATE_LIMITED,
}
# What making a client, building a request, sending it and reading its answer may raise. A bug raises something else.
EXPECTED = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, ImportError)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response; an empty body is an empty mapping."""

    status: int
    body: dict[str, Any]


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Hide `secrets`, and anything that looks like a token or a key, in `text`."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _SECRETS.sub(HIDDEN, text)


def failure(
    call: Call,
    kind: FailureKind,
    message: str,
    *,
    status: int | None = None,
    code: str = "",
    request_id: str = "",
    outcome_unknown: bool = False,
) -> Failure:
    """Build a `Failure` of `call` with its texts cleaned and redacted."""
    return Failure(
        service=call.service,
        kind=kind,
        host=call.host,
        method=call.method,
        path=redact(call.path, call.secrets),
        status=status,
        code=_clean(code, call, 80),
        message=_clean(message, call),
        request_id=request_id,
        outcome_unknown=outcome_unknown and not call.repeatable,
        scheme=call.scheme,
    )


def from_exception(call: Call, error: Exception) -> Failure:
    """Return why no response came; `outcome_unknown` is set when a write may have arrived."""
    if isinstance(error, ProxyTrouble):
        return failure(call, FailureKind.PROXY, str(error), code=error.code)
    causes = tuple(causes_of(error))
    if certificate := next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None):
        code = why_untrusted(certificate)
        return failure(call, FailureKind.CERTIFICATE, _certificate(certificate, code), code=code)
    kind, code, message = _network(error, causes)
    return failure(call, kind, message, code=code, outcome_unknown=not isinstance(error, _NOT_SENT))


def _network(error: Exception, causes: tuple[BaseException, ...]) -> tuple[FailureKind, str, str]:
    """Return a network failure's kind, its code (empty if it has no sentence of its own), and a message."""
    if isinstance(error, httpx.ProxyError):
        return FailureKind.PROXY, "", str(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return FailureKind.DNS, "", "the host name couldn't be found"
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return FailureKind.TIMEOUT, "", _timeout(error)
    if tls := next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None):
        return FailureKind.CONNECT, TLS, getattr(tls, "reason", None) or str(tls)
    if isinstance(error, TooLarge):
        return FailureKind.NOT_THE_SERVICE, TOO_LARGE, f"more than {MOST_BYTES // 2**20} MB"
    if isinstance(error, httpx.InvalidURL) or "location header" in str(error):
        return FailureKind.NOT_THE_SERVICE, "", "it led to an address that can't be read"
    if isinstance(error, httpx.DecodingError):
        return FailureKind.NOT_THE_SERVICE, "", "the body couldn't be decoded"
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError):
        return FailureKind.CONNECT, BROKEN_OFF, str(error) or "the connection was lost"
    if isinstance(error, httpx.TransportError | OSError):
        return FailureKind.CONNECT, "", str(error) or "the connection was lost"
    return FailureKind.NOT_THE_SERVICE, "", f"the answer couldn't be read ({type(error).__name__})"


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and then its causes, the most recent first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _certificate(error: ssl.SSLCertVerificationError, code: str) -> str:
    return mistake_in_variables() if code == NONE_IN_VARIABLE else str(getattr(error, "verify_message", "") or error)


def _timeout(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "the host didn't accept the connection in time"
    return "no answer came in time"


def read(call: Call, response: httpx.Response) -> Answer | Failure:
    """Return the JSON object of a 2xx response, or a `Failure` for anything else.

    A write that got a 2xx with an unexpected body may have happened: its `outcome_unknown` is set.
    """
    body = _json(response)
    if response.is_success and isinstance(body, dict):
        return Answer(response.status_code, body)
    if response.is_success and call.bare_list and isinstance(body, list):
        return Answer(response.status_code, {"items": body})
    if response.is_success and not response.content and (response.status_code == 204 or call.method == "DELETE"):
        return Answer(response.status_code, {})
    return from_response(call, response)


def from_response(call: Call, response: httpx.Response) -> Failure:
    """Build the `Failure` that a response's status and body describe."""
    body = _json(response)
    code, message = _words(body)
    kind = _kind(call, response, body)
    own = _PAGES.get(response.status_code) if kind is FailureKind.NOT_THE_SERVICE else None
    found = failure(
        call,
        kind,
        message or _own_words(response, body),
        status=response.status_code,
        code=own or code,
        request_id=request_id(call, response),
        outcome_unknown=response.status_code >= 500 or response.is_success,
    )
    return replace(found, asked_wait_s=asked_wait(call.service, response)) if response.status_code == 429 else found


def unusable(call: Call, message: str) -> Failure:
    """Build the `Failure` for a 2xx whose JSON lacks what the caller needs; a write may have happened.

    Most likely the service uses a form that we don't know yet. For what a proxy sends, see `not_from_the_service`.
    """
    return failure(call, FailureKind.NOT_THE_SERVICE, message, code=UNKNOWN_FORM, outcome_unknown=True)


def not_from_the_service(call: Call) -> Failure:
    """Build the `Failure` for a 2xx whose JSON isn't in the service's envelope; a write may have happened."""
    return failure(call, FailureKind.NOT_THE_SERVICE, "the answer has no data", outcome_unknown=True)


def _kind(call: Call, response: httpx.Response, body: object) -> FailureKind:
    status = response.status_code
    if status >= 500 and status != NETWORK_LOGIN:
        return FailureKind.SERVER  # the services' own gateways answer in HTML too (docs/segment.md#errors)
    if status in {407, 429}:
        return _BY_STATUS[status]
    page = body is None and is_page(response) and call.method != "HEAD"  # a HEAD has no body to look at
    if status < 400 or page or status == NETWORK_LOGIN:
        return FailureKind.NOT_THE_SERVICE
    return _BY_STATUS.get(status, FailureKind.INVALID)


def is_page(response: httpx.Response) -> bool:
    """Return whether the response is a web page, such as proxies, captive portals and gateways send."""
    return "html" in response.headers.get("content-type", "") or response.content.lstrip()[:1] == b"<"


def _json(response: httpx.Response) -> object:
    """Return the parsed body; None when it's empty or not JSON."""
    try:
        return json.loads(response.content) if response.content else None
    except (ValueError, RecursionError):
        return None


def _words(body: object) -> tuple[str, str]:
    """Return the vendor's code and message, from LaunchDarkly's object or the first of Segment's `errors`."""
    if not isinstance(body, dict):
        return "", ""
    errors = body.get("errors")
    first = next((e for e in errors if isinstance(e, dict)), {}) if isinstance(errors, list) else body
    code = _text(first.get("code")) or _text(first.get("type"))
    message, where = _text(first.get("message")), _text(first.get("field"))
    return code, f"{message} (field {where})" if where else message


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _own_words(response: httpx.Response, body: object) -> str:
    if response.is_redirect:
        return f"redirected to {response.headers.get('location') or 'another place'}"
    if body is None and is_page(response) and response.status_code < 500 and response.status_code != 404:
        return "a web page came instead of an answer: a proxy or gateway may stand in between"
    if response.is_success:
        return "the answer isn't this service's JSON"
    return ""


def request_id(call: Call, response: httpx.Response) -> str:
    """Return the id that the vendor's support asks for, from a header or from LaunchDarkly's error body."""
    headers = response.headers
    named = headers.get("x-request-id") or next((v for k, v in headers.items() if k.endswith("-trace-id")), "")
    body = None if named or response.is_success else _json(response)
    return _clean(named or (_text(body.get("id")) if isinstance(body, dict) else ""), call, 120)


def _clean(text: str, call: Call, limit: int = MESSAGE_LIMIT) -> str:
    return plain(redact(text, call.secrets), limit)
