"""One request as it may be shown: addresses and headers without a secret, the answer by its status only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.domain.failure import FailureKind, Service
from wizard.domain.tokens.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN, Credential


def shown_token(credential: Credential) -> str:
    """Return what a shown header has in place of the token; a shell fills it in."""
    return f"${credential.variable}"


SHOWN_TOKENS = tuple(map(shown_token, (LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN)))


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One attempt, for "show your work", the report and the log file: nothing secret is in it."""

    service: Service
    method: str
    url: str
    attempt: int
    seconds: float
    status: int | None = None  # None: no answer came, `failure` says why
    failure: FailureKind | None = None
    request_id: str = ""
    at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()  # a token is the name of its variable
    body: str = ""  # of a POST that only reads
    shared: bool = False  # it went out for someone else, who asked for the same at the same time
