"""Where two things are wrong, the one that comes first on the way is named, and its fix is true then.

After its fix, the other one is next.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.headless.runs import World
from wizard.sandbox.app import Sandbox
from wizard.sandbox.state.segment_workspace import GeneratedProfiles

Spoil = Callable[[Sandbox], None]


def _mapping_off(sandbox: Sandbox) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        for mapping in destination.mappings.values():
            mapping.enabled = False


def _destination_off(sandbox: Sandbox) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        destination.enabled = False


def _emptied(sandbox: Sandbox) -> None:
    audiences = sandbox.world.workspaces[0].audiences.values()
    next(one for one in audiences if one.key == "vip_customers").members = GeneratedProfiles(0)


def _disabled(sandbox: Sandbox) -> None:
    audiences = sandbox.world.workspaces[0].audiences.values()
    next(one for one in audiences if one.key == "vip_customers").enabled = False


def _paused(sandbox: Sandbox, *, paused: bool = True) -> None:
    for connection in sandbox.world.workspaces[0].connections:
        connection.paused = paused


def _detached(sandbox: Sandbox) -> None:
    sandbox.world.workspaces[0].connections.clear()


def _token_reset(sandbox: Sandbox) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        destination.settings["apiKey"] = "api-11111111-1111-4111-8111-111111111111"


def _no_stores(sandbox: Sandbox) -> None:
    sandbox.world.accounts[0].stores.clear()


def _engage_off(sandbox: Sandbox) -> None:
    sandbox.world.workspaces[0].sources[0].enabled = False


ROWS: list[tuple[str, Spoil, str, str]] = [
    ("kind-refused", _mapping_off, "failed-deliveries", "mapping-off"),
    ("members-refused", _mapping_off, "failed-deliveries", "mapping-off"),
    ("activation-off", _token_reset, "never-appeared", "activation-off"),
    ("refused-before", _emptied, "failed-deliveries", "audience-empty"),
    ("stale-members", _emptied, "more-members", "audience-empty"),
    ("segment-made-again", _emptied, "more-members", "audience-empty"),
    ("paused", _token_reset, "worked-before", "connection-paused"),
    ("flag-off", _paused, "flag-off", "flag-is-off"),
    ("store-stale", _detached, "browser-not-server", "store-stale"),
    ("trigger-without-exits", _destination_off, "never-removed", "destination-off"),
    ("left-out", _disabled, "fewer-members", "audience-off"),
    ("activation-off", _engage_off, "never-appeared", "engage-source-off"),
    ("detached", _no_stores, "worked-before", "not-attached"),
]


@pytest.mark.parametrize(("scenario", "spoil", "symptom", "cause"), ROWS)
async def test_of_two_faults_the_first_on_the_way_is_named(
    scenario: str, spoil: Spoil, symptom: str, cause: str, tmp_path: Path
) -> None:
    world = World(tmp_path, scenario)
    spoil(world.sandbox)
    found = (await world.run("troubleshoot", symptom=symptom)).document
    assert found["state"] == "cause"
    assert found["cause"]["id"] == cause
    assert found["cause"]["fix"]


async def test_after_the_fix_of_the_first_fault_the_second_one_is_named(tmp_path: Path) -> None:
    world = World(tmp_path, "stale-members")
    named = []
    for paused in (True, False):
        _paused(world.sandbox, paused=paused)
        named.append((await world.run("troubleshoot", symptom="more-members")).document["cause"]["id"])
    assert named == ["connection-paused", "stale-members"]
