"""`doctor --against`: take a report of a setup, check the same setup today, and say what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.findings import Finding, Status
from wizard.domain.proof.checkup import about
from wizard.domain.proof.compare import Change, Comparison
from wizard.domain.proof.proof import GONE, Proof
from wizard.domain.proof.prove import is_about_this_run
from wizard.flow.handouts.setup_report import NoReport, read_report, value_in_words
from wizard.flow.journey import SETTINGS
from wizard.flow.walk import Walk
from wizard.flow.words import STATUSES
from wizard.headless.given_file import read_text
from wizard.headless.options import Options
from wizard.headless.printing.findings_text import finding_lines
from wizard.headless.refusal import Refused
from wizard.headless.setup.prepare import Given, take_answers
from wizard.headless.setup.setup_file import SetupFile, answers_of
from wizard.headless.setup.setup_mistakes import mistake_in
from wizard.text import count, plain

_MOST_BYTES = 5 * 2**20
_MOST_NAMED = 3
_BAD = {Status.FAIL, Status.WARN}


@dataclass(frozen=True, slots=True)
class LoadedReport:
    """A report, and the file that it was read from."""

    path: Path
    proof: Proof


def load_report(path: Path) -> LoadedReport:
    """Read a report. Raises Refused."""
    try:
        return LoadedReport(path, read_report(read_text(path, _MOST_BYTES, "report of a setup")))
    except NoReport as error:
        raise Refused(f"{path}: {error}") from None


async def take_report_answers(walk: Walk, loaded: LoadedReport) -> Given:
    """Take the answers of the report's setup; secrets come from variables and the keyring."""
    return await take_answers(walk, loaded.path, lambda path, _: SetupFile(path, _answers(loaded), {}, frozenset()))


def _answers(loaded: LoadedReport) -> Answers:
    """Return the answers of the report's setup. Raises Refused: anyone may have edited the file."""
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in loaded.proof.setup.items()}
    known = {name: value for name, value in given.items() if name in SETTINGS}
    if mistakes := [mistake for name, value in known.items() if (mistake := mistake_in(name, value, {}))]:
        raise Refused(*(mistake.at(str(loaded.path)) for mistake in mistakes))
    destination = next((str(one.value) for one in loaded.proof.facts if one.id == "destination/id"), GONE)
    return replace(answers_of(known), destination=destination)


# --- for people ---------------------------------------------------------------------------------------------------


def comparison(compared: Comparison, findings: Iterable[Finding], options: Options) -> Iterator[str]:
    """Yield the lines: what differs, what is unknown, the findings behind that, and the result."""
    yield f"Compared with the report of {compared.at:%Y-%m-%d %H:%M} UTC for {plain(compared.place)}{options.moment}"
    yield ""
    yield from (_differs(one) for one in compared.facts)
    yield from (_ended(one) for one in compared.checks)
    yield from _unread(compared.unknown)
    yield from (f"· {plain(one.label)}: {value_in_words(one.before)} → {_now(one)}" for one in compared.counts)
    for finding in _behind(compared, findings):
        yield ""
        yield from finding_lines(finding)
    if compared.facts or compared.checks or compared.unknown or compared.counts:
        yield ""
    yield _result(compared)
    if compared.is_same is not True:
        yield f"Next: {options.command('doctor')}"


def _unread(unknown: tuple[Change, ...]) -> Iterator[str]:
    if unknown:
        named = ", ".join(plain(_title(one)) for one in unknown[:_MOST_NAMED])
        more = len(unknown) - _MOST_NAMED
        yield f"? Unknown this time: {named}{f', and {more} more' if more > 0 else ''}."


def _differs(change: Change) -> str:
    return f"✗ {plain(change.label)}: was {plain(value_in_words(change.before))}, is {plain(_now(change))}."


def _ended(change: Change) -> str:
    before, now = (STATUSES[Status(str(one))].capitalize() for one in (change.before, change.now))
    return f"{'✗' if change.now != Status.PASS else '✓'} {plain(_title(change))}: was {before}, is {now}."


def _title(change: Change) -> str:
    """Return the label of a fact, or a check's title with its audience; a later wizard's check has only its ID."""
    check_id, _, audience = change.label.partition(" ")
    title = next((one.title for one in CHECKS if one.id == check_id), check_id)
    return f"{title} {audience}".rstrip()


def _now(change: Change) -> str:
    return "unknown" if change.now is None else value_in_words(change.now)


def _behind(compared: Comparison, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the problems of checks whose status changed, and the first finding that explains what is unknown."""
    found = tuple(findings)
    changed = {one.id for one in compared.checks}
    yield from (one for one in found if one.status in _BAD and about(one) in changed)
    if compared.unknown:
        refused = (one for one in found if one.status is Status.FAIL and is_about_this_run(one))
        unknown = (one for one in found if one.status is Status.UNKNOWN and one.matters)
        yield from islice(chain(refused, unknown), 1)


def _result(compared: Comparison) -> str:
    same = f"Unchanged: {_many(compared.same_facts, compared.same_checks)}."
    if compared.is_same:
        return f"Nothing has changed since the report. {same}"
    unknown = f" Unknown: {len(compared.unknown)}." if compared.unknown else ""
    if compared.is_same is None:
        return f"We can't tell whether anything has changed since the report.{unknown} {same}"
    return f"Changed since the report: {_many(len(compared.facts), len(compared.checks))}.{unknown} {same}"


def _many(facts: int, checks: int) -> str:
    both = ((facts, "value"), (checks, "check"))
    return " and ".join(count(number, word) for number, word in both if number) or "nothing"
