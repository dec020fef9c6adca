"""Segment's Public API as one Starlette application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.sandbox.http.exchange import as_response, read
from wizard.sandbox.http.hosts import SEGMENT_HOSTS
from wizard.sandbox.http.limits import Limiter
from wizard.sandbox.journal import Journal
from wizard.sandbox.segment import catalog, delivery, destinations, mappings, workspace
from wizard.sandbox.segment.answers import error
from wizard.sandbox.segment.audiences import activations, audiences, connections, previews
from wizard.sandbox.segment.gate import Endpoint, Gate
from wizard.sandbox.world import World

ENDPOINTS = (
    *workspace.ENDPOINTS,
    *catalog.ENDPOINTS,
    *destinations.ENDPOINTS,
    *mappings.ENDPOINTS,
    *previews.ENDPOINTS,  # before /audiences/{audienceId}, which "previews" would match
    *audiences.ENDPOINTS,
    *connections.ENDPOINTS,
    *activations.ENDPOINTS,
    *delivery.ENDPOINTS,
)

Serve = Callable[[Request], Awaitable[Response]]


def segment(world: World, journal: Journal, limiter: Limiter, moment: Callable[[], datetime]) -> Starlette:
    """Return the application; `moment()` brings the world up to date and returns its time."""
    gate = Gate(world, journal, limiter)

    def serving(endpoint: Endpoint) -> Serve:
        async def serve(request: Request) -> Response:
            incoming = await read(request)
            region = SEGMENT_HOSTS[incoming.host]
            return as_response(gate.answer(endpoint, incoming, region, moment()))

        return serve

    async def unknown(request: Request, _: Exception) -> Response:
        gate.breach(await read(request), "no such route at Segment")
        return as_response(error(404, "not-found", "No such route"))

    async def wrong_method(request: Request, _: Exception) -> Response:
        gate.breach(await read(request), "no such method on this route at Segment")
        return as_response(error(405, "bad-request", "Method not allowed"))

    routes = [Route(one.path, serving(one), methods=[one.method]) for one in ENDPOINTS]
    return Starlette(routes=routes, exception_handlers={404: unknown, 405: wrong_method})
