"""The texts of the inventory's page: the state of all segments, a line for each, and the highlighted one in full."""

from __future__ import annotations

from textual.content import Content

from wizard.domain.inventory.row import MEANINGS, WORDS, Row, SegmentState
from wizard.flow.inventory.take import NO_PROJECT, Inventory, LookedUp
from wizard.flow.steps.ask import Choice
from wizard.text import count, plain
from wizard.ui.widgets.aligned import Line

_LAST = {SegmentState.UNKNOWN: 1, SegmentState.IN_STEP: 2}
_MARKS = {SegmentState.IN_STEP: "✓", SegmentState.UNKNOWN: "?"}


def looking(looked_up: LookedUp | None) -> Content:
    far = f": {looked_up.done:,} of {looked_up.total:,} audiences looked up" if looked_up else ""
    slow = ". Segment allows 50 a minute" if looked_up and looked_up.total > 50 else ""
    return Content.assemble(("○ ", "$accent"), f"Reading both services{far}{slow} …")


def verdict(taken: Inventory | None) -> Content:
    """Return the line with the state of all segments."""
    if taken is None:
        return Content.assemble(("! ", "$warning"), NO_PROJECT)
    off = sum(row.state not in {SegmentState.IN_STEP, SegmentState.UNKNOWN} for row in taken.rows)
    unknown = sum(row.state is SegmentState.UNKNOWN for row in taken.rows)
    where = f"{plain(taken.project)}, {taken.how_many}"
    said = [f"{off} out of step"] * bool(off) + [f"{unknown} unknown"] * bool(unknown)
    said += [f"{count(len(taken.not_read), 'environment')} not read"] * bool(taken.not_read)
    all_well = "all in step" if taken.rows else "no segment that Segment fills"
    mark = ("✓ ", "$success") if not said else ("! ", "$warning")
    return Content.assemble(mark, f"{where}: {', '.join(said) or all_well}")


def worst_first(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows that are out of step, then the unknown ones, then the rest; the order within each stays."""
    return tuple(sorted(rows, key=lambda row: _LAST.get(row.state, 0)))


def choices(rows: tuple[Row, ...]) -> tuple[Choice, ...]:
    """Return the rows of the list; each begins with a mark for its state, because colors may be off."""
    return tuple(
        Choice(
            str(place),
            f"{_MARKS.get(row.state, '!')} {plain(row.segment.name)}",
            (WORDS[row.state], _members(row), plain(row.environment), _flags(row)),
            search=f"{row.segment.key} {row.audience.key if row.audience else ''}",
        )
        for place, row in enumerate(rows)
    )


def about(row: Row) -> tuple[Line, ...]:
    """Return what is known about one segment."""
    flags = _flags(row) if row.flags is None or not row.flags else ", ".join(row.flags)
    fed = " · ".join(
        plain(one.name) for one in (row.audience, row.destination, row.mapping) if one is not None and one.name
    )
    return (
        *((Line("Why", row.reason),) if row.reason else ()),
        *((Line("Fix", row.fix),) if row.fix else ()),
        Line("Flags", flags),
        *((Line("Fed by", fed),) if fed else ()),
        Line("Key", row.segment.key, short=True),
    )


def legend() -> tuple[Line, ...]:
    """Return what each state means, for a page with room to spare."""
    told = MEANINGS.items()
    return tuple(Line(Content.styled(WORDS[one], "$muted"), Content.styled(text, "$muted")) for one, text in told)


def _members(row: Row) -> str:
    members = row.segment.included_count
    shown = f"{members:,}" if members is not None else "?"
    size = row.audience.size if row.audience and row.state is not SegmentState.DOUBLE else None
    return f"{shown} of {size:,}" if size is not None else shown


def _flags(row: Row) -> str:
    if row.flags is None:
        return "flags unknown"
    return count(len(row.flags), "flag") if row.flags else "no flag"
