"""Find what the answers refer to among what was read. If it's missing, a judge ends as skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks.check import PAIR_ID, CannotJudge, Findings, Judge, need, need_answer, not_judged, waiting
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding
from wizard.domain.services.launchdarkly import Environment, Project, environment_of
from wizard.domain.services.mapping import own_mappings
from wizard.domain.services.segment import Audience, Destination, Subscription
from wizard.domain.wanted import (
    activation_names,
    catalog_entry,
    chosen_audiences,
    chosen_destination,
    chosen_environment,
    chosen_mapping,
    seen_projects,
    wanted_client_side_id,
)

Place: TypeAlias = tuple[Project, Environment]
JudgeOne: TypeAlias = Callable[[Audience, Facts, Answers], Findings]
AudiencesOf: TypeAlias = Callable[[Facts, Answers], dict[str, Audience | None]]

# --- LaunchDarkly -----------------------------------------------------------------------------------------------


def find_environment(client_side_id: str, facts: Facts) -> Place | None:
    """Return the environment with this client-side ID, and its project, among those that the token sees."""
    return environment_of(client_side_id, seen_projects(facts))


def need_client_side_id(facts: Facts, answers: Answers) -> str:
    """Return the client-side ID that was given, else the chosen environment's. Raises CannotJudge without one."""
    wanted = wanted_client_side_id(facts, answers)
    if not wanted and answers.environment and not isinstance(facts.projects, tuple):
        raise CannotJudge(waiting(PAIR_ID))
    return need_answer(wanted, "the environment")


def need_environment(facts: Facts, answers: Answers) -> Place:
    found = chosen_environment(facts, answers)
    if found is None:
        raise CannotJudge(not_judged("Not checked: we don't know the project and environment yet."))
    return found


def place_name(place: Place) -> str:
    project, environment = place
    return f"{project.name or project.key} / {environment.name or environment.key}"


# --- Twilio Segment ---------------------------------------------------------------------------------------------


def matching_destinations(facts: Facts, answers: Answers) -> tuple[Destination, ...]:
    """Return every instance that writes to the chosen environment."""
    instances = need(facts.destinations, "the workspace's destinations")
    wanted = need_client_side_id(facts, answers)
    return tuple(instance for instance in instances if instance.client_side_id == wanted)


def need_destination(facts: Facts, answers: Answers) -> Destination:
    need(facts.destinations, "the workspace's destinations")
    found = chosen_destination(facts, answers)
    if found is None:
        need_client_side_id(facts, answers)
        raise CannotJudge(not_judged("Not checked: this environment has no destination yet."))
    return found


def mappings(facts: Facts, answers: Answers) -> tuple[Subscription, ...]:
    """Return the destination's mappings for the sync, without those of activations."""
    destination = need_destination(facts, answers)
    seen = need(facts.subscriptions, "the destination's mappings")
    here = (s for s in seen if s.destination_id in {"", destination.id})
    return own_mappings(here, catalog_entry(facts), activation_names(facts))


def need_mapping(facts: Facts, answers: Answers) -> Subscription:
    """Return the mapping; of several, a mapping that works. Raises CannotJudge without one."""
    destination = need_destination(facts, answers)
    need(facts.subscriptions, "the destination's mappings")
    found = chosen_mapping(facts, answers, destination)
    if found is None:
        raise CannotJudge(not_judged("Not checked: the destination has no mapping yet."))
    return found


def seen_mapping(facts: Facts, answers: Answers) -> Subscription | None:
    """Return the mapping that exists, if it was read."""
    destination = chosen_destination(facts, answers)
    return chosen_mapping(facts, answers, destination) if destination else None


def need_what_the_mapping_says(facts: Facts, answers: Answers) -> None:
    """Raise CannotJudge if a mapping exists but wasn't read, since it may hold a value that the user didn't choose."""
    if answers.by_hand:
        return
    need(facts.destinations, "the workspace's destinations")
    need_client_side_id(facts, answers)
    if chosen_destination(facts, answers):
        need(facts.subscriptions, "the destination's mappings")


def context_kind(facts: Facts, answers: Answers) -> str:
    """Return the chosen context kind, else the mapping's; empty while neither is known."""
    said = answers.context_kind or _setting(facts, answers, "context_kind")
    return said if isinstance(said, str) else ""


def context_key(facts: Facts, answers: Answers) -> ContextKey | None:
    said = answers.context_key or _setting(facts, answers, "context_key")
    return next((key for key in ContextKey if key == said), None)


def _setting(facts: Facts, answers: Answers, key: str) -> object:
    mapping = seen_mapping(facts, answers)
    return mapping.settings.get(key) if mapping else None


# --- audiences --------------------------------------------------------------------------------------------------


def audiences(facts: Facts, answers: Answers) -> dict[str, Audience | None]:
    """Return the chosen audiences by ID, in the order of choosing; None for an audience that the space lacks."""
    if not answers.audiences:
        raise CannotJudge(not_judged("Not chosen yet: the audiences."))
    wanted = set(answers.audiences)
    seen = {a.id: a for a in need(facts.audiences, "the space's audiences") if a.id in wanted}
    return {chosen: seen.get(chosen) for chosen in answers.audiences}


def _audiences_or_keys(facts: Facts, answers: Answers) -> dict[str, Audience | None]:
    """Return the chosen audiences. For work by hand, an audience may be known only by its key."""
    if answers.by_hand and answers.audiences and not isinstance(facts.audiences, tuple):
        return {audience.key: audience for audience in chosen_audiences(facts, answers)}
    return audiences(facts, answers)


def for_each_segment(judge_one: JudgeOne) -> Judge:
    """Return a judge of all chosen audiences from a judge of one audience's segment, also for work by hand."""
    return for_each_audience(judge_one, _audiences_or_keys)


def for_each_audience(judge_one: JudgeOne, of: AudiencesOf = audiences) -> Judge:
    """Return a judge of all chosen audiences from a judge of one; each finding names its audience."""

    def judge(facts: Facts, answers: Answers) -> Findings:
        found: list[Finding] = []
        failures: list[CannotJudge] = []
        wanted = of(facts, answers)
        for chosen, audience in wanted.items():
            try:
                judged = judge_one(audience, facts, answers) if audience else _GONE
            except CannotJudge as ended:
                judged = ended.findings
                failures += [ended] if ended.failure else []
            found += about(audience.key if audience else chosen, judged)
        if len(failures) == len(wanted):
            raise failures[0]
        return tuple(found)

    return judge


_GONE = not_judged("Not checked: the audience doesn't exist.")


def about(audience_key: str, findings: Findings) -> Findings:
    return tuple(_about(audience_key, finding) for finding in findings)


def _about(audience_key: str, found: Finding) -> Finding:
    """Add the audience to the evidence. Most findings pass here, and `replace` would take three times as long."""
    said = (found.id, found.title, found.status, found.summary, found.cause, found.fix, found.links)
    return Finding(*said, {"audience": audience_key, **found.evidence}, found.matters, found.judged)
