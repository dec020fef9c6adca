"""`doctor`: it shows problems with their root cause first, in time, even if half of its answers are missing."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.headless.runs import SETUP, Ran, World, applied, tokens
from tests.headless.targets.worlds import TWO
from wizard.domain.checks.catalogue import CHECKS
from wizard.flow.watching.progress import WatchOutcome
from wizard.headless.commands.watch_command import offer
from wizard.headless.options import Options
from wizard.sandbox.state.account import Segment

CHECK_KEYS = {
    "id", "title", "status", "summary", "cause", "fix", "links", "evidence", "fixable", "duration_ms",
}  # fmt: skip
STATUSES = {"pass", "warn", "fail", "unknown", "skipped"}


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A world after an apply, with its segment."""
    return await applied(tmp_path, watch=True)


def checks(ran: Ran) -> dict[str, dict[str, Any]]:
    """Return the first finding of each check, by ID."""
    found: dict[str, dict[str, Any]] = {}
    for check in ran.document["checks"]:
        found.setdefault(check["id"], check)
    return found


async def test_a_setup_that_works_is_healthy(world: World) -> None:
    ran = await world.run("doctor")

    assert set(ran.document) == {"schema", "healthy", "checks"}
    assert all(set(check) == CHECK_KEYS for check in ran.document["checks"])
    assert {check["status"] for check in ran.document["checks"]} <= STATUSES
    assert [check["id"] for check in ran.document["checks"] if check["status"] == "fail"] == []
    assert (ran.code, ran.document["healthy"]) == (0, True)
    assert set(checks(ran)) == {check.id for check in CHECKS}
    assert all(isinstance(check["duration_ms"], int) for check in ran.document["checks"])
    assert world.breaches == []


async def test_it_writes_nothing_and_saves_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)

    await world.run("doctor")

    assert world.writes() == []
    assert not (tmp_path / "default").exists()


async def test_what_was_never_set_up_is_missing(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor")

    first = ran.document["checks"][0]
    assert (ran.code, ran.document["healthy"]) == (1, False)
    assert (first["id"], first["status"], first["fixable"]) == ("destination.exists", "fail", True)
    assert checks(ran)["mapping.exists"]["evidence"]["waits_for"] == "destination.exists"


async def test_root_causes_come_first(tmp_path: Path) -> None:
    ran = await World(tmp_path, "sdk-key-pasted").run("doctor")

    order = [check["status"] for check in ran.document["checks"]]
    assert ran.document["checks"][0]["id"] == "launchdarkly.token.kind"
    assert order == sorted(order, key=["fail", "warn", "unknown", "pass", "skipped"].index)
    assert not ran.document["checks"][0]["fixable"]


@pytest.mark.parametrize(
    ("scenario", "check"),
    [
        ("reader-token", "launchdarkly.token.permissions"),
        ("eu-account", "launchdarkly.instance"),
        ("destination-disabled", "destination.enabled"),
        ("mapping-disabled", "mapping.enabled"),
        ("no-engage", "segment.engage"),
    ],
)
async def test_a_scenario_is_found_by_the_check_that_names_it(tmp_path: Path, scenario: str, check: str) -> None:
    setup = SETUP.replace("[launchdarkly]", "[launchdarkly]\nask_other_instances = true")
    ran = await World(tmp_path, scenario).run("doctor", setup=setup)

    assert ran.code == 1
    assert checks(ran)[check]["status"] == "fail"


async def test_the_pair_is_judged_by_the_variable(tmp_path: Path) -> None:
    world = World(tmp_path, "wrong-pair")
    world.vault = tokens(world, client_side_id=world.sandbox.tokens.launchdarkly_client_side_id)

    ran = await world.run("doctor", setup=None)

    assert (ran.code, checks(ran)["launchdarkly.pair"]["status"]) == (1, "fail")


async def test_an_audience_that_does_not_exist_is_a_finding(world: World) -> None:
    ran = await world.run("doctor", setup=SETUP.replace("vip_customers", "vip_custmers"))

    assert (ran.code, checks(ran)["audience.exists"]["status"]) == (1, "fail")


@pytest.mark.parametrize("without", ["segment_token", "launchdarkly_token"])
async def test_without_a_token_that_side_is_unknown(world: World, without: str) -> None:
    world.vault = tokens(world, **{without: ""})
    side = without.partition("_")[0]

    ran = await world.run("doctor")

    mine = [check for check in ran.document["checks"] if check["id"].startswith(f"{side}.")]
    assert checks(ran)[f"{side}.token.kind"]["status"] == "unknown"
    assert {check["status"] for check in mine} <= {"unknown", "skipped", "pass"}
    assert (ran.code, ran.document["healthy"]) == (3, None)
    assert f"the variable {'LAUNCHDARKLY_ACCESS_TOKEN' if side == 'launchdarkly' else 'SEGMENT_PUBLIC'}" in ran.err


async def test_with_variables_only(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, client_side_id=world.sandbox.tokens.launchdarkly_client_side_id)

    ran = await world.run("doctor", setup=None)

    assert ran.code == 1
    assert checks(ran)["launchdarkly.pair"]["status"] == "pass"
    assert "audiences.include" in ran.err


async def test_with_nothing_at_all(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, segment_token="", launchdarkly_token="")

    ran = await world.run("doctor", setup=None)

    assert (ran.code, ran.document["healthy"]) == (3, None)


async def test_with_tokens_alone_every_answer_that_is_missing_is_to_be_provided(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", setup=None, as_json=False)

    assert "Unknown: Environment: nothing is set" in ran.out
    assert "Unknown: Audiences: nothing is set" in ran.out
    assert "Next: provide what's missing, then audience-wizard doctor" in ran.out


# --- what the profile remembers ----------------------------------------------------------------------------------


def the_segment(world: World) -> Segment:
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    return next(segment for segment in segments.values() if segment.external == "segment-audiences")


async def test_what_appeared_since_attaching_may_be_the_segment_as_watch_says_too(world: World) -> None:
    segment = the_segment(world)
    segment.key, segment.name = "5f3c", "Someone renamed it"
    (world.folder / "default" / "found.json").unlink()  # the profile has never seen it under another key

    ran = await world.run("doctor")
    watched = await world.run("watch", timeout_s=30)

    found = checks(ran)["sync.segment"]
    assert (ran.code, found["status"], found["evidence"]["candidates"]) == (3, "unknown", ["5f3c"])
    assert [stage["state"] for stage in watched.documents[:-1] if stage["stage"] == "visible"] == ["unknown"]


async def test_what_was_found_once_is_looked_into_whatever_it_is_called_now(world: World) -> None:
    segment = the_segment(world)
    segments = world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    segments["5f3c"] = segments.pop(segment.key)
    segment.key, segment.name = "5f3c", "Someone renamed it"
    world.session().found_segments.remember({"vip_customers": "5f3c"})

    found = checks(await world.run("doctor"))

    assert (found["sync.segment"]["status"], found["sync.delivery"]["status"]) == ("pass", "pass")
    assert found["launchdarkly.flags"]["summary"].startswith("No flag uses Someone renamed it yet.")


async def test_of_another_environment_the_profile_remembers_nothing(world: World) -> None:
    segment = the_segment(world)
    segment.key, segment.name = "5f3c", "Someone renamed it"
    session = world.session()
    session.keep(replace(session.saved.answers, environment="staging"), session.saved.accepted)

    ran = await world.run("doctor")

    assert "doesn't show the segment" in checks(ran)["sync.segment"]["summary"]


async def test_a_segment_that_was_there_when_attaching_began_was_deleted(world: World) -> None:
    segment = the_segment(world)
    session = world.session()
    session.begin_sync({segment.key: None}, attaches=True)
    world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments.clear()

    ran = await world.run("doctor")

    found = checks(ran)["sync.segment"]
    assert (ran.code, found["status"]) == (1, "fail")
    assert "was deleted in LaunchDarkly" in found["summary"]


@pytest.mark.parametrize("by", ['environment = "production"', "client_side_id"])
async def test_the_saved_test_user_is_asked_about_as_watch_does(world: World, by: str) -> None:
    session = world.session()
    session.keep(replace(session.saved.answers, test_user="nobody"), session.saved.accepted)
    client_side_id = world.sandbox.tokens.launchdarkly_client_side_id
    place = f'client_side_id = "{client_side_id}"' if by == "client_side_id" else f'project = "shop"\n{by}'

    ran = await world.run("doctor", setup=SETUP.replace('project = "shop"\nenvironment = "production"', place))

    found = checks(ran)["sync.test_user"]
    assert (found["status"], found["evidence"]["test_user"]) == ("warn", "nobody")
    assert (ran.code, ran.document["healthy"]) == (0, True)


# --- the network --------------------------------------------------------------------------------------------------


class Unreachable(httpx.AsyncBaseTransport):
    """A transport on which one host can't be reached."""

    def __init__(self, inner: httpx.AsyncBaseTransport, host: str) -> None:
        self._inner = inner
        self._host = host

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == self._host:
            raise httpx.ConnectError("no route", request=request)
        return await self._inner.handle_async_request(request)


async def test_a_host_that_cannot_be_reached_skips_the_rest_of_its_side(world: World) -> None:
    ran = await world.run("doctor", wrap=lambda inner: Unreachable(inner, "api.segmentapis.com"))

    found = checks(ran)
    assert (ran.code, ran.document["healthy"]) == (3, None)
    assert found["segment.reachable"]["status"] == "fail"
    assert found["segment.token.valid"]["evidence"]["waits_for"] == "segment.reachable"
    assert found["launchdarkly.token.valid"]["status"] == "pass"


def without_launchdarkly(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    return Unreachable(inner, "app.launchdarkly.com")


@pytest.mark.parametrize("given", ["saved", "in the file"])
async def test_while_launchdarkly_is_down_segments_side_is_judged_by_the_client_side_id(
    world: World, given: str
) -> None:
    place = f'client_side_id = "{world.sandbox.tokens.launchdarkly_client_side_id}"'
    setup = SETUP.replace('project = "shop"\nenvironment = "production"', place) if given != "saved" else None
    workspace = world.sandbox.world.workspaces[0]
    (ours,) = (one for one in workspace.destinations.values() if "shop" in one.name)
    for enabled, status, code in ((True, "pass", 3), (False, "fail", 1)):
        ours.enabled = enabled
        ran = await world.run("doctor", setup=setup, wrap=without_launchdarkly)
        found = checks(ran)
        assert (ran.code, found["destination.enabled"]["status"]) == (code, status)
        assert {found[check]["status"] for check in ("mapping.enabled", "audience.attached")} == {"pass"}
        assert found["launchdarkly.pair"]["evidence"]["waits_for"] == "launchdarkly.reachable"


async def test_segments_side_alone_is_not_healthy_while_launchdarkly_is_down(world: World) -> None:
    ran = await world.run("doctor", setup=None, only=("destination.enabled",), wrap=without_launchdarkly)

    (found,) = ran.document["checks"]
    assert (ran.code, ran.document["healthy"], found["status"]) == (3, None, "unknown")
    assert "is switched on. But LaunchDarkly couldn't confirm which environment that is." in found["summary"]
    assert "app.launchdarkly.com" in found["cause"]


async def test_without_a_client_side_id_segments_side_waits_for_launchdarkly(world: World) -> None:
    found = checks(await world.run("doctor", wrap=without_launchdarkly))

    assert found["destination.exists"]["evidence"]["waits_for"] == "launchdarkly.reachable"
    assert found["audience.exists"]["status"] == "pass"


class Answers503(httpx.AsyncBaseTransport):
    """A transport on which one host answers 503 to requests with `path` in their path."""

    def __init__(self, inner: httpx.AsyncBaseTransport, host: str, path: str = "") -> None:
        self._inner = inner
        self._host = host
        self._path = path

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == self._host and self._path in request.url.path:
            return httpx.Response(503, json={}, request=request)
        return await self._inner.handle_async_request(request)


REST_ON_LAUNCHDARKLY = (
    "launchdarkly.pair",
    "destination.exists",
    "destination.single",
    "destination.enabled",
    "destination.token",
    "mapping.enabled",
    "mapping.single",
    "audience.attached",
    "sync.segment",
    "sync.members",
)


@pytest.mark.parametrize("check", REST_ON_LAUNCHDARKLY)
async def test_a_check_alone_is_not_healthy_while_what_it_rests_on_cannot_be_read(world: World, check: str) -> None:
    ran = await world.run("doctor", only=(check,), wrap=lambda inner: Answers503(inner, "app.launchdarkly.com"))

    (found,) = ran.document["checks"]
    assert (ran.code, ran.document["healthy"]) == (3, None)
    assert found["summary"] == "Not checked: `launchdarkly.reachable` comes first."


async def test_what_one_list_would_have_said_waits_for_the_check_that_tells_of_it(world: World) -> None:
    def without_projects(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return Answers503(inner, "app.launchdarkly.com", "/projects")

    alone = await world.run("doctor", only=("destination.enabled",), wrap=without_projects)
    among_all = await world.run("doctor", wrap=without_projects)

    assert (alone.code, alone.document["healthy"]) == (among_all.code, among_all.document["healthy"]) == (3, None)
    assert checks(alone)["destination.enabled"]["evidence"]["waits_for"] == "launchdarkly.pair"
    assert checks(among_all)["launchdarkly.pair"]["status"] == "unknown"


@pytest.mark.parametrize("check", ["sync.delivery", "sync.filtered"])
async def test_what_was_asked_for_by_name_matters(world: World, check: str) -> None:
    def without_deliveries(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return Answers503(inner, "api.segmentapis.com", "/delivery-overview/")

    alone = await world.run("doctor", only=(check,), wrap=without_deliveries)
    among_all = await world.run("doctor", wrap=without_deliveries)

    assert (alone.code, alone.document["healthy"]) == (3, None)
    assert (among_all.code, among_all.document["healthy"]) == (0, True)


async def test_without_a_token_no_check_alone_is_healthy(world: World) -> None:
    world.vault = tokens(world, segment_token="", launchdarkly_token="")

    ran = await world.run("doctor", only=("destination.enabled",))

    assert (ran.code, ran.document["healthy"]) == (3, None)


async def test_a_check_that_waits_for_a_failure_is_not_healthy_on_its_own(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", only=("mapping.enabled",))

    assert (ran.code, ran.document["healthy"]) == (3, None)
    assert checks(ran)["mapping.enabled"]["evidence"]["waits_for"] == "destination.exists"


class Slow(httpx.AsyncBaseTransport):
    """A transport on which Segment needs an hour for each answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport, world: World) -> None:
        self._inner = inner
        self._world = world

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.segmentapis.com":
            await self._world.clock.sleep(3600)
        return await self._inner.handle_async_request(request)


async def test_what_does_not_answer_in_time_is_unknown(world: World) -> None:
    world.clock.auto, world.stopwatch = False, world.clock
    began = world.clock.monotonic()

    async def pass_time() -> None:
        while True:
            await world.clock.advance(1)

    passing = asyncio.create_task(pass_time())
    ran = await world.run("doctor", wrap=lambda inner: Slow(inner, world))
    passing.cancel()

    assert world.clock.monotonic() - began < 60
    assert ran.code == 3
    assert "didn't answer in time" in checks(ran)["segment.reachable"]["summary"]
    assert checks(ran)["launchdarkly.token.valid"]["status"] == "pass"


# --- options ------------------------------------------------------------------------------------------------------


async def test_only_some(world: World) -> None:
    ran = await world.run("doctor", only=("destination.enabled", "mapping.enabled"))

    assert set(checks(ran)) == {"destination.enabled", "mapping.enabled"}


async def test_only_what_exists(world: World) -> None:
    ran = await world.run("doctor", only=("destination.enable",))

    assert ran.code == 2
    assert "Did you mean destination.enabled?" in ran.err


async def test_every_check_can_be_listed(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("doctor", list_checks=True, as_json=False)

    assert len(ran.out.splitlines()) == len(CHECKS)
    assert len(world.sandbox.requests) == 0


async def test_for_people_what_is_skipped_for_one_reason_is_one_line(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("doctor", as_json=False, verbose=True)

    lines = ran.out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "launchdarkly.token.permissions comes first" in line]
    assert lines[at - 1].startswith("Skipped: destination.exists, destination.source")


async def test_for_people_a_problem_comes_with_cause_and_fix(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("doctor", as_json=False)

    assert ran.code == 1
    assert "Failed: This token can't create segments" in ran.out
    assert "  Fix: " in ran.out
    *_, result, then = ran.out.splitlines()
    assert result == "Not healthy: 1 problem (launchdarkly.token.permissions)."
    assert then.startswith("Next: follow the fix of launchdarkly.token.permissions, then audience-wizard doctor -c ")


async def test_for_people_a_problem_of_a_sync_names_the_command_that_finds_its_cause(tmp_path: Path) -> None:
    begun = await World(tmp_path, "destination-disabled").run("doctor", as_json=False)
    assert "  Troubleshoot: audience-wizard troubleshoot never-appeared -c " in begun.out
    before = await World(tmp_path, "reader-token").run("doctor", as_json=False)
    assert "Troubleshoot:" not in before.out, "nothing was sent yet"
    there = await World(tmp_path, "two-destinations").run("doctor", as_json=False)
    assert "destination.single" in there.out
    assert "never-appeared" not in there.out, "its segment is there"


async def test_readings_take_the_time_that_they_take(world: World) -> None:
    class Steady(Slow):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await world.clock.sleep(0.25)
            return await self._inner.handle_async_request(request)

    ran = await world.run("doctor", wrap=lambda inner: Steady(inner, world))

    found = checks(ran)
    assert found["launchdarkly.token.valid"]["duration_ms"] >= 250


async def test_a_report_holds_the_checks_and_no_secret(world: World, tmp_path: Path) -> None:
    path = tmp_path / "report.md"

    ran = await world.run("doctor", report=path)

    text = path.read_text()
    assert ran.code == 0
    assert "launchdarkly.token.permissions" in text
    given = world.sandbox.tokens
    assert given.launchdarkly_access_token not in text
    assert given.segment_public_api_token not in text


async def test_a_report_names_commands_for_the_setup_that_was_checked(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    ran = await World(tmp_path).run("doctor", report=path, common=" --profile staging")
    assert ran.code == 1
    assert f"audience-wizard apply -c {tmp_path / 'setup.toml'} --profile staging" in path.read_text().replace("\\", "")


@pytest.mark.parametrize("setup", [SETUP, TWO])
async def test_a_dash_sends_the_report_to_standard_output_and_the_checkup_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setup: str
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)

    ran = await world.run("doctor", setup=setup, report=Path("-"), as_json=False)

    assert (ran.code, os.listdir()) == (1, ["setup.toml"])
    assert ran.out.startswith("# Audience Wizard: support report")
    assert "Not healthy" not in ran.out
    assert "Not healthy" in ran.err

    both = await world.run("doctor", setup=setup, report=Path("-"))
    assert (both.code, both.out) == (2, "")


async def test_a_report_that_cannot_be_written_is_a_problem(world: World, tmp_path: Path) -> None:
    ran = await world.run("doctor", report=tmp_path / "missing" / "report.md")

    assert ran.code == 1
    assert "No report" in ran.err


async def test_for_people_the_smallest_policy_is_printed_whole(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("doctor", as_json=False)

    start = ran.out.index("Policy, to copy:")
    printed = ran.out[start:].split("  https:")[0].split(":", 1)[1]
    assert [one["effect"] for one in json.loads(printed)] == ["allow", "allow"]


async def test_observations_are_shown_then_written_without_anything_of_the_users(tmp_path: Path) -> None:
    world = await applied(tmp_path, watch=True)
    page = tmp_path / "observations.md"

    ran = await world.run("doctor", observations=True, report=page, as_json=False)

    written = page.read_text()
    assert ran.code == 0
    assert all(line in ran.err for line in written.splitlines())
    assert "- segment key: as expected" in written.splitlines()
    workspace = world.sandbox.world.workspaces[0]
    theirs = [
        *workspace.audiences,
        workspace.id,
        workspace.name,
        *(one.name for one in workspace.spaces),
        "vip_customers",
    ]
    assert not [one for one in theirs if one in written]


async def test_observations_need_a_file(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", observations=True)

    assert (ran.code, "--observations needs --report FILE" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("outcome", "sandbox", "lines"),
    [(WatchOutcome.APPEARED, "", 1), (WatchOutcome.APPEARED, "happy", 0), (WatchOutcome.TIMEOUT, "", 0)],
)
def test_observations_are_offered_after_a_first_success_with_the_real_services(
    outcome: WatchOutcome, sandbox: str, lines: int
) -> None:
    offered = list(offer(outcome, sandbox, Options()))
    assert len(offered) == lines
    assert all(line.endswith("audience-wizard doctor --report FILE --observations") for line in offered)


async def test_right_after_an_apply_it_is_too_early_to_tell_and_watch_follows(tmp_path: Path) -> None:
    world = await applied(tmp_path)

    ran = await world.run("doctor", as_json=False)

    assert ran.code == 3
    assert ran.out.splitlines()[-2:] == [
        "Too early to tell: nothing failed, but the first sync hasn't finished.",
        f"Next: audience-wizard watch -c {tmp_path / 'setup.toml'} follows it",
    ]


async def test_a_verdict_that_is_open_has_a_check_that_says_why(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    early = (await world.run("doctor")).document
    await world.clock.sleep(570)
    arriving = (await world.run("doctor")).document

    assert (early["healthy"], arriving["healthy"]) == (None, None)
    assert "sync.segment" in {one["id"] for one in early["checks"] if one["status"] == "unknown"}
    (why,) = (one for one in arriving["checks"] if one["id"] == "sync.members")
    assert (why["status"], "more are arriving" in why["summary"]) == ("unknown", True)


async def test_before_a_sync_it_is_not_too_early_but_something_is_missing(tmp_path: Path) -> None:
    ran = await World(tmp_path).run("doctor", as_json=False, only=("sync.segment",))

    assert ran.code == 3
    assert "Too early" not in ran.out


async def test_a_token_that_is_not_set_is_said_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, segment_token="")
    found = checks(await world.run("doctor"))["segment.token.kind"]
    assert found["summary"] == "The Segment Public API token isn't set, so this couldn't be checked."
    assert (found["status"], found["cause"]) == ("unknown", "")
