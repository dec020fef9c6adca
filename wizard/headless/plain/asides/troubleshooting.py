"""Troubleshooting line by line: choose a symptom, answer what is left to ask, and read the cause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.question_id import ChoiceId
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.flow.diagnosing import ask_for_evidence, read_what_was_agreed_to, search_for_cause
from wizard.flow.handouts.fix_request import fix_request
from wizard.flow.walk import Walk
from wizard.headless.plain.dialogue.leaving import Back
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.headless.plain.dialogue.words import request_card
from wizard.headless.printing.diagnosis_text import (
    diagnosis_lines,
    excluded_count,
    excluded_lines,
    numbered_symptoms,
    question_lines,
)

Say: TypeAlias = Callable[..., None]
AskLine: TypeAlias = Callable[[str], Awaitable[str]]
Read: TypeAlias = Callable[[Coroutine[Any, Any, None]], Awaitable[None]]


async def find_cause(walk: Walk, say: Say, ask: AskLine, read: Read) -> None:
    """Lead from a symptom that is chosen here to its cause; Enter alone leaves."""
    say(*numbered_symptoms())
    symptom = await _chosen(say, ask)
    if symptom is not None:
        await search(symptom, walk, say, ask, read)


async def search(symptom: Symptom, walk: Walk, say: Say, ask: AskLine, read: Read) -> None:
    """Lead from a symptom to its cause; Enter alone answers a question with "I don't know".

    At a question, `ask` may raise Back, which leads to the question before, and from the first one out of here.
    """
    ask_for_evidence(walk, symptom)
    await read(walk.read_again())
    found = search_for_cause(walk, symptom, {})
    step = found.next
    while isinstance(step, Question):
        try:
            given = found.answered(await _answered(step, say, ask)).given
        except Back:
            if not found.given:
                raise
            given = found.back().given
        await read(read_what_was_agreed_to(walk, given))
        found = search_for_cause(walk, symptom, given)
        step = found.next
    say("", *diagnosis_lines(step, found, "Review"), *excluded_count(step, "e"))
    await _tell_more(step, fix_request(step, walk.state), say, ask)


async def _tell_more(end: Diagnosis, request: str, say: Say, ask: AskLine) -> None:
    """Show on demand what was excluded, and what to ask of somebody else."""
    ways = {"e": "e shows what was excluded", "c": "c prints a request for whoever makes this fix"}
    told = {"e": tuple(excluded_lines(end)), "c": tuple(request_card(request)) if request else ()}
    prompt = ", ".join([*(said for letter, said in ways.items() if told[letter]), "Enter to return: "])
    while any(told.values()) and (lines := told.get((await ask(prompt)).strip().casefold())):
        say(*lines)


async def _chosen(say: Say, ask: AskLine) -> Symptom | None:
    number = await _number(len(SYMPTOMS), "Number, or Enter to return: ", say, ask)
    return SYMPTOMS[number - 1] if number else None


async def _answered(question: Question, say: Say, ask: AskLine) -> ChoiceId:
    say("", *question_lines(question), "Enter says that you don't know.")
    number = await _number(len(question.choices), "Number: ", say, ask)
    return question.choices[number - 1].id if number else DO_NOT_KNOW


async def _number(most: int, prompt: str, say: Say, ask: AskLine) -> int:
    """Ask until a number of the list is typed; 0 for Enter alone."""
    while True:
        typed = (await ask(prompt)).strip()
        if not typed:
            return 0
        if number := number_in(typed, most):
            return number
        say(f"Type a number from 1 to {most}.")
