"""The rule that a flag needs: in words and as code to copy, and added after a yes where the token may."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, ClassVar, TypeAlias

from textual import events
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.domain.explain import explain
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.flag_rule import after_words, as_request, as_terraform, in_words, said
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Project
from wizard.domain.step_id import StepId
from wizard.flow.busy import Busy
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.rules.add import add_rule
from wizard.flow.rules.draft import Drafted, NoVariation, draft_rule
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome
from wizard.flow.writing.undo.rules import confirm_rules
from wizard.text import plain
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.screens.dialogs.commands import Command, CommandsScreen
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.actions import Actions
from wizard.ui.widgets.button import Button
from wizard.ui.widgets.deliberate import DeliberateButton
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work

Place: TypeAlias = "tuple[Project, Environment]"
Segments: TypeAlias = "tuple[LaunchDarklySegment, ...]"


def place_of(walk: Walk, project: str, environment: str) -> Place | None:
    """Return the environment by its keys, as far as it was read."""
    facts = walk.state.facts
    projects = (*((facts.project,) if isinstance(facts.project, Project) else ()), *listed(facts.projects))
    found = ((one, one.environment(environment)) for one in projects if one.key == project)
    return next(((one, here) for one, here in found if here is not None), None)


Told: TypeAlias = "Callable[[str], None]"


def ask_for_flag(app: App[Any], walk: Walk, place: Place, segments: Segments, told: Told = lambda _: None) -> None:
    """List the flags, and show the rule for the one that is picked; `told` gets its key once it has the rule."""
    work(app, _list_flags(app, walk, place, segments, told), group="check", description="reading the flags")


async def _list_flags(app: App[Any], walk: Walk, place: Place, segments: Segments, told: Told) -> None:
    flags = await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key)
    if isinstance(flags, Failure):
        app.notify(f"We couldn't read the flags. {explain(flags).summary}")
        return
    state = {True: "on", False: "off", None: ""}
    commands = tuple(
        Command(plain(flag.name), f"{flag.key} {state[flag.on]}".strip(), lambda key=flag.key: key)  # type: ignore[misc]
        for flag in flags
    )

    def show(chosen: Command | None) -> None:
        if chosen is not None:
            app.push_screen(RuleScreen(walk, place, str(chosen.run()), segments, told))

    app.push_screen(CommandsScreen(commands, "Which flag gets the rule?", "take"), show)


_TELL_OF_FLAGS = ("segment_details", "flag_uses", "flag_values")  # slots that a new rule makes out of date


class Stage(Enum):
    READING = auto()
    TO_APPROVE = auto()
    ADDING = auto()
    ENDED = auto()


class RuleScreen(Dialog[None]):
    """The dialog. Enter adds the rule only on the lit button."""

    AUTO_FOCUS = "#close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,J", "copy_request", "Copy the request", show=False),
        Binding("t,T", "copy_terraform", "Copy the Terraform", show=False),
        Binding("o,O", "open_page", "Open the flag", show=False),
    ]

    def __init__(self, walk: Walk, place: Place, flag: str, segments: Segments, told: Told = lambda _: None) -> None:
        super().__init__()
        self._told = told
        self._walk, self._place, self._flag, self._segments = walk, place, flag, segments
        self._stage = Stage.READING
        self._drafted: Drafted | None = None
        self._state = Static("", markup=False, classes="state")
        self._rule = Static("", markup=False)
        self._code = Static("", markup=False, classes="code")
        self._yes = DeliberateButton()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"Rule for {plain(self._flag)}", markup=False, classes="title")
            yield self._rule
            yield self._state
            with VerticalScroll(self._code, can_focus=False, classes="body"):
                pass
            with Actions():
                yield self._yes
                yield Button("Close", id="close")
            yield self.hints

    def on_mount(self) -> None:
        super().on_mount()
        self._show(Stage.READING, Content.assemble(("○ ", "$accent"), "Reading the flag …"))
        work(self, self._look(), group="check", description="reading the flag")

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, but not in the middle of adding."""
        return AwaitComplete() if self._stage is Stage.ADDING else super().dismiss(result)

    # --- the rule ------------------------------------------------------------------------------------------------

    async def _look(self, variation: str = "") -> None:
        walk = self._walk
        await confirm_rules(walk.ports, walk.state, walk.session)
        drafted = await draft_rule(walk.ports, walk.state, self._place, self._flag, self._segments, variation)
        if isinstance(drafted, Failure):
            missing = f"The project has no flag {plain(self._flag)}." if drafted.status == 404 else ""
            self._show(Stage.ENDED, _problem(missing or explain(drafted).summary))
        elif isinstance(drafted, NoVariation):
            self._ask_for_variation(drafted)
        else:
            self._show_draft(drafted)

    def _ask_for_variation(self, drafted: NoVariation) -> None:
        """Ask what members get: nobody knows it of a flag that isn't a boolean."""
        commands = tuple(Command(said(one), "", lambda: None) for one in drafted.variations)
        by_title = {said(one): one for one in drafted.variations}

        def take(chosen: Command | None) -> None:
            if chosen is None:
                self.dismiss()
            else:
                look = self._look(json.dumps(by_title[chosen.title].value, ensure_ascii=False))
                work(self, look, group="check", description="reading the flag")

        self.app.push_screen(CommandsScreen(commands, "Which variation do members get?", "take"), take)

    def _show_draft(self, drafted: Drafted) -> None:
        self._drafted, draft = drafted, drafted.draft
        self._rule.update(
            Content.assemble((in_words(draft), "bold"), f"\n{after_words(draft)}" * bool(after_words(draft)))
        )
        request = json.dumps(as_request(draft), ensure_ascii=False, indent=2)
        self._code.update(Content.styled(f"{request}\n\n{as_terraform(draft)}", "$muted"))
        if drafted.standing:
            self._show(Stage.ENDED, _well("The flag has a rule for this segment already."))
        elif drafted.why_not:
            said_why = f"The wizard doesn't add it. {drafted.why_not}"
            self._show(Stage.ENDED, Content.assemble(("! ", "$warning"), said_why))
        else:
            where = f"{draft.project} / {draft.environment.key}"
            self._show(Stage.TO_APPROVE, Content(f"It's added in {where} after your yes. Undo takes it back."))

    # --- yes -----------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Light the button on `y`, as Review does."""
        if self._stage is Stage.TO_APPROVE and event.key.lower() == "y":
            self._yes.light()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button is not self._yes:
            self.dismiss()
        elif self._stage is Stage.TO_APPROVE:
            self._show(Stage.ADDING, Content.assemble(("○ ", "$accent"), "Adding the rule …"))
            work(self, self._add(), group="apply", description="adding the rule")

    async def _add(self) -> None:
        walk = self._walk
        if self._drafted is None:
            return
        try:
            walk.session.lock()
        except Busy as busy:
            self._show(Stage.ENDED, _problem(f"{busy} Nothing was added."))
            return
        result = await add_rule(walk.ports, walk.state, self._drafted.draft, walk.session)
        is_there = result.outcome in {Outcome.DONE, Outcome.ALREADY}
        if is_there:
            self._told(self._flag)
        fix = f" {result.error.fix}" if result.error and result.error.fix else ""
        self._show(Stage.ENDED, _well(result.detail) if is_there else _problem(f"{result.detail}{fix}"))
        self.query_one("#close", Button).focus()
        walk.forget_slots(*_TELL_OF_FLAGS)
        await walk.read(StepId.FIRST_SYNC)

    # --- code ----------------------------------------------------------------------------------------------------

    def keys(self) -> tuple[Hint, ...]:
        yes = (Hint("Y then Enter", "add the rule", "app.simulate_key('y')"),)
        offers = self._stage is Stage.TO_APPROVE and not self._yes.has_focus
        code = (
            Hint("J", "copy the request", "screen.copy_request"),
            Hint("T", "copy the Terraform", "screen.copy_terraform"),
            Hint("O", "open the flag", "screen.open_page"),
        )
        return (*(yes if offers else ()), *(code if self._drafted else ()), *super().keys())

    def action_copy_request(self) -> None:
        if self._drafted:
            self._copy("The request", json.dumps(as_request(self._drafted.draft), ensure_ascii=False, indent=2))

    def action_copy_terraform(self) -> None:
        if self._drafted:
            self._copy("The Terraform", as_terraform(self._drafted.draft))

    def _copy(self, what: str, text: str) -> None:
        async def do() -> None:
            self.app.notify(f"{what}: {await copy(self.app, text)}")

        work(self, do(), group="copy", description="copying the rule")

    def action_open_page(self) -> None:
        project, environment = self._place
        page = links.LAUNCHDARKLY_FLAG.to(project=project.key, environment=environment.key, flag=self._flag)
        self.app.open_url(page.url)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show(self, stage: Stage, state: Content) -> None:
        self._stage = stage
        self._state.update(state)
        self._yes.display = stage is Stage.TO_APPROVE
        self._yes.relabel("Add the rule")
        self.show_keys_soon()


def _well(text: str) -> Content:
    return Content.assemble(("✓ ", "$success"), text)


def _problem(text: str) -> Content:
    return Content.assemble(("✗ ", "$error"), text)
