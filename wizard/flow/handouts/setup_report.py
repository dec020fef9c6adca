"""The dated report of a setup: a page for people, and a record that `doctor --against` compares with a later state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from wizard import __version__
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.findings import Status
from wizard.domain.proof.proof import GONE, Claim, Proof, Value
from wizard.domain.proof.prove import prove
from wizard.flow.handouts.report import unmarked
from wizard.flow.journey import SETTINGS
from wizard.flow.walk import Walk
from wizard.flow.words import NOT_ALL_CHECKED, STATUSES
from wizard.text import count

SCHEMA = 1
_RECORD = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VERDICTS = {
    True: "Healthy: no check failed.",
    False: "Not healthy: a check failed.",
    None: NOT_ALL_CHECKED,
}
_LEFT_OUT = "`doctor` counts more: it also checks this machine, and the token that reads Segment."


class NoReport(ValueError):
    """A text that isn't a report of a setup; the message says why."""


@dataclass(frozen=True, slots=True)
class _Record:
    schema: int
    report: Proof


def proof_of(walk: Walk) -> Proof:
    """Return the current state, judged by what exists, not by what a plan would create."""
    state, answers = walk.state, walk.state.answers.about_what_exists
    written = {key: setting.write(state) for key, setting in SETTINGS.items()}
    setup = {key: value for key, value in written.items() if value is not None}
    return prove(state.facts, answers, run_checks(CHECKS, state.facts, answers), setup, walk.ports.clock.now())


# --- written ------------------------------------------------------------------------------------------------------


def setup_report(proof: Proof) -> str:
    """Return the page: the state, the checks, and the record at the end."""
    parts = (
        f"# Setup report: {unmarked(proof.place)}\n\n"
        f"Read at {proof.at:%Y-%m-%d %H:%M} UTC by Audience Wizard {__version__}. {_VERDICTS[proof.healthy]}\n"
        "No token is in this file. Compare it with the setup at any time: `audience-wizard doctor --against FILE`.\n",
        f"## What exists\n\n{_table(proof.facts)}\n",
        f"## Counts\n\n{_table(proof.counts)}\n" if proof.counts else "",
        f"## Checks\n\n{_checks(proof)}\n",
        f"## Record\n\n```json\n{json.dumps(record(proof), indent=2)}\n```\n",
    )
    return "\n".join(part for part in parts if part)


def record(proof: Proof) -> dict[str, object]:
    """Return the report's record as a JSON document."""
    document: dict[str, object] = _records().dump_python(_Record(SCHEMA, proof), mode="json")
    return document


def _table(claims: Iterable[Claim]) -> str:
    rows = (f"| {unmarked(claim.label)} | {unmarked(value_in_words(claim.value))} |" for claim in claims)
    return "\n".join(("| | |", "| --- | --- |", *rows))


def value_in_words(value: Value) -> str:
    """Return a value in words: "yes", "none", "1,234"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else value if value != GONE else "none"


def _checks(proof: Proof) -> str:
    passed = sum(status is Status.PASS for status in proof.checks.values())
    others = (
        f"- {STATUSES[status].capitalize()}: `{check}`"
        for check, status in proof.checks.items()
        if status is not Status.PASS
    )
    return "\n".join((f"- {count(passed, 'check')} of the setup passed. {_LEFT_OUT}", *others))


# --- read ---------------------------------------------------------------------------------------------------------


def read_report(text: str) -> Proof:
    """Parse a report from its page, or from its record alone. Raises NoReport."""
    found = list(_RECORD.finditer(text))
    try:
        read = _records().validate_json(found[-1][1] if found else text)
    except ValidationError:
        raise NoReport("this isn't a setup report of Audience Wizard.") from None
    if read.schema > SCHEMA:
        raise NoReport("this report was written by a newer Audience Wizard.")
    return read.report


@cache
def _records() -> TypeAdapter[_Record]:
    return TypeAdapter(_Record)
