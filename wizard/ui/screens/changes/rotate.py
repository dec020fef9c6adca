"""The dialog that rotates the destination's token: the plan, each change after a yes, and the result."""

from __future__ import annotations

from textual.content import Content

from wizard.domain.credentials import MAKER_TOKEN, read_paste
from wizard.domain.planning.change import DESTINATION, TOKEN, Change
from wizard.flow.walk import Walk
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Outcome, Result, Trouble
from wizard.flow.writing.rotation.plan import PROOF, ReviewedRotation, review_rotation
from wizard.flow.writing.rotation.rotate import rotate
from wizard.flow.writing.rotation.words import (
    HOLDS_THE_NEW_ONE,
    HOLDS_THE_OLD_ONE,
    PASTE_A_MAKER,
    QUESTION,
    both_work,
    mark,
)
from wizard.ui.screens.changes.change_screen import ChangeScreen, Stage, ended, problem, working
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.fields.secret_input import SecretInput


class RotateScreen(ChangeScreen[None]):
    """The dialog. It can be closed while it waits for the proof, because both tokens work then."""

    NOTHING_DONE = "Nothing was changed."

    def __init__(self, walk: Walk) -> None:
        self._lines = Aligned(column=2)
        self._paste = SecretInput(self._take, placeholder="paste here, then Enter")
        super().__init__(walk, QUESTION, self._lines, field=self._paste)
        self._reviewed: ReviewedRotation | None = None
        self._results: dict[str, Result] = {}

    def on_mount(self) -> None:
        super().on_mount()
        if self.walk.state.secrets.maker_token is None:
            self.say(Stage.NEEDS_AN_ANSWER, PASTE_A_MAKER)
            self._paste.focus()
        else:
            self.begin(_LOOKING)

    @property
    def yes(self) -> str:
        return QUESTION

    # --- the admin's token ---------------------------------------------------------------------------------------

    def _take(self, text: str) -> bool:
        """Keep the admin's token in memory, and return whether it has the form of one."""
        paste = read_paste(text)
        if mistake := MAKER_TOKEN.mistake(paste):
            self.say(Stage.NEEDS_AN_ANSWER, problem(mistake))
            return False
        self.walk.set_state(self.walk.state.with_token(MAKER_TOKEN, paste))
        return True

    def on_secret_input_accepted(self, event: SecretInput.Accepted) -> None:
        event.stop()
        self.begin(_LOOKING)
        self.query_one("#close", Button).focus()

    def _forget_the_admins_token(self) -> None:
        """Forget the admin's token, which was refused or can't make a usable token, so that another is asked for."""
        self.walk.set_state(self.walk.state.with_token(MAKER_TOKEN, read_paste("")))

    # --- the rotation --------------------------------------------------------------------------------------------

    async def look(self) -> None:
        if not self.locked():
            return
        await self.walk.read()
        reviewed = await review_rotation(self.walk)
        if isinstance(reviewed, Trouble):
            self._say_why_not(reviewed)
            return
        self._reviewed = reviewed
        self._draw()
        self.offer("This happens after your yes, one step after the other.")

    def _say_why_not(self, why: Trouble) -> None:
        said = problem(" ".join(filter(None, (why.summary, why.cause, why.fix))))
        if why.code in results.NEEDS_ANOTHER_MAKER:
            self._forget_the_admins_token()
            self.say(Stage.NEEDS_AN_ANSWER, said)
            self._paste.focus()
            return
        self._lines.show(tuple(Line("", line) for line in why.policy.splitlines()))
        self.end(said)

    async def make(self) -> None:
        if self._reviewed is None:
            return
        async for event in rotate(self.walk, self._reviewed):
            if isinstance(event, Result):
                self._results[event.id] = event
                self._draw()
            elif event.id == PROOF:
                self.say(Stage.WAITING, working(f"Waiting for the proof. {both_work(self._reviewed.rotation)}"))
            else:
                self.say(Stage.CHANGING, working(f"{event.host} · {event.doing}"))
        token = self._results.get(TOKEN)
        if token and token.error and token.error.code in results.NEEDS_ANOTHER_MAKER:
            self._forget_the_admins_token()
        self.end(self._ending)
        await self.walk.read()

    @property
    def _ending(self) -> str:
        there = self._results.get(DESTINATION)
        holds_it = there is not None and there.outcome in {Outcome.DONE, Outcome.ALREADY}
        return HOLDS_THE_NEW_ONE if holds_it else HOLDS_THE_OLD_ONE

    # --- drawing -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        changes = self._reviewed.plan.changes if self._reviewed else ()
        self._lines.show(tuple(line for change in changes for line in self._of(change)))

    def _of(self, change: Change) -> tuple[Line, ...]:
        if (result := self._results.get(change.id)) is not None:
            return ended(change.title, result)
        why = (Line("", Content.styled(change.reason, "$muted")),) if change.reason else ()
        return (Line(Content.styled(mark(change), "$accent"), change.summary), *why)


_LOOKING = "Reading the tokens and the destination"
