"""What the answers point at among the things that were read. Where it is not there yet, the judge ends as skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from wizard.domain.answers import NEW_DESTINATION, Answers, ContextKey
from wizard.domain.checks.check import CannotJudge, Findings, Judge, need, skipped
from wizard.domain.facts import Facts
from wizard.domain.mapping import FALLBACK_CATALOG_ENTRY, own_mappings
from wizard.domain.model import Audience, CatalogEntry, Destination, Environment, Project, Source, Space, Subscription
from wizard.domain.naming import engage_sources

Place: TypeAlias = tuple[Project, Environment]
JudgeOne: TypeAlias = Callable[[Audience, Facts, Answers], Findings]

# --- LaunchDarkly -----------------------------------------------------------------------------------------------


def seen_projects(facts: Facts) -> tuple[Project, ...]:
    """The one that was read by itself first: it says more than the list."""
    direct = (facts.project,) if isinstance(facts.project, Project) else ()
    listed = facts.projects if isinstance(facts.projects, tuple) else ()
    return (*direct, *listed)


def find_environment(client_side_id: str, facts: Facts) -> Place | None:
    """There is no call that finds an environment by its ID: every visible one is compared (contract 2.9)."""
    for project in seen_projects(facts):
        for environment in project.environments:
            if environment.client_side_id == client_side_id:
                return project, environment
    return None


def environment(facts: Facts, answers: Answers) -> Place | None:
    """The client-side ID decides, for it is what the destination gets; without one, the chosen keys."""
    if answers.client_side_id:
        return find_environment(answers.client_side_id, facts)
    for project in seen_projects(facts):
        if project.key == answers.project and (found := project.environment(answers.environment)):
            return project, found
    return None


def need_environment(facts: Facts, answers: Answers) -> Place:
    found = environment(facts, answers)
    if found is None:
        raise CannotJudge(skipped("Not checked: the project and environment are not known yet."))
    return found


def client_side_id(facts: Facts, answers: Answers) -> str:
    """What the destination should hold; empty while it is not known."""
    if answers.client_side_id:
        return answers.client_side_id
    found = environment(facts, answers)
    return found[1].client_side_id if found else ""


def place_name(place: Place) -> str:
    project, found = place
    return f"{project.name or project.key} / {found.name or found.key}"


# --- Twilio Segment ---------------------------------------------------------------------------------------------


def space(facts: Facts, answers: Answers) -> Space | None:
    spaces = facts.spaces if isinstance(facts.spaces, tuple) else ()
    return next((found for found in spaces if found.id == answers.space), None)


def sources_of_the_space(facts: Facts, answers: Answers) -> tuple[Source, ...]:
    """Its Engage sources: the one that the user named, else all that can be told by the contract's rules (2.3)."""
    sources = facts.sources if isinstance(facts.sources, tuple) else ()
    if answers.engage_source:
        return tuple(source for source in sources if source.id == answers.engage_source)
    found = space(facts, answers)
    return engage_sources(found, sources) if found else ()


def matching_destinations(facts: Facts, answers: Answers) -> tuple[Destination, ...]:
    """Every instance that writes to the chosen environment."""
    wanted = client_side_id(facts, answers)
    instances = need(facts.destinations, "the workspace's destinations")
    return tuple(instance for instance in instances if wanted and instance.client_side_id == wanted)


def destination(facts: Facts, answers: Answers) -> Destination | None:
    """The chosen instance; without a choice, the first that writes to the chosen environment."""
    instances = need(facts.destinations, "the workspace's destinations")
    if answers.destination not in {"", NEW_DESTINATION}:
        return next((instance for instance in instances if instance.id == answers.destination), None)
    return next(iter(matching_destinations(facts, answers)), None)


def need_destination(facts: Facts, answers: Answers) -> Destination:
    found = destination(facts, answers)
    if found is None:
        raise CannotJudge(skipped("Not checked: there is no destination yet."))
    return found


def catalog(facts: Facts) -> CatalogEntry:
    return facts.catalog if isinstance(facts.catalog, CatalogEntry) else FALLBACK_CATALOG_ENTRY


def mappings(facts: Facts) -> tuple[Subscription, ...]:
    return own_mappings(need(facts.subscriptions, "the destination's mappings"), catalog(facts))


def need_mapping(facts: Facts) -> Subscription:
    """The one that works, when there are several."""
    found = mappings(facts)
    if not found:
        raise CannotJudge(skipped("Not checked: there is no mapping yet."))
    return next((mapping for mapping in found if mapping.enabled), found[0])


def _setting(facts: Facts, key: str) -> object:
    seen = isinstance(facts.subscriptions, tuple) and mappings(facts)
    return need_mapping(facts).settings.get(key) if seen else None


def context_kind(facts: Facts, answers: Answers) -> str:
    """What the user chose, else what the mapping says; empty while neither is known."""
    said = answers.context_kind or _setting(facts, "context_kind")
    return said if isinstance(said, str) else ""


def context_key(facts: Facts, answers: Answers) -> ContextKey | None:
    said = answers.context_key or _setting(facts, "context_key")
    return next((key for key in ContextKey if key == said), None)


# --- audiences --------------------------------------------------------------------------------------------------


def audiences(facts: Facts, answers: Answers) -> dict[str, Audience | None]:
    """The chosen ones by id, in the order of choosing; None for one that the space does not have."""
    if not answers.audiences:
        raise CannotJudge(skipped("Not chosen yet: the audiences."))
    wanted = set(answers.audiences)
    seen = {a.id: a for a in need(facts.audiences, "the space's audiences") if a.id in wanted}
    return {chosen: seen.get(chosen) for chosen in answers.audiences}


def for_each_audience(judge_one: JudgeOne) -> Judge:
    """A judge of one audience as a judge of all that were chosen; each finding names its audience."""

    def judge(facts: Facts, answers: Answers) -> Findings:
        found: list[Findings] = []
        for chosen, audience in audiences(facts, answers).items():
            if audience is None:
                found.append(about(chosen, skipped("Not checked: there is no such audience.")))
            else:
                found.append(about(audience.key, _ended(judge_one, audience, facts, answers)))
        return tuple(finding for findings in found for finding in findings)

    return judge


def about(audience_key: str, findings: Findings) -> Findings:
    return tuple(replace(f, evidence={"audience": audience_key, **f.evidence}) for f in findings)


def _ended(judge_one: JudgeOne, audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """What could not be told of one audience says nothing of the others."""
    try:
        return judge_one(audience, facts, answers)
    except CannotJudge as ended:
        return ended.findings
