"""The made token in the walk: where it comes from, and what is offered when LaunchDarkly refuses a policy."""

from __future__ import annotations

from tests.walks import Staged, stage, walk_to_review
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.review import apply_reviewed, review


def asked(staged: Staged) -> list[str]:
    return [ask.id for ask in staged.walk.asks(staged.walk.step(StepId.LAUNCHDARKLY))]


async def applied(staged: Staged) -> list[Result]:
    events = apply_reviewed(staged.walk, review(staged.walk))
    return [event async for event in events if isinstance(event, Result)]


async def test_a_pasted_token_and_a_made_one_are_asked_for_one_at_a_time() -> None:
    staged = stage("make-token")
    await load_secrets(staged.walk)
    assert asked(staged) == ["make_token", LAUNCHDARKLY_TOKEN.slot, "environment"]
    assert staged.walk.answer(staged.ask("make_token"), "yes") == ""
    assert asked(staged) == ["make_token", MAKER_TOKEN.slot, "environment"]
    given = stage("happy")
    await load_secrets(given.walk)
    assert asked(given) == [LAUNCHDARKLY_TOKEN.slot, "environment"]


async def test_the_walk_goes_on_with_the_token_that_was_made() -> None:
    staged = stage("make-token")
    await walk_to_review(staged)
    results = await applied(staged)
    assert [result.outcome for result in results] == [Outcome.DONE] * 4
    made = staged.sandbox.world.accounts[0].tokens[-1]
    token = staged.walk.state.secrets.launchdarkly_token
    assert token is not None
    assert token.get_secret_value() == made.secret
    assert staged.walk.plan().pending == ()
    assert made.secret not in repr(staged.walk.ports.requests.all)


async def test_the_writer_role_is_offered_only_after_a_policy_was_refused() -> None:
    staged = stage("no-custom-roles")
    await walk_to_review(staged)
    assert "token_role" not in asked(staged)
    results = await applied(staged)
    assert results[0].error is not None
    assert results[0].error.code == "no_policy"
    assert "token_role" in asked(staged)
    assert staged.walk.answer(staged.ask("token_role"), "writer") == ""
    assert (staged.walk.plan().changes[0].after or {})["role"] == "writer"
    assert [result.outcome for result in await applied(staged)] == [Outcome.DONE] * 4
    assert [token.role for token in staged.sandbox.world.accounts[0].tokens if token.service] == ["writer"]
