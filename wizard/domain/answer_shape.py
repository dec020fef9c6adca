"""The shape of a service's answer for the observations: names, classes and counts, but none of its values.

A field's name comes from the service and may itself hold someone's text. So a name is shown only if it consists of
words that the services use themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from wizard.domain.failure import Service

_PATH_WORDS = """
api v2 account activations allowlist approval-requests audience-references audiences audienceType audit-events
auditlog big-segment-store caller-identity catalog connected-destinations context-kinds contexts delivery-metrics
delivery-overview destination-connections destinations environments evaluate failed-delivery failed-on-ingest
filtered-at-destination filtered-at-source flags goals integration-capabilities ip-allowlist me members previews
projects public-ip-list roles sdk sdk-versions details search segments settings sources spaces subscriptions
successful-delivery successfully-received supported-destinations tokens usage users versions
"""  # every other part of an address is left out
_OWN_WORDS = """
about access account action actions active activation after allowlist api app apply approval approvals archived
at attempt attempted attempts audience auth batch batched batching before by cadence client client-side code
compute config consumed configuration connection context count created creation custom default definition delivered
delivery description destination detail details discarded drop dropped dynamic enable enabled end environment
error errors event events expired expires expiry external failed failure failures field fields filter filtered
first flag flags forbidden from global group id identifier identifiers ids in include included ingest inline
input instance internal invalid ip is items key keys kind label last latency limit limits link links list
maintainer mapping mask matching member members message metadata method missing mode modified name new next no
not of on operation option options owner page paging path permission permissions personal policy preset project
queued rate ratelimit reason received refused region remaining request requests required reset resource result
retried retries retry role roles route rule schema scope scopes secret segment segments self sent service
session setting settings side site size slug source space start state status string subscription subscriptions
success successes successful synced sync tag tags team teams timeout token tokens too total trigger type types
unauthorized unbounded unknown unit updated url usage use used user value values version view views warning
workspace write x many bad
"""
_IN_A_PATH, _WORDS = frozenset(_PATH_WORDS.split()), frozenset(_OWN_WORDS.split())
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """The shape of one answer: its route, its status, the names of its fields, and how many items it has."""

    service: Service
    route: str  # "GET /api/v2/projects/…": the words of the service's own address
    at: datetime
    status: int
    code: str = ""  # of a refusal, if it consists of the service's own words
    fields: str = ""  # names of the object's own fields
    settings: str = ""  # names of the fields in its settings
    limits: str = ""  # names of the headers about rate limits
    asked: int | None = None  # of a list: the page size
    got: int | None = None
    total: int | None = None
    has_next: bool = False

    @property
    def is_list(self) -> bool:
        return self.got is not None


def route(method: str, url: str) -> str:
    """Return the method and the path, with "…" for each part of the path that isn't a word of the service's own."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return f"{method} /" + "/".join(part if part in _IN_A_PATH else "…" for part in parts)


def known_names(names: Iterable[object]) -> str:
    """Return the names that consist of the services' own words, and how many other names there are."""
    every = [name if isinstance(name, str) else "" for name in names]
    known = [name for name in every if is_own_word(name)][:_MOST_NAMES]
    others = len(every) - len(known)
    return ", ".join((*known, *([f"{others} other{'s' if others > 1 else ''}"] if others else ())))


@lru_cache(maxsize=2_048)  # each answer of a list has the same names
def is_own_word(name: str) -> bool:
    """Return whether a name is made of the services' words: "accountId", "X-Ratelimit-Reset", "successes.attempt.1"."""
    words = _PARTS.findall(name)
    is_plain = name.isascii() and len(name) <= 60 and not re.search(r"[^\w.\-]", name)
    return is_plain and bool(words) and all(word.lower() in _WORDS or len(word) == 1 for word in words)
