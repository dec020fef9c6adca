"""A refused token goes to LaunchDarkly's other instances only after a yes, and only when it has a token's form."""

from __future__ import annotations

import pytest

from tests.walks import Staged, stage
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets

ELSEWHERE = {"app.eu.launchdarkly.com", "app.launchdarkly.us"}


async def refused(token: str = "") -> Staged:
    staged = stage("eu-account")
    await load_secrets(staged.walk)
    if token:
        staged.walk.set_state(staged.walk.state.with_token(LAUNCHDARKLY_TOKEN, read_paste(token)))
    await staged.walk.read(StepId.LAUNCHDARKLY)
    return staged


def asked_elsewhere(staged: Staged) -> set[str]:
    return {request.host for request in staged.sandbox.requests} & ELSEWHERE


@pytest.mark.parametrize(("said", "hosts"), [("", set()), ("no", set()), ("yes", ELSEWHERE)])
async def test_it_goes_there_after_a_yes(said: str, hosts: set[str]) -> None:
    staged = await refused()
    assert "hasn't asked" in staged.finding("launchdarkly.token.valid").cause
    if said:
        assert staged.walk.answer(staged.ask("ask_other_instances"), said) == ""
    await staged.walk.read(StepId.LAUNCHDARKLY)
    assert asked_elsewhere(staged) == hosts
    assert (staged.finding("launchdarkly.instance").status == "fail") is bool(hosts)


async def test_what_has_no_tokens_form_is_not_asked_about() -> None:
    staged = await refused("something that is no token".replace(" ", "-"))
    assert staged.ask("ask_other_instances") not in staged.walk.asks(staged.walk.step(StepId.LAUNCHDARKLY))
    staged.walk.answer(staged.ask("ask_other_instances"), "yes")
    await staged.walk.read(StepId.LAUNCHDARKLY)
    assert asked_elsewhere(staged) == set()
