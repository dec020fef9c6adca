"""Segment's Public API as one function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wizard.sandbox.http.exchange import Answer, Incoming, Serve
from wizard.sandbox.http.hosts import SEGMENT_HOSTS
from wizard.sandbox.http.limits import Limiter
from wizard.sandbox.http.routes import Routes
from wizard.sandbox.journal import Journal
from wizard.sandbox.segment import catalog, delivery, destinations, mappings, workspace
from wizard.sandbox.segment.answers import error
from wizard.sandbox.segment.audiences import activations, audiences, connections, previews
from wizard.sandbox.segment.gate import Gate
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
_ROUTES = Routes(ENDPOINTS)


def segment(world: World, journal: Journal, limiter: Limiter, moment: Callable[[], datetime]) -> Serve:
    """Return a function that answers requests; `moment()` brings the world up to date and returns its time."""
    gate = Gate(world, journal, limiter)

    def serve(incoming: Incoming) -> Answer:
        found = _ROUTES.find(incoming)
        if found == 404:
            gate.breach(incoming, "no such route at Segment")
            return error(404, "not-found", "No such route")
        if isinstance(found, int):
            gate.breach(incoming, "no such method on this route at Segment")
            return error(405, "bad-request", "Method not allowed")
        return gate.answer(*found, SEGMENT_HOSTS[incoming.host], moment())

    return serve
