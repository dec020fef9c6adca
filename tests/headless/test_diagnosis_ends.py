"""Each end of a diagnosis that the sandbox can play: the flow, the lines and the JSON end alike."""

from __future__ import annotations

import io
import json
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from tests.diagnosis_ends import ENDS, End, Found, begun, number_of, searched
from wizard.exit_codes import ExitCode
from wizard.flow.diagnosing import first_way
from wizard.headless.commands.troubleshoot_command import troubleshoot
from wizard.headless.options import Options
from wizard.headless.plain.asides.troubleshooting import find_cause
from wizard.headless.printing.output import Output
from wizard.sandbox.scenarios.symptoms import SYMPTOMS


async def _line_by_line(end: End, found: Found) -> str:
    """Type the symptom's number and the answers' numbers, then Enter; asking once more than that fails."""
    staged = await begun(end)
    after = ("",) if found.end.excluded or found.end.request else ()
    typed: Iterator[str] = iter((*map(str, (number_of(end.symptom), *found.numbers)), *after))
    said: list[str] = []

    async def ask(_: str) -> str:
        return next(typed)

    async def read(reading: Coroutine[Any, Any, None]) -> None:
        await reading

    await find_cause(staged.walk, lambda *lines: said.extend(lines), ask, read)
    assert not list(typed)
    return "\n".join(said)


async def _as_json(end: End, found: Found) -> tuple[ExitCode, dict[str, Any]]:
    """Run the command once for each question, as a script does."""
    staged = await begun(end)
    staged.walk.session.keep(staged.walk.state.answers, ())
    given: list[str] = []
    while True:
        out = io.StringIO()
        options = Options(symptom=end.symptom, given=tuple(given), as_json=True)
        code = await troubleshoot(staged.walk, options, Output(out, io.StringIO(), True, None))
        document = json.loads(out.getvalue())
        if document["state"] != "question":
            assert [one.partition("=")[0] for one in given] == list(found.given)
            return code, document
        question = document["question"]["id"]
        given.append(f"{question}={found.given[question]}")


def test_every_scenario_of_a_symptom_is_walked() -> None:
    assert {one.name for one in SYMPTOMS} <= {end.scenario for end in ENDS}


@pytest.mark.parametrize("end", ENDS, ids=str)
async def test_every_face_ends_at_the_cause_after_no_more_questions_than_promised(end: End) -> None:
    staged = await begun(end)
    found = await searched(staged, end)
    assert (found.end.id, len(found.numbers) <= end.asks) == (end.cause, True), (found.end, list(found.given))
    assert not staged.sandbox.breaches
    assert end.first in {None, first_way(staged.walk, found.end)}
    code, document = await _as_json(end, found)
    assert (code, document["state"], document["cause"]["id"]) == (ExitCode.OK, "cause", end.cause)
    assert document["cause"]["cause"] == found.end.says
    said = await _line_by_line(end, found)
    assert found.end.says in said
    assert f"Fix: {found.end.fix}" in said
