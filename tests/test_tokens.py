"""A token never goes to the other vendor, whichever interface got it, and in whatever way.

The tests record requests between the clients and the sandbox in full: addresses, headers, bodies.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.headless.commands.test_secrets import Keyring
from tests.headless.plain.plain_script import ENTER, PREREQUISITES, talk
from tests.headless.runs import SETUP, Ran, World, tokens
from tests.walks import Staged, stage
from wizard.domain.answers import AskId
from wizard.flow.outside.vault import Vault
from wizard.vault import KeyringVault, MemoryVault

LAUNCHDARKLY = "api-0123abcd-4567-89ab-cdef-0123456789ab"
SEGMENT = "sgp_" + "Zm9vYmFy" * 6
OLD_SEGMENT = "Qm9vYmFy" * 6  # a Public API token without the prefix of newer ones
SDK_KEY = "sdk-0123abcd-4567-89ab-cdef-0123456789ab"
CLIENT_SIDE_ID = "57be1db38b75bf0772d11384"

PASTES = "1"  # the answer to paste a service token, instead of letting the wizard make one
# Neither service may ever receive one of the other's.
NOT_LAUNCHDARKLYS = (
    SEGMENT,
    f"{LAUNCHDARKLY}{SEGMENT}",
    f"{LAUNCHDARKLY}{OLD_SEGMENT}",
    f"{LAUNCHDARKLY}\n{SEGMENT}",
    f"{LAUNCHDARKLY}\r\n{OLD_SEGMENT}",
    f"{LAUNCHDARKLY} {OLD_SEGMENT}",
    f"{LAUNCHDARKLY}\nhunter2",
    f'"{SEGMENT}"',
    f"SEGMENT_PUBLIC_API_TOKEN={SEGMENT}",
)
NOT_SEGMENTS = (
    LAUNCHDARKLY,
    SDK_KEY,
    CLIENT_SIDE_ID,
    f"{SEGMENT}{LAUNCHDARKLY}",
    f"{OLD_SEGMENT}{LAUNCHDARKLY}",
    f"{SEGMENT}\n{LAUNCHDARKLY}",
    f"{SEGMENT}\nhunter2",
    f"Bearer {LAUNCHDARKLY}",
)
LAUNCHDARKLYS_OWN = (LAUNCHDARKLY, SDK_KEY, CLIENT_SIDE_ID)
SEGMENTS_OWN = (SEGMENT, OLD_SEGMENT, "hunter2")


@dataclass
class Overheard:
    """A transport that records every request."""

    sent: list[httpx.Request] = field(default_factory=list)

    def wrap(self, inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        sent = self.sent

        class Listening(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                sent.append(request)
                return await inner.handle_async_request(request)

        return Listening()

    def launchdarkly_heard(self) -> str:
        return "\n".join(_whole(request) for request in self.sent if "launchdarkly" in request.url.host)

    def segment_heard(self) -> str:
        return "\n".join(_whole(request) for request in self.sent if "segment" in request.url.host)

    def each_heard_only_its_own(self) -> bool:
        """Return whether neither service got one of the other's secrets."""
        assert self.sent
        segments = any(secret in self.launchdarkly_heard() for secret in SEGMENTS_OWN)
        launchdarklys = any(secret in self.segment_heard() for secret in LAUNCHDARKLYS_OWN)
        return not segments and not launchdarklys


def _whole(request: httpx.Request) -> str:
    return f"{request.url} {dict(request.headers)} {request.content.decode()}"


@pytest.fixture
def overheard() -> Overheard:
    return Overheard()


# --- commands: variables and the keyring --------------------------------------------------------------------------


def variables(launchdarkly: str, segment: str, client_side_id: str) -> Vault:
    given = {"launchdarkly_token": launchdarkly, "segment_token": segment, "client_side_id": client_side_id}
    return MemoryVault("switched off", {slot: (value, slot.upper()) for slot, value in given.items()})


def keyring(launchdarkly: str, segment: str, client_side_id: str) -> Vault:
    kept = Keyring()
    entry = {"launchdarkly_token": launchdarkly, "segment_token": segment, "client_side_id": client_side_id}
    kept.entries["audience-wizard", "default"] = json.dumps(entry)
    return KeyringVault("default", {}, lambda: kept)


Given = Callable[[str, str, str], Vault]
everywhere = pytest.mark.parametrize("given", [variables, keyring])


async def ask(world: World, command: str, overheard: Overheard, setup: str | None = SETUP) -> Ran:
    return await world.run(command, setup=setup, wrap=overheard.wrap, timeout_s=60)


@everywhere
@pytest.mark.parametrize("wrong", NOT_LAUNCHDARKLYS, ids=range(len(NOT_LAUNCHDARKLYS)))
async def test_what_is_not_launchdarklys_is_not_sent_there(
    tmp_path: Path, overheard: Overheard, given: Given, wrong: str
) -> None:
    world = World(tmp_path)
    world.vault = given(wrong, world.sandbox.tokens.segment_public_api_token, "")

    ran = await ask(world, "doctor", overheard)

    (kind,) = (check for check in ran.document["checks"] if check["id"] == "launchdarkly.token.kind")
    assert (ran.code, kind["status"]) == (1, "fail")
    assert overheard.each_heard_only_its_own()
    assert LAUNCHDARKLY not in overheard.launchdarkly_heard()
    assert not any(secret in ran.out + ran.err for secret in (*SEGMENTS_OWN, *LAUNCHDARKLYS_OWN))


@everywhere
@pytest.mark.parametrize("wrong", NOT_SEGMENTS, ids=range(len(NOT_SEGMENTS)))
async def test_what_is_not_segments_is_not_sent_there(
    tmp_path: Path, overheard: Overheard, given: Given, wrong: str
) -> None:
    world = World(tmp_path)
    world.vault = given(world.sandbox.tokens.launchdarkly_access_token, wrong, "")

    ran = await ask(world, "doctor", overheard)

    (kind,) = (check for check in ran.document["checks"] if check["id"] == "segment.token.kind")
    assert (ran.code, kind["status"]) == (1, "fail")
    assert overheard.each_heard_only_its_own()
    assert SEGMENT not in overheard.segment_heard()
    assert not any(secret in ran.out + ran.err for secret in (*SEGMENTS_OWN, LAUNCHDARKLY, SDK_KEY))


@pytest.mark.parametrize("command", ["plan", "apply", "watch", "doctor", "undo"])
@pytest.mark.parametrize("by_hand", ["false", "true"])
async def test_no_command_sends_swapped_tokens(
    tmp_path: Path, overheard: Overheard, command: str, by_hand: str
) -> None:
    world = World(tmp_path)
    world.vault = variables(SEGMENT, LAUNCHDARKLY, "")

    await ask(world, command, overheard, SETUP.replace('space = "prod"', f'space = "prod"\nby_hand = {by_hand}'))

    assert overheard.each_heard_only_its_own()
    assert world.writes() == []


@pytest.mark.parametrize("wrong", [SEGMENT, LAUNCHDARKLY, SDK_KEY, f"{CLIENT_SIDE_ID}\n{SEGMENT}"])
async def test_a_secret_in_the_client_side_ids_place_is_in_no_address(
    tmp_path: Path, overheard: Overheard, wrong: str
) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, client_side_id=wrong)

    ran = await ask(world, "doctor", overheard, setup=None)

    assert ran.code == 1
    assert not any(wrong in str(request.url) or SEGMENT in str(request.url) for request in overheard.sent)


# --- screens ------------------------------------------------------------------------------------------------------


def bare(overheard: Overheard, launchdarkly: str = "") -> Staged:
    """Return a walk without answers, in a world in which both tokens of these tests are valid."""
    vault = MemoryVault("a test", {"launchdarkly_token": (launchdarkly, "a test")})
    staged = stage("happy", wrap=overheard.wrap, vault=vault)
    world = staged.sandbox.world
    world.accounts[0].tokens[0].secret = LAUNCHDARKLY
    world.workspaces[0].tokens[0].secret = SEGMENT
    return staged


async def test_line_by_line_it_is_refused_and_asked_again(overheard: Overheard) -> None:
    staged = bare(overheard)

    _, said = await talk(staged.walk, *PREREQUISITES, PASTES, *NOT_LAUNCHDARKLYS)

    assert said.text.count("Not accepted: This") == len(NOT_LAUNCHDARKLYS) == len(said.hidden) - 1
    assert overheard.each_heard_only_its_own()
    assert LAUNCHDARKLY not in overheard.launchdarkly_heard()


@pytest.mark.parametrize("there", [(*PREREQUISITES, "1", ENTER), ("2", *PREREQUISITES[1:], "1", ENTER, "1")])
async def test_line_by_line_segments_field_too_also_the_optional_one_by_hand(
    overheard: Overheard, there: tuple[str, ...]
) -> None:
    staged = bare(overheard, launchdarkly=LAUNCHDARKLY)

    _, said = await talk(staged.walk, *there, *NOT_SEGMENTS)

    assert said.text.count("Not accepted: This") == len(NOT_SEGMENTS) == len(said.hidden) - 1
    assert overheard.each_heard_only_its_own()
    assert SEGMENT not in overheard.segment_heard()


@pytest.mark.parametrize("field", ["destination_name", "test_user", "audience_keys", "environment"])
@pytest.mark.parametrize("secret", [LAUNCHDARKLY, SDK_KEY, SEGMENT])
async def test_an_open_field_takes_no_token_which_would_be_saved_and_sent(field: AskId, secret: str) -> None:
    staged = stage("happy")
    before = staged.walk.state.answers

    mistake = staged.walk.answer(staged.ask(field), secret)

    assert mistake
    assert secret not in mistake
    assert staged.walk.state.answers == before
