"""The progress of each audience as lines: an audience that needs attention in full, the others on one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from textual.content import Content
from textual.style import Style

from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.member_counts import FINDS_THE_CAUSE, blocks, numbers, rate
from wizard.flow.watching.progress import AudienceProgress, Cause, Progress, StageSeen, WatchOutcome
from wizard.flow.watching.sync_words import counts_over_time, synced_line
from wizard.text import capitalized, count, elapsed, plain, sentence
from wizard.ui.appearance import signs
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Line

COLUMN = 13
WHOLE = 2  # up to this many audiences are shown with all stages; of more, only the worst
_NEXT = Content.styled("  next", "$muted")
_QUIET = {StageState.DONE, StageState.WAITING, StageState.SKIPPED}


def audience_lines(
    progress: Progress, reported: frozenset[str] = frozenset(), *, in_short: bool = False
) -> tuple[Line, ...]:
    """Return the lines; `reported` has the checks whose cause and fix stand above them already.

    `in_short` leaves the room to a stage that needs attention.
    """
    many = len(progress.audiences) > WHOLE
    lines: list[Line] = []
    for place, audience in enumerate(progress.worst_first):
        if not many or (place == 0 and not audience.is_green):
            whole = _whole(audience, progress, reported, in_short=in_short)
            lines += [*whole, Line()] if whole else []
        else:
            lines.append(_folded(audience))
    return tuple(lines[:-1] if lines and lines[-1] == Line() else lines)


def environment_lines(title: str, progress: Progress | None, *, is_told_below: bool = False) -> Iterator[Line]:
    """Yield a line for each audience of one environment of several; below a late one, why and what to do."""
    place = f"{title} · "
    if progress is None or not progress.audiences:
        trouble = progress.trouble if progress else ""
        beside = f"Not checked: {trouble}" if trouble else "not checked yet"
        yield Line(Content.styled("○ waiting", "$muted"), Content.assemble(place, (beside, "$muted")))
        return
    for audience in progress.worst_first:
        yield _folded(audience, place)
        if not is_told_below and audience.at is not None and audience.at.needs_attention:
            yield from _how_to_fix(audience.at)


def how_many_environments(synced: int, every: int) -> Content:
    """Return how many of several environments are synced, while some aren't."""
    return Content.assemble(
        ("○ ", "$accent"), f"{synced} of {every} environments {'is' if synced == 1 else 'are'} synced."
    )


def how_far(progress: Progress | None) -> str:
    """Return how far an environment is, to pick it from a list."""
    if progress is None or not progress.audiences:
        return "not checked yet"
    if progress.outcome is WatchOutcome.APPEARED:
        return "synced"
    return f"{progress.finished} of {count(len(progress.audiences), 'audience')} synced"


def _how_to_fix(stage: StageSeen) -> Iterator[Line]:
    yield from _causes(stage, (Line(_NEXT, stage.advice or "F2 finds the cause."),))


def _folded(audience: AudienceProgress, place: str = "") -> Line:
    """Return one line: a finished audience's link, else its stage; `place` names the environment, if shown."""
    name, segment, at = audience.name or audience.key, audience.segment, audience.at
    if audience.is_green and segment is not None:
        members = count(segment.included_count or 0, "member")
        linked = Content.styled(plain(segment.name), Style(link=audience.url))
        return Line(
            Content.styled("✓ done", "$success"),
            Content.assemble(place, linked, (f" · {members}", "$muted")),
            short=not place,
        )
    sign = signs.of_stage(at.state if at else StageState.UNKNOWN)
    beside = f" · {at.title}" if at else " · not checked yet"
    return Line(
        Content.styled(f"{sign.glyph} {sign.word}", sign.style),
        Content.assemble(place, name, (beside, "$muted")),
        short=not place,
    )


def _whole(audience: AudienceProgress, progress: Progress, reported: frozenset[str], *, in_short: bool) -> list[Line]:
    told = [stage for stage in audience.stages if not audience.is_whole or stage.stage is Stage.MEMBER]
    done = [stage for stage in told if stage.state is StageState.DONE]
    folded = done if in_short and audience.needs_attention else []
    lines = [_done(folded)] if folded else []
    for stage in told:
        if stage.state is not StageState.SKIPPED and stage not in folded:
            lines += _stage(_without(reported, stage))
    lines += [Line(Content.styled("! note", "$warning"), note) for note in audience.notes]
    lines += _segment(audience, ended=progress.outcome is WatchOutcome.APPEARED)
    return [_title(audience), *lines] if lines and len(progress.audiences) > 1 else lines


def _title(audience: AudienceProgress) -> Line:
    named = (audience.name or audience.key, "bold")
    return Line("Audience", Content.assemble(named, ("  becomes  ", "$muted"), audience.expected_name))


def _without(reported: frozenset[str], stage: StageSeen) -> StageSeen:
    """Return the stage without the causes that are reported elsewhere, and without their fix."""
    fixes = {cause.fix for cause in stage.causes if cause.check in reported}
    left = tuple(cause for cause in stage.causes if cause.check not in reported)
    return replace(stage, causes=left, advice="" if stage.advice in fixes else stage.advice)


def _done(stages: list[StageSeen]) -> Line:
    return Line(Content.styled("✓ done", "$success"), " · ".join(stage.title for stage in stages))


# --- one stage -----------------------------------------------------------------------------------------------------


def _stage(stage: StageSeen) -> Iterator[Line]:
    """Yield one line for a stage that is done, skipped or still to come; any other stage in full."""
    took = f" · {elapsed(stage.elapsed_s)}" if stage.elapsed_s else ""
    sign = signs.of_stage(stage.state)
    head, title = Content.styled(f"{sign.glyph} {sign.word}", sign.style), stage.title + took
    if stage.state in _QUIET:
        says_more = stage.state is not StageState.WAITING and stage.stage is not Stage.ATTACHED
        usual = stage.usual.partition(";")[0] if stage.state is StageState.WAITING else ""
        usually = f"  usually {usual}" if usual else ""
        detail = f"  {stage.detail}" if says_more else usually
        yield Line(head, title, short=True, beside=Content.styled(detail, "$muted"))
        yield from _over_time(stage)
    else:
        yield Line(head, title)
        yield from _whole_stage(stage)


def _over_time(stage: StageSeen) -> Iterator[Line]:
    """Yield the deliveries per minute, as a small chart and in words."""
    if how_many := rate(stage.per_minute):
        shape = (blocks(stage.per_minute), "$accent")
        yield Line("", Content.assemble(shape, (f"  {how_many}", "$muted")))


def _whole_stage(stage: StageSeen) -> Iterator[Line]:
    usual = f"usually {stage.usual}" if stage.usual and stage.state is not StageState.STUCK else ""
    said = "; ".join(part for part in (stage.detail, usual) if part).split("; ")
    if beside := " ".join(sentence(capitalized(part)) for part in said if part):
        yield Line("", Content.styled(beside, "$muted"))
    way_on = [Line(_NEXT, stage.advice)] if stage.advice else []
    if stage.needs_attention:
        way_on.append(Line("", Content.styled("F2 troubleshoots it, question by question.", "$muted")))
    yield from _causes(stage, way_on)


def _causes(stage: StageSeen, way_on: Iterable[Line]) -> Iterator[Line]:
    """Yield the certain causes, then what to do, and last the possible causes, which can be many."""
    yield from (_cause(cause) for cause in stage.causes if cause.is_certain)
    yield from way_on
    yield from (_cause(cause) for cause in stage.causes if not cause.is_certain)


def _cause(cause: Cause) -> Line:
    if cause.is_certain:
        return Line(Content.styled("  cause", "$error"), cause.text)
    return Line(Content.styled("  possible", "$muted"), Content.styled(cause.text, "$muted"))


def how_it_went(progress: Progress) -> tuple[Line, ...]:
    """Return each stage of a finished sync, with how long it took; nothing for several audiences."""
    if len(progress.audiences) > 1:
        return ()
    stages = [stage for audience in progress.audiences for stage in audience.stages]
    return tuple(
        line for stage in stages if stage.state is StageState.DONE for line in _stage(replace(stage, per_minute=()))
    )


# --- the segment -------------------------------------------------------------------------------------------------


def _segment(audience: AudienceProgress, *, ended: bool) -> Iterator[Line]:
    """Yield the candidate segments, or the member count; after the end, the count is above the stages."""
    if audience.segment is None:
        for each in audience.candidates:
            yield Line("? candidate", f"{plain(each.name)} ({plain(each.key)})")
        return
    members = audience.segment.included_count
    if members is None:
        return  # the stage says so
    if not ended:
        yield Line(Content.styled("  Members", "$muted"), _members(audience, members))
    is_whole = ended and audience.size == members
    if audience.about_the_count and not is_whole:
        yield Line("", Content.styled(audience.about_the_count.replace(FINDS_THE_CAUSE, "F2"), "$muted"))


def segment_lines(progress: Progress) -> tuple[Line, ...]:
    """Return the key and page of each segment; nothing for many, whose lines have the links already."""
    if len(progress.audiences) > WHOLE:
        return ()
    there = (audience for audience in progress.audiences if audience.segment is not None)
    is_one = len(progress.audiences) == 1
    return tuple(line for audience in there for line in _key_and_page(audience, named=not is_one))


def _key_and_page(audience: AudienceProgress, *, named: bool) -> Iterator[Line]:
    key, name = (plain(audience.segment.key), plain(audience.segment.name)) if audience.segment else ("", "")
    yield Line(
        Content.styled("Segment key", "$muted"), key, beside=Content.styled(f" · {name}" if named else "", "$muted")
    )
    yield Line(text=link(audience.url), wide=True)


def ending(progress: Progress) -> Content:
    """Return the outcome of each audience, and its member counts over time."""
    if len(progress.audiences) > WHOLE:
        whole = f"{progress.finished} of {count(len(progress.audiences), 'audience')} · {elapsed(progress.elapsed_s)}"
        return _signed(progress.is_green, whole)
    return Content("\n").join(line for audience in progress.audiences for line in _ending_of(audience, progress))


def _ending_of(audience: AudienceProgress, progress: Progress) -> Iterator[Content]:
    yield _signed(audience.is_green, synced_line(audience, progress))
    if shape := counts_over_time(audience):
        yield Content.styled(shape, "$accent")


def _signed(is_green: bool, text: str) -> Content:
    """Return the line, green or with a warning mark. Green needs LaunchDarkly to list the test user, if any.

    A green line needs no mark, because the step's title has one. So the line fits beside the rail of a small terminal.
    """
    if is_green:
        return Content.styled(text, "bold $success")
    return Content.assemble(("! ", "$warning"), (text, "bold"))


def _members(audience: AudienceProgress, members: int) -> Content:
    """Return the member count, or, once it has changed, its history as a chart and as numbers."""
    shape, way = blocks(audience.counts), numbers(audience.counts)
    return Content.assemble((shape, "$accent"), f"  {way}") if way else Content(count(members, "member"))
