"""Record the state of both services: what was read, and how each check ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.connections import connection_to
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status, healthy
from wizard.domain.proof.checkup import about
from wizard.domain.proof.proof import GONE, TRIGGER, Claim, Held, Proof, Value
from wizard.domain.services.launchdarkly import Caller
from wizard.domain.services.mapping import FIELD_LABELS
from wizard.domain.services.segment import Audience, Connections, Destination, Subscription, Workspace
from wizard.domain.signals.segment_of_audience import found
from wizard.domain.wanted import (
    catalog_entry,
    chosen_audiences,
    chosen_destination,
    chosen_environment,
    chosen_mapping,
    chosen_space,
    environment_words,
)
from wizard.text import plain

_WORST_FIRST = (Status.FAIL, Status.WARN, Status.PASS)
_JUDGED = frozenset(_WORST_FIRST)


def prove(
    facts: Facts,
    answers: Answers,
    findings: tuple[Finding, ...],
    setup: Mapping[str, Held],
    at: datetime,
) -> Proof:
    """Return the state of the setup. `setup`: the settings that lead to the same plan, by their keys in setup.toml."""
    destination = chosen_destination(facts, answers)
    claims = (
        *_places(facts, answers),
        *_destination(destination, facts, answers),
        *_mapping(chosen_mapping(facts, answers, destination), destination, facts, answers),
        *(claim for one in chosen_audiences(facts, answers) for claim in _audience(one, destination, facts, answers)),
        *_missing_audiences(facts, answers),
    )
    counts = tuple(claim for one in chosen_audiences(facts, answers) for claim in _counts(one, facts))
    place, checks = environment_words(facts, answers), statuses(findings)
    unknown = tuple(dict.fromkeys(about(one) for one in findings if _is_unknown(one) and about(one) not in checks))
    return Proof(at, place, healthy(findings), setup, claims, counts, checks, unknown)


def statuses(findings: Iterable[Finding]) -> dict[str, Status]:
    """Return each check's status, by "ID" or "ID (audience key)"; of several findings, the worst status."""
    found: dict[str, Status] = {}
    for one in findings:
        if one.status in _JUDGED and not is_about_this_run(one):
            found[about(one)] = min(one.status, found.get(about(one), one.status), key=_WORST_FIRST.index)
    return found


def _is_unknown(finding: Finding) -> bool:
    """Return whether the check matters and couldn't be judged. A check that isn't needed doesn't count."""
    is_open = finding.status is Status.UNKNOWN or not finding.judged
    return is_open and finding.matters and not is_about_this_run(finding)


def is_about_this_run(finding: Finding) -> bool:
    """Return whether the check is about this machine or the wizard's own token, which aren't part of the setup."""
    return finding.id.startswith(("machine.", "segment.token.")) or finding.id.endswith(".reachable")


def _places(facts: Facts, answers: Answers) -> Iterator[Claim]:
    if isinstance(facts.caller, Caller) and facts.caller.account_id:
        yield Claim("launchdarkly/account", "LaunchDarkly account", facts.caller.account_id)
    if place := chosen_environment(facts, answers):
        yield Claim("launchdarkly/environment", "LaunchDarkly environment", f"{place[0].key} / {place[1].key}")
        yield Claim("launchdarkly/client_side_id", "LaunchDarkly client-side ID", place[1].client_side_id)
    elif isinstance(facts.projects, tuple):
        yield Claim("launchdarkly/environment", "LaunchDarkly environment", GONE)
    if isinstance(facts.workspace, Workspace):
        yield Claim("segment/workspace", "Segment workspace", f"{facts.workspace.slug} ({facts.workspace.id})")
    if space := chosen_space(facts, answers):
        yield Claim("segment/space", "Engage space", f"{space.slug} ({space.id})")


def _destination(destination: Destination | None, facts: Facts, answers: Answers) -> Iterator[Claim]:
    if destination is None:
        if _is_none(facts, answers):
            yield Claim("destination/id", "ID of the destination", GONE)
        return
    yield Claim("destination/id", "ID of the destination", destination.id)
    yield Claim("destination/name", "Name of the destination", destination.name)
    yield from _said("destination/enabled", "Destination enabled", destination.enabled)
    yield Claim("destination/source", "Source of the destination", destination.source_id)
    yield Claim("destination/client_side_id", "Client-side ID in the destination", destination.client_side_id)
    yield from _said(
        "destination/token", "End of the service token in the destination", destination.token_last_four or None
    )


def _is_none(facts: Facts, answers: Answers) -> bool:
    """Return whether there's certainly no destination for the environment: destinations and environment are known."""
    known = isinstance(facts.destinations, tuple) and chosen_environment(facts, answers) is not None
    return known and chosen_destination(facts, answers) is None


def _mapping(
    mapping: Subscription | None, destination: Destination | None, facts: Facts, answers: Answers
) -> Iterator[Claim]:
    if mapping is None:
        if _is_none(facts, answers) or (destination and isinstance(facts.subscriptions, tuple)):
            yield Claim("mapping/id", "ID of the mapping", GONE)
        return
    yield Claim("mapping/id", "ID of the mapping", mapping.id)
    yield from _said("mapping/enabled", "Mapping enabled", mapping.enabled)
    yield from _said(TRIGGER, "Trigger of the mapping", mapping.trigger)
    for key in catalog_entry(facts).fields:  # Segment adds settings of its own, which may come and go
        if key in mapping.settings:
            yield Claim(
                f"mapping/settings/{key}", f"{FIELD_LABELS.get(key, key)} in the mapping", _text(mapping.settings[key])
            )


def _audience(audience: Audience, destination: Destination | None, facts: Facts, answers: Answers) -> Iterator[Claim]:
    head, label = f"audience/{audience.key}", plain(audience.name)
    yield from _said(f"{head}/id", f"ID of {label}", audience.id or None)
    yield from _said(f"{head}/enabled", f"Audience {label} enabled", audience.enabled)
    yield from _connection(head, label, facts.connections.get(audience.id), destination, _is_none(facts, answers))
    if segment := found(audience, facts):
        yield Claim(f"{head}/segment", f"Segment of {label}", segment.key)
        yield Claim(f"{head}/segment/name", f"Name of the segment of {label}", segment.name)
    elif isinstance(facts.segments, tuple):
        yield Claim(f"{head}/segment", f"Segment of {label}", GONE)


def _connection(head: str, label: str, seen: object, destination: Destination | None, is_none: bool) -> Iterator[Claim]:
    one = connection_to(destination, seen)
    if one is not None:
        yield Claim(f"{head}/connection", f"Connection of {label}", one.id)
        yield from _said(f"{head}/connection/enabled", f"Connection of {label} enabled", one.enabled)
    elif is_none or (destination and isinstance(seen, Connections) and len(seen.items) == seen.total):
        # With fewer items than the total, the token may be unable to see the connection.
        yield Claim(f"{head}/connection", f"Connection of {label}", GONE)


def _missing_audiences(facts: Facts, answers: Answers) -> Iterator[Claim]:
    if not isinstance(facts.audiences, tuple):
        return
    there = {name for one in facts.audiences for name in (one.id, one.key, one.name)}
    for wanted in answers.audiences:
        if wanted not in there:
            yield Claim(f"audience/{wanted}/id", f"ID of {plain(wanted)}", GONE)


def _counts(audience: Audience, facts: Facts) -> Iterator[Claim]:
    head, label = f"audience/{audience.key}", plain(audience.name)
    segment = found(audience, facts)
    yield from _said(f"{head}/size", f"Size of {label} in Segment", audience.size)
    yield from _said(
        f"{head}/members", f"Members of {label} in LaunchDarkly", segment.included_count if segment else None
    )


def _said(claim_id: str, label: str, value: Value | None) -> Iterator[Claim]:
    """Yield the claim, if the service gave a value."""
    if value is not None:
        yield Claim(claim_id, label, value)


def _text(value: Any) -> Value:
    return value if isinstance(value, str | bool | int) else json.dumps(value, sort_keys=True)
