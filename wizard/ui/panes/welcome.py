"""The first screen: what the wizard will do, what it needs, where secrets are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.flow.words import HOW_LONG, NEEDS, NOTHING_CHANGES_YET, where_tokens_go
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.scrolling import SCROLLING, Scrolls
from wizard.ui.widgets.shrinking import shrinks

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

STEPS_IN_SHORT = (  # written out here, because the walk's steps are loaded later
    Line("1  Prerequisites", "what this machine can reach, how you work"),
    Line("2  LaunchDarkly", "a token, and the environment to write to"),
    Line("3  Twilio Segment", "a token, and the space with the audiences"),
    Line("4  Destination", "an existing one, or a new one"),
    Line("5  Mapping", "which profile becomes which context"),
    Line("6  Audiences", "one or many"),
    Line("7  Review", "each change, with its reason, before anything is done"),
    Line("8  First sync", "watched until the segment is there"),
)


class WelcomePane(Vertical, Scrolls):
    """The welcome pane; Enter is all it needs, even before the walk is loaded."""

    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING]
    is_home: ClassVar[bool] = False
    GUIDANCE_COLUMN: ClassVar[int] = 18

    class Started(Message):
        """The user wants to start, or to go on."""

    class BrowseRequested(Message):
        """The user wants to see the saved answers, from the first step on."""

    class StartedOver(Message):
        """The user wants to start over."""

    def __init__(self) -> None:
        super().__init__(id="pane-welcome", classes="pane")
        self.body = VerticalScroll(can_focus=False, classes="body")
        self._introduction = Aligned(_introduction(), column=20)
        self.guidance = Aligned(column=self.GUIDANCE_COLUMN, classes="guidance")
        shrinks(self.body, lambda _: (None, 0), self.guidance)
        self.begin = Button("Begin", id="begin", variant="primary")
        self._buttons = Actions(self.begin, Button("Quit", id="quit"), parts=True)

    def compose(self) -> ComposeResult:
        yield Static("A Segment audience, as a segment in LaunchDarkly", markup=False, classes="title")
        yield Static(HOW_LONG, markup=False, classes="purpose")
        with self.body:
            yield self._introduction
        yield self._buttons

    def enter(self) -> None:
        self.begin.focus()

    @property
    def scrolled(self) -> VerticalScroll:
        return self.body

    @property
    def symptom(self) -> str:
        """Return the symptom that F2 begins with; empty where nothing is wrong."""
        return ""

    def show_ready(self, walk: Walk, command: str) -> None:
        """Show what is known once the walk is loaded; `command` starts the wizard again with the same profile."""
        from wizard.flow.picture import IN_GENERAL
        from wizard.ui.panes.picture import PictureView
        from wizard.ui.widgets.guidance import where_tokens_are_made

        del command
        secrets = where_tokens_go(is_simulated=bool(walk.state.sandbox), stores=walk.ports.vault.stores)
        self._introduction.show(_introduction(secrets))
        if saved := _said(walk):
            self.body.mount(Aligned(saved, column=9), before=0)
        self.guidance.show(where_tokens_are_made(walk))
        picture = PictureView(classes="picture")
        picture.show_pictures((IN_GENERAL,))
        self.body.mount(picture, self.guidance)
        is_begun = walk.session.saved.is_begun
        self.begin.label = Content("Continue" if is_begun else "Begin")
        self.begin.refresh(layout=True)
        if is_begun:
            through = Button("Look through", id="through")
            self._buttons.mount(through, Button("Start over", id="over"), after=self.begin)

    def draw(self) -> None:
        """Draw again after the walk changed; does nothing here."""

    def show_pending(self) -> None:
        """Show that Enter was received before the walk was loaded."""
        self.begin.label = Content("Beginning …")
        self.begin.refresh(layout=True)  # the new label is wider

    def on_button_pressed(self, event: Button.Pressed) -> None:
        said = {"begin": self.Started, "through": self.BrowseRequested, "over": self.StartedOver}.get(
            event.button.id or ""
        )
        if said is not None:
            event.stop()
            self.post_message(said())


def _introduction(secrets: str = "") -> tuple[Line, ...]:
    """Return the steps and what to know about them; where secrets are kept is known once the walk is loaded."""
    texts = ("", NEEDS, "", f"{NOTHING_CHANGES_YET} Leave at any time.", *([secrets] if secrets else []))
    return (*STEPS_IN_SHORT, *(Line(text=text, wide=True) for text in texts))


def _said(walk: Walk) -> tuple[Line, ...]:
    """Return what an earlier run saved, with its age."""
    session = walk.session
    lines = [Line(Content.styled("! Saved", "$warning"), session.trouble)] if session.trouble else []
    if session.saved.is_begun:
        from wizard.flow.guide import saved_progress

        lines.append(Line(Content.styled("✓ Saved", "$success"), saved_progress(walk)))
    if session.profile.saved.targets:
        from wizard.flow.guide import other_environments

        if others := other_environments(walk):
            lines.append(Line(Content.styled("! Others", "$warning"), others))
    return (*lines, Line()) if lines else ()
