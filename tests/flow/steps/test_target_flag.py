"""The flag that will use the segment: the exact rule, and its page."""

from __future__ import annotations

from tests.walk_copies import applied, at_review
from tests.walks import Staged, watch_to_the_end
from wizard.domain.step_id import StepId
from wizard.flow.steps.next_steps import next_steps
from wizard.flow.steps.questions.target_flag import flag_page, rule


async def synced() -> Staged:
    staged = await applied("happy")
    await watch_to_the_end(staged, staged.clock.now())
    staged.walk.forget_slots("segments")
    await staged.walk.read()
    return staged


def asked(staged: Staged) -> set[str]:
    return {ask.id for ask in staged.walk.asks(staged.walk.step(StepId.FIRST_SYNC))}


async def test_once_the_segment_is_there_it_is_asked_for_and_its_rule_is_ready_to_copy() -> None:
    staged = await at_review("happy")
    assert "flag" not in asked(staged)
    assert rule(staged.walk.state) == ""
    staged = await synced()
    assert "flag" in asked(staged)
    said = "Add this rule to your flag: Context in segment Vip customers"
    assert rule(staged.walk.state) == said
    assert said in [note.text for note in next_steps(staged.walk.state)]
    assert flag_page(staged.walk.state, "").startswith(
        "https://app.launchdarkly.com/projects/shop/flags?env=production"
    )


async def test_a_flag_is_named_by_its_key_or_by_the_address_of_its_page() -> None:
    staged = await synced()
    assert "no spaces" in staged.walk.answer(staged.ask("flag"), "New checkout")
    assert staged.walk.state.answers.flag == ""
    for typed in (
        "new-checkout",
        "  new-checkout ",
        "https://app.launchdarkly.com/projects/shop/flags/new-checkout/targeting?env=production",
        "https://app.launchdarkly.com/shop/production/features/flags/new-checkout",
    ):
        staged.walk.answer(staged.ask("flag"), "another")
        assert staged.walk.answer(staged.ask("flag"), typed) == ""
        assert staged.walk.state.answers.flag == "new-checkout", typed
    assert rule(staged.walk.state) == "Add this rule to new-checkout: Context in segment Vip customers"
    assert flag_page(staged.walk.state, "new-checkout") == (
        "https://app.launchdarkly.com/projects/shop/flags/new-checkout/targeting?env=production&selected-env=production"
    )


async def test_a_flag_missing_in_the_project_is_named_once_the_flags_are_read() -> None:
    staged = await synced()
    ask, missing = staged.ask("flag"), "shop has no flag new-chekout that this token can see. Check the flag's key."
    staged.walk.answer(ask, "new-chekout")
    assert missing not in [note.text for note in next_steps(staged.walk.state)], "nobody has looked yet"
    staged.walk.ask_for(*ask.evidence)
    await staged.walk.read()
    assert missing in [note.text for note in next_steps(staged.walk.state)]
    staged.walk.answer(ask, "new-checkout")
    assert not [note for note in next_steps(staged.walk.state) if "has no flag" in note.text]


async def test_the_flags_are_read_once_one_is_wanted_and_another_one_can_be_typed() -> None:
    staged = await synced()
    ask = staged.ask("flag")
    assert ask.choices(staged.walk.state) == ()
    staged.walk.ask_for(*ask.evidence)
    await staged.walk.read()
    listed = {choice.label: choice.details for choice in ask.choices(staged.walk.state)}
    assert (listed["New checkout"], listed["VIP lounge"]) == (("new-checkout", "on"), ("vip-lounge", "off"))
    for typed, taken in (
        ("vip-pri", None),  # the list shows it
        ("old-flag", "old-flag"),
        ("old flag", None),
        ("https://app.launchdarkly.com/projects/shop/flags/vip-prices/targeting", "vip-prices"),
    ):
        choice = staged.ask("flag").free(typed, staged.walk.state)
        assert (choice and choice.value) == taken, typed
