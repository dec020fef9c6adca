"""Steps by hand in the vendor's web app, one at a time, in the vendor's words.

With a Segment token the wizard sees when a step is done; without one the user marks it. Leaving is safe: the coach
remembers the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from wizard.flow.by_hand.coach import Coach, HandPoll
from wizard.flow.by_hand.step import HandStep, HandValue
from wizard.flow.picture import pictures
from wizard.flow.walk import Walk
from wizard.ui.screens import by_hand_lines as lines
from wizard.ui.screens.base.keyed import KeyedScreen
from wizard.ui.screens.base.self_closing import SelfClosingScreen
from wizard.ui.screens.dialogs.commands import Command
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.aligned import Aligned
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.filling import Filling, page_with
from wizard.ui.widgets.frame import Hairline, Hint, TitleLine, place_line
from wizard.ui.widgets.lists.copyable import CopyRows
from wizard.ui.widgets.rail import Rail
from wizard.ui.widgets.scrolling import Scrolls
from wizard.ui.work import work


class ByHandScreen(SelfClosingScreen[bool], Scrolls, KeyedScreen[bool]):
    """The screen of the steps by hand; closes with True when the user goes on to the first sync."""

    AUTO_FOCUS = None

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("left", "turn(-1)", "Step before", show=False),
        Binding("right", "turn(1)", "Next step", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("space", "tick", "Done", show=False),
        Binding("o,O", "open_page", "Open the page", show=False),
        Binding("c,C", "copy_link", "Copy the link", show=False),
        Binding("r,R,f4", "request_card", "Request card", show=False),
        Binding("f1,question_mark", "help", "Help", show=False),
        Binding("f5", "look", "Check now", show=False),
        *(Binding(str(number), f"copy_value({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, walk: Walk, coach: Coach, card: str) -> None:
        super().__init__()
        self._walk = walk
        self._coach = coach
        self._card = card
        self._at = ""  # id of the step on the screen
        self._due = ""  # id of the step that was due at the last poll
        self._ticked = ""  # id of the step that the user just marked
        self._news = Content("")
        self._look: HandPoll | None = None
        self.values = CopyRows()
        self.done = Button("Done", id="done", variant="primary")
        self._title_line, self._rail = TitleLine(), Rail()
        self._top, self._bottom = Hairline("┬"), Hairline("┴")
        self._head = Static("", markup=False, classes="title")
        self._where, self._note = Aligned(column=8, indent=1), Aligned(column=8, indent=1)
        self._filling = Filling(column=8, indent=1)
        self._body = page_with(self._where, self.values, self._note, filling=self._filling)
        self._seen = Aligned(column=2, classes="seen")

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield self._top
        with Horizontal(id="middle"):
            yield self._rail
            with Vertical(classes="pane"):
                yield self._head
                yield self._body
                yield self._seen
                with Actions(parts=True):
                    yield self.done
                    yield Button("Request card (r)", id="card")
                    yield Button("Leave", id="leave")
        yield self._bottom
        yield self.hints

    def on_mount(self) -> None:
        self._title_line.show(place_line(self._walk))
        self.follow(self._body)
        self._due = self._to_do.id
        self._go(self._to_do)
        self.set_interval(1, self._show_seen)
        self.action_look()

    # --- navigation --------------------------------------------------------------------------------------------------

    @property
    def step(self) -> HandStep:
        return next((step for step in self._coach.steps if step.id == self._at), self._to_do)

    @property
    def _to_do(self) -> HandStep:
        return self._coach.current or self._coach.steps[-1]

    def _go(self, step: HandStep) -> None:
        self._at = step.id
        self.show()
        self._body.scroll_home(animate=False)
        if step.change_id and self.values.has_something_to_paste and not self._coach.is_step_done(step):
            self.values.focus()
        else:
            self.done.focus()

    def action_turn(self, by: int) -> None:
        steps = self._coach.steps
        self._news = Content("")
        self._go(steps[max(0, min(len(steps) - 1, steps.index(self.step) + by))])

    @property
    def scrolled(self) -> Widget:
        return self._body

    def action_leave(self) -> None:
        self.dismiss(False)

    # --- polling and marking -----------------------------------------------------------------------------------------

    def action_look(self) -> None:
        work(self, self._poll(), group="poll", exclusive=True, description="looking what is done by hand")

    async def _poll(self) -> None:
        async for look in self._coach.poll():
            self._look = look
            self._take()

    def _take(self) -> None:
        """Go to the next step once the one on the screen is done; a user who looks at another step stays there."""
        followed, due, ticked = self._at == self._due, self._due, self._ticked
        self._due, self._ticked = self._to_do.id, ""
        step = self.step
        if ticked == step.id:
            self._news = lines.marked_line(self._coach, step)
        elif self._due != due:
            self._news = lines.seen_since(self._coach, due)
        if (followed or ticked == step.id) and self._coach.is_step_done(step) and self._to_do.id != step.id:
            self._go(self._to_do)
        else:
            self.show()

    def action_tick(self) -> None:
        """Mark the step as done, or take the mark back."""
        step = self.step
        if not step.change_id:
            return
        if self._coach.is_ticked(step):
            self._coach.set_ticked(step, ticked=False)
            self._due = self._to_do.id
            self.show()
        else:
            self._ticked = step.id
            self._coach.set_ticked(step)
            self.action_look()

    def _press_done(self) -> None:
        """Press the primary button: mark as done; go to the next step; at the end, go on."""
        if self._coach.is_done:
            self.dismiss(not self._coach.waiting)
        elif self._coach.needs_no_action(self.step):
            self._news = Content("")
            self._go(self._to_do)
        elif self._coach.is_ticked(self.step):
            self.action_look()
        else:
            self.action_tick()

    # --- copying -------------------------------------------------------------------------------------------------

    def action_copy_value(self, index: int) -> None:
        """Copy the value that was on the screen when the key was pressed, even if the next step is shown by now."""
        if index < len(self.values.values):
            copying = self._copy_value(index, self.values.values[index])
            work(self, copying, group="copy", description="copying a value")

    async def _copy_value(self, index: int, value: HandValue) -> None:
        if not value.to_copy(self._walk.state.secrets):
            self._say("!", f"{value.label}: the wizard doesn't have it. Copy it from where you keep it.")
            return
        how = await copy(self.app, value.to_copy(self._walk.state.secrets))
        self._say("✓", f"{value.label}: {how}")
        if self.values.values[index : index + 1] == (value,):
            self.values.copied(index)

    def action_copy_link(self) -> None:
        work(self, self._copy_link(), group="copy", description="copying the link")

    async def _copy_link(self) -> None:
        self._say("✓", f"The link: {await copy(self.app, self.step.link.url)}")

    def action_open_page(self) -> None:
        self.app.open_url(self.step.link.url)

    def action_help(self) -> None:
        from wizard.ui.screens import key_lists
        from wizard.ui.screens.dialogs.help import HelpScreen

        keys = key_lists.of_step_by_hand(self.step, has_card=bool(self._card), has_more=self.has_more)
        self.app.push_screen(HelpScreen("By hand", None, keys))

    def commands(self) -> Iterable[Command]:
        yield Command("Help", "the keys of the steps by hand", self.action_help, "F1")
        yield Command("Check now", "check both services for what you did", self.action_look, "F5")
        yield Command("Request card", "ask an admin: a text to send", self.action_request_card, "F4")

    def action_request_card(self) -> None:
        from wizard.ui.screens.handouts.plain_text import show_request_card

        show_request_card(self.app, self._card)

    # --- drawing -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        step, coach = self.step, self._coach
        rows = max(5, self._rail.size.height)
        first = lines.first_in_rail(coach, step, rows)
        self._rail.show(lines.rail_steps(coach)[first:][:rows], step.id, first + 1)
        self._head.update(lines.head(coach, step, self._head.content_size.width))
        self._where.show(lines.where(step))
        self.values.show(step.values)
        self._note.show(lines.note(step))
        self._filling.show(lines.following_steps(coach, step, pictures(self._walk.state, self._walk.session.history)))
        self.done.label = Content(lines.of_button(coach, step))
        self.done.refresh(layout=True)
        self._show_seen()

    def _show_seen(self) -> None:
        self._seen.show(lines.seen(self._coach, self.step, self._news, self._look))
        self.show_keys_soon()

    def keys(self) -> tuple[Hint, ...]:
        return lines.keys(self._coach, self.step, more=self.has_more)

    def _say(self, mark: str, text: str) -> None:
        style = "$success" if mark == "✓" else "$warning"
        self._news = Content.assemble((f"{mark} ", style), text)
        self._show_seen()

    def on_resize(self) -> None:
        wide = self.size.width >= 110
        self._rail.display = wide
        self._rail.styles.width = cells = lines.rail_cells(self._coach, self.size.width)
        for line in (self._top, self._bottom):
            line.move_joint(cells - 1 if wide else 0)
        self.call_after_refresh(self.show)

    # --- messages from widgets ---------------------------------------------------------------------------------------

    def on_numbered_picked(self, event: CopyRows.Picked) -> None:
        event.stop()
        self.action_copy_value(event.index)

    def on_rail_chosen(self, event: Rail.Chosen) -> None:
        event.stop()
        self._news = Content("")
        self._go(next((step for step in self._coach.steps if step.id == event.step_id), self.step))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "done":
            self._press_done()
        elif event.button.id == "card":
            self.action_request_card()
        else:
            self.action_leave()
