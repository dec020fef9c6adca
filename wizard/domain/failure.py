"""A failure: why a call to a service brought no usable answer. A value like any other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    """The service, or the host of a service, that a call goes to. The value is its name on screens."""

    LAUNCHDARKLY = "LaunchDarkly"
    CLIENT_SIDE = "LaunchDarkly client-side host"
    SEGMENT = "Twilio Segment"


class FailureKind(StrEnum):
    """Why a call brought no usable answer."""

    ADDRESS = "address"  # an address in a variable can't be used
    DNS = "dns"
    CONNECT = "connect"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    NOT_THE_SERVICE = "not_the_service"  # an HTML page, or a body that isn't this vendor's JSON
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"  # 400, 405, 406, 413, 415, 422
    RATE_LIMITED = "rate_limited"
    SERVER = "server"  # 5xx


KNOWN_NOWHERE = "known_nowhere"  # the `code` after asking every region; `message` has the answer of each


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that brought no usable answer. An expected value, never raised across layers."""

    service: Service
    kind: FailureKind
    host: str
    method: str
    path: str
    status: int | None = None
    code: str = ""  # the vendor's own: LaunchDarkly `code`, Segment `type`
    message: str = ""  # cleaned and redacted
    request_id: str = ""
    outcome_unknown: bool = False  # a write that may have happened: look before repeating it
    scheme: str = "https"  # http only for a host on this machine, such as a served sandbox
    asked_wait_s: float | None = None  # of a 429: how long the service asks to wait
    is_held: bool = False  # rate-limited, and the next call will wait as long as the service asks

    @property
    def may_have_happened(self) -> bool:
        """Return whether the write may have been made in spite of the failure, so it has to be read first."""
        return self.outcome_unknown or self.is_held

    @property
    def is_closed(self) -> bool:
        """Return whether the service refused the call to this token: status 401, 403 or 404.

        See docs/segment.md#errors and docs/segment.md#plans-and-features.
        """
        return self.kind in {FailureKind.UNAUTHORIZED, FailureKind.FORBIDDEN, FailureKind.NOT_FOUND}

    @property
    def is_network(self) -> bool:
        """Return whether the service itself was never reached."""
        return self.kind in {
            FailureKind.ADDRESS,
            FailureKind.DNS,
            FailureKind.CONNECT,
            FailureKind.PROXY,
            FailureKind.CERTIFICATE,
            FailureKind.TIMEOUT,
            FailureKind.NOT_THE_SERVICE,
        }
