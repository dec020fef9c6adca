"""The mapping: how a Segment profile becomes a LaunchDarkly context (docs/segment.md#mapping-problems)."""

from __future__ import annotations

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import subjects
from wizard.domain.checks.check import CannotJudge, Check, Findings, failed, need, not_judged, passed, unknown, warned
from wizard.domain.checks.last_changes import with_last_changes
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.segment.destination import EXISTS as DESTINATION_EXISTS
from wizard.domain.facts import Facts, listed
from wizard.domain.services import links
from wizard.domain.services.mapping import (
    LABELS,
    VISIBLE_FIELDS,
    Difference,
    activation_mappings,
    differences,
    has_a_trigger_of_its_own,
    wanted_settings,
)
from wizard.domain.services.segment import Subscription
from wizard.domain.step_id import StepId
from wizard.domain.wanted import activation_names, catalog_entry

STEP = StepId.MAPPING
_MOST = 50
_PAGES = (links.SEGMENT_DESTINATIONS, links.TWILIO_DESTINATION_DOCS)


def _exists(facts: Facts, answers: Answers) -> Findings:
    found = subjects.mappings(facts, answers)
    if found:
        return passed(f"The mapping {found[0].name} is there.", evidence={"mappings": [m.id for m in found]})
    return failed(
        "The destination has no mapping that syncs audiences.",
        cause="Without a mapping, Segment sends nothing and counts every event as NO_MATCHING_MAPPING.",
        fix="Create it in Review (audience-wizard apply), or add the preset "
        f"{catalog_entry(facts).preset_name} on the destination's Mappings tab in Segment.",
        links=_PAGES,
    )


def _single(facts: Facts, answers: Answers) -> Findings:
    """Judge the number of mappings, without those of activations (docs/segment.md#activations)."""
    found = subjects.mappings(facts, answers)
    if len(found) <= 1:
        return (
            passed("One mapping syncs audiences.")
            if found
            else not_judged("Not checked: the destination has no mapping yet.")
        )
    kept = subjects.need_mapping(facts, answers)
    return failed(
        f"{len(found)} mappings do the same: {', '.join(f'{mapping.name} ({mapping.id})' for mapping in found[:5])}.",
        cause="With more than one mapping, Segment sends every change more than once.",
        fix=f"In Segment, open the destination's Mappings tab, keep {kept.name} ({kept.id}) and delete the others.",
        links=_PAGES,
        evidence={"mappings": [{"id": m.id, "name": m.name, "enabled": m.enabled} for m in found]},
    )


def _enabled(facts: Facts, answers: Answers) -> Findings:
    mapping = subjects.need_mapping(facts, answers)
    if mapping.enabled is None:
        return unknown(
            f"Segment doesn't say whether the mapping {mapping.name} is switched on.",
            fix=f"In Segment, open the destination's Mappings tab and check the status of {mapping.name}.",
            links=_PAGES,
        )
    if mapping.enabled:
        return passed(f"The mapping {mapping.name} is switched on.")
    return failed(
        f"The mapping {mapping.name} is switched off.",
        cause="A mapping that is switched off sends nothing. Mappings created in the web app start switched off.",
        fix=f"In Segment, open the destination's Mappings tab and switch on {mapping.name}.",
        links=_PAGES,
        evidence={"mapping": mapping.id},
    )


def _trigger(facts: Facts, answers: Answers) -> Findings:
    """Report an edited trigger together with edited hidden fields, as one failure."""
    mapping, wanted = subjects.need_mapping(facts, answers), catalog_entry(facts).trigger
    if mapping.trigger is None:
        return _not_shown(mapping, "trigger", f"its trigger is: {wanted}")
    if not differences(mapping, trigger=wanted, settings={}):
        if edited := _of_an_activation(facts):
            return _edited_in_an_activation(edited)
        return passed("The trigger matches the preset.", evidence={"trigger": mapping.trigger})
    evidence: dict[str, object] = {"trigger": mapping.trigger, "wanted": wanted}
    fields = [one.key for one in _edited_fields(mapping, facts)]
    if fields:
        return failed(
            f"The trigger of {mapping.name} was edited, and so {_were(fields)}.",
            cause="Segment no longer sends events that don't match the trigger, and the destination refuses the "
            "others.",
            fix=f"Restore the preset's trigger and fields of {mapping.name} in Review (audience-wizard apply).",
            links=_PAGES,
            evidence={**evidence, "fields": fields},
        )
    return failed(
        f"The trigger of {mapping.name} was edited.",
        cause="Segment doesn't send audience events that don't match the edited trigger.",
        fix=f"Set the trigger of {mapping.name} to: {wanted}",
        links=_PAGES,
        evidence=evidence,
    )


def _with_settings(facts: Facts, answers: Answers) -> Subscription:
    """Return the mapping. Raises CannotJudge if Segment shows none of its settings, so that nothing is known."""
    mapping = subjects.need_mapping(facts, answers)
    if not mapping.settings:
        raise CannotJudge(_not_shown(mapping, "settings", "its settings are as in Review"))
    return mapping


def _not_shown(mapping: Subscription, what: str, wanted: str) -> Findings:
    return unknown(
        f"Segment doesn't show the {what} of the mapping {mapping.name}.",
        fix=f"In Segment, open the destination's Mappings tab and see that {wanted}.",
        links=_PAGES,
        evidence={"mapping": mapping.id},
    )


def _were(fields: list[str]) -> str:
    return f"{'was the field' if len(fields) == 1 else 'were the fields'} {', '.join(fields)}"


def _of_an_activation(facts: Facts) -> Subscription | None:
    """Return an activation's mapping that takes other events than the activation's, else None."""
    seen = activation_mappings(listed(facts.subscriptions), catalog_entry(facts), activation_names(facts))
    return next((one for one in seen if not has_a_trigger_of_its_own(one)), None)


def _edited_in_an_activation(mapping: Subscription) -> Findings:
    return failed(
        f"The trigger of {mapping.name}, which belongs to an activation, was edited.",
        cause="An activation's mapping matches only its own events. With another trigger, Segment sends changes "
        "twice or not at all.",
        fix=f"In Segment, go to Engage → Audiences, open the audience and delete the activation {mapping.name}. Then "
        "recreate it in Review (audience-wizard apply).",
        links=_PAGES,
        evidence={"trigger": mapping.trigger, "mapping": mapping.id},
    )


def _fields(facts: Facts, answers: Answers) -> Findings:
    """Judge the hidden fields, which the web app doesn't show. Keys that Segment adds don't count as an edit.

    See docs/segment.md#preset-fields.
    """
    mapping = _with_settings(facts, answers)
    edited = _edited_fields(mapping, facts)
    if not edited:
        return passed("The hidden fields match the preset.")
    return failed(
        f"Hidden fields of {mapping.name} were edited or are missing: {', '.join(one.key for one in edited)}.",
        cause="With these values, the destination refuses events, or removes members that it should add.",
        fix=f"Restore the preset's values of {mapping.name} in Review (audience-wizard apply).",
        links=_PAGES,
        evidence={"fields": [one.key for one in edited], "wanted": {one.key: one.wanted for one in edited}},
    )


def _edited_fields(mapping: Subscription, facts: Facts) -> list[Difference]:
    key = _key_in_use(mapping) or ContextKey.USER_ID_ONLY
    wanted = wanted_settings(catalog_entry(facts), "", key, True)
    found = differences(mapping, trigger=mapping.trigger or "", settings=wanted)
    return [difference for difference in found if difference.key not in VISIBLE_FIELDS]


# --- the visible settings ---------------------------------------------------------------------------------------


def _context_kind(facts: Facts, answers: Answers) -> Findings:
    mapping = _with_settings(facts, answers)
    now = mapping.settings.get("context_kind")
    if not isinstance(now, str) or not now:
        return _differs(mapping, "Context kind", "isn't set", answers.context_kind or "user")
    if answers.context_kind and now != answers.context_kind:
        return _differs(mapping, "Context kind", f"is {now}", answers.context_kind)
    return passed(f"Members become {now} contexts.", evidence={"context_kind": now})


def _context_key(facts: Facts, answers: Answers) -> Findings:
    """Fail for an unknown value: it makes every event invalid (docs/segment.md#context-key-choices)."""
    mapping = _with_settings(facts, answers)
    now, wanted = _key_in_use(mapping), answers.context_key or ContextKey.USER_ID_ONLY
    if now is None:
        return _differs(mapping, "Context key", "isn't one of the destination's values", LABELS[wanted])
    if answers.context_key and now is not answers.context_key:
        return _differs(mapping, "Context key", f"is “{LABELS[now]}”", LABELS[wanted])
    return passed(f"The context key is “{LABELS[now]}”.", evidence={"context_key": str(now)})


def _key_in_use(mapping: Subscription) -> ContextKey | None:
    return next((key for key in ContextKey if key == mapping.settings.get("context_key")), None)


def _differs(mapping: Subscription, field: str, now: str, wanted: str) -> Findings:
    return failed(
        f"{field} of {mapping.name} {now} but should be “{wanted}”.",
        cause="Members get different contexts from the ones that your app evaluates, so flags don't match them.",
        fix=f"In Segment, open the destination's Mappings tab and set {field} of {mapping.name} to “{wanted}”.",
        links=(*_PAGES, links.CONTEXT_KINDS_DOCS),
        evidence={"mapping": mapping.id, "wanted": wanted},
    )


def _batching(facts: Facts, answers: Answers) -> Findings:
    mapping = _with_settings(facts, answers)
    if mapping.settings.get("enable_batching") is True:
        return passed("Batching is on.")
    if answers.batching is False:
        return passed("Batching is off, as you chose.")
    return failed(
        f"{mapping.name} sends every change in its own request: batching is off.",
        cause="Without batching, large audiences exceed LaunchDarkly's rate limits.",
        fix=f"In Segment, open the destination's Mappings tab and switch on Enable batching in {mapping.name}.",
        links=_PAGES,
        evidence={"mapping": mapping.id},
    )


def _room(facts: Facts, _: Answers) -> Findings:
    seen = need(facts.subscriptions, "the destination's mappings")
    if len(seen) < _MOST:
        return passed(f"The destination has fewer than {_MOST} mappings.")
    return warned(
        f"The destination has {len(seen)} of at most {_MOST} mappings.",
        cause=f"A destination can have at most {_MOST} mappings.",
        fix="In Segment, open the destination's Mappings tab and delete mappings that you no longer use.",
        links=_PAGES,
    )


EXISTS = Check("mapping.exists", "Mapping", STEP, _exists, (DESTINATION_EXISTS,), reads=("subscriptions",))
_THERE = (DESTINATION_EXISTS, EXISTS)
SINGLE = Check("mapping.single", "Number of mappings", STEP, _single, _THERE, reads=("subscriptions",))
ENABLED = Check(
    "mapping.enabled", "Mapping status", STEP, with_last_changes(_enabled), _THERE, reads=("subscriptions", "audit")
)
TRIGGER = Check(
    "mapping.trigger",
    "Mapping trigger",
    STEP,
    with_last_changes(_trigger),
    _THERE,
    reads=("subscriptions", "catalog", "activations", "audit"),
)
FIELDS = Check(
    "mapping.fields",
    "Hidden fields",
    STEP,
    with_last_changes(_fields),
    (*_THERE, TRIGGER),
    reads=("subscriptions", "catalog", "audit"),
)
CONTEXT_KIND = Check(
    "mapping.context_kind",
    "Context kind in the mapping",
    STEP,
    with_last_changes(_context_kind),
    (*_THERE, launchdarkly_app.CONTEXT_KIND),
    reads=("subscriptions", "audit"),
)
CONTEXT_KEY = Check(
    "mapping.context_key",
    "Context key in the mapping",
    STEP,
    with_last_changes(_context_key),
    _THERE,
    reads=("subscriptions", "audit"),
)
BATCHING = Check("mapping.batching", "Batching", STEP, _batching, _THERE, reads=("subscriptions",))
ROOM = Check(
    "mapping.room",
    "Mapping limit",
    STEP,
    _room,
    (DESTINATION_EXISTS,),
    matters=False,
    reads=("subscriptions",),
)
CHECKS = (EXISTS, SINGLE, ENABLED, TRIGGER, FIELDS, CONTEXT_KIND, CONTEXT_KEY, BATCHING, ROOM)
