"""The whole walk on the sandbox, without a screen."""

from __future__ import annotations

from tests.flow.writing.no_journal import NoJournal
from tests.walk_copies import at_review
from wizard.domain.findings import Status
from wizard.domain.planning.change import Action
from wizard.flow.watching.progress import WatchOutcome
from wizard.flow.watching.watch import watch
from wizard.flow.watching.watched_audience import WatchStart
from wizard.flow.writing.apply import apply
from wizard.flow.writing.bookkeeping import record_results
from wizard.flow.writing.result import Outcome, Result


async def test_in_happy_the_walk_ends_on_a_segment_with_members() -> None:
    staged = await at_review("happy")

    plan = staged.walk.plan()
    assert plan.blocked_by == ()
    assert [(change.id, change.action) for change in plan.changes] == [
        ("destination", Action.CREATE),
        ("mapping", Action.CREATE),
        ("audience:vip_customers", Action.CREATE),
    ]
    since = staged.clock.now()

    results = [
        event
        async for event in apply(staged.walk.ports, staged.walk.state, plan, NoJournal())
        if isinstance(event, Result)
    ]
    assert [result.outcome for result in results] == [Outcome.DONE] * 3, results
    await record_results(staged.walk, results)

    watched = WatchStart(staged.walk.state, since)
    last = [progress async for progress in watch(staged.walk.ports, watched, timeout_s=3_600)][-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].segment is not None
    assert last.audiences[0].segment.name == "Vip customers"
    assert last.audiences[0].segment.included_count
    assert [finding for finding in staged.walk.findings if finding.status is Status.FAIL] == []
    assert list(staged.sandbox.breaches) == []


async def test_a_second_walk_changes_nothing() -> None:
    staged = await at_review("happy")
    async for _ in apply(staged.walk.ports, staged.walk.state, staged.walk.plan(), NoJournal()):
        pass
    await staged.walk.read_again()

    assert {change.action for change in staged.walk.plan().changes} <= {Action.NONE, Action.ADOPT}
