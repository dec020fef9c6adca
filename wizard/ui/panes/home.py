"""The first page of a finished setup: its state, and what to do next."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.flow.home import existing_segments, has_something_to_make, is_finished, status_notes, symptom
from wizard.flow.picture import pictures
from wizard.flow.steps.step import Note
from wizard.flow.walk import Walk
from wizard.ui.appearance import signs
from wizard.ui.panes.picture import PictureView
from wizard.ui.panes.sync_lines import WHOLE
from wizard.ui.panes.welcome import WelcomePane
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.guidance import COLUMN, from_a_shell, of_a_segment
from wizard.ui.widgets.lists.numbered import Numbered, NumberedChoices


class HomeAction(Enum):
    """What the user can do with a finished setup; the value is the choice's label."""

    REVIEW = "Review what the wizard would make"
    SYNC = "See the segment and its next steps"
    ADD_AUDIENCE = "Add an audience"
    ADD_ENVIRONMENT = "Add environments (with this setup's answers)"
    TROUBLESHOOT = "Troubleshoot"
    UNDO = "Undo what the wizard made"
    STEPS = "Look through the steps"
    EXPORT = "Export (setup.toml, Terraform, dated report)"
    INVENTORY = "List every synced segment, and what is out of step"
    ROTATE = "Rotate the destination's token"
    START_OVER = "Start over"


_KEYS = 9  # the numbers; a tenth choice has none
_ABOUT = {
    HomeAction.REVIEW: "each change, before a yes",
    HomeAction.SYNC: "its key and page, the rule for a flag",
    HomeAction.ADD_AUDIENCE: "through the same destination",
    HomeAction.ADD_ENVIRONMENT: "each gets a destination of its own",
    HomeAction.TROUBLESHOOT: "from what you see to the cause and its fix",
    HomeAction.UNDO: "shown first; segments stay with their members",
    HomeAction.STEPS: "each question with your answer",
    HomeAction.EXPORT: "for another machine, for code, for an audit",
    HomeAction.INVENTORY: "in all environments of the project",
    HomeAction.ROTATE: "a new service token, without a gap",
    HomeAction.START_OVER: "with new answers; what was made stays",
}


class HomePane(WelcomePane):
    """The home page, in the place of Welcome."""

    is_home: ClassVar[bool] = True
    GUIDANCE_COLUMN: ClassVar[int] = COLUMN
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"take({number - 1})", show=False) for number in range(1, _KEYS + 1)
    ]

    class Picked(Message):
        """The user picked what to do."""

        def __init__(self, action: HomeAction) -> None:
            self.action = action
            super().__init__()

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self._walk = walk
        self._stands = Aligned(column=2, classes="stands")
        self._picture = PictureView(classes="picture")
        self._choices = NumberedChoices()
        self._actions: tuple[HomeAction, ...] = ()
        self._shell: tuple[Line, ...] = ()  # the commands for a shell

    def compose(self) -> ComposeResult:
        yield Static("Your setup", markup=False, classes="title")
        yield Static(self._place(), markup=False, classes="purpose")
        with self.body:
            yield self._stands
            yield self._picture
            yield Static("", classes="gap")
            yield self._choices
            yield self.guidance
        with Actions(parts=True):
            yield Button("Quit", id="quit")

    def _place(self) -> str:
        answers = self._walk.state.answers
        return f"{answers.project} / {answers.environment}" if answers.project else "A Segment audience in LaunchDarkly"

    def on_mount(self) -> None:
        self.draw()

    def enter(self) -> None:
        self.body.scroll_home(animate=False)
        self._choices.focus(scroll_visible=False)  # the setup's state is above the choices

    def show_ready(self, walk: Walk, command: str) -> None:
        """Say what a shell can do; the rest is shown already, because this page is made once the walk is loaded."""
        self._shell = from_a_shell(command, in_sandbox=bool(walk.state.sandbox))
        self.draw()

    @property
    def symptom(self) -> str:
        return symptom(self._walk)

    def draw(self) -> None:
        self._show_actions(_actions_of(self._walk))
        notes = (note for note in status_notes(self._walk) if note.text)
        self._stands.show(tuple(_line(note) for note in notes))
        is_made = is_finished(self._walk)
        self._picture.show_pictures(pictures(self._walk.state, self._walk.session.history) if is_made else ())
        answers, there = self._walk.state.answers, existing_segments(self._walk)
        few = there if len(there) <= WHOLE else ()  # the first sync's page has them all
        pages = (line for segment in few for line in of_a_segment(answers.project, answers.environment, segment))
        self.guidance.show((*pages, *self._shell))

    def _show_actions(self, actions: tuple[HomeAction, ...]) -> None:
        """Show what can be done; what is left of it keeps the highlight."""
        if actions != self._actions:
            at = self._actions[self._choices.at] if self._actions else actions[0]
            self._actions = actions
            labels, about = zip(*((one.value, _ABOUT[one]) for one in actions), strict=True)
            self._choices.show(labels, actions.index(at) if at in actions else 0, enter_does="open", about=about)

    def on_numbered_picked(self, event: Numbered.Picked) -> None:
        event.stop()
        self.post_message(self.Picked(self._actions[event.index]))

    def action_take(self, index: int) -> None:
        """Take the choice at `index`, and keep it highlighted for when the user comes back."""
        self._choices.light(index)
        self.post_message(self.Picked(self._actions[index]))


def _actions_of(walk: Walk) -> tuple[HomeAction, ...]:
    """Return what can be done: Review only while it has something to show, the first sync only of a finished setup."""
    hidden = set() if has_something_to_make(walk) else {HomeAction.REVIEW}
    hidden |= set() if is_finished(walk) else {HomeAction.SYNC}
    return tuple(action for action in HomeAction if action not in hidden)


def _line(note: Note) -> Line:
    return Line(Content.styled(note.mark, signs.style_of_note(note.mark)), note.text)
