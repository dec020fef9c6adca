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
from wizard.domain.facts import Facts, is_closed
from wizard.domain.services import links
from wizard.domain.services.naming import is_engage
from wizard.domain.services.segment import Source, Space
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination, chosen_space, engage_sources_of, source_for_a_new_destination
from wizard.text import count

STEP = StepId.SEGMENT
_WAYS = (links.SEGMENT_USAGE, links.SEGMENT_ACCESS, links.SEGMENT_AUDIENCES_DOCS)


def _engage(facts: Facts, answers: Answers) -> Findings:
    if is_closed(facts.spaces):
        return _no_space("Segment doesn't show this token any Engage space.", evidence_of(facts.spaces))
    spaces = need(facts.spaces, "the workspace's spaces")
    if not spaces:
        return _no_space("This token can't see any Engage space in the workspace.", {})
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
        return _no_engage_source()
    return passed(_seen(spaces, chosen_space(facts, answers)), evidence={"spaces": len(spaces)})


def _seen(spaces: tuple[Space, ...], chosen: Space | None) -> str:
    return (
        f"The Engage space {chosen.name} is there."
        if chosen
        else f"The workspace has {count(len(spaces), 'Engage space')}."
    )


def _no_space(summary: str, evidence: Mapping[str, Any]) -> Findings:
    return failed(
        summary,
        cause="The workspace doesn't have Engage, its Spaces API is off, or the token has no role on any space. "
        "Segment doesn't say which.",
        fix="In Segment, go to Settings → Workspace settings → Access Management and give the token Unify and Engage "
        "Admin, or ask your Segment Customer Success Manager to enable Engage.",
        links=_WAYS,
        evidence=evidence,
    )


def _no_engage_source() -> Findings:
    return failed(
        "This token can't see any Engage source.",
        cause="Nobody has set up the space, or the token has no role on the space's source.",
        fix="Open Engage once as a Workspace Owner, then give the token Source Admin on the Engage source under "
        "Settings → Workspace settings → Access Management.",
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
