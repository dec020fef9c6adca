"""The home page of a finished setup: its state, and a new profile for another environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.domain.checks.sync.sync_members import MEMBERS
from wizard.domain.checks.sync.sync_test_user import TEST_USER
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.findings import Finding, Status, healthy, root_causes_first
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience
from wizard.domain.signals.segment_of_audience import found
from wizard.domain.step_id import StepId
from wizard.flow.guide import other_environments
from wizard.flow.profile.journal import EntryStage
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.steps.step import Note
from wizard.flow.targets.environments import siblings_of, without_place
from wizard.flow.watching.member_counts import members_of
from wizard.flow.watching.sync_words import if_simulated
from wizard.flow.words import NOT_ALL_CHECKED
from wizard.text import elapsed, plain

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def is_finished(walk: Walk) -> bool:
    """Return whether an earlier run went through every step, to the end of the first sync."""
    return {StepId.REVIEW, StepId.FIRST_SYNC} <= set(walk.session.saved.accepted)


async def check(walk: Walk) -> None:
    """Read both services, and record how the setup stands."""
    await walk.read()
    walk.session.note_check(healthy(walk.findings))
    walk.changed()


def status_notes(walk: Walk) -> tuple[Note, ...]:
    """Return the lines of the home page: health and since when, members now, the last check, other environments."""
    others = other_environments(walk)
    others_said = [Note(others, "·")] if others else []
    return (_health(walk), *_members(walk), *_test_users(walk), *_unfinished(walk), _last_check(walk), *others_said)


def _health(walk: Walk) -> Note:
    if walk.under_way:
        return Note("Checking both services …", "○")
    if not is_finished(walk):
        return Note(_taken_back("", *_taken_back_in_others(walk)), "·")
    judged, since = healthy(walk.findings), walk.session.saved.healthy_since
    if judged:
        return Note(f"Healthy since {_when(since, walk)}" if since else "Healthy", "✓")
    worst = _worst(walk)
    if judged is False and worst:
        return Note(worst.summary, "✗")
    return Note(f"{NOT_ALL_CHECKED} {worst.summary if worst else ''}".strip(), "?")


def _worst(walk: Walk) -> Finding | None:
    bad = (one for one in root_causes_first(walk.findings) if one.status in {Status.FAIL, Status.UNKNOWN})
    return next((one for one in bad if one.blocks or one.matters), None)


def _taken_back(*places: str) -> str:
    """Say where the wizard made something that is gone; an empty place is this environment."""
    others = ", ".join(place for place in places if place)
    where = f" {'here and ' if '' in places else ''}in {others}" if others else ""
    return f"You took back what the wizard made{where}. Review shows what it would make now."


def _members(walk: Walk) -> Iterator[Note]:
    if not is_finished(walk):
        yield from (Note(f"The segment {plain(one.name)} stays in LaunchDarkly.") for one in existing_segments(walk))
        return
    for audience in chosen_audiences(walk.state):
        yield _members_of(audience, walk)


def _members_of(audience: Audience, walk: Walk) -> Note:
    segment = found(audience, walk.state.facts)
    if segment is None:
        is_read = isinstance(walk.state.facts.segments, tuple)
        return Note(f"{plain(audience.name)} → {'no segment seen' if is_read else 'segment not checked'}")
    members = segment.included_count
    said = "members not counted yet" if members is None else members_of(members, audience.size)
    became = f"{plain(audience.name)} → {plain(segment.name)} · {said}"
    return Note(f"{became} · F2 finds out why", "!") if _is_odd(segment, walk) else Note(became)


def _test_users(walk: Walk) -> Iterator[Note]:
    """Yield the warning that a test user isn't a member of the segment. A healthy setup can still have it."""
    for finding in walk.findings:
        if finding.id == TEST_USER.id and finding.status is Status.WARN:
            yield Note(finding.summary, "!")


def _unfinished(walk: Walk) -> Iterator[Note]:
    """Yield what is left to do in the profile's other environments. The health of this one doesn't cover them."""
    others = {name: one.saved for name, one in siblings_of(walk.session).items()}
    taken_back = _taken_back_in_others(walk)
    if taken_back and is_finished(walk):
        yield Note(_taken_back(*taken_back), "·")
    if unmade := [name for name in _unmade(walk) if name not in taken_back]:
        yield Note(f"The wizard hasn't made anything in {', '.join(unmade)} yet. Review shows what it will make.", "!")
    unseen = (name for name, saved in others.items() if saved.applied_at and StepId.FIRST_SYNC not in saved.accepted)
    if names := ", ".join(unseen):
        yield Note(f"We haven't seen the first sync of {names} finish. First sync follows it.", "!")


def _unmade(walk: Walk) -> tuple[str, ...]:
    """Return the other environments that were picked and in which no audience is attached by the wizard."""
    picked = walk.session.profile.saved.answers.other_environments
    others = siblings_of(walk.session).items()
    return tuple(name for name, one in others if name in picked and not one.saved.applied_at)


def _taken_back_in_others(walk: Walk) -> tuple[str, ...]:
    """Return the environments of `_unmade` in which something was made and taken back."""
    others = siblings_of(walk.session)
    return tuple(one for one in _unmade(walk) if any(it.stage is EntryStage.UNDONE for it in others[one].saved.journal))


def has_something_to_make(walk: Walk) -> bool:
    """Return whether Review has changes to show: after an undo, or for other environments."""
    return not is_finished(walk) or bool(_unmade(walk))


def existing_segments(walk: Walk) -> tuple[LaunchDarklySegment, ...]:
    """Return the segments of the chosen audiences that are in LaunchDarkly."""
    seen = (found(audience, walk.state.facts) for audience in chosen_audiences(walk.state))
    return tuple(segment for segment in seen if segment is not None)


def symptom(walk: Walk) -> str:
    """Return the symptom to troubleshoot: too many or too few members; empty when every count is right."""
    for audience in chosen_audiences(walk.state):
        segment = found(audience, walk.state.facts)
        if segment is not None and _is_odd(segment, walk):
            has_more = (segment.included_count or 0) > (audience.size or 0)
            return SymptomId.MORE_MEMBERS if has_more else SymptomId.FEWER_MEMBERS
    return ""


def _is_odd(segment: LaunchDarklySegment, walk: Walk) -> bool:
    """Return whether a check found the member count too far from the audience's size."""
    return any(
        finding.id == MEMBERS.id
        and finding.status in {Status.WARN, Status.FAIL}
        and finding.evidence.get("key") == segment.key
        for finding in walk.findings
    )


def _last_check(walk: Walk) -> Note:
    at = walk.session.saved.checked_at
    if at is None:
        return Note("Never checked before" if walk.under_way else "")
    age = (walk.ports.clock.now() - at).total_seconds()
    return Note("Checked just now" if age < 60 else f"Last checked {elapsed(age)} ago{if_simulated(walk.ports)}")


def _when(moment: datetime, walk: Walk) -> str:
    return f"{moment.astimezone(walk.ports.timezone):%d %B %Y, %H:%M}".lstrip("0") + if_simulated(walk.ports)


async def fill_from(walk: Walk, new: Walk) -> None:
    """Give a new profile the answers that don't depend on the environment, such as the space and the mapping.

    Tokens go where the first profile keeps them, except a LaunchDarkly token that was made for one environment alone.
    """
    answers = without_place(walk.answers_to_save)
    new.session.keep(answers, (StepId.PREREQUISITES,))
    if answers.keep_secrets:
        await new.ports.vault.save(replace(walk.state.secrets, launchdarkly_token=walk.shared_token), "")
    await new.close()
