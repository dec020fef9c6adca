"""Draft what happens to the mapping: compare what exists with what is wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.answers import NEW_DESTINATION, Answers
from wizard.domain.checks.segment.mapping import EXISTS as MAPPING_EXISTS
from wizard.domain.facts import Facts, is_closed
from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change, Edit, by_hand, compared
from wizard.domain.planning.destination_draft import destination_change
from wizard.domain.planning.ground import (
    Ground,
    NotKnown,
    existing,
    in_words,
    is_used_by_others,
    is_without_destination,
    why_all_by_hand,
)
from wizard.domain.services.mapping import FIELD_LABELS, VISIBLE_FIELDS, Difference, differences
from wizard.domain.services.segment import Subscription
from wizard.domain.wanted import catalog_entry, chosen_destination, chosen_mapping, mapping_settings


def changes_what_is_there(facts: Facts, answers: Answers) -> bool:
    """Return whether the destination or its mapping exists and isn't as wanted."""
    ground = Ground(facts, answers, frozenset(), chosen_destination(facts, answers), {})
    drawn = (destination_change(ground), mapping_change(ground)) if ground.destination else ()
    return any(isinstance(change, Change) and change.resource_id and change.before for change in drawn)


def mapping_change(ground: Ground) -> Change | NotKnown:
    seen = ground.facts.subscriptions
    closed = "The Segment token can't read or change mappings." if is_closed(seen) else ""
    hand = why_all_by_hand(ground) or closed
    is_new = ground.destination is None or ground.answers.destination == NEW_DESTINATION
    if not is_new and not hand and not isinstance(seen, tuple):
        return MAPPING_EXISTS.id
    mapping = chosen_mapping(ground.facts, ground.answers, ground.destination, ground.made_by_us)
    return _existing_mapping(ground, mapping, hand) if mapping else _new_mapping(ground, hand)


def _new_mapping(ground: Ground, hand: str) -> Change:
    catalog, settings = catalog_entry(ground.facts), mapping_settings(ground.facts, ground.answers, None)
    visible = ", ".join(f"{FIELD_LABELS[key]} {in_words(settings[key])}" for key in VISIBLE_FIELDS)
    change = Change(
        id=MAPPING,
        action=Action.CREATE,
        title=f"Mapping {catalog.preset_name}",
        summary=f"Create the mapping {catalog.preset_name} and switch it on: {visible}.",
        reason="The destination has no mapping for the sync yet."
        if is_without_destination(ground) or (ground.destination and isinstance(ground.facts.subscriptions, tuple))
        else "The wizard can't see whether the destination already has a mapping.",
        host=ground.facts.segment_host,
        before=None,
        after={"name": catalog.preset_name, "enabled": True, "trigger": catalog.trigger, "settings": settings},
        undoable=True,
        needs=(DESTINATION,),
        settings=settings,
    )
    return by_hand(change, hand)


def _existing_mapping(ground: Ground, seen: Subscription, hand: str) -> Change:
    change = existing(MAPPING, f"Mapping {seen.name}", seen.id, ground)
    settings = mapping_settings(ground.facts, ground.answers, seen)
    undoable = ground.destination is None or not is_used_by_others(ground.destination, ground)
    change = replace(change, needs=(DESTINATION,), settings=settings, undoable=undoable)
    edits = tuple(_mapping_edits(ground, seen, settings))
    return compared(change, edits, ours=seen.id in ground.made_by_us, hand=hand)


def _mapping_edits(ground: Ground, seen: Subscription, settings: Mapping[str, Any]) -> Iterable[Edit]:
    """Yield an edit for each difference in the mapping.

    Apply sends the full settings, since a partial write may replace them. See docs/segment.md#mapping-calls.
    """
    if seen.enabled is False:
        yield Edit("enabled", False, True, "switch it on", "it's switched off")
    for one in differences(seen, trigger=catalog_entry(ground.facts).trigger, settings=settings):
        yield Edit(one.key, one.now, one.wanted, to_set(one), why_to_set(one), in_settings=one.key != "trigger")


def to_set(edit: Difference) -> str:
    label = FIELD_LABELS.get(edit.key)
    return f"set {label} to {in_words(edit.wanted)}" if label else f"restore {_unlabeled(edit)}"


def why_to_set(edit: Difference) -> str:
    label = FIELD_LABELS.get(edit.key)
    if label:
        return f"{label} is {in_words(edit.now)}"
    return f"{_unlabeled(edit)} {'is missing' if edit.now is None else 'was edited'}"


def _unlabeled(edit: Difference) -> str:
    """Return words for a setting that has no label in the app: the trigger, or a hidden field."""
    return "the trigger" if edit.key == "trigger" else f"the hidden field {edit.key}"
