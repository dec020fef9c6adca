"""The whole walk, line by line, on the sandbox."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_clock import START
from tests.headless.plain.plain_script import (
    AUDIENCES,
    CTRL_C,
    DESTINATION,
    ENTER,
    LAUNCHDARKLY,
    MAPPING,
    PREREQUISITES,
    SEGMENT,
    TO_REVIEW,
    Script,
    staged,
    talk,
)
from tests.walks import apply_all, stage_on, walk_to_review
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import Plan
from wizard.flow.handouts.summary import summary
from wizard.flow.writing.change_words import what_yes_does
from wizard.headless.plain.run import PlainWalk
from wizard.sandbox.scenarios import SCENARIOS
from wizard.vault import MemoryVault


async def test_the_walk_ends_on_the_segment_its_members_and_its_link() -> None:
    world = staged()

    code, said = await talk(world.walk, *TO_REVIEW, "yes", ENTER)

    assert (code, said.unused) == (0, [])
    assert "Type yes to make 3 changes" in said.text
    assert len(world.walk.accepted) == 8
    end = said.text.splitlines()
    assert {"Segment: Vip customers", "Members: 1,234"} <= set(end)
    assert any(line.startswith("https://app.launchdarkly.com/projects/shop/segments/") for line in end)
    assert "Next steps for your app:" in end
    assert list(world.sandbox.breaches) == []


async def test_what_each_call_asks_is_said_before_its_findings() -> None:
    _, said = await talk(staged().walk, *PREREQUISITES)

    assert "Asking app.launchdarkly.com: asking who this token is …" in said.said


async def test_nothing_but_a_yes_changes_anything() -> None:
    world = staged()

    code, said = await talk(world.walk, *TO_REVIEW, ENTER, "yep", "q")

    assert code == 0
    assert said.text.count("Nothing was changed. Type yes or y") == 2
    assert {change.action for change in world.walk.plan().changes} == {Action.CREATE}


async def test_when_somebody_changed_something_meanwhile_the_new_plan_is_shown() -> None:
    world = staged()
    other = stage_on(world.sandbox)
    await walk_to_review(other)
    script = Meanwhile((*TO_REVIEW, "yes", ENTER, ENTER), lambda: apply_all(other))

    assert await PlainWalk(world.walk, script).run() == 0

    assert "Changed since this was shown: " in script.text
    assert "Nothing was changed. This is the plan now:" in script.text
    assert "Everything is already as you want it." in script.text
    assert world.calls("POST", "destinations") == other.calls("POST", "destinations")


class Meanwhile(Script):
    """A script in which something happens while the user reads the plan."""

    def __init__(self, answers: tuple[str, ...], happens: Callable[[], Awaitable[object]]) -> None:
        super().__init__(answers)
        self._happens = happens

    async def ask(self, prompt: str) -> str:
        if prompt.startswith("Answer:"):
            await self._happens()
        return await super().ask(prompt)


async def test_each_change_is_shown_with_reason_values_host_and_undo() -> None:
    _, said = await talk(staged().walk, *TO_REVIEW)

    review = said.text[said.text.index("Step 7 of 8") :]
    assert "+ Destination LaunchDarkly - shop / production" in review
    assert "  Why: This space has no destination for shop / production yet." in review
    assert "  Enabled: on" in review
    assert "  Where: api.segmentapis.com, can be undone" in review
    assert "{" not in review


async def test_a_stage_is_said_when_it_changes_and_only_then() -> None:
    _, said = await talk(staged().walk, *TO_REVIEW, "yes", ENTER)

    lines = said.text.splitlines()
    assert sum(line.startswith("Attached to the audience: done") for line in lines) == 1
    assert sum(line.startswith("Visible in LaunchDarkly: done") for line in lines) == 1
    assert sum(line.startswith("   Usually: a minute or two after the segment") for line in lines) == 1
    assert said.rings == 1


async def test_what_the_api_does_not_attach_is_gone_through_by_hand_and_seen() -> None:
    code, said = await talk(staged("attach-needs-app").walk, *TO_REVIEW, "yes", ENTER, "what", ENTER, ENTER, ENTER)

    assert (code, said.unused) == (0, [])
    assert "By hand: Connection to VIP customers" in said.text
    assert "By hand, 1 of 3: Add destination: VIP customers\nWhere: Engage → Audiences → VIP customers" in said.text
    assert "  Destination: LaunchDarkly - shop / production" in said.text
    assert "Seen. The destination is in the audience's list." in said.text
    assert "Segment: Vip customers" in said.text


async def test_after_a_destination_by_hand_the_rest_is_shown_and_made_after_another_yes() -> None:
    world = staged("create-needs-app")

    code, said = await talk(world.walk, *TO_REVIEW, "yes", *[ENTER] * 4, "yes", ENTER)

    assert (code, said.unused) == (0, []), said.text[-2000:]
    first, second = said.text.split("The wizard can make the rest now:")
    assert "After the steps by hand: Mapping" in first
    assert "Comes after the destination, which you do by hand first." in first
    assert "By hand, 4 of 4: Enable Destination" in first
    assert "Type yes to make 2 changes." in second
    assert "All changes were made and read back." in second
    assert "Segment: Vip customers" in second
    assert list(world.sandbox.breaches) == []


async def test_a_tick_for_a_destination_that_is_not_seen_asks_to_look_again() -> None:
    world = staged("create-needs-app")
    world.walk.ports = replace(world.walk.ports, colleague=None)

    code, said = await talk(world.walk, *TO_REVIEW, "yes", *[ENTER] * 4, ENTER, "q")

    assert code == 4
    assert said.text.count("We can't see this yet. Enter checks again.") == 2
    assert "The wizard can make the rest now" not in said.text
    assert "Still to do by hand: destination." in said.text


async def test_what_comes_after_something_by_hand_is_said_before_yes() -> None:
    walk = staged().walk
    await talk(walk, *TO_REVIEW)
    destination, *others = walk.plan().changes
    by_hand = replace(destination, action=Action.BY_HAND)

    assert what_yes_does(Plan((by_hand, *others))) == "do 1 change by hand, then make 2"
    assert what_yes_does(Plan((by_hand,))) == "do 1 change by hand"
    assert what_yes_does(Plan((destination, replace(others[0], action=Action.BY_HAND), others[1]))) == (
        "make 2 changes, do 1 by hand"
    )


async def test_by_hand_every_value_is_printed_and_each_step_is_ticked() -> None:
    token = SCENARIOS["happy"].build(START).credentials.launchdarkly_access_token
    world = staged(vault=MemoryVault("", {"launchdarkly_token": (token, "from the sandbox")}))
    chosen = ("2", "2", ENTER, *LAUNCHDARKLY, ENTER, *DESTINATION, *MAPPING, "vip_customers", ENTER)

    code, said = await talk(world.walk, *chosen, "yes", *[ENTER] * 12, "q")

    assert code == 0
    assert "Type yes to do 3 changes by hand." in said.text
    assert f"your token, ends in {token[-4:]}" in said.text
    assert "Marked as done. Without a Segment token, the wizard can't see this" in said.text
    assert "Segment: Vip customers" in said.text
    assert token not in said.text


async def test_c_prints_what_a_colleague_is_to_make_and_asks_on() -> None:
    _, said = await talk(staged().walk, *PREREQUISITES, "c", *LAUNCHDARKLY, "C")

    assert "Request: a LaunchDarkly service token, for syncing Twilio Segment audiences" in said.text
    assert "Request: a Segment Public API token, for syncing audiences to LaunchDarkly" in said.text
    assert said.text.count("c prints a request card") == 1


async def test_c_by_hand_prints_the_steps_for_a_colleague() -> None:
    _, said = await talk(staged("attach-needs-app").walk, *TO_REVIEW, "yes", "c")

    assert "Request: steps in Twilio Segment, for syncing audiences to LaunchDarkly" in said.text


async def test_a_word_that_is_not_yes_changes_nothing_and_is_not_answered_with_the_whole_plan() -> None:
    staged_up = staged()
    _, said = await talk(staged_up.walk, *TO_REVIEW, "yes!", "please")

    assert said.text.count("Nothing was changed. Type yes or y, or b to go back.") == 2
    assert said.text.count("Type yes to ") == 1
    assert not staged_up.walk.session.saved.made_ids


async def test_leaving_with_steps_left_to_the_hand_ends_as_waiting() -> None:
    code, said = await talk(staged("attach-needs-app").walk, *TO_REVIEW, "yes", "q")

    assert code == 4
    assert "Still to do by hand: audience:vip_customers." in said.text


async def test_a_token_that_may_not_write_is_named_with_cause_fix_and_link() -> None:
    code, said = await talk(staged("reader-token").walk, *PREREQUISITES, "1", ENTER, "anyway", "q")

    assert code == 0
    assert "Failed: " in said.text
    assert "Fix: " in said.text
    assert "https://" in said.text
    assert "A number changes that answer. The problem is in answer 1. To continue anyway, type anyway." in said.text
    assert "Step 3 of 8" in said.text


async def test_k_says_what_counting_takes_and_counts_only_after_a_yes() -> None:
    world = staged("happy")
    code, said = await talk(world.walk, *TO_REVIEW, "k", ENTER, "k", "yes", "q")

    assert code == 0
    assert said.text.count("Counting takes 3 audience previews.") == 2
    assert "Use Segment UserId or email: 1,234 of 1,234 members" in said.text
    assert said.text.count("Use email only: ") == 1


async def test_t_leads_from_a_symptom_over_a_question_to_the_cause() -> None:
    code, said = await talk(staged("synced").walk, *TO_REVIEW, "t", "seven", "6", "2", "e", "c", "", "q")

    assert code == 0
    assert "WHAT TO DO\nSet the prefix of the persistent store to " in said.text
    assert "Type a number from 1 to 12." in said.text
    assert "Which persistent store does your app or Relay Proxy read" in said.text
    assert (
        "Cause: Your SDK or Relay Proxy reads the store with a different prefix than LaunchDarkly writes" in said.text
    )
    assert "The app doesn't read the store? Your app reads the persistent store, as you said." in said.text


async def test_a_question_that_cannot_be_asked_says_what_keeps_it() -> None:
    _, said = await talk(staged("outage").walk, *PREREQUISITES, "2", ENTER)

    step = said.text[said.text.index("Step 2 of 8") :]
    assert "Environment waits for the token's projects." in step
    assert step.count("\nUnknown: LaunchDarkly has a problem.") == 1
    assert "Checked just now: same result. Unknown: LaunchDarkly has a problem." in step
    assert "Enter checks again." in step


async def test_what_blocks_the_review_is_said_and_can_be_gone_to() -> None:
    walk = staged("reader-token").walk
    anyway = (*PREREQUISITES, "1", "anyway", *SEGMENT, *DESTINATION, *MAPPING, *AUDIENCES)

    _, said = await talk(walk, *anyway, ENTER, "g 2", "q")

    review = said.text[said.text.index("Step 7 of 8") :]
    assert review.count("You can't apply this plan yet.") == 2
    assert review.count("+ Destination") == 1
    assert "Checked just now: same result." in review
    assert "Step 2 of 8: LaunchDarkly." in review


async def test_review_leads_to_the_first_open_question_instead_of_a_plan_without_an_answer() -> None:
    _, said = await talk(staged("resume").walk, "g 7", ENTER, "q")

    assert "Step 1, Prerequisites, still needs an answer: Segment's part." in said.text
    assert "as wanted" not in said.text
    assert said.text.count("Step 1 of 8: Prerequisites.") == 2


# --- leaving ----------------------------------------------------------------------------------------------------


async def test_a_problem_that_is_gone_on_with_blocks_nothing_more_and_is_named_at_the_end() -> None:
    world = staged("two-destinations")
    to_review = (*PREREQUISITES, *LAUNCHDARKLY, "1", "1", ENTER, ENTER, "anyway", *MAPPING, *AUDIENCES)

    code, said = await talk(world.walk, *to_review, ENTER, "4", ENTER)

    assert (code, said.unused) == (0, [])
    assert said.text.count("A problem is left in step 4: Number of destinations.") == 2, "at Review, and at the end"
    assert "4. VIP lounge (vip-lounge · off)" in said.text
    assert world.walk.state.answers.flag == "vip-lounge"


async def test_quitting_says_where_things_stand_and_how_to_go_on(tmp_path: Path) -> None:
    code, said = await talk(staged(folder=tmp_path).walk, ENTER, "2", ENTER, ENTER, "q")

    assert code == 0
    goodbye = said.text[said.text.index("Left.") :]
    assert "1 of 8 steps are done: Prerequisites." in goodbye
    assert "This run changed nothing in LaunchDarkly or Segment." in goodbye
    assert "To continue: audience-wizard --plain" in goodbye


async def test_the_end_of_input_names_what_is_missing() -> None:
    code, said = await talk(staged().walk, *PREREQUISITES)

    assert code == 2
    by_key = "launchdarkly.project and launchdarkly.environment (or launchdarkly.client_side_id) in setup.toml"
    assert f"Missing: Environment, given by {by_key} or the variable LAUNCHDARKLY_CLIENT_SIDE_ID." in said.text


async def test_the_end_of_input_before_yes_ends_as_waiting() -> None:
    code, _ = await talk(staged().walk, *TO_REVIEW)

    assert code == 4


async def test_ctrl_c_at_a_prompt_says_where_things_stand() -> None:
    script = Script((*PREREQUISITES, CTRL_C))

    with pytest.raises(asyncio.CancelledError):
        await PlainWalk(staged().walk, script).run()

    assert "Interrupted.\n1 of 8 steps are done: Prerequisites." in script.text


async def test_ctrl_c_while_watching_leaves_safely_and_names_the_command(tmp_path: Path) -> None:
    world = staged(folder=tmp_path)
    script = Script((*PREREQUISITES, *LAUNCHDARKLY, *SEGMENT, *DESTINATION, *MAPPING, *AUDIENCES, "yes", ENTER))
    run = asyncio.create_task(PlainWalk(world.walk, script).run())
    await script.hears("Audience computed: under way")
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    assert re.search(
        r"Watched for \d+ min\.\nAttached to the audience: done\nAudience computed: under way\n", script.text
    )
    assert "To follow the first sync: audience-wizard watch" in script.text
    assert "Made in this run: destination, mapping, audience:vip_customers." in script.text


# --- coming back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "step"), [(ENTER, "Step 3 of 8"), ("2", "Step 1 of 8"), ("3", "Step 1 of 8: Prerequisites.")]
)
async def test_a_saved_setup_is_resumed_reviewed_or_started_over(tmp_path: Path, answer: str, step: str) -> None:
    await talk(staged(folder=tmp_path).walk, *PREREQUISITES, *LAUNCHDARKLY, "q")

    again = staged(folder=tmp_path).walk
    _, said = await talk(again, "what", answer, "q")

    assert "Saved: shop / production, 2 of 8 steps done" in said.text
    assert "Type a number from 1 to 3." in said.text
    assert step in said.text
    assert bool(again.state.answers.project) is (answer != "3")


async def test_leaving_before_it_is_resumed_says_what_is_saved(tmp_path: Path) -> None:
    await talk(staged(folder=tmp_path).walk, *PREREQUISITES, "q")

    _, said = await talk(staged(folder=tmp_path).walk, "b", "q")

    assert "1 of 8 steps are done: Prerequisites." in said.text
    assert "Saved: 1 step with their answers." not in said.text
    assert "Saved: 1 step with its answers." in said.text
    assert "are not saved" not in said.text


async def test_where_input_ends_before_it_is_resumed_no_saved_answer_is_missing(tmp_path: Path) -> None:
    await talk(staged(folder=tmp_path).walk, *PREREQUISITES, *LAUNCHDARKLY, "q")

    code, said = await talk(staged(folder=tmp_path).walk)

    assert code == 2
    assert re.findall(r"Missing: ([^,.]+)", said.text) == ["Space", "Audiences"]


async def test_a_profile_in_use_is_left_alone(tmp_path: Path) -> None:
    busy = staged(folder=tmp_path)
    busy.walk.session.lock()
    try:
        code, said = await talk(staged(folder=tmp_path).walk)
    finally:
        busy.walk.session.unlock()

    assert code == 1
    assert "Another run is using this profile" in said.text


# --- texts from strangers ---------------------------------------------------------------------------------------


async def test_hostile_names_print_no_control_character() -> None:
    _, said = await talk(staged("hostile-names").walk, *TO_REVIEW)

    found = {character for character in said.text if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}
    assert found <= {"\n"}
    assert not any(mark in said.text for mark in "\u202e\u2066\u200f\x1b")


async def test_by_hand_with_a_segment_token_the_walk_goes_on_once_a_step_is_seen() -> None:
    """Once the destination is seen, its mapping's page has another link, but it's still the same step."""
    chosen = ("2", "2", ENTER, *LAUNCHDARKLY, "1", ENTER, *DESTINATION, *MAPPING, "1", ENTER, ENTER)

    code, said = await talk(staged().walk, *chosen, "yes", *[ENTER] * 12, "q")

    assert code == 0, said.text[-2000:]
    assert "By hand, 5 of 10: New Mapping" in said.text
    assert "Segment: Vip customers" in said.text


async def test_it_ends_with_the_summary_that_the_full_screen_leaves() -> None:
    world = staged()

    code, said = await talk(world.walk, *TO_REVIEW, "yes", ENTER)

    assert code == 0
    lines = summary(world.walk, "audience-wizard", 1_000, names_segments=False)
    assert lines
    assert said.text.count("https://app.launchdarkly.com/projects/shop/segments/") == 1
    assert not re.search(r"yes: |Later: |Pass: ", said.text)
    assert tuple(said.text.splitlines()[-len(lines) :]) == lines


async def test_an_empty_space_is_looked_at_until_somebody_made_an_audience() -> None:
    waiting = staged()
    workspace = waiting.sandbox.world.workspaces[0]
    made = dict(workspace.audiences)
    workspace.audiences.clear()
    workspace.connections.clear()

    async def somebody_makes_one() -> None:
        assert "Production has no audiences" in script.text
        assert "Audiences: waits for an audience in this space" in script.text
        workspace.audiences |= made
        await script.hears("The space has an audience now: ")

    up_to_audiences = (*PREREQUISITES, *LAUNCHDARKLY, *SEGMENT, *DESTINATION, *MAPPING)
    script = AtTheEnd((*up_to_audiences, ENTER, "q"), "Production has no audiences", somebody_makes_one)
    assert await PlainWalk(waiting.walk, script).run() == 0
    assert "VIP customers" in script.text.rpartition("Press Enter to go on.")[2]


class AtTheEnd(Script):
    """A script in which something happens at the first prompt after a text."""

    def __init__(self, answers: tuple[str, ...], after: str, happens: Callable[[], Awaitable[object]]) -> None:
        super().__init__(answers)
        self._after, self._happens = after, happens

    async def ask(self, prompt: str) -> str:
        if self._after and self._after in self.text:
            self._after = ""
            self.prompts.append(prompt)
            await self._happens()
        return await super().ask(prompt)
