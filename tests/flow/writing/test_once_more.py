"""Between review and yes, tokens, roles, environments and destinations may change: yes reads before it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faulty import Fault, with_fault
from tests.walk_copies import at_review
from tests.walks import Staged, stage, stage_on, walk_to_review
from wizard.domain.answers import NEW_DESTINATION
from wizard.domain.planning.change import Action
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.profile.session import Session
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import PlanOutdated, Reviewed, apply_reviewed, review
from wizard.sandbox.segment import catalog
from wizard.sandbox.state.segment_workspace import Destination, Source

CALLER = "/api/v2/caller-identity"


async def reviewed_on(staged: Staged) -> Reviewed:
    await walk_to_review(staged)
    return review(staged.walk)


async def moved_by(staged: Staged, reviewed: Reviewed) -> PlanOutdated:
    """Say yes to an outdated plan, check that nothing was written, and return the reason."""
    events = [event async for event in apply_reviewed(staged.walk, reviewed)]
    assert [type(event) for event in events] == [PlanOutdated]
    assert staged.writes == []
    assert "review" not in staged.walk.accepted
    (moved,) = (event for event in events if isinstance(event, PlanOutdated))
    return moved


# --- who the tokens are, and where they write to -----------------------------------------------------------------


def revoke_at_segment(staged: Staged) -> None:
    staged.sandbox.world.workspaces[0].tokens.clear()


def revoke_at_launchdarkly(staged: Staged) -> None:
    staged.sandbox.world.accounts[0].tokens.clear()


def take_the_role_away(staged: Staged) -> None:
    for token in staged.sandbox.world.accounts[0].tokens:
        token.role, token.custom_role_ids, token.inline_role = "reader", [], []


def make_the_environment_anew(staged: Staged) -> None:
    """Make the environment anew under the same key, with another client-side ID."""
    staged.sandbox.world.accounts[0].projects["shop"].environments["production"].id = "5f0c5f0c5f0c5f0c5f0c5f0c"


def delete_the_project(staged: Staged) -> None:
    del staged.sandbox.world.accounts[0].projects["shop"]


def restrict_the_segment_token(staged: Staged) -> None:
    for token in staged.sandbox.world.workspaces[0].tokens:
        token.owner = False


@pytest.mark.parametrize(
    ("meanwhile", "check", "why"),
    [
        (revoke_at_segment, "segment.token.valid", "Segment doesn't know this token."),
        (revoke_at_launchdarkly, "launchdarkly.token.valid", "LaunchDarkly doesn't accept this token."),
        (take_the_role_away, "launchdarkly.token.permissions", "createSegment"),
        (
            make_the_environment_anew,
            "launchdarkly.client_side_id",
            "No LaunchDarkly environment has this client-side ID.",
        ),
        (delete_the_project, "launchdarkly.client_side_id", "No LaunchDarkly environment has this client-side ID."),
        (restrict_the_segment_token, "segment.token.permissions", "This token can't use these parts"),
    ],
)
async def test_what_stands_in_the_way_since_the_review_is_named(
    meanwhile: Callable[[Staged], None], check: str, why: str
) -> None:
    staged = stage("happy")
    reviewed = await reviewed_on(staged)
    meanwhile(staged)

    moved = await moved_by(staged, reviewed)

    assert check in moved.reviewed.plan.blocked_by
    assert why in moved.why
    assert moved.could_read


async def test_a_token_that_dies_while_the_changes_are_made_is_called_dead() -> None:
    """Segment refuses a dead token as it refuses a token without the role."""

    class Killer(Session):
        def made(self, write: Write, resource_id: str) -> None:
            super().made(write, resource_id)
            if write.kind is Resource.MAPPING:
                revoke_at_segment(staged)

    staged = stage("happy")
    staged = stage_on(staged.sandbox, session=Killer(None, staged.clock))
    reviewed = await reviewed_on(staged)

    events = [event async for event in apply_reviewed(staged.walk, reviewed)]

    results = {event.id: event for event in events if isinstance(event, Result)}
    assert [one.outcome for one in results.values()] == [Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED]
    error = results["mapping"].error
    assert error is not None
    assert error.summary.startswith("Segment doesn't know this token.")


@pytest.mark.parametrize(("path", "service"), [(CALLER, "LaunchDarkly"), ("/", "Twilio Segment")])
async def test_a_service_that_does_not_answer_now_has_changed_nothing(path: str, service: str) -> None:
    staged = stage("happy")
    reviewed = await reviewed_on(staged)
    broken = stage_on(staged.sandbox, wrap=with_fault(Fault.ERROR_BEFORE, "GET", path, times=9))
    walk = staged.walk
    ports, walk.ports = walk.ports, broken.walk.ports

    moved = await moved_by(staged, reviewed)

    assert not moved.could_read
    assert moved.why.startswith(f"{service} has a problem.")
    assert moved.reviewed == reviewed
    walk.ports = ports
    events = [event async for event in apply_reviewed(walk, moved.reviewed)]
    assert [event.outcome for event in events if isinstance(event, Result)] == [Outcome.DONE] * 3


async def test_the_look_asks_who_the_tokens_are_and_lists_no_projects() -> None:
    staged = stage("happy")
    reviewed = await reviewed_on(staged)
    before = len(staged.sandbox.requests)

    assert [event async for event in apply_reviewed(staged.walk, reviewed)]

    asked = [one.path for one in list(staged.sandbox.requests)[before:]]
    assert asked.count(CALLER) == 1
    assert asked.count("/") == 1
    assert "/api/v2/projects" not in asked
    assert list(staged.sandbox.breaches) == []


# --- what a colleague made ---------------------------------------------------------------------------------------


def colleagues_destination(staged: Staged) -> Destination:
    """Make a colleague's destination for the same environment, under another name and on a further source."""
    workspace, tokens = staged.sandbox.world.workspaces[0], staged.sandbox.tokens
    first = next(one for one in workspace.sources if one.space_id == workspace.spaces[0].id)
    workspace.sources.append(Source("src_further", f"{first.slug}_2", first.name, "key", space_id=first.space_id))
    return staged.sandbox.app_actions.create_destination(
        first.id, tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id, "Theirs", enabled=True
    )


def destinations(staged: Staged) -> Iterator[Destination]:
    every = staged.sandbox.world.workspaces[0].destinations.values()
    return (one for one in every if one.metadata_id == catalog.LAUNCHDARKLY_ID)


async def test_a_destination_for_the_same_environment_is_used_and_not_doubled() -> None:
    staged = stage("happy")
    reviewed = await reviewed_on(staged)
    theirs = colleagues_destination(staged)

    moved = await moved_by(staged, reviewed)

    assert "the destinations" in moved.why
    change = moved.reviewed.plan.changes[0]
    assert (change.action, change.resource_id) == (Action.ADOPT, theirs.id)
    events = [event async for event in apply_reviewed(staged.walk, moved.reviewed)]
    assert Outcome.FAILED not in {event.outcome for event in events if isinstance(event, Result)}
    assert [one.id for one in destinations(staged)] == [theirs.id]


async def test_it_is_used_too_when_it_was_made_before_the_walk_goes_on_another_day() -> None:
    """The user chose `Make a new one` while no destination existed."""
    staged = await at_review("happy")
    session = staged.walk.session
    assert session.saved.answers.destination == NEW_DESTINATION
    theirs = colleagues_destination(staged)

    again = stage_on(staged.sandbox, session=session)
    await load_secrets(again.walk)
    again.walk.resume()
    await again.walk.read()

    assert again.walk.plan().changes[0].resource_id == theirs.id
    assert again.walk.state.answers.destination == theirs.id


async def test_a_new_one_beside_one_that_was_there_stays_the_users_choice() -> None:
    staged = stage("happy")
    colleagues_destination(staged)
    await walk_to_review(staged)
    assert staged.walk.answer(staged.ask("destination"), NEW_DESTINATION) == ""

    await staged.walk.read_again()

    assert staged.walk.state.answers.destination == NEW_DESTINATION
    assert staged.walk.plan().changes[0].action is not Action.ADOPT
