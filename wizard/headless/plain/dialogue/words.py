"""Questions, answers and findings as lines that begin with a word, so that no color or glyph is needed."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.findings import Finding
from wizard.flow.steps.ask import Ask, Choice, Kind, Value
from wizard.flow.steps.step import Note, Step
from wizard.flow.steps.step import good_token as good_token_notes
from wizard.flow.walk import Walk
from wizard.flow.words import no_problem_text, notable_findings, passed_and_waiting
from wizard.headless.printing.findings_text import finding_line, finding_lines
from wizard.text import count, plain

_RULER = "-----"
_NOTES = {"!": "Warning: ", "✗": "Failed: "}


# --- questions --------------------------------------------------------------------------------------------------


def question(ask: Ask) -> str:
    """Return the question with its hint. A hint about a list's keys is left out: the list has its own below it."""
    label = f"{ask.label} (optional)." if ask.optional else f"{ask.label}."
    return label if ask.hints_at_keys or not ask.hint else f"{label} {ask.hint}"


def help_lines(about: Ask | Step) -> Iterator[str]:
    if isinstance(about, Step):
        yield f"{about.title}. {about.purpose}"
        return
    yield f"{about.label}. {about.help.what}"
    if about.help.where:
        yield f"Where: {about.help.where}"
    if about.variable:
        yield f"Variable: {about.variable} answers this without asking."
    if about.help.link:
        yield about.help.link


def good_token(walk: Walk, about: Ask | Step) -> Iterator[str]:
    """Yield the sandbox's working token, if this question asks for it."""
    if isinstance(about, Ask) and about.secret:
        yield from (note.text for note in good_token_notes(walk.state, about.secret))


def choice(number: int, one: Choice, *, with_why: bool) -> str:
    said = f"{number}. {one.label}"
    if one.detail:
        said += f" ({one.detail})"
    if one.recommended:
        said += " (recommended)"
    return f"{said}. {one.why}" if with_why and one.why else said


def note(one: Note) -> str:
    return f"{_NOTES.get(one.mark, '')}{one.text}"


def request_card(card: str) -> Iterator[str]:
    """Yield the card between two rulers, so that it's easy to select as a whole."""
    yield "For a colleague who has the rights. It holds no secret, and the wizard doesn't send it."
    yield from (_RULER, *card.rstrip().splitlines(), _RULER)


# --- answers ----------------------------------------------------------------------------------------------------


def answer(walk: Walk, ask: Ask) -> str:
    """Return the current answer in words; empty while unanswered."""
    value = ask.get(walk.state)
    if not value:
        return ""
    if ask.kind is Kind.SECRET:
        return _secret(walk, ask, str(value))
    return labels(value, ask.choices(walk.state))


def labels(value: Value, choices: tuple[Choice, ...]) -> str:
    """Return the labels of values, which people know instead of the values."""
    values = (value,) if isinstance(value, str) else value
    named = {one.value: one.label for one in choices}
    return "; ".join(plain(named.get(each, each)) for each in values)


def _secret(walk: Walk, ask: Ask, ends_in: str) -> str:
    secret = walk.state.secrets.of(ask.secret)
    where = walk.token_source(ask)
    length = count(len(secret), "character") if secret else ""
    return ", ".join(part for part in (length, f"ends in {ends_in}", where) if part)


# --- findings ---------------------------------------------------------------------------------------------------


def counted(findings: tuple[Finding, ...]) -> str:
    """Return "9 checks passed, 2 wait for the fix."; empty when there is nothing to count."""
    parts = [part for part in passed_and_waiting(findings) if part]
    return f"{', '.join(parts)}." if parts else ""


def finding_list(findings: tuple[Finding, ...]) -> Iterator[str]:
    rows = notable_findings(findings)
    yield "Findings, the most urgent first:" if rows else no_problem_text(findings)
    for number, one in enumerate(rows, 1):
        yield f"  {number}. {finding_line(one)}"
    if total := counted(findings):
        yield total


def finding_in_full(one: Finding) -> Iterator[str]:
    """Return the lines with what was seen, why, and what to do; each link is on its own line."""
    return finding_lines(one, with_id=False)
