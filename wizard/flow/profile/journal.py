"""The journal of writes to the services, with an entry before and after each, so that a killed run can be understood.

Pure: callers pass the time, and `wizard.flow.profile.session` keeps the entries on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, assert_never

from wizard.domain.connections import connections_in
from wizard.domain.facts import Facts, listed
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services.mapping import own_mappings
from wizard.domain.services.segment import Activation, Destination, Subscription
from wizard.domain.wanted import activation_names, catalog_entry
from wizard.flow.profile.shown_values import differing, shown_values

SHOWS_WITHIN = timedelta(minutes=1)  # how long a service may take to show a write
LISTED_WITHIN = timedelta(minutes=15)  # how long a new resource counts although a list lacks it
OPEN_FOR = timedelta(minutes=10)  # how long undo leaves alone what an unanswered write may use
WRITTEN_AGAIN_AFTER = timedelta(seconds=30)  # how long to look for a write's result before repeating it


class Resource(StrEnum):
    """The kinds of things that are written: a token and a flag's rule in LaunchDarkly, all others in Segment."""

    TOKEN = "token"  # noqa: S105 - a kind of thing, no secret
    DESTINATION = "destination"
    MAPPING = "mapping"
    CONNECTION = "connection"
    ACTIVATION = "activation"
    RULE = "rule"


class EntryStage(StrEnum):
    INTENDED = "intended"  # about to be written; we don't know whether it happened
    REFUSED = "refused"  # the service refused, and the resource wasn't found
    MADE = "made"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Write:
    """One write to a service. `before` and `after` are those of the plan's change, and hold no secret."""

    kind: Resource
    change_id: str
    within: Mapping[str, str] = field(default_factory=dict)  # IDs of the resources around it, for undo
    before: Mapping[str, Any] | None = None  # None for a new resource, else the values that were replaced
    after: Mapping[str, Any] | None = None  # what was set
    changes: str = ""  # id of the existing resource that the write changes

    @property
    def place(self) -> tuple[object, ...]:
        """See `Entry.place`."""
        return self.kind, self.change_id, tuple(sorted(self.within.items())), self.before is None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: a write (see `Write`) and how far it got."""

    at: datetime
    stage: EntryStage
    kind: Resource
    change_id: str
    resource_id: str = ""
    within: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    workspace: str = ""  # ID of the Segment workspace; empty if it wasn't recorded

    @property
    def is_creation(self) -> bool:
        return self.before is None

    @property
    def replaces_nothing(self) -> bool:
        """Return whether the write only sent members again, which can't be undone."""
        return self.before is not None and not self.before and not self.after

    @property
    def place(self) -> tuple[object, ...]:
        """Return a key for the write, the same in all its entries and when the write is repeated."""
        return self.kind, self.change_id, tuple(sorted(self.within.items())), self.is_creation


class Journal(Protocol):
    """The record to write before and after each write to a service."""

    def intend(self, write: Write) -> None: ...

    def made(self, write: Write, resource_id: str) -> None: ...

    def refused(self, write: Write) -> None: ...


def as_started(after: Mapping[str, Any] | None, seen: object) -> Mapping[str, Any] | None:
    """Return the values set in a new resource, without `enabled` if Segment created it switched off.

    Otherwise it'd look as if someone had switched it off, and undo would leave it (docs/segment.md#activations).
    """
    started_off = getattr(seen, "enabled", None) is False
    return {key: value for key, value in after.items() if key != "enabled"} if after and started_off else after


def as_taken(after: Mapping[str, Any] | None, seen: Destination | Subscription) -> dict[str, Any]:
    """Return the values set in a new resource, without those that Segment didn't take.

    Otherwise undo would think that someone has changed them, and leave the resource: also once a person sets them.
    """
    values, now = dict(after or {}), shown_values(seen, after)
    settings = values.get("settings", {})
    refused = {key for key, _, _ in differing(values, {**now, "settings": None})} - {"name"}
    refused_settings = {key for key, _, _ in differing(settings, now["settings"])}
    taken = {key: value for key, value in values.items() if key not in refused}
    if settings:
        taken["settings"] = {key: value for key, value in settings.items() if key not in refused_settings}
    return taken


# --- what follows from a journal ----------------------------------------------------------------------------------


def not_undone(journal: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return what was made or changed and not undone: one entry for each resource, in the order of making.

    A resource that was made and later changed counts as made, with the values that were set last.
    """
    found: dict[str, Entry] = {}
    for entry in journal:
        if entry.stage is EntryStage.UNDONE:
            found.pop(entry.resource_id, None)
        elif entry.stage is EntryStage.MADE and not entry.replaces_nothing:
            known = found.get(entry.resource_id)
            found[entry.resource_id] = _changed_again(known, entry) if known else entry
    return tuple(found.values())


def unconfirmed(journal: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the writes whose result is unknown. What is found in their place was made or changed by us."""
    last = {entry.place: entry for entry in journal}
    return tuple(entry for entry in last.values() if entry.stage is EntryStage.INTENDED)


@memoize_last  # asked for with every new state
def last_repair(journal: tuple[Entry, ...]) -> tuple[datetime | None, frozenset[str]]:
    """Return when the destination or its mapping was last repaired, and the audiences sent with all members since.

    Segment sends changes only, so members that weren't sent before a repair are still missing after it.
    """
    last: datetime | None = None
    sent: set[str] = set()
    has_a_new_token = False  # a rotation sets a new token in the destination, which is no repair
    for entry in journal:
        if entry.stage is EntryStage.MADE and _sends_all_members(entry):
            sent.add(entry.within.get("audience", ""))
        elif entry.kind in {Resource.DESTINATION, Resource.MAPPING} and (
            entry.stage is EntryStage.UNDONE or _lets_events_through(entry, has_a_new_token=has_a_new_token)
        ):
            last, sent = None if entry.stage is EntryStage.UNDONE else entry.at, set()
        if entry.stage is EntryStage.MADE:
            has_a_new_token = entry.kind is Resource.TOKEN
    return last, frozenset(sent)


@memoize_last  # asked for with every new state
def last_other_keys(journal: tuple[Entry, ...]) -> tuple[datetime | None, frozenset[str]]:
    """Return when the mapping's context key or kind last changed, and the audiences sent with all members since."""
    last: datetime | None = None
    sent: set[str] = set()
    for entry in journal:
        if entry.stage is EntryStage.MADE and entry.kind in {Resource.CONNECTION, Resource.ACTIVATION}:
            sent.add(entry.within.get("audience", ""))
        elif entry.kind is Resource.MAPPING and (entry.stage is EntryStage.UNDONE or _changes_keys(entry)):
            last, sent = None if entry.stage is EntryStage.UNDONE else entry.at, set()
    return last, frozenset(sent)


def _changes_keys(entry: Entry) -> bool:
    is_change = entry.stage is EntryStage.MADE and bool(entry.before)
    return is_change and bool({"context_key", "context_kind"} & set((entry.after or {}).get("settings", {})))


def _sends_all_members(entry: Entry) -> bool:
    return entry.kind in {Resource.CONNECTION, Resource.ACTIVATION} and (entry.is_creation or entry.replaces_nothing)


def _lets_events_through(entry: Entry, *, has_a_new_token: bool) -> bool:
    """Return whether an entry is a repair: it changed more than the name, and more than the token in a rotation."""
    if entry.stage is not EntryStage.MADE or not entry.before:
        return False
    set_to = {name: value for name, value in (entry.after or {}).items() if name != "name"}
    is_only_a_token = set(set_to) == {"settings"} and set(set_to["settings"]) == {"token"}
    return bool(set_to) and not (is_only_a_token and has_a_new_token)


def may_be_there(journal: Iterable[Entry], now: datetime, within: timedelta = OPEN_FOR) -> tuple[Entry, ...]:
    """Return the recent creations without an answer: what they made may exist without being listed yet."""
    return tuple(one for one in unconfirmed(journal) if not one.resource_id and _is_near(one, now, within))


def written_lately(journal: Iterable[Entry], write: Write, now: datetime) -> bool:
    """Return whether this write may have happened so recently that its result may still appear."""
    last = {entry.place: entry for entry in journal}.get(write.place)
    if last is None or last.stage not in {EntryStage.INTENDED, EntryStage.MADE}:
        return False
    return _is_near(last, now, SHOWS_WITHIN)


def made_lately(journal: Iterable[Entry], resource_id: str, now: datetime) -> bool:
    """Return whether the wizard created this resource so recently that everything in it was created with it."""
    made = (entry for entry in not_undone(journal) if entry.resource_id == resource_id and entry.is_creation)
    return any(_is_near(entry, now, SHOWS_WITHIN) for entry in made)


def _is_near(entry: Entry, now: datetime, within: timedelta) -> bool:
    """Return whether an entry is recent. It may even be from the future, if the clock was set back since."""
    return abs(now - entry.at) < within


def _changed_again(first: Entry, later: Entry) -> Entry:
    if later.is_creation:
        return later
    before = None if first.before is None else _laid_over(later.before, first.before)
    return replace(first, before=before, after=_laid_over(first.after, later.after))


def _laid_over(below: Mapping[str, Any] | None, above: Mapping[str, Any] | None) -> dict[str, Any]:
    values = dict(below or {})
    for key, value in (above or {}).items():
        nested = isinstance(value, Mapping) and isinstance(values.get(key), Mapping)
        values[key] = {**values[key], **value} if nested else value
    return values


# --- found in the place of what was intended ----------------------------------------------------------------------


def found_in_place(intended: Iterable[Entry], facts: Facts) -> tuple[tuple[Entry, str], ...]:
    """Return each write that did happen, with the ID of the resource that it made or changed."""
    found = ((entry, _resource_in_place(entry, facts)) for entry in intended)
    return tuple((_as_found(entry, resource_id, facts), resource_id) for entry, resource_id in found if resource_id)


def _as_found(entry: Entry, resource_id: str, facts: Facts) -> Entry:
    seen = next((one for one in _listed(entry, facts) if one.id == resource_id), None)
    return entry if seen is None or not entry.is_creation else replace(entry, after=as_started(entry.after, seen))


def _resource_in_place(entry: Entry, facts: Facts) -> str:
    if not entry.is_creation:
        return _changed_in_place(entry, facts)
    match entry.kind:
        case Resource.TOKEN:
            return _token_in_place(entry, facts)
        case Resource.DESTINATION:
            return _destination_in_place(entry, facts)
        case Resource.MAPPING:
            return _mapping_in_place(entry, facts)
        case Resource.CONNECTION:
            return _connection_in_place(entry, facts)
        case Resource.ACTIVATION:
            return _activation_in_place(entry, facts)
        case Resource.RULE:
            return ""  # no fact shows it: whoever adds or undoes a rule reads the flag first
        case _:
            assert_never(entry.kind)


def _changed_in_place(entry: Entry, facts: Facts) -> str:
    """Return the ID if the resource shows the new values and no longer the old ones; else an empty text."""
    seen = next((one for one in _listed(entry, facts) if one.id == entry.resource_id), None)
    if seen is None:
        return ""
    now = shown_values(seen, entry.after)
    is_changed = any(differing(entry.before or {}, now)) and not any(differing(entry.after or {}, now))
    return seen.id if is_changed else ""


def _listed(entry: Entry, facts: Facts) -> tuple[Destination | Subscription | Activation, ...]:
    """Return the listed resources of the entry's kind, in the place where the entry's own would be."""
    if entry.kind is Resource.DESTINATION:
        return listed(facts.destinations)
    if entry.kind is Resource.ACTIVATION:
        return listed(facts.activations.get(entry.within.get("audience", "")))
    return listed(facts.subscriptions) if entry.kind is Resource.MAPPING else ()


def _token_in_place(entry: Entry, facts: Facts) -> str:
    """Return the ID of the token with the description that was sent, which says who made it, when and for what."""
    seen, sent = listed(facts.made_tokens), (entry.after or {}).get("description")
    return next((one.id for one in seen if one.description == sent), "")


def _destination_in_place(entry: Entry, facts: Facts) -> str:
    seen = listed(facts.destinations)
    return next((one.id for one in seen if _is_the_intended(one, entry)), "")


def _is_the_intended(destination: Destination, entry: Entry) -> bool:
    names = {(entry.after or {}).get("name"), destination.id}  # `name` is the ID if Segment shows no name
    return destination.client_side_id == entry.within.get("client_side_id") and destination.name in names


def _mapping_in_place(entry: Entry, facts: Facts) -> str:
    seen = listed(facts.subscriptions)
    own = own_mappings(seen, catalog_entry(facts), activation_names(facts))
    name, destination = (entry.after or {}).get("name"), entry.within.get("destination")
    return next((one.id for one in own if one.destination_id == destination and one.name == name), "")


def _connection_in_place(entry: Entry, facts: Facts) -> str:
    there = connections_in(facts.connections.get(entry.within.get("audience", "")))
    return next((one.id for one in there if one.destination_id == entry.within.get("destination")), "")


def _activation_in_place(entry: Entry, facts: Facts) -> str:
    there = listed(facts.activations.get(entry.within.get("audience", "")))
    return next((one.id for one in there if one.connection_id == entry.within.get("connection")), "")
