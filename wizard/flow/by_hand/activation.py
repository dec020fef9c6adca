"""The steps by hand on an activation: switch it on, or edit its mapping, if the API can't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.domain.facts import Slot, listed
from wizard.domain.planning.audience_draft import ACTIVATE
from wizard.domain.planning.change import Change
from wizard.domain.services import links
from wizard.domain.services.mapping import VISIBLE_FIELDS
from wizard.domain.services.segment import Audience
from wizard.domain.signals.activations import differing
from wizard.flow.by_hand.audience import audience_link
from wizard.flow.by_hand.mapping import field_values, in_the_apps_words
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, cannot_tell, different, done
from wizard.flow.by_hand.subjects import audience_of, why_unseen
from wizard.flow.state import State
from wizard.text import plain

SLOT: Slot = "activations"


def changes_activations(change: Change) -> bool:
    return "activations" in (change.after or {})


def switches_on(change: Change) -> bool:
    return ACTIVATE in (change.after or {})


def switch_on_steps(change: Change, state: State) -> tuple[HandStep, ...]:
    """Return the step that switches on the activation that the change is about."""
    audience, activation_id = audience_of(state, change.id), change.resource_id
    whose, name = plain(audience.name or audience.key), _name_of(state, audience, activation_id)
    step = HandStep(
        id=f"{change.id}.activate",
        change_id=change.id,
        title=f"Activation: {whose}",
        menu=("Engage", "Audiences", whose, "Activations", name),
        link=audience_link(state, audience),
        seen=lambda state: _on(state, audience, activation_id),
        slot=SLOT,
        values=(HandValue(name, "On", typed=False),),
        note="With the activation off, Segment sends neither new members nor removals.",
        docs=links.SEND_AUDIENCE_DATA_DOCS,
        subject=audience.id or audience.key,
    )
    return (step,)


def _on(state: State, audience: Audience, activation_id: str) -> Tick:
    seen = state.facts.activations.get(audience.id)
    if not isinstance(seen, tuple):
        return why_unseen(seen, state)
    is_off = any(one.id == activation_id and one.enabled is False for one in seen)
    return different("The activation is switched off.") if is_off else done()


def activation_steps(change: Change, state: State) -> tuple[HandStep, ...]:
    """Return one step for each activation that the change names."""
    before, after = ((values or {})["activations"] for values in (change.before, change.after))
    audience = audience_of(state, change.id)
    return tuple(_step(change, state, audience, one, before[one], after[one]) for one in after)


def _step(
    change: Change,
    state: State,
    audience: Audience,
    activation_id: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> HandStep:
    whose, name = plain(audience.name or audience.key), _name_of(state, audience, activation_id)
    return HandStep(
        id=f"{change.id}.{activation_id}.activation",
        change_id=change.id,
        title=f"Mapping of {name}: {whose}",
        menu=("Engage", "Audiences", whose, "Activations", name, "Mapping", "Save"),
        link=audience_link(state, audience),
        seen=lambda state: _seen(state, audience, activation_id, after),
        slot=SLOT,
        values=field_values(after, before, tuple(key for key in VISIBLE_FIELDS if key in after)),
        note="The activation sends with these values, not with the destination's mapping. The two have to match.",
        docs=links.SEND_AUDIENCE_DATA_DOCS,
        subject=activation_id,
    )


def _name_of(state: State, audience: Audience, activation_id: str) -> str:
    there = listed(state.facts.activations.get(audience.id))
    return next((one.name for one in there if one.id == activation_id), "the activation")


def _seen(state: State, audience: Audience, activation_id: str, wanted: Mapping[str, Any]) -> Tick:
    seen = state.facts.activations.get(audience.id)
    if not isinstance(seen, tuple):
        return why_unseen(seen, state)
    there = next((one for one in seen if one.id == activation_id), None)
    if there is None:
        return done("The activation is gone, so it sends nothing.")
    if not there.settings:
        return cannot_tell("Segment doesn't show the activation's mapping. Mark this step as done when you've done it.")
    found = in_the_apps_words(differing(there.settings, wanted, wanted))
    return different(f"In the activation, {found}.") if found else done()
