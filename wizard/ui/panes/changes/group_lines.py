"""The plans of several environments as rows: a heading for each, its changes, and what blocks them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from textual.content import Content

from wizard.flow.targets.picked_environments import Group, combined_plan, counted_plans, places
from wizard.flow.targets.shared_answers import as_asked, own_lines
from wizard.flow.writing.plan_rows import (
    already_right_line,
    changes_already_right,
    tally,
    tally_of_results,
    why_by_hand,
)
from wizard.flow.writing.review import what_blocks
from wizard.ui.applying import Applying, Part
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.changes import change_lines
from wizard.ui.widgets.changes.change_list import Entry


def entries(groups: Sequence[Group], applying: Applying | None) -> tuple[Entry, ...]:
    """Return the rows of each environment under its name."""
    parts = applying.parts if applying else (None,) * len(groups)
    return tuple(row for group, part in zip(groups, parts, strict=True) for row in _rows(group, groups, part))


def _rows(group: Group, groups: Sequence[Group], part: Part | None) -> Iterator[Entry]:
    own = own_lines(group.target, [one.target for one in groups], as_asked)
    space = (Line(),) if group is not groups[0] else ()
    yield _named(group, "", *space, Line(Content.styled("Environment", "$muted"), Content.styled(group.title, "bold")))
    yield from (_named(group, "own", Line("", line)) for line in own)
    if group is not groups[0] and (problem := group.problem):
        yield _named(group, "problem", Line("", Content.assemble(("! ", "$warning"), problem)))
    if why := (part and part.refused) or (what_blocks(group.target.walk, group.plan) if group.plan.blocked_by else ""):
        yield _named(group, "blocked", Line(Content.styled("✗ left out", "$error"), why))
    right = changes_already_right(group.plan)
    for change in (one for one in group.plan.changes if one not in right and not group.plan.blocked_by):
        result = part.results_by_now.get(change.id) if part else None
        is_now = part is not None and part.now is not None and part.now.id == change.id
        entry = change_lines.entry(change, result, is_now=is_now, why=why_by_hand(group.plan, change))
        yield replace(entry, id=group.id_of(change.id))
    if said := already_right_line(group.plan):
        yield _named(group, "right", Line(Content.styled("=", "$muted"), Content.styled(said, "$muted")))


def _named(group: Group, what: str, *lines: Line) -> Entry:
    return Entry(group.id_of(what), lines)


def counted(groups: Sequence[Group], applying: Applying | None) -> str:
    """Return the tally of all environments that can be applied."""
    if applying is None or not applying.ended:
        return f"{tally(*counted_plans(groups))}{places(groups)}"
    ended = {one.group.id_of(id_): result for one in applying.parts for id_, result in one.results_by_now.items()}
    return f"{tally_of_results(combined_plan(groups), ended)}{places(groups)}"
