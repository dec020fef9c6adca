"""What the flow needs from outside, as protocols; `wizard.wiring` puts the real parts behind them.

Every method returns what was read or a `Failure`, and raises only for programming errors and cancellation. Any call can
fail on its way (DNS, CONNECT, PROXY, CERTIFICATE, TIMEOUT, NOT_THE_SERVICE), exceed a rate limit (RATE_LIMITED), or
meet a server error (SERVER). Each method names the further `FailureKind`s to expect. "Closed" stands for
UNAUTHORIZED, FORBIDDEN or NOT_FOUND: the token can't see it, the feature is off, or it doesn't exist, and the service
doesn't say which (`Failure.is_closed`).

A write returns the object as the service shows it afterwards. With `Failure.outcome_unknown` the write may have
happened, so read before you write again. See docs/launchdarkly.md#errors and docs/segment.md#errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol, TypeAlias

from wizard.clock import Clock
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, Credential
from wizard.domain.failure import Service
from wizard.domain.services.segment import Region
from wizard.flow.outside.notices import Notices
from wizard.flow.outside.recent_answers import RecentAnswers
from wizard.flow.outside.requests import SentRequests

if TYPE_CHECKING:
    from pydantic import SecretStr
from wizard.flow.outside.access_tokens import AccessTokens
from wizard.flow.outside.launchdarkly import ClientSide, LaunchDarkly
from wizard.flow.outside.segment import Segment
from wizard.flow.outside.vault import Vault


class Services(Protocol):
    """The clients of both services, cheap to get because they share connections; hosts are names without a scheme."""

    launchdarkly_host: str
    client_side_host: str
    segment_host: str

    def launchdarkly(
        self, token: SecretStr | None, *, polls: bool = False, credential: Credential = LAUNCHDARKLY_TOKEN
    ) -> LaunchDarkly:
        """Return the client for a token; with `polls`, failed calls aren't retried because the caller asks again.

        `credential` says which token it is, for the requests that are shown.
        """
        ...

    def access_tokens(self, token: SecretStr | None) -> AccessTokens:
        """Return the client that manages access tokens with an admin's token."""
        ...

    def client_side(self) -> ClientSide:
        """Return the client for LaunchDarkly's host for client-side SDKs."""
        ...

    def segment(self, token: SecretStr | None, region: Region | None) -> Segment:
        """Return the client for a token; without a region, it starts in the US and may find that the EU is right."""
        ...

    def owner_of(self, host: str) -> Service:
        """Return the service that this host belongs to."""
        ...

    def scheme_of(self, host: str) -> str:
        """Return the URL scheme for a host: `http` on this machine, else `https`."""
        ...

    async def close(self) -> None:
        """End every connection, on the loop that used them. No call may follow."""
        ...


Colleague: TypeAlias = Callable[[str, str, Mapping[str, str]], None]
"""The person at the sandbox's web apps, who does a step by hand when the user marks it as done.

Takes the step's id, its subject, and the values by the label of their field, as a person would have pasted them.
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that the flow reaches outside itself: services, vault, time, and the record of requests."""

    services: Services
    vault: Vault
    clock: Clock  # the world's time; in the sandbox it runs fast
    stopwatch: Clock  # the time that a person waits by, never faster than real time
    sandbox: str = ""  # the scenario's name when both services are simulated
    options: str = ""  # that open the same setup in another command, such as ` --profile staging`
    notices: Notices = field(default_factory=Notices)
    recent: RecentAnswers = field(default_factory=RecentAnswers)
    requests: SentRequests = field(default_factory=SentRequests)  # the run's requests, to show behind a finding
    timezone: tzinfo | None = None  # for times of day on screen; None: the machine's
    colleague: Colleague | None = None  # sandbox only, because nobody can open its web apps
    good_tokens: Mapping[str, str] = field(default_factory=dict)  # sandbox only: tokens that work, by slot
    before_outage: Callable[[], AbstractContextManager[None]] = nullcontext  # sandbox only: holds off an outage
