"""The first sync on the screen: what was seen of it stays, and one button quits."""

from __future__ import annotations

from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, reach


async def test_another_look_at_a_finished_sync_keeps_how_long_it_took_and_how_it_grew() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot, ("until:first_sync", *("wait:60",) * 14))
        ended = _how_it_ended(app)
        assert "1,234 of 1,234 · 10 min" in ended[0]
        assert "0 → " in ended[1]
        assert "Audience computed · 4 min" in text_on(app)

        await reach(pilot, ("wait:600", "up", "enter", "enter", "wait:15"))
        assert _how_it_ended(app) == ended
        await reach(pilot, ("escape", "wait:60", "enter", "wait:15"))
        assert _how_it_ended(app) == ended
        assert "Audience computed · 4 min" in text_on(app)


def _how_it_ended(app: SimulatedWizard) -> list[str]:
    return [line.partition("│")[2] for line in text_on(app).splitlines()[3:5]]


async def test_while_a_sync_is_watched_one_button_quits() -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:first_sync", "wait:60"))
        assert text_on(app).splitlines()[-3].count("Quit") == 1
        await reach(pilot, ("leap:3600",))
        assert "Finish" in text_on(app)
        assert text_on(app).splitlines()[-3].count("Quit") == 1
