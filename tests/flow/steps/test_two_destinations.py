"""Several destinations for one environment: how the list tells them apart, and which one is recommended."""

from __future__ import annotations

from tests.faulty import Fault, with_fault
from tests.walk_copies import at_review
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.services.segment import Use
from wizard.flow.steps.ask import Choice
from wizard.flow.writing.plan_rows import already_right_line


async def reviewed(world: str = "two-destinations") -> Staged:
    return await at_review(world)


def choices(staged: Staged) -> tuple[Choice, ...]:
    return staged.ask("destination").choices(staged.walk.state)


async def test_each_says_how_many_audiences_send_through_it_its_id_and_its_age() -> None:
    first, second, _ = choices(await reviewed())
    assert first.label == second.label
    assert first.details[:3] == ("1 audience", f"{first.value[:8]}…", "3 h old")
    assert second.details[:3] == ("0 audiences", f"{second.value[:8]}…", "3 h old")


async def test_without_an_audit_trail_only_those_in_use_have_an_age() -> None:
    staged = stage("two-destinations", wrap=with_fault(Fault.CLOSED, "GET", "/audit-events", times=99))
    await walk_to_review(staged)
    first, second, _ = choices(staged)
    assert (first.details[2], second.details[2]) == ("used for 3 h", "")
    assert second.why == f"0 audiences send through it. Its ID is {second.value}."


async def test_the_one_that_audiences_use_is_recommended_with_its_reason() -> None:
    first, second, _ = choices(await reviewed())
    assert (first.recommended, second.recommended) == (True, False)
    recommended = "1 audience sends through it, so it's recommended."
    assert first.why == f"{recommended} Its ID is {first.value}, and it is 3 h old."
    assert second.why == f"0 audiences send through it. Its ID is {second.value}, and it is 3 h old."


async def test_the_order_of_the_list_doesnt_decide() -> None:
    staged = await reviewed()
    first, second, _ = choices(staged)
    staged.walk.answer(staged.ask("destination"), "")
    staged.walk.record("destination_use", {first.value: Use(0), second.value: Use(3)})
    assert [choice.recommended for choice in choices(staged)] == [False, True, False]


async def test_review_distinguishes_them() -> None:
    staged = await reviewed()
    chosen = staged.walk.state.answers.destination
    assert f"LaunchDarkly - shop / production ({chosen[:8]}…)" in already_right_line(staged.walk.plan())


async def test_where_there_is_one_nothing_is_counted() -> None:
    staged = await reviewed("destination-disabled")
    assert staged.walk.state.facts.destination_use is None
    assert choices(staged)[0].why == "This destination already sends to the chosen environment, so it's recommended."
