"""Whether a host answers at all, and how far its clock is from this machine's."""

from __future__ import annotations

from urllib.parse import urlsplit

from wizard.api import errors
from wizard.api.call import Call
from wizard.api.retry import server_time
from wizard.api.transport import Transport
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind
from wizard.loopback import is_loopback


async def reach(transport: Transport, call: Call) -> Reach | Failure:
    """Return the host's clock skew, or a `Failure`.

    Any response of the service itself counts, even a refusal. A proxy's page or a 5xx doesn't. A host on this machine
    shares its clock, so what it simulates says nothing about that clock.
    """
    response = await transport.send(call, patient=False)
    if isinstance(response, Failure):
        return response
    if not response.is_success:
        failure = errors.from_response(call, response)
        if failure.is_network or failure.kind is FailureKind.SERVER:
            return failure
    elif errors.is_page(response):
        return errors.from_response(call, response)
    theirs = None if is_loopback(urlsplit(call.base_url).hostname or "") else server_time(response.headers)
    return Reach(call.host, transport.clock.ahead_of(theirs) if theirs is not None else None)
