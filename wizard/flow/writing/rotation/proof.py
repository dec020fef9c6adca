"""The third step of a rotation: wait for a proof that Segment uses the new token and LaunchDarkly accepts it."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.domain.planning.change import Change
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Delivery
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Outcome, Result, ended, failed
from wizard.flow.writing.rotation.plan import without_proof
from wizard.flow.writing.rotation.rotation_run import RotationRun

LOOK_EVERY_S = 20.0
_NOT_YET = timedelta(seconds=30)  # a delivery that began with the old token may take this long
_COUNTED_BY_MINUTE = timedelta(hours=4)  # Segment counts a longer span by hour: the first would begin too early
_DATES_DIFFER = timedelta(seconds=3)  # rounding and the answer's way: ignore the wizard's own use just before


async def prove(run: RotationRun, change: Change) -> Result:
    if run.rotation.destination.enabled is False:
        return failed(change, results.NO_PROOF_WHILE_OFF)
    clock = run.ports.clock
    until = clock.monotonic() + run.within_s
    while True:
        if proof := await _by_use(run) or await _by_delivery(run):
            return ended(change, Outcome.DONE, detail=proof)
        if clock.monotonic() + LOOK_EVERY_S > until:
            return failed(change, without_proof(results.NO_PROOF_YET, run.rotation))
        await clock.sleep(LOOK_EVERY_S)


async def _by_use(run: RotationRun) -> str:
    """Return a sentence if the token was used since the destination has it, because only Segment uses its secret.

    See docs/launchdarkly.md#token-expiry.
    """
    if run.new is None or run.since is None:
        return ""
    seen = await run.client.token(run.new.id)
    used = seen.last_used if isinstance(seen, Token) else None
    if used is None or used == run.used_before or used <= run.since + _DATES_DIFFER:
        return ""
    return f"LaunchDarkly saw the new token in use at {used:%H:%M:%S} UTC."


async def _by_delivery(run: RotationRun) -> str:
    """Return a sentence if Segment delivered events since the destination has the new token, and none failed."""
    if run.since is None:
        return ""
    there, now = run.rotation.destination, run.ports.clock.now()
    start = _next_full_minute(max(run.since + _NOT_YET, now - _COUNTED_BY_MINUTE))
    if now - start < _NOT_YET:
        return ""
    seen = await run.segment.delivery(there.source_id, there.id, start, now)
    if isinstance(seen, Delivery) and seen.delivered and not seen.failed:
        return f"Segment delivered {seen.delivered:,} events since the destination has the new token."
    return ""


def _next_full_minute(moment: datetime) -> datetime:
    """Return the start of the next minute. Segment counts by minute, and a part of one may count as a whole."""
    return (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
