"""How a Segment profile becomes a LaunchDarkly context: the destination's one mapping.

See docs/segment.md#preset-fields and docs/segment.md#context-key-choices.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain.answers import ContextKey
from wizard.domain.services.segment import Audience, CatalogEntry, Subscription
from wizard.domain.services.trigger import same_trigger

ACTION_SLUG = "syncAudience"
DEFAULT_CONTEXT_KIND = "user"
VISIBLE_FIELDS = ("context_kind", "context_key", "enable_batching")
_COMPUTED_BY_THE_DESTINATION = "audience_action"
_TRIGGER_OF_AN_ACTIVATION = "event_emitter_id"

# What the catalog says, for a workspace whose catalog can't be read: docs/segment.md#catalog-entry and
# docs/segment.md#preset-fields.
FALLBACK_CATALOG_ENTRY = CatalogEntry(
    metadata_id="64e72a310da9ebedf99c8937",
    slug="actions-launchdarkly-audiences",
    name="LaunchDarkly Audiences",
    action_id="aPAULh8sgt5bcTeXJuXTB6",
    preset_name="Sync Engage Audience to LaunchDarkly",
    trigger='type = "identify" or type = "track"',
    fields={
        "segment_audience_id": {"@path": "$.context.personas.computation_id"},
        "segment_audience_key": {"@path": "$.context.personas.computation_key"},
        "segment_computation_action": {"@path": "$.context.personas.computation_class"},
        "context_kind": DEFAULT_CONTEXT_KIND,
        "segment_user_id": {"@path": "$.userId"},
        "segment_anonymous_id": {"@path": "$.anonymousId"},
        "user_email": {
            "@if": {
                "exists": {"@path": "$.traits.email"},
                "then": {"@path": "$.traits.email"},
                "else": {"@path": "$.context.traits.email"},
            }
        },
        "context_key": ContextKey.USER_ID_ONLY.value,
        "traits_or_props": {
            "@if": {
                "exists": {"@path": "$.properties"},
                "then": {"@path": "$.properties"},
                "else": {"@path": "$.traits"},
            }
        },
        "enable_batching": True,
    },
    from_catalog=False,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference from what is wanted: `trigger`, `name` or the key of a setting. `now` None: not set."""

    key: str
    now: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class ContextKeyChoice:
    value: ContextKey
    label: str  # the App's own words
    why: str
    recommended: bool = False


LABELS: Mapping[ContextKey, str] = {
    ContextKey.USER_ID_ONLY: "Use Segment UserId only",
    ContextKey.EMAIL_ONLY: "Use email only",
    ContextKey.USER_ID_THEN_EMAIL: "Use Segment UserId or email",
    ContextKey.USER_ID_THEN_ANONYMOUS_ID: "Use Segment UserId or Segment AnonymousId",
    ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID: "Use Segment UserId or email or Segment AnonymousId",
}

FIELD_LABELS = {  # the App's own words, by the key of a setting
    "context_kind": "Context kind",
    "context_key": "Context key",
    "enable_batching": "Enable batching",
}

_WHY = {
    ContextKey.USER_ID_ONLY: "For apps whose context key is Segment's userId. Every key is a userId.",
    ContextKey.EMAIL_ONLY: "For apps whose context key is the email address.",
    ContextKey.USER_ID_THEN_EMAIL: "Also syncs profiles without a userId. Their key is the email address.",
    ContextKey.USER_ID_THEN_ANONYMOUS_ID: "Also syncs visitors who haven't signed in, if your app sends that ID.",
    ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID: "Syncs the most profiles. Keys are a mix of all three.",
}

_USER_ID, _EMAIL, _ANONYMOUS_ID = "userId", "email", "anonymousId"
_CARRIED = {
    ContextKey.USER_ID_ONLY: (_USER_ID,),
    ContextKey.EMAIL_ONLY: (_EMAIL,),
    ContextKey.USER_ID_THEN_EMAIL: (_USER_ID, _EMAIL),
    ContextKey.USER_ID_THEN_ANONYMOUS_ID: (_USER_ID, _ANONYMOUS_ID),
    ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID: (_USER_ID, _EMAIL, _ANONYMOUS_ID),
}
# Identifiers of a member that exists in the sandbox, since people type what they just read.
_EXAMPLES = {_USER_ID: "user-0042", _EMAIL: "user-0042@example.com", _ANONYMOUS_ID: "anon-user-0042"}
_FIELD_OF = {"segment_user_id": _USER_ID, "user_email": _EMAIL, "segment_anonymous_id": _ANONYMOUS_ID}


def wanted_settings(
    catalog: CatalogEntry, context_kind: str, context_key: ContextKey, batching: bool
) -> dict[str, Any]:
    """Return the catalog's preset, hidden fields included, with the three visible settings laid over it.

    See docs/segment.md#preset-fields.
    """
    preset = catalog.fields or FALLBACK_CATALOG_ENTRY.fields
    settings = {key: value for key, value in preset.items() if key != _COMPUTED_BY_THE_DESTINATION}
    visible = {"context_kind": context_kind, "context_key": context_key.value, "enable_batching": batching}
    return settings | visible


def own_mappings(
    subscriptions: Iterable[Subscription], catalog: CatalogEntry, owners: Container[str] = ()
) -> tuple[Subscription, ...]:
    """Return the mappings of the destination's one action, without those that activations own.

    `owners`: the names of the activations. See docs/segment.md#mapping-calls and docs/segment.md#activations.
    """
    return tuple(
        one for one in subscriptions if _is_of_the_action(one, catalog) and not _is_an_activations(one, catalog, owners)
    )


def activation_mappings(
    subscriptions: Iterable[Subscription], catalog: CatalogEntry, owners: Container[str] = ()
) -> tuple[Subscription, ...]:
    """Return the active mappings that activations own and send through, each beside the destination's own mapping."""
    return tuple(one for one in subscriptions if _is_an_activations(one, catalog, owners) and one.enabled is not False)


def has_a_trigger_of_its_own(subscription: Subscription) -> bool:
    """Return whether the trigger takes the events of one activation only."""
    return _TRIGGER_OF_AN_ACTIVATION in (subscription.trigger or "")


def _is_of_the_action(subscription: Subscription, catalog: CatalogEntry) -> bool:
    return subscription.action_id == catalog.action_id or subscription.action_slug == ACTION_SLUG


def _is_an_activations(subscription: Subscription, catalog: CatalogEntry, owners: Container[str]) -> bool:
    """Return whether an activation owns the mapping, by the trigger, or by the name in case someone edited that."""
    is_named_so = subscription.name in owners and subscription.name != catalog.preset_name
    return is_named_so or has_a_trigger_of_its_own(subscription)


def is_an_untouched_preset(subscription: Subscription, catalog: CatalogEntry) -> bool:
    """Return whether the mapping is the preset as Segment itself adds it: switched off, with the catalog's values.

    It sends nothing, and nobody has set anything in it (docs/segment.md#mapping-calls).
    """
    is_as_added = subscription.enabled is False and subscription.name == catalog.preset_name
    shows_all = subscription.trigger is not None and bool(subscription.settings)
    fields = catalog.fields or FALLBACK_CATALOG_ENTRY.fields
    return is_as_added and shows_all and not differences(subscription, trigger=catalog.trigger, settings=fields)


def differences(
    subscription: Subscription,
    *,
    trigger: str,
    settings: Mapping[str, Any],
) -> tuple[Difference, ...]:
    """Return what differs in the trigger and in our settings. Segment adds keys (docs/segment.md#mapping-calls).

    A trigger that Segment doesn't show counts as equal. So do all settings if it shows none.
    """
    found = []
    if subscription.trigger is not None and not same_trigger(subscription.trigger, trigger):
        found.append(Difference("trigger", subscription.trigger, trigger))
    for key, wanted in settings.items() if subscription.settings else ():
        now = subscription.settings.get(key)
        if now != wanted and not (now is None and _may_be_missing(key, settings)):
            found.append(Difference(key, now, wanted))
    return tuple(found)


def _may_be_missing(key: str, settings: Mapping[str, Any]) -> bool:
    """Return whether a setting may be unset: an identifier that the context key never uses, or batching when off."""
    if key == "enable_batching":
        return settings[key] is False
    if key not in _FIELD_OF or settings.get("context_key") not in tuple(ContextKey):
        return False
    return _FIELD_OF[key] not in _CARRIED[ContextKey(settings["context_key"])]


def context_key_choices(recommended: ContextKey = ContextKey.USER_ID_ONLY) -> tuple[ContextKeyChoice, ...]:
    """Return all five choices, the recommended one first."""
    order = sorted(ContextKey, key=lambda value: value is not recommended)
    return tuple(ContextKeyChoice(value, LABELS[value], _WHY[value], value is recommended) for value in order)


def recommended_context_key(audiences: Iterable[Audience]) -> ContextKey:
    """Return the userId, unless the audiences' settings show that members are known only by other identifiers."""
    known = {_identifier(name) for audience in audiences for name in audience.identifiers}
    if _USER_ID in known:
        return ContextKey.USER_ID_ONLY
    if _EMAIL in known:
        return ContextKey.EMAIL_ONLY
    return ContextKey.USER_ID_THEN_ANONYMOUS_ID if _ANONYMOUS_ID in known else ContextKey.USER_ID_ONLY


def carried_identifiers(context_key: ContextKey) -> tuple[str, ...]:
    """Return the identifiers that a context key takes, the preferred one first, spelled as in an event."""
    return _CARRIED[context_key]


def falls_back_from(key: ContextKey, other: ContextKey) -> bool:
    """Return whether `other` takes the identifiers of `key` first, and further ones only without them."""
    return _CARRIED[other][: len(_CARRIED[key])] == _CARRIED[key]


def uncovered_identifiers(context_key: ContextKey, identifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the audience's identifiers that this context key can't carry: members known only by these don't sync."""
    return tuple(name for name in identifiers if _identifier(name) not in _CARRIED[context_key])


def widest_context_key(audiences: Iterable[Audience]) -> ContextKey:
    """Return the context key that leaves out the fewest of the audiences' identifiers."""
    admitted = [audience.identifiers for audience in audiences]
    return min(ContextKey, key=lambda key: sum(len(uncovered_identifiers(key, names)) for names in admitted))


def example(context_kind: str, context_key: ContextKey, identifiers: Iterable[str] = ()) -> str:
    """Return sentences on what a profile becomes, and what it becomes while its first identifier is missing."""
    known = {_identifier(name) for name in identifiers}
    carried = _CARRIED[context_key]
    first, *others = [name for name in carried if name in known] or carried
    said = f"A profile with {first} {_EXAMPLES[first]} becomes the context {context_kind} / {_EXAMPLES[first]}."
    for name in others:
        said += f" Without it, {name} {_EXAMPLES[name]} becomes {context_kind} / {_EXAMPLES[name]}."
    return said


def _identifier(name: str) -> str:
    """Return an identifier as it's spelled in an event: `userId` for the `user_id` of an audience's settings."""
    spelled = name.casefold().replace("_", "")
    return next((known for known in _EXAMPLES if known.casefold() == spelled), name)
