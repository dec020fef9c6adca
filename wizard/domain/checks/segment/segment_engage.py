"""Twilio Engage: the space, and the source that its audiences send through.

See docs/segment.md#access-problems and docs/segment.md#delivery-problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check, Findings, failed, need, not_judged, passed, warned
from wizard.domain.checks.segment import segment_access
from wizard.domain.explain import evidence_of
from wizard.domain.facts import Facts, is_closed, listed
from wizard.domain.services import links
from wizard.domain.services.naming import is_engage
from wizard.domain.services.segment import Source, Space
from wizard.domain.step_id import StepId
from wizard.domain.tokens.closed import ClosedBy, closed_by
from wizard.domain.wanted import chosen_destination, chosen_space, engage_sources_of, source_for_a_new_destination
from wizard.text import capitalized, count

STEP = StepId.SEGMENT
_WAYS = (links.SEGMENT_USAGE, links.SEGMENT_ACCESS, links.SEGMENT_AUDIENCES_DOCS)


def _engage(facts: Facts, answers: Answers) -> Findings:
    if is_closed(facts.spaces):
        said = "Segment doesn't show this token any Engage space."
        return _no_space(said, closed_by(facts.spaces), facts, evidence_of(facts.spaces))
    spaces = need(facts.spaces, "the workspace's spaces")
    if not spaces:
        return _no_space("This token can't see any Engage space in the workspace.", ClosedBy.UNKNOWN, facts, {})
    if answers.space and chosen_space(facts, answers) is None:
        return failed(
            "The chosen space isn't in this workspace.",
            cause="The space was deleted, this token can't see it, or it belongs to another workspace.",
            fix="Choose a space from the list in the Twilio Segment step.",
            links=(links.SEGMENT_ACCESS,),
            evidence={"space": answers.space, "spaces": [space.slug for space in spaces][:20]},
        )
    sources = need(facts.sources, "the workspace's sources")
    if not any(map(is_engage, sources)):
        return _no_engage_source(facts)
    return passed(_seen(spaces, chosen_space(facts, answers)), evidence={"spaces": len(spaces)})


def _seen(spaces: tuple[Space, ...], chosen: Space | None) -> str:
    return (
        f"The Engage space {chosen.name} is there."
        if chosen
        else f"The workspace has {count(len(spaces), 'Engage space')}."
    )


_GIVE_IT = "go to Settings → Workspace settings → Access Management and give the token Unify and Engage Admin"
_ENABLE_IT = "ask your Segment Customer Success Manager to enable Engage"


def _no_space(summary: str, by: ClosedBy, facts: Facts, evidence: Mapping[str, Any]) -> Findings:
    cause, fix = _why_no_space(by, facts)
    return failed(summary, cause=cause, fix=fix, links=_WAYS, evidence=evidence)


def _why_no_space(by: ClosedBy, facts: Facts) -> tuple[str, str]:
    """Return cause and fix. An Engage source that the token sees shows that the workspace has Engage."""
    if by is ClosedBy.WORKSPACE:
        return "Segment says that spaces aren't available in this workspace.", f"{capitalized(_ENABLE_IT)}."
    if any(map(is_engage, listed(facts.sources))):
        return "The workspace has Engage, so most likely the token has no role on a space.", f"In Segment, {_GIVE_IT}."
    if by is ClosedBy.PROBABLY_TOKEN:
        return "Most likely the token has no role on a space.", f"In Segment, {_GIVE_IT}."
    return (
        "We can't tell whether the workspace has no Engage or the token has no role on a space: Segment gives the same "
        "answer in both cases.",
        f"In Segment, open Engage. If it's there, {_GIVE_IT}, else {_ENABLE_IT}.",
    )


def _no_engage_source(facts: Facts) -> Findings:
    """Judge a space without its source. Where it has audiences, somebody has set up the space."""
    is_set_up = bool(listed(facts.audiences))
    give = "give the token Source Admin on the Engage source under Settings → Workspace settings → Access Management."
    return failed(
        "This token can't see any Engage source.",
        cause="The space has audiences, so it has a source, but the token has no role on that source."
        if is_set_up
        else "Most likely nobody has opened the space yet, so it has no source. If somebody has, the token has no role "
        "on the source.",
        fix=f"In Segment, {give}" if is_set_up else f"Open Engage once as a Workspace Owner, then {give}",
        links=(links.SEGMENT_SOURCES, links.SEGMENT_ACCESS, links.SEGMENT_ROLES_DOCS),
    )


def _source(facts: Facts, answers: Answers) -> Findings:
    """Judge the Engage source. No field ties a source to a space, so its name decides, or the user does.

    See docs/segment.md#engage-sources.
    """
    if chosen_space(facts, answers) is None:
        return not_judged("Not chosen yet: the space.")
    sources = need(facts.sources, "the workspace's sources")
    own = engage_sources_of(facts, answers)
    off = [source for source in own if source.enabled is False]
    if own and len(off) == len(own):
        return failed(
            f"The Engage source {off[0].name} is switched off.",
            cause="While this source is off, the space's audiences send nothing.",
            fix=f"In Segment, go to Connections → Sources and switch on {off[0].name}.",
            links=(links.SEGMENT_SOURCES,),
            evidence={"source": off[0].id},
        )
    if not own:
        return _choose("We can't tell which Engage source belongs to the space.", _engage_sources(sources))
    settled = (
        chosen_destination(facts, answers) or source_for_a_new_destination(facts, answers) or answers.engage_source
    )
    if len(own) > 1 and not settled:
        return _choose(f"The space has {count(len(own), 'Engage source')}.", own)
    return passed(
        f"The space sends through the source {own[0].name}.", evidence={"sources": [source.id for source in own]}
    )


def _engage_sources(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(filter(is_engage, sources))


def _choose(summary: str, sources: tuple[Source, ...]) -> Findings:
    return warned(
        summary,
        cause="Segment doesn't say which source belongs to a space. Engage also creates a source for each further "
        "instance of a destination.",
        fix="Choose the Engage source in the Twilio Segment step, and don't switch off or delete the others.",
        links=(links.SEGMENT_SOURCES,),
        evidence={"sources": [{"id": source.id, "name": source.name} for source in sources][:20]},
    )


_NEEDS = (segment_access.VALID, segment_access.REGION, segment_access.PERMISSIONS)
ENGAGE = Check("segment.engage", "Engage space", STEP, _engage, _NEEDS, reads=("spaces", "sources"))
SOURCE = Check("segment.engage.source", "Engage source", STEP, _source, (*_NEEDS, ENGAGE), reads=("sources",))
CHECKS = (ENGAGE, SOURCE)
