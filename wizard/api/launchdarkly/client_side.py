"""LaunchDarkly's host for client-side SDKs, which shows without a token whether a client-side ID exists.

See docs/launchdarkly.md#client-side-id.
"""

from __future__ import annotations

import httpx

from wizard.api import errors
from wizard.api.call import Call, path
from wizard.api.reach import reach
from wizard.api.transport import Transport
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, Service

COMMERCIAL = "https://clientsdk.launchdarkly.com"
_NOBODY = "0" * 24
_NO_HEAD = {405, 501}  # a gateway that only takes GET


class ClientSideHost:
    """The real `wizard.flow.outside.launchdarkly.ClientSide`."""

    def __init__(self, transport: Transport, base_url: str) -> None:
        self._transport = transport
        self._base_url = base_url

    async def reach(self) -> Reach | Failure:
        reached = await reach(self._transport, self._goals(_NOBODY))
        if isinstance(reached, Failure) and reached.status in _NO_HEAD:
            return await reach(self._transport, self._goals(_NOBODY, "GET"))
        return reached

    async def knows(self, client_side_id: str) -> bool | Failure:
        """Read whether this instance has an environment with that ID, whichever account it belongs to."""
        call = self._goals(client_side_id)
        response = await self._transport.send(call)
        if isinstance(response, httpx.Response) and response.status_code in _NO_HEAD:
            call = self._goals(client_side_id, "GET")
            response = await self._transport.send(call)
        if isinstance(response, Failure):
            return response
        if response.is_success and not errors.is_page(response):
            return True
        return False if response.status_code == 404 else errors.from_response(call, response)

    def _goals(self, client_side_id: str, method: str = "HEAD") -> Call:
        return Call(Service.CLIENT_SIDE, method, self._base_url, path("/sdk/goals/{}", client_side_id))
