"""A diagnosis ends the same way on the screen as in the flow, after the same questions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.diagnosis_ends import ON_THE_SCREEN, SHOWN, End, at_review, begun, by_setup, number_of, searched
from tests.ui.scenarios import Counted, SimulatedWizard, reach
from tests.walks import Staged
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.flow.walk import Walk
from wizard.ui.screens.troubleshoot import KEYS, TroubleshootScreen


class WizardOn(SimulatedWizard):
    """The wizard on a walk that is at Review already."""

    staged: Staged

    async def begin(self, end: End) -> None:
        self.staged = await at_review(end, wrap=lambda inner: Counted(inner, self))
        self.sandbox, self.clock = self.staged.sandbox, self.staged.clock

    def _build(self) -> Walk:
        return self.staged.walk


@pytest.mark.parametrize("ends", by_setup(end for end in SHOWN if end.symptom in ON_THE_SCREEN), ids=" and ".join)
async def test_the_screen_ends_the_same_way(ends: Mapping[str, End]) -> None:
    first, *_ = ends.values()
    app = WizardOn(first.scenario)
    await app.begin(first)
    async with app.run_test(size=(80, 24)) as pilot:
        for end in ends.values():
            while isinstance(app.screen, TroubleshootScreen):  # with the end before
                await reach(pilot, ("escape",))
            found = await searched(await begun(end), end, KEYS)
            down = ("down",) * (number_of(end.symptom) - 1)
            await reach(pilot, ("f2", *down, "enter", *map(str, found.numbers)))
            screen = app.screen
            assert isinstance(screen, TroubleshootScreen)
            shown = screen._now
            assert isinstance(shown, Diagnosis), shown
            assert (shown.id, shown.says, shown.fix) == (end.cause, found.end.says, found.end.fix)
