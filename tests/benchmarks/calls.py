"""`python -m tests.benchmarks.calls`: how many calls and round trips each command and each step of the walk makes.

In a small and in a huge account. A step's round trips are those until the user can go on from it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.headless.round_trips import Rounds
from tests.headless.runs import World
from tests.headless.targets.worlds import THREE
from tests.walks import go_on_to, stage
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets

COMMANDS = ("plan", "apply", "plan", "doctor", "undo")
SEVERAL = ("plan", "apply", "plan", "doctor", "undo")
WORLDS = ("happy", "huge")


async def measured(scenario: str, folder: Path) -> list[tuple[str, int, int]]:
    """Return each command with its calls and the round trips that they take at the least."""
    world = World(folder, scenario)
    found = []
    for command in COMMANDS:
        before, rounds = len(world.sandbox.requests), Rounds()
        await world.run(command, wrap=rounds.held)
        found.append((command, len(world.sandbox.requests) - before, len(rounds.asked)))
    return found


async def of_several(scenario: str, folder: Path) -> list[tuple[str, int, int]]:
    """Return what each command costs for three environments at once."""
    world, found = World(folder, scenario), []
    for command in SEVERAL:
        before, rounds = len(world.sandbox.requests), Rounds()
        await world.run(command, setup=THREE, wrap=rounds.held)
        found.append((f"{command}, 3 environments", len(world.sandbox.requests) - before, len(rounds.asked)))
    return found


async def walked(scenario: str) -> list[tuple[str, int, int]]:
    """Return each step of the full screen's walk, gone through with Enter, with its calls and round trips."""
    rounds = Rounds()
    staged = stage(scenario, wrap=rounds.held)
    await load_secrets(staged.walk)
    found, since = [], None
    for step in (*StepId,)[1:-1]:
        before, trips = len(staged.sandbox.requests), len(rounds.asked)
        await go_on_to(staged.walk, step, since)
        found.append((f"to {step}", len(staged.sandbox.requests) - before, len(rounds.asked) - trips))
        since = step
    await staged.walk.close()
    return found


def main() -> None:
    print(f"{'world':8} {'command or step':24} {'calls':>6} {'round trips':>12}")
    for scenario in WORLDS:
        with TemporaryDirectory() as alone, TemporaryDirectory() as three:
            found = [*asyncio.run(measured(scenario, Path(alone))), *asyncio.run(of_several(scenario, Path(three)))]
            found += asyncio.run(walked(scenario))
        for what, calls, trips in found:
            print(f"{scenario:8} {what:24} {calls:6} {trips:12}")


if __name__ == "__main__":
    main()
