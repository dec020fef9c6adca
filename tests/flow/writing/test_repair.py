"""What R does: make exactly the changes that fix a finding, or take an answer that the wizard knows."""

from __future__ import annotations

import pytest

from tests.walk_copies import at_review
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.answers import NEW_DESTINATION, ContextKey
from wizard.domain.findings import Status
from wizard.domain.planning.change import DESTINATION, MAPPING
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.writing.repair import Repair, repair_of, take_answer


async def reviewed(world: str) -> Staged:
    return await at_review(world)


VIP = "audience:vip_customers"  # the change that sends all members again


@pytest.mark.parametrize(
    ("world", "check", "repair"),
    [
        ("destination-disabled", "destination.enabled", Repair((DESTINATION, VIP))),
        ("wrong-token-in-destination", "destination.token", Repair((DESTINATION, VIP))),
        ("mapping-disabled", "mapping.enabled", Repair((MAPPING, VIP))),
        ("mapping-edited", "mapping.trigger", Repair((MAPPING, VIP))),
        (
            "anonymous-audience",
            "audience.identifiers",
            Repair(ask="context_key", value=ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID.value),
        ),
        ("other-keys", "launchdarkly.context_keys", Repair(ask="context_key", value=ContextKey.EMAIL_ONLY.value)),
        ("other-kind", "sync.context_kind", Repair(ask="context_kind", value="organization")),
    ],
)
async def test_a_finding_with_a_safe_fix_has_exactly_its_repair(world: str, check: str, repair: Repair) -> None:
    staged = await reviewed(world)
    assert repair_of(staged.walk, staged.finding(check)) == repair


@pytest.mark.parametrize(
    ("world", "check"),
    [
        ("reader-token", "launchdarkly.token.permissions"),
        ("two-destinations", "destination.single"),
        ("happy", "destination.exists"),
    ],
)
async def test_what_only_a_person_can_fix_has_none(world: str, check: str) -> None:
    staged = stage(world)
    if world == "reader-token":
        await load_secrets(staged.walk)
        staged.walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id)
        await staged.walk.read()
    else:
        await walk_to_review(staged)
    assert repair_of(staged.walk, staged.finding(check)) is None


async def test_a_new_destination_beside_one_that_fits_is_given_up_for_that_one() -> None:
    staged = await reviewed("resume")
    assert staged.walk.answer(staged.ask("destination"), NEW_DESTINATION) == ""
    assert staged.walk.answer(staged.ask("destination_name"), "Another one") == ""
    await staged.walk.read()
    found = staged.finding("destination.exists")
    assert found.status is Status.WARN
    repair = repair_of(staged.walk, found)
    assert repair is not None
    take_answer(staged.walk, repair)
    assert staged.walk.state.answers.destination == found.evidence["destination"]


async def test_the_context_key_of_a_repair_lets_members_sync() -> None:
    staged = await reviewed("anonymous-audience")
    repair = repair_of(staged.walk, staged.finding("audience.identifiers"))
    assert repair is not None
    take_answer(staged.walk, repair)
    assert staged.finding("audience.identifiers").status is not Status.FAIL


async def test_a_workspace_in_the_other_region_needs_no_repair_and_no_restart() -> None:
    staged = await reviewed("wrong-region")
    assert staged.finding("segment.region").status is not Status.FAIL
    assert staged.walk.plan().blocked_by == ()


async def test_a_kind_that_the_project_lacks_is_no_repair() -> None:
    staged = await reviewed("context-kind-unseen")
    assert staged.walk.answer(staged.ask("context_kind"), "user") == ""
    await staged.walk.read()
    found = staged.finding("sync.context_kind")
    assert (found.status, found.evidence["segment"]) == (Status.WARN, "person")
    assert repair_of(staged.walk, found) is None
