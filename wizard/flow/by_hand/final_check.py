"""The final check: LaunchDarkly's Segments page, where the segment appears.

See docs/launchdarkly.md#recognizing-a-segment and docs/launchdarkly.md#synced-segments.
"""

from __future__ import annotations

from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.services import links
from wizard.domain.services.naming import match_segments, segment_name
from wizard.domain.services.segment import Audience
from wizard.domain.wanted import mapping_settings
from wizard.flow.by_hand.audience import SEEN_IN_LAUNCHDARKLY
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, TickState, cannot_tell, different, done, not_yet
from wizard.flow.by_hand.subjects import Baseline
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.text import count, plain

_ODD = {TickState.DIFFERENT, TickState.CANNOT_TELL}


def final_check_step(state: State, baseline: Baseline) -> HandStep:
    answers = state.answers
    place = tuple(part for part in (answers.project, answers.environment) if part)
    known = len(place) == 2
    return HandStep(
        id="launchdarkly.segments",
        change_id="",
        title="Segments",
        menu=("LaunchDarkly", *place, "Segments"),
        link=links.LAUNCHDARKLY_SEGMENTS.to(project=answers.project, environment=answers.environment)
        if known
        else links.LAUNCHDARKLY_PROJECTS,
        seen=lambda state: _seen(state, baseline),
        slot=SEEN_IN_LAUNCHDARKLY,
        values=tuple(HandValue("Name", segment_name(audience.key)) for audience in chosen_audiences(state)),
        note="The segment appears about 10 minutes after Segment sends the first members. Batch and account "
        "audiences take up to eight hours. LaunchDarkly names the segment after the audience's key.",
        docs=links.SYNCED_SEGMENTS_DOCS,
    )


def _seen(state: State, baseline: Baseline) -> Tick:
    if isinstance(state.facts.segments, Failure):
        return cannot_tell("The wizard couldn't read the synced segments of this environment.")
    if state.facts.segments is None:
        return not_yet("Not checked yet.")
    ticks = [_of_audience(state, audience, baseline) for audience in chosen_audiences(state)]
    odd = next((tick for tick in ticks if tick.state in _ODD), None)
    arrived = sum(tick.is_done for tick in ticks)
    if ticks and arrived == len(ticks):
        return done(f"{count(arrived, 'segment is', 'segments are')} there.")
    return odd or not_yet(f"{arrived} of {count(len(ticks), 'segment')} there.")


def _of_audience(state: State, audience: Audience, baseline: Baseline) -> Tick:
    segments = listed(state.facts.segments)
    match = match_segments(audience, segments, baseline.segments)
    if match.found is None:
        names = ", ".join(plain(one.name) for one in match.candidates[:3])
        return cannot_tell(f"We can't tell which segment belongs to the audience: {names}.") if names else not_yet()
    found, kind = match.found, mapping_settings(state.facts, state.answers, None)["context_kind"]
    if found.context_kind and found.context_kind != kind:
        return different(f"{found.name} holds {found.context_kind} contexts, but should hold {kind} contexts.")
    if found.key in baseline.segments:
        return cannot_tell(f"{found.name} existed before. Its members show what changed.")
    return done()
