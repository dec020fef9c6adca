"""Mistakes that show only after reading: names in a setup file that the services don't have (exit code 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from wizard.domain.answers import Answers
from wizard.domain.credentials import CLIENT_SIDE_ID
from wizard.domain.facts import Facts, known, listed
from wizard.domain.services.launchdarkly import Project
from wizard.domain.wanted import chosen_environment
from wizard.headless.refusal import Mistake, nearest, quoted
from wizard.headless.setup.setup_file import SetupFile


def unknown_values(setup: SetupFile, facts: Facts, answers: Answers) -> tuple[Mistake, ...]:
    """Return the mistakes in a file; `answers` are the walk's after reading. Names in unread lists aren't judged."""
    return (*_places(setup, facts), *contradictions(setup, facts, answers), *_segment_side(setup, facts, answers))


# --- LaunchDarkly -------------------------------------------------------------------------------------------------


def _places(setup: SetupFile, facts: Facts) -> Iterator[Mistake]:
    wanted, projects = setup.answers, listed(facts.projects)
    if not wanted.project or not projects:
        return
    project = next((one for one in projects if one.key == wanted.project), None)
    if project is None:
        what = f"the token can't see a project with the key {quoted(wanted.project)}."
        yield setup.mistake("launchdarkly.project", what, lambda: _nearest_project(wanted.project, projects))
    elif wanted.environment and project.environment(wanted.environment) is None:
        what = f"the project {project.key} has no environment with the key {quoted(wanted.environment)}."
        keys = [environment.key for environment in project.environments]
        yield setup.mistake("launchdarkly.environment", what, lambda: nearest(wanted.environment, keys))


def _nearest_project(wanted: str, projects: tuple[Project, ...]) -> str:
    """Return the key of the project with the most similar key or name, because people see names."""
    keys = {project.key: project.key for project in projects} | {project.name: project.key for project in projects}
    return keys[nearest(wanted, keys)]


def contradictions(setup: SetupFile, facts: Facts, answers: Answers) -> Iterator[Mistake]:
    """Yield a mistake if the client-side ID doesn't belong to the named project and environment."""
    wanted, found = setup.answers, chosen_environment(facts, answers)
    if not (wanted.project and wanted.environment and found):
        return
    place = (found[0].key, found[1].key)
    if place != (wanted.project, wanted.environment) and _exists(wanted, facts):
        whose = "launchdarkly.client_side_id" if wanted.client_side_id else CLIENT_SIDE_ID.variable
        what = f"{whose} belongs to {' / '.join(place)}, not to {wanted.project} / {wanted.environment}: "
        yield setup.mistake("launchdarkly.environment", f"{what}{_which_to_leave_out(setup)}")


def _which_to_leave_out(setup: SetupFile) -> str:
    """Return what to do if the client-side ID, maybe from the variable, contradicts the named environment."""
    if setup.answers.client_side_id:
        return "leave one out."
    unset = f"unset {CLIENT_SIDE_ID.variable}, or"
    return f"{unset} name its environment with --target." if setup.name else f"{unset} name its environment here."


def _exists(wanted: Answers, facts: Facts) -> bool:
    return chosen_environment(facts, Answers(project=wanted.project, environment=wanted.environment)) is not None


# --- Twilio Segment -----------------------------------------------------------------------------------------------


def _segment_side(setup: SetupFile, facts: Facts, answers: Answers) -> Iterator[Mistake]:
    if answers.by_hand:
        return
    yield from _space(setup, facts, answers)
    yield from _source(setup, facts, answers)
    yield from _audiences(setup, facts, answers)


def _space(setup: SetupFile, facts: Facts, answers: Answers) -> Iterator[Mistake]:
    spaces = listed(facts.spaces)
    if not (setup.answers.space and spaces) or any(space.id == answers.space for space in spaces):
        return
    wanted = setup.answers.space
    if sum(wanted in (space.slug, space.name) for space in spaces) > 1:
        yield setup.mistake("segment.space", f"several spaces are called {quoted(wanted)}: give the ID of one.")
    else:
        slugs = {space.name: space.slug for space in spaces} | {space.slug: space.slug for space in spaces}
        what = f"the workspace has no space {quoted(wanted)}."
        yield setup.mistake("segment.space", what, lambda: slugs[nearest(wanted, slugs)])


def _source(setup: SetupFile, facts: Facts, answers: Answers) -> Iterator[Mistake]:
    wanted, sources = answers.engage_source, listed(facts.sources)
    if not (setup.answers.engage_source and sources) or any(source.id == wanted for source in sources):
        return
    ids = {source.slug: source.id for source in sources} | {source.id: source.id for source in sources}
    what = f"the workspace has no source {quoted(wanted)}."
    yield setup.mistake("segment.engage_source", what, lambda: ids[nearest(wanted, ids)])


def _audiences(setup: SetupFile, facts: Facts, answers: Answers) -> Iterator[Mistake]:
    seen = known(facts.audiences)
    if seen is None:
        return
    ids = {audience.id for audience in seen}
    names = {audience.name: audience.key for audience in seen} | {audience.key: audience.key for audience in seen}
    called = defaultdict(list)
    for audience in seen:
        for name in {audience.key, audience.name}:
            called[name].append(audience.id)
    for wanted in (one for one in answers.audiences if one not in ids):
        if those := called.get(wanted):
            what = f"several audiences are called {quoted(wanted)}: give the ID of one: {', '.join(those[:5])}."
            yield setup.mistake("audiences.include", what, item=wanted)
        else:
            near = partial(_nearest_audience, wanted, names)
            yield setup.mistake("audiences.include", f"the space has no audience {quoted(wanted)}.", near, wanted)


def _nearest_audience(wanted: str, keys: Mapping[str, str]) -> str:
    return keys[nearest(wanted, keys)] if keys else ""
