"""Check the token, the API version and rate limits before an endpoint runs.

See docs/launchdarkly.md#calling-the-api.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wizard.sandbox.behaviors import Behavior, status_of, status_of_refusal
from wizard.sandbox.http.exchange import Answer, Incoming, Refusal
from wizard.sandbox.http.limits import Limiter, Taken
from wizard.sandbox.ids import milliseconds
from wizard.sandbox.journal import Breach, Journal, PollingJudge
from wizard.sandbox.launchdarkly.answers import error, limited, paged, refused
from wizard.sandbox.state.account import CURRENT_API_VERSION, Account, Environment, Project, Token
from wizard.sandbox.state.policies import Part
from wizard.sandbox.world import World

VERSIONS = (20160426, 20191212, 20210729, 20220603, CURRENT_API_VERSION)
WINDOW_SECONDS = 10
POLLING_SECONDS = 10
"""The guidance for reading segments again and again (docs/launchdarkly.md#timing)."""


_SHUT_OUT = {
    Behavior.WIZARD_SHUT_OUT_401: 401,
    Behavior.WIZARD_SHUT_OUT_403: 403,
    Behavior.WIZARD_SHUT_OUT_404: 404,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request with a known token; `version` is the dated API version in force."""

    incoming: Incoming
    world: World
    account: Account
    token: Token
    version: int
    beta: bool
    now: datetime
    note: Callable[[str], None]

    def demand(self, action: str, *resource: Part) -> None:
        """Refuse with 403 unless the token may do `action` on the resource."""
        if not self.account.may(self.token, action, *resource):
            raise refused(403)

    def project(self) -> Project:
        """Return the project in the path; refuse with 404 if there is none, with 403 if the token can't see it."""
        project = self.account.projects.get(self.incoming.params["projectKey"])
        if project is None:
            raise refused(404, "Unknown project key")
        self.demand("viewProject", project.part())
        return project

    def environment(self) -> tuple[Project, Environment]:
        project = self.project()
        environment = project.environments.get(self.incoming.params["environmentKey"])
        if environment is None:
            raise refused(404, "Unknown environment key")
        return project, environment


SdkKeyHandler = Callable[[Account, Project, Environment], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route. `sdk_key_handle` answers requests with an SDK key, which endpoints without it refuse."""

    method: str
    path: str
    handle: Callable[[Call], Answer]
    beta: bool = False
    polled: bool = False
    sdk_key_handle: SdkKeyHandler | None = None


class Gate:
    """Lets a request through to its endpoint, or refuses it."""

    def __init__(self, world: World, journal: Journal, limiter: Limiter) -> None:
        self._world = world
        self._journal = journal
        self._limiter = limiter
        self._polling = PollingJudge()

    def answer(self, endpoint: Endpoint, incoming: Incoming, instance: str, now: datetime) -> Answer:
        """Return the endpoint's response, or an earlier refusal."""
        try:
            return self._checked(endpoint, incoming, instance, now)
        except Refusal as refusal:
            return refusal.answer

    def breach(self, incoming: Incoming, why: str) -> None:
        self._journal.breaches.append(Breach(incoming.method, incoming.host, incoming.path, why))

    def _checked(self, endpoint: Endpoint, incoming: Incoming, instance: str, now: datetime) -> Answer:
        secret = self._secret(incoming)
        account_and_token = self._token(secret, instance, now)
        if account_and_token is None:
            return self._sdk_key(endpoint, secret, instance)
        self._shut_out()
        account, token = account_and_token
        headers = self._count(endpoint, account)
        try:
            call = self._call(endpoint, incoming, account, token, now)
            if status := status_of_refusal(endpoint.method, endpoint.path, self._world.behaviors):
                raise refused(status)
            return paged(endpoint.handle(call), self._world.behaviors).with_headers(headers)
        except Refusal as refusal:
            return refusal.answer.with_headers(headers)

    def _secret(self, incoming: Incoming) -> str:
        authorization = incoming.headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            self.breach(incoming, "LaunchDarkly takes the token itself in Authorization, without Bearer")
            raise refused(401)
        if not authorization:
            raise refused(401)
        return authorization

    def _shut_out(self) -> None:
        """Refuse the request if an IP allowlist lacks the wizard's address (docs/launchdarkly.md#ip-allowlist)."""
        status = status_of(self._world.behaviors, _SHUT_OUT)
        if status:
            raise refused(status)

    def _token(self, secret: str, instance: str, now: datetime) -> tuple[Account, Token] | None:
        for account in self._world.accounts_in(instance):
            token = account.valid_token(secret, now)
            if token:
                token.last_used_at = now
                return account, token
        return None

    def _sdk_key(self, endpoint: Endpoint, secret: str, instance: str) -> Answer:
        for account in self._world.accounts_in(instance):
            for project, environment in account.environments():
                if environment.sdk_key == secret and endpoint.sdk_key_handle:
                    return endpoint.sdk_key_handle(account, project, environment)
        raise refused(401)

    def _call(self, endpoint: Endpoint, incoming: Incoming, account: Account, token: Token, now: datetime) -> Call:
        asked = incoming.headers.get("ld-api-version")
        if asked is None:
            self.breach(incoming, "no LD-API-Version header")
        elif asked != "beta" and asked not in map(str, VERSIONS):
            raise refused(400, "invalid LD-API-Version")
        if endpoint.beta and asked != "beta":
            self.breach(incoming, "a beta resource without LD-API-Version: beta")
            raise refused(403, "This is a beta resource: set the LD-API-Version header to beta")
        self._judge_polling(endpoint, incoming)
        version = token.default_api_version if asked is None else CURRENT_API_VERSION
        dated = _dated(asked, version)

        def note(why: str) -> None:
            self.breach(incoming, why)

        asked_for = limited(incoming, self._world.behaviors)
        return Call(asked_for, self._world, account, token, dated, asked == "beta", now, note)

    def _judge_polling(self, endpoint: Endpoint, incoming: Incoming) -> None:
        what = (incoming.host, incoming.path, incoming.query)
        at = self._limiter.clock.monotonic()
        if endpoint.polled and self._polling.too_fast(what, at, POLLING_SECONDS):
            self.breach(incoming, f"polling faster than every {POLLING_SECONDS} s")

    def _count(self, endpoint: Endpoint, account: Account) -> dict[str, str]:
        """Count the call and return the rate-limit headers; refuse with 429 when a window is used up."""
        route_key = (account.id, endpoint.method, endpoint.path)
        route = self._limiter.take(route_key, account.route_limit, WINDOW_SECONDS)
        whole = self._limiter.take((account.id, "global"), account.global_limit, WINDOW_SECONDS)
        headers = _limit_headers(route, whole)
        if not (route.allowed and whole.allowed):
            raise Refusal(error(429).with_headers(headers))
        return headers


def _dated(asked: str | None, version: int) -> int:
    """Return the dated version in force: the header's, else the current one for beta, else the token's default."""
    return int(asked) if asked is not None and asked != "beta" else version


def _limit_headers(route: Taken, whole: Taken) -> dict[str, str]:
    blocking = whole if whole.allowed is False else route
    return {
        "X-Ratelimit-Route-Remaining": str(route.remaining),
        "X-Ratelimit-Global-Remaining": str(whole.remaining),
        "X-Ratelimit-Reset": str(milliseconds(blocking.resets_at)),
    }
