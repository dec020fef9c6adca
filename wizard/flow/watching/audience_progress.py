"""The progress of one audience after a poll: its stages with their causes, its segment, its count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.segment.audience import IDENTIFIERS
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Audience
from wizard.domain.signals.segment_of_audience import was_there_before
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching import recognize
from wizard.flow.watching.causes import causes_of, known_at_once
from wizard.flow.watching.member_counts import Counted, about_the_count
from wizard.flow.watching.progress import AudienceProgress, StageSeen
from wizard.flow.watching.watched_audience import WatchedAudience


def by_audience(findings: Iterable[Finding], keys: Iterable[str]) -> dict[str, list[Finding]]:
    """Return the findings about each audience, by its key, including those that are about no single audience."""
    about: dict[str, list[Finding]] = {key: [] for key in keys}
    for finding in findings:
        key = finding.audience
        for found in about.values() if not key else (about[key],) if key in about else ():
            found.append(finding)
    return about


def progress_of(
    watched: WatchedAudience,
    stages: tuple[StageSeen, ...],
    findings: Sequence[Finding],
    facts: Facts,
    answers: Answers,
    counted_before: Mapping[str, int | None],
) -> AudienceProgress:
    """Return an audience's progress. `counted_before` has the member counts at the last poll, by segment key."""
    audience, where, segment = watched.audience, watched.where, watched.where.segment
    return AudienceProgress(
        audience_id=audience.id,
        key=audience.key,
        name=audience.name or audience.key,
        expected_name=segment_name(audience.key),
        stages=tuple(_with_causes(stage, findings, audience.key) for stage in stages),
        segment=segment,
        candidates=where.candidates,
        url=_page(segment, answers) if segment else "",
        size=audience.size,
        counts=tuple(watched.counts),
        about_the_count=_about_the_count(watched, stages, findings, facts, answers, counted_before),
        notes=recognize.notes(where, audience, facts, answers),
        problems=tuple(finding.summary for finding in findings if _is_problem(finding)),
        is_member=watched.member,
        was_there_before=segment is not None and was_there_before(segment, facts),
        came_after_s=_came_after_s(watched.audience, segment, facts, answers),
    )


def _came_after_s(
    audience: Audience, segment: LaunchDarklySegment | None, facts: Facts, answers: Answers
) -> float | None:
    """Return how many seconds after attaching LaunchDarkly made the segment; None if unknown or made before."""
    began, made = earlier_members.attached_at(audience, facts, answers), segment.created_at if segment else None
    return (made - began).total_seconds() if began and made and made >= began else None


def _about_the_count(
    watched: WatchedAudience,
    stages: Sequence[StageSeen],
    findings: Sequence[Finding],
    facts: Facts,
    answers: Answers,
    counted_before: Mapping[str, int | None],
) -> str:
    segment = watched.where.segment
    if segment is None:
        return ""
    return about_the_count(
        Counted(
            segment.included_count,
            watched.audience if watched.audience.id else None,
            subjects.context_key(facts, answers),
            rests=segment.included_count == counted_before.get(segment.key),
            lacks_earlier=any(seen.was_refused for seen in stages if seen.stage is Stage.COUNTED),
            was_taken=any(seen.stage is Stage.DELIVERED and any(seen.per_minute) for seen in stages),
            has_old_keys=earlier_members.hold_old_keys(segment, watched.audience, facts),
            was_made_again=segment.generation > 1,
            lacks_identifiers=any(_is_about_identifiers(finding) for finding in findings),
            is_off=any(seen.stage is Stage.ATTACHED and seen.state is StageState.STUCK for seen in stages),
        )
    )


def _is_about_identifiers(finding: Finding) -> bool:
    return finding.id == IDENTIFIERS.id and finding.status in {Status.WARN, Status.FAIL}


def _page(segment: LaunchDarklySegment, answers: Answers) -> str:
    return links.segment_page(answers.project, answers.environment, segment).url


def _is_problem(finding: Finding) -> bool:
    """Return whether a finding is a failed check of the sync about one audience, even if all stages are done."""
    is_its_own = "audience" in finding.evidence
    return finding.status is Status.FAIL and finding.id.startswith("sync.") and is_its_own


def _with_causes(stage: StageSeen, findings: Sequence[Finding], audience_key: str) -> StageSeen:
    """Return the stage with its causes. Before the stage is late, add only certain ones, whose fix is the advice."""
    if stage.needs_attention:
        with_usual = stage.state is StageState.LATE and not stage.was_refused
        causes = causes_of(stage.stage, findings, audience_key, with_usual=with_usual, was_refused=stage.was_refused)
    elif stage.state in {StageState.UNDER_WAY, StageState.UNKNOWN}:
        causes = known_at_once(stage.stage, findings, audience_key)
    else:
        return stage
    fix = next((cause.fix for cause in causes if cause.is_certain), "")
    return replace(stage, causes=causes, advice=fix or stage.advice)
