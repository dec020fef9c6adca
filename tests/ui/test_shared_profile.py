"""An open screen and commands on one profile: the commands' journal entries stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.headless.runs import NOTHING, World
from tests.ui.scenarios import SimulatedWizard, reach
from tests.walks import stage_on
from wizard.flow.walk import Walk

YES = ("y", "enter")


class WizardOnProfile(SimulatedWizard):
    """The screen on the profile and in the world that the commands use."""

    def __init__(self, of_commands: World) -> None:
        super().__init__(of_commands.scenario)
        self.of_commands = of_commands
        self.clock = of_commands.clock

    def _build(self) -> Walk:
        return stage_on(self.of_commands.sandbox, session=self.of_commands.session()).walk


@pytest.mark.parametrize(
    ("begins", "does"),
    [("until:audiences", ("until:review",)), ("until:review", ("f5", *YES, *YES, "still", "until:first_sync"))],
    ids=["one more step", "a yes of its own"],
)
async def test_an_open_screen_forgets_nothing_of_a_command(tmp_path: Path, begins: str, does: tuple[str, ...]) -> None:
    world = World(tmp_path)
    app = WizardOnProfile(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, (begins,))
        assert (await world.run("apply")).code == 0
        await reach(pilot, does)
    world.clock.auto = True  # time moves by itself while the commands wait

    undone = await world.run("undo", setup=None)

    assert undone.code == 0
    assert world.made() == NOTHING


async def test_starting_over_keeps_what_a_command_made_meanwhile(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert (await world.run("plan")).code == 4
    session = world.session()
    session.keep(session.saved.answers, ("prerequisites",))
    app = WizardOnProfile(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ())
        assert (await world.run("apply")).code == 0
        await pilot.click("#over")
        await reach(pilot, ("right", "enter", "enter", "enter"))

    await world.run("undo", setup=None)

    assert world.made() == NOTHING
