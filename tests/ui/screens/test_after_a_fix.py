"""After a colleague made a fix, its page says that it's fixed, or lights the button to check again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.diagnosis_ends import ENDS, begun
from tests.ui.scenarios import reach
from tests.ui.screens.test_troubleshoot import seen, walked
from tests.walks import apply_all, stage, walk_to_review
from wizard.domain.checks.sync.sync_delivery import DELIVERY
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.evidence.gathered import COMMANDS
from wizard.domain.diagnosis.symptoms.catalogue import symptom_named
from wizard.flow.diagnosing import search_for_cause
from wizard.flow.home import status_notes
from wizard.flow.words import DONE_BY_A_COLLEAGUE
from wizard.ui.screens import troubleshoot_lines as lines
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.screens.troubleshoot import KEYS

WRONG = Diagnosis("switches-off", "Both are off.", "Switch one on.")
WELL = Diagnosis("is-there", "It has an odd name.", "Open it.", said_first=("It's there.",), is_trouble=False)


def test_a_cause_that_is_gone_was_fixed() -> None:
    assert lines.is_fixed(WRONG, WELL)
    assert not lines.is_fixed(None, WELL)
    assert not lines.is_fixed(WRONG, WRONG)
    assert not lines.is_fixed(WRONG, replace(WELL, is_found=False))


def test_fixed_is_said_at_the_right_and_nobody_is_told_why_it_seemed_wrong() -> None:
    plan = stage("happy").walk.plan()
    assert lines.head("It never appeared", WELL, 0, 60, fixed=True).plain.endswith("✓ fixed")
    assert lines.head("It never appeared", WELL, 0, 60).plain.endswith("✓ nothing wrong")
    assert [str(line.head) for line in lines.conclusion(WELL, plan, fixed=True)] == ["Do this"]
    assert [str(line.head) for line in lines.conclusion(WELL, plan)] == ["Why", "Do this"]


async def test_what_a_colleague_has_done_is_looked_at_again_next() -> None:
    staged = stage("delivery-failing")
    await walk_to_review(staged)
    await apply_all(staged)
    await staged.clock.advance(600)
    await staged.walk.read_again()
    finding = next(one for one in staged.walk.findings if one.id == DELIVERY.id)
    assert FindingScreen(staged.walk, finding)._first == "colleague"
    assert FindingScreen(staged.walk, finding, news=DONE_BY_A_COLLEAGUE)._first == "again"
    assert finding.links[0].endswith("/settings/basic"), "the fix begins in Workspace settings"


async def test_the_sandbox_says_that_its_hours_are_not_the_users() -> None:
    staged = stage("synced")
    walk = staged.walk
    walk.ports = replace(walk.ports, sandbox="synced")
    walk.session.note_check(is_healthy=True)
    await staged.clock.advance(7200)
    assert status_notes(walk)[-1].text == "Last checked 2 h ago (simulated time)"


async def test_the_screen_names_the_key_that_sends_all_members_again_and_a_command_names_itself() -> None:
    walk = (await begun(next(end for end in ENDS if end.cause == "segment-made-again"))).walk
    walk.ports = replace(walk.ports, options=" --profile eu")
    symptom = symptom_named("fewer-members")
    assert symptom is not None
    on_the_screen, in_a_command = (search_for_cause(walk, symptom, {}, keys=one).next for one in (KEYS, COMMANDS))
    assert isinstance(on_the_screen, Diagnosis)
    assert isinstance(in_a_command, Diagnosis)
    assert on_the_screen.fix == "Send all members again (Ctrl+P in First sync)."
    assert in_a_command.fix == ("Send all members again (audience-wizard apply --profile eu --resync vip_customers).")


@pytest.mark.parametrize(
    ("world", "symptom", "answers", "says"),
    [
        ("paused", 8, (), "Connect to destination is on."),
        ("refused-lately", 7, ("3",), "No IP allowlist blocks Segment."),
    ],
)
async def test_a_colleagues_fix_is_said_before_any_new_question(
    world: str, symptom: int, answers: tuple[str, ...], says: str
) -> None:
    open_it = ("f2", "home", *("down",) * (symptom - 1), "enter", *answers)
    async with walked("until:review", *open_it, world=world) as (_, pilot):
        assert "Let a colleague do it" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "✓ fixed" in seen(pilot)
        assert says in seen(pilot)
        assert "Let a colleague do it" not in seen(pilot), "it's done"
        assert "Enter check again" in seen(pilot)
        await reach(pilot, ("f5",))
        assert "✓ fixed" not in seen(pilot), "who still sees the symptom goes on with what's left"


async def test_another_answer_after_ones_own_fix_says_that_the_cause_is_gone() -> None:
    async with walked("until:review", "f2", "home", *("down",) * 6, "enter", "3", world="refused-lately") as (_, pilot):
        await reach(pilot, ("f5",))
        assert "Does your LaunchDarkly account have an IP allowlist?" in seen(pilot)
        await reach(pilot, ("2",))
        assert "✓ fixed" in seen(pilot)
        await reach(pilot, ("escape",))
        assert "Does your LaunchDarkly account have an IP allowlist?" in seen(pilot), "the answer can be taken back"
