"""Whichever way the services behave where nobody has proof, a set-up ends right, or the wizard tells the truth.

Each switch of the sandbox's table is on by itself, while all commands run one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock
from tests.headless.runs import ALL_MADE, NOTHING, World
from wizard.sandbox.app import Sandbox
from wizard.sandbox.behaviours import Behaviour

COMMANDS = ("plan", "apply", "watch", "apply again", "doctor", "undo")
RIGHT = dict(zip(COMMANDS, (4, 0, 0, 0, 0, 0), strict=True))
A_WHILE = 120.0  # seconds between two commands: a person reads what the first one says
End = tuple[int, str]

_ALLOWLIST = "Most likely an IP allowlist in LaunchDarkly blocks Segment"
_REFUSED: Mapping[str, End] = {"watch": (1, _ALLOWLIST), "doctor": (1, _ALLOWLIST)}
_SHUT_OUT = "Most likely the account's IP allowlist doesn't include this machine."
_CANNOT_LOOK: Mapping[str, End] = {
    "plan": (3, _SHUT_OUT),
    "apply": (3, _SHUT_OUT),
    "watch": (3, ""),
    "apply again": (3, ""),
    "doctor": (3, _SHUT_OUT),
}
_OR_AN_ALLOWLIST = "or the account's IP allowlist doesn't include this machine."
OTHER_ENDS: Mapping[Behaviour, Mapping[str, End]] = {
    Behaviour.WIZARD_SHUT_OUT_401: {
        "plan": (1, _OR_AN_ALLOWLIST),
        "apply": (1, ""),
        "watch": (3, _OR_AN_ALLOWLIST),
        "apply again": (1, ""),
        "doctor": (1, _OR_AN_ALLOWLIST),
    },
    Behaviour.WIZARD_SHUT_OUT_403: _CANNOT_LOOK,
    Behaviour.WIZARD_SHUT_OUT_404: _CANNOT_LOOK,
    Behaviour.SEGMENT_SHUT_OUT_401: _REFUSED,
    Behaviour.SEGMENT_SHUT_OUT_403: _REFUSED,
    Behaviour.SEGMENT_SHUT_OUT_404: _REFUSED,
    Behaviour.EVENT_ID_DIFFERS: {
        "watch": (3, "most likely Vip customers; its key carries another ID"),
        "doctor": (3, "is most likely VIP customers. It has 1,234 members."),
    },
    Behaviour.CLASS_NOT_SENT: {
        "watch": (1, "switch on Send Identify or Send Track"),
        "doctor": (1, "such as the audience's class"),
    },
}
"""By behaviour and command its exit code and what it says; what isn't named ends right."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def ran(world: World, command: str) -> End:
    name, _, _ = command.partition(" ")
    result = await world.run(name, as_json=False, timeout_s=1800.0)
    await world.clock.sleep(A_WHILE)
    return result.code, result.out + result.err


def written(world: World) -> list[str]:
    """Every write so far. To LaunchDarkly nothing is written: its POSTs ask for something."""
    return [write for write in world.writes() if "/api/v2/" not in write]


def created(world: World) -> Counter[str]:
    """How often each thing was created, by the last part of the path that creates it."""
    return Counter(write.rpartition("/")[2] for write in written(world) if write.startswith("POST"))


@pytest.mark.parametrize("behaviour", Behaviour)
async def test_every_behaviour_ends_right_or_is_told(world: World, behaviour: Behaviour) -> None:
    world.begin(Sandbox("happy", FakeClock(auto=True), behaviours=[behaviour]))
    others = OTHER_ENDS.get(behaviour, {})
    is_applied = others.get("apply", (0, ""))[0] == 0
    for command in COMMANDS:
        before = written(world)
        code, said = await ran(world, command)
        wanted, words = others.get(command, (RIGHT[command], ""))
        assert (command, code) == (command, wanted), said
        assert words in said
        if command not in ("apply", "undo"):
            assert written(world) == before
        if command != "undo" and command != "plan":
            assert world.made() == (ALL_MADE if is_applied else NOTHING)
    assert world.made() == NOTHING
    assert all(many == 1 for many in created(world).values())
    assert world.breaches == []
