"""One request in a form that's safe to show: no secret in addresses and headers, only the status of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN, Credential
from wizard.domain.failure import FailureKind, Service


def shown_token(credential: Credential) -> str:
    """Return the variable that stands for a token in a shown header. A shell fills it in."""
    return f"${credential.variable}"


SHOWN_TOKENS = tuple(map(shown_token, (LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN)))


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One attempt, for "show your work", the report and the log file. It holds nothing secret."""

    service: Service
    method: str
    url: str
    attempt: int
    seconds: float
    status: int | None = None  # None: no answer came, `failure` says why
    failure: FailureKind | None = None
    request_id: str = ""
    at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()  # with variables in place of tokens
    body: str = ""  # of a POST that only reads
    shared: bool = False  # it was sent for another caller of the same request at the same time
