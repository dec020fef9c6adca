"""The last step of a rotation: delete the old token if the wizard made it, else say why it stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.planning.change import Change
from wizard.domain.services.launchdarkly import Token
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Outcome, Result, ended, failed, trouble_of
from wizard.flow.writing.rotation.plan import why_it_stays
from wizard.flow.writing.rotation.rotation_run import RotationRun


async def delete_the_old_token(run: RotationRun, change: Change) -> Result:
    """Delete the old token and tokens left over from earlier runs, if a last look shows no destination with them."""
    every = await run.lists.destinations()
    if isinstance(every, Failure):
        return failed(change, trouble_of(every))
    endings = {one.token_last_four for one in every}
    for token in _to_delete(run):
        if token.last_four in endings:
            return replace(ended(change, Outcome.BY_HAND), error=results.OLD_TOKEN_HELD)
        if failure := await _delete(run, token):
            return failed(change, trouble_of(failure))
    if why := why_it_stays(run.rotation):
        is_expiring = run.rotation.old is not None and run.rotation.old.expires_at is not None
        return ended(change, Outcome.ALREADY if is_expiring else Outcome.BY_HAND, detail=why)
    return ended(change, Outcome.DONE, detail=_what_holds_it_still(run))


def _to_delete(run: RotationRun) -> Iterator[Token]:
    rotation = run.rotation
    yield from rotation.left
    if rotation.old is not None and rotation.may_delete_the_old:
        yield rotation.old


async def _delete(run: RotationRun, token: Token) -> Failure | None:
    failure = await run.access_tokens.delete(token.id)
    if failure is not None and failure.outcome_unknown:
        failure = await run.access_tokens.delete(token.id)
    if failure is not None and failure.kind is not FailureKind.NOT_FOUND:
        return failure
    for entry in run.session.saved.made:
        if entry.resource_id == token.id:
            run.session.deleted(entry)
    return None


def _what_holds_it_still(run: RotationRun) -> str:
    """Return a sentence on the variable that still holds the deleted token; empty if none does."""
    place, old = run.walk.where.get(LAUNCHDARKLY_TOKEN.slot, ""), run.rotation.old
    is_it = old is not None and run.state.facts.launchdarkly_token_last_four == old.last_four
    if not is_it or place not in LAUNCHDARKLY_TOKEN.variables:
        return ""
    return f"The variable {place} still holds it: unset it, so that the keyring's token takes its place."
