"""The lines that stay in the terminal: ten at most, wrapped only between words."""

from __future__ import annotations

from dataclasses import replace

from tests.walk_copies import applied, at_review
from tests.walks import Staged, apply_all, stage, walk_to_review, watch_to_the_end
from wizard.flow.handouts.summary import MOST_LINES, summary, wrapped


async def synced(many: int = 1) -> Staged:
    staged = stage("happy")
    workspace = staged.sandbox.world.workspaces[0]
    keys = tuple(audience.key for audience in workspace.audiences_of(workspace.spaces[0].id))[:many]
    await walk_to_review(staged, keys)
    await apply_all(staged)
    await watch_to_the_end(staged, staged.clock.now())
    staged.walk.forget_slots("segments")
    await staged.walk.read()
    staged.walk.state = replace(staged.walk.state, sandbox="")
    return staged


async def test_a_finished_setup_says_what_was_made_where_it_is_and_what_next() -> None:
    lines = summary((await synced()).walk, "audience-wizard")
    assert lines[0].endswith("→ Vip customers · 1,234 members")
    assert lines[1].startswith("https://app.launchdarkly.com/projects/shop/segments/")
    assert lines[2:] == (
        "Made: 1 destination, 1 mapping, 1 connection.",
        "Check it: audience-wizard doctor",
        "Take it back: audience-wizard undo",
    )


async def test_it_is_short_and_never_cut_inside_a_word() -> None:
    staged = await synced(many=6)
    whole = " ".join(summary(staged.walk, "audience-wizard", 1_000))
    for width in (20, 40, 80):
        lines = summary(staged.walk, "audience-wizard", width)
        assert len(lines) <= MOST_LINES
        assert all(word in whole.split() for line in lines for word in line.split())
        assert all(len(line) <= width or " " not in line for line in lines), width


async def test_before_anything_was_made_it_says_how_to_go_on() -> None:
    staged = await at_review("happy")
    staged.walk.state = replace(staged.walk.state, sandbox="")
    command = "audience-wizard --profile shop"
    assert summary(staged.walk, command) == (f"Your answers are saved. Continue with: {command}",)


async def test_a_sync_under_way_can_be_followed() -> None:
    staged = await applied("happy")
    staged.walk.state = replace(staged.walk.state, sandbox="")
    lines = summary(staged.walk, "audience-wizard")
    assert lines[0] == "The sync continues without the wizard. Follow it: audience-wizard watch"


async def test_a_user_who_did_nothing_is_told_nothing() -> None:
    assert summary(stage("happy").walk, "audience-wizard") == ()


def test_an_address_is_never_broken() -> None:
    assert wrapped("see https://example.com/a-very-long-address", 10) == [
        "see",
        "https://example.com/a-very-long-address",
    ]


async def test_a_changed_mapping_was_not_made_and_a_problem_that_is_left_is_named() -> None:
    staged = await applied("mapping-edited")
    assert summary(staged.walk, "audience-wizard")[0] == "Changed: 1 mapping."
    broken = await applied("delivery-failing")
    await watch_to_the_end(broken, broken.clock.now(), timeout_s=15 * 60)
    assert "A problem is left in step 8: Deliveries." in summary(broken.walk, "audience-wizard")
