"""Rotate the destination's token without a gap: new token, destination, proof, old token, in this order.

Wherever a run ends, the destination has a token that works: the new token works before the destination gets it, and the
old one is deleted only after the proof. See docs/launchdarkly.md#rotating-a-token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from wizard.domain.planning.change import DESTINATION, TOKEN, Change
from wizard.domain.services.launchdarkly import Token
from wizard.domain.tokens.rotation import Rotation
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Outcome, Result, Started, Trouble, skipped
from wizard.flow.writing.rotation.new_token import make_the_new_token, put_it_into_the_destination
from wizard.flow.writing.rotation.old_token import delete_the_old_token
from wizard.flow.writing.rotation.plan import (
    OLD_TOKEN,
    PROOF,
    PROOF_WITHIN_S,
    ReviewedRotation,
    review_rotation,
    without_proof,
)
from wizard.flow.writing.rotation.proof import prove
from wizard.flow.writing.rotation.rotation_run import RotationRun

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

STEPS: Mapping[str, Callable[[RotationRun, Change], Awaitable[Result]]] = {
    TOKEN: make_the_new_token,
    DESTINATION: put_it_into_the_destination,
    PROOF: prove,
    OLD_TOKEN: delete_the_old_token,
}


async def rotate(
    walk: Walk, reviewed: ReviewedRotation, within_s: float = PROOF_WITHIN_S
) -> AsyncIterator[Started | Result]:
    """Do what was shown, unless tokens or destination have changed since. Raises Busy when another run applies."""
    walk.session.lock()
    now = await review_rotation(walk, within_s)
    maker = walk.state.secrets.maker_token
    if maker is None or isinstance(now, Trouble) or _rests_on(now.rotation) != _rests_on(reviewed.rotation):
        trouble = now if isinstance(now, Trouble) else results.ROTATION_MOVED
        for change in reviewed.plan.changes:
            yield skipped(change, trouble)
        return
    run, stopped = RotationRun(walk, maker, now.rotation, within_s), False
    for change in now.plan.changes:
        if stopped:
            is_waiting_for_proof = change.id == OLD_TOKEN and run.since is not None
            unproven = without_proof(results.NO_PROOF, run.rotation)
            yield skipped(change, unproven if is_waiting_for_proof else results.ROTATION_STOPPED)
            continue
        yield Started(change.id, change.title, change.host)
        result = await STEPS[change.id](run, change)
        stopped = result.outcome in {Outcome.FAILED, Outcome.SKIPPED}
        yield result
    run.take_the_token()


def _rests_on(rotation: Rotation) -> object:
    """Return what must be as it was shown. Leave out when a token was last used, because that changes all the time."""

    def identity(token: Token | None) -> tuple[str, str]:
        return (token.id, token.last_four) if token else ("", "")

    there, left = rotation.destination, tuple(map(identity, rotation.left))
    return there.id, there.token_last_four, identity(rotation.old), identity(rotation.new), rotation.is_in_place, left
