"""Where secrets live: in variables first, then in one keyring entry for each profile, else in memory.

Every keyring call runs in a daemon thread with a time limit: a locked keyring on a server must neither freeze a screen
nor keep the process from ending. Secrets are never written to a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from wizard.domain.answers import Secrets
from wizard.domain.credentials import CLIENT_SIDE_ID, CREDENTIALS, LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, TOKENS
from wizard.domain.facts import VaultSeen
from wizard.flow.ports import Stored, VaultRefused
from wizard.text import plain

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "audience-wizard"
TIME_LIMIT_S = 15.0  # long enough to type a locked keyring's password
MEMORY = "memory, for this run only"
_NAMES = {
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.SecretService": "Secret Service keyring",
    "keyring.backends.libsecret": "Secret Service keyring",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.Windows": "Windows Credential Locker",
}
_IN_FILES = ("keyrings.alt", "keyrings.cryptfile")  # some of these also ask for a password on the terminal


class MemoryVault:
    """A vault that stores nothing: its secrets come from variables or arguments, and end with the run."""

    def __init__(self, why: str, given: Mapping[str, tuple[str, str]]) -> None:
        """Take `given`: by slot, the value and where it came from, in words for a screen."""
        self._why = why
        self._given = {slot: pair for slot, pair in given.items() if pair[0]}

    async def look(self) -> VaultSeen:
        return VaultSeen(usable=False, backend="", why_not=self._why, wanted=False)

    async def load(self) -> Stored:
        values = {slot: value for slot, (value, _) in self._given.items()}
        return stored(values, {slot: origin for slot, (_, origin) in self._given.items()})

    async def save(self, secrets: Secrets, client_side_id: str) -> str:  # noqa: ARG002 - the port's signature
        return MEMORY

    async def put(self, slot: str, value: str) -> str:  # noqa: ARG002 - the port's signature
        raise VaultRefused(self._why)

    async def forget(self, slot: str) -> bool:  # noqa: ARG002 - the port's signature
        return False


class KeyringVault:
    """A vault with one keyring entry for each profile, so that macOS asks once; written only when something changed."""

    def __init__(self, profile: str, variables: Mapping[str, str], find: Callable[[], KeyringBackend]) -> None:
        self._profile = profile
        self._variables = variables
        self._find = find
        self._entry: dict[str, str] | None = None  # the keyring entry's contents; None: not read yet

    async def look(self) -> VaultSeen:
        try:
            return await _in_time(lambda: _judge(self._find()))
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return VaultSeen(usable=False, backend="", why_not=_why(error))

    async def load(self) -> Stored:
        given = from_variables(self._variables)
        found = {slot: value for slot, (value, _) in given.items()}
        where = {slot: name for slot, (_, name) in given.items()}
        seen = await self.look()
        if not seen.usable:
            return stored(found, where, seen.why_not)
        try:
            entry = await self._read()
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return stored(found, where, _why(error))
        kept = {slot: value for slot, value in entry.items() if slot not in found}
        return stored({**kept, **found}, {**dict.fromkeys(kept, seen.backend), **where})

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        """Save what the user typed; a value from a variable stays there and isn't copied into the keyring."""
        seen = await self.look()
        if not seen.usable:
            return f"{MEMORY}: {seen.why_not}"
        try:
            before = await self._read()
            await self._keep({**before, **self._to_keep(secrets, client_side_id)})
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return f"{MEMORY}: {_why(error)}"
        return seen.backend

    async def put(self, slot: str, value: str) -> str:
        seen = await self.look()
        if not seen.usable:
            raise VaultRefused(seen.why_not)
        try:
            await self._keep({**await self._read(), slot: value})
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            raise VaultRefused(_why(error)) from None
        return seen.backend

    async def forget(self, slot: str) -> bool:
        """Delete one secret; the profile's entry goes with the last one."""
        seen = await self.look()
        if not seen.usable:
            return False
        try:
            entry = await self._read()
            if slot in entry:
                await self._keep({kept: value for kept, value in entry.items() if kept != slot})
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            raise VaultRefused(_why(error)) from None
        return slot in entry

    async def _keep(self, entry: dict[str, str]) -> None:
        """Write the entry if it changed: some keyrings ask their owner each time."""
        if entry == self._entry:
            return
        if entry:
            await _in_time(lambda: self._find().set_password(SERVICE, self._profile, json.dumps(entry)))
        else:
            await _in_time(lambda: self._find().delete_password(SERVICE, self._profile))
        self._entry = entry

    def _to_keep(self, secrets: Secrets, client_side_id: str) -> dict[str, str]:
        given = {token.slot: _clear(secrets.of(token)) for token in TOKENS} | {CLIENT_SIDE_ID.slot: client_side_id}
        in_variables = {slot: value for slot, (value, _) in from_variables(self._variables).items()}
        return {slot: value for slot, value in given.items() if value not in {"", in_variables.get(slot)}}

    async def _read(self) -> dict[str, str]:
        if self._entry is None:
            text = await _in_time(lambda: self._find().get_password(SERVICE, self._profile))
            self._entry = _parse(text)
        return self._entry


def from_variables(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return what the environment holds: by slot, the value and the variable's name."""
    given = {}
    for credential in CREDENTIALS:
        name = next((name for name in credential.variables if environ.get(name, "").strip()), None)
        if name:
            given[credential.slot] = (environ[name].strip(), name)
    return given


def stored(values: Mapping[str, str], where: Mapping[str, str], why_not: str = "") -> Stored:
    secrets = Secrets(
        launchdarkly_token=_secret(values.get(LAUNCHDARKLY_TOKEN.slot, "")),
        segment_token=_secret(values.get(SEGMENT_TOKEN.slot, "")),
    )
    return Stored(secrets, values.get(CLIENT_SIDE_ID.slot, ""), where, why_not)


def _secret(value: str) -> SecretStr | None:
    return SecretStr(value) if value else None


def _clear(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _parse(text: str | None) -> dict[str, str]:
    try:
        entry = json.loads(text or "{}")
    except ValueError:
        return {}
    pairs = entry.items() if isinstance(entry, dict) else ()
    slots = {credential.slot for credential in CREDENTIALS}
    return {slot: value for slot, value in pairs if slot in slots and isinstance(value, str)}


def _judge(found: KeyringBackend) -> VaultSeen:
    """Return whether a keyring back end can be used; of a chain, the first one counts because it is written to.

    This blocks: reading a back end's priority may ask the desktop.
    """
    backend = next(iter(getattr(found, "backends", ())), found)
    module = type(backend).__module__
    name = _NAMES.get(module, plain(getattr(backend, "name", module)))
    if module.endswith((".fail", ".null")) or backend.priority <= 0:
        return VaultSeen(usable=False, backend="", why_not="this machine has no keyring that Python can use")
    if module.startswith(_IN_FILES) or "plaintext" in type(backend).__name__.lower():
        return VaultSeen(usable=False, backend=name, why_not=f"{name} keeps secrets in a file")
    return VaultSeen(usable=True, backend=name)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"the keyring did not answer within {TIME_LIMIT_S:.0f} s; it may be locked"
    return f"the keyring refused: {plain(str(error)) or type(error).__name__}"


async def _in_time(call: Callable[[], T]) -> T:
    """Run a blocking call in a daemon thread.

    Raises TimeoutError when the call takes too long; the thread is left behind.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[], None]) -> None:
        if not answer.done():
            how()

    def run() -> None:
        try:
            value = call()
        except Exception as error:  # noqa: BLE001 - handed to the caller that waits
            how = partial(answer.set_exception, error)
        else:
            how = partial(answer.set_result, value)
        with contextlib.suppress(RuntimeError):  # the run has ended in the meantime
            loop.call_soon_threadsafe(settle, how)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await asyncio.wait_for(answer, TIME_LIMIT_S)
