"""Line by line: the inventory at any prompt, and a flag's rule once the segment exists."""

from __future__ import annotations

from tests.headless.plain.plain_script import ENTER, PREREQUISITES, TO_REVIEW, staged, talk
from tests.walks import Staged
from wizard.sandbox.state.account import Flag, Rule

TO_THE_END = (*TO_REVIEW, "yes", ENTER)


def rules(setup: Staged, flag: str) -> list[Rule]:
    return setup.sandbox.world.accounts[0].projects["shop"].environments["production"].flags[flag].rules


async def test_the_inventory_is_shown_at_any_prompt() -> None:
    setup = staged("many-segments")

    _, script = await talk(setup.walk, *PREREQUISITES, "1", "i")

    assert "shop: 8 synced segments in 2 of 3 environments, 6 out of step." in script.text
    assert "audience-wizard troubleshoot more-members --sandbox many-segments" not in script.text
    assert "troubleshoot more-members --environment shop/production --audience cart_abandoners" in script.text


async def test_before_an_environment_is_chosen_there_is_no_inventory() -> None:
    _, script = await talk(staged().walk, "i")
    assert "Choose an environment first" in script.text


async def test_once_the_segment_is_there_a_flags_rule_is_shown_and_added() -> None:
    setup = staged()

    code, script = await talk(setup.walk, *TO_THE_END, "vip-louge", "4", "yes")

    assert code == 0, script.text
    assert "  4. VIP lounge (vip-lounge)" in script.text
    assert "The project has no flag vip-louge." in script.text, "and it's asked again"
    assert "The rule for VIP lounge (vip-lounge) in shop / production:" in script.text
    assert "Done: the rule of vip-lounge" in script.text
    assert len(rules(setup, "vip-lounge")) == 1


async def test_a_flag_that_is_no_boolean_is_asked_about_its_variation() -> None:
    setup = staged()
    flags = setup.sandbox.world.accounts[0].projects["shop"].environments["production"].flags
    flags["colour"] = Flag("colour", fallthrough="blue", off_value="grey")

    _, script = await talk(setup.walk, *TO_THE_END, "colour", "grey", ENTER)

    assert 'serve "grey"' in script.text
    assert rules(setup, "colour") == []
