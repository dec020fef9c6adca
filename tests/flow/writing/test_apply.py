"""Applying a plan: each change in order and once, whatever happens to a request on its way."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest

from tests.domain.sample_facts import failure
from tests.faulty import Fault, with_answers_lost_after, with_fault
from tests.flow.writing.no_journal import NoJournal
from tests.walk_copies import at_review
from tests.walks import Staged, apply_all, stage, stage_on, walk_to_review
from wizard.domain.failure import FailureKind, Service
from wizard.domain.planning.change import Action
from wizard.domain.tokens.closed import ATTACH, why_not_done
from wizard.flow.profile.journal import EntryStage, Resource
from wizard.flow.writing.apply import apply
from wizard.flow.writing.result import Outcome, Result, Started
from wizard.sandbox.segment import catalog
from wizard.sandbox.state.segment_workspace import Destination
from wizard.wiring import Wrap

DESTINATIONS = r"/destinations"
MAPPINGS = r"/destinations/[^/]+/subscriptions"
CONNECTIONS = r"/spaces/[^/]+/audiences/[^/]+/destination-connections"
ACTIVATIONS = r"/spaces/[^/]+/audiences/[^/]+/destination-connections/[^/]+/activations"
WRITES = {"destination": DESTINATIONS, "mapping": MAPPINGS, "connection": CONNECTIONS, "activation": ACTIVATIONS}


def destinations(staged: Staged) -> list[Destination]:
    """Return the LaunchDarkly destinations in the scenario's workspace."""
    every = staged.sandbox.world.workspaces[0].destinations.values()
    return [one for one in every if one.metadata_id == catalog.LAUNCHDARKLY_ID]


def there_is_one_of_everything(staged: Staged) -> bool:
    workspace = staged.sandbox.world.workspaces[0]
    (destination,) = destinations(staged)
    own = [mapping for mapping in destination.mappings.values() if mapping.activation_id is None]
    connections = [one for one in workspace.connections if one.destination_id == destination.id]
    activations = [len(one.activations) for one in connections]
    return (len(own), len(connections), activations) == (1, 1, [1])


def outcomes(results: dict[str, Result]) -> list[Outcome]:
    return [result.outcome for result in results.values()]


async def test_changes_are_made_in_order_and_each_is_announced() -> None:
    staged = await at_review("happy")
    walk = staged.walk
    events = [event async for event in apply(walk.ports, walk.state, walk.plan(), NoJournal())]
    names = [(type(event), event.id) for event in events]
    order = ["destination", "mapping", "audience:vip_customers"]
    assert names == [(kind, name) for name in order for kind in (Started, Result)]
    assert there_is_one_of_everything(staged)


async def test_the_values_that_were_reviewed_are_the_ones_that_are_set() -> None:
    staged = await at_review("happy")
    walk, reviewed = staged.walk, staged.walk.plan()
    another = replace(walk.state, answers=replace(walk.state.answers, context_kind="account", destination_name="Else"))
    _ = [event async for event in apply(walk.ports, another, reviewed, NoJournal())]
    (destination,) = destinations(staged)
    assert destination.name == reviewed.changes[0].after["name"]  # type: ignore[index]
    kinds = {mapping.settings["context_kind"] for mapping in destination.mappings.values()}
    assert kinds == {"user"}


async def test_what_the_journal_has_with_its_place_is_not_made_a_second_time() -> None:
    staged = await at_review("happy")
    results = await apply_all(staged)
    assert outcomes(results) == [Outcome.DONE] * 3
    made = {entry.kind: entry for entry in staged.walk.session.saved.made}
    assert list(made) == ["destination", "mapping", "connection", "activation"]
    assert made[Resource.DESTINATION].resource_id == results["destination"].resource_id
    assert made[Resource.MAPPING].within == {"destination": results["destination"].resource_id}
    assert made[Resource.CONNECTION].resource_id == results["audience:vip_customers"].resource_id
    assert made[Resource.ACTIVATION].within["connection"] == made[Resource.CONNECTION].resource_id
    assert staged.walk.session.saved.unconfirmed == ()
    assert {change.action for change in staged.walk.plan().changes} == {Action.NONE}
    writes = staged.calls("POST", "") + staged.calls("PATCH", "")

    assert outcomes(await apply_all(staged)) == [Outcome.ALREADY] * 3
    assert staged.calls("POST", "") + staged.calls("PATCH", "") == writes
    assert list(staged.sandbox.breaches) == []


# --- a request on its way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.ERROR_AFTER, Fault.ERROR_BEFORE, Fault.TOO_MANY_AFTER])
async def test_a_write_whose_answer_is_lost_happens_once(fault: Fault) -> None:
    """The writes are those of destination, mapping, connection and activation."""
    met: list[Wrap] = [with_fault(fault, "POST", path) for path in WRITES.values()]
    staged = stage("happy", wrap=lambda inner: reduce(lambda transport, wrap: wrap(transport), met, inner))
    await walk_to_review(staged)
    assert outcomes(await apply_all(staged)) == [Outcome.DONE] * 3
    assert there_is_one_of_everything(staged)
    assert list(staged.sandbox.breaches) == []
    kinds = [entry.kind for entry in staged.walk.session.saved.made]
    assert kinds == ["destination", "mapping", "connection", "activation"]


@pytest.mark.parametrize("what", list(WRITES))
async def test_a_write_is_not_repeated_when_nobody_can_look_whether_it_happened(what: str) -> None:
    staged = await at_review("happy")
    blind = stage_on(staged.sandbox, wrap=with_answers_lost_after("POST", WRITES[what], to=".*", loses=True))
    results = {
        event.id: event
        async for event in apply(blind.walk.ports, staged.walk.state, staged.walk.plan(), staged.walk.session)
        if isinstance(event, Result)
    }
    assert Outcome.FAILED in outcomes(results)
    assert staged.calls("POST", _end(what)) <= 1
    assert [entry.kind for entry in staged.walk.session.saved.unconfirmed] == [what]
    assert list(staged.sandbox.breaches) == []


def _end(what: str) -> str:
    return {"destination": "/destinations", "mapping": "/subscriptions", "activation": "/activations"}.get(
        what, "destination-connections"
    )


@pytest.mark.parametrize("times", [1, 5])
async def test_a_rate_limit_is_waited_for_as_long_as_it_asks(times: int) -> None:
    staged = stage("happy", wrap=with_fault(Fault.TOO_MANY, "POST", MAPPINGS, times=times))
    await walk_to_review(staged)
    before = len(staged.clock.sleeps)
    assert outcomes(await apply_all(staged)) == [Outcome.DONE] * 3
    assert 7.0 in staged.clock.sleeps[before:]
    assert there_is_one_of_everything(staged)


async def test_a_refused_second_instance_is_added_by_hand_before_the_rest() -> None:
    staged = stage("happy", wrap=with_fault(Fault.SECOND_INSTANCE, "POST", DESTINATIONS))
    await walk_to_review(staged)
    results = await apply_all(staged)
    assert outcomes(results) == [Outcome.BY_HAND, Outcome.SKIPPED, Outcome.SKIPPED]
    error = results["destination"].error
    assert error is not None
    assert "only one LaunchDarkly Audiences destination" in error.summary
    assert "Segment adds a source for it." in error.fix
    assert results["mapping"].detail == "Comes after the destination, which you do by hand first."
    assert destinations(staged) == []
    stages = [entry.stage for entry in staged.walk.session.saved.journal]
    assert stages == [EntryStage.INTENDED, EntryStage.REFUSED]
    assert staged.walk.session.saved.unconfirmed == ()


async def test_a_write_that_happened_is_ours_even_if_it_cannot_be_read_back() -> None:
    staged = await at_review("happy")
    session, lists = staged.walk.session, staged.calls("GET", "/destinations")
    assert lists
    deaf = stage_on(staged.sandbox, wrap=with_answers_lost_after("POST", DESTINATIONS, to=DESTINATIONS))
    async for _ in apply(deaf.walk.ports, staged.walk.state, staged.walk.plan(), session):
        pass
    assert [entry.resource_id for entry in session.saved.made] == [destinations(staged)[0].id]


# --- by hand ----------------------------------------------------------------------------------------------------


async def test_where_attaching_is_closed_it_is_left_to_be_done_by_hand() -> None:
    staged = stage("happy", wrap=with_fault(Fault.CLOSED, "POST", CONNECTIONS))
    await walk_to_review(staged)
    results = await apply_all(staged)
    assert outcomes(results) == [Outcome.DONE, Outcome.DONE, Outcome.BY_HAND]
    audience = results["audience:vip_customers"]
    assert "+ Add destination" in audience.detail
    assert audience.error is not None
    assert audience.error.fix == audience.detail
    assert audience.detail.startswith("This workspace doesn't let the API attach a destination to an audience.")
    assert "token" not in audience.detail


@pytest.mark.parametrize(
    ("kind", "message", "why"),
    [
        (FailureKind.UNAUTHORIZED, "", "most likely the token lacks a role"),
        (FailureKind.FORBIDDEN, "", "We can't tell whether the token lacks a role or the workspace"),
        (FailureKind.NOT_FOUND, "", "We can't tell"),
        (FailureKind.FORBIDDEN, "This feature is off", "This workspace doesn't let the API attach"),
        (FailureKind.INVALID, "must be added to Engage first", "didn't attach"),
    ],
)
def test_why_the_api_does_not_attach_is_said_as_far_as_it_is_known(kind: FailureKind, message: str, why: str) -> None:
    assert why in why_not_done(failure(kind, Service.SEGMENT, message=message), ATTACH)


async def test_where_attaching_has_to_begin_in_the_app_it_is_left_to_be_done_by_hand() -> None:
    staged = await at_review("attach-needs-app")
    results = await apply_all(staged)
    assert outcomes(results)[:2] == [Outcome.DONE] * 2
    assert results["audience:vip_customers"].outcome is Outcome.BY_HAND


async def test_where_only_starting_is_closed_the_hand_is_told_that_it_is_connected() -> None:
    staged = stage("happy", wrap=with_fault(Fault.CLOSED, "POST", ACTIVATIONS))
    await walk_to_review(staged)
    result = (await apply_all(staged))["audience:vip_customers"]
    assert result.outcome is Outcome.BY_HAND
    assert result.detail.startswith("Connected, but the API didn't activate it.")
    assert result.resource_id


async def test_an_outage_while_starting_is_a_failure_and_the_next_run_finishes_it() -> None:
    staged = stage("happy", wrap=with_fault(Fault.ERROR_BEFORE, "POST", ACTIVATIONS, times=2))
    await walk_to_review(staged)
    assert outcomes(await apply_all(staged))[-1] is Outcome.FAILED

    (left,) = staged.walk.plan().pending
    assert left.id == "audience:vip_customers"
    assert (await apply_all(staged))[left.id].outcome is Outcome.DONE
    assert there_is_one_of_everything(staged)


# --- the world moves --------------------------------------------------------------------------------------------


def _somebody_makes(staged: Staged, *, enabled: bool = True, token: str = "") -> None:
    world, tokens = staged.sandbox.world, staged.sandbox.tokens
    source = next(one for one in world.workspaces[0].sources if one.name == "Personas Production")
    token = token or tokens.launchdarkly_access_token
    hand = staged.sandbox.app_actions
    made = hand.create_destination(source.id, token, tokens.launchdarkly_client_side_id, enabled=enabled)
    hand.create_mapping(made.id, enabled=True)


async def test_a_destination_that_appears_after_the_review_is_adopted() -> None:
    staged = await at_review("happy")
    _somebody_makes(staged)
    results = await apply_all(staged)
    assert outcomes(results) == [Outcome.ALREADY, Outcome.ALREADY, Outcome.DONE]
    assert there_is_one_of_everything(staged)
    assert [entry.kind for entry in staged.walk.session.saved.made] == ["connection", "activation"]
    assert list(staged.sandbox.breaches) == []


@pytest.mark.parametrize("odd", [{"enabled": False}, {"token": "api-00000000-0000-0000-0000-00000000beef"}])
async def test_one_that_appears_and_is_not_as_reviewed_is_neither_used_nor_changed(odd: dict[str, str]) -> None:
    staged = await at_review("happy")
    _somebody_makes(staged, **odd)  # type: ignore[arg-type]
    results = await apply_all(staged)
    assert outcomes(results) == [Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED]
    assert "Review" in results["destination"].error.fix  # type: ignore[union-attr]
    assert staged.calls("PATCH", "") == 0


async def test_an_audience_that_somebody_attaches_meanwhile_is_not_started_twice() -> None:
    staged = await at_review("happy")
    walk, plan, reviewed = staged.walk, staged.walk.plan(), staged.walk.state
    async for _ in apply(walk.ports, reviewed, replace(plan, changes=plan.changes[:2]), NoJournal()):
        pass
    staged.sandbox.app_actions.attach(reviewed.answers.audiences[0], destinations(staged)[0].id)

    events = [event async for event in apply(walk.ports, reviewed, plan, NoJournal())]
    assert [event.outcome for event in events if isinstance(event, Result)] == [Outcome.ALREADY] * 3
    assert staged.calls("POST", "/activations") == 0


async def test_a_plan_that_no_longer_fits_what_is_known_fails_in_words() -> None:
    staged = await at_review("happy")
    plan = staged.walk.plan()
    _somebody_makes(staged)
    await staged.walk.read_again()
    result = (await apply_all(staged, plan))["destination"]
    assert result.outcome is Outcome.FAILED
    assert result.error is not None
    assert result.error.code == "no_source"


# --- repairing --------------------------------------------------------------------------------------------------


async def test_a_destination_that_is_off_is_switched_on_and_nothing_else_is_sent() -> None:
    staged = await at_review("destination-disabled")
    (destination,) = destinations(staged)
    token = destination.settings["apiKey"]
    assert {change.id: change.action for change in staged.walk.plan().changes}["destination"] is Action.UPDATE
    assert (await apply_all(staged))["destination"].outcome is Outcome.DONE
    assert destination.enabled
    assert destination.settings["apiKey"] == token
    (entry, *_) = staged.walk.session.saved.made
    assert not entry.is_creation
    assert destination.id not in staged.walk.made_by_us


async def test_a_wrong_token_is_replaced_with_the_client_side_id_never_by_bullets() -> None:
    staged = await at_review("wrong-token-in-destination")
    (destination,) = destinations(staged)
    assert (await apply_all(staged))["destination"].outcome is Outcome.DONE
    assert destination.settings == {
        "apiKey": staged.sandbox.tokens.launchdarkly_access_token,
        "clientId": staged.sandbox.tokens.launchdarkly_client_side_id,
    }
    assert list(staged.sandbox.breaches) == []


async def test_a_destination_is_renamed_when_the_user_gave_it_a_name_of_its_own() -> None:
    staged = await at_review("destination-disabled")
    (destination,) = destinations(staged)
    destination.enabled = True
    walk = staged.walk
    await walk.read_again()
    walk.answer(staged.ask("destination"), destination.id)
    walk.answer(staged.ask("destination_name"), "Shop audiences")
    await walk.read()
    assert (await apply_all(staged))["destination"].outcome is Outcome.DONE
    assert destination.name == "Shop audiences"


async def test_a_mapping_that_was_edited_is_restored_and_keeps_the_users_choices() -> None:
    staged = await at_review("mapping-edited")
    (destination,) = destinations(staged)
    assert (await apply_all(staged))["mapping"].outcome is Outcome.DONE
    (mapping,) = (one for one in destination.mappings.values() if one.activation_id is None)
    assert mapping.trigger == catalog.TRIGGER
    assert {key: mapping.settings[key] for key in catalog.PRESET_FIELDS if key != "audience_action"} == {
        key: value for key, value in catalog.PRESET_FIELDS.items() if key != "audience_action"
    }


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.ERROR_BEFORE])
async def test_a_repair_whose_answer_is_lost_is_made_once(fault: Fault) -> None:
    staged = stage("mapping-disabled", wrap=with_fault(fault, "PATCH", MAPPINGS + "/[^/]+"))
    await walk_to_review(staged)
    (destination,) = destinations(staged)
    assert (await apply_all(staged))["mapping"].outcome is Outcome.DONE
    assert all(mapping.enabled for mapping in destination.mappings.values())
    assert staged.calls("PATCH", "/subscriptions/") == 1


async def test_a_failed_repair_of_the_destination_does_not_hide_what_is_right() -> None:
    staged = stage("destination-disabled", wrap=with_fault(Fault.CLOSED, "PATCH", DESTINATIONS + "/[^/]+"))
    await walk_to_review(staged)
    results = await apply_all(staged)
    assert results["destination"].outcome is Outcome.FAILED
    adopted = [change.id for change in staged.walk.plan().changes if change.action in {Action.ADOPT, Action.NONE}]
    assert all(results[name].outcome is Outcome.ALREADY for name in adopted)
