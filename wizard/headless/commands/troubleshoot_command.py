"""`troubleshoot`: find the one cause of a symptom, with its proof and fix. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from shlex import quote

from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.question_id import ChoiceId, Given, QuestionId
from wizard.domain.diagnosis.symptoms.catalogue import QUESTIONS, SYMPTOMS, symptom_named
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.exit_codes import ExitCode
from wizard.flow.diagnosing import ask_for_evidence, read_what_was_agreed_to, search_for_cause
from wizard.flow.steps.questions.target_flag import key_of_flag
from wizard.flow.walk import Walk
from wizard.headless.options import Options
from wizard.headless.printing.diagnosis_text import (
    diagnosis_lines,
    excluded_count,
    excluded_lines,
    question_lines,
    symptom_lines,
)
from wizard.headless.printing.documents import SCHEMA, diagnosis_document, question_document
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused, did_you_mean, quoted
from wizard.headless.setup.missing import missing_asks, missing_in_short
from wizard.headless.setup.other_place import refuse_half_a_place, use_other_place
from wizard.headless.setup.prepare import take_answers, unknown_lines
from wizard.headless.setup.reading_in_time import read_in_time
from wizard.headless.setup.sandbox_setup import set_up

_BESIDE = "This isn't part of the setup, so no command repairs it."


async def troubleshoot(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Find the cause of a symptom, and return the exit code. Raises Refused."""
    if not options.symptom:
        return _list(out)
    symptom, given = _symptom(options.symptom), _given(options.given)
    refuse_half_a_place(options.environment)
    await set_up(walk, options)
    began = walk.ports.stopwatch.monotonic()
    answers = await take_answers(walk, options.config)
    is_beside = use_other_place(walk, options.environment, options.audience, options.space)
    if is_beside:
        out.say(_BESIDE)
    _take_user(walk, options)
    ask_for_evidence(walk, symptom)
    await read_in_time(walk, walk.ports.stopwatch.monotonic() - began)
    missing = missing_asks(walk)
    out.say(*(missing_in_short(missing, walk, answers.file) if missing else ()))
    out.say(*(() if is_beside else unknown_lines(answers)))
    await read_what_was_agreed_to(walk, given)
    repairs = "" if is_beside else options.command("apply")
    return await _search(walk, search_for_cause(walk, symptom, given), repairs, options, out)


def _take_user(walk: Walk, options: Options) -> None:
    """Use this run's user and flag instead of the profile's, without saving them."""
    answers = walk.state.answers
    user, flag = options.user or answers.test_user, key_of_flag(options.flag) or answers.flag
    walk.take(replace(answers, test_user=user, flag=flag))


async def _search(walk: Walk, search: Search, repairs: str, options: Options, out: Output) -> ExitCode:
    """On a terminal, ask until a diagnosis is reached. Elsewhere, show the next question or the diagnosis."""
    step = search.next
    while isinstance(step, Question):
        if out.as_json or out.ask is None:
            return _show_question(search, step, options, out)
        given = search.answered(await _asked(step, out)).given
        await read_what_was_agreed_to(walk, given)
        search = search_for_cause(walk, search.symptom, given)
        step = search.next
    out.document(diagnosis_document(search, step, options.command("doctor --report report.md")))
    excluded = excluded_lines(step) if options.verbose else excluded_count(step, "The option -v")
    out.text((*diagnosis_lines(step, search, repairs), *excluded))
    return _code_of(step)


def _code_of(end: Diagnosis) -> ExitCode:
    return ExitCode.OK if end.is_found else ExitCode.COULD_NOT_TELL


def _list(out: Output) -> ExitCode:
    out.document({"schema": SCHEMA, "symptoms": [{"id": one.id, "title": one.title} for one in SYMPTOMS]})
    out.text(symptom_lines())
    return ExitCode.OK


# --- what was typed -----------------------------------------------------------------------------------------------


def _symptom(typed: str) -> Symptom:
    found = symptom_named(typed)
    if found is None:
        near = did_you_mean(typed, (one.id for one in SYMPTOMS), by_word=True)
        raise Refused(f"Unknown symptom {quoted(typed)}.{near}", "All symptoms: audience-wizard troubleshoot")
    return found


def _given(typed: Iterable[str]) -> Given:
    """Return the choices of each `ID=VALUE` by question. Raises Refused for an unknown question or choice."""
    read = [_read(each) for each in typed]
    mistakes = [one for one in read if isinstance(one, str)]
    if mistakes:
        raise Refused(*mistakes)
    return dict(one for one in read if not isinstance(one, str))


def _read(typed: str) -> tuple[QuestionId, ChoiceId] | str:
    """Return the question and its choice, which may be given by number; or a sentence about what is wrong."""
    name, _, value = typed.partition("=")
    question = next((one for one in QUESTIONS if one.id == name), None)
    if question is None:
        return f"Unknown question {quoted(name)}.{did_you_mean(name, (one.id for one in QUESTIONS))}"
    ids = (*(choice.id for choice in question.choices), DO_NOT_KNOW)
    choice = next((one for one in ids if one == value), None) or _by_number(value, ids)
    if choice is None:
        return f"{quoted(value)} isn't an answer to {name}. The answers: {', '.join(ids)}."
    return question.id, choice


def _by_number(typed: str, ids: tuple[ChoiceId, ...]) -> ChoiceId | None:
    """Return the answer with this number in the list as shown; None if there is none."""
    return ids[int(typed) - 1] if typed.isdecimal() and 1 <= int(typed) <= len(ids) else None


# --- a question ---------------------------------------------------------------------------------------------------


def _show_question(search: Search, question: Question, options: Options, out: Output) -> ExitCode:
    """Print the question and how to answer it, where there's no terminal to ask on."""
    out.document(question_document(search, question))
    typed = "".join(f" --answer {one}={choice}" for one, choice in search.given.items())
    again = options.command(f"troubleshoot {search.symptom.id}") + _place(options)
    ids = " or ".join(choice.id for choice in question.choices)
    how = f"To continue: {again}{typed} --answer {question.id}=ANSWER. ANSWER is a number, or {ids}."
    out.text((*search.said_first, *question_lines(question), how))
    return ExitCode.COULD_NOT_TELL


def _place(options: Options) -> str:
    """Return the options that lead to the same environment and audience again."""
    given = (
        ("environment", options.environment),
        ("audience", options.audience),
        ("space", options.space),
        ("user", options.user),
        ("flag", options.flag),
    )
    return "".join(f" --{name} {quote(value)}" for name, value in given if value)


async def _asked(question: Question, out: Output) -> ChoiceId:
    """Ask until the answer is one of the numbers; Enter alone is "I don't know"."""
    out.say("", *question_lines(question))
    while out.ask is not None:
        typed = (await out.ask("Number: ")).strip()
        if not typed:
            break
        if typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
            return question.choices[int(typed) - 1].id
        out.say(f"Type a number from 1 to {len(question.choices)}.")
    return DO_NOT_KNOW
