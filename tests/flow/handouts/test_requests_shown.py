"""The requests behind a finding: complete, without a secret, and repeatable by anyone who has the token."""

from __future__ import annotations

import shlex
from dataclasses import replace

import httpx
import pytest

from tests.walks import Staged, stage, walk_to_review
from wizard.domain.failure import FailureKind, Service
from wizard.domain.sent_request import SentRequest
from wizard.domain.step_id import StepId
from wizard.flow.handouts.requests_shown import as_text, curl, requests_behind
from wizard.flow.outside.requests import SentRequests, begin_reading

LINE = SentRequest(
    Service.LAUNCHDARKLY,
    "GET",
    "https://app.launchdarkly.com/api/v2/segments/a'b/c?filter=x%20y",
    1,
    0.25,
    status=200,
    headers=(("Accept", "application/json"), ("Authorization", "$LAUNCHDARKLY_ACCESS_TOKEN")),
)


def run_in_a_shell(line: str, variables: dict[str, str]) -> tuple[str, str, dict[str, str], str]:
    """Return method, URL, headers and body of a curl line, as a shell with these variables would send them."""
    method, url, headers, body = "GET", "", {}, ""
    words = iter(shlex.split(line)[1:])
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            for variable, secret in variables.items():
                value = value.replace(f"${variable}", secret)
            headers[name] = value
        elif word == "-X":
            method = next(words)
        elif word == "-I":
            method = "HEAD"
        elif word == "--data":
            body = next(words)
        elif not word.startswith("-"):
            url = word
    return method, url, headers, body


async def repeat(staged: Staged, line: str) -> httpx.Response:
    tokens = staged.sandbox.tokens
    given = {
        "LAUNCHDARKLY_ACCESS_TOKEN": tokens.launchdarkly_access_token,
        "LAUNCHDARKLY_ADMIN_TOKEN": tokens.launchdarkly_admin_token,
        "SEGMENT_PUBLIC_API_TOKEN": tokens.segment_public_api_token,
    }
    method, url, headers, body = run_in_a_shell(line, given)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(staged.sandbox.asgi)) as client:
        return await client.request(method, url, headers=headers, content=body or None)


async def test_every_line_behind_every_finding_works_once_the_variable_is_set() -> None:
    staged = stage("two-destinations")
    assert staged.walk.answer(staged.ask("server_side"), "yes") == ""
    await walk_to_review(staged)
    assert staged.walk.answer(staged.ask("test_user"), "user-0001") == ""
    await staged.walk.read()
    lines = {
        one.curl: one.outcome
        for finding in staged.walk.findings
        for one in requests_behind(finding, staged.walk.ports.requests)
    }
    assert len(lines) > 25
    for line, outcome in lines.items():
        await staged.clock.sleep(15)
        assert str((await repeat(staged, line)).status_code) == outcome, line
    assert not staged.sandbox.breaches


@pytest.mark.parametrize("name", ["expired-token", "wrong-pair", "member-token", "delivery-failing"])
async def test_a_refusal_is_repeated_by_its_line(name: str) -> None:
    staged = stage(name)
    await walk_to_review(staged)
    (failing,) = (finding for finding in staged.walk.findings if finding.blocks)
    shown = requests_behind(failing, staged.walk.ports.requests)
    assert shown
    for one in shown:
        await staged.clock.sleep(15)
        assert str((await repeat(staged, one.curl)).status_code) == one.outcome


# Worlds with other tokens, other hosts or refusals. All remaining worlds get the same requests as these.
OTHER_REQUESTS = (
    *("happy", "two-destinations", "make-token", "no-custom-roles", "support-token", "sdk-key-pasted"),
    *("expired-token", "member-token", "eu-account", "wrong-region", "outage", "flaky"),
)


@pytest.mark.parametrize("name", OTHER_REQUESTS)
async def test_no_line_holds_a_secret(name: str) -> None:
    staged = stage(name)
    await walk_to_review(staged)
    requests = staged.walk.ports.requests
    text = repr(requests.all) + "".join(as_text(requests_behind(finding, requests)) for finding in staged.walk.findings)
    tokens = staged.sandbox.tokens
    for secret in (
        tokens.launchdarkly_access_token,
        tokens.launchdarkly_admin_token,
        tokens.segment_public_api_token,
    ):
        assert not (secret and secret in text)
    variable = "$LAUNCHDARKLY_ADMIN_TOKEN" if staged.sandbox.scenario.makes_token else "$LAUNCHDARKLY_ACCESS_TOKEN"
    assert (variable in text) is (name != "sdk-key-pasted")


async def test_a_call_with_the_admins_token_names_its_variable() -> None:
    staged = stage("make-token")
    await walk_to_review(staged)
    shown = requests_behind(staged.finding("launchdarkly.client_side_id"), staged.walk.ports.requests)
    lines = [one for one in shown if "/api/v2/" in one.curl]
    assert lines
    for one in lines:
        assert "Authorization: $LAUNCHDARKLY_ADMIN_TOKEN" in one.curl
        assert str((await repeat(staged, one.curl)).status_code) == one.outcome


async def test_a_finding_that_waits_shows_what_is_behind_its_root() -> None:
    staged = stage("expired-token")
    await walk_to_review(staged)
    requests = staged.walk.ports.requests
    assert requests_behind(staged.finding("launchdarkly.pair"), requests) == requests_behind(
        staged.finding("launchdarkly.token.valid"), requests
    )


async def test_what_was_read_again_shows_the_last_reading() -> None:
    staged = stage("happy")
    await walk_to_review(staged)
    before = requests_behind(staged.finding("segment.engage"), staged.walk.ports.requests)
    await staged.clock.sleep(60)
    await staged.walk.read_again(StepId.SEGMENT)
    after = requests_behind(staged.finding("segment.engage"), staged.walk.ports.requests)
    assert len(after) == len(before)
    assert after[0].at != before[0].at


async def test_what_nothing_was_asked_for_shows_nothing() -> None:
    staged = stage("happy")
    assert requests_behind(staged.finding("destination.exists"), staged.walk.ports.requests) == ()


def test_a_line_stands_a_shell() -> None:
    assert curl(LINE) == (
        "curl -sS -i -H 'Accept: application/json' -H \"Authorization: $LAUNCHDARKLY_ACCESS_TOKEN\" "
        "'https://app.launchdarkly.com/api/v2/segments/a'\"'\"'b/c?filter=x%20y'"
    )
    odd = replace(LINE, headers=(("X", "`id` $LAUNCHDARKLY_ACCESS_TOKEN"),))
    assert "'X: `id` $LAUNCHDARKLY_ACCESS_TOKEN'" in curl(odd)


def test_a_call_without_an_answer_and_one_that_was_repeated_say_so() -> None:
    requests = SentRequests()
    begin_reading("caller")
    requests.add(replace(LINE, status=None, failure=FailureKind.TIMEOUT))
    requests.add(replace(LINE, status=503, attempt=2, request_id="req-1"))
    begin_reading("")
    finding = stage("happy").finding("launchdarkly.token.valid")
    (shown,) = requests_behind(finding, requests)
    assert (shown.outcome, shown.attempts) == ("503", 2)
    assert '503 in 250 ms, request ID "req-1", tried 2 times\ncurl' in as_text((shown,))


def test_the_oldest_requests_are_forgotten() -> None:
    requests = SentRequests()
    for number in range(1_200):
        requests.add(replace(LINE, url=str(number)))
    assert len(requests.all) == 1_000
    assert requests.all[-1].url == "1199"
