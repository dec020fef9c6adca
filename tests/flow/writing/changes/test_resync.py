"""Sending all members again, from the plan to the segment."""

from __future__ import annotations

from datetime import timedelta

import httpx

from tests.walk_copies import at_review
from tests.walks import Staged, apply_all, stage, walk_to_review
from wizard.domain.planning.change import Action
from wizard.flow.writing.result import Outcome
from wizard.sandbox.state.account import Segment

CHANGE = "audience:vip_customers"


def _segment(staged: Staged) -> Segment:
    segments = staged.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    return next(one for one in segments.values() if one.name == "Vip customers")


async def test_a_segment_that_was_made_again_gets_all_members_and_the_journal_says_so() -> None:
    staged = await at_review("segment-made-again")
    plan = staged.walk.plan()
    assert [change.id for change in plan.changes if change.action is Action.UPDATE] == [CHANGE]
    results = await apply_all(staged)
    assert results[CHANGE].outcome is Outcome.DONE
    entry = staged.walk.session.saved.journal[-1]
    assert (entry.kind, entry.before, entry.after) == ("activation", {}, {})
    assert staged.walk.session.saved.made == ()  # nothing to undo
    await staged.clock.advance(timedelta(hours=2).total_seconds())
    staged.sandbox.advance()
    assert len(_segment(staged).counted_at) == 1234
    assert not staged.sandbox.breaches


async def test_what_was_asked_for_is_asked_for_once() -> None:
    staged = await at_review("synced")
    staged.walk.resync.add("vip_customers")
    assert (await apply_all(staged))[CHANGE].outcome is Outcome.DONE
    assert staged.walk.resync == set()
    assert staged.walk.plan().pending == ()


class _LosesTheAnswer(httpx.AsyncBaseTransport):
    """A network that loses the answer to the first change of an activation; the change is made."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if request.method == "PATCH" and "/activations/" in request.url.path:
            self.sent += 1
            if self.sent == 1:
                raise httpx.ReadTimeout("lost", request=request)
        return answer


async def test_after_a_lost_answer_segments_word_counts_and_nothing_is_sent_twice() -> None:
    networks: list[_LosesTheAnswer] = []

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        networks.append(_LosesTheAnswer(inner))
        return networks[-1]

    staged = stage("segment-made-again", wrap=wrap)
    await walk_to_review(staged)
    assert (await apply_all(staged))[CHANGE].outcome is Outcome.DONE
    assert sum(network.sent for network in networks) == 1
