"""`secrets`: where each secret is stored, storing and deleting one; and no secret is shown, printed or an argument."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from tests.headless.runs import World, tokens
from wizard.exit_codes import ExitCode
from wizard.flow.outside.vault import Vault
from wizard.headless.commands.secrets_command import secrets
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused
from wizard.vault import KeyringVault, MemoryVault

TOKEN = "api-0123abcd-0123-0123-0123-0123456789ab"
PUBLIC = "sgp_" + "Zx9" * 20
CLIENT_SIDE_ID = "57be1db38b75bf0772d11384"


class Keyring(KeyringBackend):
    """A keyring that keeps entries in memory, and may be locked."""

    priority = 5
    name = "test keyring"

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = locked
        self.calls: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("the keyring is locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls.append("set")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.calls.append("delete")
        if (service, username) not in self.entries:
            raise PasswordDeleteError
        del self.entries[service, username]


class Nowhere(Keyring):
    """The keyring that Python finds on a server without a desktop."""

    priority = 0


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


def vault(keyring: Keyring, **variables: str) -> KeyringVault:
    return KeyringVault("default", variables, lambda: keyring)


async def run(
    where: Vault, action: str, *words: str, pasted: str = "", as_json: bool = False
) -> tuple[ExitCode, str, str]:
    out, err = io.StringIO(), io.StringIO()
    read: Callable[[str], str] = lambda _: pasted  # noqa: E731
    options = Options(action=action, words=words, as_json=as_json)
    code = await secrets(where, options, Output(out, err, as_json), read)
    assert TOKEN not in out.getvalue() + err.getvalue()
    return code, out.getvalue(), err.getvalue()


async def test_one_is_stored_listed_and_deleted(keyring: Keyring) -> None:
    stored = await run(vault(keyring), "set", "launchdarkly-token", pasted=f"  {TOKEN}\n")
    listed = await run(vault(keyring), "list")
    forgotten = await run(vault(keyring), "forget", "launchdarkly-token")

    assert stored[:2] == (0, "Stored in test keyring, ends in 89ab.\n")
    assert listed[1].splitlines()[0] == "launchdarkly-token  test keyring, ends in 89ab"
    assert forgotten[:2] == (0, "Deleted.\n")
    assert keyring.entries == {}


async def test_one_entry_holds_them_all_and_the_others_stay(keyring: Keyring) -> None:
    for name, value in (("launchdarkly-token", TOKEN), ("segment-token", PUBLIC), ("client-side-id", CLIENT_SIDE_ID)):
        await run(vault(keyring), "set", name, pasted=value)
    await run(vault(keyring), "forget", "segment-token")

    (entry,) = keyring.entries.values()
    assert json.loads(entry) == {"launchdarkly_token": TOKEN, "client_side_id": CLIENT_SIDE_ID}


async def test_nothing_is_written_when_nothing_changes(keyring: Keyring) -> None:
    for _ in range(2):
        await run(vault(keyring), "set", "launchdarkly-token", pasted=TOKEN)
    code, out, _ = await run(vault(keyring), "forget", "segment-token")

    assert keyring.calls == ["set"]
    assert (code, out) == (0, "Nothing to delete.\n")


async def test_a_variable_wins_and_that_is_said(keyring: Keyring) -> None:
    with_variable = vault(keyring, LAUNCHDARKLY_ACCESS_TOKEN="api-from-a-variable-1234")

    code, _, err = await run(with_variable, "set", "launchdarkly-token", pasted=TOKEN)
    listed = (await run(with_variable, "list", as_json=True))[1]

    assert code == 0
    assert "The variable LAUNCHDARKLY_ACCESS_TOKEN is set, so the wizard uses it instead" in err
    assert json.loads(listed)["secrets"][0]["where"] == "LAUNCHDARKLY_ACCESS_TOKEN"


async def test_the_list_as_json(keyring: Keyring) -> None:
    await run(vault(keyring), "set", "segment-token", pasted=PUBLIC)

    document = json.loads((await run(vault(keyring), "list", as_json=True))[1])

    assert document == {
        "schema": 1,
        "secrets": [
            {"name": "launchdarkly-token", "where": None, "last_four": None},
            {"name": "segment-token", "where": "test keyring", "last_four": PUBLIC[-4:]},
            {"name": "client-side-id", "where": None, "last_four": None},
        ],
    }


WRONG = [
    ("launchdarkly-token", "sdk-0123abcd-0123-0123-0123-0123456789ab", "SDK key"),
    ("launchdarkly-token", "••••••••••dada", "masked"),
    ("segment-token", TOKEN, "LaunchDarkly access token"),
    ("client-side-id", TOKEN, "access token"),
    ("client-side-id", "production", "environment's key"),
]


@pytest.mark.parametrize(("name", "pasted", "said"), WRONG)
async def test_what_cannot_be_it_is_not_stored(keyring: Keyring, name: str, pasted: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        await run(vault(keyring), "set", name, pasted=pasted)

    assert pasted not in str(caught.value)
    assert keyring.entries == {}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("set", (TOKEN,)),
        ("set", ("launchdarkly-token", TOKEN)),
        ("set", ()),
        ("forget", ("token",)),
        ("list", (TOKEN,)),
    ],
)
async def test_a_value_as_an_argument_is_refused_and_not_repeated(
    keyring: Keyring, action: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(Refused) as caught:
        await run(vault(keyring), action, *words, pasted=TOKEN)

    assert TOKEN not in str(caught.value)
    assert keyring.entries == {}


async def test_a_keyring_that_is_locked_says_so() -> None:
    locked = vault(Keyring(locked=True))

    with pytest.raises(Refused, match="the keyring is locked"):
        await run(locked, "set", "launchdarkly-token", pasted=TOKEN)


@pytest.mark.parametrize("where", [lambda: vault(Keyring(locked=True)), lambda: vault(Nowhere())])
async def test_not_being_able_to_look_is_not_nothing_stored(where: Callable[[], Vault]) -> None:
    listed, out, err = await run(where(), "list")
    assert (listed, "not in the keyring" in out) == (3, False)
    assert "not in the variable LAUNCHDARKLY_ACCESS_TOKEN, and we couldn't read the keyring\n" in out
    assert "We couldn't read the keyring: " in err
    forgot, _, err = await run(where(), "forget", "launchdarkly-token")
    assert forgot == 3
    assert "Nothing was deleted. We couldn't read the keyring: " in err
    assert json.loads((await run(where(), "forget", "launchdarkly-token", as_json=True))[1])["deleted"] is None


@pytest.mark.parametrize("entry", ["not json", "[1]"])
async def test_an_entry_that_cannot_be_read_is_neither_overwritten_nor_kept_for_ever(
    keyring: Keyring, entry: str
) -> None:
    keyring.entries["audience-wizard", "default"] = entry
    with pytest.raises(Refused, match="audience-wizard secrets forget deletes it"):
        await run(vault(keyring), "set", "launchdarkly-token", pasted=TOKEN)
    assert set(keyring.entries.values()) == {entry}
    assert (await run(vault(keyring), "forget", "launchdarkly-token"))[:2] == (0, "Deleted.\n")
    assert keyring.entries == {}


async def test_a_shown_command_names_the_profile(keyring: Keyring) -> None:
    keyring.entries["audience-wizard", "default"] = "not json"
    options = Options(action="set", words=("launchdarkly-token",), common=" --profile eu")
    with pytest.raises(Refused, match="audience-wizard secrets forget --profile eu deletes it"):
        await secrets(vault(keyring), options, Output(io.StringIO(), io.StringIO(), False), lambda _: TOKEN)


async def test_without_a_keyring_the_variable_is_named() -> None:
    nowhere = MemoryVault("switched off with --no-keyring", {})

    with pytest.raises(Refused, match="Use the variable instead: SEGMENT_PUBLIC_API_TOKEN"):
        await run(nowhere, "set", "segment-token", pasted=PUBLIC)
    assert (await run(nowhere, "forget", "segment-token"))[0] == 3
    sandbox = MemoryVault("the sandbox stores nothing", {}, nothing_is_stored=True)
    assert (await run(sandbox, "forget", "segment-token"))[:2] == (0, "Nothing to delete.\n")


# --- what a command needs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["plan", "apply", "watch"])
async def test_everything_that_is_missing_is_listed_at_once(tmp_path: Path, command: str) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, launchdarkly_token="", segment_token="")

    ran = await world.run(command, setup="[mapping]\nbatching = true\n")

    assert (ran.code, ran.out) == (2, "")
    for needed in (
        "LAUNCHDARKLY_ACCESS_TOKEN",
        "LAUNCHDARKLY_CLIENT_SIDE_ID",
        "SEGMENT_PUBLIC_API_TOKEN",
        "launchdarkly.project and launchdarkly.environment",
        "segment.space",
        "audiences.include",
    ):
        assert needed in ran.err
    assert ran.err.count("    Where: ") == 5
    assert "https://app.launchdarkly.com/settings/authorization" in ran.err
    assert len(world.sandbox.requests) == 0


async def test_what_could_be_chosen_is_asked_for_after_reading(tmp_path: Path) -> None:
    world = World(tmp_path)

    ran = await world.run("plan", setup='[launchdarkly]\nproject = "shop"\nenvironment = "production"\n')

    assert ran.code == 2
    assert "segment.space" in ran.err
    assert "LAUNCHDARKLY_ACCESS_TOKEN" not in ran.err


BY_ID = '[launchdarkly]\nclient_side_id = "57be1db38b75bf0772d11384"\n'


@pytest.mark.parametrize("setup", [BY_ID, None])
async def test_a_variable_that_contradicts_is_refused(tmp_path: Path, setup: str | None) -> None:
    world = World(tmp_path)
    await world.run("apply")
    staging = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
    world.vault = tokens(world, client_side_id=staging)
    written = len(world.writes())

    ran = await world.run("apply", setup=setup)

    assert ran.code == 2
    assert "LAUNCHDARKLY_CLIENT_SIDE_ID" in ran.err
    assert len(world.writes()) == written


async def test_a_variable_that_contradicts_project_and_environment_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    staging = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id
    world.vault = tokens(world, client_side_id=staging)

    ran = await world.run("plan")

    assert ran.code == 2
    assert "LAUNCHDARKLY_CLIENT_SIDE_ID belongs to shop / staging, not to shop / production" in ran.err


async def test_a_variable_that_agrees_is_fine(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.vault = tokens(world, client_side_id=world.sandbox.tokens.launchdarkly_client_side_id)

    assert (await world.run("plan")).code == 4


@pytest.mark.parametrize(
    ("where", "elsewhere"),
    [(vault(Keyring()), "not in the keyring"), (MemoryVault("switched off", {}), "the keyring is off")],
)
async def test_a_secret_that_is_nowhere_is_said_to_be_in_neither_place(where: Vault, elsewhere: str) -> None:
    _, out, _ = await run(where, "list")
    assert f"segment-token       not in the variable SEGMENT_PUBLIC_API_TOKEN, and {elsewhere}\n" in out
