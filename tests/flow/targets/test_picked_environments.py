"""Environments that are picked beside a walk's own: read once, reviewed together, made one after the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_clock import in_minutes
from tests.headless.test_make_token import Keyring
from tests.walk_copies import at_review
from tests.walks import Staged, stage, stage_on, walk_to_review
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.domain.facts import listed
from wizard.domain.planning.change import Action
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination
from wizard.flow.handouts.requests_shown import requests_behind
from wizard.flow.handouts.summary import summary
from wizard.flow.kept_secrets import keep_secrets, load_secrets
from wizard.flow.marks import mark_of
from wizard.flow.profile.session import Session
from wizard.flow.steps.step import Mark
from wizard.flow.targets.environments import add, environments_of, question, to_add, why_not
from wizard.flow.targets.followed_syncs import other_followed_syncs
from wizard.flow.targets.fork import fork_of
from wizard.flow.targets.picked_environments import Group, PickedEnvironments, counted_plans, keep, review_for_display
from wizard.flow.targets.shared_answers import as_asked, own_lines, shared_lines
from wizard.flow.walk import Walk
from wizard.flow.writing.plan_rows import tally
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import apply_reviewed, review

STAGING, TEST = "shop/staging", "shop/test"


def further_source(staged: Staged) -> None:
    """Add a source for a further destination, as Segment's web app does."""
    workspace = staged.sandbox.world.workspaces[0]
    first = workspace.sources[0]
    workspace.sources.append(replace(first, id="furtherSource1234567890", slug=f"{first.slug}2", name="Personas (2)"))


async def reviewed(staged: Staged, *names: str) -> tuple[PickedEnvironments, tuple[Group, ...]]:
    """Walk to Review, unless the walk is there already, and pick these other environments."""
    walk = staged.walk
    if not walk.accepted:
        await walk_to_review(staged)
    assert walk.answer(question(walk), names) == ""
    await walk.read()
    return await looked(walk)


async def looked(walk: Walk) -> tuple[PickedEnvironments, tuple[Group, ...]]:
    picked = PickedEnvironments(walk)
    if picked.update_targets():
        await picked.read()
    return picked, picked.groups(review)


async def made(walk: Walk, groups: tuple[Group, ...]) -> dict[str, list[Outcome]]:
    """Say yes, and return the outcomes of each environment."""
    keep(walk, groups)
    ended: dict[str, list[Outcome]] = {}
    for group in groups:
        events = [event async for event in apply_reviewed(group.target.walk, group.reviewed)]
        ended[group.target.name] = [event.outcome for event in events if isinstance(event, Result)]
    return ended


def destinations(staged: Staged) -> list[str]:
    every = staged.sandbox.world.workspaces[0].destinations.values()
    return [one.name for one in every if "LaunchDarkly" in one.name]


async def test_each_environment_gets_a_group_and_what_all_share_is_said_once() -> None:
    staged = await at_review("happy")

    _, groups = await reviewed(staged, STAGING)

    own, staging = groups
    assert [one.title for one in groups] == ["shop / production", "shop / staging"]
    assert [change.action for change in own.plan.changes] == [Action.CREATE] * 3
    assert staging.plan.changes[0].action is Action.BY_HAND  # an Engage source takes one destination
    assert staging.plan.changes[0].title == "Destination LaunchDarkly - shop / staging"
    assert tally(*counted_plans(groups)) == ("3 to add, 1 by hand, then 2 more")
    (said,) = shared_lines([one.target for one in groups], as_asked)
    assert said.endswith(
        "Space Production, Context kind user, Context key Use Segment UserId only, Batching On, Audiences VIP customers"
    )


async def test_what_all_share_is_asked_once() -> None:
    staged = await at_review("happy")
    before = [f"{one.method} {one.path}" for one in staged.sandbox.requests]
    walk = staged.walk
    walk.answer(question(walk), (STAGING, TEST))
    await walk.read()

    await looked(walk)

    more = [one.path for one in staged.sandbox.requests[len(before) :]]
    assert more
    shared = (
        "/workspace",
        "/caller-identity",
        "/api/v2/projects",
        "/spaces",
        "/audiences",
        "/sources",
        "/destinations",
    )
    assert not [path for path in more if path.endswith(shared)]
    assert staged.sandbox.breaches == []


async def test_one_yes_makes_all_and_each_keeps_a_journal_of_its_own() -> None:
    staged = stage("happy")
    further_source(staged)
    walk = staged.walk
    _, groups = await reviewed(staged, STAGING)

    ended = await made(walk, groups)

    assert ended == dict.fromkeys(("shop/production", STAGING), [Outcome.DONE] * 3)
    assert destinations(staged) == ["LaunchDarkly - shop / production", "LaunchDarkly - shop / staging"]
    assert staged.sandbox.breaches == []
    profile = walk.session
    assert list(environments_of(profile)) == ["shop/production", STAGING]
    assert {len(one.saved.made) for one in environments_of(profile).values()} == {len(profile.saved.made)}
    picked, _ = await looked(walk)
    assert picked.targets == ()  # they are set up, and have their own answers from now on


async def test_an_environment_with_a_space_of_its_own_gets_the_audiences_of_the_same_keys() -> None:
    staged = await at_review("happy")
    walk = staged.walk
    await reviewed(staged, STAGING)
    (development,) = staged.ask("other_spaces").choices(walk.state)
    assert walk.answer(staged.ask("other_spaces"), (development.value,)) == ""
    await walk.read()

    _, groups = await looked(walk)

    own, staging = (group.target for group in groups)
    assert development.label == "shop / staging ← Development"
    assert own_lines(staging, [own, staging], as_asked) == (
        "Only here: Space Development, Audiences VIP customers (dev)",
    )
    assert [change.action for change in groups[1].plan.changes] == [Action.CREATE] * 3
    assert set((await made(walk, groups))[STAGING]) == {Outcome.DONE}
    assert staged.sandbox.breaches == []


async def test_a_problem_of_another_environment_that_keeps_no_change_back_is_named() -> None:
    staged = await at_review("happy")
    walk = staged.walk
    walk.answer(staged.ask("server_side"), "yes")
    walk.answer(question(walk), (STAGING,))
    await walk.read()

    _, (own, staging) = await looked(walk)

    assert own.problem == ""
    assert staging.problem == "Shop / Staging has no persistent store."
    assert staging.can_be_applied


async def test_the_first_sync_is_done_once_each_environment_is_synced() -> None:
    staged = stage("happy")
    further_source(staged)
    _, groups = await reviewed(staged, STAGING)
    await made(staged.walk, groups)
    step = staged.walk.step(StepId.FIRST_SYNC)
    staged.walk.accept(step)
    assert mark_of(step, staged.walk) is Mark.IN_PROGRESS
    staging = other_followed_syncs(staged.walk)[0].walk
    staging.accept(staging.step(StepId.FIRST_SYNC))
    assert mark_of(step, staged.walk) is not Mark.IN_PROGRESS


async def test_what_is_set_up_is_not_offered_again() -> None:
    staged = stage("happy")
    further_source(staged)
    _, groups = await reviewed(staged, STAGING)
    await made(staged.walk, groups)

    offered = [choice.value for choice in to_add(staged.walk)]

    assert TEST in offered
    assert not {STAGING, "shop/production"} & set(offered)
    add(staged.walk, (TEST,))
    assert staged.walk.state.answers.other_environments == (STAGING, TEST)


async def test_before_an_environment_is_chosen_none_is_added() -> None:
    assert why_not(stage("happy").walk).startswith("Pick this setup's own environment first")


async def test_the_commands_know_what_was_picked_before_the_first_yes(tmp_path: Path) -> None:
    staged = stage("happy", session=Session(tmp_path / "home" / "default", stage("happy").clock))
    await reviewed(staged, STAGING)
    staged.walk.keep()

    known = environments_of(Session(tmp_path / "home" / "default", staged.clock))

    assert list(known) == ["shop/production", STAGING]
    own, staging = (one.saved.answers for one in known.values())
    assert (staging.project, staging.environment, staging.client_side_id) == ("shop", "staging", "")
    assert (staging.audiences, staging.destination) == (own.audiences, "")


async def test_the_own_environment_is_no_other_one() -> None:
    staged = await at_review("happy")
    await reviewed(staged, STAGING)
    walk = staged.walk
    place = next(one for one in staged.ask("environment").choices(walk.state) if one.detail == "shop / staging")

    walk.answer(staged.ask("environment"), place.value)

    assert walk.state.answers.other_environments == ()
    assert place.value not in [one.search for one in question(walk).choices(walk.state)]


@pytest.mark.parametrize("fails", ["production", "staging"])
async def test_a_failure_in_one_leaves_the_others_done_and_the_next_review_has_what_is_left(fails: str) -> None:
    staged = stage("happy")
    further_source(staged)
    walk = staged.walk
    _, groups = await reviewed(staged, STAGING)
    failing = next(group for group in groups if group.title.endswith(fails))
    at = groups.index(failing)

    await made(walk, groups[:at] + groups[at + 1 :])
    _, again = await looked(walk)

    left = [group.title for group in again if group.can_be_applied]
    assert left == [failing.title]


async def test_the_first_syncs_of_all_are_followed_with_one_list_call_each() -> None:
    staged = stage("happy", clock=in_minutes())
    further_source(staged)
    walk = staged.walk
    _, groups = await reviewed(staged, STAGING)
    await made(walk, groups)
    walk.session.keep(walk.answers_to_save, tuple(StepId)[:-1])

    (staging,) = other_followed_syncs(walk)
    looks = [progress async for progress in staging.poll()]

    assert staging.is_there
    assert staging.title == "shop / staging"
    polls = staged.calls("GET", "/api/v2/segments/shop/staging")
    assert 0 < polls <= 2 * len(looks) + 3
    assert other_followed_syncs(walk) == ()  # watched to its end


async def test_a_plan_that_is_only_shown_records_nothing() -> None:
    staged = await at_review("happy")
    picked, _ = await reviewed(staged, STAGING)

    shown = picked.groups(review_for_display)

    assert [group.reviewed.basis for group in shown] == [{}, {}]
    assert picked.update_targets() is False


async def test_another_environments_destination_is_not_this_ones_whatever_it_is_called() -> None:
    staged = await at_review("happy")
    _, groups = await reviewed(staged, STAGING)
    await made(staged.walk, groups)
    staging = groups[1].target.walk
    [made_here] = [one for one in listed(staging.state.facts.destinations) if one.client_side_id]
    staging.record("destinations", (replace(made_here, name="LaunchDarkly - shop / staging"),))

    assert chosen_destination(staging.state.facts, replace(staging.state.answers, destination="")) is None
    assert chosen_destination(staged.walk.state.facts, staged.walk.state.answers) == made_here


async def test_the_closing_text_tells_what_is_set_up_from_what_is_set_up_in_part() -> None:
    staged = stage("happy")
    further_source(staged)
    _, groups = await reviewed(staged, STAGING)
    await made(staged.walk, groups)
    assert "Also set up: shop/staging." in summary(staged.walk, "audience-wizard")

    session = groups[1].target.walk.session
    session.saved = replace(session.saved, accepted=())

    assert "Set up in part: shop/staging." in summary(staged.walk, "audience-wizard")


async def test_each_environments_made_token_is_kept_and_read_with_by_the_next_run_too() -> None:
    staged = stage("make-token")
    staged.walk.ports = replace(staged.walk.ports, vault=(vault := Keyring(_admins(staged))))
    further_source(staged)
    walk = staged.walk
    _, groups = await reviewed(staged, STAGING)
    assert set(await made(walk, groups)) == {"shop/production", STAGING}

    assert list(vault.entry) == ["launchdarkly_token@shop/production", f"launchdarkly_token@{STAGING}"]
    again = stage_on(staged.sandbox, vault=vault, session=walk.session).walk
    again.resume()
    await load_secrets(again)
    for each in (walk, again):
        assert _token(each) == vault.entry["launchdarkly_token@shop/production"]
        assert [_token(one.walk) for one in other_followed_syncs(each)] == [
            vault.entry[f"launchdarkly_token@{STAGING}"]
        ]
    again.state = again.state.with_token(LAUNCHDARKLY_TOKEN, read_paste("api-pasted"))
    again.take(replace(again.state.answers, keep_secrets=True))
    again.state = replace(again.state, sandbox="")
    await keep_secrets(again)
    assert vault.entry["launchdarkly_token@shop/production"] == "api-pasted"


def _admins(staged: Staged) -> dict[str, tuple[str, str]]:
    tokens = staged.sandbox.tokens
    return {
        "launchdarkly_admin_token": (tokens.launchdarkly_admin_token, "LAUNCHDARKLY_ADMIN_TOKEN"),
        "segment_token": (tokens.segment_public_api_token, "SEGMENT_PUBLIC_API_TOKEN"),
    }


def _token(walk: Walk) -> str:
    token = walk.state.secrets.launchdarkly_token
    return token.get_secret_value() if token else ""


async def test_the_requests_behind_a_finding_are_those_of_its_own_environment() -> None:
    staged = stage("happy")
    _, (own, staging) = await reviewed(staged, STAGING)
    ids = {one.target.name: one.target.walk.state.answers.client_side_id for one in (own, staging)}
    for group, other in ((own, staging), (staging, own)):
        walk = group.target.walk
        shown = [one.curl for finding in walk.findings for one in requests_behind(finding, walk.ports.requests)]
        assert any(ids[group.target.name] in one or group.target.name in one for one in shown)
        assert not any(ids[other.target.name] in one or other.target.name in one for one in shown)


def test_a_command_that_another_environments_page_shows_is_about_that_environment() -> None:
    """In the sandbox, no option is added: its profile keeps no environments that a command could name."""
    walk = stage("happy").walk
    session = walk.session.of_target(STAGING)
    assert fork_of(walk, session, walk.state.answers).ports.options == walk.ports.options
    walk.ports = replace(walk.ports, sandbox="", options=" --no-keyring")
    fork = fork_of(walk, session, walk.state.answers)
    assert fork.ports.options == " --no-keyring --target shop/staging"
    assert (
        fork_of(fork, walk.session.of_target(TEST), walk.state.answers).ports.options
        == " --no-keyring --target shop/test"
    )
