"""`python -m tests.benchmarks.calls`: how many calls and round trips each command makes, small and huge accounts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.headless.round_trips import Rounds
from tests.headless.runs import World

COMMANDS = ("plan", "apply", "plan", "doctor", "undo")
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


def main() -> None:
    print(f"{'world':8} {'command':8} {'calls':>6} {'round trips':>12}")
    for scenario in WORLDS:
        with TemporaryDirectory() as folder:
            for command, calls, trips in asyncio.run(measured(scenario, Path(folder))):
                print(f"{scenario:8} {command:8} {calls:6} {trips:12}")


if __name__ == "__main__":
    main()
