"""The rule that a flag needs: in words, as code to copy, and added after a yes if the token has the right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import ClassVar, TypeAlias

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from wizard.domain.facts import Slot
from wizard.domain.failure import Failure
from wizard.domain.flag_rule import after_words, as_request, as_terraform, in_words, variation_in_words
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Project
from wizard.domain.step_id import StepId
from wizard.flow.rules.add import add_rule
from wizard.flow.rules.draft import HAS_A_RULE, DraftedRule, NoVariation, draft_rule, why_no_rule
from wizard.flow.walk import Walk
from wizard.flow.writing.result import Outcome
from wizard.flow.writing.undo.rules import confirm_rules
from wizard.text import plain
from wizard.ui.screens.changes.change_screen import ChangeScreen, Stage, problem, well, working
from wizard.ui.screens.dialogs.commands import Command, CommandsScreen
from wizard.ui.terminal.clipboard import copy
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work

Place: TypeAlias = "tuple[Project, Environment]"
Segments: TypeAlias = "tuple[LaunchDarklySegment, ...]"
Told: TypeAlias = "Callable[[str], object]"
_TELL_OF_FLAGS: tuple[Slot, ...] = (
    "segment_details",
    "flag_uses",
    "flag_values",
    "flag_targeting",
)  # a new rule outdates them
_READING = "Reading the flag"


class RuleScreen(ChangeScreen[None]):
    """The dialog."""

    NOTHING_DONE = "Nothing was added."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,J", "copy_request", "Copy the request", show=False),
        Binding("t,T", "copy_terraform", "Copy the Terraform", show=False),
        Binding("o,O", "open_page", "Open the flag", show=False),
    ]

    def __init__(self, walk: Walk, place: Place, flag: str, segments: Segments, told: Told = lambda _: None) -> None:
        """`told` gets the flag's key once the flag has the rule."""
        self._rule = Static("", markup=False, classes="rule")
        self._code = Static("", markup=False, classes="code")
        self._rule.display = self._code.display = False
        super().__init__(walk, f"Rule for {plain(flag)}", self._rule, self._code)
        self._told = told
        self._place, self._flag, self._segments = place, flag, segments
        self._drafted: DraftedRule | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.begin(_READING)

    @property
    def yes(self) -> str:
        return "Add the rule"

    # --- the rule ------------------------------------------------------------------------------------------------

    async def look(self, variation: str = "") -> None:
        walk = self.walk
        await confirm_rules(walk.ports, walk.state, walk.session)
        drafted = await draft_rule(walk.ports, walk.state, self._place, self._flag, self._segments, variation)
        if isinstance(drafted, Failure):
            self.end(problem(why_no_rule(drafted, self._flag)))
        elif isinstance(drafted, NoVariation):
            self._ask_for_variation(drafted)
        else:
            self._show_draft(drafted)

    def _ask_for_variation(self, drafted: NoVariation) -> None:
        """Ask which variation members get, which only a boolean flag makes clear."""
        commands = tuple(Command(variation_in_words(one), "", lambda: None) for one in drafted.variations)
        by_title = {variation_in_words(one): one for one in drafted.variations}

        def take(chosen: Command | None) -> None:
            if chosen is None:
                self.dismiss()
            else:
                look = self.look(json.dumps(by_title[chosen.title].value, ensure_ascii=False))
                work(self, look, group="check", description=_READING.lower())

        self.app.push_screen(CommandsScreen(commands, "Which variation do members get?", "take"), take)

    def _show_draft(self, drafted: DraftedRule) -> None:
        self._drafted, draft = drafted, drafted.draft
        after = after_words(draft)
        self._rule.display = self._code.display = True
        self._rule.update(Content.assemble((in_words(draft), "bold"), f"\n{after}" if after else ""))
        self._code.update(Content.styled(f"{self._request}\n\n{as_terraform(draft)}", "$muted"))
        if drafted.existing_rule:
            self.end(well(HAS_A_RULE))
        elif drafted.not_added:
            self.end(Content.assemble(("! ", "$warning"), drafted.not_added))
        else:
            where = f"{draft.project} / {draft.environment.key}"
            self.offer(f"After your yes, the wizard adds it in {where}. You can undo it.")

    async def make(self) -> None:
        walk = self.walk
        if self._drafted is None or not self.locked():
            return
        self.say(Stage.CHANGING, working("Adding the rule …"))
        result = await add_rule(walk.ports, walk.state, self._drafted.draft, walk.session)
        is_there = result.outcome in {Outcome.DONE, Outcome.ALREADY}
        if is_there:
            self._told(self._flag)
        fix = f" {result.error.fix}" if result.error and result.error.fix else ""
        self.end(well(result.detail) if is_there else problem(f"{result.detail}{fix}"))
        walk.forget_slots(*_TELL_OF_FLAGS)
        await walk.read(StepId.FIRST_SYNC)

    # --- code ----------------------------------------------------------------------------------------------------

    @property
    def _request(self) -> str:
        return json.dumps(as_request(self._drafted.draft), ensure_ascii=False, indent=2) if self._drafted else ""

    def own_keys(self) -> tuple[Hint, ...]:
        code = (
            Hint("J", "copy the request", "screen.copy_request"),
            Hint("T", "copy the Terraform", "screen.copy_terraform"),
            Hint("O", "open the flag", "screen.open_page"),
        )
        return code if self._drafted else ()

    def action_copy_request(self) -> None:
        if self._drafted:
            self._copy("The request", self._request)

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
