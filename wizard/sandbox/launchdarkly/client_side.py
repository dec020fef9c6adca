"""The host for client-side SDKs; it only shows whether an ID exists (docs/launchdarkly.md#client-side-id)."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.sandbox.http.exchange import Answer, Incoming, Serve
from wizard.sandbox.http.hosts import CLIENT_SIDE_HOSTS
from wizard.sandbox.http.routes import Routes
from wizard.sandbox.world import World


@dataclass(frozen=True, slots=True)
class _Endpoint:
    method: str
    path: str


_ROUTES = Routes([_Endpoint("GET", "/sdk/goals/{id}")])


def client_side(world: World) -> Serve:
    """Return a function that answers 200 for an ID that exists anywhere on the instance, else 404, without a token."""

    def serve(incoming: Incoming) -> Answer:
        found = _ROUTES.find(incoming)
        if isinstance(found, int):
            return Answer(found)
        known = world.knows_client_side_id(CLIENT_SIDE_HOSTS[incoming.host], found[1].params["id"])
        return Answer(200, []) if known else Answer(404)

    return serve
