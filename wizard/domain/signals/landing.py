"""How many members of an audience land in LaunchDarkly with each context key, counted by audience previews.

See docs/segment.md#audience-previews.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wizard.domain.answers import ContextKey
from wizard.domain.facts import Facts
from wizard.domain.mapping import LABELS, carried_identifiers
from wizard.domain.segment import Audience, AudienceKind, Landing
from wizard.text import count

A_MINUTE, A_MONTH = 5, 700  # previews of a space
MOST_AUDIENCES = 5
_SPELLED = {"userId": "user_id", "email": "email", "anonymousId": "anonymous_id"}  # as an audience's settings have it
_ALL = 0.995  # of the members: people come and go between the two counts
_AT_MOST = 1.02  # of the members: more means that the preview didn't narrow them down


def identifiers_by_key(audience: Audience) -> Mapping[ContextKey, tuple[str, ...]]:
    """Return what to count for each context key: the identifiers that it takes and that the audience sends.

    A context key of which the audience sends no identifier is left out: nothing lands with it.
    """
    sent = set(audience.identifiers)
    by_key = {
        key: tuple(_SPELLED[one] for one in carried_identifiers(key) if not sent or _SPELLED[one] in sent)
        for key in ContextKey
    }
    return {key: identifiers for key, identifiers in by_key.items() if identifiers}


def to_count(audience: Audience) -> tuple[tuple[str, ...], ...]:
    """Return the sets of identifiers to count, each once: every one costs a preview."""
    return tuple(dict.fromkeys(identifiers_by_key(audience).values()))


def can_be_counted(audience: Audience) -> bool:
    return bool(audience.definition and audience.size and audience.space_id) and audience.kind == AudienceKind.USERS


def what_it_costs(audiences: Iterable[Audience]) -> str:
    """Return what counting takes of the space's budget, to be said before it's agreed to."""
    needed = sum(len(to_count(audience)) for audience in audiences)
    return (
        f"Counting takes {count(needed, 'audience preview')}. Segment allows {A_MINUTE} a minute and {A_MONTH} a month "
        "in a space. Nothing is changed, and the result is kept until the wizard ends."
    )


def landing_with(audience: Audience, context_key: ContextKey, facts: Facts) -> int | None:
    """Return how many members land; None when nobody counted, or the count can't be right."""
    seen = facts.landing.get(audience.id)
    if not isinstance(seen, Landing):
        return None
    landed = seen.by_key.get(context_key)
    return landed if landed is not None and landed <= _AT_MOST * seen.members else None


def is_everybody(landed: int, members: int) -> bool:
    return landed >= _ALL * members


def of_all(audiences: Iterable[Audience], context_key: ContextKey, facts: Facts) -> str:
    """Return "1,102 of 1,234 members" of all these audiences together; empty unless each was counted."""
    landed, members = 0, 0
    for audience in audiences:
        found, seen = landing_with(audience, context_key, facts), facts.landing.get(audience.id)
        if found is None or not isinstance(seen, Landing):
            return ""
        landed, members = landed + min(found, seen.members), members + seen.members
    return f"{landed:,} of {count(members, 'member')}" if members else ""


def best_key(audience: Audience, facts: Facts) -> ContextKey | None:
    """Return the context key with which most members land, the simplest one of several."""
    counted = {key: landing_with(audience, key, facts) for key in LABELS}
    known = {key: landed for key, landed in counted.items() if landed is not None}
    return max(known, key=lambda key: known[key], default=None)
