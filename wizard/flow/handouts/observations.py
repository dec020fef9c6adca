"""The page on how both services answered, in classes and counts.

See docs/launchdarkly.md#how-to-read-this-page. The page has only fixed words and numbers, so that no name, ID, token or
address of the user can get in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from wizard.domain.answer_shape import AnswerShape, known_names, route
from wizard.domain.answers import Answers
from wizard.domain.facts import Facts, is_closed, listed
from wizard.domain.failure import Failure, Service
from wizard.domain.sent_request import SentRequest
from wizard.domain.services.launchdarkly import Allowlist, LaunchDarklySegment
from wizard.domain.services.mapping import VISIBLE_FIELDS, activation_mappings, own_mappings
from wizard.domain.services.naming import (
    ENGAGE_SOURCE_SLUG,
    ENGAGE_SOURCE_TYPE,
    engage_source_name,
    expected_segment_key,
    segment_name,
)
from wizard.domain.services.segment import Audience, Connections, Delivery, Source, Workspace
from wizard.domain.services.trigger import same_trigger
from wizard.domain.signals import segment_of_audience
from wizard.domain.signals.activations import activations_of
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
from wizard.text import whole

_OWN_WORD = "segment-audiences"
_SERVICES = ((Service.LAUNCHDARKLY, "LaunchDarkly"), (Service.SEGMENT, "Segment"))
_AT_ONCE_S, _LATER_S = 2.0, 9.0  # after a destination was made: when to count its mappings
_DESTINATIONS, _MAPPINGS = "POST /destinations", "GET /destinations/…/subscriptions"


def observations(
    facts: Facts,
    answers: Answers,
    requests: Iterable[SentRequest],
    shapes: Iterable[AnswerShape] = (),
    counted_after_s: float | None = None,
) -> str:
    """Return the page, about twenty lines. `shapes` has the shapes of this run's answers, oldest first."""
    seen = tuple(shapes)
    lines = (
        *_of_the_segment(facts, answers, counted_after_s),
        *_of_the_account(facts, answers),
        *_of_the_token(seen),
        *_of_the_engage_source(facts, answers),
        *_of_what_was_made(facts, answers, seen),
        *_of_the_deliveries(facts),
        *_of_the_lists(seen),
        *_of_the_calls(requests, seen),
    )
    return "\n".join(("# How both services answered", "", *(f"- {line}" for line in lines), ""))


# --- LaunchDarkly -------------------------------------------------------------------------------------------------


def _of_the_segment(facts: Facts, answers: Answers, counted_after_s: float | None) -> Iterator[str]:
    audiences = chosen_audiences(facts, answers)
    found = [(one, there) for one in audiences if (there := segment_of_audience.found(one, facts))]
    yield f"audiences chosen: {len(audiences)}, segments found: {len(found)}"
    for audience, segment in found[:1]:
        yield f"_external: {_word(segment.external)}; in the unfiltered list: {_listed(facts.fillers_listed)}"
        yield f"segment key: {_form_of_the_key(segment, audience)}"
        name = "as expected" if segment.name == whole(segment_name(audience.key)) else "another one"
        yield f"segment name: {name}, context kind: {_shown(segment.context_kind)}, generation: {segment.generation}"
        after = "" if counted_after_s is None else f", {max(1, round(counted_after_s / 60))} min after it appeared"
        yield f"members counted: {_count_of(segment, audience)}{after}"


def _word(external: str) -> str:
    known = {_OWN_WORD: _OWN_WORD, "unnamed": "not shown"}
    return known.get(external, "another word")


def _listed(seen: object) -> str:
    return f"{seen[1]} of {seen[0]} segments show it" if isinstance(seen, tuple) else _unseen(seen)


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
    required = f"approvals required: {_yes(approvals)}, view required: {_yes(views)}, kind known: {_yes(kind in kinds)}"
    yield f"{required}, members arrived since attaching: {_yes(arrived)}"
    yield f"allowlist: {_allowlist(facts.allowlist)}"


def _allowlist(seen: object) -> str:
    if isinstance(seen, Allowlist):
        return f"for tokens {_yes(seen.refuses_tokens)}, for sessions {_yes(seen.refuses_sessions)}"
    return _unseen(seen)


def _of_the_token(shapes: tuple[AnswerShape, ...]) -> Iterator[str]:
    for what, where in (("caller", "GET /api/v2/caller-identity"), ("token", "GET /api/v2/tokens/…")):
        found = [one.fields for one in shapes if one.route == where and one.fields]
        yield f"fields of the {what}: {found[-1] if found else 'not read'}"
    yield f"rate-limit headers: {'; '.join(f'{name} {_limits(shapes, service)}' for service, name in _SERVICES)}"


def _limits(shapes: tuple[AnswerShape, ...], service: Service) -> str:
    limits = {limit for one in shapes if one.service is service for limit in one.limits.split(", ") if limit}
    return ", ".join(sorted(limits)) or "none"


# --- Segment ------------------------------------------------------------------------------------------------------


def _of_the_engage_source(facts: Facts, answers: Answers) -> Iterator[str]:
    workspace, sources = facts.workspace, engage_sources_of(facts, answers)
    region = workspace.region if isinstance(workspace, Workspace) else _unseen(workspace)
    yield f"region: {region}, Engage sources of the space: {len(sources)}"
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


def _of_what_was_made(facts: Facts, answers: Answers, shapes: tuple[AnswerShape, ...]) -> Iterator[str]:
    destination = chosen_destination(facts, answers)
    catalog, seen = catalog_entry(facts), listed(facts.subscriptions)
    own, owned = (each(seen, catalog, activation_names(facts)) for each in (own_mappings, activation_mappings))
    support = [one for one in shapes if one.route.endswith("/supported-destinations")]
    form = f", as a {'list' if support[-1].is_list else 'map'}" if support and support[-1].status < 300 else ""
    attached, activated = _writes(shapes, "/destination-connections"), _writes(shapes, "/activations")
    yield f"the API attaches: {_yes(facts.attach_by_api)}{form}; attached: {attached}; activated: {activated}"
    if destination is not None:
        mask, settings = _ending(destination.token_last_four), _settings_of_a_new_one(shapes)
        yield f"destination: enabled {_yes(destination.enabled)}, masked token {mask}, settings {settings}"
    yield f"mappings: {len(own)} of the destination, {len(owned)} of activations; {_came_along(shapes)}"
    for mapping in own[:1]:
        others = [name for name in mapping.settings if name not in {*catalog.fields, *VISIBLE_FIELDS}]
        state = f"enabled {_yes(mapping.enabled)}, trigger {_trigger(mapping.trigger, catalog.trigger)}"
        yield f"mapping: {state}, settings that nobody sent: {known_names(others) or 'none'}"
    yield f"connections: {_connections(facts, answers)}"


def _writes(shapes: tuple[AnswerShape, ...], ending: str) -> str:
    """Return how many of the creations at this route got which status."""
    counts = Counter(one.status for one in shapes if one.route.startswith("POST ") and one.route.endswith(ending))
    return ", ".join(f"{many}× {status}" for status, many in sorted(counts.items())) or "not in this run"


def _settings_of_a_new_one(shapes: tuple[AnswerShape, ...]) -> str:
    made = [one for one in shapes if one.route == _DESTINATIONS and one.status < 300]
    return (made[-1].settings or "none") if made else "not made in this run"


def _came_along(shapes: tuple[AnswerShape, ...]) -> str:
    """Return how many mappings a new destination had at once, and about ten seconds later."""
    made = next((one.at for one in shapes if one.route == _DESTINATIONS and one.status < 300), None)
    if made is None:
        return "of a new destination: not made in this run"
    looks = [((one.at - made).total_seconds(), one.got) for one in shapes if one.route == _MAPPINGS and one.at >= made]
    first = next((got for after, got in looks if after <= _AT_ONCE_S), None)
    later = next((got for after, got in looks if after >= _LATER_S), None)
    return f"of a new destination: {_number(first)} at once, {_number(later)} after 10 s"


def _of_the_deliveries(facts: Facts) -> Iterator[str]:
    delivery = facts.delivery
    by_audience = _yes(bool(delivery.by_audience)) if isinstance(delivery, Delivery) else _unseen(delivery)
    yield f"deliveries told apart by audience: {by_audience}, by mapping: {_yes(facts.delivery_names_mappings)}"
    names, under_v1 = facts.metric_names, facts.audiences_under_v1
    metrics = (known_names(names) or "none") if isinstance(names, tuple) else _unseen(names)
    audiences = f"{under_v1} on a page" if isinstance(under_v1, int) else _unseen(under_v1)
    yield f"delivery metrics: {metrics}; audiences under v1: {audiences}"


def _ending(last_four: str) -> str:
    return "with its last four characters" if last_four else "without its end"


def _trigger(seen: str | None, sent: str) -> str:
    if seen is None:
        return "not shown"
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


def _of_the_lists(shapes: tuple[AnswerShape, ...]) -> Iterator[str]:
    """Yield for each service the first pages of its lists: page size asked for, items, total, and if there's a next."""
    first: dict[tuple[Service, str], AnswerShape] = {}
    for one in shapes:
        if one.is_list and one.asked and one.route.startswith("GET ") and "overview" not in one.route:
            first.setdefault((one.service, one.route), one)
    for service, name in _SERVICES:
        lists = [f"{_short(one)} {_paging(one)}" for (whose, _), one in first.items() if whose is service]
        yield f"lists of {name} (asked/got/total/next): {', '.join(lists) or 'not read'}"


def _short(one: AnswerShape) -> str:
    return [part for part in one.route.split("/") if part != "…"][-1]


def _paging(one: AnswerShape) -> str:
    return "/".join((_number(one.asked), _number(one.got), _number(one.total), "yes" if one.has_next else "no"))


def _of_the_calls(requests: Iterable[SentRequest], shapes: tuple[AnswerShape, ...]) -> Iterator[str]:
    every = tuple(requests)
    yield f"calls: {len(every)}, without an answer: {sum(one.status is None for one in every)}"
    codes = {(one.status, one.route): one.code for one in shapes if one.code}
    refused = Counter((one.status, route(one.method, one.url)) for one in every if (one.status or 0) >= 400)
    for (status, where), many in sorted(refused.items())[:8]:
        code = codes.get((status or 0, where), "")
        yield f"refused {many}×: {status}{f' {code}' if code else ''} {where}"


def _number(seen: int | None) -> str:
    return "-" if seen is None else str(seen)


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
