"""Each diagnosis that the sandbox can lead to: the flow, the lines and the JSON documents reach the same one."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeAlias

import pytest

from tests.diagnosis_ends import (
    ENDS,
    LINE_BY_LINE,
    End,
    at_review,
    begun,
    by_setup,
    number_of,
    saved,
    searched,
)
from tests.headless.plain.plain_script import Script
from tests.walks import Staged
from wizard.exit_codes import ExitCode
from wizard.flow.diagnosing import first_action
from wizard.flow.walk import Walk
from wizard.headless.commands.troubleshoot_command import troubleshoot
from wizard.headless.options import Options
from wizard.headless.plain.asides.letters import ASIDES
from wizard.headless.plain.asides.troubleshooting import find_cause
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.printing.output import Output
from wizard.sandbox.scenarios.symptoms import SYMPTOMS

Ask: TypeAlias = Callable[[str], Awaitable[str]]


async def _run(staged: Staged, end: End, *given: str, ask: Ask | None = None) -> tuple[ExitCode, str]:
    """Run the command; facts from an earlier run with the same walk aren't read again."""
    out, as_json = io.StringIO(), ask is None
    options = Options(symptom=end.symptom, given=given, as_json=as_json)
    code = await troubleshoot(staged.walk, options, Output(out, io.StringIO(), as_json, ask))
    return code, out.getvalue()


async def _as_json(staged: Staged, end: End) -> tuple[ExitCode, dict[str, Any], list[str]]:
    """Run the command once for each question, as a script does; return its end and the answers that led to it."""
    given: list[str] = []
    while True:
        code, out = await _run(staged, end, *given)
        document = json.loads(out)
        if document["state"] != "question":
            return code, document, given
        question = document["question"]["id"]
        given.append(f"{question}={end.answer_to(question)}")


async def _to_be_asked(staged: Staged, end: End) -> Staged:
    """Return the walk, or a new walk if members have been counted, because then that question isn't asked again."""
    return await begun(end) if staged.walk.state.facts.landing else staged


def _forget_evidence(walk: Walk) -> None:
    """Let the walk forget the facts that were read for a symptom."""
    evidence, walk.asked_for = walk.asked_for, frozenset()
    walk.forget_slots(*evidence)


def _typing(typed: Iterator[str]) -> Ask:
    """Return a function that types the next line at each prompt, and fails at a prompt too many."""

    async def ask(_: str) -> str:
        return next(typed)

    return ask


def test_every_scenario_of_a_symptom_is_walked() -> None:
    assert {one.name for one in SYMPTOMS} <= {end.scenario for end in ENDS}


@pytest.mark.parametrize("ends", by_setup(ENDS), ids=" and ".join)
async def test_it_ends_at_the_cause_after_no_more_questions_than_promised(ends: Mapping[str, End]) -> None:
    """First as JSON from the services' answers, then in the flow and at a terminal from the same facts."""
    staged = saved(next(iter(ends.values())))
    for name, end in ends.items():
        code, document, given = await _as_json(staged, end)
        assert (code, document["state"], document["cause"]["id"]) == (ExitCode.OK, "cause", end.cause), name
        assert len(given) <= end.asks, name
        assert not staged.sandbox.breaches

        staged = await _to_be_asked(staged, end)
        found = await searched(staged, end)
        assert [f"{question}={answer}" for question, answer in found.given.items()] == given, name
        assert (found.end.id, found.end.says) == (end.cause, document["cause"]["cause"]), name
        assert end.first in {None, first_action(staged.walk, found.end)}, name

        staged = await _to_be_asked(staged, end)
        _forget_evidence(staged.walk)
        typed = iter(map(str, found.numbers))
        code, said = await _run(staged, end, ask=_typing(typed))
        assert (code, list(typed)) == (ExitCode.OK, []), name
        assert found.end.says in said, name
        assert f"Fix: {found.end.fix}" in said, name
        _forget_evidence(staged.walk)


@pytest.mark.parametrize("end", LINE_BY_LINE, ids=str)
async def test_line_by_line_it_ends_the_same_way(end: End) -> None:
    """Troubleshoot from Review by typing the symptom's and the answers' numbers. The screen's tests have other ends."""
    found = await searched(await begun(end), end)
    staged = await at_review(end)
    after = ("",) if found.end.excluded or found.end.request else ()
    script = Script((*map(str, (number_of(end.symptom), *found.numbers)), *after))

    await find_cause(Dialogue(staged.walk, script, ASIDES), staged.walk)

    assert (found.end.id, script.unused) == (end.cause, [])
    assert found.end.says in script.text
    assert f"Fix: {found.end.fix}" in script.text
