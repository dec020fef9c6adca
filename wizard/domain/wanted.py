"""What the answers mean, given what was read: which environment, destination, source and mapping.

Plan and apply both use these functions, so what was reviewed is what is applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.answers import NEW_DESTINATION, Answers, ContextKey
from wizard.domain.connections import connection_to, connections_in
from wizard.domain.facts import Facts, listed
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Environment, Project, environment_of
from wizard.domain.services.links import Link, in_region
from wizard.domain.services.mapping import (
    DEFAULT_CONTEXT_KIND,
    FALLBACK_CATALOG_ENTRY,
    differences,
    own_mappings,
    recommended_context_key,
    wanted_settings,
)
from wizard.domain.services.naming import destination_name, engage_sources, is_engage, is_further_source
from wizard.domain.services.segment import (
    Audience,
    CatalogEntry,
    Connection,
    Destination,
    Source,
    Space,
    Subscription,
    Use,
    Workspace,
)
from wizard.text import whole


def seen_projects(facts: Facts) -> tuple[Project, ...]:
    """Return the project that was read on its own, which has more fields, then the listed projects."""
    direct = (facts.project,) if isinstance(facts.project, Project) else ()
    return (*direct, *listed(facts.projects))


def chosen_environment(facts: Facts, answers: Answers) -> tuple[Project, Environment] | None:
    """Return the environment of the client-side ID that the user gave; without an ID, the one with the chosen keys."""
    projects = seen_projects(facts)
    if answers.client_side_id:
        return environment_of(answers.client_side_id, projects)
    named = ((one, one.environment(answers.environment)) for one in projects if one.key == answers.project)
    return next(((project, environment) for project, environment in named if environment), None)


def wanted_client_side_id(facts: Facts, answers: Answers) -> str:
    if answers.client_side_id:
        return answers.client_side_id
    chosen = chosen_environment(facts, answers)
    return chosen[1].client_side_id if chosen else ""


def requires_approvals(facts: Facts, answers: Answers) -> bool:
    """Return whether the chosen environment is known to require approvals for segment changes."""
    chosen = chosen_environment(facts, answers)
    return bool(chosen and chosen[1].segment_approvals_required)


def place_keys(facts: Facts, answers: Answers) -> tuple[str, str]:
    """Return the keys of the chosen project and environment, as far as they are known."""
    chosen = chosen_environment(facts, answers)
    return (chosen[0].key, chosen[1].key) if chosen else (answers.project, answers.environment)


def environment_words(facts: Facts, answers: Answers) -> str:
    """Return `shop / production`, or the client-side ID if its environment is unknown."""
    keys = place_keys(facts, answers)
    return " / ".join(keys) if all(keys) else wanted_client_side_id(facts, answers)


def wanted_destination_name(facts: Facts, answers: Answers) -> str:
    return whole(answers.destination_name) or _default_destination_name(facts, answers)


def _default_destination_name(facts: Facts, answers: Answers) -> str:
    keys = place_keys(facts, answers)
    return destination_name(*keys) if all(keys) else "LaunchDarkly"


def asks_to_rename(destination: Destination, facts: Facts, answers: Answers) -> bool:
    """Return whether to rename the chosen destination: only to a name that the user gave, never to the default."""
    own = whole(answers.destination_name) not in {"", _default_destination_name(facts, answers)}
    return own and answers.destination == destination.id


def chosen_space(facts: Facts, answers: Answers) -> Space | None:
    """Return the chosen space, or the only one."""
    spaces = listed(facts.spaces)
    if not answers.space:
        return spaces[0] if len(spaces) == 1 else None
    return next((space for space in spaces if space.id == answers.space), None)


def chosen_audiences(facts: Facts, answers: Answers) -> tuple[Audience, ...]:
    """Return the audiences that the user picked and that the space still has, in the order of picking.

    When the user works by hand and no list can be read, only the audiences' keys are known. That's enough to find their
    segments.
    """
    if answers.by_hand and not isinstance(facts.audiences, tuple):
        return tuple(Audience(id="", key=key, name=key, space_id="") for key in answers.audiences)
    wanted = frozenset(answers.audiences)
    by_id = {audience.id: audience for audience in listed(facts.audiences) if audience.id in wanted}
    return tuple(by_id[chosen] for chosen in answers.audiences if chosen in by_id)


# --- destination ------------------------------------------------------------------------------------------------


@memoize_last
def chosen_destination(facts: Facts, answers: Answers, made_by_us: frozenset[str] = frozenset()) -> Destination | None:
    """Return the destination to use; None when a new one has to be made.

    Even if the user asked for a new one, return a fitting one that the wizard made or that has the wanted name: an
    earlier run may have made it and ended before recording it.
    """
    every = listed(facts.destinations)
    named = next((destination for destination in every if destination.id == answers.destination), None)
    if named:
        return named
    name, fitting = wanted_destination_name(facts, answers), fitting_destinations(facts, answers)
    if answers.destination == NEW_DESTINATION:
        fitting = tuple(d for d in fitting if d.id in made_by_us or d.name == name)
    best = min(
        fitting,
        key=lambda d: (d.id not in made_by_us, d.name != name, d.enabled is False, -use_of(d, facts).audiences),
        default=None,
    )
    return best or (None if answers.destination else _misdirected(facts, answers))


def chosen_connection(audience: Audience, facts: Facts, answers: Answers) -> Connection | None:
    """Return the audience's connection to the destination to use; None also if connections couldn't be read."""
    return connection_to(chosen_destination(facts, answers), facts.connections.get(audience.id))


def use_of(destination: Destination, facts: Facts) -> Use:
    """Return how many audiences send to the destination; an empty `Use` if nobody looked."""
    seen = facts.destination_use
    return seen.get(destination.id, Use()) if isinstance(seen, Mapping) else Use()


def distinct_name(destination: Destination, facts: Facts) -> str:
    """Return the destination's name, with the beginning of its ID where another one has the same name."""
    same = sum(one.name == destination.name for one in listed(facts.destinations))
    return f"{destination.name} ({destination.id[:8]}…)" if same > 1 else destination.name


@memoize_last
def fitting_destinations(facts: Facts, answers: Answers) -> tuple[Destination, ...]:
    """Return the instances that write to the chosen environment and can be attached in the chosen space."""
    wanted = wanted_client_side_id(facts, answers)
    seen = listed(facts.destinations) if wanted else ()
    return tuple(d for d in seen if d.client_side_id == wanted and can_be_attached(d, facts, answers))


def is_used_elsewhere(destination: Destination, facts: Facts) -> bool:
    """Return whether another environment of the profile uses the destination. Pointing it here would end that sync."""
    return not facts.used_elsewhere.isdisjoint({destination.id, destination.client_side_id})


def _misdirected(facts: Facts, answers: Answers) -> Destination | None:
    """Return the only destination with the wizard's default name that sends to an environment not set up here."""
    name = destination_name(*place_keys(facts, answers)) if all(place_keys(facts, answers)) else ""
    free = [d for d in listed(facts.destinations) if d.client_side_id and not is_used_elsewhere(d, facts)]
    named = [d for d in free if d.name == name != "" and can_be_attached(d, facts, answers)]
    own = whole(answers.destination_name) in {"", name}
    return named[0] if own and len(named) == 1 and wanted_client_side_id(facts, answers) else None


def can_be_attached(destination: Destination, facts: Facts, answers: Answers) -> bool:
    """Return whether audiences of the space can send to it (docs/segment.md#one-instance-for-an-environment)."""
    source, space = source_of(destination, facts), chosen_space(facts, answers)
    if source is None or space is None:
        return True
    by_space = _engage_sources_by_space(listed(facts.spaces), listed(facts.sources))
    owners = [one for one, own in by_space if source in own]
    return (is_engage(source) or not source.metadata_slug) and (space in owners or not owners)


def source_of(destination: Destination, facts: Facts) -> Source | None:
    """Return the source that the destination is on; None if it isn't among the sources that were read."""
    return next((source for source in listed(facts.sources) if source.id == destination.source_id), None)


def destination_page(destination: Destination | None, facts: Facts) -> Link:
    """Return the destination's own page in Segment once its whole address is known, else the list's page."""
    workspace, source = facts.workspace, source_of(destination, facts) if destination else None
    if destination is None or source is None or not isinstance(workspace, Workspace):
        return links.SEGMENT_DESTINATIONS
    page = links.SEGMENT_DESTINATION.to(
        workspace=workspace.slug,
        destination_slug=catalog_entry(facts).slug,
        source_slug=source.slug,
        destination=destination.id,
    )
    return replace(page, url=in_region(page.url, workspace))


@memoize_last
def _engage_sources_by_space(
    spaces: tuple[Space, ...], sources: tuple[Source, ...]
) -> list[tuple[Space, tuple[Source, ...]]]:
    return [(space, engage_sources(space, sources, spaces=spaces)) for space in spaces]


@memoize_last
def engage_sources_of(facts: Facts, answers: Answers) -> tuple[Source, ...]:
    """Return the chosen source; without a choice, every source that the chosen space may own."""
    sources = listed(facts.sources)
    if answers.engage_source:
        return tuple(source for source in sources if source.id == answers.engage_source)
    space = chosen_space(facts, answers)
    return engage_sources(space, sources, _connections(facts), listed(facts.spaces)) if space else ()


def _connections(facts: Facts) -> tuple[Connection, ...]:
    return tuple(one for seen in facts.connections.values() for one in connections_in(seen))


def free_sources(facts: Facts, answers: Answers) -> tuple[Source, ...]:
    """Return Engage sources without a LaunchDarkly destination; each holds one (docs/segment.md#engage-sources)."""
    taken = {destination.source_id for destination in listed(facts.destinations)} | facts.sources_taken
    return tuple(source for source in engage_sources_of(facts, answers) if source.id not in taken)


def full_source(facts: Facts, answers: Answers) -> Source | None:
    """Return the space's first Engage source if every one of them already has a destination, else None.

    Only Segment's web app can add a second destination. See docs/segment.md#one-instance-for-an-environment.
    """
    sources = engage_sources_of(facts, answers)
    return sources[0] if sources and not free_sources(facts, answers) else None


def source_for_a_new_destination(facts: Facts, answers: Answers) -> Source | None:
    """Return the free source to use, preferably the space's first. None: unknown, several, or none is free."""
    free, space = free_sources(facts, answers), chosen_space(facts, answers)
    first = [source for source in free if space and not is_further_source(source, space)]
    chosen = first or free
    return chosen[0] if len(chosen) == 1 else None


# --- mapping ----------------------------------------------------------------------------------------------------


def catalog_entry(facts: Facts) -> CatalogEntry:
    return facts.catalog if isinstance(facts.catalog, CatalogEntry) else FALLBACK_CATALOG_ENTRY


@memoize_last
def chosen_mapping(
    facts: Facts, answers: Answers, destination: Destination | None, made_by_us: frozenset[str] = frozenset()
) -> Subscription | None:
    """Return the best mapping: first by whether this setup made it, then switched on, then with fewest differences."""
    if destination is None:
        return None
    seen = listed(facts.subscriptions)
    catalog = catalog_entry(facts)
    own = own_mappings((s for s in seen if s.destination_id in {"", destination.id}), catalog, activation_names(facts))

    def worse(mapping: Subscription) -> tuple[bool, bool, int]:
        settings = mapping_settings(facts, answers, mapping)
        changes = differences(mapping, trigger=catalog.trigger, settings=settings)
        return mapping.id not in made_by_us, mapping.enabled is False, len(changes)

    return min(own, key=worse, default=None)


def activation_names(facts: Facts) -> frozenset[str]:
    """Return the names of the activations that were read. Each activation owns a mapping with its name."""
    return frozenset(one.name for seen in facts.activations.values() for one in listed(seen))


def mapping_settings(facts: Facts, answers: Answers, current: Subscription | None) -> dict[str, Any]:
    """Return the full settings to send. A setting without an answer keeps its value, or gets the recommended one."""
    now = current.settings if current else {}
    key, batching = now.get("context_key"), now.get("enable_batching")
    recommended = recommended_context_key(chosen_audiences(facts, answers))
    return wanted_settings(
        catalog_entry(facts),
        answers.context_kind or _kind_of_the_project(now.get("context_kind"), facts),
        answers.context_key or (ContextKey(key) if key in tuple(ContextKey) else recommended),
        answers.batching if answers.batching is not None else batching is not False,
    )


def _kind_of_the_project(now: object, facts: Facts) -> str:
    """Return the mapping's kind, unless the project lacks it: then `user`, or the first kind that it has."""
    kind = now if isinstance(now, str) and now else DEFAULT_CONTEXT_KIND
    kinds = [one.key for one in listed(facts.context_kinds) if not one.archived]
    if kind in kinds or not kinds:
        return kind
    return DEFAULT_CONTEXT_KIND if DEFAULT_CONTEXT_KIND in kinds else kinds[0]


def activation_settings(
    facts: Facts, answers: Answers, destination: Destination | None, made_by_us: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the settings that an activation has to have: the mapping's, or members would get keys of two kinds."""
    return mapping_settings(facts, answers, chosen_mapping(facts, answers, destination, made_by_us))
