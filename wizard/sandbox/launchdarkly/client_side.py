"""The host for client-side SDKs; it only shows whether an ID exists (docs/launchdarkly.md#client-side-id)."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.sandbox.http.exchange import Answer, as_response
from wizard.sandbox.http.hosts import CLIENT_SIDE_HOSTS
from wizard.sandbox.world import World


def client_side(world: World) -> Starlette:
    """Answer 200 for an ID that exists anywhere on the instance, else 404. Needs no token."""

    async def goals(request: Request) -> Response:
        host = request.headers.get("host", "").split(":")[0].lower()
        known = world.knows_client_side_id(CLIENT_SIDE_HOSTS[host], request.path_params["id"])
        return as_response(Answer(200, []) if known else Answer(404))

    return Starlette(routes=[Route("/sdk/goals/{id}", goals)])
