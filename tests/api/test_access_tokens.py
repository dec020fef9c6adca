"""The client that makes, renews and deletes access tokens: its secrets show nowhere, a lost answer stays open."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx
import pytest
from pydantic import SecretStr

from tests.api.test_sandbox import Bench, got
from wizard.api.launchdarkly.access_tokens import AccessTokensClient
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime
from wizard.clock import ServicesClock
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.sent_request import SentRequest

POLICY = {"inlineRole": [{"effect": "allow", "resources": ["proj/shop"], "actions": ["viewProject"]}]}


class Recorded(Bench):
    def __init__(self) -> None:
        super().__init__("make-token")
        self.sent: list[SentRequest] = []
        runtime = Runtime(ServicesClock(self.clock), lambda: 0.0, trace=self.sent.append)
        self.services = HttpServices(BaseUrls(), runtime, self._open)

    @property
    def access_tokens(self) -> AccessTokensClient:
        return self.services.access_tokens(SecretStr(self.sandbox.tokens.launchdarkly_admin_token))


@pytest.fixture
def bench() -> Recorded:
    return Recorded()


async def test_a_token_is_made_reset_and_deleted(bench: Recorded) -> None:
    made = got(await bench.access_tokens.make("new", "for tests", POLICY))
    assert (made.token.name, made.token.description, made.token.service_token) == ("new", "for tests", True)
    assert made.token.last_four == made.secret.get_secret_value()[-4:]
    again = got(await bench.access_tokens.reset(made.id, bench.clock.now()))
    assert (again.id, again.secret == made.secret) == (made.id, False)
    assert await bench.access_tokens.delete(made.id) is None
    gone = await bench.access_tokens.delete(made.id)
    assert isinstance(gone, Failure)
    assert gone.kind is FailureKind.NOT_FOUND


async def test_no_text_about_it_holds_the_secret(bench: Recorded) -> None:
    made = got(await bench.access_tokens.make("new", "for tests", POLICY))
    texts = f"{made!r} {bench.sent!r}"
    assert made.secret.get_secret_value() not in texts
    assert bench.sandbox.tokens.launchdarkly_admin_token not in texts
    assert all(one.body == "" for one in bench.sent)


@pytest.mark.parametrize("body", [{"_id": "x"}, {"_id": "x", "token": "1234"}, {"token": "api-0123456789"}, []])
async def test_an_answer_without_a_whole_secret_leaves_open_what_happened(
    bench: Recorded, body: Mapping[str, str]
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(201, content=json.dumps(body))

    bench.transport = httpx.MockTransport(answer)
    failure = await bench.access_tokens.make("new", "", POLICY)
    assert isinstance(failure, Failure)
    assert failure.outcome_unknown
    assert "api-" not in repr(failure)


async def test_a_write_is_not_repeated_after_a_failure(bench: Recorded) -> None:
    calls = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(503)

    bench.transport = httpx.MockTransport(answer)
    failure = await bench.access_tokens.make("new", "", POLICY)
    assert isinstance(failure, Failure)
    assert (failure.outcome_unknown, len(calls)) == (True, 1)
