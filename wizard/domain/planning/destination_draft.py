"""Draft what happens to the destination: compare what exists with what is wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.domain.checks.launchdarkly import launchdarkly_environment
from wizard.domain.checks.segment import segment_engage
from wizard.domain.checks.segment.destination import EXISTS as DESTINATION_EXISTS
from wizard.domain.facts import is_closed, is_making_a_token
from wizard.domain.planning.change import DESTINATION, Action, Change, Edit, by_hand, compared
from wizard.domain.planning.ground import (
    Ground,
    NotKnown,
    existing,
    is_used_by_others,
    our_token,
    shown_token,
    why_all_by_hand,
)
from wizard.domain.services.segment import Destination, Source
from wizard.domain.tokens import held_token
from wizard.domain.wanted import (
    asks_to_rename,
    distinct_name,
    environment_words,
    full_source,
    source_for_a_new_destination,
    wanted_client_side_id,
    wanted_destination_name,
)


def destination_change(ground: Ground) -> Change | NotKnown:
    if not wanted_client_side_id(ground.facts, ground.answers):
        return launchdarkly_environment.CLIENT_SIDE_ID.id
    if not why_all_by_hand(ground) and not isinstance(ground.facts.destinations, tuple):
        return DESTINATION_EXISTS.id
    if ground.destination:
        return _existing_destination(ground, ground.destination)
    hand = why_all_by_hand(ground) or _why_source_by_hand(ground)
    source = source_for_a_new_destination(ground.facts, ground.answers)
    return _new_destination(ground, source, hand) if source or hand else segment_engage.ENGAGE.id


def _new_destination(ground: Ground, source: Source | None, hand: str) -> Change:
    facts, answers = ground.facts, ground.answers
    name, where = wanted_destination_name(facts, answers), environment_words(facts, answers)
    settings = {
        "client_side_id": wanted_client_side_id(facts, answers),
        "token": our_token(ground),
    }
    change = Change(
        id=DESTINATION,
        action=Action.CREATE,
        title=f"Destination {name}",
        summary=f"Create the destination {name}{f' on {source.name}' if source else ''} and switch it on.",
        reason=f"This space has no destination for {where} yet."
        if isinstance(facts.destinations, tuple)
        else f"The wizard can't see whether a destination already sends to {where}.",
        host=facts.segment_host,
        before=None,
        after={"name": name, "enabled": True, "settings": settings} | ({"source": source.name} if source else {}),
        undoable=True,
    )
    return by_hand(change, hand)


def _why_source_by_hand(ground: Ground) -> str:
    """Return why a person has to add the new destination; empty if the API can.

    Only the web app can add a second destination, on a source of its own.
    See docs/segment.md#one-instance-for-an-environment.
    """
    if is_closed(ground.facts.sources):
        return "The Segment token can't see the space's sources."
    source = full_source(ground.facts, ground.answers)
    if source is None:
        return ""
    taken = source.id in ground.facts.sources_taken
    has = "gets another environment's LaunchDarkly destination" if taken else "already has a LaunchDarkly destination"
    return f"{source.name} {has}. Only Segment's web app can add another one."


def _existing_destination(ground: Ground, seen: Destination) -> Change:
    edits = tuple(edit for edit in _destination_edits(ground, seen) if edit.now != edit.wanted)
    change = existing(DESTINATION, f"Destination {distinct_name(seen, ground.facts)}", seen.id, ground)
    # The replaced token can't be read, so undo can't put it back.
    undoable = all(edit.key != "token" for edit in edits) and not is_used_by_others(seen, ground)
    hand = why_all_by_hand(ground) or _why_token_by_hand(ground, edits)
    return compared(replace(change, undoable=undoable), edits, ours=seen.id in ground.made_by_us, hand=hand)


def _why_token_by_hand(ground: Ground, edits: tuple[Edit, ...]) -> str:
    is_unfit = not held_token.is_ours_fit(ground.facts, ground.answers)
    if is_unfit and any(edit.key == "token" for edit in edits):
        return "Your access token can't go into the destination: it's personal, or it can't write segments."
    return ""


def _destination_edits(ground: Ground, seen: Destination) -> Iterable[Edit]:
    facts, answers = ground.facts, ground.answers
    if asks_to_rename(seen, facts, answers):
        name = wanted_destination_name(facts, answers)
        yield Edit("name", seen.name, name, f"rename it to {name}", "you chose another name")
    if seen.enabled is False:
        yield Edit("enabled", False, True, "switch it on", "it's switched off")
    wanted, where = wanted_client_side_id(facts, answers), environment_words(facts, answers)
    set_id, elsewhere = f"set the client-side ID of {where}", "it sends to another environment"
    yield Edit("client_side_id", seen.client_side_id, wanted, set_id, elsewhere, in_settings=True)
    if _gets_our_token(ground, seen):
        ours, theirs = our_token(ground), shown_token(seen.token_last_four)
        yield Edit("token", theirs, ours, "set this access token", "it holds another token", in_settings=True)


def _gets_our_token(ground: Ground, seen: Destination) -> bool:
    """Return whether our token replaces one that fails, or comes with a new ID (docs/segment.md#secret-settings)."""
    facts, answers = ground.facts, ground.answers
    has_one = facts.launchdarkly_token_last_four or is_making_a_token(facts, answers)
    if not (has_one and seen.token_last_four):
        return False
    is_moved = seen.client_side_id != wanted_client_side_id(facts, answers)
    is_wanted = held_token.has_to_go(facts, answers) and held_token.is_ours_fit(facts, answers)
    return is_moved or is_wanted
