"""A new context key after an apply: review, yes and the steps by hand include the activation."""

from __future__ import annotations

from tests.faulty import Fault, with_fault
from tests.walks import Staged, apply_all, stage, walk_to_review
from wizard.domain.answers import ContextKey
from wizard.domain.planning.change import Action
from wizard.flow.by_hand.coach import Coach
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import PlanOutdated, apply_reviewed, review
from wizard.sandbox.state.segment_workspace import Activation

VIP = "audience:vip_customers"
ACTIVATION = r"/spaces/[^/]+/audiences/[^/]+/activations/[^/]+"


async def set_up_by_user_id_then_email(fault: Fault | None = None) -> Staged:
    """Return a setup that was applied by user ID, with the email chosen as context key afterwards."""
    staged = stage("happy", wrap=with_fault(fault, "PATCH", ACTIVATION)) if fault else stage("happy")
    await walk_to_review(staged)
    await apply_all(staged)
    assert staged.walk.answer(staged.ask("context_key"), ContextKey.EMAIL_ONLY.value) == ""
    await staged.walk.read()
    return staged


def activation(staged: Staged) -> Activation:
    connections = staged.sandbox.world.workspaces[0].connections
    (found,) = (one for connection in connections for one in connection.activations.values())
    return found


def key_of(found: Activation) -> object:
    assert found.mapping is not None
    return found.mapping["settings"]["context_key"]


async def test_yes_changes_mapping_and_activation() -> None:
    staged = await set_up_by_user_id_then_email()
    reviewed = review(staged.walk)
    assert [change.action for change in reviewed.plan.changes] == [Action.NONE, Action.UPDATE, Action.UPDATE]

    events = [event async for event in apply_reviewed(staged.walk, reviewed)]

    outcomes = {event.id: event.outcome for event in events if isinstance(event, Result)}
    assert outcomes == {"destination": Outcome.ALREADY, "mapping": Outcome.DONE, VIP: Outcome.DONE}
    assert key_of(activation(staged)) == "email_only"
    assert {change.action for change in review(staged.walk).plan.changes} == {Action.NONE}
    assert list(staged.sandbox.breaches) == []


async def test_a_colleague_who_edits_the_activation_while_the_review_is_open_moves_the_plan() -> None:
    staged = await set_up_by_user_id_then_email()
    reviewed = review(staged.walk)
    edited = activation(staged)
    assert edited.mapping is not None
    edited.mapping["settings"]["context_key"] = "user_id_then_email"

    (moved,) = [event async for event in apply_reviewed(staged.walk, reviewed)]

    assert isinstance(moved, PlanOutdated)
    assert moved.why == "Changed since this was shown: the activations."
    (before,) = (moved.reviewed.plan.changes[-1].before or {})["activations"].values()
    assert before == {"context_key": "user_id_then_email"}


async def test_where_the_api_refuses_it_the_hand_changes_it_and_the_plan_sees_that() -> None:
    staged = await set_up_by_user_id_then_email(Fault.CLOSED)
    plan = staged.walk.plan()
    results = await apply_all(staged, plan)
    assert results[VIP].outcome is Outcome.BY_HAND
    coach = Coach(staged.walk, plan, results.values())

    (step,) = (step for step in coach.steps if step.change_id == VIP)
    coach.set_ticked(step)
    assert not coach.is_done, "it is seen, not taken on trust"
    assert [look async for look in coach.poll()]
    assert coach.tick(step).is_done
    assert coach.is_done
    assert coach.is_whole
    assert key_of(activation(staged)) == "email_only"
    assert {change.action for change in staged.walk.plan().changes} == {Action.NONE}
