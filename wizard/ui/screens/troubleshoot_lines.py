"""The lines of guided troubleshooting: a question and why it is asked, the cause with its fix, the keys."""

from __future__ import annotations

from typing import TypeAlias

from textual.content import Content

from wizard.domain.answers import Answers
from wizard.domain.findings import Finding
from wizard.domain.troubleshooting.guide import Troubleshooting
from wizard.domain.troubleshooting.question import Conclusion, Question
from wizard.flow.by_hand import HandValue
from wizard.flow.words import NOTHING_WRONG
from wizard.text import count
from wizard.ui import signs
from wizard.ui.links import link
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.frame import Hint

Lines: TypeAlias = tuple[Line, ...]
_MOST_BESIDE = 3
_CLOSE = (Hint("Esc", "back", "screen.back"), Hint("F2", "close", "screen.leave"), Hint("F10", "quit", "app.ask_quit"))


def checked_so_far(rows: tuple[Finding, ...]) -> Lines:
    said = "Checks" if rows else NOTHING_WRONG
    return (Line(text=Content.styled(said, "$muted"), wide=True),)


def head(symptom: str, now: Question | Conclusion | None, asked: int, width: int) -> Content:
    """Return the symptom, with the progress of the search at the right."""
    if now is None:
        return Content.styled(symptom, "$muted")
    if isinstance(now, Question):
        stands = Content.styled(f"? question {asked + 1}", "$warning")
    else:
        stands = Content.styled("✗ the cause", "$error") if now.is_found else Content.styled("· not found", "$muted")
    gap = " " * max(1, width - len(symptom) - len(stands))
    return Content.assemble((symptom, "$muted"), gap, stands)


# --- a question -------------------------------------------------------------------------------------------------


def why(question: Question) -> Lines:
    return (Line(text=Content.styled(question.why, "$muted"), wide=True),)


def labels(question: Question) -> tuple[str, ...]:
    return tuple(choice.label for choice in question.choices)


def beside(guide: Troubleshooting, answers: Answers) -> Lines:
    """Return what the checks couldn't tell, which may be the cause."""
    if not (answers.project and answers.environment and answers.audiences):
        said = "No environment or no audience is chosen yet, so little could be checked."
        return (Line(Content.styled("! look", "$warning"), said),)
    return tuple(_finding(finding) for finding in guide.unknowns[:_MOST_BESIDE])


def _finding(finding: Finding) -> Line:
    sign = signs.of_status(finding.status)
    return Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), finding.summary, short=True)


# --- the conclusion --------------------------------------------------------------------------------------------------


def verdict(end: Conclusion) -> str:
    return end.cause


def conclusion(end: Conclusion) -> Lines:
    """Return what was seen, what to do, and where."""
    parts = (("Seen", end.summary if end.summary != end.cause else ""), ("Do this", end.fix), ("Where", end.menu))
    told = [Line(Content.styled(label, "$muted"), text) for label, text in parts if text]
    links = [Line(text=link(url), wide=True, short=url is end.links[0]) for url in end.links]
    return (*told, *([Line()] if links else []), *links)


def values(end: Conclusion) -> tuple[HandValue, ...]:
    return tuple(HandValue(one.label, one.value) for one in end.copies)


def after(end: Conclusion, guide: Troubleshooting) -> Lines:
    """Return further failures beside the cause; without a cause, what is worth knowing."""
    if not end.is_found:
        return tuple(Line(Content.styled("· know", "$muted"), hint.text) for hint in guide.hints)
    if not (end.check_id and guide.others):
        return ()
    also = f"Beside it: {count(len(guide.others), 'further problem')}. Mend this one first."
    return (Line(text=Content.styled(also, "$muted"), wide=True), *(_finding(each) for each in guide.others))


def of_repair(end: Conclusion) -> str:
    return f"Repair it: review {count(len(end.repair), 'change')}"


def keys(now: Question | Conclusion | None, finding: Finding | None, *, checking: bool) -> tuple[Hint, ...]:
    """Return the keys besides Enter; `now` is None on the page of symptoms."""
    if checking:
        return _CLOSE
    if not isinstance(now, Conclusion):
        return (Hint("↑↓", "choose", "app.simulate_key('down')"), *_CLOSE)
    page = (Hint("O", "open page", "screen.open_page"), Hint("C", "copy link", "screen.copy_link", spare=True))
    work = (Hint("W", "the requests", "screen.show_work"),)
    return (
        *(page if now.links else ()),
        *(work if finding else ()),
        Hint("S", "report", "screen.save_report", spare=True),
        *_CLOSE,
    )
