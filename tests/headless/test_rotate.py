"""`rotate`: a new token without a gap, whatever happens meanwhile, and never a second token that isn't mentioned."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.faulty import Fault, with_fault
from tests.headless.moments import Moments
from tests.headless.runs import Ran, World
from tests.headless.test_killed import KillAfter, Killed
from tests.headless.test_make_token import MAKE, NAME, Keyring, given, in_the_destination, made
from tests.shared_folder import shared_folder
from wizard.domain.facts import VaultSeen
from wizard.flow.outside.vault import Stored, VaultRefused
from wizard.sandbox.scenarios.acme import empty_account
from wizard.sandbox.state.account import Token
from wizard.sandbox.state.segment_workspace import Pace
from wizard.vault import MemoryVault

STEPS = ("token", "destination", "proof", "old_token")
DONE = dict.fromkeys(STEPS, "done")


class Watched(httpx.AsyncBaseTransport):
    """A transport that checks at each call that the destination's token works."""

    def __init__(self, world: World, inner: httpx.AsyncBaseTransport) -> None:
        self._world, self._inner = world, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        assert works(self._world), request
        return response


def works(world: World) -> bool:
    account, now = world.sandbox.world.accounts[0], world.clock.now()
    return all(account.valid_token(secret, now) is not None for secret in in_the_destination(world))


def failed(world: World) -> int:
    """Return how many of Segment's events LaunchDarkly refused."""
    deliveries = world.sandbox.world.workspaces[0].deliveries
    return sum(one.count for one in deliveries if one.stage == "failed-delivery")


class ShownLater(httpx.AsyncBaseTransport):
    """A transport on which reads show the destination's old token for five minutes; with `answers`, writes too."""

    def __init__(self, world: World, inner: httpx.AsyncBaseTransport, *, answers: bool) -> None:
        self._clock, self._inner, self._answers = world.clock, inner, answers
        (secret,) = in_the_destination(world)
        self._ending, self._until = secret[-4:], world.clock.now() + timedelta(minutes=5)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        is_late = request.method == "GET" or self._answers
        if not (is_late and request.url.path.startswith("/destinations")) or self._clock.now() >= self._until:
            return response
        text = (await response.aread()).decode()
        shown = re.sub(r'("apiKey":\s*"[^"]*)[^"]{4}"', rf'\g<1>{self._ending}"', text)
        return httpx.Response(response.status_code, content=shown, headers={"content-type": "application/json"})


_SYNCED: list[World] = []


async def synced(folder: Path) -> World:
    """Return a world with a token that the wizard made, after its first sync. It's made once, then copied."""
    if not _SYNCED:
        world = World(shared_folder(), "make-token")
        assert (await world.run("apply", setup=MAKE, watch=True)).code == 0
        _SYNCED.append(world)
    world = _SYNCED[0].copy(folder)
    world.vault = Keyring(given(world))
    return world


async def rotate(world: World, **options: object) -> Ran:
    return await world.run("rotate", setup=MAKE, **options)  # type: ignore[arg-type]


async def pass_time(world: World, seconds: float = 600) -> None:
    await world.clock.sleep(seconds)
    world.sandbox.advance()


async def test_a_new_token_takes_the_place_of_the_old_one_while_deliveries_go_on(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    (old,) = made(world)

    ran = await rotate(world, wrap=lambda inner: Watched(world, inner))

    assert (ran.code, ran.statuses()) == (0, DONE)
    (new,) = made(world)
    assert new.id != old.id
    assert in_the_destination(world) == [new.secret]
    assert isinstance(world.vault, Keyring)
    assert world.vault.entry == {"launchdarkly_token": new.secret}
    await pass_time(world)
    assert failed(world) == 0
    assert (await world.run("plan", setup=MAKE)).code == 0
    assert (await world.run("undo", setup=MAKE)).code == 0
    assert made(world) == []
    assert world.breaches == []


@pytest.mark.parametrize("keeps", [True, False])
async def test_killed_at_any_moment_there_is_no_gap_and_the_next_run_ends_it(tmp_path: Path, keeps: bool) -> None:
    world = await synced(tmp_path / "whole")
    world.vault = world.vault if keeps else None
    moments = Moments(world, tmp_path / "killed")
    ran = await rotate(world, session=moments.session(), wrap=lambda inner: moments.wrap(Watched(world, inner)))
    assert ran.code == 0
    assert {killed.writes for killed in moments.all} == set(range(4))
    tried = {(killed.writes, _held(killed.world) or killed.why): killed for killed in moments.all}
    for killed in tried.values():
        await _ends_whole(killed.world, killed.why)


def _held(world: World) -> str:
    """Return the keyring's contents as text, by which moments differ with a keyring; empty without one."""
    return str(world.vault.entry) if isinstance(world.vault, Keyring) else ""


async def _ends_whole(world: World, why: str = "") -> None:
    await pass_time(world)
    again = await rotate(world, wrap=lambda inner: Watched(world, inner))
    assert again.code == 0, (why, again.err)
    assert set(again.statuses().values()) <= {"done", "already"}, why
    (new,) = made(world)
    assert in_the_destination(world) == [new.secret], why
    await pass_time(world)
    assert failed(world) == 0, why


async def test_without_a_terminal_it_shows_the_steps_and_refuses(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    before = made(world)
    ran = await rotate(world, yes=False)
    assert (ran.code, made(world), set(ran.statuses().values())) == (2, before, {"skipped"})
    assert ran.err.index("Rotating the token of LaunchDarkly - shop / production") < ran.err.index("rotate -c ")


@pytest.mark.parametrize("writes", range(1, 4))
async def test_a_lost_answer_makes_nothing_twice(tmp_path: Path, writes: int) -> None:
    world = await synced(tmp_path)
    lost = httpx.ReadTimeout("no answer")
    ran = await rotate(world, wrap=lambda inner: KillAfter(inner, writes, lost))
    assert (ran.code, len(made(world)), failed(world)) == (0, 1, 0)


@pytest.mark.parametrize("answers", [False, True])
async def test_a_destination_that_is_shown_as_it_was_is_never_left_with_a_dead_token(
    tmp_path: Path, answers: bool
) -> None:
    """Without a keyring, the second run has to give the new token another secret."""
    world = await synced(tmp_path)
    world.vault = None
    late = ShownLater(world, httpx.MockTransport(lambda _: httpx.Response(500)), answers=answers)

    def shown_later(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        late._inner = inner
        return Watched(world, late)

    first = await rotate(world, wrap=shown_later)
    assert first.statuses()["destination"] == ("failed" if answers else "done")
    await rotate(world, wrap=shown_later)
    await _ends_whole(world)


async def test_another_machine_goes_on_with_a_rotation_that_ended_early(tmp_path: Path) -> None:
    """It needs no journal and no keyring, because the new token's description names the old token."""
    world = await synced(tmp_path / "one")
    with pytest.raises(Killed):
        await rotate(world, wrap=lambda inner: KillAfter(inner, 2, Killed()))
    assert len(made(world)) == 2
    world.vault, world.folder = Keyring(given(world)), tmp_path / "another"
    world.folder.mkdir()
    checked = await world.run("doctor", setup=MAKE, only=("launchdarkly.made_token.left",))
    assert [one["status"] for one in checked.document["checks"]] == ["warn"]
    await _ends_whole(world)


async def test_without_proof_the_old_token_stays_and_a_later_run_goes_on(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    workspace = world.sandbox.world.workspaces[0]
    workspace.pace = replace(workspace.pace, between_trickles=10**9)

    ran = await rotate(world, timeout_s=300.0)

    assert ran.code == 3
    assert ran.statuses() == {"token": "done", "destination": "done", "proof": "failed", "old_token": "skipped"}
    assert {one["error"]["code"] for one in ran.document["results"] if one["error"]} == {"no_proof"}
    assert len(made(world)) == 2
    workspace.pace = Pace()
    again = await rotate(world)
    assert (again.code, again.statuses()) == (0, DONE | {"token": "already", "destination": "already"})
    assert len(made(world)) == 1
    assert failed(world) == 0


async def test_a_destination_that_is_off_is_named_at_once_instead_of_waited_for(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    (there,) = (d for d in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in d.name)
    there.enabled = False
    began = world.clock.monotonic()

    ran = await rotate(world, timeout_s=1800.0)

    assert (ran.code, ran.statuses()["proof"], len(made(world))) == (3, "failed", 2)
    (proof,) = (one for one in ran.document["results"] if one["id"] == "proof")
    assert "the destination is switched off" in proof["error"]["summary"]
    assert "audience-wizard apply" in proof["error"]["fix"]
    assert world.clock.monotonic() - began < 300
    there.enabled = True
    assert (await rotate(world)).code == 0
    assert len(made(world)) == 1


@pytest.mark.parametrize("off_s", [-1800.0, 1800.0, 3 * 86_400.0])
async def test_on_a_wrong_clock_what_the_old_token_delivered_is_no_proof(tmp_path: Path, off_s: float) -> None:
    world = await synced(tmp_path)
    for _ in range(120):
        await pass_time(world, 60)
    workspace = world.sandbox.world.workspaces[0]
    workspace.pace = replace(workspace.pace, between_trickles=10**9)
    world.off_s = off_s

    ran = await rotate(world, timeout_s=300.0)

    assert (ran.code, ran.statuses()["proof"], len(made(world))) == (3, "failed", 2)
    workspace.pace = Pace()
    assert (await rotate(world)).code == 0
    assert (len(made(world)), failed(world)) == (1, 0)


async def test_a_token_that_somebody_else_made_is_left_and_reported(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert (await world.run("apply", watch=True)).code == 0
    old = world.sandbox.world.accounts[0].tokens[0]

    ran = await world.run("rotate")

    assert (ran.code, ran.statuses()) == (4, DONE | {"old_token": "by_hand"})
    assert old in world.sandbox.world.accounts[0].tokens
    assert len(made(world)) == 1
    assert (await world.run("rotate")).statuses() == DONE
    assert [token.name for token in _service_tokens(world)] == ["segment-sync", NAME]


async def test_without_proof_nobody_is_sent_into_a_rotation_that_would_make_a_third_token(tmp_path: Path) -> None:
    """An old token that someone else made always stays, so another run would be a new rotation."""
    world = World(tmp_path)
    assert (await world.run("apply", watch=True)).code == 0
    workspace = world.sandbox.world.workspaces[0]
    workspace.pace = replace(workspace.pace, between_trickles=10**9)

    ran = await world.run("rotate", timeout_s=300.0, as_json=False)

    assert ran.code == 3
    said = ran.out + ran.err
    assert said.count("see when the new token was last used") == 2
    assert "continues from here" not in said
    assert "Next: audience-wizard doctor" in said


async def test_in_the_sandbox_nobody_is_told_that_the_next_rotation_continues(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    workspace = world.sandbox.world.workspaces[0]
    workspace.pace = replace(workspace.pace, between_trickles=10**9)

    ran = await rotate(world, timeout_s=300.0, as_json=False, after_setup=True, is_set_up=True)

    assert "Failed: Proof" in ran.out
    assert "The sandbox keeps nothing: the next command starts afresh." in ran.out
    assert "continues from here" not in ran.out


def _service_tokens(world: World) -> list[Token]:
    return [token for token in world.sandbox.world.accounts[0].tokens if token.service]


async def test_without_an_admins_token_it_is_refused_with_the_variable(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    assert isinstance(world.vault, Keyring)
    world.vault._given.pop("launchdarkly_admin_token")
    ran = await rotate(world)
    assert ran.code == 2
    assert "LAUNCHDARKLY_ADMIN_TOKEN" in ran.err
    assert "launchdarkly-admin-token" not in ran.err  # it's never stored in a keyring


async def test_without_a_destination_nothing_is_made(tmp_path: Path) -> None:
    world = World(tmp_path, "make-token")
    ran = await rotate(world)
    assert (ran.code, set(ran.statuses().values())) == (1, {"skipped"})
    assert world.writes() == []


async def test_a_no_changes_nothing(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    writes = len(world.writes())
    ran = await rotate(world, typed="no")
    assert (ran.code, len(world.writes())) == (4, writes)
    assert {one["error"]["code"] for one in ran.document["results"]} == {"not_agreed"}


async def test_each_step_is_told_with_its_end(tmp_path: Path) -> None:
    ran = await rotate(await synced(tmp_path), as_json=False)
    assert ran.code == 0
    assert ran.out.count("Done: ") == len(DONE), ran.out


async def test_with_a_token_that_segment_refuses_nothing_is_made(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    assert isinstance(world.vault, Keyring)
    world.vault._given["segment_token"] = ("sgp_" + "0" * 60, "SEGMENT_PUBLIC_API_TOKEN")
    writes = len(world.writes())
    ran = await rotate(world)
    assert (ran.code, len(world.writes())) == (1, writes)
    assert {one["error"]["code"] for one in ran.document["results"]} == {"blocked"}
    assert "Segment" in ran.err


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/v2/projects/.*", "LaunchDarkly has a problem."),
        ("/api/v2/tokens", "LaunchDarkly has a problem."),
        ("/destinations", "Twilio Segment has a problem."),
    ],
)
async def test_what_could_not_be_read_is_said_and_is_no_missing_destination(
    tmp_path: Path, path: str, said: str
) -> None:
    world = await synced(tmp_path)
    writes = len(world.writes())
    ran = await rotate(world, wrap=with_fault(Fault.ERROR_BEFORE, "GET", path, times=999))
    assert (ran.code, len(world.writes())) == (3, writes)
    assert said in ran.err
    assert "There is no destination" not in ran.err


async def test_a_token_of_another_account_is_named_as_the_cause(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    other = empty_account("Other", world.clock.now())
    world.sandbox.world.accounts.append(other)
    assert isinstance(world.vault, Keyring)
    secret = next(one.secret for one in other.tokens if one.role == "admin")
    world.vault._given["launchdarkly_admin_token"] = (secret, "LAUNCHDARKLY_ADMIN_TOKEN")
    ran = await rotate(world)
    assert (ran.code, set(ran.statuses().values())) == (1, {"skipped"})
    assert "LaunchDarkly has no project with the key shop." in ran.err


async def test_an_old_token_that_another_destination_holds_is_left_and_the_next_rotation_is_a_new_one(
    tmp_path: Path,
) -> None:
    world = await synced(tmp_path)
    destinations = world.sandbox.world.workspaces[0].destinations
    (ours,) = (one for one in destinations.values() if "LaunchDarkly" in one.name)
    destinations["x"] = replace(ours, id="x", name="Mobile app", settings=dict(ours.settings), mappings={})

    ran = await rotate(world, wrap=lambda inner: Watched(world, inner))

    assert (ran.code, ran.statuses()) == (4, DONE | {"old_token": "by_hand"})
    assert "The old token stays: Mobile app holds it too." in ran.err, "said before the yes"
    again = await rotate(world, wrap=lambda inner: Watched(world, inner))
    assert (again.code, again.statuses()) == (0, DONE)
    assert len(made(world)) == 2


class Refusing(Keyring):
    """A keyring that can be read, but refuses to store anything."""

    stores = True

    async def put(self, slot: str, value: str) -> str:  # noqa: ARG002 - the port's signature
        raise VaultRefused("the keyring refused: it's locked")


async def test_a_keyring_that_holds_the_old_token_and_takes_no_new_one_ends_it_before_the_destination(
    tmp_path: Path,
) -> None:
    world = await synced(tmp_path)
    before = in_the_destination(world)
    refusing = Refusing(given(world))
    refusing.entry = {"launchdarkly_token": before[0]}
    world.vault = refusing

    ran = await rotate(world)

    assert (ran.code, ran.statuses()["token"]) == (1, "failed")
    assert (ran.document["results"][0]["error"]["code"], in_the_destination(world)) == ("not_stored", before)
    world.vault = Keyring(given(world))
    world.vault.entry = dict(refusing.entry)
    await _ends_whole(world)
    assert world.vault.entry["launchdarkly_token"] == in_the_destination(world)[0]


class Locked(Refusing):
    """A keyring that can't be read either; with `can_open` False, there is none that anyone could unlock."""

    can_open = True

    async def look(self) -> VaultSeen:
        return VaultSeen(usable=False, backend="", why_not="it's locked", can_open=self.can_open)

    async def load(self, *, needs_id: bool = True) -> Stored:
        return replace(await MemoryVault.load(self, needs_id=needs_id), why_not="it's locked")


@pytest.mark.parametrize("can_open", [True, False])
async def test_a_locked_keyring_may_hold_the_old_token_and_a_missing_one_cannot(tmp_path: Path, can_open: bool) -> None:
    world = await synced(tmp_path)
    before = in_the_destination(world)
    world.vault = Locked(given(world))
    world.vault.can_open = can_open

    ran = await rotate(world)

    assert ran.statuses()["token"] == ("failed" if can_open else "done")
    assert (in_the_destination(world) == before) == can_open
    if can_open:
        assert ran.document["results"][0]["error"]["code"] == "not_stored"


async def test_a_new_token_that_is_too_weak_is_no_reason_to_undo_the_setup(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    ran = await rotate(world, wrap=with_fault(Fault.CLOSED, "GET", "/api/v2/projects/.*", times=999))
    error = ran.document["results"][0]["error"]
    assert (ran.code, error["code"]) == (1, "too_weak")
    assert "undo" not in error["fix"]


async def test_what_a_check_found_is_said_with_its_cause_and_the_policy_that_its_fix_names(tmp_path: Path) -> None:
    world = await synced(tmp_path)
    (maker,) = (one for one in world.sandbox.world.accounts[0].tokens if one.role == "admin" and not one.service)
    maker.role = ""
    maker.inline_role = [{"effect": "allow", "resources": ["acct"], "actions": ["*"]}]
    ran = await rotate(world)
    assert (ran.code, set(ran.statuses().values())) == (1, {"skipped"})
    assert "The admin's token can't create segments" in ran.err
    assert "\nCause: " in ran.err
    assert "\nPolicy, to copy:\n  [" in ran.err


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("api-00000000-0000-4000-8000-000000000000", "LaunchDarkly doesn't accept the admin's token."),
        ("sdk-00000000-0000-4000-8000-000000000000", "The admin's token is an SDK key, not an access token."),
    ],
)
async def test_it_is_the_admins_token_that_is_wrong_and_no_service_token_is_asked_for(
    tmp_path: Path, pasted: str, said: str
) -> None:
    world = await synced(tmp_path)
    assert isinstance(world.vault, Keyring)
    world.vault._given["launchdarkly_admin_token"] = (pasted, "LAUNCHDARKLY_ADMIN_TOKEN")
    ran = await rotate(world)
    error = ran.document["results"][0]["error"]
    assert (ran.code, error["summary"]) == (1, said)
    assert "LAUNCHDARKLY_ADMIN_TOKEN" in error["fix"]
    assert said in ran.err
