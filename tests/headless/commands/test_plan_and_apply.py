"""`plan` and `apply`: exactly the changes that were shown are made, once, and only after a yes."""

from __future__ import annotations

import asyncio
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import ALL_MADE, NOTHING, SETUP, World, applied, given, tokens
from tests.walks import stage_on
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.flow.guide import first_open_step
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.profile.journal import OPEN_FOR, Resource, Write
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk
from wizard.headless.commands.apply_command import apply_plan
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.run import run_walk
from wizard.sandbox.behaviors import Behavior
from wizard.vault import MemoryVault

CHANGE_KEYS = {"id", "action", "summary", "reason", "host", "before", "after", "undoable"}
RESULT_KEYS = {"id", "action", "status", "resource_id", "error"}
ERROR_KEYS = {"code", "summary", "cause", "fix", "request_id"}
THREE = ["destination", "mapping", "audience:vip_customers"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_plan_on_a_fresh_pair_lists_three_changes_and_writes_nothing(world: World) -> None:
    ran = await world.run("plan")

    assert ran.code == 4
    assert set(ran.document) == {"schema", "changes", "blocked_by"}
    assert all(set(change) == CHANGE_KEYS for change in ran.document["changes"])
    assert ran.actions() == dict.fromkeys(THREE, "create")
    assert ran.document["blocked_by"] == []
    assert world.writes() == []
    assert not (world.folder / "default").exists()


async def test_apply_makes_the_plan_and_a_second_one_writes_nothing(world: World) -> None:
    first = await world.run("apply")
    written = world.writes()
    second = await world.run("apply")
    plan = await world.run("plan")
    saved = await world.run("plan", setup=None)

    assert (first.code, first.statuses()) == (0, dict.fromkeys(THREE, "done"))
    assert all(set(result) == RESULT_KEYS for result in first.document["results"])
    assert world.session().saved.known_segments.keys() == {"amplitude-9f3k2"}, "they are read right before"
    assert world.made() == ALL_MADE
    assert (second.code, second.statuses()) == (0, dict.fromkeys(THREE, "already"))
    assert world.writes() == written
    for one in (plan, saved):  # from the file, and from the profile's saved answers
        assert (one.code, one.actions()) == (0, dict.fromkeys(THREE, "none"))
    assert world.breaches == []


async def test_members_are_sent_again_only_when_asked_for_and_once(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    plan = await world.run("plan", resync=("vip_customers",))
    again = await world.run("apply", resync=("vip_customers",))

    assert plan.actions() == {"destination": "none", "mapping": "none", "audience:vip_customers": "update"}
    assert again.statuses()["audience:vip_customers"] == "done"
    assert (await world.run("plan")).actions() == dict.fromkeys(THREE, "none")
    assert world.breaches == []


@pytest.mark.parametrize(
    ("scenario", "key", "says"),
    [
        ("happy", "vip_customer", "Did you mean"),
        ("happy", "vip_customers", "isn't attached yet. Attaching it sends all members."),
        ("paused", "vip_customers", "Connect to destination is off for this audience."),
        ("activation-off", "vip_customers", "the activation of this audience is off."),
        ("silent-audience", "vip_customers", "switch Connect to destination off and on"),
    ],
)
async def test_a_resync_that_nothing_can_do_is_refused_in_words(
    tmp_path: Path, scenario: str, key: str, says: str
) -> None:
    ran = await World(tmp_path, scenario).run("plan", resync=(key,))

    assert ran.code == 2
    assert says in ran.err


async def test_what_was_asked_for_in_a_plan_is_in_the_command_that_makes_it(tmp_path: Path) -> None:
    asked = await World(tmp_path, "segment-made-again").run("plan", resync=("vip_customers",), as_json=False)
    assert asked.out.splitlines()[-1].endswith(" --resync vip_customers")


def begun_again(world: World) -> Walk:
    """Return the wizard's walk on the commands' profile; not marked as a sandbox, so that it keeps tokens."""
    staged = stage_on(world.sandbox, vault=world.vault, session=world.session())
    staged.walk.state = replace(staged.walk.state, sandbox="")
    return staged.walk


@pytest.mark.parametrize(("kept_in", "is_kept"), [("LD_ACCESS_TOKEN", False), ("macOS Keychain", True)])
async def test_after_an_apply_the_wizard_goes_on_at_the_first_sync(world: World, kept_in: str, is_kept: bool) -> None:
    token = world.sandbox.tokens.launchdarkly_access_token
    world.vault = MemoryVault("a test", {**given(world), "launchdarkly_token": (token, kept_in)})
    await world.run("apply")
    walk = begun_again(world)
    await load_secrets(walk)
    walk.resume()

    assert walk.state.answers.keep_secrets is is_kept
    assert first_open_step(walk).id == "first_sync"
    await walk.read()
    assert first_open_step(walk).id == "first_sync"
    await walk.close()


async def test_after_an_apply_a_token_that_is_not_at_hand_is_asked_for_and_where_to_keep_it(world: World) -> None:
    world.vault = tokens(world)
    await world.run("apply")
    world.vault = tokens(world, segment_token="")
    walk = begun_again(world)
    await load_secrets(walk)
    walk.resume()

    assert [ask.id for step in walk.steps for ask in walk.missing(step)] == ["keep_secrets", "segment_token"]


async def test_an_apply_keeps_what_the_wizard_was_told_and_a_file_cannot_say(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    session = world.session()
    session.keep(replace(session.saved.answers, test_user="u_42", keep_secrets=True), session.saved.accepted)

    await world.run("apply")

    answers = world.session().saved.answers
    assert (answers.test_user, answers.keep_secrets) == ("u_42", True)


@pytest.mark.parametrize(("typed", "code", "status"), [("yes", 0, "done"), ("y ", 0, "done"), ("", 4, "skipped")])
async def test_apply_asks_first(world: World, typed: str, code: int, status: str) -> None:
    ran = await world.run("apply", typed=typed)

    assert "Make 3 changes?" in ran.err
    assert (ran.code, ran.statuses()) == (code, dict.fromkeys(THREE, status))
    assert bool(world.writes()) is (status == "done")


async def test_nobody_is_there_to_say_yes(world: World) -> None:
    ran = await world.run("apply", yes=False)

    assert ran.code == 2
    assert "--yes" in ran.err
    assert len(world.sandbox.requests) == 0


async def test_a_plan_for_people_says_each_value_and_what_yes_would_do(world: World) -> None:
    ran = await world.run("plan", as_json=False)

    assert "LaunchDarkly client-side ID: " in ran.out
    assert "Where: api.segmentapis.com, can be undone" in ran.out
    assert "3 to add, 0 to change, 0 already right. Nothing was changed.\nNext: audience-wizard apply -c " in ran.out
    assert FALLBACK_CATALOG_ENTRY.preset_name in ran.out


# --- what others made ---------------------------------------------------------------------------------------------


def made_by_hand(world: World, **mapping: Any) -> str:
    """Make a destination with a mapping in the app, and return its ID."""
    tokens, workspace = world.sandbox.tokens, world.sandbox.world.workspaces[0]
    made = world.sandbox.app_actions.create_destination(
        workspace.sources[0].id,
        tokens.launchdarkly_access_token,
        tokens.launchdarkly_client_side_id,
        name="LaunchDarkly by hand",
        enabled=mapping.pop("destination_enabled", True),
    )
    world.sandbox.app_actions.create_mapping(made.id, **{"enabled": True, **mapping})
    return made.id


async def test_what_somebody_else_made_rightly_is_adopted(world: World) -> None:
    made = made_by_hand(world)

    plan = await world.run("plan")
    ran = await world.run("apply")

    assert plan.actions() == {"destination": "adopt", "mapping": "adopt", "audience:vip_customers": "create"}
    assert ran.statuses() == {"destination": "already", "mapping": "already", "audience:vip_customers": "done"}
    assert ran.document["results"][0]["resource_id"] == made
    assert world.made() == ALL_MADE


async def test_one_that_is_named_after_the_environment_and_writes_elsewhere_is_put_right(world: World) -> None:
    tokens, workspace = world.sandbox.tokens, world.sandbox.world.workspaces[0]
    staging = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
    made = world.sandbox.app_actions.create_destination(
        workspace.sources[0].id,
        tokens.launchdarkly_access_token,
        staging,
        name="LaunchDarkly - shop / production",
        enabled=True,
    )

    plan = await world.run("plan")
    destination = plan.document["changes"][0]
    assert (destination["action"], destination["before"]) == ("update", {"settings": {"client_side_id": staging}})
    ran = await world.run("apply")

    assert ran.code == 0
    assert workspace.destinations[made.id].settings["clientId"] == tokens.launchdarkly_client_side_id
    assert world.made() == ALL_MADE
    assert world.breaches == []


async def test_what_is_wrong_is_shown_with_the_difference_and_nothing_else_is_touched(world: World) -> None:
    made = made_by_hand(world, destination_enabled=False, enabled=False, context_key="email_only")

    plan = await world.run("plan")
    destination, mapping, _ = plan.document["changes"]

    assert (destination["action"], destination["before"]) == ("update", {"enabled": False})
    assert (mapping["before"], mapping["after"]) == ({"enabled": False}, {"enabled": True})
    await world.run("apply")
    mappings = world.sandbox.world.workspaces[0].destinations[made].mappings.values()
    assert [one.settings["context_key"] for one in mappings if one.activation_id is None] == ["email_only"]


async def test_a_wish_of_the_file_is_a_change(world: World) -> None:
    made_by_hand(world, context_key="email_only")

    plan = await world.run("plan", setup=SETUP + '[mapping]\ncontext_key = "user_id_only"\n')

    assert plan.document["changes"][1]["before"] == {"settings": {"context_key": "email_only"}}


# --- what prevents the changes --------------------------------------------------------------------------------------


async def test_a_blocked_plan_is_not_applied(tmp_path: Path) -> None:
    world = World(tmp_path, "reader-token")

    plan = await world.run("plan")
    ran = await world.run("apply")

    assert (plan.code, plan.document["blocked_by"]) == (1, ["launchdarkly.token.permissions"])
    assert ran.code == 1
    (error,) = {str(result["error"]): result["error"] for result in ran.document["results"]}.values()
    assert set(error) == {*ERROR_KEYS, "policy"}
    assert error["code"] == "blocked"
    assert error["fix"].endswith("with the policy below.")
    assert "createSegment" in error["policy"]
    assert set(ran.statuses().values()) == {"skipped"}
    assert world.writes() == []


async def test_an_outage_is_no_verdict(tmp_path: Path) -> None:
    world = World(tmp_path, "outage")

    plan = await world.run("plan")

    assert plan.code == 3
    assert "launchdarkly.reachable" in plan.document["blocked_by"]
    told = (await world.run("plan", as_json=False)).out
    assert "Not checked: Client-side ID (launchdarkly.client_side_id)" in told
    assert "You can't apply this plan yet: 1 service gave no answer.\nNext: audience-wizard plan" in told
    applied = await world.run("apply", as_json=False)
    assert all(said.endswith(", once the service answers\n") for said in (told, applied.err))
    assert applied.code == 3
    assert world.writes() == []


async def test_what_only_the_app_can_do_is_left_to_be_done_by_hand(tmp_path: Path) -> None:
    world = World(tmp_path, "attach-needs-app")

    plan = await world.run("plan")
    ran = await world.run("apply")

    assert plan.actions()["audience:vip_customers"] == "by_hand"
    assert (ran.code, ran.statuses()["audience:vip_customers"]) == (4, "by_hand")
    left = {result["id"]: result.get("steps") for result in ran.document["results"]}
    assert {change for change, steps in left.items() if steps} == {"audience:vip_customers"}
    assert [step["title"] for step in left["audience:vip_customers"]] == [
        "Add destination: VIP customers",
        "Send Identify, Send Track: VIP customers",
        "Add 1 destination: VIP customers",
    ]


async def test_for_people_each_step_that_is_left_to_the_hand_has_its_menu_path_and_link(tmp_path: Path) -> None:
    world = World(tmp_path, "attach-needs-app")

    ran = await world.run("apply", as_json=False)

    assert "By hand, 2 of 3: Send Identify, Send Track: VIP customers\nWhere: Engage → Audiences" in ran.out
    assert "\nhttps://app.segment.com/acme/engage/spaces/prod/audiences/" in ran.out


async def test_what_waits_for_a_destination_by_hand_is_made_by_the_next_apply(tmp_path: Path) -> None:
    world = World(tmp_path, "create-needs-app")

    first = await world.run("apply", watch=True)
    again = await world.run("apply")
    await world.clock.sleep(3 * 60)  # someone makes the destination in the app
    second = await world.run("apply", setup=None)

    assert (first.code, first.statuses()) == (4, {THREE[0]: "by_hand", THREE[1]: "skipped", THREE[2]: "skipped"})
    assert len(first.documents) == 1, "there is nothing to watch yet"
    steps = {result["id"]: len(result.get("steps", ())) for result in first.document["results"]}
    assert steps == {THREE[0]: 4, THREE[1]: 0, THREE[2]: 0}
    assert "run audience-wizard apply again to make the remaining 2 changes." in first.err
    assert (again.code, again.statuses()) == (4, first.statuses())
    assert (second.code, second.statuses()) == (0, {THREE[0]: "already", THREE[1]: "done", THREE[2]: "done"})
    assert world.made() == ALL_MADE
    assert (await world.run("plan")).code == 0
    assert world.breaches == []


@pytest.mark.parametrize("setup", [SETUP, None], ids=["with the file", "from the profile"])
async def test_a_destination_by_hand_is_taken_up_under_whatever_name_and_undo_leaves_it(
    tmp_path: Path, setup: str | None
) -> None:
    world = World(tmp_path, "create-needs-app")
    assert (await world.run("apply")).code == 4
    tokens, workspace = world.sandbox.tokens, world.sandbox.world.workspaces[0]
    made = world.sandbox.app_actions.create_destination(
        workspace.sources[0].id,
        tokens.launchdarkly_access_token,
        tokens.launchdarkly_client_side_id,
        name="LaunchDarkly by Kim",
    )

    ran = await world.run("apply", setup=setup)

    assert (ran.code, ran.statuses()) == (0, dict.fromkeys(THREE, "done"))
    assert made.enabled, "it was made switched off"
    assert world.made() == ALL_MADE
    assert (await world.run("undo", setup=None)).statuses() == {THREE[2]: "done", THREE[1]: "done", THREE[0]: "done"}
    assert not made.enabled
    assert world.made() == {**NOTHING, "destinations": 1}


async def test_a_yes_that_makes_nothing_by_api_is_not_asked_for(tmp_path: Path) -> None:
    """Every Engage source is in use, so only the app can add another destination, and the other changes wait for it."""
    world = World(tmp_path, "two-destinations")
    workspace = world.sandbox.world.workspaces[0]
    for one in workspace.destinations.values():
        one.settings["clientId"] = "5f0c5f0c5f0c5f0c5f0c5f0c"
        one.name = "Elsewhere"

    plan = await world.run("plan", as_json=False)
    ran = await world.run("apply", typed="")

    assert plan.code == 4
    tally = "0 to add, 0 to change, 1 by hand, then 2 more, 0 already right."
    assert f"{tally} Nothing was changed." in plan.out
    assert ran.code == 4
    assert "Type yes" not in ran.err
    assert ran.statuses() == {THREE[0]: "by_hand", THREE[1]: "skipped", THREE[2]: "skipped"}
    said = await world.run("apply", as_json=False)
    assert "1 left to do by hand, then 2 more." in said.out
    assert world.writes() == []


async def test_a_mapping_by_hand_is_followed_by_what_the_api_attaches(world: World) -> None:
    closed = with_fault(Fault.CLOSED, "POST", r"/destinations/[^/]+/subscriptions", times=9)
    first = await world.run("apply", wrap=closed)
    destination = first.document["results"][0]["resource_id"]
    world.sandbox.app_actions.create_mapping(destination, enabled=True)

    second = await world.run("apply", wrap=closed)

    assert (first.code, first.statuses()) == (4, {THREE[0]: "done", THREE[1]: "by_hand", THREE[2]: "skipped"})
    assert "the remaining 1 change." in first.err
    assert (second.code, second.statuses()) == (0, {THREE[0]: "already", THREE[1]: "already", THREE[2]: "done"})
    assert world.made() == ALL_MADE


async def test_by_hand_no_secret_is_among_the_values_and_the_first_sync_is_measured_from_the_apply(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, segment_token="")
    by_hand = SETUP.replace('space = "prod"', "by_hand = true")

    ran = await world.run("apply", setup=by_hand)

    values = [step["values"] for result in ran.document["results"] for step in result["steps"]]
    labels = {label for one in values for label in one}
    assert "LaunchDarkly client-side ID" in labels
    assert "LaunchDarkly Service Token" not in labels
    assert world.sandbox.tokens.launchdarkly_access_token not in ran.out
    assert (ran.code, world.writes()) == (4, [])
    assert world.session().saved.applied_at is not None


async def test_nothing_is_done_when_the_world_moved_after_the_review(world: World) -> None:
    class Meddler(Session):
        """Someone makes a destination while the plan is being read."""

        def keep(self, *answers: Any) -> None:
            super().keep(*answers)
            made_by_hand(world)

    ran = await world.run("apply", session=Meddler(world.folder / "default", world.clock))

    assert ran.code == 1
    assert {result["error"]["code"] for result in ran.document["results"]} == {"moved"}
    assert "Changed since this was shown: the destinations" in ran.err
    assert world.writes() == []


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("segment", "segment.token.valid: Segment doesn't know this token."),
        ("launchdarkly", "launchdarkly.token.valid: LaunchDarkly doesn't accept this token."),
    ],
)
async def test_a_token_that_was_revoked_after_the_review_is_named(world: World, whose: str, said: str) -> None:
    class Revoker(Session):
        def keep(self, *answers: Any) -> None:
            super().keep(*answers)
            account, workspace = world.sandbox.world.accounts[0], world.sandbox.world.workspaces[0]
            (account if whose == "launchdarkly" else workspace).tokens.clear()

    ran = await world.run("apply", session=Revoker(world.folder / "default", world.clock))

    assert ran.code == 1
    assert {result["error"]["code"] for result in ran.document["results"]} == {"blocked"}
    assert {result["error"]["summary"] for result in ran.document["results"]} == {said}
    assert world.writes() == []


async def test_a_service_that_is_silent_after_the_review_is_no_verdict(world: World) -> None:
    reviewed = asyncio.Event()

    class Reviewed(Session):
        def keep(self, *answers: Any) -> None:
            super().keep(*answers)
            reviewed.set()

    class Outage(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            is_out = reviewed.is_set() and "launchdarkly" in request.url.host
            answer = httpx.Response(503, request=request, json={})
            return answer if is_out else await self.inner.handle_async_request(request)

    ran = await world.run("apply", wrap=Outage, session=Reviewed(world.folder / "default", world.clock))

    assert ran.code == 3
    assert {result["error"]["code"] for result in ran.document["results"]} == {"not_seen"}
    assert world.writes() == []


async def test_a_user_who_interrupts_is_told_what_was_done_and_what_was_not(world: World) -> None:
    class Interrupting(Session):
        """Ctrl+C arrives while the mapping is being made."""

        def intend(self, write: Write) -> None:
            super().intend(write)
            if write.kind is Resource.MAPPING:
                raise asyncio.CancelledError

    out = io.StringIO()
    staged = stage_on(world.sandbox, session=Interrupting(world.folder / "default", world.clock))
    options = Options(config=world.setup(), as_json=True, yes=True)
    with pytest.raises(asyncio.CancelledError):
        await run_walk(apply_plan, staged.walk, options, Output(out, io.StringIO(), as_json=True))

    results = {result["id"]: result for result in json.loads(out.getvalue())["results"]}
    assert [results[change]["status"] for change in THREE] == ["done", "failed", "skipped"]
    assert {results[change]["error"]["code"] for change in THREE[1:]} == {"interrupted"}
    assert "so we don't know whether it was made" in results["mapping"]["error"]["summary"]
    assert "It checks that first" in results["mapping"]["error"]["fix"]
    await world.clock.sleep(OPEN_FOR.total_seconds())
    assert (await world.run("apply")).code == 0
    assert world.made() == ALL_MADE


async def test_two_runs_do_not_interleave(world: World) -> None:
    other = world.session()
    other.lock()

    ran = await world.run("apply")

    assert ran.code == 1
    assert "Another run is using this profile" in ran.err
    assert world.writes() == []
    other.unlock()
    assert (await world.run("apply")).code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [("{ not json", "is damaged"), ('{"schema": 99, "new": []}', "written by a newer wizard"), ("[]", "is damaged")],
)
async def test_a_state_that_cannot_be_used_is_set_aside_in_words(world: World, content: str, said: str) -> None:
    (world.folder / "default").mkdir()
    (world.folder / "default" / "setup.json").write_text(content)

    ran = await world.run("apply")

    assert ran.code == 0
    assert said in ran.err
    assert len(list((world.folder / "default").glob("setup.2*.json"))) == 1


async def test_a_disk_that_takes_nothing_ends_no_run_and_is_reported(world: World) -> None:
    (world.folder / "default").write_text("a file where the folder should be")

    ran = await world.run("apply", without_journal=True)

    assert ran.code == 0
    assert "Progress can't be saved" in ran.err
    assert world.made() == ALL_MADE


async def test_apply_and_watch_in_one(world: World) -> None:
    world.clock.at_least = 60.0
    ran = await world.run("apply", watch=True)

    assert ran.code == 0
    assert set(ran.documents[0]) == {"schema", "results"}
    assert ran.documents[-1]["outcome"] == "appeared"


async def test_the_only_space_need_not_be_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    del world.sandbox.world.workspaces[0].spaces[1:]

    ran = await world.run("plan", setup=SETUP.replace('space = "prod"', ""))

    assert (ran.code, list(ran.actions())) == (4, THREE)


async def test_what_the_app_needs_is_said_before_anything_is_attached(tmp_path: Path) -> None:
    world = World(tmp_path, "context-kind-unseen")

    kept = await world.run("plan", setup=f'{SETUP}\n[mapping]\ncontext_kind = "person"\n', as_json=False)
    repaired = await world.run("plan", as_json=False)

    assert "This project has no context kind person." in kept.out
    assert "set Context kind to user" in repaired.out
    assert "This project has no context kind person." not in repaired.out


async def test_apply_ends_with_what_was_made_and_the_next_command_and_promises_nothing(world: World) -> None:
    ran = await world.run("apply", as_json=False)

    assert ran.code == 0
    assert "Plan for shop / production" in ran.err
    assert ran.out.splitlines()[0] == "Done: Destination LaunchDarkly - shop / production"
    assert "Nothing was changed" not in ran.out + ran.err
    assert "3 to add, 0 to change, 0 already right." in ran.err
    result, then = ran.out.splitlines()[-2:]
    assert result == "3 done."
    assert then == "Next: add --watch to see the first sync too. The sandbox keeps nothing."


async def test_apply_says_a_problem_once(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("apply", as_json=False)

    assert ran.code == 1
    assert (ran.out + ran.err).count("This token can't create segments") == 1
    assert ran.err.splitlines()[-1].startswith("Next: fix that, then audience-wizard apply -c ")


@pytest.mark.parametrize("scenario", ["reader-token", "member-token", "happy"])
@pytest.mark.parametrize("command", ["plan", "doctor"])
async def test_text_for_people_holds_no_raw_data(tmp_path: Path, scenario: str, command: str) -> None:
    ran = await World(tmp_path, scenario).run(command, as_json=False)

    without_policy = re.sub(r"Policy, to copy:\n(    .*\n)+", "", ran.out)
    assert not re.search(r"[{}]|verdict|': '", without_policy)


# --- what the user may accept -------------------------------------------------------------------------------------


async def test_a_refusal_names_how_to_go_on_where_that_is_the_users_to_say(tmp_path: Path) -> None:
    world = World(tmp_path, "two-destinations")
    two = SETUP.replace('["vip_customers"]', '["vip_customers", "trial_users"]')

    ran, told = await world.run("apply", setup=two, as_json=False), await world.run("apply", setup=two)

    assert ran.code == 1
    assert "--accept destination.single" in ran.out + ran.err
    assert told.document["results"][0]["error"]["fix"].endswith("or continue anyway with --accept destination.single.")
    assert world.writes() == []


async def test_with_nothing_left_to_change_going_on_is_not_offered(tmp_path: Path) -> None:
    world = World(tmp_path, "two-destinations")

    plan, ran = await world.run("plan", as_json=False), await world.run("apply", as_json=False)

    assert (plan.code, ran.code) == (1, 1)
    assert (
        "Nothing is left to change, but 1 problem needs you.\nNext: fix that, then audience-wizard doctor" in plan.out
    )
    assert "--accept" not in plan.out + ran.out + ran.err


async def test_what_the_user_accepts_blocks_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, "two-destinations")

    plan = await world.run("plan", accept=("destination.single",))
    ran = await world.run("apply", accept=("destination.single",))

    assert plan.document["blocked_by"] == []
    assert (plan.code, ran.code) == (0, 0)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("launchdarkly.token.valid", "you can't accept this check"),
        ("destination.singel", "Did you mean destination.single?"),
        ("x", "You can accept: audience.identifiers, destination.single, launchdarkly.context_kind"),
    ],
)
async def test_nothing_else_can_be_accepted(tmp_path: Path, check: str, said: str) -> None:
    ran = await World(tmp_path).run("apply", accept=(check,))

    assert ran.code == 2
    assert said in ran.err


async def test_accepting_one_failure_accepts_no_other(tmp_path: Path) -> None:
    ran = await World(tmp_path, "reader-token").run("apply", accept=("destination.single",))

    assert (ran.code, ran.document["results"][0]["error"]["code"]) == (1, "blocked")


async def test_a_plan_warns_of_a_right_that_the_sync_may_need(tmp_path: Path) -> None:
    ran = await World(tmp_path, "custom-role-missing-update").run("plan", as_json=False)
    assert "Warning: This token can't change segment members (updateIncluded)" in ran.out


async def test_plan_and_doctor_say_the_same_of_a_missing_right(tmp_path: Path) -> None:
    world = World(tmp_path, "custom-role-missing-update")
    for status in ("warn", "warn", "fail"):
        (seen,) = (
            one
            for one in (await world.run("doctor")).document["checks"]
            if one["id"] == "launchdarkly.token.permissions"
        )
        plan, said = await world.run("plan"), (await world.run("plan", as_json=False)).out
        assert (seen["status"], bool(plan.document["blocked_by"])) == (status, status == "fail")
        assert [text for text in (seen["summary"], seen["cause"], seen["fix"]) if text not in said] == []
        await world.run("apply")
        await world.clock.sleep(0 if status == "fail" or world.made()["connections"] == 0 else 400)


@pytest.mark.parametrize(
    ("behavior", "path"),
    [
        (Behavior.DESTINATION_STARTS_OFF, r"/destinations/[^/]+"),
        (Behavior.MAPPING_STARTS_OFF, r"/destinations/[^/]+/subscriptions/[^/]+"),
        (Behavior.ACTIVATION_STARTS_OFF, r".*/activations/[^/]+"),
    ],
)
async def test_what_starts_off_is_switched_on_though_the_first_try_is_lost(
    tmp_path: Path, behavior: Behavior, path: str
) -> None:
    world = World(tmp_path)
    world.sandbox.world.behaviors.add(behavior)

    ran = await world.run("apply", wrap=with_fault(Fault.ERROR_BEFORE, "PATCH", path))

    assert (ran.code, set(ran.statuses().values())) == (0, {"done"})
    assert [one for one in world.writes() if one.startswith("PATCH")] != []


async def test_a_plan_with_nothing_to_change_counts_once(tmp_path: Path) -> None:
    world = await applied(tmp_path)

    ran = await world.run("plan", as_json=False)

    assert ran.code == 0
    assert ran.out.count("0 to add, 0 to change, 3 already right.") == 1
    assert ran.out.splitlines()[-2] == "Everything is already as you want it."
