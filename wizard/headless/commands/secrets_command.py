"""`secrets`: show where each secret lives, store one, or delete one. A secret is neither shown nor an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wizard.domain.credentials import (
    CLIENT_SIDE_ID,
    CREDENTIALS,
    LAUNCHDARKLY_TOKEN,
    TOKENS,
    Credential,
    read_paste,
    slot_in,
)
from wizard.exit_codes import ExitCode
from wizard.flow.outside.vault import Stored, Vault, VaultRefused
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.refusal import CLOSE, Refused, nearest
from wizard.text import last_four, plain

SECRETS: Mapping[str, Credential] = {credential.name: credential for credential in CREDENTIALS}
_NAMES = ", ".join(SECRETS)
_NEVER_AN_ARGUMENT = (
    "A secret is never an argument, because every user of this machine can see arguments.",
    "If this was a real secret, replace it. Then run audience-wizard secrets set NAME and paste the secret when asked,",
    "or send it to standard input.",
)


async def secrets(vault: Vault, options: Options, out: Output, read: Callable[[str], str]) -> ExitCode:
    """Run an action of `secrets`; `read` shows a prompt and reads a secret without echo. Raises Refused."""
    try:
        return await _run(vault, options, out, read)
    except Refused as refused:
        raise Refused(*map(options.of_this_run, refused.lines)) from None


async def _run(vault: Vault, options: Options, out: Output, read: Callable[[str], str]) -> ExitCode:
    match options.action:
        case "list":
            _refuse_more_than(0, options.words)
            return await _list(vault, options, out)
        case "set":
            return await _set(vault, _named(options.words), options.target, out, read)
        case _:
            return await _forget(vault, _named(options.words), options.target, out)


def _named(words: tuple[str, ...]) -> Credential:
    """Return the secret that the word names. A wrong word isn't repeated, because it may be the secret itself."""
    _refuse_more_than(1, words)
    if words and words[0] in SECRETS:
        return SECRETS[words[0]]
    if words and (near := nearest(words[0], SECRETS, CLOSE)):
        raise Refused(f"Unknown secret. Did you mean {near}?", f"Names: {_NAMES}.")
    raise Refused(f"Name the secret: {_NAMES}.", *(_NEVER_AN_ARGUMENT if words else ()))


def _slot(secret: Credential, target: str) -> str:
    """Return the vault's slot of a secret. With `target`, it's that environment's own LaunchDarkly token."""
    if target and secret is not LAUNCHDARKLY_TOKEN:
        raise Refused(f"--target is for {LAUNCHDARKLY_TOKEN.name}: environments share the other secrets.")
    return slot_in(target) if target else secret.slot


def _refuse_more_than(most: int, words: tuple[str, ...]) -> None:
    if len(words) > most:
        raise Refused(*_NEVER_AN_ARGUMENT)


# --- list ---------------------------------------------------------------------------------------------------------


async def _list(vault: Vault, options: Options, out: Output) -> ExitCode:
    stored = await vault.load()
    ends, where = _ends(stored), stored.where or {}
    if stored.why_not:
        out.say(options.of_this_run(f"We couldn't read the keyring: {stored.why_not}."))
    listed = [
        {"name": name, "where": where.get(secret.slot) or None, "last_four": ends[secret.slot] or None}
        for name, secret in SECRETS.items()
    ]
    out.document({"schema": 1, "secrets": [*listed, *_listed_of_targets(stored)]})
    width = max(map(len, SECRETS))
    elsewhere = _no_keyring(stored, vault)
    for name, secret in SECRETS.items():
        place = where.get(secret.slot, "")
        end = f"ends in {ends[secret.slot]}" if ends[secret.slot] else ""
        said = ", ".join(part for part in (place, end) if part) or f"not in the variable {secret.variable}, {elsewhere}"
        out.text([f"{name:{width}}  {said}"])
    for one in _listed_of_targets(stored):
        out.text([f"{one['name']:{width}}  {one['where']}, ends in {one['last_four']}, for {one['target']} only"])
    return ExitCode.COULD_NOT_TELL if stored.why_not else ExitCode.OK


def _no_keyring(stored: Stored, vault: Vault) -> str:
    """Return why the keyring has none of the secrets that the list can't place."""
    if stored.why_not:
        return "and we couldn't read the keyring"
    return "and not in the keyring" if vault.stores else "and the keyring is off"


def _listed_of_targets(stored: Stored) -> list[dict[str, str | None]]:
    where = stored.where or {}
    return [
        {
            "name": LAUNCHDARKLY_TOKEN.name,
            "target": plain(name),
            "where": where.get(slot_in(name)),
            "last_four": last_four(token.get_secret_value()),
        }
        for name, token in stored.of_targets.items()
    ]


def _ends(stored: Stored) -> dict[str, str]:
    tokens = {one.slot: stored.secrets.of(one) for one in TOKENS}
    ends = {slot: last_four(token.get_secret_value()) if token else "" for slot, token in tokens.items()}
    return ends | {CLIENT_SIDE_ID.slot: last_four(stored.client_side_id)}


# --- set and forget -----------------------------------------------------------------------------------------------


async def _set(vault: Vault, secret: Credential, target: str, out: Output, read: Callable[[str], str]) -> ExitCode:
    slot = _slot(secret, target)
    paste = read_paste(read(f"{secret.label} (hidden): "))
    mistake = secret.mistake(paste)
    if mistake:
        raise Refused(mistake)
    try:
        place = await vault.put(slot, paste.text)
    except VaultRefused as refused:
        raise Refused(f"Nothing was stored: {refused}.", f"Use the variable instead: {secret.variable}") from None
    where = (await vault.load()).where or {}
    end = last_four(paste.text)
    out.text([f"Stored in {place}{f', ends in {end}' if end else ''}."])
    out.document({"schema": 1, "stored": {"where": place, "last_four": end or None}})
    if where.get(secret.slot) not in {None, place}:
        out.say(f"The variable {where[secret.slot]} is set, so the wizard uses it instead of the keyring.")
    return ExitCode.OK


async def _forget(vault: Vault, secret: Credential, target: str, out: Output) -> ExitCode:
    slot = _slot(secret, target)
    try:
        was_there = await vault.forget(slot, in_targets=not target)
    except VaultRefused as refused:
        out.say(f"Nothing was deleted. We couldn't read the keyring: {refused}.")
        out.document({"schema": 1, "deleted": None})
        return ExitCode.COULD_NOT_TELL
    out.text(["Deleted." if was_there else "Nothing to delete."])
    out.document({"schema": 1, "deleted": was_there})
    return ExitCode.OK
