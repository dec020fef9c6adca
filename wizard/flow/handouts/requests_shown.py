"""The requests behind a finding, as curl lines that anyone can run once the token's variable is set."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.findings import Finding
from wizard.domain.sent_request import SHOWN_TOKENS, SentRequest
from wizard.flow.journey import ALL_READINGS
from wizard.flow.outside.requests import SentRequests

_READS = {check.id: check.reads for check in CHECKS}
_DOING: Mapping[str, str] = {reading.slot: reading.doing for reading in ALL_READINGS}
_MOST_OF_A_KIND = 5  # a long list takes a request for each page, and a few are enough to show


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """One request behind a finding, with the outcome of its last attempt."""

    doing: str  # "reading projects and environments"
    curl: str
    outcome: str  # "200", or why no answer came
    request_id: str
    seconds: float
    at: datetime | None
    attempts: int = 1


def requests_behind(finding: Finding, requests: SentRequests) -> tuple[ShownRequest, ...]:
    """Return the requests behind a finding, those of the most important reading first; empty if there were none.

    For a finding that waits for another finding, return the other finding's requests.
    """
    check = finding.waits_for or finding.id
    behind = requests.behind(_READS.get(check, ()))
    found: list[ShownRequest] = []
    for slot in dict.fromkeys(slot for slot, _ in behind):
        found += _last_attempts(slot, (one for of, one in behind if of == slot))
    return tuple(found)


def _last_attempts(slot: str, requests: Iterable[SentRequest]) -> list[ShownRequest]:
    """Return each request of a slot once, as its last attempt ended; at most the first `_MOST_OF_A_KIND`."""
    by_request = {(one.method, one.url): one for one in requests}
    return [_shown(slot, one) for one in list(by_request.values())[:_MOST_OF_A_KIND]]


def _shown(slot: str, request: SentRequest) -> ShownRequest:
    answer = request.status if request.status is not None else f"no answer: {request.failure}"
    return ShownRequest(
        doing=_DOING[slot],
        curl=curl(request),
        outcome=str(answer),
        request_id=request.request_id,
        seconds=request.seconds,
        at=request.at,
        attempts=request.attempt,
    )


def curl(request: SentRequest) -> str:
    """Return the request as a curl line for a POSIX shell, with a variable in place of the token."""
    method = {"GET": "-i", "HEAD": "-I"}.get(request.method, f"-i -X {request.method}")
    headers = (f"-H {_quoted(f'{name}: {value}')}" for name, value in request.headers)
    body = (f"--data {shlex.quote(request.body)}",) if request.body else ()
    return " ".join(("curl -sS", method, *headers, *body, shlex.quote(request.url)))


def _quoted(header: str) -> str:
    """Quote a header for a shell. Use double quotes only for a token's variable after letters, spaces and colons."""
    variable = next((name for name in SHOWN_TOKENS if header.endswith(name)), "")
    fixed = header.removesuffix(variable)
    plain = fixed.replace(" ", "").replace(":", "").isalpha()
    return f'"{header}"' if variable and plain else shlex.quote(header)


def as_text(shown: Iterable[ShownRequest]) -> str:
    """Return the requests as text, each with its outcome."""
    return "\n\n".join(_paragraph(one) for one in shown)


def _paragraph(one: ShownRequest) -> str:
    request = f", request ID {json.dumps(one.request_id)}" if one.request_id else ""
    tried = f", tried {one.attempts} times" if one.attempts > 1 else ""
    return f"# {one.doing}: {one.outcome} in {one.seconds * 1000:.0f} ms{request}{tried}\n{one.curl}"
