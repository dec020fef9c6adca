"""The progress of each audience as lines: the one that needs attention in full, the others on one line each."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.style import Style

from wizard.flow.watching.member_counts import blocks, numbers
from wizard.flow.watching.progress import AudienceProgress, Cause, Progress, Stage, StageSeen, StageState
from wizard.spans import elapsed
from wizard.text import count, plain
from wizard.ui import signs
from wizard.ui.links import link
from wizard.ui.widgets.aligned import Line

COLUMN = 13
WHOLE = 2  # this many audiences are shown with all stages; with more, only the first
_QUIET = {StageState.DONE, StageState.WAITING, StageState.SKIPPED}


def audience_lines(progress: Progress) -> tuple[Line, ...]:
    many = len(progress.audiences) > WHOLE
    lines: list[Line] = []
    for place, audience in enumerate(progress.worst_first):
        if not many or (place == 0 and not audience.is_green):
            lines += [*_whole(audience), Line()]
        else:
            lines.append(_folded(audience))
    return tuple(lines[:-1] if lines and lines[-1] == Line() else lines)


def _folded(audience: AudienceProgress) -> Line:
    """Return one line: a finished audience with its link, or one that waits."""
    name, segment, at = audience.name or audience.key, audience.segment, audience.at
    if audience.is_green and segment is not None:
        members = count(segment.included_count or 0, "member")
        linked = Content.styled(plain(segment.name), Style(link=audience.url))
        return Line(
            Content.styled("✓ there", "$success"), Content.assemble(linked, (f" · {members}", "$muted")), short=True
        )
    sign = signs.of_stage(at.state if at else StageState.UNKNOWN)
    beside = f" · {at.title}" if at else " · look"
    return Line(
        Content.styled(f"{sign.glyph} {sign.word}", sign.style),
        Content.assemble(name, (beside, "$muted")),
        short=True,
    )


def _whole(audience: AudienceProgress) -> list[Line]:
    title = Content.assemble((audience.name or audience.key, "bold"), ("  becomes  ", "$muted"), audience.expected_name)
    lines = [Line("Audience", title)]
    for stage in audience.stages:
        if not audience.is_whole or (stage.stage is Stage.MEMBER and stage.state is not StageState.SKIPPED):
            lines += _stage(stage)
    lines += [Line(Content.styled("! look", "$warning"), note) for note in audience.notes]
    return lines + list(_segment(audience))


# --- one stage -----------------------------------------------------------------------------------------------------


def _stage(stage: StageSeen) -> Iterator[Line]:
    """Return a quiet stage in one line, and the stage that is waited for in full."""
    took = f" · {elapsed(stage.elapsed_s)}" if stage.elapsed_s is not None else ""
    sign = signs.of_stage(stage.state)
    head, title = Content.styled(f"{sign.glyph} {sign.word}", sign.style), stage.title + took
    if stage.state in _QUIET:
        says_more = stage.state is not StageState.WAITING and stage.stage is not Stage.ATTACHED
        detail = f"  {stage.detail}" if says_more else ""
        yield Line(head, Content.assemble(title, (detail, "$muted")), short=True)
        yield from _over_time(stage)
    else:
        yield Line(head, title)
        yield from _whole_stage(stage)


def _over_time(stage: StageSeen) -> Iterator[Line]:
    """Return the deliveries by minute."""
    if way := numbers(stage.per_minute):
        shape = (blocks(stage.per_minute), "$accent")
        yield Line("", Content.assemble(shape, (f"  {way} a minute", "$muted")))


def _whole_stage(stage: StageSeen) -> Iterator[Line]:
    usual = f"usually {stage.usual}" if stage.usual and stage.state is not StageState.STUCK else ""
    beside = "; ".join(part for part in (stage.detail, usual) if part)
    if beside:
        yield Line("", Content.styled(beside, "$muted"))
    for cause in stage.causes:
        yield _cause(cause)
    if stage.advice:
        yield Line(Content.styled("  next", "$muted"), stage.advice)
    if stage.needs_a_look:
        yield Line("", Content.styled("F2 troubleshoots it, question by question.", "$muted"))


def _cause(cause: Cause) -> Line:
    if cause.is_certain:
        return Line(Content.styled("  cause", "$error"), cause.text)
    return Line(Content.styled("  perhaps", "$muted"), Content.styled(cause.text, "$muted"))


# --- the segment -------------------------------------------------------------------------------------------------


def _segment(audience: AudienceProgress) -> Iterator[Line]:
    segment = audience.segment
    if segment is None:
        for each in audience.candidates:
            yield Line("? candidate", f"{plain(each.name)} ({plain(each.key)})")
        return
    yield Line(Content.styled("✓ Segment", "$success"), Content.styled(plain(segment.name), "bold"))
    yield Line(Content.styled("  Key", "$muted"), plain(segment.key))
    yield Line(Content.styled("  Members", "$muted"), _members(audience))
    if audience.about_the_count:
        yield Line("", Content.styled(audience.about_the_count, "$muted"))
    yield Line()
    yield Line(text=link(audience.url), wide=True)


def _members(audience: AudienceProgress) -> Content:
    """Return the member count and its history, as a shape and as numbers."""
    members = audience.segment.included_count if audience.segment else None
    told = "not counted yet" if members is None else count(members, "member")
    shape, way = blocks(audience.counts), numbers(audience.counts)
    return Content.assemble(told, (f"  {shape}", "$accent"), (f" {way}", "$muted")) if way else Content(told)
