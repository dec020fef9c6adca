"""The lines of guided troubleshooting: a question and why it is asked, the cause with its fix, the keys."""

from __future__ import annotations

from typing import TypeAlias

from textual.content import Content

from wizard.domain.answers import Answers
from wizard.domain.diagnosis.conclusion import Diagnosis, Excluded
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import Question
from wizard.domain.findings import Finding
from wizard.domain.planning.plan import Plan
from wizard.flow.by_hand.step import HandValue
from wizard.flow.diagnosing import FirstAction
from wizard.flow.steps.ask import Ask
from wizard.flow.words import no_problem_text, notable_findings
from wizard.text import count
from wizard.ui.appearance import signs
from wizard.ui.screens.dialogs.finding import changes
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.frame import Hint

Lines: TypeAlias = tuple[Line, ...]
_MOST_BESIDE = 3
_CLOSE = (
    Hint("Esc", "back", "screen.back"),
    Hint("F1", "help", "screen.help"),
    Hint("F2", "close", "screen.leave", spare=2),  # there is a button too
    Hint("F10", "quit", "app.ask_quit"),
)
_REPORT = Hint("S", "report", "screen.save_report", spare=4)
_CHOOSE = Hint("↑↓", "choose", "app.simulate_key('down')", spare=2)


def checks_heading(findings: tuple[Finding, ...]) -> Lines:
    said = "Checks" if notable_findings(findings) else no_problem_text(findings)
    return (Line(text=Content.styled(said, "$muted"), wide=True),)


def head(symptom: str, now: Question | Diagnosis | None, asked: int, width: int, *, fixed: bool = False) -> Content:
    """Return the symptom, with the progress of the search at the right, or below it where the line is too short."""
    if now is None:
        return Content.styled(symptom, "$muted")
    if isinstance(now, Question):
        stands = Content.styled(f"? question {asked + 1}", "$warning")
    else:
        stands = Content.styled("✓ fixed", "$success") if fixed else _how_it_ended(now)
    spare = width - len(symptom) - len(stands)
    return Content.assemble((symptom, "$muted"), " " * spare if spare > 0 else "\n", stands)


def _how_it_ended(end: Diagnosis) -> Content:
    if not end.is_found:
        return Content.styled("· not found", "$muted")
    if not end.explains:
        return Content.styled("· not found yet", "$muted")
    if not end.is_trouble and end.is_likely:
        return Content.styled("· most likely", "$muted")
    if not end.is_trouble:
        return Content.styled("✓ nothing wrong", "$success")
    return Content.styled("✗ most likely" if end.is_likely else "✗ the cause", "$error")


# --- a question -------------------------------------------------------------------------------------------------


def why(question: Question, guide: Search) -> Lines:
    """Return what contradicts the symptom, then why the question is asked."""
    return (
        *_said_first(guide.said_first),
        Line(text=Content.styled(question.why, "$muted"), wide=True),
    )


def _said_first(said: tuple[str, ...]) -> Lines:
    return tuple(Line(text=text, wide=True) for text in said)


def labels(question: Question) -> tuple[str, ...]:
    return tuple(choice.label for choice in question.choices)


def unknown_findings(guide: Search, answers: Answers) -> Lines:
    """Return what the checks couldn't tell, which may be the cause."""
    if not (answers.project and answers.environment and answers.audiences):
        said = "No environment or audience is chosen yet, so the wizard couldn't check much."
        return (Line(Content.styled("! note", "$warning"), said),)
    return tuple(_finding(finding) for finding in guide.unknowns[:_MOST_BESIDE])


def _finding(finding: Finding) -> Line:
    sign = signs.of_status(finding.status)
    return Line(Content.styled(f"{sign.glyph} {sign.word}", sign.style), finding.summary, short=True)


# --- the conclusion --------------------------------------------------------------------------------------------------


def is_fixed(before: Question | Diagnosis | None, now: Question | Diagnosis | None) -> bool:
    """Return whether a cause was found before a check, and nothing is wrong after it."""
    was_wrong = isinstance(before, Diagnosis) and before.is_found and before.is_trouble
    return was_wrong and _is_well(now)


def _is_well(now: Question | Diagnosis | None) -> bool:
    return isinstance(now, Diagnosis) and now.is_found and not (now.is_trouble or now.is_likely)


def verdict(end: Diagnosis) -> str:
    """Return what contradicts the symptom, which is said first, or else the cause."""
    return " ".join(end.said_first) or end.says


def conclusion(end: Diagnosis, plan: Plan, *, fixed: bool = False) -> Lines:
    """Return the lines below the verdict: cause, proofs, fix, repair, what to do then, and links.

    The cause has a line only where the verdict is a contradiction, and the cause isn't fixed yet.
    """
    repair = [change.summary for change in plan.changes if change.id in end.repair and change.writes]
    seen = [proof.says for proof in end.proofs if proof.says != end.says]
    parts = (
        ("Cause" if end.is_trouble else "Why", end.says if end.said_first and not fixed else ""),
        *(("Seen", said) for said in seen),
        ("Do this", end.fix),
        ("Where", end.menu),
        *zip(("Repair", *[" "] * len(repair)), repair, strict=False),
        ("Then", end.then),
    )
    told = [Line(Content.styled(label, "$muted"), text) for label, text in parts if text]
    links = [Line(text=link(url), wide=True) for url in end.links]
    return (*told, *([Line()] if links else []), *links)


def values(end: Diagnosis) -> tuple[HandValue, ...]:
    return tuple(HandValue(one.label, one.value) for one in end.copies)


def after(end: Diagnosis, guide: Search, *, unfolded: bool) -> Lines:
    """Return the causes left open, further problems, hints if nothing was found, and what was excluded."""
    left = tuple(Line(Content.styled("· open", "$muted"), title) for title in end.left)
    know = () if end.is_found else tuple(Line(Content.styled("· note", "$muted"), hint) for hint in guide.hints)
    return (*left, *_beside_it(end, guide), *know, *_excluded(end, unfolded=unfolded))


def _beside_it(end: Diagnosis, guide: Search) -> Lines:
    if not guide.others:
        return ()
    further = count(len(guide.others), "further problem" if end.is_trouble and end.is_found else "problem")
    said = f"Beside it: {further}."
    return (Line(text=Content.styled(said, "$muted"), wide=True), *(_finding(each) for each in guide.others))


def _excluded(end: Diagnosis, *, unfolded: bool) -> Lines:
    if not end.excluded:
        return ()
    said = f"Excluded: {count(len(end.excluded), 'cause')}.{'' if unfolded else ' E shows why.'}"
    first = Line(text=Content.styled(said, "$muted"), wide=True)
    return (first, *(_why_not(one) for one in end.excluded)) if unfolded else (first,)


def excluded(causes: tuple[Excluded, ...], *, in_full: bool = False) -> Lines:
    """Return each excluded cause, the likeliest first: on one line, for a page with room to spare, or in full."""
    return tuple(_why_not(one) if in_full else Line("·", _why_not(one).text, short=True) for one in causes)


def _why_not(one: Excluded) -> Line:
    return Line(text=Content.styled(f"{one.title}? {one.because}", "$muted"), wide=True)


def remaining_causes(guide: Search, *, below: Lines, in_full: bool) -> Lines:
    """Return the causes still possible and the excluded ones, each on one row or in full; `below`: the lines above."""
    possible = tuple(Line(text=f"· {one.cause.title}", wide=True, short=not in_full) for one in guide.remaining)
    parts = (("Still possible", possible), ("Excluded", excluded(guide.excluded, in_full=in_full)))
    told = [line for said, causes in parts if causes for line in (Line(), _heading(said, causes), *causes)]
    return tuple(told if below else told[1:])


def _heading(said: str, causes: Lines) -> Line:
    return Line(text=Content.styled(f"{said}: {count(len(causes), 'cause')}", "$muted"), wide=True)


def first_button(action: FirstAction, end: Diagnosis, ask: Ask | None) -> str:
    """Return the label of the first button; empty for an action that has another button."""
    labels = {
        FirstAction.USER: "Name the user",
        FirstAction.REPAIR: f"Repair it: review {count(len(end.repair), 'change')}",
        FirstAction.COLLEAGUE: "Let a colleague do it (sandbox)",
        FirstAction.REQUEST: "Show the request",
        FirstAction.ANSWER: changes(ask) if ask else "",
        FirstAction.PAGE: "Open the page",
    }
    return labels.get(action, "")


def keys(
    now: Question | Diagnosis | None, *, has_requests: bool, checking: bool, can_name_user: bool, has_causes: bool
) -> tuple[Hint, ...]:
    """Return the keys besides Enter; `now` is None on the page of symptoms."""
    if checking:
        return _CLOSE
    if now is None:
        esc = _CLOSE[0]._replace(word="close")
        return (_CHOOSE, _REPORT, esc, *(hint for hint in _CLOSE[1:] if hint.key != "F2"))  # F2 closes too, as Esc does
    if isinstance(now, Question):
        user = (Hint("U", "name the user", "screen.name_user", short="name user"),) if can_name_user else ()
        causes = (Hint("E", "all causes", "screen.unfold", spare=3),) if has_causes else ()
        return (*user, _CHOOSE, *causes, _REPORT, *_CLOSE)
    page = (
        Hint("O", "open page", "screen.open_page", spare=2, tight="open"),
        Hint("C", "copy link", "screen.copy_link", spare=2, tight="copy"),
    )
    work = (Hint("W", "API calls", "screen.show_work", spare=2, tight="calls"),)
    return (
        *(page if now.links else ()),
        *(work if has_requests else ()),
        *((Hint("U", "name user", "screen.name_user", spare=4),) if can_name_user else ()),
        *((Hint("E", "excluded", "screen.unfold", spare=3),) if has_causes else ()),
        _REPORT,
        *_CLOSE,
    )
