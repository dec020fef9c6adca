"""Which access token the destination holds, and whether it may stay there.

Segment masks the token: only its last four characters can be compared with those of the tokens that LaunchDarkly
lists. See docs/segment.md#secret-settings and docs/launchdarkly.md#token-metadata.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts, is_making_a_token, known, listed, own_token_id
from wizard.domain.services.launchdarkly import Caller, Member, SegmentWrite, Token
from wizard.domain.services.segment import NEARLY_ALL, Delivery
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.tokens.permissions import NEEDED_ACTIONS, Grant, Target, Verdict, grant_of, judge
from wizard.domain.wanted import chosen_audiences, chosen_destination, chosen_environment

_LESS_THAN_A_WRITER = {"reader", "no_access"}


class Holding(StrEnum):
    """What the destination holds."""

    NOTHING_SHOWN = "no destination, or Segment doesn't show how its token ends"
    OURS = "the token that the wizard was given"
    KNOWN = "another one, which LaunchDarkly lists"
    UNKNOWN = "another one, and LaunchDarkly lists none that ends like it, or several"


def holding(facts: Facts, answers: Answers) -> Holding:
    """Return what the destination holds, by the last four characters of its token."""
    ending = ending_of(facts, answers)
    if not ending:
        return Holding.NOTHING_SHOWN
    if ending == facts.launchdarkly_token_last_four:
        return Holding.OURS
    return Holding.KNOWN if len(_tokens_with_its_ending(facts, answers)) == 1 else Holding.UNKNOWN


def ending_of(facts: Facts, answers: Answers) -> str:
    destination = chosen_destination(facts, answers)
    return destination.token_last_four if destination else ""


def endings(facts: Facts) -> frozenset[str]:
    """Return the last four characters of the tokens in all destinations that were read."""
    return frozenset(one.token_last_four for one in listed(facts.destinations)) - {""}


def other_token(facts: Facts, answers: Answers) -> Token | None:
    """Return the token in the destination if it's certainly known and isn't ours, else None."""
    return _tokens_with_its_ending(facts, answers)[0] if holding(facts, answers) is Holding.KNOWN else None


def token_in_use(facts: Facts, answers: Answers) -> Token | None:
    """Return the token that Segment sends with: the destination's if it isn't ours, else ours."""
    return other_token(facts, answers) or known(facts.token)


def _tokens_with_its_ending(facts: Facts, answers: Answers) -> tuple[Token, ...]:
    ending = ending_of(facts, answers)
    return tuple(token for token in listed(facts.destination_tokens) if ending and token.last_four == ending)


# --- what it may do ---------------------------------------------------------------------------------------------


def grant_of_other(token: Token, facts: Facts) -> Grant:
    """Return what another token may do. A personal token can do no more than its owner."""
    owner = Member(role=token.member_role) if token.service_token is False and token.member_role else None
    return grant_of(token, facts.destination_token_roles, owner)


def target_of(facts: Facts, answers: Answers) -> Target | None:
    """Return where the sync will write; None without a place. For a hidden project, only the keys are known."""
    attributes = facts.member.role_attributes if isinstance(facts.member, Member) else {}
    if place := chosen_environment(facts, answers):
        project, found = place
        return Target(project.key, found.key, project.tags, found.tags, found.critical, attributes)
    if answers.project and answers.environment:
        return Target(answers.project, answers.environment, None, None, None, attributes)
    return None


def _is_too_weak(token: Token, facts: Facts, answers: Answers) -> bool:
    target = target_of(facts, answers)
    if target is None:
        return False
    return lacks_rights(grant_of_other(token, facts), replace(target, role_attributes={}))


def lacks_rights(grant: Grant, target: Target) -> bool:
    """Return whether the grant certainly denies an action that a sync needs."""
    return any(judge(action, grant, target).verdict is Verdict.DENY for action in NEEDED_ACTIONS)


def maker_had_fewer_rights(token: Token) -> bool:
    """Return whether the person who made the token has fewer rights than a Writer.

    A service token may do what its maker could do when it was made. What the maker may do today is only a hint.
    """
    return token.member_role.casefold() in _LESS_THAN_A_WRITER


def is_expired(token: Token, facts: Facts) -> bool:
    """Return whether the token has expired, by the services' clock."""
    return token.expires_at is not None and token.expires_at <= facts.now


# --- whether it works -------------------------------------------------------------------------------------------


def id_of_held(facts: Facts, answers: Answers) -> str:
    """Return the ID of the token in the destination; empty if LaunchDarkly doesn't show which one it is."""
    if holding(facts, answers) is Holding.OURS:
        return own_token_id(facts)
    token = other_token(facts, answers)
    return token.id if token else ""


def last_write(facts: Facts) -> SegmentWrite | None:
    """Return the newest segment change that the audit log has for the destination's token; None without any.

    The wizard never changes a segment, so such a change comes from Segment, even if others have the token.
    """
    return max(listed(facts.segment_writes), key=lambda write: write.at, default=None)


def used_since(moment: datetime, facts: Facts, answers: Answers) -> bool | None:
    """Return whether Segment used its token since a moment; None if that's unknown.

    A change in the audit log proves it. The last use of our own token proves nothing, because the wizard's calls count
    too (docs/launchdarkly.md#token-expiry).
    """
    written = last_write(facts)
    if written is not None and written.at >= moment:
        return True
    token = other_token(facts, answers)
    return None if token is None else token.last_used is not None and token.last_used >= moment


def works(facts: Facts, answers: Answers) -> bool:
    """Return whether LaunchDarkly accepts what Segment sends with the token, by deliveries, else by new members."""
    seen = facts.delivery
    if isinstance(seen, Delivery) and (seen.delivered or seen.failed):
        return seen.delivered > 0 and not is_refused(facts)
    return segment_of_audience.some_arrived_since(facts, answers) or _all_are_counted(facts, answers)


def _all_are_counted(facts: Facts, answers: Answers) -> bool:
    audiences = chosen_audiences(facts, answers)
    counts = [(audience.size, segment_of_audience.found(audience, facts)) for audience in audiences]
    return bool(counts) and all(
        size and there and (there.included_count or 0) >= NEARLY_ALL * size for size, there in counts
    )


def is_refused(facts: Facts) -> bool:
    """Return whether LaunchDarkly rejects the token: most deliveries end with 401."""
    seen = facts.delivery
    return isinstance(seen, Delivery) and 2 * deliveries.codes(seen).get(401, 0) > seen.delivered + seen.failed


def has_to_go(facts: Facts, answers: Answers) -> bool:
    """Return whether a token that isn't ours must go: too weak, expired, refused, or unknown and not working."""
    token = other_token(facts, answers)
    if token is not None:
        return is_refused(facts) or is_expired(token, facts) or _is_too_weak(token, facts, answers)
    return holding(facts, answers) is Holding.UNKNOWN and not works(facts, answers)


# --- ours -------------------------------------------------------------------------------------------------------


def is_ours_fit(facts: Facts, answers: Answers) -> bool:
    """Return whether our token may be put into a destination: a service token that isn't known to be too weak.

    A token that isn't made yet is judged by its maker's rights, because it can do no more.
    """
    caller, token, target = facts.caller, facts.token, target_of(facts, answers)
    said = caller.service_token if isinstance(caller, Caller) else None
    if said is None:
        said = token.service_token if isinstance(token, Token) else None
    is_personal = said is False and not is_making_a_token(facts, answers)
    return not is_personal and not (target and lacks_rights(grant_of(token, facts.roles, facts.member), target))
