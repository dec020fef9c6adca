"""The input from which a plan's changes are drafted, and what the drafts share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.connections import connections_in
from wizard.domain.facts import Facts, is_closed, is_making_a_token
from wizard.domain.planning.change import Action, Change
from wizard.domain.services.mapping import LABELS
from wizard.domain.services.segment import Audience, Destination
from wizard.domain.wanted import wanted_client_side_id

NEW_TOKEN = "the new service token"  # noqa: S105 - words, no secret


@dataclass(frozen=True, slots=True)
class Ground:
    """The input from which changes are drafted. If `destination` is None, one has to be made."""

    facts: Facts
    answers: Answers
    made_by_us: frozenset[str]
    destination: Destination | None
    audiences: Mapping[str, Audience]  # by id
    resync: frozenset[str] = frozenset()  # keys of audiences whose members the user wants to send again
    is_repaired: bool = False  # the plan makes the destination or its mapping let events through
    has_other_keys: bool = False  # the plan changes which contexts an existing mapping sends


NotKnown = str  # ID of the check that must be answered before the change can be drafted


def why_all_by_hand(ground: Ground) -> str:
    """Return why a person has to do all of Segment's part; empty if its API can do it."""
    if ground.answers.by_hand:
        return "You do Segment's part in its web app."
    return "The Segment token can't read destinations." if is_closed(ground.facts.destinations) else ""


def is_without_destination(ground: Ground) -> bool:
    """Return whether there's certainly no destination: the list and the wanted environment are both known."""
    is_seen = isinstance(ground.facts.destinations, tuple) and wanted_client_side_id(ground.facts, ground.answers)
    return ground.destination is None and bool(is_seen)


def existing(id_: str, title: str, resource_id: str, ground: Ground) -> Change:
    """Return a change for an existing object, before it's compared with what is wanted."""
    host = ground.facts.segment_host
    return Change(id_, Action.NONE, title, "", "", host, None, None, undoable=True, resource_id=resource_id)


def is_used_by_others(destination: Destination, ground: Ground) -> bool:
    """Return whether someone else attached an audience. Then undo leaves the destination and its mapping alone."""
    connections = (one for seen in ground.facts.connections.values() for one in connections_in(seen))
    return any(one.destination_id == destination.id and one.id not in ground.made_by_us for one in connections)


ENDS_IN = "ends in "  # begins a token in a change; journals hold it, so it never changes


def shown_token(last_four: str) -> str:
    return f"{ENDS_IN}{last_four}" if last_four else "the token that you gave"


def our_token(ground: Ground) -> str:
    is_made = is_making_a_token(ground.facts, ground.answers)
    return NEW_TOKEN if is_made else shown_token(ground.facts.launchdarkly_token_last_four)


def in_words(value: object) -> str:
    """Return a setting's value the way Segment's app shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in tuple(ContextKey):
        return f"“{LABELS[ContextKey(str(value))]}”"
    return "not set" if value is None else str(value)
