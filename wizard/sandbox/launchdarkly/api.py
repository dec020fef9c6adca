"""LaunchDarkly's REST API as one Starlette application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.sandbox.http.exchange import Answer, as_response, read
from wizard.sandbox.http.hosts import LAUNCHDARKLY_HOSTS
from wizard.sandbox.http.limits import Limiter
from wizard.sandbox.journal import Journal
from wizard.sandbox.launchdarkly import flag_rules, flags, integrations, projects, segments, targets
from wizard.sandbox.launchdarkly.answers import error
from wizard.sandbox.launchdarkly.gate import Endpoint, Gate
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

Serve = Callable[[Request], Awaitable[Response]]


def launchdarkly(world: World, journal: Journal, limiter: Limiter, moment: Callable[[], datetime]) -> Starlette:
    """Return the application; `moment()` brings the world up to date and returns its time."""
    gate = Gate(world, journal, limiter)

    def serving(endpoint: Endpoint) -> Serve:
        async def serve(request: Request) -> Response:
            incoming = await read(request)
            instance = LAUNCHDARKLY_HOSTS[incoming.host]
            return as_response(gate.answer(endpoint, incoming, instance, moment()))

        return serve

    async def unknown(request: Request, _: Exception) -> Response:
        incoming = await read(request)
        gate.breach(incoming, "no such route at LaunchDarkly")
        return as_response(error(404))

    async def wrong_method(request: Request, _: Exception) -> Response:
        gate.breach(await read(request), "no such method on this route at LaunchDarkly")
        return as_response(error(405))

    routes = [Route(one.path, serving(one), methods=[one.method]) for one in ENDPOINTS]
    open_routes = [Route("/api/v2", resource_categories), Route("/api/v2/public-ip-list", public_addresses)]
    return Starlette(routes=[*open_routes, *routes], exception_handlers={404: unknown, 405: wrong_method})


async def public_addresses(request: Request) -> Response:
    """Return the address list to any Authorization (docs/launchdarkly.md#calls-that-need-no-permission)."""
    if not request.headers.get("authorization"):
        return as_response(error(401))
    return as_response(Answer(body=integrations.PUBLIC_ADDRESSES))


async def resource_categories(request: Request) -> Response:
    """Return the list of resources to any Authorization."""
    if not request.headers.get("authorization"):
        return as_response(error(401))
    names = ("caller-identity", "projects", "members", "tokens", "roles", "segments")
    links = {name: {"href": f"/api/v2/{name}", "type": "application/json"} for name in names}
    return as_response(Answer(body={"links": links}))
