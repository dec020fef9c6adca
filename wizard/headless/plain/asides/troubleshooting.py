"""Troubleshooting line by line: choose a symptom, answer the questions, and read the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.question_id import ChoiceId, Given
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.flow.by_hand import colleague
from wizard.flow.diagnosing import (
    ask_for_evidence,
    read_what_was_agreed_to,
    resume_what_is_saved,
    search_for_cause,
)
from wizard.flow.handouts.fix_request import fix_request
from wizard.flow.targets.followed_syncs import followed_targets
from wizard.flow.walk import Walk
from wizard.flow.words import DONE_BY_A_COLLEAGUE
from wizard.headless.plain.asides.which_environment import ask_which
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

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue

_WAYS = {
    "d": "d lets a colleague do it (sandbox)",
    "e": "e shows what was excluded",
    "c": "c prints a request for whoever makes this fix",
}


async def troubleshoot(dialogue: Dialogue) -> None:
    """Troubleshoot; if several first syncs are followed, ask in which environment."""
    target = await ask_which(dialogue, "Troubleshoot which environment?", followed_targets(dialogue.walk))
    if target is None:
        return
    if target.walk is not dialogue.walk:
        await dialogue.reading(target.walk.read())
    await find_cause(dialogue, target.walk)


async def find_cause(dialogue: Dialogue, walk: Walk) -> None:
    """Ask for a symptom and find its cause; Enter alone leaves."""
    dialogue.say(*numbered_symptoms())
    symptom = await _chosen(dialogue)
    if symptom is not None:
        await search(symptom, dialogue, walk)


async def search(symptom: Symptom, dialogue: Dialogue, walk: Walk) -> None:
    """Find a symptom's cause by asking questions; Enter alone answers "I don't know".

    Back leads to the previous question. At the first question, this raises Back.
    """
    resume_what_is_saved(walk)
    given: Given = {}
    before: Diagnosis | None = None
    while True:
        ask_for_evidence(walk, symptom)
        await dialogue.reading(walk.read_again())
        found = await _searched(search_for_cause(walk, symptom, given, before), dialogue, walk)
        end = found.next
        if not isinstance(end, Diagnosis):
            return
        dialogue.say("", *diagnosis_lines(end, found, "Review"), *excluded_count(end, "e"))
        if not await _tell_more(end, dialogue, walk):
            return
        colleague.end(walk, end)
        dialogue.say(DONE_BY_A_COLLEAGUE)
        given, before = {**found.reopened().given, **colleague.answers_after(end)}, end


async def _searched(found: Search, dialogue: Dialogue, walk: Walk) -> Search:
    """Ask until a diagnosis is reached. Raises Back at the first question."""
    step = found.next
    while isinstance(step, Question):
        try:
            given = found.answered(await _answered(step, dialogue)).given
        except Back:
            if not found.given:
                raise
            given = found.back().given
        await dialogue.reading(read_what_was_agreed_to(walk, given))
        found = search_for_cause(walk, found.symptom, given, found.before)
        step = found.next
    return found


async def _tell_more(end: Diagnosis, dialogue: Dialogue, walk: Walk) -> bool:
    """On request, show what was excluded, and a text that asks someone else for the fix.

    Return whether the sandbox's colleague is to make the fix.
    """
    request = fix_request(end, walk.state)
    told = {"e": tuple(excluded_lines(end)), "c": tuple(request_card(request)) if request else ()}
    letters = {letter for letter, lines in told.items() if lines} | ({"d"} if colleague.can_end(walk, end) else set())
    prompt = ", ".join([*(said for letter, said in _WAYS.items() if letter in letters), "Enter to return: "])
    while letters and (given := (await dialogue.ask_aside(prompt)).strip().casefold()) in letters:
        if given == "d":
            return True
        dialogue.say(*told[given])
    return False


async def _chosen(dialogue: Dialogue) -> Symptom | None:
    number = await _number(len(SYMPTOMS), "Number, or Enter to return: ", dialogue)
    return SYMPTOMS[number - 1] if number else None


async def _answered(question: Question, dialogue: Dialogue) -> ChoiceId:
    dialogue.say("", *question_lines(question), "Enter says that you don't know.")
    number = await _number(len(question.choices), "Number: ", dialogue)
    return question.choices[number - 1].id if number else DO_NOT_KNOW


async def _number(most: int, prompt: str, dialogue: Dialogue) -> int:
    """Ask until a number from 1 to `most` is typed, and return it; 0 for Enter alone."""
    while True:
        typed = (await dialogue.ask_aside(prompt)).strip()
        if not typed:
            return 0
        if number := number_in(typed, most):
            return number
        dialogue.say(f"Type a number from 1 to {most}.")
