"""`watch`: one line for each change of a stage and one for the result; leaving and watching again are safe."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock, in_minutes
from tests.faulty import Fault, with_fault
from tests.headless.commands.test_doctor import Slow
from tests.headless.runs import SETUP, World, applied, tokens
from tests.walks import stage_on
from wizard.clock import yield_to_event_loop
from wizard.flow.profile.session import Session
from wizard.headless.commands.watch_command import watch_sync
from wizard.headless.options import Options
from wizard.headless.printing.documents import moment
from wizard.headless.printing.output import Output
from wizard.sandbox.faults import MUTE_ANSWERS
from wizard.sandbox.state.account import Flag, Rule
from wizard.wiring import answers_of

STAGE_KEYS = {
    *("schema", "event", "stage", "state", "at", "elapsed_s", "detail", "audience", "usual", "causes", "next"),
    *("notes", "candidates"),
}
RESULT_KEYS = {"schema", "event", "outcome", "at", "elapsed_s", "segments", "test_user", "next_steps", "trouble"}
SEGMENT_KEYS = {"audience", "key", "name", "members", "url", "audience_size", "about_members", "notes"}
HOPS = ["attached", "computed", "delivered", "visible", "counted", "member"]


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A world after an apply, in which a watch polls once a minute."""
    world = await applied(tmp_path)
    world.clock.at_least = 60.0
    return world


async def test_it_sees_the_segment_and_writes_a_line_only_when_a_stage_changes(world: World) -> None:
    ran = await world.run("watch")

    *stages, result = ran.documents
    assert ran.code == 0
    assert all(set(stage) == STAGE_KEYS for stage in stages)
    assert list(dict.fromkeys(stage["stage"] for stage in stages)) == HOPS
    assert set(result) == RESULT_KEYS
    assert (result["outcome"], result["event"]) == ("appeared", "result")
    (segment,) = result["segments"]
    assert set(segment) == SEGMENT_KEYS
    assert (segment["audience"], segment["name"], segment["members"]) == ("vip_customers", "Vip customers", 1234)
    assert segment["about_members"] == "As many as the audience has."
    assert result["test_user"] is None
    assert any("No flag uses Vip customers yet" in step for step in result["next_steps"])
    told: dict[str, list[tuple[str, str]]] = {}
    for stage in stages:
        told.setdefault(stage["stage"], []).append((stage["state"], stage["detail"]))
    assert all(before != after for seen in told.values() for before, after in pairwise(seen))
    assert [state for state, _ in told["attached"]] == ["done"]
    assert [state for state, _ in told["visible"]] == ["waiting", "done"]
    assert [state for state, _ in told["counted"]].count("done") == 1
    assert world.breaches == []


async def test_the_end_says_what_the_flag_serves_to_the_test_user(world: World) -> None:
    saved = world.session()
    saved.keep(replace(saved.saved.answers, test_user="user-0001", flag="new-checkout"), saved.saved.accepted)
    shop = world.sandbox.world.accounts[0].projects["shop"].environments["production"]
    audience = next(one for one in world.sandbox.world.workspaces[0].audiences.values() if one.key == "vip_customers")
    rules = [Rule("nobody"), Rule(f"segment-audiences-{audience.id}", "blue")]
    shop.flags["new-checkout"] = Flag("new-checkout", rules=rules)

    result = (await world.run("watch", setup=None)).documents[-1]

    assert 'The flag new-checkout serves "blue" to user-0001 (rule 2).' in result["next_steps"]
    assert any("without a persistent store would give another answer" in step for step in result["next_steps"])
    assert world.breaches == []


@pytest.mark.parametrize(
    ("user", "is_member", "said"), [("user-0001", True, "is a member"), ("nobody", False, "isn't a member")]
)
async def test_the_test_user_of_the_wizards_session_is_followed(
    world: World, user: str, is_member: bool, said: str
) -> None:
    session = world.session()
    session.keep(replace(session.saved.answers, test_user=user), session.saved.accepted)

    ran = await world.run("watch")
    told = await world.run("watch", as_json=False, timeout_s=60)

    assert (ran.code, ran.documents[-1]["outcome"]) == (0, "appeared")
    assert ran.documents[-1]["test_user"] == {"key": user, "member": is_member}
    late = [stage for stage in ran.documents[:-1] if stage["state"] == "late"]
    assert [stage["stage"] for stage in late] == ([] if is_member else ["member"])
    assert all(stage["causes"] and stage["next"] for stage in late)
    assert said in told.out
    assert world.breaches == []


async def test_each_audience_has_its_own_lines(tmp_path: Path) -> None:
    world = World(tmp_path)
    two = SETUP.replace('"vip_customers"', '"vip_customers", "new_signups"')
    await world.run("apply", setup=two)
    world.clock.at_least = 60.0

    ran = await world.run("watch", setup=two)

    assert {stage["audience"] for stage in ran.documents[:-1]} == {"vip_customers", "new_signups"}
    assert len(ran.documents[-1]["segments"]) == 2


async def test_time_that_runs_out_is_no_verdict_and_it_goes_on_from_there(world: World) -> None:
    early = await world.run("watch", timeout_s=90)
    late = await world.run("watch", setup=None)

    assert (early.code, early.documents[-1]["outcome"]) == (3, "timeout")
    assert early.documents[-1]["segments"] == []
    assert (late.code, late.documents[-1]["outcome"]) == (0, "appeared")
    assert late.documents[-1]["elapsed_s"] > 90


async def test_what_waiting_will_not_fix_ends_it(world: World) -> None:
    next(
        one for one in world.sandbox.world.workspaces[0].audiences.values() if one.key == "vip_customers"
    ).enabled = False

    ran = await world.run("watch")

    assert (ran.code, ran.documents[-1]["outcome"]) == (1, "failed")
    stuck = next(stage for stage in ran.documents[:-1] if stage["state"] == "stuck")
    assert stuck["causes"][0]["check"] == "audience.enabled"
    assert stuck["next"] == stuck["causes"][0]["fix"]


async def test_for_people_one_printed_line_for_each_change(world: World) -> None:
    ran = await world.run("watch", as_json=False)

    assert ran.code == 0
    assert "Visible in LaunchDarkly: done" in ran.out
    assert "Members: 1,234\n" in ran.out
    assert "Members over time: " in ran.out
    assert "Next steps for your app:" in ran.out
    assert "\r" not in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_user_who_leaves_is_told_where_things_stand(world: World, as_json: bool) -> None:
    world.clock.auto = False
    staged = stage_on(world.sandbox, session=world.session())
    out, err = io.StringIO(), io.StringIO()
    options = Options(config=world.setup(), as_json=as_json)
    task = asyncio.create_task(watch_sync(staged.walk, options, Output(out, err, as_json)))
    while not world.clock.sleepers:
        await world.clock.settle(1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    said = err if as_json else out
    assert "Next: audience-wizard watch -c " in said.getvalue()
    assert "\nAttached to the audience: done\n" in said.getvalue()
    await staged.walk.close()


@pytest.mark.parametrize("rings", [True, False])
async def test_at_a_terminal_the_bell_tells_that_it_is_over(world: World, rings: bool) -> None:
    staged = stage_on(world.sandbox, session=world.session())
    out, err = io.StringIO(), io.StringIO()
    options = Options(config=world.setup(), timeout_s=60)
    await watch_sync(staged.walk, options, Output(out, err, rings=rings))
    assert err.getvalue().count("\a") == rings
    assert "\a" not in out.getvalue()
    await staged.walk.close()


async def test_what_may_be_the_segment_is_in_the_stage_as_it_happens(world: World) -> None:
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    await world.run("watch")
    segment = next(one for one in segments.values() if one.external == "segment-audiences")
    segment.key, segment.name = "5f3c", "Someone renamed it"

    world.clock.at_least = 0.0

    ran = await world.run("watch", timeout_s=30)

    (visible,) = (one for one in ran.documents[:-1] if one["stage"] == "visible")
    assert visible["candidates"] == [{"key": "5f3c", "name": "Someone renamed it"}]
    assert visible["notes"] == ["The segment is gone. Someone deleted it in LaunchDarkly."]


async def test_a_user_who_waits_long_is_told_now_and_then_that_it_is_still_watched(world: World) -> None:
    world.clock.auto = False
    staged = stage_on(world.sandbox, session=world.session())
    stopwatch = FakeClock()
    staged.walk.ports = replace(staged.walk.ports, stopwatch=stopwatch)
    out = io.StringIO()
    options = Options(config=world.setup())
    task = asyncio.create_task(watch_sync(staged.walk, options, Output(out, io.StringIO())))
    while not world.clock.sleepers:
        await world.clock.settle(1)
        await stopwatch.advance(0.1)
    await stopwatch.advance(11 * 60)

    assert out.getvalue().count("Watched for ") == 2
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await staged.walk.close()


async def test_with_a_token_that_launchdarkly_does_not_know_nothing_is_watched(world: World) -> None:
    world.vault = tokens(world, launchdarkly_token="api-00000000-0000-4000-8000-000000000000")

    ran = await world.run("watch", timeout_s=60)

    assert (ran.code, ran.document["event"], ran.document["outcome"]) == (3, "result", "timeout")
    assert "(launchdarkly.token.valid)" in ran.err


async def test_with_a_token_that_segment_does_not_know_nothing_is_watched(world: World) -> None:
    world.vault = tokens(world, segment_token="sgp_" + "0" * 60)

    ran = await world.run("watch")

    assert (ran.code, ran.document["outcome"], ran.document["elapsed_s"]) == (3, "timeout", 0.0)
    assert "(segment.token.valid)" in ran.err


async def test_with_a_token_that_may_not_read_audiences_nothing_is_watched(tmp_path: Path) -> None:
    ran = await World(tmp_path, "member-token").run("watch")

    assert (ran.code, ran.document["elapsed_s"]) == (3, 0.0)
    assert "(segment.token.permissions)" in ran.err


async def test_a_sync_that_is_late_is_troubleshot_and_not_only_watched_on(tmp_path: Path) -> None:
    world = World(tmp_path, "switches-off", in_minutes())
    session = _of_the_scenario(world)

    ran = await world.run("watch", setup=None, session=session, as_json=False)

    assert ran.code == 3
    assert ran.out.splitlines()[-1] == "Next: audience-wizard troubleshoot never-appeared"


async def test_a_segment_that_lost_its_members_is_not_done(tmp_path: Path) -> None:
    ran = await World(tmp_path, "segment-made-again", in_minutes()).run("watch", as_json=False)

    assert ran.code == 1
    assert "44 of 1,234: the others were members before it was deleted" in ran.out
    assert "It may still come" not in ran.out, "why it doesn't is known"
    assert "Next steps for your app" not in ran.out, "the sync comes first"
    assert "audience-wizard doctor" in ran.out.splitlines()[-1]


async def test_a_space_without_the_audience_is_said_to_be_that(tmp_path: Path) -> None:
    world = World(tmp_path, "empty-space", in_minutes())
    watched, planned = [
        await world.run(name, setup=SETUP.replace('"vip_customers"', ""), as_json=False) for name in ("watch", "plan")
    ]
    assert watched.code == 3
    assert "the space has no audience of this setup." in watched.err
    assert "Next: audience-wizard doctor" in watched.err
    assert "This setup has no audience, so nothing syncs until it has one." in planned.out


async def test_a_connection_that_is_off_holds_up_the_sync_and_is_said_with_its_fix(tmp_path: Path) -> None:
    ran = await World(tmp_path, "paused", in_minutes()).run("watch", as_json=False)

    assert ran.code == 1
    assert "Attached to the audience: stuck, switched off in Segment" in ran.out
    assert "VIP customers → the destination → switch on Connect to destination." in ran.out
    assert "while the connection is off, nobody is added or removed" in ran.out


async def test_members_that_launchdarkly_took_and_counts_late_are_not_said_to_be_missing(tmp_path: Path) -> None:
    ran = await World(tmp_path, "counted-late", in_minutes()).run("watch", as_json=False)
    assert "LaunchDarkly accepted what Segment sent, but counts none" in ran.out


@pytest.mark.parametrize("service", ["launchdarkly", "segment"])
async def test_a_service_that_gives_no_answer_is_no_verdict_and_once_it_answers_the_watch_ends(
    world: World, service: str
) -> None:
    for how in MUTE_ANSWERS:
        world.sandbox.world.mute[service] = how
        silent = await world.run("watch", setup=None, timeout_s=120)

        *stages, result = silent.documents
        assert (silent.code, result["outcome"], result["segments"]) == (3, "timeout", []), how
        assert not any(stage["state"] == "stuck" for stage in stages), how
        assert result["trouble"], how

    world.sandbox.world.mute.clear()
    again = await world.run("watch", setup=None)
    assert (again.code, again.documents[-1]["outcome"], again.documents[-1]["trouble"]) == (0, "appeared", None)


async def test_an_environment_that_nobody_could_read_leaves_no_gap_in_the_sentence(world: World) -> None:
    world.sandbox.world.mute["launchdarkly"] = "503"

    ran = await world.run("watch", as_json=False, timeout_s=60)

    assert "Watching the first sync for 1 min" in ran.err


@pytest.mark.parametrize("service", ["LaunchDarkly", "Twilio Segment"])
async def test_people_are_told_once_that_nobody_could_look(world: World, service: str) -> None:
    world.sandbox.world.mute["segment" if "Segment" in service else "launchdarkly"] = "503"

    ran = await world.run("watch", setup=None, as_json=False, timeout_s=300)

    assert ran.code == 3
    assert ran.out.count(f"Not checked: {service} has a problem.\n") == 1
    assert f"Not checked: {service} has a problem. We can't tell whether" in ran.out
    assert ("we couldn't look for its segment" in ran.out) is (service == "LaunchDarkly")
    assert "deleted" not in ran.out


async def test_a_segment_that_says_nothing_at_the_beginning_is_not_waited_for(world: World) -> None:
    world.clock.auto, world.stopwatch = False, world.clock
    began = world.clock.monotonic()

    async def pass_time() -> None:
        while True:
            await world.clock.advance(1)

    passing = asyncio.create_task(pass_time())
    ran = await world.run("watch", wrap=lambda inner: Slow(inner, world), timeout_s=10)
    passing.cancel()

    assert world.clock.monotonic() - began < 120
    assert (ran.code, ran.document["outcome"]) == (3, "timeout")


async def test_nothing_to_watch_is_said(tmp_path: Path) -> None:
    world = World(tmp_path, "outage")

    ran = await world.run("watch", setup=SETUP.replace('project = "shop"\nenvironment = "production"', ""))

    assert (ran.code, ran.document["outcome"]) == (1, "failed")  # Segment has no destination at all


def test_moments_are_in_utc() -> None:
    assert moment(datetime.fromisoformat("2026-09-01T14:00:00.25+02:00")) == "2026-09-01T12:00:00.250Z"


async def test_a_setup_that_was_never_applied_is_told_to_be_applied(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("watch", as_json=False)

    assert ran.code == 1
    assert "this setup isn't applied" in ran.err
    assert ran.err.splitlines()[-1].startswith("Next: audience-wizard apply -c ")
    assert "Add destination" not in ran.out + ran.err


async def test_a_refused_token_is_what_keeps_a_sync_from_being_watched(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, launchdarkly_token="api-00000000-0000-4000-8000-000000000000")

    ran = await world.run("watch", as_json=False)

    assert ran.code == 3
    assert ran.err.startswith("We can't watch the first sync: LaunchDarkly refuses the token.")
    assert "no audience" not in ran.err


async def test_a_setup_left_half_way_is_told_to_be_applied_and_not_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path, "resume")

    ran = await world.run("watch", setup=None, session=_of_the_scenario(world))

    assert (ran.code, ran.document["outcome"]) == (1, "failed")
    assert ran.document["trouble"] == (
        "Nothing to watch: VIP customers isn't attached to the destination in Segment, so Segment sends nothing."
    )
    assert ran.err.splitlines()[-1] == "Next: audience-wizard apply"


async def test_a_person_s_step_is_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path, "attach-needs-app")

    ran = await world.run("watch", setup=None, session=_of_the_scenario(world), after_setup=True, timeout_s=60.0)

    assert (ran.code, ran.documents[-1]["outcome"]) == (3, "timeout")


async def test_in_the_sandbox_the_setup_is_made_first(tmp_path: Path) -> None:
    world = World(tmp_path, clock=FakeClock(auto=True, at_least=30.0))

    ran = await world.run("watch", setup=None, session=_of_the_scenario(world), after_setup=True)

    assert ran.code == 0
    assert "Watching shop / production (sandbox, after the setup)" in ran.err
    assert ran.documents[0]["elapsed_s"] < 60.0  # the sync is watched from its beginning


def _of_the_scenario(world: World) -> Session:
    """Return a session as `--sandbox` gives it: the scenario's answers, nothing on disk."""
    session = Session(None, world.clock)
    session.saved = replace(session.saved, answers=answers_of(world.sandbox))
    return session


async def test_a_setup_whose_destination_is_gone_was_applied(world: World) -> None:
    workspace = world.sandbox.world.workspaces[0]
    workspace.connections.clear()
    workspace.destinations.clear()

    ran = await world.run("watch", timeout_s=60.0)

    assert ran.code == 3
    assert "isn't applied" not in ran.err
    assert ran.documents[0]["event"] == "stage"


async def test_a_user_who_interrupts_a_watch_in_json_gets_its_result_line(world: World) -> None:
    staged = stage_on(world.sandbox, session=world.session())
    out, err = io.StringIO(), io.StringIO()
    options = Options(config=world.setup(), as_json=True)
    task = asyncio.create_task(watch_sync(staged.walk, options, Output(out, err, as_json=True)))
    while not out.getvalue():
        await yield_to_event_loop()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    last = json.loads(out.getvalue().splitlines()[-1])
    assert (last["event"], last["outcome"], last["interrupted"]) == ("result", "timeout", True)
    assert "of simulated time. The sandbox ended too: its next run starts from the beginning." in err.getvalue()


async def test_a_wait_for_the_first_reads_is_told_to_scripts_as_it_happens(tmp_path: Path) -> None:
    world = await applied(tmp_path)

    ran = await world.run("watch", wrap=with_fault(Fault.TOO_MANY, "GET", ".*/caller-identity"))

    first = ran.documents[0]
    assert (first["event"], first["for"], first["seconds"] >= 7) == ("waiting", "rate limit", True)
    assert [one["event"] for one in ran.documents].count("waiting") == 1


async def test_a_policy_that_the_advice_names_stands_below_it_once(tmp_path: Path) -> None:
    refused, again = World(tmp_path / "text", "members-refused"), World(tmp_path / "json", "members-refused")
    told = await refused.run("watch", setup=None, session=_of_the_scenario(refused), after_setup=True, as_json=False)
    ran = await again.run("watch", setup=None, session=_of_the_scenario(again), after_setup=True)

    lines = [line.strip() for line in told.out.splitlines()]
    first, *_ = (number for number, line in enumerate(lines) if "with the policy below" in line)
    assert lines[first + 1 : first + 3] == ["Policy, to copy:", "["]
    assert lines.count("Policy, to copy:") == 1
    causes = [cause for line in ran.documents[:-1] for cause in line["causes"]]
    assert causes
    assert all(("policy below" in cause["fix"]) == ("policy" in cause) for cause in causes)
