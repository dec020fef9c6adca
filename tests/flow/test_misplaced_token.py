"""A token in an open field is neither shown nor kept nor sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.walks import stage
from wizard.domain.answers import Secrets
from wizard.flow.steps.ask import Kind
from wizard.flow.walk import NOT_HERE

TOKENS = ("api-01234567-89ab-cdef-0123-456789abcdef", "x sgp_abcdefghijklmnopqrstuvwxyz", "a token of no known form")


@pytest.mark.parametrize("token", TOKENS)
def test_no_field_takes_it(token: str) -> None:
    walk = stage("happy").walk
    given = Secrets(launchdarkly_token=SecretStr(TOKENS[-1]))
    fields = [ask for step in walk.steps for ask in step.asks if ask.kind in {Kind.TEXT, Kind.PICK} and not ask.secret]
    assert len(fields) >= 4
    for ask in fields:
        walk.set_state(replace(walk.state, secrets=given))
        before = walk.state.answers
        assert walk.answer(ask, token), ask.id
        assert walk.state.answers == before, ask.id
    assert NOT_HERE in {walk.answer(ask, token) for ask in fields}
