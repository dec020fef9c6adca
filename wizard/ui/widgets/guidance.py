"""The explanations at the foot of a page with room to spare: of the open question, and of what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wizard.domain.credentials import TOKENS
from wizard.domain.planning.plan import Plan
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.links import segment_page
from wizard.flow.steps.ask import Ask, Kind
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.text import plain
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Line

COLUMN = 7


def guidance(ask: Ask | None, after: Step | None) -> tuple[Line, ...]:
    """Return the help of the open question, as F1 shows it, then the next step."""
    return (*(_about(ask) if ask is not None else ()), *(_then(after) if after is not None else ()))


def _about(ask: Ask) -> Iterator[Line]:
    yield _line("About", ask.help.what)
    if ask.kind is Kind.SECRET:
        return  # the question itself says where the token is made
    if ask.help.where:
        yield _line("Where", ask.help.where)
    if ask.help.link:
        yield Line(_muted("Page"), link(ask.help.link))


def _then(step: Step) -> Iterator[Line]:
    yield _line("Then", f"{step.title}. {step.purpose}")


def back_to(title: str) -> tuple[Line, ...]:
    """Return where a repair leads once it is made."""
    return (_line("Then", f"Back to {title}."),)


def while_it_syncs() -> tuple[Line, ...]:
    """Return what the end of a first sync shows, and what happens to a late stage."""
    return (
        _line("Then", "The rule to add to your flag, what your app needs, and the segment's key and page."),
        _line("If late", "If a stage is late, it shows what may be wrong. F2 finds the cause."),
    )


def while_it_is_stuck() -> tuple[Line, ...]:
    """Return what happens once a problem of a first sync is fixed."""
    return (
        _line("Then", "After the fix, members arrive in about 10 minutes. The wizard keeps watching."),
        _line("If unsure", "F2 goes from what you see to the cause, and repairs it where the wizard can."),
    )


def before_a_search() -> tuple[Line, ...]:
    """Return how troubleshooting goes, for its page of symptoms."""
    return (
        _line(
            "About",
            "Pick what you see. The wizard runs the checks that matter, asks what no API shows, and finds one cause.",
        ),
        _line("Then", "The cause comes with its fix. Where the wizard can repair it, Review shows that change first."),
    )


def during_a_search() -> tuple[Line, ...]:
    """Return what an answer does and where the questions end."""
    return (
        _line("About", "Each answer rules out causes. Esc takes an answer back."),
        _line(
            "Then",
            "One cause with its fix. Otherwise, a report for the vendors' support with the causes that are left.",
        ),
    )


def after_a_search(*, repairs: bool) -> tuple[Line, ...]:
    """Return what a repair does, and what else can be done about a cause."""
    repair = "Review shows exactly this repair, and makes it after your yes. Then you come back here."
    again = "Once the fix is made, Check again reads both services and says whether this is still the cause."
    return (
        _line("Repair", repair) if repairs else _line("Again", again),
        _line("Report", "S saves what the wizard checked and found, for the vendors' support. It has no tokens."),
    )


def where_tokens_are_made(walk: Walk) -> tuple[Line, ...]:
    """Return where to make each token, so that the user can have both ready before the first step."""
    asks = {ask.label: ask for step in walk.steps for ask in step.asks if ask.secret in TOKENS}
    pages = ((_line(ask.label, ask.help.where), Line("", link(ask.help.link))) for ask in asks.values())
    return tuple(line for page in pages for line in page)


def of_a_segment(project: str, environment: str, segment: LaunchDarklySegment) -> tuple[Line, ...]:
    """Return a segment's key and its page."""
    page = segment_page(project, environment, segment).url
    return (_line("Key", plain(segment.key)), Line(_muted("Page"), link(page)))


def from_a_shell(command: str, *, in_sandbox: bool) -> tuple[Line, ...]:
    """Return what a finished setup can do without the full screen; a simulated one isn't saved."""
    shell = _line("Shell", f"{command} doctor checks this setup, and {command} undo takes it back.")
    elsewhere = "Ctrl+S saves the setup as setup.toml. With it, the commands make the same setup elsewhere."
    return (shell,) if in_sandbox else (shell, _line("File", elsewhere))


def _line(head: str, text: str) -> Line:
    return Line(_muted(head), _muted(text))


def _muted(text: str) -> Content:
    return Content.styled(text, "$muted")


_OUTDATED = "If something changed meanwhile, it shows you a new plan instead."
_UNDO = _line(
    "Undo",
    "Ctrl+P, then Undo, takes back what the wizard made. Segments and their members stay in LaunchDarkly.",
)
_BY_HAND = (
    _line(
        "Yes",
        "The wizard shows each step in Segment's web app with the values to copy, and marks it as done once the "
        "wizard sees it. You can leave and come back at any time.",
    ),
)


def after_a_yes(plan: Plan) -> tuple[Line, ...]:
    """Return what a yes leads to: changes by the wizard, or only steps by hand."""
    if not plan.made_at_once:
        return _BY_HAND
    is_one = len(plan.made_at_once) == 1
    made = "makes this change, and reads it" if is_one else "makes these changes in this order, and reads each one"
    yes = f"The wizard reads both services once more, {made} back. {_OUTDATED}"
    return (_line("Yes", yes), *([_UNDO] if any(change.undoable for change in plan.made_at_once) else []))
