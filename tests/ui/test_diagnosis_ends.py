"""A diagnosis ends the same way on the screen as in the flow, after the same questions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.diagnosis_ends import ON_THE_SCREEN, SHOWN, End, at_review, begun, by_setup, number_of, searched
from tests.ui.plain import text_on
from tests.ui.scenarios import Counted, SimulatedWizard, reach
from tests.walks import Staged
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.flow.walk import Walk
from wizard.ui.screens.troubleshoot import TroubleshootScreen


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
            found = await searched(await begun(end), end)
            down = ("down",) * (number_of(end.symptom) - 1)
            await reach(pilot, ("f2", *down, "enter", *map(str, found.numbers)))
            screen = app.screen
            assert isinstance(screen, TroubleshootScreen)
            shown = screen._now
            assert isinstance(shown, Diagnosis), shown
            assert (shown.id, shown.says, shown.fix) == (end.cause, found.end.says, found.end.fix)


async def test_once_a_colleague_did_it_the_answers_stay_until_a_check_shows_it() -> None:
    end = End("failed-deliveries", "refused-lately", "allowlist", 1, {"allowlist": "without-segment"})
    app = WizardOn(end.scenario)
    await app.begin(end)
    async with app.run_test(size=(100, 36)) as pilot:
        await reach(pilot, ("f2", str(number_of(end.symptom)), "3", "enter"))
        for _ in range(2):
            assert "Does your LaunchDarkly account have an IP allowlist?" not in text_on(app)
            assert "LaunchDarkly refuses what Segment sends, because its IP allowlist" in text_on(app)
            assert "✓ Your colleague did it. Segment's delivery counts catch up" in text_on(app)
            assert "Let a colleague do it" not in text_on(app)
            await reach(pilot, ("wait:60", "enter"))
        await reach(pilot, ("leap:3600", "enter"))
        assert "✓ fixed" in text_on(app)
        assert "Your colleague did it" not in text_on(app)
