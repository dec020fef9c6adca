"""An inventory as a table, as CSV and as a JSON document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from shlex import quote
from typing import Any

from wizard.domain.explain import explain
from wizard.domain.inventory.row import WORDS, Row, SegmentState
from wizard.domain.services import links
from wizard.flow.inventory.take import Inventory
from wizard.headless.printing.documents import SCHEMA
from wizard.text import count, cut, plain

SIGNS = {
    SegmentState.IN_STEP: "✓",
    SegmentState.LATE: "!",
    SegmentState.MORE_MEMBERS: "!",
    SegmentState.ORPHAN: "!",
    SegmentState.DOUBLE: "!",
    SegmentState.UNKNOWN: "?",
}
_NAME, _MEMBERS, _STANDING, _MOST_FLAGS = 28, 17, 14, 2
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take a text that begins so for a formula
COLUMNS = (
    "project",
    "environment",
    "key",
    "name",
    "members",
    "audience_id",
    "audience_key",
    "audience_size",
    "destination",
    "mapping",
    "flags",
    "state",
    "reason",
)


# --- for a person -------------------------------------------------------------------------------------------------


def inventory_lines(taken: Inventory, space: str = "", moment: str = "") -> Iterator[str]:
    """Yield the table, one part for each environment, then each segment that isn't in step."""
    yield f"{headline(taken)}{moment}."
    for environment, rows in groupby(taken.rows, lambda row: row.environment):
        yield from ("", plain(environment))
        yield from (f"  {line(row)}" for row in rows)
    for row in taken.rows:
        if row.state is not SegmentState.IN_STEP:
            yield from ("", *about(row, space))
    for environment, failure in taken.not_read:
        yield from ("", f"? {plain(environment)}: {explain(failure).summary}")
    if taken.of_others:
        many = count(taken.of_others, "more synced segment")
        verb = "gets its" if taken.of_others == 1 else "get their"
        yield from ("", f"{many} {verb} members from another partner, not from Segment.")


def headline(taken: Inventory) -> str:
    """Return "shop: 12 synced segments in 2 of 3 environments, 1 out of step"."""
    out_of_step = sum(row.state not in {SegmentState.IN_STEP, SegmentState.UNKNOWN} for row in taken.rows)
    unknown = sum(row.state is SegmentState.UNKNOWN for row in taken.rows)
    counted = [f"{out_of_step} out of step"] if out_of_step else []
    counted += [f"{unknown} unknown"] if unknown else []
    rest = f", {', '.join(counted)}" if counted else ", all in step" if taken.rows else ""
    return f"{plain(taken.project)}: {taken.how_many}{rest}"


def line(row: Row) -> str:
    """Return a row of the table: sign, name, members, state and flags."""
    cells = (
        (plain(row.segment.name), _NAME),
        (_members(row), _MEMBERS),
        (WORDS[row.state], _STANDING),
    )
    return f"{SIGNS[row.state]} {''.join(_cell(*one) for one in cells)}{_flags(row)}".rstrip()


def about(row: Row, space: str = "") -> Iterator[str]:
    """Yield why a segment isn't in step, and what to do."""
    where = f"{plain(row.segment.name)} in {row.environment} ({row.segment.key})"
    yield f"{SIGNS[row.state]} {where}, {WORDS[row.state]}: {row.reason}"
    if row.fix:
        yield f"  Fix: {row.fix}"
    if command := diagnosis(row, space):
        yield f"  Next: {command}"


def diagnosis(row: Row, space: str = "") -> str:
    """Return the command that finds the cause; empty if the row has no symptom or no audience.

    `space` is the setup's space, which the command needn't name.
    """
    if not row.symptom or row.audience is None:
        return ""
    audience = row.audience
    elsewhere = f" --space {quote(audience.space_id)}" if space and audience.space_id != space else ""
    where = f"--environment {quote(row.project)}/{quote(row.environment)} --audience {quote(audience.key)}{elsewhere}"
    return f"audience-wizard troubleshoot {row.symptom} {where}"


def _members(row: Row) -> str:
    members = row.segment.included_count
    shown = f"{members:,}" if members is not None else "?"
    size = row.audience.size if row.audience and row.state is not SegmentState.DOUBLE else None
    return f"{shown} of {size:,}" if size is not None else shown


def _flags(row: Row) -> str:
    if not row.flags:
        return "no flag" if row.flags == () else "flags unknown"
    more = f" +{len(row.flags) - _MOST_FLAGS}" if len(row.flags) > _MOST_FLAGS else ""
    return ", ".join(row.flags[:_MOST_FLAGS]) + more


def _cell(text: str, width: int) -> str:
    from rich.cells import cell_len

    shown = cut(text, width - 2)
    return shown + " " * (width - cell_len(shown))


# --- for scripts --------------------------------------------------------------------------------------------------


def inventory_document(taken: Iterable[Inventory]) -> dict[str, Any]:
    every = tuple(taken)
    return {
        "schema": SCHEMA,
        "projects": [one.project for one in every],
        "segments": [_segment(row) for one in every for row in one.rows],
        "not_read": [
            {"project": one.project, "environment": key, "reason": explain(why).summary}
            for one in every
            for key, why in one.not_read
        ],
    }


def unread_document(project: str, reason: str) -> dict[str, Any]:
    """Return the document for a project that couldn't be read; `project` is empty if its key is unknown too."""
    not_read = {"project": project, "environment": "", "reason": reason}
    return {"schema": SCHEMA, "projects": [project] if project else [], "segments": [], "not_read": [not_read]}


def _segment(row: Row) -> dict[str, Any]:
    audience = row.audience
    return {
        "project": row.project,
        "environment": row.environment,
        "key": row.segment.key,
        "name": row.segment.name,
        "members": row.segment.included_count,
        "audience": {"id": audience.id, "key": audience.key, "size": audience.size} if audience else None,
        "destination": row.destination.id if row.destination else None,
        "mapping": row.mapping.id if row.mapping else None,
        "flags": list(row.flags) if row.flags is not None else None,
        "state": row.state.value,
        "reason": row.reason,
        "fix": row.fix,
        "symptom": row.symptom or None,
        "url": links.segment_page(row.project, row.environment, row.segment).url,
    }


def csv_lines(rows: Iterable[Row]) -> str:
    """Return the rows as CSV (RFC 4180) with a header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_as_text(value) for value in _values(row)] for row in rows)
    return text.getvalue()


def _values(row: Row) -> Iterator[object]:
    audience = row.audience
    yield from (row.project, row.environment, row.segment.key, row.segment.name, row.segment.included_count)
    yield from (audience.id, audience.key, audience.size) if audience else ("", "", "")
    yield row.destination.name if row.destination else ""
    yield row.mapping.name if row.mapping else ""
    yield from (" ".join(row.flags or ()), row.state.value, row.reason)


def _as_text(value: object) -> str:
    """Return a cell's text that no spreadsheet takes for a formula, because anyone may have typed the name."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
