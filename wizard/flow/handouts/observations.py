"""How both services answered, as classes and counts: what nobody knew before the first real run.

See docs/launchdarkly.md#how-to-read-this-page. Every word of it is one of ours or a number: no name, ID, token or
address of the user's can get in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from wizard.domain.answers import Answers
from wizard.domain.checks.sync import segment_of_audience
from wizard.domain.facts import Facts, is_closed, listed
from wizard.domain.failure import Failure
from wizard.domain.launchdarkly import Allowlist, LaunchDarklySegment
from wizard.domain.mapping import VISIBLE_FIELDS, activation_mappings, own_mappings
from wizard.domain.naming import (
    ENGAGE_SOURCE_SLUG,
    ENGAGE_SOURCE_TYPE,
    engage_source_name,
    expected_segment_key,
    segment_name,
)
from wizard.domain.segment import Audience, Connections, Delivery, Source, Workspace
from wizard.domain.sent_request import SentRequest
from wizard.domain.signals.activations import activations_of
from wizard.domain.trigger import same_trigger
from wizard.domain.wanted import (
    activation_names,
    catalog_entry,
    chosen_audiences,
    chosen_destination,
    chosen_environment,
    chosen_space,
    engage_sources_of,
    mapping_settings,
)
from wizard.text import plain

_OWN_WORD = "segment-audiences"
_IN_A_PATH = frozenset(
    [
        "api",
        "v2",
        "account",
        "allowlist",
        "approval-requests",
        "audience-references",
        "audiences",
        "audienceType",
        "audit-events",
        "auditlog",
        "big-segment-store",
        "caller-identity",
        "catalog",
        "connected-destinations",
        "context-kinds",
        "contexts",
        "delivery-metrics",
        "delivery-overview",
        "destination-connections",
        "destinations",
        "environments",
        "evaluate",
        "flags",
        "goals",
        "integration-capabilities",
        "ip-allowlist",
        "members",
        "previews",
        "projects",
        "public-ip-list",
        "roles",
        "sdk",
        "search",
        "segments",
        "settings",
        "sources",
        "spaces",
        "subscriptions",
        "supported-destinations",
        "tokens",
        "usage",
        "users",
        "versions",
        "activations",
        "me",
    ]
)
"""The words of the services' own addresses; every other part of a path is left out."""


def observations(facts: Facts, answers: Answers, requests: Iterable[SentRequest]) -> str:
    """Return the page, about twenty lines."""
    lines = (
        *_of_the_segment(facts, answers),
        *_of_the_account(facts, answers),
        *_of_the_engage_source(facts, answers),
        *_of_what_was_made(facts, answers),
        *_of_the_calls(requests),
    )
    return "\n".join(("# How both services answered", "", *(f"- {line}" for line in lines), ""))


# --- LaunchDarkly -------------------------------------------------------------------------------------------------


def _of_the_segment(facts: Facts, answers: Answers) -> Iterator[str]:
    audiences = chosen_audiences(facts, answers)
    found = [(one, there) for one in audiences if (there := segment_of_audience.found(one, facts))]
    yield f"audiences chosen: {len(audiences)}, segments found: {len(found)}"
    for audience, segment in found[:1]:
        yield f"_external: {_word(segment.external)}"
        yield f"segment key: {_form_of_the_key(segment, audience)}"
        yield f"segment name: {'as expected' if segment.name == plain(segment_name(audience.key)) else 'another one'}"
        yield f"context kind: {_shown(segment.context_kind)}, generation: {segment.generation}"
        yield f"members counted: {_count_of(segment, audience)}"


def _word(external: str) -> str:
    known = {_OWN_WORD: _OWN_WORD, "unnamed": "not shown"}
    return known.get(external, "another word")


def _form_of_the_key(segment: LaunchDarklySegment, audience: Audience) -> str:
    expected = expected_segment_key(audience.id)
    if segment.key == expected:
        return "as expected"
    if segment.key.casefold() == expected.casefold():
        return "as expected, in other case"
    return "ends with the ID" if segment.key.casefold().endswith(audience.id.casefold()) else "another form"


def _count_of(segment: LaunchDarklySegment, audience: Audience) -> str:
    if segment.included_count is None:
        return "not shown"
    if audience.size is None:
        return "shown, and the audience has no size"
    return "as many as the audience has" if segment.included_count >= audience.size else "fewer than the audience has"


def _of_the_account(facts: Facts, answers: Answers) -> Iterator[str]:
    place = chosen_environment(facts, answers)
    approvals = place[1].segment_approvals_required if place else None
    views = place[0].segments_need_a_view if place else None
    kinds = {one.key for one in listed(facts.context_kinds)}
    kind = mapping_settings(facts, answers, None)["context_kind"]
    arrived = segment_of_audience.some_arrived_since(facts, answers)
    yield f"approvals required: {_yes(approvals)}, view required: {_yes(views)}, kind known: {_yes(kind in kinds)}"
    yield f"members arrived since attaching: {_yes(arrived)}"
    yield f"allowlist: {_allowlist(facts.allowlist)}"


def _allowlist(seen: object) -> str:
    if isinstance(seen, Allowlist):
        return f"for tokens {_yes(seen.refuses_tokens)}, for sessions {_yes(seen.refuses_sessions)}"
    return _unseen(seen)


# --- Segment ------------------------------------------------------------------------------------------------------


def _of_the_engage_source(facts: Facts, answers: Answers) -> Iterator[str]:
    workspace, sources = facts.workspace, engage_sources_of(facts, answers)
    yield f"region: {workspace.region if isinstance(workspace, Workspace) else _unseen(workspace)}"
    yield f"Engage sources of the space: {len(sources)}"
    for source in sources[:1]:
        yield f"Engage source: {', '.join(_classes_of(source, facts, answers))}"


def _classes_of(source: Source, facts: Facts, answers: Answers) -> Iterator[str]:
    space = chosen_space(facts, answers)
    named = space is not None and source.name == engage_source_name(space)
    yield f"type ID {'known' if source.metadata_id == ENGAGE_SOURCE_TYPE else 'another one'}"
    yield f"type slug {'known' if source.metadata_slug == ENGAGE_SOURCE_SLUG else 'another one'}"
    yield f"name {'Personas and the space' if named else 'another form'}"
    yield f"slug {'personas_…' if source.slug.startswith('personas') else 'another form'}"
    yield f"write keys {'shown' if source.writable else 'not shown'}"


def _of_what_was_made(facts: Facts, answers: Answers) -> Iterator[str]:
    destination = chosen_destination(facts, answers)
    catalog, seen = catalog_entry(facts), listed(facts.subscriptions)
    own, owned = (each(seen, catalog, activation_names(facts)) for each in (own_mappings, activation_mappings))
    yield f"the API attaches this destination: {_yes(facts.attach_by_api)}"
    if destination is not None:
        yield f"destination: enabled {_yes(destination.enabled)}, masked token {_ending(destination.token_last_four)}"
    yield f"mappings: {len(own)} of the destination, {len(owned)} of activations"
    for mapping in own[:1]:
        others = len(set(mapping.settings) - set(catalog.fields) - set(VISIBLE_FIELDS))
        yield f"mapping: enabled {_yes(mapping.enabled)}, trigger {_trigger(mapping.trigger, catalog.trigger)}"
        yield f"settings of the mapping that nobody sent: {others}"
    yield f"connections: {_connections(facts, answers)}"
    delivery = facts.delivery
    by_audience = _yes(bool(delivery.by_audience)) if isinstance(delivery, Delivery) else _unseen(delivery)
    yield f"deliveries told apart by audience: {by_audience}"


def _ending(last_four: str) -> str:
    return "with its last four characters" if last_four else "without its end"


def _trigger(seen: str, sent: str) -> str:
    return "unchanged" if seen == sent else "same meaning" if same_trigger(seen, sent) else "another one"


def _connections(facts: Facts, answers: Answers) -> str:
    seen = [facts.connections.get(one.id) for one in chosen_audiences(facts, answers)]
    shown = [one for one in seen if isinstance(one, Connections)]
    if not shown:
        return _unseen(next(iter(seen), None))
    activations = sum(
        len(activations_of(one.id, item, facts))
        for one, found in zip(chosen_audiences(facts, answers), seen, strict=True)
        if isinstance(found, Connections)
        for item in found.items
    )
    hidden = sum(max(0, (one.total or 0) - len(one.items)) for one in shown)
    return f"{sum(len(one.items) for one in shown)} shown, {hidden} hidden, {activations} activations"


# --- calls --------------------------------------------------------------------------------------------------------


def _of_the_calls(requests: Iterable[SentRequest]) -> Iterator[str]:
    every = tuple(requests)
    yield f"calls: {len(every)}, without an answer: {sum(one.status is None for one in every)}"
    refused = Counter(f"{one.status} {one.method} {_route(one.url)}" for one in every if (one.status or 0) >= 400)
    yield from (f"refused {many}×: {what}" for what, many in sorted(refused.items())[:8])


def _route(url: str) -> str:
    """Return the words of the service's own address; whatever else a path holds is left out."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return "/" + "/".join(part if part in _IN_A_PATH else "…" for part in parts)


# --- words --------------------------------------------------------------------------------------------------------


def _yes(seen: object) -> str:
    if isinstance(seen, bool):
        return "yes" if seen else "no"
    return _unseen(seen)


def _unseen(seen: object) -> str:
    if isinstance(seen, Failure):
        return f"refused with {seen.status}" if is_closed(seen) and seen.status else "no answer"
    return "not read"


def _shown(text: str) -> str:
    return "shown" if text else "not shown"
