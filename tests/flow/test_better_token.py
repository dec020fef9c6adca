"""A destination's token without the right to write is replaced by a better one that the user pastes."""

from __future__ import annotations

from tests.walks import apply_all, stage, walk_to_review
from wizard.domain.checks.launchdarkly.launchdarkly_permissions import PERMISSIONS
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.change import DESTINATION
from wizard.domain.planning.plan import repairing_changes
from wizard.domain.step_id import StepId
from wizard.flow.walk import Walk


def _permissions(walk: Walk) -> Finding:
    return next(one for one in walk.findings if one.id == PERMISSIONS.id)


async def test_the_token_that_the_fix_asks_for_is_put_into_the_destination() -> None:
    staged = stage("members-refused")
    await walk_to_review(staged)
    walk = staged.walk
    assert walk.plan().blocked_by == (PERMISSIONS.id,)
    assert "create a service token" in _permissions(walk).fix

    ask = next(one for one in walk.step(StepId.LAUNCHDARKLY).asks if one.secret is LAUNCHDARKLY_TOKEN)
    assert not walk.answer(ask, walk.state.good_tokens[LAUNCHDARKLY_TOKEN.slot])
    await walk.read()
    plan, failed = walk.plan(), _permissions(walk)
    assert failed.status is Status.FAIL, "the destination still holds the old one"
    assert failed.fix == "Put your access token into the destination in Review (audience-wizard apply)."
    assert repairing_changes(plan, failed) == (DESTINATION, "audience:vip_customers")
    assert plan.blocked_by == ()

    await apply_all(staged)
    await walk.read_again()
    assert _permissions(walk).status is Status.PASS
