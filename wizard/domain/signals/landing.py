"""How many members of an audience land in LaunchDarkly with each context key, counted by audience previews.

See docs/segment.md#audience-previews.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from wizard.domain.answers import ContextKey
from wizard.domain.facts import Facts
from wizard.domain.services.mapping import LABELS, carried_identifiers, falls_back_from
from wizard.domain.services.segment import Audience, AudienceKind, Landing
from wizard.text import count

A_MINUTE, A_MONTH = 5, 700  # previews that Segment allows a space
MOST_AUDIENCES = 5
_SPELLED = {"userId": "user_id", "email": "email", "anonymousId": "anonymous_id"}  # as an audience's settings have it
_ALL = 0.995  # of the members: people come and go between the two counts
_IS_OLD = timedelta(days=30)
_AT_MOST = 1.02  # of the members: more means that the preview didn't narrow them down


def identifiers_by_key(audience: Audience) -> Mapping[ContextKey, tuple[str, ...]]:
    """Return what to count for each context key: the identifiers that it takes and that the audience sends.

    A context key is left out if the audience sends none of its identifiers, because no member would land with it.
    """
    sent = set(audience.identifiers)
    by_key = {
        key: tuple(_SPELLED[one] for one in carried_identifiers(key) if not sent or _SPELLED[one] in sent)
        for key in ContextKey
    }
    return {key: identifiers for key, identifiers in by_key.items() if identifiers}


def to_count(audience: Audience) -> tuple[tuple[str, ...], ...]:
    """Return the sets of identifiers to count, each only once because each costs a preview."""
    return tuple(dict.fromkeys(identifiers_by_key(audience).values()))


def can_be_counted(audience: Audience) -> bool:
    return bool(audience.definition and audience.size and audience.space_id) and audience.kind == AudienceKind.USERS


def counting_cost(audiences: Iterable[Audience], used: int) -> str:
    """Return what counting would take of the space's budget, for the user to agree to. `used`: previews this month."""
    needed = sum(len(to_count(audience)) for audience in audiences)
    so_far = f" This profile used {used:,} of them this month." if used else ""
    return (
        f"Counting takes {count(needed, 'audience preview')}. In a preview, Segment counts the people who fit a "
        f"definition. It allows {A_MINUTE} a minute and {A_MONTH} a month in a space.{so_far} Nothing is changed, "
        "and the result is kept with its date."
    )


def fingerprint(audience: Audience) -> str:
    """Return a hash that tells whether a count is still of the same audience, without revealing its definition."""
    said = "\n".join((audience.definition, *sorted(audience.identifiers)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def counted(audience: Audience, facts: Facts) -> Landing | None:
    """Return this run's count, else an earlier run's; None if that count is old or of another definition."""
    now = facts.landing.get(audience.id)
    if isinstance(now, Landing):
        return now
    before = facts.counted.get(audience.id)
    is_of_it = before is not None and before.what == fingerprint(audience)
    return before if before is not None and is_of_it and facts.now - before.at <= _IS_OLD else None


def dated(audience: Audience, facts: Facts) -> str:
    """Return ", counted on 12 November" to add to a sentence about a count of another day; empty for today's."""
    seen = counted(audience, facts)
    return _dated(seen.at, facts.now) if seen else ""


def _dated(at: datetime, now: datetime) -> str:
    return "" if at.date() == now.date() else f", counted on {at.day} {at:%B}"


def landing_with(audience: Audience, context_key: ContextKey, facts: Facts) -> int | None:
    """Return how many members land; None if they weren't counted, or if the count can't be right."""
    seen = counted(audience, facts)
    if seen is None:
        return None
    landed = seen.by_key.get(context_key)
    return landed if landed is not None and landed <= _AT_MOST * seen.members else None


def is_everybody(landed: int, members: int) -> bool:
    return landed >= _ALL * members


def of_all(audiences: Iterable[Audience], context_key: ContextKey, facts: Facts, *, unit: str = "member") -> str:
    """Return "1,102 of 1,234 members" of all these audiences together; empty unless each was counted."""
    landed, members, at = 0, 0, facts.now
    for audience in audiences:
        found, seen = landing_with(audience, context_key, facts), counted(audience, facts)
        if found is None or seen is None:
            return ""
        landed, members, at = landed + min(found, seen.members), members + seen.members, min(at, seen.at)
    of_members = count(members, unit) if unit else f"{members:,}"
    return f"{landed:,} of {of_members}{_dated(at, facts.now)}" if members else ""


def best_key(audience: Audience, key: ContextKey, facts: Facts) -> ContextKey | None:
    """Return the context key with which most members land; of several, the simplest.

    Members who land with `key` must keep their keys. So if any do, only context keys that start with the same
    identifiers are considered.
    """
    known = {key: landed for key in LABELS if (landed := landing_with(audience, key, facts)) is not None}
    if known.get(key):
        known = {other: landed for other, landed in known.items() if falls_back_from(key, other)}
    return max(known, key=lambda key: known[key], default=None)
