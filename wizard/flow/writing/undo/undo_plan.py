"""Plan an undo: compare the journal with what exists now. Pure.

Undo leaves alone what others made, what they have changed since, and what they use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from wizard.domain.connections import connections_in
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.flag_rule import matches_record
from wizard.domain.planning.change import attached_key
from wizard.domain.services.flag import FlagRule
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY, has_a_trigger_of_its_own, is_an_untouched_preset
from wizard.domain.services.segment import (
    Activation,
    CatalogEntry,
    Connection,
    Connections,
    Destination,
    Subscription,
)
from wizard.flow.profile.journal import OPEN_FOR, Entry, Resource
from wizard.flow.profile.shown_values import differing, shown_values
from wizard.flow.writing.undo.other_audiences import AT_MOST
from wizard.flow.writing.undo.undo_token import NO_MAKER, holder, title_of
from wizard.text import count, plain, within_sentence


class UndoAction(StrEnum):
    DELETE = "delete"
    RESTORE = "restore"  # set the values from before again
    LEAVE = "leave"  # others have changed it or use it
    GONE = "gone"  # someone else deleted it
    BY_HAND = "by hand"  # the wizard can't see enough, or the API can't do it


@dataclass(frozen=True, slots=True)
class UndoFacts:
    """What exists in both services now. `unseen` is the number of audiences that weren't read."""

    destinations: tuple[Destination, ...]
    subscriptions: Mapping[str, tuple[Subscription, ...] | Failure] = field(default_factory=dict)  # by destination
    connections: Mapping[str, Connections | Failure] = field(default_factory=dict)  # by audience, including others'
    activations: Mapping[str, tuple[Activation, ...] | Failure] = field(default_factory=dict)  # by audience
    unseen: int = 0
    hides_a_list: bool = False  # a space's audiences couldn't be listed
    deleted_audiences: frozenset[str] = frozenset()  # among those on which something was made
    workspace: str = ""  # id of the workspace that was read
    names: Mapping[str, str] = field(default_factory=dict)  # of audiences, by ID
    rules: Mapping[str, FlagRule | Failure | None] = field(default_factory=dict)  # flag rules by ID; None: it's gone
    tokens: tuple[Token, ...] | Failure = ()  # LaunchDarkly's, read only if the wizard made one
    can_delete_tokens: bool = False  # whether the user gave an admin's token
    catalog: CatalogEntry = FALLBACK_CATALOG_ENTRY


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One resource of the journal and what undo does with it. `why` is empty when there's nothing to explain."""

    entry: Entry
    doing: UndoAction
    title: str  # "the mapping Sync Engage Audience to LaunchDarkly"
    why: str = ""
    connection: Connection | None = None  # for disconnecting
    now: Subscription | Destination | Activation | None = None  # the current values, for restoring
    token: Token | None = None  # for deleting a token
    leaves_a_step: bool = False  # a part can't be put back by API: `why` says what a person does

    @property
    def writes(self) -> bool:
        return self.doing in {UndoAction.DELETE, UndoAction.RESTORE}

    @property
    def stays(self) -> bool:
        return self.doing in {UndoAction.LEAVE, UndoAction.BY_HAND}


def plan_undo(made: Iterable[Entry], seen: UndoFacts, uncertain: Iterable[Entry] = ()) -> tuple[UndoStep, ...]:
    """Plan the undo in the order that the services allow: rule, activation, connection, mapping, destination, token.

    `uncertain`: entries of what may have been made and isn't listed yet. Keep everything that it would depend on.
    """
    drawing = _Drawing(tuple(made), seen)
    drawing.drawn += [_uncertain(entry, seen.names) for entry in uncertain if entry.kind is not Resource.ACTIVATION]
    drawing.draw(Resource.RULE, drawing.rule)
    drawing.draw(Resource.ACTIVATION, drawing.activation)
    drawing.draw(Resource.CONNECTION, drawing.connection)
    drawing.draw(Resource.MAPPING, drawing.mapping)
    drawing.draw(Resource.DESTINATION, drawing.destination)
    drawing.draw(Resource.TOKEN, drawing.token)
    return _told_apart(tuple(drawing.with_its_mapping(back) for back in drawing.drawn), seen.destinations)


def _told_apart(plan: tuple[UndoStep, ...], destinations: Iterable[Destination]) -> tuple[UndoStep, ...]:
    """Add the destination to titles that occur more than once, because several environments can share audiences."""
    often = {title for title, times in Counter(back.title for back in plan).items() if times > 1}
    names = {one.id: plain(one.name) for one in destinations}

    def told_apart(back: UndoStep) -> UndoStep:
        name = names.get(back.entry.within.get("destination", ""), "")
        return replace(back, title=f"{back.title} ({name})") if name and back.title in often else back

    return tuple(map(told_apart, plan))


def goes_if_unused(plan: Iterable[UndoStep]) -> frozenset[str]:
    """Return the IDs of the destinations that undo changes if no one else uses them: themselves or their mapping."""
    shared = {Resource.DESTINATION, Resource.MAPPING}
    taken = (back.entry for back in plan if back.writes and back.entry.kind in shared)
    return frozenset(entry.within.get("destination", entry.resource_id) for entry in taken)


class _Drawing:
    """An undo plan in the making. Earlier decisions bind later ones: what stays keeps what it depends on."""

    def __init__(self, made: tuple[Entry, ...], seen: UndoFacts) -> None:
        self._made = made
        self._seen = seen
        self.drawn: list[UndoStep] = []

    def draw(self, kind: Resource, one: Any) -> None:
        mine = (entry for entry in self._made if entry.kind == kind)
        self.drawn += [one(entry) if self._is_here(entry) else _elsewhere(entry, self._seen.names) for entry in mine]

    def _is_here(self, entry: Entry) -> bool:
        """Return whether the entry belongs to this workspace. If not, its absence from lists doesn't mean it's gone."""
        return (
            entry.kind is Resource.RULE
            or not (entry.workspace and self._seen.workspace)
            or entry.workspace == self._seen.workspace
        )

    # --- flags ----------------------------------------------------------------------------------------------------

    def rule(self, entry: Entry) -> UndoStep:
        title, seen = _title(entry), self._seen.rules.get(entry.resource_id)
        if isinstance(seen, Failure):
            return _unseen(entry, title, seen)
        if seen is None:
            return UndoStep(entry, UndoAction.GONE, title)
        if not matches_record(seen, entry.after or {}):
            return UndoStep(entry, UndoAction.LEAVE, title, "Someone has changed it since.")
        return UndoStep(entry, UndoAction.DELETE, title)

    # --- audiences ------------------------------------------------------------------------------------------------

    def activation(self, entry: Entry) -> UndoStep:
        audience, title = entry.within.get("audience", ""), _title(entry, self._seen.names)
        if audience in self._seen.deleted_audiences:
            return UndoStep(entry, UndoAction.GONE, title)
        seen = self._seen.activations.get(audience)
        if not isinstance(seen, tuple):
            return _unseen(entry, title, seen)
        there = next((one for one in seen if one.id == entry.resource_id), None)
        if there is None:
            return UndoStep(entry, UndoAction.GONE, title)
        changed = _changes(entry.after, shown_values(there, entry.after))
        if changed:
            return _left(entry, title, changed)
        if entry.is_creation:
            return UndoStep(entry, UndoAction.DELETE, title)
        if not there.settings:
            return UndoStep(entry, UndoAction.BY_HAND, title, _put_back_by_hand(entry))
        return UndoStep(entry, UndoAction.RESTORE, title, now=there)

    def connection(self, entry: Entry) -> UndoStep:
        audience = entry.within.get("audience", "")
        title, seen = _title(entry, self._seen.names), self._seen.connections.get(audience)
        if audience in self._seen.deleted_audiences:
            return UndoStep(entry, UndoAction.GONE, title)
        if not isinstance(seen, Connections):
            return _unseen(entry, title, seen)
        there = next((one for one in seen.items if one.id == entry.resource_id), None)
        if there is None:
            return UndoStep(entry, UndoAction.GONE, title)
        if self._has_an_activation_that_stays(audience, there):
            return UndoStep(entry, UndoAction.LEAVE, title, "An activation on it stays.")
        others = any(one.destination_id == there.destination_id and one is not there for one in seen.items)
        known_by = (
            replace(there, destination_id="") if others else there
        )  # without the destination's ID, which would delete all of these connections
        return UndoStep(entry, UndoAction.DELETE, title, connection=known_by)

    def _has_an_activation_that_stays(self, audience: str, connection: Connection) -> bool:
        seen = self._seen.activations.get(audience)
        taken = self._taken()
        here = (one for one in listed(seen) if one.connection_id == connection.id)
        unseen = any(back.stays and back.entry.within.get("connection") == connection.id for back in self.drawn)
        return unseen or any(one.id not in taken for one in here)

    # --- mapping --------------------------------------------------------------------------------------------------

    def mapping(self, entry: Entry) -> UndoStep:
        destination = entry.within.get("destination", "")
        title, seen = _title(entry), self._seen.subscriptions.get(destination)
        if all(one.id != destination for one in self._seen.destinations):
            return UndoStep(entry, UndoAction.GONE, title)
        if not isinstance(seen, tuple):
            return _unseen(entry, title, seen)
        there = next((one for one in seen if one.id == entry.resource_id), None)
        if there is None:
            return UndoStep(entry, UndoAction.GONE, title)
        changed = _changes(entry.after, shown_values(there, entry.after))
        return self._unless_shared(entry, f"the mapping {there.name}", changed, destination, there)

    # --- destination ----------------------------------------------------------------------------------------------

    def destination(self, entry: Entry) -> UndoStep:
        there = next((one for one in self._seen.destinations if one.id == entry.resource_id), None)
        if there is None and any(_has_same_name_and_place(one, entry) for one in self._seen.destinations):
            return UndoStep(entry, UndoAction.BY_HAND, _title(entry), "Segment lists an identical one with another ID.")
        if there is None:
            return UndoStep(entry, UndoAction.GONE, _title(entry))
        changed = _changes(_not_put_back_yet(entry, there), shown_values(there, entry.after))
        back = self._unless_shared(entry, f"the destination {there.name}", changed, there.id, there)
        if back.doing is UndoAction.RESTORE and _replaces_a_token(entry):
            return _without_its_token(back, there)
        if back.doing is UndoAction.DELETE and (why := self._what_keeps(there)):
            return replace(back, doing=UndoAction.LEAVE, why=why)
        return replace(back, why=self._what_goes_too(there)) if back.doing is UndoAction.DELETE else back

    def _what_goes_too(self, destination: Destination) -> str:
        """Say how many preset mappings are deleted with the destination, so that the user knows before the yes."""
        ours = {entry.resource_id for entry in self._made}
        seen = listed(self._seen.subscriptions.get(destination.id))
        presets = sum(one.id not in ours and self._is_nobodys(one) for one in seen)
        goes = "goes" if presets == 1 else "go"
        return f"{count(presets, 'unused preset mapping')}, switched off, {goes} with it." if presets else ""

    def _what_keeps(self, destination: Destination) -> str:
        """Return why the destination must stay, with its mappings and connections; empty if it can be deleted."""
        if self._stay_on(destination.id):
            return "Something on it stays."
        seen = self._seen.subscriptions.get(destination.id)
        if not isinstance(seen, tuple):
            return "Its mappings couldn't be read."
        ours = {entry.resource_id for entry in self._made}
        names = {one.name for every in self._seen.activations.values() if isinstance(every, tuple) for one in every}
        owned = [one for one in seen if has_a_trigger_of_its_own(one) or (one.name in names and one.id not in ours)]
        owners = {one.name for one in owned}
        activations = [
            b for b in self.drawn if b.entry.kind is Resource.ACTIVATION and self._takes_its_mapping(b, owners)
        ]
        others = [one for one in seen if one.id not in ours and one not in owned and not self._is_nobodys(one)]
        if others or len(owned) > len(activations):
            return f"It has {count(len(others) or len(owned) - len(activations), 'mapping')} that others made."
        return ""

    def _is_nobodys(self, mapping: Subscription) -> bool:
        """Return whether nobody needs a mapping that isn't ours: Segment added it, and nobody has changed it."""
        return is_an_untouched_preset(mapping, self._seen.catalog)

    def _takes_its_mapping(self, back: UndoStep, owners: Container[str]) -> bool:
        """Return whether this step accounts for one of the mappings that activations leave on the destination.

        `owners` are the names of these mappings. A mapping can outlive its activation, for example after a person
        detached the audience.
        """
        is_on_a_deleted_audience = back.entry.within.get("audience") in self._seen.deleted_audiences
        outlived = back.doing is UndoAction.GONE and (back.entry.after or {}).get("name") in owners
        goes = back.doing is UndoAction.DELETE or is_on_a_deleted_audience or outlived
        return back.entry.is_creation and goes

    def with_its_mapping(self, back: UndoStep) -> UndoStep:
        """Restore an activation only if the mapping is undone too. Otherwise members would get two kinds of keys."""
        destination = back.entry.within.get("destination", "")
        stays = Resource.MAPPING in self._stay_on(destination)
        if back.entry.kind is not Resource.ACTIVATION or back.doing is not UndoAction.RESTORE or not stays:
            return back
        return replace(
            back, doing=UndoAction.LEAVE, why="The mapping stays as it is, and the two have to match.", now=None
        )

    # --- token ----------------------------------------------------------------------------------------------------

    def token(self, entry: Entry) -> UndoStep:
        """Delete the token if no destination holds it, apart from those that undo deletes before it."""
        title, seen = title_of(entry), self._seen.tokens
        if isinstance(seen, Failure):
            return UndoStep(entry, UndoAction.BY_HAND, title, "LaunchDarkly doesn't show its tokens.")
        there = next((one for one in seen if one.id == entry.resource_id), None)
        if there is None:
            return UndoStep(entry, UndoAction.GONE, title)
        going = self._taken()
        staying = (one for one in self._seen.destinations if one.id not in going)
        if kept := holder(there, staying):
            return UndoStep(entry, UndoAction.LEAVE, title, f"The destination {kept.name} still holds it.")
        if not self._seen.can_delete_tokens:
            return UndoStep(entry, UndoAction.BY_HAND, title, NO_MAKER)
        return UndoStep(entry, UndoAction.DELETE, title, token=there)

    # --- use by others --------------------------------------------------------------------------------------------

    def _unless_shared(
        self, entry: Entry, title: str, changed: str, destination: str, now: Subscription | Destination
    ) -> UndoStep:
        if changed:
            return _left(entry, title, changed)
        others = tuple(self._audiences_of_others(destination))
        if others:
            return UndoStep(entry, UndoAction.LEAVE, title, self._who_uses_it(others))
        if Resource.CONNECTION in self._stay_on(destination):
            return UndoStep(entry, UndoAction.LEAVE, title, "A connection may be on it.")
        if self._seen.unseen:
            why = f"We can't tell whether others use it: {_unread(self._seen)}."
            return UndoStep(entry, UndoAction.BY_HAND, title, why)
        return UndoStep(entry, UndoAction.DELETE if entry.is_creation else UndoAction.RESTORE, title, now=now)

    def _who_uses_it(self, audiences: tuple[str, ...]) -> str:
        at_least = "At least " if self._seen.unseen else ""
        names = [plain(self._seen.names.get(one, "")) for one in audiences[:3]]
        which = f": {', '.join(names)}{' and others' if len(audiences) > 3 else ''}" if all(names) else ""
        return (
            f"{at_least}{count(len(audiences), 'audience')} still {'uses' if len(audiences) == 1 else 'use'} it{which}."
        )

    def _stay_on(self, destination: str) -> set[Resource]:
        """Return the kinds of resources that stay on a destination."""
        there = (back.entry for back in self.drawn if back.stays)
        return {entry.kind for entry in there if entry.within.get("destination") == destination}

    def _taken(self) -> set[str]:
        """Return the IDs of the resources that undo deletes."""
        return {back.entry.resource_id for back in self.drawn if back.doing is UndoAction.DELETE}

    def _audiences_of_others(self, destination: str) -> Iterator[str]:
        taken = self._taken()
        for audience, seen in self._seen.connections.items():
            if any(one.destination_id == destination and one.id not in taken for one in connections_in(seen)):
                yield audience


def _unread(seen: UndoFacts) -> str:
    audiences = seen.unseen
    if seen.hides_a_list:
        return "the space's audiences couldn't be listed. Another undo may get further"
    if audiences > AT_MOST:
        return f"undo checks up to {AT_MOST} audiences, and the space has {audiences:,} more than this setup's"
    return f"{count(audiences, 'audience')} couldn't be read. Another undo may get further"


def _replaces_a_token(entry: Entry) -> bool:
    return "token" in (entry.before or {}).get("settings", {})


def _not_put_back_yet(entry: Entry, there: Destination) -> Mapping[str, Any] | None:
    """Return what was set, without the values that an earlier undo restored when it left the token to a person."""
    if not _replaces_a_token(entry):
        return entry.after
    before, now = entry.before or {}, shown_values(there, entry.after)
    return {key: value for key, value in (entry.after or {}).items() if key not in before or now[key] != before[key]}


def _without_its_token(back: UndoStep, there: Destination) -> UndoStep:
    """Restore everything but the token and the client-side ID that goes with it. Leave these two to a person."""
    before = back.entry.before or {}
    settings, now = before["settings"], shown_values(there, back.entry.after)
    place = f", with the client-side ID {settings['client_side_id']}" if settings.get("client_side_id") else ""
    which = f" ({settings['token']})" if settings["token"] else ""
    why = f"We can't read back the replaced token{which}: put it into the destination's settings again{place}."
    rest = {key: value for key, value in before.items() if key != "settings" and now[key] != value}
    doing = UndoAction.RESTORE if rest else UndoAction.BY_HAND
    own = replace(back.entry, before={**before, "settings": {}}) if rest else back.entry
    return replace(back, entry=own, doing=doing, why=why, leaves_a_step=bool(rest))


def _has_same_name_and_place(destination: Destination, made: Entry) -> bool:
    """Return whether a destination has the same name and environment as the destination that was made."""
    named = destination.name == (made.after or {}).get("name")
    return named and destination.client_side_id == made.within.get("client_side_id") != ""


def _uncertain(entry: Entry, names: Mapping[str, str]) -> UndoStep:
    """Leave to a person what may have been made. Not for an activation: Segment itself keeps a connection that has one.

    See docs/segment.md#connections.
    """
    minutes = OPEN_FOR // timedelta(minutes=1)
    may_exist = "A run that ended early may have created it, but Segment doesn't list it yet."
    why = f"{may_exist} Undo again in {minutes} minutes."
    if entry.kind in {Resource.TOKEN, Resource.RULE}:
        why = "A run that ended early may have created it in LaunchDarkly."
    return UndoStep(entry, UndoAction.BY_HAND, _title(entry, names), why)


def _elsewhere(entry: Entry, names: Mapping[str, str]) -> UndoStep:
    why = "It's in another Segment workspace. Undo again with a token of that workspace."
    return UndoStep(entry, UndoAction.BY_HAND, _title(entry, names), why)


def _title(entry: Entry, names: Mapping[str, str] = MappingProxyType({})) -> str:
    if entry.kind is Resource.RULE:
        return f"the rule of the flag {entry.within.get('flag', '')} for {plain(entry.within.get('segments', ''))}"
    if entry.kind is Resource.TOKEN:
        return title_of(entry)
    if entry.kind in {Resource.ACTIVATION, Resource.CONNECTION}:
        return f"the {entry.kind} of {_audience(entry, names)}"
    return f"the {entry.kind} {plain(str((entry.after or {}).get('name', '')))}".strip()


def _audience(entry: Entry, names: Mapping[str, str]) -> str:
    """Return the audience's name, or its key if no list has it."""
    name = plain(names.get(entry.within.get("audience", ""), ""))
    return name or f"the audience {attached_key(entry.change_id)}"


def _put_back_by_hand(entry: Entry) -> str:
    """Return how to restore an activation by hand: the API needs all its settings, which Segment doesn't show."""
    before = (entry.before or {}).get("settings", {})
    values = ", ".join(f"{key} to {_word(value)}" for key, value in before.items())
    return f"Segment doesn't show its mapping: in Segment, set {values} there."


def _unseen(entry: Entry, title: str, failure: Failure | None) -> UndoStep:
    said = f": {within_sentence(failure.message)}" if failure and failure.message else ""
    who = "LaunchDarkly" if entry.kind is Resource.RULE else "Segment"
    return UndoStep(entry, UndoAction.BY_HAND, title, f"{who} doesn't show it{said}.")


def _left(entry: Entry, title: str, changed: str) -> UndoStep:
    return UndoStep(entry, UndoAction.LEAVE, title, f"Someone has changed it since: {changed}.")


def _changes(ours: Mapping[str, Any] | None, now: Mapping[str, Any]) -> str:
    """Return in words which of the values that we set are different now. Values that Segment hides don't count."""
    return "; ".join(_change(key, wanted, seen) for key, wanted, seen in differing(ours or {}, now))


def _change(key: str, wanted: object, seen: object) -> str:
    if key == "token":  # "ends in 1a2b"
        return f"the token that {_word(wanted)} was replaced by the token that {_word(seen)}"
    return f"{key} was {_word(wanted)}, is {_word(seen)}"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(str(value), 60) or "empty"
