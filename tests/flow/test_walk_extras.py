"""A walk for commands: answers from a file, a limit on waiting, each reading's duration, and what existed before."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from tests.domain.sample_facts import SEGMENT
from tests.walk_copies import at_review
from tests.walks import stage
from wizard.domain.answers import Answers
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.findings import Status
from wizard.domain.planning.change import Action
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.writing.bookkeeping import begin_sync, record_results
from wizard.flow.writing.result import Outcome, Result


async def test_answers_of_a_file_are_taken_as_they_are_and_settled() -> None:
    staged = stage("happy")
    await load_secrets(staged.walk)

    staged.walk.take(Answers(project="shop", environment="production", space="prod", audiences=("vip_customers",)))
    await staged.walk.read()

    answers = staged.walk.state.answers
    assert answers.client_side_id == staged.sandbox.tokens.launchdarkly_client_side_id
    assert answers.space.startswith("spa_")
    assert answers.audiences[0].startswith("aud_")
    assert set(staged.walk.durations_s) >= {"caller", "projects", "audiences"}


async def test_who_gives_up_waiting_could_not_tell() -> None:
    staged = stage("happy")
    await load_secrets(staged.walk)
    reading = asyncio.create_task(staged.walk.read())
    while "caller" not in staged.walk.under_way:
        await staged.clock.settle(1)

    staged.walk.give_up()
    await reading

    caller = staged.walk.state.facts.caller
    assert isinstance(caller, Failure)
    assert caller.kind is FailureKind.TIMEOUT
    assert staged.finding("launchdarkly.token.valid").status is not Status.PASS
    await staged.walk.close()


async def test_only_what_has_been_waited_for_so_long_is_given_up() -> None:
    staged = stage("happy")
    await load_secrets(staged.walk)
    reading = asyncio.create_task(staged.walk.read())
    while "caller" not in staged.walk.under_way:
        await staged.clock.settle(1)
    staged.walk.under_way["caller"] = replace(staged.walk.under_way["caller"], since=staged.clock.monotonic() - 15.0)
    others = [slot for slot in staged.walk.under_way if slot != "caller"]
    assert others

    staged.walk.give_up(after_s=15.0)

    assert isinstance(staged.walk.state.facts.caller, Failure)
    assert set(others) <= set(staged.walk.under_way)
    await staged.walk.close()
    await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize(("status", "kind"), [(429, FailureKind.RATE_LIMITED), (503, FailureKind.SERVER)])
async def test_a_service_that_puts_us_off_has_answered(status: int, kind: FailureKind) -> None:
    async def puts_off(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Retry-After": "60"}, json={}, request=request)

    staged = stage("happy", wrap=lambda _: httpx.MockTransport(puts_off))
    await load_secrets(staged.walk)
    reading = asyncio.create_task(staged.walk.read())
    while not staged.walk.ports.requests.behind(("caller",)):
        await staged.clock.settle(1)

    staged.walk.give_up()
    await reading

    caller = staged.walk.state.facts.caller
    assert isinstance(caller, Failure)
    assert (caller.kind, caller.status) == (kind, status)
    await staged.walk.close()


async def test_a_segment_that_was_deleted_was_not_there_before_attaching() -> None:
    """If the segment comes back, this sync made it."""
    staged = await at_review("happy")
    staged.walk.record("segments", (SEGMENT, replace(SEGMENT, key="segment-audiences-aud_2", deleted=True)))

    begin_sync(staged.walk, staged.walk.plan())

    assert staged.walk.session.saved.known_segments.keys() == {SEGMENT.key}


async def test_when_an_older_segment_last_changed_is_remembered_for_the_watch() -> None:
    """Both times are LaunchDarkly's, so a later change is proof, whatever this machine's clock says."""
    staged = await at_review("happy")
    changed = staged.clock.now()
    staged.walk.record("segments", (replace(SEGMENT, modified_at=changed),))
    begin_sync(staged.walk, staged.walk.plan())
    staged.walk.set_state(staged.walk.state)
    assert staged.walk.state.facts.known_segments == {SEGMENT.key: changed}

    staged.walk.session.call_off_sync()
    assert not staged.walk.session.saved.known_segments


@pytest.mark.parametrize(("outcome", "is_waited_for"), [(Outcome.SKIPPED, False), (Outcome.BY_HAND, True)])
async def test_where_nothing_could_be_attached_no_sync_is_waited_for(outcome: Outcome, is_waited_for: bool) -> None:
    staged = await at_review("happy")
    begin_sync(staged.walk, staged.walk.plan())

    await record_results(staged.walk, [Result("audience:vip_customers", Action.CREATE, outcome)])

    assert (staged.walk.session.saved.applied_at is not None) is is_waited_for
