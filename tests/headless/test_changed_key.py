"""A changed context key reaches everything that sends: the mapping, and an activation's own mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faulty import Fault, with_fault
from tests.headless.commands.test_plan_and_apply import made_by_hand
from tests.headless.runs import ALL_MADE, NOTHING, SETUP, Ran, World, applied
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.audiences.activations import add_own_mapping
from wizard.sandbox.state.segment_workspace import Activation, Connection, Mapping

VIP = "audience:vip_customers"
BY_USER_ID = SETUP + '\n[mapping]\ncontext_key = "user_id_only"\n'
BY_EMAIL = SETUP + '\n[mapping]\ncontext_key = "email_only"\n'
ACTIVATION = r"/spaces/[^/]+/audiences/[^/]+/activations/[^/]+"


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A world after an apply with the user ID as the context key; nothing has been delivered yet."""
    return await applied(tmp_path, BY_USER_ID)


def keys_in_use(world: World) -> list[str]:
    """Return the context key of every mapping that sends to LaunchDarkly."""
    every = world.sandbox.world.workspaces[0].destinations.values()
    mappings = [mapping for one in every if "LaunchDarkly" in one.name for mapping in one.mappings.values()]
    return [str(mapping.settings["context_key"]) for mapping in mappings]


def members(world: World) -> list[str]:
    environment = world.sandbox.world.accounts[0].projects["shop"].environments["production"]
    (segment,) = (one for one in environment.segments.values() if one.name == "Vip customers")
    return list(segment.counted_at)


async def watched(world: World, setup: str) -> None:
    """Watch the first sync to its end, with one poll a minute."""
    world.clock.at_least = 60.0
    await world.run("watch", setup=setup)
    world.clock.at_least = 0.0


def finding(ran: Ran, check: str) -> dict[str, Any]:
    return next(one for one in ran.document["checks"] if one["id"] == check)


def change(ran: Ran) -> dict[str, Any]:
    """Return the plan's change of the audience."""
    return next(one for one in ran.document["changes"] if one["id"] == VIP)


# --- the activation that we made ---------------------------------------------------------------------------------


async def test_the_plan_shows_the_activation_before_and_after(world: World) -> None:
    ran = await world.run("plan", setup=BY_EMAIL)

    assert (ran.code, ran.actions()) == (4, {"destination": "none", "mapping": "update", VIP: "update"})
    (before,), (after,) = (change(ran)[when]["activations"].values() for when in ("before", "after"))
    assert (before, after) == ({"context_key": "user_id_only"}, {"context_key": "email_only"})
    assert change(ran)["undoable"] is True


async def test_for_people_the_plan_says_what_the_key_becomes(world: World) -> None:
    ran = await world.run("plan", setup=BY_EMAIL, as_json=False)

    assert ran.out.count("Context key: Use Segment UserId only becomes Use email only") == 2


async def test_apply_makes_it_and_every_member_has_the_one_kind_of_key(world: World) -> None:
    ran = await world.run("apply", setup=BY_EMAIL)
    await watched(world, BY_EMAIL)

    assert (ran.code, ran.statuses()) == (0, {"destination": "already", "mapping": "done", VIP: "done"})
    assert keys_in_use(world) == ["email_only", "email_only"]
    assert len(members(world)) == 1234
    assert all("@" in member for member in members(world))
    await world.clock.sleep(60)
    again = await world.run("plan", setup=BY_EMAIL)
    assert (again.code, set(again.actions().values())) == (0, {"none"})
    assert world.made() == ALL_MADE
    assert world.breaches == []


async def test_members_of_a_sync_that_is_over_are_sent_again_under_the_new_key(world: World) -> None:
    await watched(world, BY_USER_ID)
    assert not any("@" in member for member in members(world))

    await world.run("apply", setup=BY_EMAIL)
    await world.clock.sleep(3600)
    await world.run("doctor", setup=BY_EMAIL)

    assert sum("@" in member for member in members(world)) == 1234


async def test_doctor_says_when_only_the_mapping_was_changed(world: World) -> None:
    """Someone changed only the mapping in the app, or an older version of the wizard did."""
    for mapping in own_mappings(world):
        mapping.settings["context_key"] = "email_only"

    ran = await world.run("doctor", setup=BY_EMAIL)

    found = finding(ran, "audience.activation_mapping")
    assert (ran.code, ran.document["healthy"], found["status"], found["fixable"]) == (1, False, "fail", True)
    assert "Context key “Use Segment UserId only” instead of “Use email only”" in found["summary"]
    assert found["evidence"]["audience"] == "vip_customers"
    assert [one["id"] for one in ran.document["checks"] if one["status"] == "fail"] == [found["id"]]
    assert (await world.run("apply", setup=BY_EMAIL)).code == 0
    mended = finding(await world.run("doctor", setup=BY_EMAIL), "audience.activation_mapping")
    assert mended["status"] == "pass"


def own_mappings(world: World) -> list[Mapping]:
    """Return our mappings that don't belong to an activation."""
    every = world.sandbox.world.workspaces[0].destinations.values()
    mappings = (mapping for one in every if "LaunchDarkly" in one.name for mapping in one.mappings.values())
    return [mapping for mapping in mappings if mapping.activation_id is None]


async def test_doctor_names_the_activation_of_an_audience_that_is_no_longer_chosen(world: World) -> None:
    """All audiences share the mapping, but the audience that was left out keeps sending under the old key."""
    another = BY_EMAIL.replace("vip_customers", "new_signups")
    await world.run("apply", setup=another)

    found = finding(await world.run("doctor", setup=another), "audience.other_activations")

    assert found["status"] == "warn"
    assert "1 activation of other audiences sends" in found["summary"]


async def test_undo_after_a_changed_key_still_takes_back_everything(world: World) -> None:
    await world.run("apply", setup=BY_EMAIL)

    ran = await world.run("undo", setup=BY_EMAIL)

    assert (ran.code, set(ran.statuses().values()), world.made()) == (0, {"done"}, NOTHING)


async def test_undo_leaves_an_activation_whose_key_somebody_else_changed_since(world: World) -> None:
    (activation,) = activations(world)
    assert activation.mapping is not None
    activation.mapping["settings"]["context_key"] = "email_only"

    ran = await world.run("undo", setup=BY_USER_ID)

    assert ran.statuses()[VIP] == "skipped"
    assert "context_key was user_id_only, is email_only" in ran.err


def activations(world: World) -> list[Activation]:
    return [one for c in world.sandbox.world.workspaces[0].connections for one in c.activations.values()]


async def test_a_new_activation_sends_as_the_mapping_that_was_there(tmp_path: Path) -> None:
    """Nobody chose a key, so the mapping keeps its key, and the activation takes that instead of the suggested one."""
    world = World(tmp_path)
    made_by_hand(world, context_key="email_only")

    assert (await world.run("apply")).code == 0

    assert keys_in_use(world) == ["email_only", "email_only"]


# --- what can happen on the way ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.ERROR_AFTER, Fault.TOO_MANY])
async def test_an_answer_that_is_lost_ends_right(world: World, fault: Fault) -> None:
    ran = await world.run("apply", setup=BY_EMAIL, wrap=with_fault(fault, "PATCH", ACTIVATION))

    assert (ran.code, ran.statuses()[VIP], keys_in_use(world)) == (0, "done", ["email_only", "email_only"])


async def test_where_the_api_refuses_it_the_hand_does_it(world: World) -> None:
    ran = await world.run("apply", setup=BY_EMAIL, wrap=with_fault(Fault.CLOSED, "PATCH", ACTIVATION))

    result = ran.document["results"][-1]
    assert (ran.code, result["status"]) == (4, "by_hand")
    (step,) = (step for step in result["steps"] if "Activations" in step["menu"])
    assert step["values"] == {"Context key": "Use email only"}


async def test_a_refused_update_is_still_to_do_in_the_next_plan(world: World) -> None:
    await world.run("apply", setup=BY_EMAIL, wrap=with_fault(Fault.CLOSED, "PATCH", ACTIVATION))

    plan = await world.run("plan", setup=BY_EMAIL)

    assert plan.actions() == {"destination": "none", "mapping": "none", VIP: "update"}


async def test_a_service_that_does_not_show_the_activations_mapping_ends_right_too(world: World) -> None:
    world.sandbox.world.workspaces[0].shows_activation_settings = False

    ran = await world.run("apply", setup=BY_EMAIL)

    assert (ran.code, ran.statuses()[VIP], keys_in_use(world)) == (0, "done", ["email_only", "email_only"])
    again = await world.run("plan", setup=BY_EMAIL)
    assert (again.code, set(again.actions().values())) == (0, {"none"})
    doctor = await world.run("doctor", setup=BY_EMAIL)
    assert finding(doctor, "audience.activation_mapping")["status"] == "pass"


# --- the activation that a colleague made ------------------------------------------------------------------------


@pytest.fixture
def colleagues(tmp_path: Path) -> World:
    """Return a world in which someone else made everything, with an activation that sends the user ID."""
    world = World(tmp_path)
    destination = made_by_hand(world)
    actions, workspace = world.sandbox.app_actions, world.sandbox.world.workspaces[0]
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    connection: Connection = actions.attach(audience.id, destination, identify=False, track=False)
    _activate(world, connection)
    return world


def _activate(world: World, connection: Connection) -> None:
    """Add the colleague's activation, which sends through its own mapping."""
    workspace, settings = world.sandbox.world.workspaces[0], {**catalog.PRESET_FIELDS, "context_kind": "user"}
    made = Activation(
        id=f"act_{workspace.next_number():09d}",
        name="The colleague's sync",
        kind="Audience Membership Changed",
        enabled=True,
        perform_resync=True,
        created_at=world.clock.now(),
        mapping={"actionId": catalog.ACTION_ID, "settings": {**settings, "context_key": "user_id_only"}},
    )
    add_own_mapping(workspace, connection, made)
    connection.activations[made.id] = made


async def test_a_colleagues_activation_that_is_right_is_adopted(colleagues: World) -> None:
    ran = await colleagues.run("plan", setup=BY_USER_ID)

    assert set(ran.actions().values()) == {"adopt"}


async def test_a_colleagues_activation_is_shown_as_theirs(colleagues: World) -> None:
    plan = await colleagues.run("plan", setup=BY_EMAIL)
    doctor = await colleagues.run("doctor", setup=BY_EMAIL)

    assert plan.actions() == {"destination": "adopt", "mapping": "update", VIP: "update"}
    assert "someone else's activation The colleague's sync" in change(plan)["summary"]
    assert finding(doctor, "mapping.context_key")["status"] == "fail"
    assert (await colleagues.run("apply", setup=BY_EMAIL)).code == 0
    assert keys_in_use(colleagues) == ["email_only", "email_only"]
    assert colleagues.breaches == []


async def test_undo_leaves_mapping_and_activation_alike_while_a_colleague_uses_them(colleagues: World) -> None:
    await colleagues.run("apply", setup=BY_EMAIL)

    undone = await colleagues.run("undo", setup=BY_EMAIL)

    assert (undone.code, undone.statuses()) == (0, {VIP: "skipped", "mapping": "skipped"})
    assert "The mapping stays as it is, and the two have to match." in undone.err
    assert keys_in_use(colleagues) == ["email_only", "email_only"]


async def test_undo_puts_back_an_activation_that_alone_was_changed(colleagues: World) -> None:
    (mapping,) = own_mappings(colleagues)
    mapping.settings["context_key"] = "email_only"
    assert (await colleagues.run("apply", setup=BY_EMAIL)).statuses()[VIP] == "done"

    undone = await colleagues.run("undo", setup=BY_EMAIL)

    assert (undone.code, undone.statuses()) == (0, {VIP: "done"})
    assert "Put back as it was: the activation of VIP customers" in undone.err
    assert sorted(keys_in_use(colleagues)) == ["email_only", "user_id_only"]
    assert colleagues.breaches == []


async def test_what_is_not_shown_is_put_back_by_hand(colleagues: World) -> None:
    (mapping,) = own_mappings(colleagues)
    mapping.settings["context_key"] = "email_only"
    await colleagues.run("apply", setup=BY_EMAIL)
    colleagues.sandbox.world.workspaces[0].shows_activation_settings = False

    undone = await colleagues.run("undo", setup=BY_EMAIL)

    assert (undone.code, undone.statuses()[VIP]) == (4, "by_hand")
    assert "set context_key to user_id_only there" in undone.err
