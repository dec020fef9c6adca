"""Which flag gets a rule for a segment: the environment's flags to pick from, then the rule."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.app import App

from wizard.domain.explain import explain
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import Project
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.walk import Walk
from wizard.text import plain
from wizard.ui.screens.changes.rule import Place, RuleScreen, Segments, Told
from wizard.ui.screens.dialogs.commands import Command, CommandsScreen
from wizard.ui.work import work


def place_of(walk: Walk, project: str, environment: str) -> Place | None:
    """Return the project and environment with these keys; None if they haven't been read."""
    facts = walk.state.facts
    projects = (*((facts.project,) if isinstance(facts.project, Project) else ()), *listed(facts.projects))
    found = ((one, one.environment(environment)) for one in projects if one.key == project)
    return next(((one, here) for one, here in found if here is not None), None)


def ask_for_flag(app: App[Any], walk: Walk, place: Place, segments: Segments, told: Told = lambda _: None) -> None:
    """List the flags, and show the rule for the picked flag; `told` gets its key if the rule is added."""
    work(app, _list_flags(app, walk, place, segments, told), group="check", description="reading the flags")


async def _list_flags(app: App[Any], walk: Walk, place: Place, segments: Segments, told: Told) -> None:
    flags = await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key)
    if isinstance(flags, Failure):
        app.notify(f"We couldn't read the flags. {explain(flags).summary}")
        return
    if not flags:
        app.notify(f"{plain(place[0].name)} has no flags yet. Create one in LaunchDarkly under Code → Flags.")
        return
    state = {True: "on", False: "off", None: ""}
    commands = tuple(
        Command(plain(flag.name), flag.key, partial(str, flag.key), state=state[flag.on]) for flag in flags
    )

    def show(chosen: Command | None) -> None:
        if chosen is not None:
            app.push_screen(RuleScreen(walk, place, str(chosen.run()), segments, told))

    app.push_screen(CommandsScreen(commands, "Which flag gets the rule?", "choose"), show)
