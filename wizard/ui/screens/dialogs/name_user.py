"""Whom a symptom is about: the user's context key, and the flag that the user should get."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from wizard.flow.diagnosing import name_user
from wizard.flow.steps.ask import Choice
from wizard.flow.steps.questions.target_flag import FLAG
from wizard.flow.walk import Walk
from wizard.text import plain
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.lists.picker import Picker
from wizard.ui.widgets.open_input import OpenInput

_ABOUT = "Type the context key as your app sends it. The wizard asks LaunchDarkly about this user, and changes nothing."
_NOBODY = "Type the user's context key."


class _UserField(OpenInput):
    """The field for the user; Enter goes on to the flag where there are several."""

    def __init__(self, user: str, enter_does: str) -> None:
        super().__init__(user, placeholder="the user's context key", compact=True, id="user")
        self.enter_does = enter_does


class NameUserScreen(Dialog[bool]):
    """Gives the walk the user and the flag, and closes with whether it did. Without `flags`, no flag is asked for."""

    AUTO_FOCUS = "#user"

    def __init__(self, walk: Walk, flags: tuple[str, ...] | None) -> None:
        super().__init__()
        self._walk = walk
        self._flags = flags or ()
        self._must_pick = len(self._flags) > 1
        self._user = _UserField(
            walk.state.answers.test_user, "choose the flag" if self._must_pick else "look the user up"
        )
        self._list = Picker(
            many=False, filtered=True, unlisted=lambda text: FLAG.free(text, walk.state), verb="look the user up for"
        )
        self._list.display = flags is not None
        self._said = Static("", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Which user?", markup=False, classes="title")
            yield Static(_ABOUT, markup=False)
            yield self._user
            if self._list.display:
                yield Static("Which flag? Pick it, or type its key.", markup=False, id="which-flag")
            yield self._list
            yield self._said
            with Actions():
                yield Button("Look the user up", id="look-up", variant="primary")
                yield Button("Close", id="close")
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._said.display = False
        self._list.offer(tuple(Choice(key, plain(key)) for key in self._flags))

    @property
    def scrolled(self) -> Widget:
        return self._list

    @property
    def picker(self) -> Picker:
        return self._list

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._must_pick and self._user.value.strip():
            self._list.take_focus()
        else:
            self._look_up()

    def on_picker_highlighted(self, event: Picker.Highlighted) -> None:
        event.stop()
        self.show_keys()

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        event.stop()
        self._look_up()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "look-up":
            self._look_up()
        else:
            self.dismiss(False)

    def _look_up(self) -> None:
        user, flag = self._user.value.strip(), next(iter(self._list.chosen), "")
        mistake = name_user(self._walk, user, flag) if user else _NOBODY
        if not mistake:
            self.dismiss(True)
            return
        self._said.display = True
        self._said.update(Content.styled(f"✗ {mistake}", "$error"))
        self._user.focus()
