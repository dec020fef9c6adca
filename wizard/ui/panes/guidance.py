"""What stands at the foot of a page that has the room: the open question explained, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wizard.flow.steps.ask import Ask, Kind
from wizard.flow.steps.step import Step
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Line

COLUMN = 7


def guidance(ask: Ask | None, after: Step | None) -> tuple[Line, ...]:
    """Return what F1 says about the open question, then the next step."""
    return (*(_about(ask) if ask is not None else ()), *(_then(after) if after is not None else ()))


def _about(ask: Ask) -> Iterator[Line]:
    yield _line("About", ask.help.what)
    if ask.kind is Kind.SECRET:
        return  # the question itself says where the token is made
    if ask.help.where:
        yield _line("Where", ask.help.where)
    if ask.help.link:
        yield Line(_muted("Page"), link(ask.help.link), short=True)


def _then(step: Step) -> Iterator[Line]:
    yield _line("Then", f"{step.title}. {step.purpose}")


def _line(head: str, text: str) -> Line:
    return Line(_muted(head), _muted(text))


def _muted(text: str) -> Content:
    return Content.styled(text, "$muted")


AFTER_A_YES = (
    _line(
        "Yes",
        "The wizard reads both services once more, makes these changes in this order, and reads each one back. "
        "If something changed meanwhile, it shows you a new plan instead.",
    ),
    _line(
        "Undo",
        "Ctrl+P, then Undo, takes back what the wizard made. Segments and their members stay in LaunchDarkly.",
    ),
)
