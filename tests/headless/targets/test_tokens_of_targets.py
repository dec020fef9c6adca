"""Several environments whose tokens the wizard makes: each is stored for its environment only, and found again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.fake_clock import in_minutes
from tests.headless.runs import Ran, World
from tests.headless.targets.worlds import TWO
from tests.headless.test_killed import Killed
from tests.headless.test_make_token import MAKE, Keyring, given
from tests.headless.test_rotate import Watched, failed, pass_time
from tests.shared_folder import shared_folder
from wizard.headless.commands.secrets_command import secrets
from wizard.headless.options import Options
from wizard.headless.printing.output import Output

MAKE_BOTH = TWO.replace('project = "shop"', 'project = "shop"\nmake_token = true')
STAGING, PRODUCTION = "shop/staging", "shop/production"
_APPLIED: list[World] = []


async def applied(folder: Path) -> World:
    """Return a world after a successful apply of both environments with an admin's token. Made once, then copied."""
    if not _APPLIED:
        world = World(shared_folder(), "make-token", in_minutes())
        world.vault = Keyring(given(world))
        assert (await world.run("apply", setup=MAKE_BOTH, watch=True)).code == 0
        world.clock.at_least = 0.0
        _APPLIED.append(world)
    before = _APPLIED[0]
    world = before.copy(folder)
    world.vault = Keyring(given(world))
    world.vault.entry = dict(kept(before))
    return world


def made(world: World) -> dict[str, str]:
    """Return, by slot, the secret of each token that LaunchDarkly has for one of the environments."""
    beginning, tokens = "Segment Audiences - ", world.sandbox.world.accounts[0].tokens
    places = [(one.name.removeprefix(beginning), one.secret) for one in tokens if one.name.startswith(beginning)]
    assert len(places) == len(dict(places))
    return {f"launchdarkly_token@{place.replace(' / ', '/')}": secret for place, secret in places}


def kept(world: World) -> dict[str, str]:
    assert isinstance(world.vault, Keyring)
    return world.vault.entry


def without_an_admin(world: World) -> None:
    assert isinstance(world.vault, Keyring)
    world.vault._given.pop("launchdarkly_admin_token")


async def test_each_token_is_kept_for_its_environment_and_the_other_commands_use_it(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    assert set(made(world)) == {f"launchdarkly_token@{PRODUCTION}", f"launchdarkly_token@{STAGING}"}
    assert kept(world) == made(world)

    without_an_admin(world)
    planned = await world.run("plan", setup=MAKE_BOTH)
    checked = await world.run("doctor", setup=None)
    world.clock.at_least = 60.0
    watched = await world.run("watch", setup=None)

    assert {one["action"] for one in planned.document["changes"]} == {"none"}
    assert (checked.code, checked.document["healthy"]) == (0, True)
    assert watched.documents[-1]["outcome"] == "appeared"


async def test_undo_forgets_the_token_of_the_environment_that_it_takes_back(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    assert (await world.run("undo", setup=None, target=STAGING)).code == 0
    assert list(kept(world)) == list(made(world)) == [f"launchdarkly_token@{PRODUCTION}"]
    assert (await world.run("undo", setup=None)).code == 0
    assert kept(world) == made(world) == {}
    without_an_admin(world)
    refused = await world.run("plan", setup=None)
    assert "LAUNCHDARKLY_ADMIN_TOKEN" in refused.err
    assert "no saved answers" not in refused.err, "only the token is missing"


@pytest.mark.parametrize("last", ["", "POST /api/v2/tokens", "PATCH /destinations/", "DELETE /api/v2/tokens/"])
async def test_one_environments_token_is_rotated_without_a_gap_wherever_a_run_dies(tmp_path: Path, last: str) -> None:
    world = await applied(tmp_path)
    before = made(world)
    if last:
        with pytest.raises(Killed):
            await _rotate(world, wrap=lambda inner: DiesAfter(world, inner, last))
        await pass_time(world)

    rotated = await _rotate(world, wrap=lambda inner: Watched(world, inner))

    assert rotated.code == 0, rotated.err
    assert set(rotated.statuses().values()) <= {"done", "already"}
    differs = {slot for slot in before if made(world)[slot] != before[slot]}
    assert (kept(world), differs) == (made(world), {f"launchdarkly_token@{STAGING}"})
    await pass_time(world)
    assert failed(world) == 0
    without_an_admin(world)
    assert (await world.run("doctor", setup=None)).document["healthy"] is True


async def _rotate(world: World, wrap: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]) -> Ran:
    return await world.run("rotate", setup=None, target=STAGING, wrap=wrap)


class DiesAfter(Watched):
    """A transport on which the run dies after the service has made the call that begins with `beginning`."""

    def __init__(self, world: World, inner: httpx.AsyncBaseTransport, beginning: str) -> None:
        super().__init__(world, inner)
        self._beginning = beginning

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if f"{request.method} {request.url.path}".startswith(self._beginning):
            await response.aread()
            raise Killed
        return response


async def test_secrets_lists_and_forgets_them_all_or_one(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    listed = json.loads(await _secrets(world, "list", as_json=True))["secrets"]
    ends = {one["target"]: one["last_four"] for one in listed if "target" in one}
    assert ends == {slot.partition("@")[2]: secret[-4:] for slot, secret in kept(world).items()}
    assert "for shop/staging only" in await _secrets(world, "list")

    await _secrets(world, "forget", "launchdarkly-token", target=STAGING)
    assert list(kept(world)) == [f"launchdarkly_token@{PRODUCTION}"]
    await _secrets(world, "forget", "launchdarkly-token")
    assert kept(world) == {}


async def test_a_setup_that_gets_more_environments_keeps_its_token(tmp_path: Path) -> None:
    world = World(tmp_path, "make-token")
    world.vault = Keyring(given(world))
    assert (await world.run("apply", setup=MAKE)).code == 0
    (first,) = kept(world).values()

    assert (await world.run("apply", setup=MAKE_BOTH)).code == 0

    assert kept(world) == {"launchdarkly_token": first, **made_for(world, STAGING)}
    assert first in made(world).values()
    without_an_admin(world)
    assert (await world.run("doctor", setup=None)).document["healthy"] is None
    assert (await world.run("plan", setup=MAKE_BOTH)).code == 0


def made_for(world: World, target: str) -> dict[str, str]:
    slot = f"launchdarkly_token@{target}"
    return {slot: made(world)[slot]}


async def _secrets(world: World, action: str, *words: str, target: str = "", as_json: bool = False) -> str:
    out, options = io.StringIO(), Options(action=action, words=words, target=target, as_json=as_json)
    assert world.vault is not None
    assert await secrets(world.vault, options, Output(out, io.StringIO(), as_json, None), input) == 0
    return out.getvalue()


async def test_a_report_of_one_environment_is_compared_with_that_one_and_its_own_token(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    without_an_admin(world)
    for target in (PRODUCTION, STAGING):
        report = tmp_path / f"{target.partition('/')[2]}.md"
        exported = await world.run("export", setup=None, action="report", into=report, target=target, as_json=False)
        assert exported.code == 0, exported.err
        for named in ("", target):
            compared = await world.run("doctor", setup=None, against=report, target=named)
            assert (compared.code, compared.document["against"]["same"]) == (0, True)
    of_another = await world.run("doctor", setup=None, against=report, target=PRODUCTION)
    assert of_another.code == 2
    assert of_another.err.endswith("staging.md doesn't have this target.\nThe targets: shop/staging")


async def test_a_destination_by_hand_says_how_to_get_at_the_token_that_was_made_for_it(tmp_path: Path) -> None:
    world = World(tmp_path, "make-token")
    world.vault = Keyring(given(world))
    of_one_space = MAKE_BOTH.replace('space = "dev"\n', "")

    ran = await world.run("apply", setup=of_one_space, as_json=False)

    assert ran.code == 4
    assert kept(world) == made(world)
    ending = made(world)[f"launchdarkly_token@{STAGING}"][-4:]
    assert f"LaunchDarkly Service Token: the token that the wizard made, ends in {ending}. Only the full" in ran.out
