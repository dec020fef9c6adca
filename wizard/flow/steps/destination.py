"""Step 4: the instance of LaunchDarkly Audiences to use, or a new one and its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.domain.answers import NEW_DESTINATION
from wizard.domain.checks.segment import destination
from wizard.domain.facts import listed
from wizard.domain.services import links
from wizard.domain.services.segment import Destination, Use
from wizard.domain.step_id import StepId
from wizard.domain.wanted import (
    asks_to_rename,
    chosen_destination,
    fitting_destinations,
    use_of,
    wanted_destination_name,
)
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.step import Note, Step
from wizard.text import count, lasting


def seen_destinations(state: State) -> tuple[Destination, ...]:
    return listed(state.facts.destinations)


def fitting_destination(state: State) -> Destination | None:
    """Return the destination that writes to the chosen environment and can be attached in the chosen space."""
    return chosen_destination(state.facts, replace(state.answers, destination=""))


def _details(destination: Destination, state: State) -> tuple[str, ...]:
    if destination.client_side_id == state.answers.client_side_id:
        place = "this environment"
    else:
        place = f"client-side ID {destination.client_side_id or 'not set'}"
    token = f"token ends in {destination.token_last_four}" if destination.token_last_four else ""
    return *_use_in_words(destination, state), place, "disabled" if destination.enabled is False else "", token


def _use_in_words(destination: Destination, state: State) -> tuple[str, ...]:
    """Return what distinguishes one of several fitting destinations: its number of audiences, its ID and its age."""
    if not isinstance(state.facts.destination_use, Mapping) or not _fits(destination, state):
        return ()
    use = use_of(destination, state.facts)
    used = f"used for {lasting((state.facts.now - use.since).total_seconds())}" if use.since else ""
    return count(use.audiences, "audience"), f"{destination.id[:8]}…", _age(use, state) or used


def _age(use: Use, state: State) -> str:
    return f"{lasting((state.facts.now - use.created).total_seconds())} old" if use.created else ""


def _fits(destination: Destination, state: State) -> bool:
    return destination in fitting_destinations(state.facts, state.answers)


def _why(destination: Destination, state: State) -> str:
    """Return why to use a destination or not, and what distinguishes it if several lead to the environment."""
    if destination.client_side_id != state.answers.client_side_id:
        return "This destination sends to another environment. If you use it here, it no longer sends there."
    rivals = fitting_destinations(state.facts, state.answers)
    advice = ", so it's recommended" if destination == fitting_destination(state) else ""
    if len(rivals) < 2 or not isinstance(state.facts.destination_use, Mapping):
        return f"This destination already sends to the chosen environment{advice}."
    use = use_of(destination, state.facts)
    sends = count(use.audiences, "audience sends", "audiences send")
    age = _age(use, state)
    return f"{sends} through it{advice}. Its ID is {destination.id}{f', and it is {age}' if age else ''}."


def _destinations(state: State) -> tuple[Choice, ...]:
    fitting = fitting_destination(state)
    existing = tuple(
        Choice(
            destination.id,
            destination.name or destination.id,
            details=_details(destination, state),
            recommended=destination == fitting,
            why=_why(destination, state),
        )
        for destination in seen_destinations(state)
    )
    new = Choice(
        NEW_DESTINATION,
        "Create a new destination",
        recommended=fitting is None,
        why="A destination sends to one environment. The new one sends to the chosen environment.",
    )
    return (*existing, new)


def _suggested(state: State) -> Value:
    fitting = fitting_destination(state)
    return fitting.id if fitting else NEW_DESTINATION


def _suggested_name(state: State) -> Value:
    return wanted_destination_name(state.facts, state.answers)


def _put_destination(state: State, value: Value) -> State:
    beside = tuple(one.id for one in fitting_destinations(state.facts, state.answers))
    return replace(
        state,
        answers=replace(state.answers, destination=str(value), beside=beside if value == NEW_DESTINATION else ()),
    )


def _put_name(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, destination_name=str(value)))


def settle_destination(state: State) -> State:
    """Use a destination that appeared after a new one was chosen, and forget a chosen one that no longer exists."""
    answers, seen = state.answers, state.facts.destinations
    chosen = answers.destination or (NEW_DESTINATION if answers.by_hand else "")
    if chosen == NEW_DESTINATION:
        made = _made_since(state)
        own_name = answers.destination_name if made is None or made.name == answers.destination_name else ""
        answers = replace(answers, destination=made.id if made else chosen, destination_name=own_name)
    elif chosen and isinstance(seen, tuple) and all(one.id != chosen for one in seen):
        answers = replace(answers, destination="")
    return state if answers == state.answers else replace(state, answers=answers)


def _made_since(state: State) -> Destination | None:
    """Return a fitting destination that appeared after a new one was chosen. Two would send everything twice."""
    fitting = fitting_destinations(state.facts, state.answers)
    since = (one for one in fitting if one.id not in state.answers.beside)
    return min(since, key=lambda one: one.enabled is False, default=None)


def _makes_a_new_one(state: State) -> bool:
    return bool(state.answers.by_hand) or state.answers.destination == NEW_DESTINATION


def _waits_for_destinations(state: State) -> str:
    if not state.answers.client_side_id:
        return "the environment"
    return "" if isinstance(state.facts.destinations, tuple) else "the workspace's destinations"


def _written_name(state: State) -> str:
    """Return the destination's current name unless the user asked for another, so that a second run renames nothing."""
    facts, answers = state.facts, state.answers
    there = chosen_destination(facts, answers)
    keeps = there is not None and not asks_to_rename(there, facts, answers)
    return there.name if there and keeps else wanted_destination_name(facts, answers)


def _notes(state: State) -> tuple[Note, ...]:
    if not _makes_a_new_one(state):
        return ()
    return (
        Note(f"Client-side ID {state.answers.client_side_id}" if state.answers.client_side_id else ""),
        Note("Token: the LaunchDarkly token from step 2. Segment's test of the token doesn't check its permissions."),
    )


DESTINATION = Step(
    id=StepId.DESTINATION,
    title="Destination",
    purpose="LaunchDarkly Audiences in Segment: one per environment.",
    asks=(
        Ask(
            id="destination",
            about=(destination.EXISTS.id,),
            around=("destination.",),
            kind=Kind.CHOICE,
            label="Destination",
            hint="It sends the audiences' members to this environment.",
            help=Help(
                "A destination holds one LaunchDarkly token and one client-side ID. A second destination for the same "
                "environment would send every change twice.",
                "Segment: Connections → Destinations",
                links.SEGMENT_DESTINATIONS.url,
            ),
            get=lambda state: state.answers.destination,
            put=_put_destination,
            choices=_destinations,
            takes_the_only=True,
            suggest=_suggested,
            waits_for=_waits_for_destinations,
            awaits=(StepId.LAUNCHDARKLY, StepId.SEGMENT),
            applies=lambda state: not state.answers.by_hand,
        ),
        Ask(
            id="destination_name",
            kind=Kind.TEXT,
            label="Name",
            hint="Include the project and environment, so that nobody mixes up destinations.",
            help=Help(
                "The name is for people only. Each environment needs its own destination.",
                "Segment: Connections → Destinations → the destination → Settings",
                links.SEGMENT_DESTINATIONS.url,
            ),
            get=lambda state: state.answers.destination_name,
            put=_put_name,
            suggest=_suggested_name,
            applies=_makes_a_new_one,
            settings=(Setting("destination.name", "destination_name", _written_name, scope=Scope.OWN),),
        ),
    ),
    notes=_notes,
    settle=settle_destination,
)
