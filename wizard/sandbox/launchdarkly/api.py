"""LaunchDarkly's REST API as one function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wizard.sandbox.http.exchange import Answer, Incoming, Serve
from wizard.sandbox.http.hosts import LAUNCHDARKLY_HOSTS
from wizard.sandbox.http.limits import Limiter
from wizard.sandbox.http.routes import Routes
from wizard.sandbox.journal import Journal
from wizard.sandbox.launchdarkly import flag_rules, flags, integrations, projects, segments, targets
from wizard.sandbox.launchdarkly.answers import error, link
from wizard.sandbox.launchdarkly.gate import Gate
from wizard.sandbox.launchdarkly.tokens import access_tokens, identity
from wizard.sandbox.world import World

ENDPOINTS = (
    *identity.ENDPOINTS,
    *access_tokens.ENDPOINTS,
    *projects.ENDPOINTS,
    *segments.ENDPOINTS,
    *flags.ENDPOINTS,
    *flag_rules.ENDPOINTS,
    *targets.ENDPOINTS,
    *integrations.ENDPOINTS,
)
_ROUTES = Routes(ENDPOINTS)

_CATEGORIES = ("caller-identity", "projects", "members", "tokens", "roles", "segments")
_OPEN = {
    "/api/v2": {"links": {name: link(f"/api/v2/{name}") for name in _CATEGORIES}},
    "/api/v2/public-ip-list": integrations.PUBLIC_ADDRESSES,
}
"""What any Authorization may read (docs/launchdarkly.md#calls-that-need-no-permission)."""


def launchdarkly(world: World, journal: Journal, limiter: Limiter, moment: Callable[[], datetime]) -> Serve:
    """Return a function that answers requests; `moment()` brings the world up to date and returns its time."""
    gate = Gate(world, journal, limiter)

    def serve(incoming: Incoming) -> Answer:
        if incoming.reads and incoming.path in _OPEN:
            return Answer(body=_OPEN[incoming.path]) if incoming.headers.get("authorization") else error(401)
        found = _ROUTES.find(incoming)
        if isinstance(found, int):
            gate.breach(incoming, f"no such {'method on this route' if found == 405 else 'route'} at LaunchDarkly")
            return error(found)
        return gate.answer(*found, LAUNCHDARKLY_HOSTS[incoming.host], moment())

    return serve
