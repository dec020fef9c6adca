"""How far each audience is, as lines: the one that needs most attention whole, the others one line each."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.style import Style

from wizard.flow.watching import trend
from wizard.flow.watching.progress import AudienceProgress, Cause, Hop, HopSeen, HopState, Progress
from wizard.spans import elapsed
from wizard.text import count, plain
from wizard.ui import signs
from wizard.ui.links import link
from wizard.ui.widgets.aligned import Line

COLUMN = 13
WHOLE = 2  # so many audiences are shown with all their hops; of more only the first
_QUIET = {HopState.DONE, HopState.WAITING, HopState.SKIPPED}


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
    """One that is done, with its link; or one that waits while another is looked at."""
    name, segment, at = audience.name or audience.key, audience.segment, audience.at
    if audience.is_green and segment is not None:
        members = count(segment.included_count or 0, "member")
        linked = Content.styled(plain(segment.name), Style(link=audience.url))
        return Line(
            Content.styled("✓ there", "$success"), Content.assemble(linked, (f" · {members}", "$muted")), short=True
        )
    sign = signs.of_hop(at.state if at else HopState.UNKNOWN)
    beside = f" · {at.title}" if at else " · look"
    return Line(
        Content.styled(f"{sign.glyph} {sign.word}", sign.style),
        Content.assemble(name, (beside, "$muted")),
        short=True,
    )


def _whole(audience: AudienceProgress) -> list[Line]:
    title = Content.assemble((audience.name or audience.key, "bold"), ("  becomes  ", "$muted"), audience.expected_name)
    lines = [Line("Audience", title)]
    for hop in audience.hops:
        if not audience.is_whole or (hop.hop is Hop.MEMBER and hop.state is not HopState.SKIPPED):
            lines += _hop(hop)
    lines += [Line(Content.styled("! look", "$warning"), note) for note in audience.notes]
    return lines + list(_segment(audience))


# --- one hop -----------------------------------------------------------------------------------------------------


def _hop(hop: HopSeen) -> Iterator[Line]:
    """In one line what is quiet; whole what is waited for."""
    took = f" · {elapsed(hop.elapsed_s)}" if hop.elapsed_s is not None else ""
    sign = signs.of_hop(hop.state)
    head, title = Content.styled(f"{sign.glyph} {sign.word}", sign.style), hop.title + took
    if hop.state in _QUIET:
        says_more = hop.state is not HopState.WAITING and hop.hop is not Hop.ATTACHED
        detail = f"  {hop.detail}" if says_more else ""
        yield Line(head, Content.assemble(title, (detail, "$muted")), short=True)
        yield from _over_time(hop)
    else:
        yield Line(head, title)
        yield from _whole_hop(hop)


def _over_time(hop: HopSeen) -> Iterator[Line]:
    """What was delivered, minute by minute."""
    if way := trend.numbers(hop.per_minute):
        shape = (trend.blocks(hop.per_minute), "$accent")
        yield Line("", Content.assemble(shape, (f"  {way} a minute", "$muted")))


def _whole_hop(hop: HopSeen) -> Iterator[Line]:
    usual = f"usually {hop.usual}" if hop.usual and hop.state is not HopState.STUCK else ""
    beside = "; ".join(part for part in (hop.detail, usual) if part)
    if beside:
        yield Line("", Content.styled(beside, "$muted"))
    for cause in hop.causes:
        yield _cause(cause)
    if hop.advice:
        yield Line(Content.styled("  next", "$muted"), hop.advice)
    if hop.needs_a_look:
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
    """The count, and its way there as a shape and as numbers."""
    members = audience.segment.included_count if audience.segment else None
    told = "not counted yet" if members is None else count(members, "member")
    shape, way = trend.blocks(audience.counts), trend.numbers(audience.counts)
    return Content.assemble(told, (f"  {shape}", "$accent"), (f" {way}", "$muted")) if way else Content(told)
