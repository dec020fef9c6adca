"""The wizard makes the service token: it's planned, made once, never shown, and taken back last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.faulty import Fault, with_fault
from tests.headless.moments import Moments, profile_of
from tests.headless.runs import SETUP, Ran, World
from tests.headless.test_killed import KillAfter, Killed
from wizard.domain.answers import Secrets
from wizard.domain.facts import VaultSeen
from wizard.flow.outside.vault import Stored
from wizard.sandbox.state.account import Token
from wizard.sandbox.state.policies import BASE_ROLES
from wizard.vault import MemoryVault, stored

MAKE = SETUP.replace("[segment]", "make_token = true\n\n[segment]")
ALL = ("token", "destination", "mapping", "audience:vip_customers")
NAME = "Segment Audiences - shop / production"


class Keyring(MemoryVault):
    """A vault that stores secrets, like a keyring."""

    def __init__(self, given: Mapping[str, tuple[str, str]]) -> None:
        super().__init__("", given)
        self.entry: dict[str, str] = {}

    async def look(self) -> VaultSeen:
        return VaultSeen(usable=True, backend="a keyring")

    async def load(self, *, needs_id: bool = True) -> Stored:  # noqa: ARG002 - the port's signature
        given = {slot: value for slot, (value, _) in self._given.items()}
        return stored({**self.entry, **given}, dict.fromkeys([*self.entry, *given], "a keyring"))

    async def save(self, secrets: Secrets, client_side_id: str) -> str:  # noqa: ARG002 - the port's signature
        return "a keyring"

    async def put(self, slot: str, value: str) -> str:
        self.entry[slot] = value
        return "a keyring"

    async def forget(self, slot: str, *, in_targets: bool = False) -> bool:
        gone = [one for one in self.entry if one == slot or (in_targets and one.startswith(f"{slot}@"))]
        return bool([self.entry.pop(one) for one in gone])


def given(world: World) -> dict[str, tuple[str, str]]:
    tokens = world.sandbox.tokens
    return {
        "launchdarkly_admin_token": (tokens.launchdarkly_admin_token, "LAUNCHDARKLY_ADMIN_TOKEN"),
        "segment_token": (tokens.segment_public_api_token, "SEGMENT_PUBLIC_API_TOKEN"),
    }


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "make-token")


def made(world: World) -> list[Token]:
    return [token for token in world.sandbox.world.accounts[0].tokens if token.name == NAME]


def in_the_destination(world: World) -> list[str]:
    destinations = world.sandbox.world.workspaces[0].destinations.values()
    return [one.settings["apiKey"] for one in destinations if "LaunchDarkly" in one.name]


async def run(world: World, command: str, **options: object) -> Ran:
    return await world.run(command, setup=MAKE, **options)  # type: ignore[arg-type]


async def test_it_is_planned_with_its_policy_made_first_and_taken_back_last(world: World) -> None:
    planned = await run(world, "plan")
    change = planned.document["changes"][0]
    assert (planned.code, planned.actions()) == (4, dict.fromkeys(ALL, "create"))
    assert change["after"]["policy"][1]["resources"] == ["proj/shop:env/production:segment/*"]
    assert change["host"] == "app.launchdarkly.com"

    applied = await run(world, "apply")
    assert (applied.code, applied.statuses()) == (0, dict.fromkeys(ALL, "done"))
    (token,) = made(world)
    assert in_the_destination(world) == [token.secret]
    assert token.service
    assert "for Ada Okafor" in token.description
    assert (await run(world, "plan")).actions() == dict.fromkeys(ALL, "none")
    assert (await run(world, "doctor")).document["healthy"] is None

    writes = len(world.writes())
    undone = await run(world, "undo")
    assert (undone.code, set(undone.statuses().values())) == (0, {"done"})
    assert world.writes()[writes:][-1] == f"DELETE /api/v2/tokens/{token.id}"
    assert made(world) == []
    assert world.breaches == []


async def test_no_output_file_or_request_holds_the_secret(world: World, tmp_path: Path) -> None:
    vault = world.vault = Keyring(given(world))
    runs = [await run(world, command) for command in ("plan", "apply", "plan", "doctor")]
    (token,) = made(world)
    assert vault.entry == {"launchdarkly_token": token.secret}
    runs += [await run(world, "undo", as_json=False)]
    assert vault.entry == {}
    said = "".join(one.out + one.err for one in runs) + _files(tmp_path)
    for secret in (token.secret, world.sandbox.tokens.launchdarkly_admin_token):
        assert secret not in said
        assert secret[4:20] not in said


def _files(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


async def test_the_admins_token_is_never_stored(world: World) -> None:
    vault = world.vault = Keyring(given(world))
    await run(world, "apply")
    assert world.sandbox.tokens.launchdarkly_admin_token not in vault.entry.values()


@pytest.mark.parametrize("keeps", [True, False])
async def test_killed_at_any_moment_the_next_run_ends_with_one_token_that_works(
    world: World, keeps: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world.vault = Keyring(given(world)) if keeps else None
    moments = Moments(world, tmp_path_factory.mktemp("killed"))
    applied = await run(world, "apply", session=moments.session(), wrap=moments.wrap)
    assert applied.code == 0
    assert {killed.writes for killed in moments.all} == set(range(6))
    assert len(moments.all) > 10

    ends: dict[tuple[str, bool], World] = {}
    # a keyring only changes where the secret is stored, which matters only after writes
    tried = [killed for killed in moments.all if killed.why.startswith("after POST") or not keeps]
    for killed in tried:
        assert (await run(killed.world, "apply")).code == 0, killed.why
        (token,) = made(killed.world)
        assert in_the_destination(killed.world) == [token.secret], killed.why
        is_kept = isinstance(killed.world.vault, Keyring) and bool(killed.world.vault.entry)
        ends[profile_of(killed.world), is_kept] = killed.world
    for ended in ends.values():
        await _is_whole(ended)


async def _is_whole(world: World) -> None:
    """Check that nothing is left to do, and that everything can be taken back."""
    assert (await run(world, "plan")).actions() == dict.fromkeys(ALL, "none")
    assert (await run(world, "undo")).code == 0
    assert made(world) == []
    assert world.breaches == []


async def test_the_next_run_on_another_machine_resets_what_a_killed_run_made(world: World, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        await run(world, "apply", wrap=lambda inner: KillAfter(inner, 1, Killed()))
    world.folder = tmp_path / "another"
    world.folder.mkdir()

    planned = await run(world, "plan")
    checked = await run(world, "doctor", only=("launchdarkly.made_token.left",))

    assert planned.actions()["token"] == "update"
    assert [one["status"] for one in checked.document["checks"]] == ["warn"]
    await world.clock.sleep(60)
    assert (await run(world, "apply")).code == 0
    (token,) = made(world)
    assert in_the_destination(world) == [token.secret]
    await _is_whole(world)


@pytest.mark.parametrize("writes", [1, 2])
async def test_a_lost_answer_makes_no_second_token(world: World, writes: int) -> None:
    lost = httpx.ReadTimeout("no answer")
    applied = await run(world, "apply", wrap=lambda inner: KillAfter(inner, writes, lost))
    assert applied.code == 0
    (token,) = made(world)
    assert in_the_destination(world) == [token.secret]


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.TOO_MANY_AFTER])
async def test_a_token_that_was_refused_for_its_rate_is_looked_for_before_another_is_made(
    world: World, fault: Fault
) -> None:
    applied = await run(world, "apply", wrap=with_fault(fault, "POST", "/api/v2/tokens"))
    assert applied.code == 0
    (token,) = made(world)
    assert in_the_destination(world) == [token.secret]


@pytest.mark.parametrize("status", [400, 403])
async def test_without_custom_roles_the_writer_role_is_offered_and_taken_after_a_yes(
    tmp_path: Path, status: int
) -> None:
    world = World(tmp_path, "no-custom-roles")
    world.sandbox.world.accounts[0].refuses_policies = status

    refused = await run(world, "apply")

    assert refused.code == 1
    assert refused.statuses() == {"token": "failed"} | dict.fromkeys(ALL[1:], "skipped")
    error = refused.document["results"][0]["error"]
    assert error["code"] == "no_policy"
    assert 'token_role = "writer"' in error["fix"]
    assert made(world) == []
    as_writer = MAKE.replace("make_token = true", 'make_token = true\ntoken_role = "writer"')
    assert (await world.run("apply", setup=as_writer)).code == 0
    assert [token.role for token in made(world)] == ["writer"]


class NoTokens(httpx.AsyncBaseTransport):
    """A transport on which LaunchDarkly refuses to make a token, with its usual sentence or another."""

    def __init__(self, inner: httpx.AsyncBaseTransport, status: int, said: str) -> None:
        self._inner, self._status, self._said = inner, status, said

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if (request.method, request.url.path) == ("POST", "/api/v2/tokens"):
            return httpx.Response(self._status, json={"code": "forbidden", "message": self._said})
        return await self._inner.handle_async_request(request)


_USUAL = "Access to the requested resource was denied"
_POLICY = [{"effect": "allow", "resources": ["*"], "actions": ["view*", "createSegment", "updateIncluded"]}]
_MAY_NOT = "Most likely the token's role doesn't allow it"
_NO_CUSTOM_ROLES = "Most likely your plan has no custom roles."
_EITHER = "Most likely your plan has no custom roles, or the admin's token can't create tokens."


@pytest.mark.parametrize(
    ("role", "status", "said", "code", "cause"),
    [
        ("", 403, _USUAL, "maker_too_weak", _MAY_NOT),
        ("", 401, "Invalid access token", "maker_too_weak", _MAY_NOT),
        ("", 403, "Custom roles aren't available on this plan", "no_policy", _NO_CUSTOM_ROLES),
        ("admin", 403, _USUAL, "no_policy", _NO_CUSTOM_ROLES),
        ("admin", 400, "Invalid request", "no_policy", _NO_CUSTOM_ROLES),
        ("writer", 403, _USUAL, "no_policy", _EITHER),
        ("writer", 403, "Custom roles aren't available on this plan", "no_policy", _NO_CUSTOM_ROLES),
    ],
)
async def test_a_maker_that_may_not_make_tokens_is_told_from_a_plan_without_custom_roles(
    world: World, role: str, status: int, said: str, code: str, cause: str
) -> None:
    """A maker with its own policy or custom roles shows that the plan includes custom roles."""
    maker = world.sandbox.world.accounts[0].tokens[0]
    maker.role, maker.inline_role = role, [] if role else _POLICY
    ran = await run(world, "apply", wrap=lambda inner: NoTokens(inner, status, said))
    error = ran.document["results"][0]["error"]
    assert (ran.code, error["code"]) == (1, code)
    assert error["cause"].startswith(cause)
    assert error["cause"].endswith(f"LaunchDarkly said: {said}.")
    assert ("Writer role" in error["fix"]) == (code == "no_policy")


async def test_as_a_writer_too_a_maker_that_may_not_make_tokens_is_the_cause(world: World) -> None:
    as_writer = MAKE.replace("make_token = true", 'make_token = true\ntoken_role = "writer"')
    ran = await world.run("apply", setup=as_writer, wrap=lambda inner: NoTokens(inner, 403, _USUAL))
    assert ran.document["results"][0]["error"]["code"] == "maker_too_weak"


async def test_a_maker_with_fewer_rights_is_refused_before_anything_is_made(world: World) -> None:
    _hire_a_reader(world)
    planned = await run(world, "plan")
    assert planned.document["blocked_by"] == ["launchdarkly.token.permissions"]
    assert (await run(world, "apply")).code == 1
    assert world.writes() == []


@pytest.mark.parametrize("command", ["plan", "apply", "doctor", "rotate"])
async def test_a_refused_token_of_the_admin_is_named_as_such(world: World, command: str) -> None:
    unknown = "api-00000000-0000-4000-8000-000000000000"
    world.vault = Keyring(given(world) | {"launchdarkly_admin_token": (unknown, "LAUNCHDARKLY_ADMIN_TOKEN")})
    ran = await run(world, command, as_json=False)
    assert ran.code == 1
    assert "LaunchDarkly doesn't accept the admin's token." in ran.out + ran.err
    assert "Paste an admin's access token" in ran.out + ran.err
    assert "create a service token" not in ran.out + ran.err


def _hire_a_reader(world: World) -> None:
    account = world.sandbox.world.accounts[0]
    (ada,) = account.members.values()
    account.members[ada.id] = replace(ada, role="reader")
    account.tokens[0].role = "reader"


async def test_a_token_that_may_less_than_it_says_goes_nowhere_and_is_reported(world: World) -> None:
    """The maker's role changed between the plan and the apply, which the new token's own role doesn't show."""
    account = world.sandbox.world.accounts[0]
    hidden = {"effect": "deny", "resources": ["proj/shop"], "actions": ["viewProject"]}

    class Capped(list):  # type: ignore[type-arg]
        def append(self, token: Token) -> None:
            token.caps.append([[*BASE_ROLES["admin"], hidden]])
            super().append(token)

    account.tokens = Capped(account.tokens)

    applied = await run(world, "apply")

    assert applied.document["results"][0]["error"]["code"] == "too_weak"
    assert in_the_destination(world) == []
    assert "run audience-wizard undo" in applied.document["results"][0]["error"]["fix"]
    assert (await run(world, "undo")).statuses() == {"token": "done"}


async def test_a_command_makes_no_token_that_a_person_would_have_to_paste(world: World) -> None:
    ran = await world.run("apply", setup=_by_hand())
    assert ran.code == 2
    assert "never show tokens" in ran.err
    assert world.writes() == []


def _by_hand() -> str:
    return MAKE.replace('space = "prod"', 'space = "prod"\nby_hand = true')


async def test_a_destination_that_stays_keeps_its_token(world: World) -> None:
    await run(world, "apply")
    workspace = world.sandbox.world.workspaces[0]
    (destination,) = (one for one in workspace.destinations.values() if "shop" in one.name)
    destination.name = "Renamed by someone"

    undone = await run(world, "undo")

    assert undone.statuses()["token"] == "skipped"
    assert len(made(world)) == 1


async def test_without_an_admins_token_undo_says_who_can_delete_it(world: World) -> None:
    vault = world.vault = Keyring(given(world))
    await run(world, "apply")
    vault._given.pop("launchdarkly_admin_token")

    undone = await run(world, "undo")

    assert (undone.code, undone.statuses()["token"]) == (4, "by_hand")
    assert "LAUNCHDARKLY_ADMIN_TOKEN" in undone.document["results"][-1]["error"]["summary"]
    assert "Organization settings → Authorization in LaunchDarkly" in undone.document["results"][-1]["error"]["fix"]
    assert json.dumps(undone.document)
