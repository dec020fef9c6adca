"""After a colleague made a fix, its page says that it's fixed, or lights the button to check again."""

from __future__ import annotations

from dataclasses import replace

from tests.walks import apply_all, stage, walk_to_review
from wizard.domain.checks.sync.sync_delivery import DELIVERY
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.flow.home import status_notes
from wizard.flow.words import DONE_BY_A_COLLEAGUE
from wizard.ui.screens import troubleshoot_lines as lines
from wizard.ui.screens.dialogs.finding import FindingScreen

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


def test_the_screen_names_the_key_that_sends_all_members_again_and_not_the_command() -> None:
    by_command = "(audience-wizard apply --sandbox paused --resync vip_customers)"
    end = replace(WELL, fix=f"Send all members again {by_command}.", then=f"If some are missing, do so {by_command}.")
    said = [line.text for line in lines.conclusion(end, stage("happy").walk.plan())]
    assert said[-2:] == [
        "Send all members again (Ctrl+P in First sync).",
        "If some are missing, do so (Ctrl+P in First sync).",
    ]
