"""The words for a change and its result, which every interface shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from wizard.domain.answers import ContextKey
from wizard.domain.planning.audience_draft import ACTIVATE, CONNECT
from wizard.domain.planning.change import DESTINATION, MAPPING, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.domain.services.mapping import FIELD_LABELS, LABELS
from wizard.flow.writing.result import Outcome, Result
from wizard.text import KEY_LIMIT, count, plain

ACTIONS: Mapping[Action, str] = {
    Action.CREATE: "create",
    Action.UPDATE: "change",
    Action.ADOPT: "adopt",
    Action.NONE: "as wanted",
    Action.BY_HAND: "by hand",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.DONE: "done",
    Outcome.ALREADY: "was there",
    Outcome.BY_HAND: "by hand",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "skipped",
}
AFTER_THE_HANDS = "after the steps by hand"
DONE_BY_HAND = "done by hand"
ALL_MADE = "All changes were made and read back."
SOME_FAILED = "Some changes failed. The changes that were made stay."
AS_WANTED = "Everything is already as you want it."


_LABELS: Mapping[str, str] = {
    **FIELD_LABELS,
    "name": "Name",
    "enabled": "Enabled",
    "source": "Source",
    "client_side_id": "LaunchDarkly client-side ID",
    "token": "LaunchDarkly Service Token",
    "service_token": "This is a service token",
    "policy": "Inline policy",
    "role": "Role",
    "secret": "Secret",
    "trigger": "Trigger",
    "audience": "Audience",
    "destination": "Destination",
    "type": "Activation type",
    "resync": "Send all members",
    "send": "Send",
    "activation": "Activation",
    CONNECT: "Connect to destination",
    ACTIVATE: "Activation",
}
_SWITCHES = {DESTINATION: "Enable Destination", MAPPING: "Status"}


class Value(NamedTuple):
    """One value of a change; `now` is None if nothing is set yet."""

    name: str
    now: str | None
    wanted: str
    label: str = ""  # the field's name on the vendor's screens, else its key


def counted(many: int, what: str) -> str:
    """Return "3 to add"; what waits for the steps by hand is counted as what comes then."""
    return f"then {many} more" if what == AFTER_THE_HANDS else f"{many} {what}"


def word_of(result: Result) -> str:
    """Return how a change ended, in one to five words."""
    if result.action is Action.BY_HAND and result.outcome is Outcome.DONE:
        return DONE_BY_HAND
    return AFTER_THE_HANDS if result.waits_for_hands else OUTCOMES[result.outcome]


def what_yes_does(*plans: Plan) -> str:
    """Return "make 3 changes", with what is left to do by hand, and for several plans in how many environments."""
    writes, waiting = sum(len(plan.made_at_once) for plan in plans), sum(len(plan.waiting) for plan in plans)
    by_hand = sum(len(plan.pending) for plan in plans) - writes - waiting
    places = sum(bool(plan.made_at_once) for plan in plans)
    there = f" in {count(places, 'environment')}" if places > 1 else ""
    if not writes:
        return f"do {count(by_hand, 'change')} by hand" + (f", then make {waiting}" if waiting else "")
    return f"make {count(writes, 'change')}{there}" + (f", do {by_hand} by hand" if by_hand else "")


def where(change: Change, separator: str) -> str:
    """Return the host, and whether the change can be undone."""
    undo = "can be undone" if change.undoable else "not undone from here"
    return f"{change.host}{separator}{undo}" if change.writes else change.host


def values(change: Change) -> Iterator[Value]:
    """Yield each value that the change would set; for an update, only the values that differ."""
    if change.action in {Action.NONE, Action.ADOPT}:
        return
    before = dict(_flat(change.before or {}))
    differing = [(name, value) for name, value in _flat(change.after or {}) if before.get(name) != value]
    for name, value in differing:
        if not isinstance(value, Mapping):
            now = _word(before[name]) if name in before else None
            yield Value(plain(name), now, _word(value), _label(change, name))
    hidden = sum(isinstance(value, Mapping) for _, value in differing)
    if hidden:
        yield Value("hidden", None, f"{count(hidden, 'field')}, set as in Segment's catalog", "Hidden fields")


def _label(change: Change, name: str) -> str:
    if name == "enabled" and change.id in _SWITCHES:
        return _SWITCHES[change.id]
    return _LABELS.get(name, plain(name))


def how_it_went(result: Result) -> Iterator[tuple[str, str]]:
    """Yield (label, sentence), with an empty label for the outcome; for a failure, also cause, fix and request ID."""
    error = result.error
    if error is not None:
        yield "", error.summary
        parts = (("cause", error.cause), ("fix", error.fix), ("request", error.request_id))
        yield from ((label, text) for label, text in parts if text)
    is_said = error is not None and (result.outcome is not Outcome.BY_HAND or error.fix == result.detail)
    if result.detail and not is_said:
        yield "", result.detail


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield nested settings one by one, under their own names. Keep values that Segment computes (`@path`) whole."""
    for name, value in values.items():
        if isinstance(value, Mapping) and not any(str(key).startswith("@") for key in value):
            yield from _flat(value)
        else:
            yield name, value


def _word(value: object) -> str:
    if value in tuple(ContextKey):
        return LABELS[ContextKey(str(value))]
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return plain(json.dumps(value, ensure_ascii=False), KEY_LIMIT)
    return plain(str(value), KEY_LIMIT) if value not in (None, "") else "empty"
