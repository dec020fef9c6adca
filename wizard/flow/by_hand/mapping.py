"""The mapping by hand: a new one from the preset, or the fields of the existing one.

See docs/segment.md#mapping-calls and docs/segment.md#preset-fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from wizard.domain.answers import ContextKey
from wizard.domain.facts import Slot, listed
from wizard.domain.planning.change import Change
from wizard.domain.services import links
from wizard.domain.services.mapping import FIELD_LABELS, LABELS, VISIBLE_FIELDS, Difference, differences
from wizard.domain.services.segment import Subscription
from wizard.domain.services.trigger import same_trigger
from wizard.domain.wanted import catalog_entry, destination_page, mapping_settings, wanted_destination_name
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, cannot_tell, different, done, not_yet
from wizard.flow.by_hand.subjects import Baseline, instance, mapping, own_mapping_ids, why_unseen
from wizard.flow.state import State

SLOT: Slot = "subscriptions"
Judge = Callable[[State, Subscription], Tick]
_EVENTS = "Select events to map and send"


def mapping_steps(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    if not change.resource_id:
        return _new(change, state, baseline)
    hidden = set((change.after or {}).get("settings", {})) - set(VISIBLE_FIELDS)
    return _replaced(change, state, baseline, hidden) if hidden else _changed(change, state, baseline)


def _step(change: Change, state: State, baseline: Baseline, name: str, judge: Judge, without: str = "") -> HandStep:
    """Return a step on the destination's Mappings tab, still without its title, values and note."""
    on = instance(state, baseline)
    wanted = on.name if on else wanted_destination_name(state.facts, state.answers)
    resource_id = "" if without else change.resource_id

    def seen(state: State) -> Tick:
        return _judged(state, baseline, resource_id, without, judge)

    return HandStep(
        id=f"mapping.{name}",
        change_id=change.id,
        title="Mappings",
        menu=("Connections", "Destinations", wanted, "Mappings"),
        link=destination_page(on, state.facts),
        seen=seen,
        slot=SLOT,
        docs=links.TWILIO_DESTINATION_DOCS,
        subject=resource_id,
    )


# --- a new one --------------------------------------------------------------------------------------------------


def _new(change: Change, state: State, baseline: Baseline, without: str = "") -> tuple[HandStep, ...]:
    preset = catalog_entry(state.facts).preset_name
    new = _step(change, state, baseline, "new", _is_there, without)
    fields = _step(change, state, baseline, "fields", _is_as_wanted, without)
    at = (*new.menu, "New Mapping", preset)
    return (
        replace(
            new,
            title="New Mapping",
            menu=at,
            values=(HandValue("Mapping", preset, typed=False),),
            note="Use the pre-built mapping: it fills fields that the app hides. If one is listed already, edit that "
            "one instead of adding another."
            if not without
            else "The new mapping sets the hidden fields again. Leave the old one on until the new one is on.",
        ),
        replace(
            fields,
            title="Select mappings",
            menu=(*at, "Select mappings", "Save"),
            values=field_values(mapping_settings(state.facts, state.answers, None), {}, VISIBLE_FIELDS),
            note="Your app must evaluate flags with exactly this kind and key. Leave every other field as it is.",
        ),
        _status(_step(change, state, baseline, "status", _is_on, without)),
    )


def _status(step: HandStep) -> HandStep:
    return replace(
        step,
        title="Status",
        menu=(*step.menu, "Status"),
        values=(HandValue("Status", "On", "Off" if step.subject else "", typed=False),),
        note="It sends nothing while it's off."
        if step.subject
        else "In the Segment app, a new mapping starts switched off.",
    )


# --- an existing one --------------------------------------------------------------------------------------------


def _changed(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    after, before = change.after or {}, change.before or {}
    at = _name_of(state, change)
    steps = []
    if "trigger" in after:
        events = _step(change, state, baseline, "events", _is_triggered)
        steps.append(
            replace(
                events,
                title=_EVENTS,
                menu=(*events.menu, at, _EVENTS, "Save"),
                values=(HandValue("Event Type", "Identify or Track", str(before.get("trigger") or ""), typed=False),),
                note="An audience sends both types. Events of other types aren't synced.",
            )
        )
    if "settings" in after:
        fields = _step(change, state, baseline, "fields", _is_as_wanted)
        wanted, now = after["settings"], before.get("settings", {})
        steps.append(
            replace(
                fields,
                title="Select mappings",
                menu=(*fields.menu, at, "Select mappings", "Save"),
                values=field_values(wanted, now, tuple(key for key in VISIBLE_FIELDS if key in wanted)),
                note="Leave every other field as it is.",
            )
        )
    if "enabled" in after:
        steps.append(_status(_step(change, state, baseline, "status", _is_on)))
    return tuple(steps)


def _replaced(change: Change, state: State, baseline: Baseline, hidden: set[str]) -> tuple[HandStep, ...]:
    """Return the steps that replace the mapping with a new one, because the web app can't repair hidden fields."""
    old = change.resource_id
    removed = _step(change, state, baseline, "remove", _is_there, without=old)

    def seen(state: State) -> Tick:
        if not isinstance(state.facts.subscriptions, tuple):
            return why_unseen(state.facts.subscriptions, state)
        return not_yet("The old mapping is still there.") if old in own_mapping_ids(state) else done()

    remove = replace(
        removed,
        title="Delete Mapping",
        menu=(*removed.menu, _name_of(state, change), "Delete Mapping"),
        seen=seen,
        note=f"The Segment app can't repair {', '.join(sorted(hidden))}, and two mappings would send everything twice.",
        subject=old,
    )
    return (*_new(change, state, baseline, without=old), remove)


def _name_of(state: State, change: Change) -> str:
    seen = listed(state.facts.subscriptions)
    return next((one.name for one in seen if one.id == change.resource_id), "the mapping")


# --- values -----------------------------------------------------------------------------------------------------


def field_values(wanted: Any, now: Any, keys: tuple[str, ...]) -> tuple[HandValue, ...]:
    """Return the fields of a mapping's form, with the labels and values that Segment's web app shows."""
    return tuple(
        HandValue(
            FIELD_LABELS[key],
            _in_app(wanted[key]),
            _in_app(now[key]) if key in now else "",
            typed=key == "context_kind",
        )
        for key in keys
    )


def _in_app(value: object) -> str:
    """Return a value as Segment's web app shows it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in tuple(ContextKey):
        return LABELS[ContextKey(str(value))]
    return "not set" if value is None else str(value)


# --- what is seen -----------------------------------------------------------------------------------------------


def _judged(state: State, baseline: Baseline, resource_id: str, without: str, judge: Judge) -> Tick:
    slot, on = state.facts.subscriptions, instance(state, baseline)
    if on is None and isinstance(state.facts.destinations, tuple):
        return not_yet("Add the destination first.")
    if on is None or not isinstance(slot, tuple):
        return why_unseen(slot if on else state.facts.destinations, state)
    there = mapping(state, on, resource_id, without)
    return judge(state, there) if there else not_yet("The mapping isn't there yet.")


def _is_there(_: State, there: Subscription) -> Tick:
    return done(f"{there.name} is there.")


def _is_on(_: State, there: Subscription) -> Tick:
    if there.enabled is None:
        return cannot_tell("Segment doesn't say whether it's on.")
    return done() if there.enabled else different("The mapping exists but is disabled.")


def _is_triggered(state: State, there: Subscription) -> Tick:
    trigger = catalog_entry(state.facts).trigger
    if there.trigger is None:
        return cannot_tell("Segment doesn't show its trigger.")
    if same_trigger(there.trigger, trigger):
        return done()
    return different(f"The mapping exists but matches other events: {there.trigger or 'none'}.")


def _is_as_wanted(state: State, there: Subscription) -> Tick:
    wanted = mapping_settings(state.facts, state.answers, there)
    trigger = catalog_entry(state.facts).trigger
    found = in_the_apps_words(differences(there, trigger=trigger, settings=wanted))
    return different(f"The mapping is there but {found}.") if found else done()


def in_the_apps_words(found: Iterable[Difference]) -> str:
    """Say what isn't as wanted, with the labels and values that Segment's web app shows."""
    return "; ".join(
        f"{FIELD_LABELS[one.key]} is {_in_app(one.now)}, but should be {_in_app(one.wanted)}"
        if one.key in FIELD_LABELS
        else f"{one.key} was edited"
        for one in found
    )
