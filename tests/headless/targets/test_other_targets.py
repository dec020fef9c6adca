"""`watch`, `doctor` and `undo` for several environments, and the sandbox's scenarios with several."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock, in_minutes
from tests.headless.runs import SETUP, World, applied, tokens
from tests.headless.targets.test_apply_targets import destinations, further_source
from tests.headless.targets.worlds import SHARED, THREE, TWO
from tests.walks import stage_on
from wizard.cli import main
from wizard.command_line.settings import Settings
from wizard.domain.answers import Answers
from wizard.domain.step_id import StepId
from wizard.flow.guide import other_environments
from wizard.flow.profile.session import Session
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.run import COMMANDS, run_walk
from wizard.sandbox.app import Sandbox
from wizard.wiring import build_walk

ONE_SPACE = SHARED + '[[targets]]\nenvironment = "production"\n[[targets]]\nenvironment = "staging"\n'


async def test_the_first_syncs_are_followed_side_by_side_and_the_last_line_is_about_all(tmp_path: Path) -> None:
    world = World(tmp_path, clock=in_minutes())
    further_source(world)

    ran = await world.run("apply", setup=ONE_SPACE, watch=True)

    assert ran.code == 0, ran.err
    events = ran.documents[1:]
    assert Counter(one["event"] for one in events if one["event"] != "stage") == {"target": 2, "result": 1}
    end = events[-1]
    assert (end["event"], end["outcome"]) == ("result", "appeared")
    assert {(one["target"], one["members"]) for one in end["segments"]} == {
        ("shop/production", 1234),
        ("shop/staging", 1234),
    }
    assert world.breaches == []  # although both read the same audience


async def test_lines_of_a_watch_begin_with_their_environment(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)
    world.clock.at_least = 60.0

    ran = await world.run("watch", setup=None, as_json=False)

    assert ran.code == 0
    lines = [line for line in ran.out.splitlines() if line]
    assert all(line.startswith(("shop/production: ", "shop/staging: ")) for line in lines)
    assert "shop/staging: Next: audience-wizard doctor --target shop/staging" in lines


async def test_a_watch_of_what_is_not_applied_ends_at_once_for_that_one(tmp_path: Path) -> None:
    world = World(tmp_path, clock=in_minutes())
    await world.run("apply", setup=TWO, target="shop/staging")

    ran = await world.run("watch", setup=TWO)

    assert ran.code == 1
    outcomes = {one["target"]: one["outcome"] for one in ran.documents[-1]["targets"]}
    assert outcomes == {"shop/production": "failed", "shop/staging": "appeared"}


async def test_doctor_judges_each_environment_and_is_healthy_only_when_all_are(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO, watch=True)

    ran = await world.run("doctor", setup=TWO)
    assert (ran.code, ran.document["healthy"]) == (0, True)

    workspace = world.sandbox.world.workspaces[0]
    next(one for one in workspace.destinations.values() if "staging" in one.name).enabled = False
    ran = await world.run("doctor", setup=None)
    assert (ran.code, ran.document["healthy"]) == (1, False)
    assert {one["target"]: one["healthy"] for one in ran.document["targets"]} == {
        "shop/production": True,
        "shop/staging": False,
    }
    failed = [(one["target"], one["id"]) for one in ran.document["checks"] if one["status"] == "fail"]
    assert failed == [("shop/staging", "destination.enabled")]


async def test_since_last_is_one_line_for_each_environment(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)

    ran = await world.run("doctor", setup=TWO, as_json=False, since_last=True)

    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["shop / production", "shop / staging"]


async def test_since_last_says_a_targets_own_name_beside_its_place(tmp_path: Path) -> None:
    named = TWO.replace('environment = "staging"', 'environment = "staging"\nname = "acceptance"')
    world = await applied(tmp_path, named)

    ran = await world.run("doctor", setup=named, as_json=False, since_last=True)

    line = ran.out.splitlines()[1]
    assert line.startswith("shop / staging, called acceptance: ")
    assert line.endswith("This is the first run, so it has nothing to compare with.")


async def test_a_report_has_the_page_of_each_environment(tmp_path: Path) -> None:
    world, report = await applied(tmp_path, TWO), tmp_path / "report.md"

    await world.run("doctor", setup=TWO, report=report)

    text = report.read_text()
    assert text.count("# Audience Wizard: support report") == 2


async def test_undo_takes_back_all_or_one_after_one_yes(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)

    ran = await world.run("undo", setup=None, target="shop/staging")
    assert ran.code == 0
    assert destinations(world) == ["LaunchDarkly - shop / production"]

    await world.run("apply", setup=None)
    ran = await world.run("undo", setup=None, typed="yes")
    assert "Undo 8 items?" in ran.err
    assert {one["exit_code"] for one in ran.document["targets"]} == {0}
    assert destinations(world) == []


async def test_undo_without_a_terminal_shows_every_environment_and_refuses(tmp_path: Path) -> None:
    world = await applied(tmp_path, TWO)
    ran = await world.run("undo", setup=None, yes=False)
    assert ran.code == 2
    assert ran.err.index("shop/staging:") < ran.err.index("To say yes in advance")


async def test_undo_takes_back_what_was_made_before_there_were_several(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run("apply", setup=SETUP)
    await world.run("apply", setup=TWO)

    ran = await world.run("undo", setup=None)

    assert ran.code == 0
    assert {one["target"] for one in ran.document["results"]} == {"shop/staging", None}
    assert destinations(world) == []


async def test_a_variable_with_one_environments_id_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    production = world.sandbox.world.accounts[0].projects["shop"].environments["production"].id
    world.vault = tokens(world, client_side_id=production)

    ran = await world.run("plan", setup=TWO)

    assert ran.code == 2
    assert "LAUNCHDARKLY_CLIENT_SIDE_ID belongs to shop / production, not to shop / staging" in ran.err
    assert "unset LAUNCHDARKLY_CLIENT_SIDE_ID, or name its environment with --target." in ran.err
    only_its_own = await world.run("plan", setup=TWO, target="shop/production")
    assert only_its_own.code == 4, only_its_own.err


async def test_targets_of_a_profile_are_kept_beside_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run("apply", setup=THREE)

    folders = {f"default@{one}" for one in ("qa", "shop+production", "shop+staging")}
    assert {one for one in os.listdir(tmp_path) if one.startswith("default@")} == folders
    assert world.session().saved.targets == ("shop/production", "shop/staging", "qa")


@pytest.mark.parametrize(("scenario", "spaces"), [("environments", 2), ("shared-space", 1)])
def test_a_world_of_several_environments_comes_with_them(scenario: str, spaces: int) -> None:
    session: Session = build_walk(Settings(environ={}, sandbox=scenario)).session

    answers = [session.of_target(name).saved.answers for name in session.saved.targets]
    assert len({one.client_side_id for one in answers}) == 2
    assert len({one.space for one in answers}) == spaces


async def test_a_wait_is_about_all_environments_and_reported_once(tmp_path: Path) -> None:
    world = World(tmp_path, "rate-limited")
    await world.run("apply", setup=TWO)
    world.clock.at_least = 60.0

    ran = await world.run("watch", setup=None)

    waits = [one for one in ran.documents if one["event"] == "waiting"]
    assert waits
    assert not any("target" in one for one in waits)


async def test_a_command_for_one_environment_names_it_once(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("doctor", setup=TWO, as_json=False, common=" --sandbox happy")

    ends = [line for line in ran.out.splitlines() if line.startswith("Next: ") and "--target" in line]
    assert ends
    assert all(line.count("--sandbox happy") == 1 and line.count("--target") == 1 for line in ends)


@pytest.mark.parametrize(
    ("target", "others"),
    [
        ("", "shop/staging, shop/test."),
        ("listed", "shop/staging, shop/test."),
        ("shop/staging", "shop/production, shop/test."),
        ("shop/production", "shop/st"),
    ],
)
def test_the_other_environments_are_all_but_this_one(tmp_path: Path, target: str, others: str) -> None:
    profile = Session(tmp_path / "default", FakeClock())
    production = Answers(project="shop", environment="production", client_side_id="id_production")
    profile.keep(production, (StepId.REVIEW,))
    for name in (
        "shop/staging",
        "shop/test",
        *(["shop/production"] if target in {"listed", "shop/production"} else []),
    ):
        project, environment = name.split("/")
        there = Answers(project=project, environment=environment, client_side_id=f"id_{environment}")
        profile.of_target(name).keep(there, (StepId.REVIEW,))
        profile.keep_targets((*profile.saved.targets, name))
    session = profile.of_target(target) if "/" in target else profile

    said = other_environments(stage_on(Sandbox("happy", FakeClock(auto=True)), session=session).walk)

    assert f"2 other environments: {others}" in said


def test_the_wizard_opens_one_environment_or_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    of_world = Settings(environ={}, sandbox="environments")

    walk = build_walk(replace(of_world, target="shop/staging"))
    assert walk.session.target == "shop/staging"
    assert walk.ports.options == " --target shop/staging --sandbox environments"
    assert other_environments(walk) == (
        "This profile has 1 other environment: shop/production. All in one go: "
        "audience-wizard apply --sandbox environments. To open one: "
        "audience-wizard --sandbox environments --target shop/production"
    )

    assert other_environments(build_walk(of_world)) == (
        "This profile has 2 other environments: shop/production, shop/staging. All in one go: "
        "audience-wizard apply --sandbox environments. To open one: "
        "audience-wizard --sandbox environments --target shop/production"
    )
    happy = build_walk(Settings(environ={}, sandbox="happy"))
    happy.session.keep(Answers(other_environments=("shop/staging",)), ())
    assert other_environments(happy) == "This profile has 1 other environment: shop/staging."

    assert main(["--sandbox", "environments", "--target", "shop/stagign", "--plain"]) == 2
    said = capsys.readouterr().err
    assert "no environment shop/stagign. Did you mean shop/staging? Its environments: shop/production" in said


async def test_a_problem_of_all_environments_is_reported_once(tmp_path: Path) -> None:
    world = World(tmp_path, "expired-token")

    ran = await world.run("doctor", setup=TWO, as_json=False)

    lines = ran.out.splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith("Failed: ") and "(launchdarkly." in line]
    assert lines[at[1] + 1] == "  As in shop/production."
    assert sum(line.startswith("Prerequisites ") for line in lines) == 2
    assert not any(lines[number + 1].startswith("  As in") for number, line in enumerate(lines) if "✓" in line)


class _Leaves(io.StringIO):
    """An output at whose first line someone presses Ctrl+C."""

    def write(self, text: str) -> int:
        task = asyncio.current_task()
        if task is not None and not self.getvalue():
            asyncio.get_running_loop().call_soon(self.leave)
        return super().write(text)

    def leave(self) -> None:
        raise NotImplementedError


async def test_a_user_who_leaves_a_watch_gets_the_last_line_about_all(tmp_path: Path) -> None:
    world, out = await applied(tmp_path, TWO), _Leaves()
    staged = stage_on(world.sandbox, vault=None, session=world.session())
    options = Options(config=world.setup(TWO), as_json=True)
    watching = asyncio.create_task(
        run_walk(COMMANDS["watch"](), staged.walk, options, Output(out, io.StringIO(), as_json=True))
    )
    out.leave = watching.cancel  # type: ignore[assignment,method-assign]

    with pytest.raises(asyncio.CancelledError):
        await watching

    end = json.loads(out.getvalue().splitlines()[-1])
    assert (end["event"], end["interrupted"], end["outcome"]) == ("result", True, "timeout")
    assert [one["target"] for one in end["targets"]] == ["shop/production", "shop/staging"]


async def test_environments_that_were_added_to_a_setup_stand_beside_it(tmp_path: Path) -> None:
    world = await applied(tmp_path, SETUP)
    session, staging = world.session(), world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
    own = replace(session.saved.answers, environment="staging", client_side_id=staging, destination="")
    session.of_target("shop/staging").keep(own, ())
    session.keep_targets(("shop/staging",))

    ran = await world.run("plan", setup=None)
    assert {(one["target"], one["action"]) for one in ran.document["changes"] if one["id"] == "destination"} == {
        ("shop/production", "none"),
        ("shop/staging", "by_hand"),
    }
    assert (await world.run("plan", setup=None, target="shop/production")).code == 0

    ran = await world.run("undo", setup=None)
    assert {one["target"] for one in ran.document["results"]} == {"shop/production"}
    assert destinations(world) == []
