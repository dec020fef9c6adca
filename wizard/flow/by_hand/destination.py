"""LaunchDarkly Audiences by hand: adding an instance, or changing the existing one.

See docs/segment.md#destination-calls and docs/segment.md#doing-it-by-hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN
from wizard.domain.facts import Slot
from wizard.domain.planning.change import Change
from wizard.domain.services import links
from wizard.domain.services.naming import engage_source_name, is_engage
from wizard.domain.services.segment import Destination
from wizard.domain.tokens import held_token
from wizard.domain.wanted import (
    can_be_attached,
    catalog_entry,
    chosen_space,
    destination_page,
    engage_sources_of,
    environment_words,
    free_sources,
    source_for_a_new_destination,
    source_of,
    wanted_client_side_id,
    wanted_destination_name,
)
from wizard.flow.by_hand.step import HandStep, HandValue, Judge, Tick, cannot_tell, different, done, not_yet
from wizard.flow.by_hand.subjects import Baseline, instance, why_unseen
from wizard.flow.state import State

SLOT: Slot = "destinations"
ADD = "Add destination"
_NO_OTHER_FIELD = "Leave every other field as it is."
_ADDS_A_SOURCE = "{} can hold only one LaunchDarkly destination. Segment adds a source for this one."
_UNTESTED = "Segment's own test passes even when the token can't write segments."


def destination_steps(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    return _changed(change, state) if change.resource_id else _added(change, state, baseline)


# --- a new one --------------------------------------------------------------------------------------------------


def _added(change: Change, state: State, baseline: Baseline) -> tuple[HandStep, ...]:
    catalog = catalog_entry(state.facts)
    start = ("Engage", "Engage Settings", "Destinations") if _is_taken(state) else ("Connections", "Catalog")
    found = (*start, catalog.name, ADD)

    def seen(judge: Callable[[State, Destination], Tick]) -> Judge:
        return lambda state: _judged(state, instance(state, baseline), judge)

    def step(name: str, title: str, menu: tuple[str, ...], judge: Callable[[State, Destination], Tick]) -> HandStep:
        docs = links.TWILIO_DESTINATION_DOCS
        return HandStep(
            f"destination.{name}", change.id, title, menu, links.SEGMENT_CATALOG_ENTRY, seen(judge), SLOT, docs=docs
        )

    settings = (*found, "Settings", "Basic settings")
    return (
        replace(
            step("add", ADD, found, _is_there),
            values=(HandValue("Search", catalog.name),),
            note=_which(state),
        ),
        _on_source(
            step("source", "Confirm source", (*found, "Select Source", "Confirm source"), _is_attachable), state
        ),
        replace(
            step("settings", "Basic settings", settings, _has_credentials),
            values=(_name(state), _token(state), _client_side_id(state)),
            note=f"One destination writes to one environment, so its name says which. {_UNTESTED}",
        ),
        replace(
            step("enable", "Enable Destination", (*settings, "Enable Destination", "Save Changes"), _is_enabled),
            values=(HandValue("Enable Destination", "On", typed=False),),
            note="A destination that is switched off receives nothing. Switch it on, then save.",
        ),
    )


def _which(state: State) -> str:
    note = "Other LaunchDarkly destinations in the catalog don't sync audiences."
    if _is_taken(state):
        return f"{_ADDS_A_SOURCE.format(_wanted_source(state))} {note}"
    note += " Engage → Engage Settings → Destinations leads to the same page."
    if isinstance(state.facts.destinations, tuple):
        return note
    where = environment_words(state.facts, state.answers)
    return f"If {where} already has one, don't add another. Open it and compare its settings. {note}"


def _on_source(step: HandStep, state: State) -> HandStep:
    source = _wanted_source(state)
    value = HandValue("Source", source, typed=False)
    if _is_taken(state):
        note = f"Choose it and confirm. {_ADDS_A_SOURCE.format(source)}"
        return replace(step, values=(value,), note=note, docs=links.ENGAGE_DOCS)
    note = "Choose the Engage space's own source. An audience can't use a destination on another source."
    if not _engage_is_missing(state):
        note += " If the list is empty, set up Engage first."
        return replace(step, values=(value,), note=note, docs=links.ENGAGE_DOCS)
    note = "The wizard can't see an Engage source. Set up Engage first, then choose its source here."
    return replace(step, values=(value,), note=note, link=links.ENGAGE_DOCS)


def _wanted_source(state: State) -> str:
    facts, answers = state.facts, state.answers
    own = engage_sources_of(facts, answers)
    source = source_for_a_new_destination(facts, answers) or (own[0] if own else None)
    space = chosen_space(facts, answers)
    return source.name if source else engage_source_name(space) if space else "your Engage space"


def _is_taken(state: State) -> bool:
    """Return whether no Engage source of the space is free: each has a LaunchDarkly destination, or will get one."""
    facts, answers = state.facts, state.answers
    return bool(engage_sources_of(facts, answers)) and not free_sources(facts, answers)


def _engage_is_missing(state: State) -> bool:
    sources = state.facts.sources
    return isinstance(sources, tuple) and not any(map(is_engage, sources))


# --- an existing one --------------------------------------------------------------------------------------------


def _changed(change: Change, state: State) -> tuple[HandStep, ...]:
    after = change.after or {}
    values = _changed_values(change, state)
    there = instance(state, Baseline(), change.resource_id)
    menu = ("Connections", "Destinations", there.name if there else "the destination", "Settings", "Basic settings")

    def seen(judge: Callable[[State, Destination], Tick]) -> Judge:
        return lambda state: _judged(state, instance(state, Baseline(), change.resource_id), judge)

    edited = HandStep(
        "destination.settings",
        change.id,
        "Basic settings",
        (*menu, "Save Changes"),
        destination_page(there, state.facts),
        seen(_has_new_name if "name" in after else _has_credentials),
        SLOT,
        values,
        f"{_NO_OTHER_FIELD} {_UNTESTED}" if any(value.secret for value in values) else _NO_OTHER_FIELD,
        links.TWILIO_DESTINATION_DOCS,
        change.resource_id,
    )
    enabled = replace(
        edited,
        id="destination.enable",
        title="Enable Destination",
        menu=(*menu, "Enable Destination", "Save Changes"),
        seen=seen(_is_enabled),
        values=(HandValue("Enable Destination", "On", "Off", typed=False),),
        note="A destination that is switched off receives nothing.",
    )
    return ((edited,) if values else ()) + ((enabled,) if "enabled" in after else ())


def _changed_values(change: Change, state: State) -> tuple[HandValue, ...]:
    """Return the form's fields that change, each with its current value."""
    before, after = _flat(change.before), _flat(change.after)
    made = {"name": _name, "token": _token, "client_side_id": _client_side_id}
    return tuple(replace(value(state), before=str(before[key] or "")) for key, value in made.items() if key in after)


def _flat(values: Mapping[str, Any] | None) -> dict[str, Any]:
    given = dict(values or {})
    return {**given, **given.pop("settings", {})}


# --- values -----------------------------------------------------------------------------------------------------


def _name(state: State) -> HandValue:
    return HandValue("Name", wanted_destination_name(state.facts, state.answers))


def _token(state: State) -> HandValue:
    last_four = state.facts.launchdarkly_token_last_four
    shown = f"ends in {last_four}" if last_four else "the service token"
    return HandValue("LaunchDarkly Service Token", shown, secret=LAUNCHDARKLY_TOKEN, made=state.has_made_a_token)


def _client_side_id(state: State) -> HandValue:
    return HandValue("LaunchDarkly client-side ID", wanted_client_side_id(state.facts, state.answers))


# --- what is seen -----------------------------------------------------------------------------------------------


def _judged(state: State, there: Destination | None, judge: Callable[[State, Destination], Tick]) -> Tick:
    if not isinstance(state.facts.destinations, tuple):
        return why_unseen(state.facts.destinations, state)
    return judge(state, there) if there else not_yet("The destination isn't there yet.")


def _is_there(_: State, there: Destination) -> Tick:
    return done(f"{there.name} is there.")


def _is_attachable(state: State, there: Destination) -> Tick:
    source = source_of(there, state.facts)
    if source is None:
        return cannot_tell("The Segment token can't see the destination's source.")
    if not can_be_attached(there, state.facts, state.answers):
        return different(f"It's on {source.name}, which this audience can't use. Add it on {_wanted_source(state)}.")
    return done(f"It's on {source.name}.")


def _has_credentials(state: State, there: Destination) -> Tick:
    wanted, token = wanted_client_side_id(state.facts, state.answers), state.facts.launchdarkly_token_last_four
    found = []
    if there.client_side_id != wanted:
        found.append(f"client-side ID is {_short(there.client_side_id, wanted)}, but should be {_short(wanted, '')}")
    if token and there.token_last_four not in {"", token} and held_token.has_to_go(state.facts, state.answers):
        found.append(f"the token ends in {there.token_last_four}, but should end in {token}")
    if found:
        return different(f"{there.name}: {'; '.join(found)}.")
    name = wanted_destination_name(state.facts, state.answers)
    return done("" if there.name == name else f"It's called {there.name}.")


def _has_new_name(state: State, there: Destination) -> Tick:
    tick, name = _has_credentials(state, there), wanted_destination_name(state.facts, state.answers)
    return (
        tick
        if there.name == name or not tick.is_done
        else different(f"It's called {there.name}, but should be called {name}.")
    )


def _short(client_side_id: str, other: str) -> str:
    """Shorten a client-side ID to its first four characters, if these differ from the other ID's."""
    if not client_side_id:
        return "not set"
    return client_side_id if client_side_id[:4] == other[:4] else f"{client_side_id[:4]}…"


def _is_enabled(_: State, there: Destination) -> Tick:
    if there.enabled is None:
        return cannot_tell("Segment doesn't say whether it's on.")
    return done() if there.enabled else different("The destination exists but is switched off.")
