"""The third step of a rotation: wait until something shows that LaunchDarkly takes the new token from Segment."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.domain.facts import Reach
from wizard.domain.planning.change import Change
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Delivery
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Outcome, Result, ended, failed
from wizard.flow.writing.rotation.rotation_run import RotationRun

LOOK_EVERY_S = 20.0
_NOT_YET = timedelta(seconds=30)  # a delivery that began with the old token may end so long after


async def prove(run: RotationRun, change: Change) -> Result:
    clock = run.ports.clock
    until = clock.monotonic() + run.within_s
    while True:
        if proof := await _by_use(run) or await _by_delivery(run):
            return ended(change, Outcome.DONE, detail=proof)
        if clock.monotonic() + LOOK_EVERY_S > until:
            return failed(change, results.NO_PROOF_YET)
        await clock.sleep(LOOK_EVERY_S)


async def _by_use(run: RotationRun) -> str:
    """Return when the token was used since the destination has it: nobody else has its secret in use.

    See docs/launchdarkly.md#token-expiry.
    """
    if run.new is None or run.since is None:
        return ""
    seen = await run.client.token(run.new.id)
    used = seen.last_used if isinstance(seen, Token) else None
    if used is None or used == run.used_before or used <= _by_their_clock(run, run.since):
        return ""
    return f"LaunchDarkly saw the new token in use at {used:%H:%M:%S} UTC."


async def _by_delivery(run: RotationRun) -> str:
    there, now = run.rotation.destination, run.ports.clock.now()
    if run.since is None or now - run.since < 2 * _NOT_YET:
        return ""
    seen = await run.segment.delivery(there.source_id, there.id, run.since + _NOT_YET, now)
    if isinstance(seen, Delivery) and seen.delivered and not seen.failed:
        return f"Segment delivered {seen.delivered:,} events since the destination has the new token."
    return ""


def _by_their_clock(run: RotationRun, moment: datetime) -> datetime:
    reach = run.state.facts.launchdarkly_reach
    skew = reach.clock_skew_seconds if isinstance(reach, Reach) else None
    return moment - timedelta(seconds=skew or 0.0)
