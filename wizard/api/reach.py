"""Whether a host answers at all, and how far its clock is from this machine's."""

from __future__ import annotations

from wizard.api import errors
from wizard.api.call import Call
from wizard.api.retry import server_time
from wizard.api.transport import Transport
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind

_SIMULATED_CLOCK = "simulated-clock"  # a header of a served sandbox, whose time runs faster than this machine's


async def reach(transport: Transport, call: Call) -> Reach | Failure:
    """Return the host's clock skew, or a `Failure`.

    Any response of the service itself counts, even a refusal. A proxy's page or a 5xx doesn't.
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
    if _SIMULATED_CLOCK in response.headers:
        return Reach(call.host, 0.0)
    theirs = server_time(response.headers)
    return Reach(call.host, transport.clock.ahead_of(theirs) if theirs is not None else None)
