"""Where secrets are kept: in variables, in one keyring entry, or in memory; and back ends that misbehave."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from pydantic import SecretStr

import wizard.vault
from wizard.domain.answers import Secrets
from wizard.flow.outside.vault import IN_MEMORY
from wizard.vault import SERVICE, SLOW, KeyringVault, MemoryVault, from_variables

LAUNCHDARKLY = "api-11111111-2222-3333-4444-55555555dada"
SEGMENT = "sgp_0123456789abcdefghijklmnop"
CLIENT_SIDE_ID = "57be1db38b75bf0772d11384"
SECRETS = Secrets(SecretStr(LAUNCHDARKLY), SecretStr(SEGMENT))


class Keyring(KeyringBackend):
    """A keyring that works, and counts its calls."""

    priority = 5
    name = "Test keyring"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.reads = self.writes = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.writes += 1
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("not found")
        del self.entries[service, username]


class Locked(Keyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"{service} of {username}:\n\x1b[31mlocked.")


class ReadOnly(Keyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"{service} of {username} cannot be written ({len(password)} characters)")


class Hanging(Keyring):
    """A keyring that asks for a password in a window that nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.released = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.released.wait(20)
        return super().get_password(service, username)


class Plaintext(Keyring):
    name = "PlaintextKeyring"


class AsksTheDesktop(Keyring):
    @property
    def priority(self) -> float:  # type: ignore[override]
        assert threading.current_thread() is not threading.main_thread()
        raise RuntimeError("No D-Bus session")


class Weak(Keyring):
    priority = 0


class Chain(Keyring):
    def __init__(self, *backends: Keyring) -> None:
        super().__init__()
        self.backends = list(backends)


def vault_on(backend: KeyringBackend, variables: dict[str, str] | None = None) -> KeyringVault:
    return KeyringVault("shop", variables or {}, lambda: backend)


async def test_what_else_an_entry_holds_is_none_of_ours() -> None:
    keyring = Keyring()
    keyring.entries[SERVICE, "shop"] = json.dumps({"segment_token": SEGMENT, "another_tool": "its own"})
    assert (await vault_on(keyring).load()).where == {"segment_token": "Test keyring"}


async def test_one_entry_holds_all_secrets_of_a_profile() -> None:
    keyring = Keyring()
    assert await vault_on(keyring).save(SECRETS, CLIENT_SIDE_ID) == "Test keyring"
    ((place, text),) = keyring.entries.items()
    assert place == (SERVICE, "shop")
    assert json.loads(text) == {
        "launchdarkly_token": LAUNCHDARKLY,
        "segment_token": SEGMENT,
        "client_side_id": CLIENT_SIDE_ID,
    }
    stored = await vault_on(keyring).load()
    assert (stored.secrets, stored.client_side_id) == (SECRETS, CLIENT_SIDE_ID)
    assert set((stored.where or {}).values()) == {"Test keyring"}


async def test_the_entry_is_written_only_when_something_changed() -> None:
    keyring = Keyring()
    vault = vault_on(keyring)
    for _ in range(3):
        await vault.save(SECRETS, CLIENT_SIDE_ID)
    assert (keyring.writes, keyring.reads) == (1, 2)  # one read before the write, one after it
    await vault.save(Secrets(SECRETS.launchdarkly_token, SecretStr(SEGMENT[::-1])), CLIENT_SIDE_ID)
    assert keyring.writes == 2
    again = vault_on(keyring)
    await again.load()
    await again.save(Secrets(None, None), "")
    assert keyring.writes == 2


async def test_what_another_run_stored_meanwhile_stays() -> None:
    keyring = Keyring()
    one, other = vault_on(keyring), vault_on(keyring)
    await one.load()
    await other.put("launchdarkly_token@shop/staging", "api-staging")
    await one.put("launchdarkly_token@shop/production", "api-production")
    assert {*(await vault_on(keyring).load()).of_targets} == {"shop/staging", "shop/production"}
    assert await other.forget("launchdarkly_token@shop/staging")
    assert {*(await vault_on(keyring).load()).of_targets} == {"shop/production"}
    assert await one.forget("launchdarkly_token", in_targets=True)
    assert keyring.entries == {}


async def test_saving_what_was_typed_keeps_what_another_run_stored_meanwhile() -> None:
    keyring = Keyring()
    one, other = vault_on(keyring), vault_on(keyring)
    await one.load()
    await other.put("launchdarkly_token@shop/staging", "api-staging")
    await one.save(SECRETS, CLIENT_SIDE_ID)
    assert (await vault_on(keyring).load()).of_targets
    reads = keyring.reads
    await one.save(SECRETS, CLIENT_SIDE_ID)
    assert keyring.reads == reads


async def test_variables_win_and_are_not_copied() -> None:
    keyring = Keyring()
    await vault_on(keyring).save(SECRETS, CLIENT_SIDE_ID)
    other = "api-99999999-2222-3333-4444-55555555beef"
    vault = vault_on(keyring, {"LAUNCHDARKLY_ACCESS_TOKEN": f" {other}\n", "LAUNCHDARKLY_CLIENT_SIDE_ID": ""})
    stored = await vault.load()
    assert stored.secrets == Secrets(SecretStr(other), SecretStr(SEGMENT))
    assert stored.where == {
        "launchdarkly_token": "LAUNCHDARKLY_ACCESS_TOKEN",
        "segment_token": "Test keyring",
        "client_side_id": "Test keyring",
    }
    await vault.save(stored.secrets, stored.client_side_id)
    assert other not in "".join(keyring.entries.values())
    assert keyring.writes == 1


async def test_what_is_pasted_over_a_variable_is_kept() -> None:
    keyring = Keyring()
    vault = vault_on(keyring, {"SEGMENT_PUBLIC_API_TOKEN": "sgp_from_a_variable_0123"})
    await vault.save(SECRETS, "")
    assert json.loads(keyring.entries[SERVICE, "shop"])["segment_token"] == SEGMENT


def test_the_longer_variable_comes_before_the_shorter_one() -> None:
    both = {"LD_ACCESS_TOKEN": "short", "LAUNCHDARKLY_ACCESS_TOKEN": "long"}
    assert from_variables(both) == {"launchdarkly_token": ("long", "LAUNCHDARKLY_ACCESS_TOKEN")}
    assert from_variables({"LD_ACCESS_TOKEN": "short"}) == {"launchdarkly_token": ("short", "LD_ACCESS_TOKEN")}


@pytest.mark.parametrize("text", ["", "not json", "[1]", '"words"', '{"launchdarkly_token": 3, "other": "x"}'])
async def test_an_entry_that_makes_no_sense_holds_nothing(text: str) -> None:
    keyring = Keyring()
    keyring.entries[SERVICE, "shop"] = text
    stored = await vault_on(keyring).load()
    assert stored.secrets == Secrets()


@pytest.mark.parametrize("text", ["not json", "[1]"])
async def test_an_entry_that_cannot_be_read_is_not_overwritten(text: str) -> None:
    keyring = Keyring()
    keyring.entries[SERVICE, "shop"] = text
    assert "its entry for this profile isn't the wizard's" in await vault_on(keyring).save(SECRETS, "")
    assert keyring.entries == {(SERVICE, "shop"): text}


@pytest.mark.parametrize("quotes", ['"{}"', "'{}'", " {}\r"])
def test_quotes_around_the_client_side_id_are_not_part_of_it(quotes: str) -> None:
    given = from_variables({"LAUNCHDARKLY_CLIENT_SIDE_ID": quotes.format(CLIENT_SIDE_ID)})
    assert given["client_side_id"] == (CLIENT_SIDE_ID, "LAUNCHDARKLY_CLIENT_SIDE_ID")


# --- one back end of several ------------------------------------------------------------------------------------


class PassesOn(Keyring):
    """A keyring that has other programs' entries, but accepts no new ones."""

    name = "read-only keyring"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class Forgets(Keyring):
    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the back end's signature
        return None


async def test_the_first_back_end_that_takes_an_entry_gets_it_and_is_named() -> None:
    plain, takes = Plaintext(), Keyring()
    vault = vault_on(Chain(PassesOn(), plain, takes))
    assert await vault.save(SECRETS, "") == "Test keyring"
    assert (len(takes.entries), plain.entries) == (1, {})
    assert set((await vault_on(Chain(PassesOn(), plain, takes)).load()).where or {}) == {
        "launchdarkly_token",
        "segment_token",
    }


@pytest.mark.parametrize("chain", [Chain(PassesOn(), PassesOn(), Plaintext()), Forgets()])
async def test_where_nothing_takes_an_entry_nothing_is_stored(chain: Keyring) -> None:
    assert (await vault_on(chain).save(SECRETS, "")).startswith(f"{IN_MEMORY}: the keyring refused")


# --- back ends that cannot be used ------------------------------------------------------------------------------


def _of_module(module: str) -> Keyring:
    class Found(Keyring): ...

    Found.__module__ = module
    return Found()


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (_of_module("keyring.backends.fail"), "no keyring"),
        (_of_module("keyring.backends.null"), "no keyring"),
        (Weak(), "no keyring"),
        (Plaintext(), "keeps secrets in a file"),
        (_of_module("keyrings.alt.file"), "keeps secrets in a file"),
        (Chain(Plaintext(), _of_module("keyrings.alt.file")), "keeps secrets in a file"),
        (AsksTheDesktop(), "the keyring refused: No D-Bus session"),
    ],
)
async def test_a_back_end_that_keeps_nothing_or_keeps_it_in_a_file_is_not_used(backend: Keyring, why: str) -> None:
    vault = vault_on(backend, {"SEGMENT_PUBLIC_API_TOKEN": SEGMENT})
    seen = await vault.look()
    assert not seen.usable
    assert why in seen.why_not
    assert (await vault.save(SECRETS, "")).startswith(IN_MEMORY)
    stored = await vault.load()
    assert stored.secrets == Secrets(None, SecretStr(SEGMENT))
    assert why in stored.why_not
    assert (backend.reads, backend.writes) == (0, 0)


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        (_of_module("keyring.backends.macOS"), "macOS Keychain"),
        (_of_module("keyring.backends.SecretService"), "Secret Service keyring"),
        (Chain(_of_module("keyring.backends.kwallet"), Plaintext()), "KWallet"),
        (Keyring(), "Test keyring"),
    ],
)
async def test_a_keyring_goes_by_the_name_that_people_use(backend: Keyring, name: str) -> None:
    seen = await vault_on(backend).look()
    assert (seen.usable, seen.backend) == (True, name)


async def test_the_errors_of_a_back_end_become_words() -> None:
    vault = vault_on(Locked())
    stored = await vault.load()
    seen = await vault.look()
    assert (seen.usable, seen.why_not) == (False, stored.why_not), "there is one, and it is locked"
    assert stored.why_not == "the keyring refused: audience-wizard of shop: [31mlocked", "without the full stop"
    assert await vault_on(ReadOnly()).save(SECRETS, "") == (
        f"{IN_MEMORY}: the keyring refused: audience-wizard of shop cannot be written "
        f"({len(json.dumps({'launchdarkly_token': LAUNCHDARKLY, 'segment_token': SEGMENT}))} characters)"
    )


async def test_a_keyring_that_cannot_be_found_is_no_keyring() -> None:
    def find() -> KeyringBackend:
        raise ImportError("no module named keyring")

    seen = await KeyringVault("shop", {}, find).look()
    assert seen.why_not == "the keyring refused: no module named keyring"


async def test_where_variables_hold_everything_no_keyring_is_asked() -> None:
    variables = {"LD_ACCESS_TOKEN": LAUNCHDARKLY, "SEGMENT_PUBLIC_API_TOKEN": SEGMENT}
    keyring = Keyring()
    vault = vault_on(keyring, {**variables, "LAUNCHDARKLY_CLIENT_SIDE_ID": CLIENT_SIDE_ID})
    assert (await vault.load()).secrets == SECRETS
    seen = await vault.look()
    assert (seen.usable, seen.wanted, keyring.reads) == (False, False, 0)
    seen = await vault_on(Weak(), variables).look()
    assert (seen.usable, seen.wanted) == (False, False)  # so a pipeline with tokens in variables gets no warning


async def test_where_variables_hold_both_tokens_and_something_else_names_the_environment_no_keyring_is_asked() -> None:
    variables = {"LD_ACCESS_TOKEN": LAUNCHDARKLY, "SEGMENT_PUBLIC_API_TOKEN": SEGMENT}
    keyring = Keyring()
    assert (await vault_on(keyring, variables).load(needs_id=False)).secrets == SECRETS
    assert keyring.reads == 0
    await vault_on(keyring, variables).load()
    assert keyring.reads > 0


# --- a back end that hangs --------------------------------------------------------------------------------------


async def test_a_back_end_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wizard.vault, "TIME_LIMIT_S", 0.05)
    keyring = Hanging()
    before = time.monotonic()
    stored = await vault_on(keyring, {"SEGMENT_PUBLIC_API_TOKEN": SEGMENT}).load()
    keyring.released.set()
    assert time.monotonic() - before < 2
    assert stored.secrets == Secrets(None, SecretStr(SEGMENT))
    assert "didn't answer" in stored.why_not


async def test_a_user_who_waits_for_a_keyring_is_told_and_the_check_says_it_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wizard.vault, "NOTICED_S", 0.02)
    keyring, notes = Hanging(), asyncio.Queue[str]()
    vault = KeyringVault("shop", {}, lambda: keyring, notes.put_nowait)
    loading = asyncio.create_task(vault.load())
    said = await notes.get()
    assert said == f"Waiting for the keyring: {SLOW}. Unlock it where it asks, or paste the tokens instead."
    assert (await vault.look()).why_not == SLOW
    keyring.released.set()
    await loading
    assert (await vault.look()).usable


async def test_while_the_keyring_is_read_the_check_does_not_say_that_it_can_be_used() -> None:
    keyring = Hanging()
    vault = vault_on(keyring)
    loading = asyncio.create_task(vault.load())
    assert await asyncio.to_thread(keyring.asked.wait, 20)
    assert (await vault.look()).why_not == SLOW
    keyring.released.set()
    await loading
    assert (await vault.look()).usable


async def test_a_keyring_that_was_slow_is_asked_again_when_something_is_to_be_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wizard.vault, "NOTICED_S", 0.02)
    keyring, notes = Hanging(), asyncio.Queue[str]()
    vault = KeyringVault("shop", {}, lambda: keyring, notes.put_nowait)
    loading = asyncio.create_task(vault.load())
    await notes.get()

    storing = asyncio.create_task(vault.save(SECRETS, ""))
    keyring.released.set()
    assert await storing == keyring.name
    await loading


def test_a_back_end_that_hangs_does_not_keep_the_process_from_ending() -> None:
    script = """
import asyncio, time
import wizard.vault
from wizard.vault import KeyringVault
wizard.vault.TIME_LIMIT_S = 0.05
print((asyncio.run(KeyringVault("p", {}, lambda: time.sleep(60)).look())).why_not)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert "didn't answer" in done.stdout
    assert done.stderr == ""


# --- no secret in readable places -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda: Keyring(), lambda: Locked(), lambda: ReadOnly()])
async def test_nothing_secret_is_in_a_repr_or_in_the_log(
    make: Callable[[], Keyring], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vault = vault_on(make(), {"LD_ACCESS_TOKEN": LAUNCHDARKLY})
    stored = await vault.load()
    place = await vault.save(SECRETS, CLIENT_SIDE_ID)
    memory = MemoryVault("off", {"segment_token": (SEGMENT, "SEGMENT_PUBLIC_API_TOKEN")})
    shown = " ".join([repr(vault), repr(stored), place, repr(memory), repr(await memory.load()), caplog.text])
    assert LAUNCHDARKLY not in shown
    assert SEGMENT not in shown


async def test_memory_keeps_nothing_and_says_so() -> None:
    memory = MemoryVault(
        "switched off", {"segment_token": (SEGMENT, "SEGMENT_PUBLIC_API_TOKEN"), "client_side_id": ("", "")}
    )
    seen = await memory.look()
    assert (seen.usable, seen.why_not) == (False, "switched off")
    stored = await memory.load()
    assert stored.secrets == Secrets(None, SecretStr(SEGMENT))
    assert stored.where == {"segment_token": "SEGMENT_PUBLIC_API_TOKEN"}
    assert await memory.save(SECRETS, "") == IN_MEMORY
