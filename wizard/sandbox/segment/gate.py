"""Check the token, limits, media types, features and roles, in this order, before an endpoint runs.

See docs/segment.md#calling-the-api.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from wizard.sandbox.behaviors import Behavior, status_of, status_of_refusal
from wizard.sandbox.http.exchange import Answer, Incoming, Refusal
from wizard.sandbox.http.limits import Limiter, Taken
from wizard.sandbox.journal import Breach, Journal, PollingJudge
from wizard.sandbox.segment.answers import error, refused
from wizard.sandbox.state.segment_workspace import PublicToken, Workspace
from wizard.sandbox.world import World

MEDIA_TYPES = {
    "application/vnd.segment.v1+json": "v1",
    "application/vnd.segment.v1beta+json": "v1beta",
    "application/vnd.segment.v1alpha+json": "v1alpha",
}
_MEDIA_TYPE_OF = {version: media_type for media_type, version in MEDIA_TYPES.items()}
_ANY = ("application/json", "*/*", "application/*", "")
V1 = ("v1", "v1beta", "v1alpha")
BETA = ("v1beta", "v1alpha")
BETA_ONLY = ("v1beta",)
V1_OR_ALPHA = ("v1", "v1alpha")
ALPHA = ("v1alpha",)


@dataclass(frozen=True, slots=True)
class Call:
    """A request with a known token; `version` is the API's stability level for it, such as "v1alpha"."""

    incoming: Incoming
    workspace: Workspace
    token: PublicToken
    version: str
    now: datetime
    note: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route. `per_minute` is the documented limit; with `roles`, a token without roles is refused."""

    method: str
    path: str
    handle: Callable[[Call], Answer]
    versions: tuple[str, ...] = V1
    per_minute: int | None = None
    feature: str | None = None
    roles: bool = True
    poll_seconds: float = 0
    """The guidance for reading it again and again; 0 when there is none."""


class Gate:
    """Lets a request through to its endpoint, or refuses it."""

    def __init__(self, world: World, journal: Journal, limiter: Limiter) -> None:
        self._world = world
        self._journal = journal
        self._limiter = limiter
        self._polling = PollingJudge()

    def answer(self, endpoint: Endpoint, incoming: Incoming, region: str, now: datetime) -> Answer:
        """Return the endpoint's response, or an earlier refusal."""
        try:
            workspace, token = self._caller(incoming, region)
            headers = self._count(endpoint, workspace, token)
        except Refusal as refusal:
            return refusal.answer
        try:
            return self._checked(endpoint, incoming, workspace, token, now).with_headers(headers)
        except Refusal as refusal:
            return refusal.answer.with_headers(headers)

    def breach(self, incoming: Incoming, why: str) -> None:
        self._journal.breaches.append(Breach(incoming.method, incoming.host, incoming.path, why))

    def _caller(self, incoming: Incoming, region: str) -> tuple[Workspace, PublicToken]:
        scheme, _, secret = incoming.headers.get("authorization", "").partition(" ")
        if scheme and scheme.lower() != "bearer":
            self.breach(incoming, "Segment takes Authorization: Bearer <token>")
        elif scheme:
            for workspace in self._world.workspaces:
                token = next((one for one in workspace.tokens if one.secret == secret), None)
                if token and workspace.region == region:
                    return workspace, token
                if token and (status := status_of(workspace.behaviors, _OTHER_REGION)):
                    raise refused(status, "Bad request" if status == 400 else "No such workspace here")
        raise refused(401, "Missing or invalid token")

    def _count(self, endpoint: Endpoint, workspace: Workspace, token: PublicToken) -> dict[str, str]:
        limited = endpoint.per_minute is not None
        key = (token.secret, endpoint.method, endpoint.path) if limited else (token.secret, "default")
        limit = min(endpoint.per_minute or workspace.default_limit, workspace.default_limit)
        taken = self._limiter.take(key, limit, 60)
        if not taken.allowed:
            raise Refusal(_too_many(taken))
        return {
            "X-RateLimit-Consumed": str(taken.used),
            "X-RateLimit-Remaining": str(taken.remaining),
            "X-RateLimit-Reset": format_datetime(taken.resets_at, usegmt=True),
        }

    def _checked(
        self, endpoint: Endpoint, incoming: Incoming, workspace: Workspace, token: PublicToken, now: datetime
    ) -> Answer:
        version = self._accepted(endpoint, incoming)
        self._check_content_type(endpoint, incoming)
        self._check_habits(endpoint, incoming)
        if endpoint.feature and endpoint.feature not in workspace.features:
            raise refused(403, f"The feature {endpoint.feature} is not enabled for this workspace")
        if endpoint.roles and not token.may(endpoint.method):
            # Documented as 401 although the token is good (docs/segment.md#errors).
            raise refused(401, "The token is not permitted to do this")

        def note(why: str) -> None:
            self.breach(incoming, why)

        if status := status_of_refusal(endpoint.method, endpoint.path, workspace.behaviors):
            raise refused(status, "Refused")
        answer = _without_total(endpoint.handle(Call(incoming, workspace, token, version, now, note)), workspace)
        if endpoint.method == "PATCH":
            workspace.resume_membership_changes(now)
        return answer.with_headers({"content-type": _MEDIA_TYPE_OF[version]})

    def _accepted(self, endpoint: Endpoint, incoming: Incoming) -> str:
        accept = incoming.headers.get("accept", "")
        asked = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
        for media_type in asked:
            if MEDIA_TYPES.get(media_type) in endpoint.versions:
                return MEDIA_TYPES[media_type]
        if any(media_type in _ANY for media_type in asked):
            self.breach(incoming, f"Accept should be {_MEDIA_TYPE_OF[endpoint.versions[0]]}")
            return endpoint.versions[0]
        self.breach(incoming, f"Accept {accept} is not offered here")
        raise refused(406, f"Not acceptable: use {', '.join(_MEDIA_TYPE_OF[v] for v in endpoint.versions)}")

    def _check_content_type(self, endpoint: Endpoint, incoming: Incoming) -> None:
        if not incoming.body:
            return
        given = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
        if MEDIA_TYPES.get(given) in endpoint.versions:
            return
        self.breach(incoming, f"Content-Type should be {_MEDIA_TYPE_OF[endpoint.versions[0]]}")
        if given != "application/json" or endpoint.versions == ALPHA:
            raise refused(415, "Unsupported media type")

    def _check_habits(self, endpoint: Endpoint, incoming: Incoming) -> None:
        if any(name.startswith("pagination[") for name, _ in incoming.query):
            self.breach(incoming, "the bracket form of pagination is ignored: use pagination.count")
        interval = endpoint.poll_seconds
        rest = tuple(pair for pair in incoming.query if pair[0] not in ("startTime", "endTime"))
        at = self._limiter.clock.monotonic()
        if interval and self._polling.too_fast((incoming.host, incoming.path, rest), at, interval):
            self.breach(incoming, f"polling faster than every {interval:.0f} s")


_OTHER_REGION = {
    Behavior.OTHER_REGION_400: 400,
    Behavior.OTHER_REGION_403: 403,
    Behavior.OTHER_REGION_404: 404,
    Behavior.OTHER_REGION_422: 422,
}


def _without_total(answer: Answer, workspace: Workspace) -> Answer:
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    if Behavior.PAGES_WITHOUT_TOTAL not in workspace.behaviors or not isinstance(data, dict):
        return answer
    pagination = {name: value for name, value in data.get("pagination", {}).items() if name != "totalEntries"}
    return replace(answer, body={"data": {**data, **({"pagination": pagination} if pagination else {})}})


def _too_many(taken: Taken) -> Answer:
    data = {
        "remainingPoints": 0,
        "msBeforeNext": math.ceil(taken.resets_in * 1000),
        "consumedPoints": taken.limit + 1,
    }
    answer = error(429, "RequestError", "Too many requests", data=data)
    return answer.with_headers({"Retry-After": str(max(1, math.ceil(taken.resets_in)))})
