"""One finding in full: what was seen, why it matters, what to do, where to read more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.domain.findings import Finding
from wizard.flow.by_hand.colleague import can_fix
from wizard.flow.diagnosing import shown_by
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.flow.words import DONE_BY_A_COLLEAGUE
from wizard.flow.writing.repair import repair_of
from wizard.text import KEY_LIMIT, plain
from wizard.ui.appearance import signs
from wizard.ui.screens.base.dialog import Dialog
from wizard.ui.screens.handouts.requests_shown import has_requests, show_requests
from wizard.ui.terminal.clipboard import copy
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Aligned, Line
from wizard.ui.widgets.buttons.actions import Actions
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.frame import Hint
from wizard.ui.work import work


class Verdict(Enum):
    """What the user decided about a finding."""

    AGAIN = auto()
    ANYWAY = auto()
    CHANGE = auto()
    COLLEAGUE = auto()
    REPAIR = auto()


class FindingScreen(Dialog[Verdict | None]):
    """The screen of a finding; with `going_on`, the finding stopped the user on the way to the next step."""

    AUTO_FOCUS = "Button.-primary"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,O", "open_page", "Open the page", show=False),
        Binding("c,C", "copy", "Copy the link", show=False),
        Binding("p,P", "copy_policy", "Copy the policy", show=False),
        Binding("r,R", "repair", "Repair it", show=False),
        Binding("w,W", "show_work", "Show your work", show=False),
        Binding("f4", "request_card", "Request card", show=False),
    ]

    def __init__(self, walk: Walk, finding: Finding, *, going_on: bool = False, news: str = "") -> None:
        super().__init__()
        self.walk = walk
        self._finding = finding
        self._going_on = going_on
        self._news = news  # the result of checking again
        self._repair = repair_of(walk, finding)
        self._ask = walk.ask_of(finding)
        self._has_colleague = can_fix(walk, finding)

    def compose(self) -> ComposeResult:
        finding = self._finding
        sign = signs.of_status(finding.status)
        with Vertical(classes="dialog"):
            yield Static(
                Content.assemble((f"{sign.glyph} {sign.word}", sign.style), "  ", (finding.title, "bold")),
                markup=False,
            )
            if self._news:
                yield Static(Content.styled(self._news, "$accent"), markup=False, classes="news")
            with VerticalScroll(can_focus=False, classes="body"):
                yield Aligned(tuple(_said(finding)), column=10, classes="said")
                yield Aligned(tuple(_evidence(finding)), column=20, classes="evidence")
            with Actions():
                yield from self._ways()
                if self._going_on:
                    yield Button("Continue anyway", id="anyway")
                yield Button("Close", id="close")
            yield self.hints

    @property
    def _is_repair_lit(self) -> bool:
        """Return whether Enter repairs too; the key bar then leaves out R."""
        return self.focused is not None and self.focused.id == "repair"

    @property
    def _first(self) -> str:
        """Return the ID of the button that fixes the finding, else of Check again."""
        if self._repair is not None:
            return "repair"
        if self._ask is not None and self._ask.fixes(self._finding):
            return "change"
        return "colleague" if self._has_colleague and self._news != DONE_BY_A_COLLEAGUE else "again"

    def _ways(self) -> Iterable[Button]:
        """Yield the buttons that can resolve the finding; the button that fixes it comes first and is primary."""
        labels = {
            "repair": str(self._repair or ""),
            "again": "Check again",
            "change": changes(self._ask) if self._ask else "",
            "colleague": "Let a colleague do it (sandbox)" if self._has_colleague else "",
        }
        for way in sorted(labels, key=lambda way: way != self._first):
            if labels[way]:
                yield Button(labels[way], id=way, variant="primary" if way == self._first else "default")

    def keys(self) -> tuple[Hint, ...]:
        links = (Hint("O", "open page", "screen.open_page"), Hint("C", "copy link", "screen.copy", spare=1))
        policy = (Hint("P", "copy policy", "screen.copy_policy", spare=1),) if self._policy else ()
        work = (Hint("W", "API calls", "screen.show_work", spare=2),) if has_requests(self.walk, self._finding) else ()
        card = (Hint("F4", "ask an admin", "screen.request_card", spare=1),) if self._card else ()
        repairs = (Hint("R", "repair it", "screen.repair"),) if self._repair and not self._is_repair_lit else ()
        cause = (Hint("F2", "find the cause", "app.troubleshoot", spare=1, tight="cause"),) if self.symptom else ()
        return (*repairs, *(links if self._finding.links else ()), *policy, *work, *card, *cause, *super().keys())

    @property
    def symptom(self) -> str:
        """Return the symptom that troubleshooting starts with from here; empty for none."""
        shown = shown_by(self.walk, self._finding)
        return shown.id if shown else ""

    def on_button_pressed(self, event: Button.Pressed) -> None:
        verdicts = {
            "repair": Verdict.REPAIR,
            "again": Verdict.AGAIN,
            "change": Verdict.CHANGE,
            "anyway": Verdict.ANYWAY,
            "colleague": Verdict.COLLEAGUE,
        }
        self.dismiss(verdicts.get(event.button.id or ""))

    def action_repair(self) -> None:
        if self._repair is not None:
            self.dismiss(Verdict.REPAIR)

    def action_open_page(self) -> None:
        if self._finding.links:
            self.app.open_url(self._finding.links[0])

    def action_copy(self) -> None:
        if self._finding.links:
            work(self, self._copy(self._finding.links[0], "The link"), group="copy", description="copying the link")

    def action_copy_policy(self) -> None:
        if self._policy:
            work(self, self._copy(self._policy, "The policy"), group="copy", description="copying the policy")

    async def _copy(self, text: str, what: str) -> None:
        self.app.notify(f"{what}: {await copy(self.app, text)}")

    @property
    def _policy(self) -> str:
        """Return the smallest policy that would fix the finding, if it holds one."""
        return self._finding.policy

    @property
    def _card(self) -> str:
        """Return the request card for the finding's own token; none for a finding about something else."""
        ask = self._ask
        step = next((step for step in self.walk.steps if ask in step.asks), None)
        is_about_a_token = ask is not None and ask.secret is not None
        return step.request_card(self.walk.state) if step and is_about_a_token else ""

    def action_request_card(self) -> None:
        if self._card:
            from wizard.ui.screens.handouts.plain_text import show_request_card

            show_request_card(self.app, self._card)

    def action_show_work(self) -> None:
        show_requests(self.app, self.walk, self._finding)


def changes(ask: Ask) -> str:
    """Return the label of the button that opens the question, as "Change Access token"."""
    return f"Change {ask.label}"


def _said(finding: Finding) -> list[Line]:
    """Join the parts that exist with a blank line between them."""
    parts = [("Seen", finding.summary), ("Cause", finding.cause), ("Fix", finding.fix)]
    lines: list[Line] = []
    for label, text in parts:
        if text:
            lines += [Line(Content.styled(label, "$muted"), text), Line()]
    return lines + [Line(text=link(url), wide=True) for url in finding.links]


def _evidence(finding: Finding) -> list[Line]:
    """Return the policy that the fix names, then the evidence; texts from the services are cleaned again."""
    lines = [
        Line(Content.styled(_as_words(str(name)), "$muted"), Content.styled(_printed(value), "$muted"))
        for name, value in finding.evidence.items()
        if name != "policy" and value not in ([], (), {}, "", None)
    ]
    policy = finding.policy.splitlines()
    said = [Line(text="The smallest policy that works:", wide=True)] * bool(policy)
    return said + [Line(text=Content(_indented(line)), wide=True) for line in policy] + [Line()] * bool(policy) + lines


def _indented(line: str) -> str:
    """Clean a line of JSON and keep its indent."""
    return f"{' ' * (len(line) - len(line.lstrip(' ')))}{plain(line, KEY_LIMIT)}"


def _printed(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return plain(", ".join(map(_printed, value)))
    if isinstance(value, Mapping):
        return plain(", ".join(_pair(str(name), each) for name, each in value.items()))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def _pair(name: str, value: object) -> str:
    """Return "237 answered 403" for the number of answers with a status, and "name: value" for all else."""
    if isinstance(value, int) and name.isdecimal():
        return f"{value:,} answered {name}"
    return f"{_as_words(name)}: {_printed(value)}"


def _as_words(name: str) -> str:
    """Return the name of a fact as people write it."""
    return plain(name.replace("_", " "))
