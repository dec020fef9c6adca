"""A diagnosis as lines: a question with its choices, or the cause with its proof, its fix and what was excluded."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.commands import names
from wizard.domain.diagnosis.conclusion import HEDGE, Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.flow.words import WHAT_DO_YOU_SEE
from wizard.text import count


def symptom_lines() -> Iterator[str]:
    width = max(len(one.id) for one in SYMPTOMS)
    yield from (f"{one.id:{width}}  {one.title}" for one in SYMPTOMS)


def numbered_symptoms() -> Iterator[str]:
    yield WHAT_DO_YOU_SEE
    yield from (f"  {number}. {one.title}" for number, one in enumerate(SYMPTOMS, 1))


def question_lines(question: Question) -> Iterator[str]:
    yield question.text
    yield f"  {question.why}"
    yield from (f"  {number}. {choice.label}" for number, choice in enumerate(question.choices, 1))


def diagnosis_lines(end: Diagnosis, search: Search, repairs: str) -> Iterator[str]:
    """Yield the diagnosis without the excluded causes. `repairs` names where to make a repair; empty if nowhere."""
    yield from end.said_first
    yield f"{_heading(end)}{end.says}"
    yield from (f"  Seen: {proof.says}" for proof in end.proofs if proof.says != end.says)
    yield f"  Fix: {end.fix}"
    if end.repair and repairs and not names(end.fix, "apply"):
        yield f"  Or: {repairs} shows the changes that repair this, and asks first."
    if end.menu:
        yield f"  Where: {end.menu}"
    for copy in end.copies:
        yield f"  {copy.label}, to copy:"
        yield from (f"    {line}" for line in copy.value.splitlines())
    if end.then:
        yield f"  Then: {end.then}"
    yield from (f"  {link}" for link in end.links)
    yield from (f"  Still open: {title}" for title in end.left)
    yield from (f"Beside it: {finding.summary} ({finding.id})" for finding in search.others)


def _heading(end: Diagnosis) -> str:
    """Return what stands before the cause; nothing where the sentence says it, or nothing is wrong."""
    if not end.is_found:
        return "Not found: "
    if end.is_likely:
        return "" if end.says.startswith(HEDGE) else "Most likely: "
    return "Cause: " if end.is_trouble else ""


def excluded_count(end: Diagnosis, unfold: str) -> Iterator[str]:
    """Yield how many causes were excluded, and that `unfold` shows them."""
    if end.excluded:
        yield f"{_counted(end)} {unfold} shows why."


def excluded_lines(end: Diagnosis) -> Iterator[str]:
    """Yield each excluded cause and why."""
    if end.excluded:
        yield _counted(end)
    yield from (f"  {one.title}? {one.because}" for one in end.excluded)


def _counted(end: Diagnosis) -> str:
    return f"Excluded: {count(len(end.excluded), 'cause')}."
