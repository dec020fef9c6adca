"""Counting the members who land: only after a yes, once, within the limits, and kept when the rest is read again."""

from __future__ import annotations

from dataclasses import replace

from tests.walks import Staged, stage, stage_on, walk_to_review
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Landing
from wizard.domain.step_id import StepId
from wizard.flow import counting
from wizard.sandbox.segment.audiences.previews import A_MONTH
from wizard.sandbox.state.segment_workspace import GeneratedProfiles, Preview

PREVIEWS = "/audiences/previews"


async def _walked(audience: str = "vip_customers", *, every: int = 0) -> Staged:
    staged = stage("happy")
    for one in staged.sandbox.world.workspaces[0].audiences.values():
        if one.key == audience and every:
            one.members = GeneratedProfiles(len(one.members), without_user_id_every=every)
    await walk_to_review(staged, (audience,))
    return staged


async def test_nothing_is_counted_without_a_yes() -> None:
    staged = await _walked()
    await staged.walk.read_again()
    assert staged.calls("POST", PREVIEWS) == 0
    assert "3 audience previews" in counting.budget(staged.walk)


async def test_the_counts_stand_beside_each_context_key_and_in_the_finding() -> None:
    staged = await _walked(every=10)
    await counting.count_members(staged.walk)
    (landing,) = staged.walk.state.facts.landing.values()
    assert isinstance(landing, Landing)
    assert (landing.members, landing.by_key["user_id_only"], landing.by_key["user_id_then_email"]) == (1234, 1111, 1234)
    key = staged.ask("context_key")
    details = {choice.value: choice.details for choice in key.choices(staged.walk.state)}
    assert details["user_id_only"] == ("1,111 of 1,234",)
    assert "Use email only: 1,234 of 1,234 members" in list(counting.results(staged.walk))
    assert staged.finding("audience.identifiers").summary.startswith("1,111 of 1,234 members of VIP customers can sync")
    assert not staged.sandbox.breaches


async def test_what_was_counted_is_kept_and_not_paid_for_again() -> None:
    staged = await _walked()
    await counting.count_members(staged.walk)
    assert staged.calls("POST", PREVIEWS) == 3
    await staged.walk.read_again()
    assert staged.walk.state.facts.landing
    await staged.walk.read(StepId.AUDIENCES)
    await counting.count_members(staged.walk)
    assert staged.calls("POST", PREVIEWS) == 3


async def test_the_next_run_knows_the_count_and_what_it_took() -> None:
    staged = await _walked(every=10)
    await counting.count_members(staged.walk)
    next_run = stage_on(staged.sandbox, session=staged.walk.session)
    await walk_to_review(next_run)
    assert not next_run.walk.state.facts.landing
    details = {one.value: one.details for one in next_run.ask("context_key").choices(next_run.walk.state)}
    assert details["user_id_only"] == ("1,111 of 1,234",)
    assert "This profile used 3 of them this month." in counting.budget(next_run.walk)
    assert staged.calls("POST", PREVIEWS) == 3


async def test_accounts_are_not_counted_because_a_count_says_nothing_of_people() -> None:
    staged = await _walked()
    accounts = next(one for one in staged.sandbox.world.workspaces[0].audiences.values() if one.kind == "ACCOUNTS")
    walk = staged.walk
    walk.take(replace(walk.state.answers, audiences=(accounts.id,)))
    assert counting.why_not(walk).startswith("A preview of an account-level audience counts accounts")


async def test_another_audience_needs_another_yes() -> None:
    staged = await _walked()
    await counting.count_members(staged.walk)
    other = next(one for one in staged.sandbox.world.workspaces[0].audiences.values() if one.key == "newsletter_leads")
    assert staged.walk.answer(staged.ask("audiences"), (other.id,)) == ""
    await staged.walk.read()
    assert staged.walk.state.facts.landing == {}
    assert staged.calls("POST", PREVIEWS) == 3


async def test_when_the_month_is_used_up_it_says_so_and_nothing_else_changes() -> None:
    staged = await _walked()
    workspace = staged.sandbox.world.workspaces[0]
    spent = Preview("p", workspace.spaces[0].id, "", "USERS", (), staged.clock.now())
    workspace.previews = {str(number): spent for number in range(A_MONTH)}
    await counting.count_members(staged.walk)
    (landing,) = staged.walk.state.facts.landing.values()
    assert isinstance(landing, Failure)
    assert "We couldn't count VIP customers." in "\n".join(counting.results(staged.walk))
    assert staged.finding("audience.identifiers").status == "pass"
