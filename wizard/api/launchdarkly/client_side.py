"""LaunchDarkly's host for client-side SDKs, which shows without a token whether a client-side ID exists.

See docs/launchdarkly.md#client-side-id.
"""

from __future__ import annotations

from wizard.api import errors
from wizard.api.call import Call, path
from wizard.api.reach import reach
from wizard.api.transport import Transport
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, Service

COMMERCIAL = "https://clientsdk.launchdarkly.com"
_NOBODY = "0" * 24


class ClientSideHost:
    """The real `wizard.flow.outside.launchdarkly.ClientSide`."""

    def __init__(self, transport: Transport, base_url: str) -> None:
        self._transport = transport
        self._base_url = base_url

    async def reach(self) -> Reach | Failure:
        return await reach(self._transport, self._goals(_NOBODY))

    async def knows(self, client_side_id: str) -> bool | Failure:
        """Read whether this instance has an environment with that ID, whichever account it belongs to."""
        call = self._goals(client_side_id)
        response = await self._transport.send(call)
        if isinstance(response, Failure):
            return response
        if response.is_success and not errors.is_page(response):
            return True
        return False if response.status_code == 404 else errors.from_response(call, response)

    def _goals(self, client_side_id: str) -> Call:
        return Call(Service.CLIENT_SIDE, "HEAD", self._base_url, path("/sdk/goals/{}", client_side_id))
