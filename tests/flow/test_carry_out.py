"""What was reviewed is what is applied."""

from __future__ import annotations

from tests.walks import stage, walk_to_review
from wizard.domain.plan import Action
from wizard.flow.carry_out import Moved, carry_out, review
from wizard.flow.result import Outcome, Result


async def test_a_reviewed_plan_is_made_and_taken_up() -> None:
    staged = stage("happy")
    await walk_to_review(staged)

    events = [event async for event in carry_out(staged.walk, review(staged.walk))]

    assert [event.outcome for event in events if isinstance(event, Result)] == [Outcome.DONE] * 3
    assert {change.action for change in review(staged.walk).plan.changes} == {Action.NONE}
    assert staged.walk.session.saved.applied_at is not None
    assert "review" in staged.walk.accepted


async def test_nothing_is_done_when_somebody_else_was_there_since_the_review() -> None:
    staged = stage("happy")
    await walk_to_review(staged)
    reviewed = review(staged.walk)
    tokens = staged.sandbox.tokens
    staged.sandbox.app_actions.set_up(
        "vip_customers", tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id
    )

    events = [event async for event in carry_out(staged.walk, reviewed)]

    assert len(events) == 1
    assert isinstance(events[0], Moved)
    assert events[0].reviewed.plan != reviewed.plan
    assert "review" not in staged.walk.accepted
    assert all(request.method == "GET" for request in staged.sandbox.requests if "segmentapis" in request.host)
