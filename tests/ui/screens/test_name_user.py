"""A symptom of one user: the user and the flag are named on the page, and looked up at once."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.ui.scenarios import SimulatedWizard, reach
from tests.ui.screens.test_key_lists import keys_in_help
from tests.ui.screens.test_troubleshoot import seen, walked
from wizard.flow.walk import Walk
from wizard.ui.screens.dialogs.name_user import NameUserScreen
from wizard.wiring import answers_of

FLAG_OFF = ("f2", "home", *("down",) * 4, "enter")


def _text(pilot: Pilot[Any]) -> str:
    return " ".join(seen(pilot).split())


async def test_who_answers_no_question_names_the_user_and_gets_the_cause() -> None:
    async with walked("until:review", *FLAG_OFF, "7", "4", "4", "3", "3", world="other-rule-first") as (app, pilot):
        said = _text(pilot)
        assert "· not found yet" in said
        assert "nothing wrong" not in said.casefold()
        assert "Enter name the user" in said
        assert "Name the user and the flag (U). The wizard then says" in said
        assert "U" in await keys_in_help(pilot)
        await reach(pilot, ("enter", *"user-0042"))
        assert "new-checkout" in seen(pilot), "the only flag is known"
        await reach(pilot, ("enter",))
        assert "✗ the cause" in seen(pilot)
        assert "The flag new-checkout serves false to user-0042" in _text(pilot)
        assert app.walk.state.answers.test_user == "user-0042"
        await reach(pilot, ("f5",))
        assert "Checked just now: same result." in seen(pilot), "the user isn't asked for again"
        assert "U" in await keys_in_help(pilot)
        await reach(pilot, ("u", *"user-0007", "enter"))
        assert "user-0007" in seen(pilot), "another user can be looked up"
        assert "user-0042" not in seen(pilot)


async def test_the_user_can_be_named_instead_of_an_answer() -> None:
    async with walked("until:review", *FLAG_OFF, world="other-rule-first") as (app, pilot):
        assert "U name user" in seen(pilot)
        assert "Name the user (U), and the wizard asks LaunchDarkly" in _text(pilot)
        await reach(pilot, ("u", "enter"))
        assert "✗ Type the user's context key." in seen(pilot)
        assert "F2" not in await keys_in_help(pilot), "this is troubleshooting"
        await reach(pilot, ("escape", "u", *"user-0042", "enter"))
        assert "✗ the cause" in seen(pilot)
        assert app.walk.state.answers.flag == "new-checkout"


async def test_among_several_flags_enter_first_leads_to_the_list() -> None:
    async with walked("until:review") as (app, pilot):
        closed_with = list[bool | None]()
        app.push_screen(NameUserScreen(app.walk, ("new-checkout", "vip-prices")), closed_with.append)
        await pilot.pause()
        await reach(pilot, (*"user-0042",))
        assert "Enter choose the flag" in seen(pilot)
        await reach(pilot, ("enter", "down"))
        assert "Enter look the user up for vip-prices" in seen(pilot)
        await reach(pilot, ("enter",))
        assert closed_with == [True]
        assert (app.walk.state.answers.test_user, app.walk.state.answers.flag) == ("user-0042", "vip-prices")


async def test_a_missing_member_is_looked_up_without_a_flag() -> None:
    async with walked("until:review", "f2", "home", world="synced") as (app, pilot):
        await reach(pilot, ("end", "enter"))
        assert "A user who should be in the segment isn't" in seen(pilot)
        assert "· not found yet" in seen(pilot)
        await reach(pilot, ("enter",))
        assert "Which flag?" not in seen(pilot)
        await reach(pilot, (*"user-0042", "enter"))
        assert "user-0042" in seen(pilot)
        assert "· not found yet" not in seen(pilot)
        assert app.walk.state.answers.flag == ""


class _SavedSetup(SimulatedWizard):
    """The wizard on Welcome, with a setup in its profile that no step was confirmed of yet."""

    def _build(self) -> Walk:
        walk = super()._build()
        walk.session.keep(answers_of(self.sandbox), ())
        return walk


async def test_who_was_named_stays_named_for_the_next_symptom() -> None:
    app = _SavedSetup("other-rule-first")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, (*FLAG_OFF, "u", *"user-0007", "enter"))
        assert "user-0007" in seen(pilot)
        while "What do you see?" not in seen(pilot):
            await reach(pilot, ("escape",))
        await reach(pilot, ("5",))
        assert app.walk.state.answers.test_user == "user-0007"
