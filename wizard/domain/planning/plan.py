"""The plan: what would change and why, as a pure diff of what was read and what is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wizard.domain.answers import Answers
from wizard.domain.checks import machine
from wizard.domain.checks.launchdarkly import launchdarkly_app, launchdarkly_permissions
from wizard.domain.checks.launchdarkly.launchdarkly_permissions import IN_THE_DESTINATION
from wizard.domain.checks.segment import audience_attached, segment_access, segment_engage
from wizard.domain.checks.segment.audience import COMPUTED as AUDIENCE_COMPUTED
from wizard.domain.checks.segment.audience import IDENTIFIERS as AUDIENCE_IDENTIFIERS
from wizard.domain.checks.segment.audience import SIZE as AUDIENCE_SIZE
from wizard.domain.checks.segment.destination import CLIENT_SIDE_ID as DESTINATION_CLIENT_SIDE_ID
from wizard.domain.checks.segment.destination import ENABLED as DESTINATION_ENABLED
from wizard.domain.checks.segment.destination import EXISTS as DESTINATION_EXISTS
from wizard.domain.checks.segment.destination import SINGLE as DESTINATION_SINGLE
from wizard.domain.checks.segment.destination import TOKEN as DESTINATION_TOKEN
from wizard.domain.checks.sync import sync_members, sync_segment
from wizard.domain.facts import Facts, host_in_region
from wizard.domain.findings import Finding, Status
from wizard.domain.memoize_last import memoize_last
from wizard.domain.planning.audience_draft import (
    AFTER_A_REPAIR,
    RESYNC,
    WITH_OTHER_KEYS,
    audience_change,
    changes_keys,
    repairs_what_is_there,
)
from wizard.domain.planning.change import DESTINATION, MAPPING, TOKEN, Action, Change, attaching
from wizard.domain.planning.destination_draft import destination_change
from wizard.domain.planning.ground import Ground, NotKnown
from wizard.domain.planning.mapping_draft import mapping_change
from wizard.domain.planning.token_draft import token_change
from wizard.domain.wanted import chosen_audiences, chosen_destination


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that a setup still needs, in the order in which they are made."""

    changes: tuple[Change, ...]
    blocked_by: tuple[str, ...] = ()  # check ids; a blocked plan can't be applied

    @property
    def pending(self) -> tuple[Change, ...]:
        """Return the changes that are left to make, by API or by hand."""
        return tuple(change for change in self.changes if change.writes or change.action is Action.BY_HAND)

    @property
    def waiting(self) -> tuple[Change, ...]:
        """Return the changes that the API makes once a person has made the destination. The token is made before it."""
        is_awaited = any(change.id == DESTINATION and change.action is Action.BY_HAND for change in self.changes)
        return tuple(change for change in self.pending if is_awaited and change.writes and change.id != TOKEN)

    @property
    def made_at_once(self) -> tuple[Change, ...]:
        """Return the changes that the API makes as soon as the user agrees."""
        return tuple(change for change in self.pending if change.writes and change not in self.waiting)


@memoize_last
def make_plan(
    facts: Facts,
    answers: Answers,
    findings: Iterable[Finding],
    *,
    made_by_us: frozenset[str] = frozenset(),
    resync: frozenset[str] = frozenset(),
) -> Plan:
    """Make the plan. `made_by_us`: IDs of destinations, mappings and connections that this setup has made or recorded.

    `resync`: keys of audiences whose members are to be sent again.

    A change that depends on something unread is left out, and the check that reports it blocks the plan.
    """
    destination = chosen_destination(facts, answers, made_by_us)
    listed = {one.id: one for one in chosen_audiences(facts, answers)}
    ground = Ground(facts, answers, made_by_us, destination, listed, resync)
    seen = tuple(findings)
    way = (destination_change(ground), mapping_change(ground))
    token = token_change(facts, answers, way[0])
    way = (_after_the_token(way[0], token), way[1])
    ground = replace(
        ground, is_repaired=any(map(repairs_what_is_there, way)), has_other_keys=any(map(changes_keys, way))
    )
    audiences = (audience_change(ground, chosen) for chosen in answers.audiences)
    has_no_engage = destination is None and _has_no_engage(seen, answers)
    drawn = way[:1] if has_no_engage else (*([token] if token else []), *way, *audiences)
    failed = (one.id for one in seen if keeps_back(one, answers) and not _is_about_a_replaced_token(one, way[0]))
    not_known = (check for check in drawn if isinstance(check, str))
    changes = tuple(
        replace(change, host=host_in_region(change.host, facts)) for change in drawn if isinstance(change, Change)
    )
    return Plan(changes, tuple(dict.fromkeys((*failed, *not_known))))


def _after_the_token(change: Change | NotKnown, token: Change | NotKnown | None) -> Change | NotKnown:
    """Return the destination's change. If the wizard makes a token, the change waits for the token."""
    is_made = isinstance(token, Change) and token.writes
    return replace(change, needs=(TOKEN, *change.needs)) if isinstance(change, Change) and is_made else change


def _has_no_engage(findings: Iterable[Finding], answers: Answers) -> bool:
    """Return whether the API can't make any destination, so nothing can be planned. By hand, a person may see more."""
    return not answers.by_hand and any(
        one.id == segment_engage.ENGAGE.id and one.status is Status.FAIL for one in findings
    )


_REPAIRED = {
    DESTINATION_EXISTS.id,
    DESTINATION_ENABLED.id,
    DESTINATION_CLIENT_SIDE_ID.id,
    DESTINATION_TOKEN.id,
    audience_attached.ATTACHED.id,
    audience_attached.ACTIVATION_MAPPING.id,
}
_REPAIRED_BY_A_RESYNC = {sync_segment.SEGMENT.id, sync_members.MEMBERS.id}
# These are reported but block no plan: the first sync waits for members anyway, and only flags need a store
# (docs/launchdarkly.md#using-a-segment-in-flags).
_NOT_IN_THE_WAY = {AUDIENCE_COMPUTED.id, AUDIENCE_SIZE.id, launchdarkly_app.STORE.id}


def _is_about_a_replaced_token(finding: Finding, destination: Change | NotKnown | None) -> bool:
    """Return whether a finding is about the token in the destination, which this change replaces."""
    if not isinstance(destination, Change) or not destination.writes:
        return False
    is_about_it = finding.id == launchdarkly_permissions.PERMISSIONS.id and IN_THE_DESTINATION in finding.evidence
    return is_about_it and "token" in (destination.after or {}).get("settings", {})


_SIDES = {machine.LAUNCHDARKLY_REACHABLE.id, machine.SEGMENT_REACHABLE.id}


def keeps_back(finding: Finding, answers: Answers) -> bool:
    """Return whether a finding blocks a plan: a failure that the plan doesn't repair, or a service that is down."""
    silent = finding.id in _SIDES and finding.status is Status.UNKNOWN
    stands = silent or (finding.blocks and not _is_no_obstacle(finding))
    return stands and not _only_watches(finding.id, answers)


_OF_THE_SEGMENT_TOKEN = {machine.SEGMENT_REACHABLE.id, segment_access.REGION.id, segment_engage.ENGAGE.id}


# The setup works, so the user decides whether to go on.
GOING_ON_IS_POSSIBLE = {DESTINATION_SINGLE.id, AUDIENCE_IDENTIFIERS.id, launchdarkly_app.CONTEXT_KIND.id}


def can_be_waived(finding: Finding) -> bool:
    """Return whether a user who knows of this failure may still apply the plan."""
    return finding.id in GOING_ON_IS_POSSIBLE


def _only_watches(check: str, answers: Answers) -> bool:
    """Return whether a check is about a token that only watches while the user works by hand in the app."""
    return bool(answers.by_hand) and (check in _OF_THE_SEGMENT_TOKEN or check.startswith("segment.token."))


def repairs(plan: Plan, finding: Finding) -> bool:
    """Return whether applying this plan repairs what the check found."""
    return bool(repairing_changes(plan, finding))


def repairing_changes(plan: Plan, finding: Finding) -> tuple[str, ...]:
    """Return the IDs of the changes that repair what the check found, in the order in which they are made.

    Half a chain sends nothing. So if a repair creates something, the creations that depend on it are part of it.
    """
    if plan.blocked_by or finding.status not in {Status.FAIL, Status.WARN}:
        return ()
    destination = next((one for one in plan.changes if one.id == DESTINATION), None)
    if _is_about_a_replaced_token(finding, destination):
        return (DESTINATION, *_sent_again_after(plan, (DESTINATION,)))
    if finding.id in _NOT_IN_THE_WAY or not _is_no_obstacle(finding):
        return ()
    if finding.id in _REPAIRED_BY_A_RESYNC:
        again = attaching(finding.audience)
        return tuple(one.id for one in plan.changes if one.id == again and one.writes and one.after == RESYNC)
    repaired = _is_about(finding)
    found = tuple(change.id for change in plan.changes if change.id == repaired and change.writes)
    return (*_with_the_chain(plan, found), *_sent_again_after(plan, found))


def is_repaired_by_hand(plan: Plan, finding: Finding) -> bool:
    """Return whether a change that a person makes repairs what the check found."""
    by_hand = {change.id for change in plan.changes if change.action is Action.BY_HAND}
    return finding.id not in _NOT_IN_THE_WAY and _is_no_obstacle(finding) and _is_about(finding) in by_hand


def _is_about(finding: Finding) -> str:
    """Return the ID of the change that sets what the check judges."""
    beginning = finding.id.partition(".")[0]
    of_audience = attaching(finding.audience)
    return MAPPING if _is_of_the_mapping(finding) else of_audience if beginning == "audience" else beginning


def _with_the_chain(plan: Plan, repaired: tuple[str, ...]) -> tuple[str, ...]:
    """Return the IDs of these changes. If one creates something, add what is created right before and after it."""
    created = {change.id: change for change in plan.pending if change.action is Action.CREATE}
    made = [created[each] for each in repaired if each in created]
    before = {need for change in made for need in change.needs}
    return tuple(
        change.id
        for change in plan.changes
        if change.id in repaired
        or (change.id in created and (change.id in before or any(one.id in change.needs for one in made)))
    )


_AFTER_A_CHANGE = {AFTER_A_REPAIR, WITH_OTHER_KEYS}


def _sent_again_after(plan: Plan, repaired: tuple[str, ...]) -> tuple[str, ...]:
    """Return the IDs of the changes that send all members again after `repaired`, if nothing else is in the way."""
    on_the_way = {one.id for one in plan.pending if one.id in {DESTINATION, MAPPING}}
    if not on_the_way or on_the_way != set(repaired):
        return ()
    return tuple(one.id for one in plan.changes if one.after == RESYNC and one.reason in _AFTER_A_CHANGE)


def _is_no_obstacle(finding: Finding) -> bool:
    """Return whether this failure doesn't stop a plan: the plan repairs it, or attaching needn't wait for it."""
    named = finding.id in _REPAIRED | _NOT_IN_THE_WAY or finding.id.startswith(("mapping.", "sync."))
    return named or _is_of_the_mapping(finding)


def _is_of_the_mapping(finding: Finding) -> bool:
    """Return whether only the current mapping has the wrong context kind, which the plan then sets right."""
    return finding.id == launchdarkly_app.CONTEXT_KIND.id and launchdarkly_app.IN_THE_MAPPING in finding.evidence
