"""Where secrets live: in variables first, then in one keyring entry for each profile, else in memory.

Every keyring call runs in a daemon thread with a time limit: a locked keyring on a server must neither freeze a screen
nor keep the process from ending. Secrets are never written to a file.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from wizard.daemon_thread import in_daemon_thread
from wizard.domain.answers import Secrets
from wizard.domain.credentials import (
    CLIENT_SIDE_ID,
    CREDENTIALS,
    LAUNCHDARKLY_TOKEN,
    MAKER_TOKEN,
    SEGMENT_TOKEN,
    TOKENS,
    Credential,
    read_paste,
    target_of,
)
from wizard.domain.facts import VaultSeen
from wizard.flow.outside.vault import IN_MEMORY, Stored, VaultRefused
from wizard.text import plain, within_sentence

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "audience-wizard"
TIME_LIMIT_S = 15.0  # long enough to type a locked keyring's password
NOTICED_S = 3.0  # a person wonders about a longer silence
SLOW = "it hasn't answered for 3 s, and may be locked"
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

    stores = False

    def __init__(self, why: str, given: Mapping[str, tuple[str, str]], *, nothing_is_stored: bool = False) -> None:
        """Take the secrets in `given`: for each slot, the value and where it came from, in words for a screen.

        `nothing_is_stored` says that no keyring has secrets either. Without it, we don't know, since none was asked.
        """
        self._why = why
        self._given = {slot: pair for slot, pair in given.items() if pair[0]}
        self._nothing_is_stored = nothing_is_stored

    async def look(self) -> VaultSeen:
        return VaultSeen(usable=False, backend="", why_not=self._why, wanted=False)

    async def load(self, *, needs_id: bool = True) -> Stored:  # noqa: ARG002 - the port's signature
        values = {slot: value for slot, (value, _) in self._given.items()}
        return stored(values, {slot: origin for slot, (_, origin) in self._given.items()})

    async def save(self, secrets: Secrets, client_side_id: str) -> str:  # noqa: ARG002 - the port's signature
        return IN_MEMORY

    async def put(self, slot: str, value: str) -> str:  # noqa: ARG002 - the port's signature
        raise VaultRefused(self._why)

    async def forget(self, slot: str, *, in_targets: bool = False) -> bool:  # noqa: ARG002 - the port's signature
        if not self._nothing_is_stored:
            raise VaultRefused(self._why)
        return False


class KeyringVault:
    """A vault with one keyring entry for each profile, so that macOS asks once; written only when something changed.

    `note` is called with a sentence when the keyring keeps a person waiting.
    """

    stores = True

    def __init__(
        self,
        profile: str,
        variables: Mapping[str, str],
        find: Callable[[], KeyringBackend],
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._profile = profile
        self._variables = variables
        self._find = find
        self._note = note
        self._entry: dict[str, str] | None = None  # the keyring entry's contents; None: not read yet
        self._name = ""  # the back end that holds the entry, or would hold it
        self._is_slow = False  # the keyring hasn't answered since a person was told to wait
        self._is_reading = False  # a read is under way, and `look` doesn't wait for it
        self._why_refused = ""  # why the keyring refused to be read, for example because it's locked

    async def look(self) -> VaultSeen:
        """Return whether a keyring can be used. Don't look for one if variables hold both tokens."""
        if {token.slot for token in TOKENS} <= from_variables(self._variables).keys():
            return VaultSeen(usable=False, backend="", why_not="both tokens come from variables", wanted=False)
        return await self._look()

    async def _look(self) -> VaultSeen:
        if self._is_slow or self._is_reading:
            return VaultSeen(usable=False, backend=self._name, why_not=SLOW)
        if self._why_refused:
            return VaultSeen(usable=False, backend=self._name, why_not=self._why_refused)
        try:
            usable = await self._answered(lambda: _usable(self._find()))
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return VaultSeen(usable=False, backend="", why_not=_why(error))
        if isinstance(usable, VaultSeen):
            return usable
        self._name = self._name or _name_of(usable[0])
        return VaultSeen(usable=True, backend=self._name, holds_some=bool(self._entry))

    async def load(self, *, needs_id: bool = True) -> Stored:
        given = from_variables(self._variables)
        found = {slot: value for slot, (value, _) in given.items()}
        where = {slot: name for slot, (_, name) in given.items()}
        if {credential.slot for credential in (CREDENTIALS if needs_id else TOKENS)} <= given.keys():
            return stored(found, where)
        seen = await self._look()
        if not seen.usable:
            return stored(found, where, seen.why_not)
        try:
            entry = await self._read()
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return stored(found, where, _why(error))
        kept = {slot: value for slot, value in entry.items() if slot not in found}
        return stored({**kept, **found}, {**dict.fromkeys(kept, self._name), **where})

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        """Save what the user typed, and return where. A variable's value isn't copied into the keyring."""
        try:
            await self._need_a_keyring()
            wanted = self._to_keep(secrets, client_side_id)
            if self._entry is None or not wanted.items() <= self._entry.items():
                await self._keep({**await self._read_again(), **wanted})
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            return f"{IN_MEMORY}: {_why(error)}"
        return self._name

    async def put(self, slot: str, value: str) -> str:
        try:
            await self._need_a_keyring()
            await self._keep({**await self._read_again(), slot: value})
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            raise VaultRefused(_why(error)) from None
        return self._name

    async def forget(self, slot: str, *, in_targets: bool = False) -> bool:
        """Delete one secret, and the whole entry if no secret is left or the entry can't be read.

        Return whether anything was deleted.
        """
        try:
            await self._need_a_keyring()
            entry = await self._read_again()
            gone = {one for one in entry if one == slot or (in_targets and one.startswith(f"{slot}@"))}
            await self._keep({kept: value for kept, value in entry.items() if kept not in gone})
        except _UnreadableError:
            await self._forget_all()
            return True
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            raise VaultRefused(_why(error)) from None
        return bool(gone)

    async def _need_a_keyring(self) -> None:
        """Raise VaultRefused unless a keyring can be used."""
        # Forget earlier refusals: the person may have unlocked the keyring since.
        self._is_slow, self._is_reading, self._why_refused = False, False, ""
        seen = await self._look()
        if not seen.usable:
            raise VaultRefused(seen.why_not)

    async def _forget_all(self) -> None:
        try:
            await self._answered(self._delete)
        except Exception as error:  # noqa: BLE001 - a keyring backend raises what it likes
            raise VaultRefused(_why(error)) from None
        self._entry = {}

    async def _keep(self, entry: dict[str, str]) -> None:
        """Write the entry if it changed: some keyrings ask their owner each time."""
        if entry == self._entry:
            return
        await self._answered(partial(self._write, json.dumps(entry)) if entry else self._delete)
        self._entry = entry

    def _to_keep(self, secrets: Secrets, client_side_id: str) -> dict[str, str]:
        given = {token.slot: _clear(secrets.of(token)) for token in TOKENS} | {CLIENT_SIDE_ID.slot: client_side_id}
        in_variables = {slot: value for slot, (value, _) in from_variables(self._variables).items()}
        return {slot: value for slot, value in given.items() if value not in {"", in_variables.get(slot)}}

    async def _read(self) -> dict[str, str]:
        """Return the entry. Raises _UnreadableError for one that this wizard didn't write."""
        if self._entry is None:
            self._is_reading = True
            try:
                text = await self._answered(self._get)
            except Exception as error:
                self._why_refused = _why(error)
                raise
            finally:
                self._is_reading = False
            self._entry = _parse(text)
        return self._entry

    async def _read_again(self) -> dict[str, str]:
        """Return the entry, read anew: another run may have stored another environment's token in the meantime."""
        self._entry = None
        return await self._read()

    async def _answered(self, call: Callable[[], T]) -> T:
        """Return the result of a blocking call; after NOTICED_S, say that we're waiting for the keyring."""
        answer = asyncio.ensure_future(asyncio.wait_for(in_daemon_thread(call, "keyring"), TIME_LIMIT_S))
        try:
            done, _ = await asyncio.wait({answer}, timeout=NOTICED_S)
            if not done:
                self._is_slow = True
                self._note(f"Waiting for the keyring: {SLOW}. Unlock it where it asks, or paste the tokens instead.")
            value = await answer
        finally:
            answer.cancel()
        self._is_slow = False
        return value

    # --- blocking, in a thread of its own -------------------------------------------------------------------------

    def _backends(self) -> list[KeyringBackend]:
        usable = _usable(self._find())
        return [] if isinstance(usable, VaultSeen) else usable

    def _get(self) -> str | None:
        for backend in self._backends():
            text: str | None = backend.get_password(SERVICE, self._profile)
            if text is not None:
                self._name = _name_of(backend)
                return text
        return None

    def _write(self, text: str) -> None:
        """Write to the first back end that takes new entries, and read the entry back: some chains pass it on."""
        for backend in self._backends():
            try:
                backend.set_password(SERVICE, self._profile, text)
            except NotImplementedError:
                continue
            if backend.get_password(SERVICE, self._profile) != text:
                raise RuntimeError("it gave back something else than was stored")
            self._name = _name_of(backend)
            return
        raise RuntimeError("it takes no new entries")

    def _delete(self) -> None:
        for backend in self._backends():
            if backend.get_password(SERVICE, self._profile) is not None:
                backend.delete_password(SERVICE, self._profile)


def from_variables(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return what the environment holds: by slot, the value and the variable's name."""
    given = {}
    for credential in (*CREDENTIALS, MAKER_TOKEN):
        name = next((name for name in credential.variables if environ.get(name, "").strip()), None)
        if name:
            given[credential.slot] = (_value(environ[name], credential), name)
    return given


def _value(raw: str, credential: Credential) -> str:
    """Return a variable's value. An ID loses the quotes that docker and cmd keep when they read it from a file.

    A token is cleaned later, like a pasted one.
    """
    return read_paste(raw).text if credential is CLIENT_SIDE_ID else raw.strip()


def stored(values: Mapping[str, str], where: Mapping[str, str], why_not: str = "") -> Stored:
    secrets = Secrets(
        launchdarkly_token=_secret(values.get(LAUNCHDARKLY_TOKEN.slot, "")),
        segment_token=_secret(values.get(SEGMENT_TOKEN.slot, "")),
        maker_token=_secret(values.get(MAKER_TOKEN.slot, "")),
    )
    of_targets = {name: SecretStr(value) for slot, value in values.items() if (name := target_of(slot))}
    return Stored(secrets, values.get(CLIENT_SIDE_ID.slot, ""), where, of_targets, why_not)


def _secret(value: str) -> SecretStr | None:
    return SecretStr(value) if value else None


def _clear(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


class _UnreadableError(Exception):
    """The keyring's entry isn't one that this wizard wrote."""

    def __init__(self) -> None:
        super().__init__("its entry for this profile isn't the wizard's. audience-wizard secrets forget deletes it")


def _parse(text: str | None) -> dict[str, str]:
    try:
        entry = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise _UnreadableError from None
    if not isinstance(entry, dict):
        raise _UnreadableError
    slots = {credential.slot for credential in CREDENTIALS}
    kept = (pair for pair in entry.items() if pair[0] in slots or target_of(pair[0]))
    return {slot: value for slot, value in kept if isinstance(value, str)}


def _usable(found: KeyringBackend) -> list[KeyringBackend] | VaultSeen:
    """Return the back ends that keep secrets, but not in files, preferred ones first; or why there are none.

    This blocks: reading a back end's priority may ask the desktop.
    """
    every = list(getattr(found, "backends", ())) or [found]
    keeping = [one for one in every if not _module(one).endswith((".fail", ".null")) and one.priority > 0]
    if not keeping:
        why_not = "this machine has no keyring that Python can use"
        return VaultSeen(usable=False, backend="", why_not=why_not, can_open=False)
    safe = [one for one in keeping if not _keeps_in_a_file(one)]
    if not safe:
        name = _name_of(keeping[0])
        return VaultSeen(usable=False, backend=name, why_not=f"{name} keeps secrets in a file", can_open=False)
    return safe


def _keeps_in_a_file(backend: KeyringBackend) -> bool:
    return _module(backend).startswith(_IN_FILES) or "plaintext" in type(backend).__name__.lower()


def _module(backend: KeyringBackend) -> str:
    return type(backend).__module__


def _name_of(backend: KeyringBackend) -> str:
    return _NAMES.get(_module(backend), plain(getattr(backend, "name", _module(backend))))


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"the keyring didn't answer within {TIME_LIMIT_S:.0f} s; it may be locked"
    if isinstance(error, VaultRefused):
        return str(error)
    return f"the keyring refused: {within_sentence(plain(str(error))) or type(error).__name__}"
