"""How each step of a walk stands: to do, in progress, done, or with something worth reading."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from wizard.domain.checks.sync.sync_test_user import TEST_USER
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import repairing_changes
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination
from wizard.flow.steps.step import Mark, Step

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def mark_of(step: Step, walk: Walk) -> Mark:
    """Return the step's mark. Before the step is accepted: to do, or in progress once a question is answered."""
    if walk.is_reading(step.id):
        return Mark.READING
    if step.id in walk.outdated:
        return Mark.CHANGED
    found = filter(_shows_in_the_mark, walk.findings_of(step))
    statuses = {finding.status for finding in found if not _is_yet_to_be_made(finding, walk)}
    is_accepted, is_answered = step.id in walk.accepted, not walk.missing(step)
    if Status.FAIL in statuses and (is_accepted or is_answered):
        return Mark.PROBLEM
    if not is_accepted and _is_begun(step, walk):
        return Mark.IN_PROGRESS
    if not is_accepted or not is_answered:
        return Mark.TODO
    if _is_left_elsewhere(step, walk) or (step.id is StepId.REVIEW and _has_more_to_make(walk)):
        return Mark.IN_PROGRESS
    is_open = any(ask.waits_for(walk.state) for ask in walk.applying(step) if not ask.optional)
    return Mark.WARN if is_open or statuses & {Status.WARN, Status.UNKNOWN} else Mark.DONE


def _shows_in_the_mark(finding: Finding) -> bool:
    """Return whether it's more than a side note. A named test user who is no member isn't one: the user asked."""
    is_no_member = finding.id == TEST_USER.id and finding.status is Status.WARN
    return finding.matters or finding.blocks or is_no_member


def _is_yet_to_be_made(finding: Finding, walk: Walk) -> bool:
    """Return whether the wizard will create what the finding misses, once a person has made the destination."""
    if not (walk.hand_makes_the_destination and finding.status is Status.FAIL):
        return False
    plan = walk.plan()
    created = {change.id for change in plan.changes if change.action is Action.CREATE}
    return not created.isdisjoint(repairing_changes(plan, finding))


def _is_begun(step: Step, walk: Walk) -> bool:
    """Return whether a question is answered; at Review, whether a change is being made or was made.

    The first sync is begun once Review is accepted.
    """
    if step.id is StepId.REVIEW:
        saved = walk.session.saved
        return walk.state.facts.attached_at is not None or bool(saved.made or saved.unconfirmed)
    is_syncing = step.id is StepId.FIRST_SYNC and StepId.REVIEW in walk.accepted - walk.outdated
    return is_syncing or any(ask.is_answered(walk.state) for ask in walk.applying(step))


def _is_left_elsewhere(step: Step, walk: Walk) -> bool:
    """Return whether this step is still open in another environment that the user picked."""
    if step.id not in {StepId.REVIEW, StepId.FIRST_SYNC}:
        return False
    profile, comes_after_the_changes = walk.session.profile, step.id is StepId.FIRST_SYNC
    picked = (one for one in walk.state.answers.other_environments if one in profile.saved.targets)
    undone = (one for one in (profile.of_target(name).saved for name in picked) if step.id not in one.accepted)
    return any((one.applied_at is not None) is comes_after_the_changes for one in undone)


def _has_more_to_make(walk: Walk) -> bool:
    """Return whether a change came up since the yes, or an earlier step has a question that nobody has answered."""
    facts = walk.state.facts
    has_one = chosen_destination(facts, walk.state.answers, walk.made_by_us) is not None
    if facts.destinations is None or (has_one and facts.subscriptions is None):  # not read yet
        return False
    before = takewhile(lambda step: step.id is not StepId.REVIEW, walk.steps)
    return any(map(walk.missing, before)) or any(change.writes for change in walk.plan().pending)
