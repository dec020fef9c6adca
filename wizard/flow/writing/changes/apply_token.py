"""Make the service token of a setup, so that the destination can get it."""

from __future__ import annotations

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.domain.failure import Failure
from wizard.domain.planning.change import Action, Change
from wizard.domain.tokens import held_token, made_token
from wizard.domain.tokens.permissions import Target
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.make_token import (
    TokenMaker,
    TokenOrder,
    new_token_trouble,
    old_works_until,
    store,
    where_it_is,
)
from wizard.flow.writing.changes.run import Run
from wizard.flow.writing.result import Outcome, Result, ended, failed


async def apply_token(run: Run, change: Change) -> Result:
    """Make the token, check its rights, and store it. A token with too few rights is neither stored nor used."""
    maker, target = run.state.secrets.maker_token, held_token.target_of(run.state.facts, run.state.answers)
    if maker is None or target is None:
        return failed(change, results.NO_MAKER)
    order = _order(run, change, target)
    at_work = TokenMaker(run.ports, maker, run.writer, run.journal)
    made = await at_work.make(order)
    if isinstance(made, Failure):
        why = await at_work.why_refused(order, made)
        run.observed.is_policy_refused = why.code == results.NO_POLICY
        return failed(change, why, change.resource_id)
    if lacking := await new_token_trouble(run.ports, made, target):
        return failed(change, lacking, made.id)
    run.observed.made_token = made.secret
    run.observed.kept_in = await store(run.ports, run.state, made, run.observed.token_name)
    run.state = run.state.with_token(LAUNCHDARKLY_TOKEN, read_paste(made.secret.get_secret_value()))
    where = where_it_is(run.observed.kept_in)
    return ended(change, Outcome.DONE, made.id, detail=f"{where} The destination gets it next.")


def _order(run: Run, change: Change, target: Target) -> TokenOrder:
    facts, answers = run.state.facts, run.state.answers
    return TokenOrder(
        change_id=change.id,
        name=made_token.wanted_name(facts, answers),
        description=made_token.description(facts, answers, run.clock.now()),
        rights=made_token.wanted_rights(facts, answers, target),
        within={"client_side_id": run.client_side_id},
        old_works_until=old_works_until(run.clock.now()),
        reset=change.resource_id if change.action is Action.UPDATE else "",
        other_endings=held_token.endings(facts),
    )
