"""The readings of a first sync: each is made only when it can explain something."""

from __future__ import annotations

from tests.walk_copies import at_review
from tests.walks import Staged, stage, walk_to_review
from wizard.domain.findings import Status
from wizard.domain.services.segment import Intake
from wizard.sandbox.state.account import Segment


async def _walked(staged: Staged) -> Staged:
    await walk_to_review(staged)
    return staged


def _give_test_user(staged: Staged, key: str) -> None:
    assert staged.walk.answer(staged.ask("test_user"), key) == ""


async def test_before_anything_is_set_up_only_namesakes_are_looked_for() -> None:
    facts = (await _walked(stage("happy"))).walk.state.facts
    assert facts.namesakes == ()
    assert (facts.audit, facts.intake) == (None, None)
    assert (facts.segment_details, facts.test_user_member, facts.segments_elsewhere) == ({}, {}, {})


async def test_a_segment_that_is_there_is_opened_and_asked_for_the_test_user() -> None:
    staged = await at_review("two-destinations")
    _give_test_user(staged, "user-0001")
    await staged.walk.read()
    assert staged.finding("sync.test_user").status is Status.PASS
    assert staged.finding("launchdarkly.flags").status is Status.WARN
    _give_test_user(staged, "nobody")
    await staged.walk.read()
    assert staged.finding("sync.test_user").status is Status.WARN


async def test_what_reached_the_source_is_counted() -> None:
    intake = (await _walked(stage("two-destinations"))).walk.state.facts.intake
    assert isinstance(intake, Intake)
    assert intake.received > 0


async def test_who_switched_a_destination_off_is_reported_in_its_evidence() -> None:
    staged = await _walked(stage("destination-disabled"))
    (disabled, created) = staged.finding("destination.enabled").evidence["last_changes"]
    assert "Integration Disabled, by ada@example.com" in disabled
    assert "Integration Created" in created


async def test_nobody_is_asked_about_what_is_as_wanted() -> None:
    staged = await _walked(stage("resume"))
    assert staged.calls("GET", "/audit-events") == 0


async def test_a_segment_made_by_hand_with_the_expected_name_is_found() -> None:
    staged = stage("happy")
    production = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]
    at = staged.clock.now()
    production.segments["vip"] = Segment("vip", "Vip customers", at, at)
    await walk_to_review(staged)
    finding = staged.finding("sync.duplicate")
    assert finding.status is Status.WARN
    assert "created by hand" in finding.cause


async def test_a_segment_that_went_to_another_environment_is_found_there() -> None:
    """The destination had staging's client-side ID during the sync; someone has corrected it since."""
    staged = stage("two-destinations")
    workspace = staged.sandbox.world.workspaces[0]
    first, second = (one for one in workspace.destinations.values() if one.metadata_id.startswith("64e7"))
    del workspace.destinations[second.id]
    shop = staged.sandbox.world.accounts[0].projects["shop"].environments
    first.settings["clientId"] = shop["staging"].id
    staged.sandbox.advance()
    first.settings["clientId"] = shop["production"].id
    await walk_to_review(staged)
    finding = staged.finding("sync.segment")
    assert (finding.status, finding.evidence["environment"]) == (Status.FAIL, "staging")
