"""Step 3: Segment's Public API token, the space that holds the audiences, and its Engage source."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks.segment import segment_access, segment_engage
from wizard.domain.credentials import SEGMENT_TOKEN
from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.services import links
from wizard.domain.services.naming import is_engage
from wizard.domain.services.segment import Region, Source, Space
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_space, engage_sources_of, free_sources
from wizard.flow.reading.clients import reads_segment
from wizard.flow.request_card import segment_token_request_card
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.questions.other_spaces import OTHER_SPACES
from wizard.flow.steps.step import Note, Step, good_token


def seen_spaces(state: State) -> tuple[Space, ...]:
    return listed(state.facts.spaces)


def _the_only(choices: tuple[Choice, ...]) -> Value:
    return choices[0].value if len(choices) == 1 else ""


def _spaces(state: State) -> tuple[Choice, ...]:
    return tuple(Choice(space.id, space.name or space.slug, details=(space.slug,)) for space in seen_spaces(state))


def _every_engage(state: State) -> tuple[Source, ...]:
    return tuple(filter(is_engage, listed(state.facts.sources)))


def _sources(state: State) -> tuple[Choice, ...]:
    """Return the space's free sources, else all its sources, else every Engage source if we can't tell its own."""
    facts, answers = state.facts, replace(state.answers, engage_source="")
    sources = free_sources(facts, answers) or engage_sources_of(facts, answers) or _every_engage(state)
    return tuple(Choice(source.id, source.name or source.slug, details=(source.slug,)) for source in sources)


def _waits_for_spaces(state: State) -> str:
    if state.secrets.segment_token is None:
        return "the Public API token"
    return "" if isinstance(state.facts.spaces, tuple) else "the workspace's spaces"


def _by_api(state: State) -> bool:
    return not state.answers.by_hand


def lists_spaces(state: State) -> bool:
    """Return whether the space is picked from a list. If a person makes the changes, only a token can show the list."""
    closed = isinstance(state.facts.workspace, Failure) or isinstance(state.facts.spaces, Failure)
    return _by_api(state) or (reads_segment(state) and not closed and state.facts.spaces != ())


def _put_space(state: State, value: Value) -> State:
    """Take a space. A different one clears source and audiences, which belong to the former space."""
    answers = state.answers
    if answers.space not in {"", value}:
        answers = replace(answers, engage_source="", audiences=())
    return replace(state, answers=replace(answers, space=str(value)))


def _put_source(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, engage_source=str(value)))


def settle_space(state: State) -> State:
    """Replace the space's slug or name by its ID once the spaces are read."""
    wanted, spaces = state.answers.space, seen_spaces(state)
    if wanted and spaces and all(space.id != wanted for space in spaces):
        named = [space for space in spaces if wanted in (space.slug, space.name)]
        if len(named) == 1:
            state = replace(state, answers=replace(state.answers, space=named[0].id))
    return state


def _written_space(state: State) -> str | None:
    space = chosen_space(state.facts, state.answers)
    return (space.slug or space.id if space else state.answers.space) or None


def _notes(state: State) -> tuple[Note, ...]:
    if not state.answers.by_hand:
        return good_token(state, SEGMENT_TOKEN)
    return (
        Note("You make the changes in Segment's web app. Review shows each step with the values to copy."),
        Note("The wizard uses the Segment token only to see what's done, and changes nothing with it.")
        if reads_segment(state)
        else Note("You don't need a token. With one, the wizard sees when a step is done."),
    )


def _where_it_is_sent(state: State) -> str:
    """Say which hosts get the token. The other region's host is tried only if the user set no host.

    See docs/segment.md#regions.
    """
    first, others = state.facts.segment_host, [region.host for region in Region if region is not Region.US]
    if first != Region.US.host:
        return f"The wizard asks only {first} about it."
    return f"The wizard asks {first} about it, and {' and '.join(others)} if that host refuses it."


_TOKEN = Ask(
    id="segment_token",
    about=(segment_access.KIND.id, segment_access.VALID.id, segment_access.REGION.id),
    around=(segment_access.PERMISSIONS.id,),
    kind=Kind.SECRET,
    label="Public API token",
    hint="Paste a token. Only a Workspace Owner can create one.",
    hint_of_run=_where_it_is_sent,
    help=Help(
        "The wizard uses this token to read audiences and to create the destination and the mapping. Choose Workspace "
        "Owner access, or Member access with Unify and Engage Admin on the space and Source Admin on its Engage "
        "source.",
        "Segment: Settings → Workspace settings → Access Management → Tokens → + Create Token",
        links.SEGMENT_TOKENS.url,
    ),
    get=lambda state: state.ending(SEGMENT_TOKEN),
    applies=_by_api,
    variable=SEGMENT_TOKEN.variable,
    secret=SEGMENT_TOKEN,
)
_TOKEN_THAT_WATCHES = replace(
    _TOKEN,
    id="segment_token_that_watches",
    hint="Paste a token if you have one.",
    help=replace(_TOKEN.help, what="With a token, the wizard sees when a step is done."),
    applies=lambda state: not _by_api(state),
    optional=True,
)

SEGMENT = Step(
    id=StepId.SEGMENT,
    title="Twilio Segment",
    purpose="The workspace's token, and the space with your audiences.",
    asks=(
        _TOKEN,
        _TOKEN_THAT_WATCHES,
        Ask(
            id="space",
            around=(segment_engage.ENGAGE.id,),
            kind=Kind.PICK,
            label="Space",
            hint="The Engage space that has the audiences.",
            help=Help(
                "An Engage space is one unified view of your profiles. Its audiences send only to destinations on "
                "the space's own Engage source.",
                "Segment: Unify → the space's name, top left",
                links.SEGMENT_AUDIENCES_DOCS.url,
            ),
            get=lambda state: state.answers.space,
            put=_put_space,
            choices=_spaces,
            takes_the_only=True,
            suggest=lambda state: _the_only(_spaces(state)),
            waits_for=_waits_for_spaces,
            applies=lists_spaces,
            settings=(Setting("segment.space", "space", _written_space, scope=Scope.TARGET),),
        ),
        Ask(
            id="engage_source",
            about=(segment_engage.SOURCE.id,),
            kind=Kind.PICK,
            label="Engage source",
            hint="Segment doesn't say which source belongs to the space. It's usually called Personas and the "
            "space's name.",
            help=Help(
                "The destination has to be on the space's own Engage source. Otherwise no audience can send to it. "
                "Engage creates another source for each further instance of the same destination.",
                "Segment: Connections → Sources",
                links.SEGMENT_SOURCES.url,
            ),
            get=lambda state: state.answers.engage_source,
            put=_put_source,
            choices=_sources,
            takes_the_only=True,
            suggest=lambda state: _the_only(_sources(state)),
            applies=lambda state: _by_api(state) and bool(state.answers.space) and len(_sources(state)) > 0,
            settings=(
                Setting(
                    "segment.engage_source",
                    "engage_source",
                    lambda state: state.answers.engage_source or None,
                    optional=True,
                    scope=Scope.OWN,
                ),
            ),
        ),
        OTHER_SPACES,
    ),
    notes=_notes,
    settle=settle_space,
    request_card=lambda state: segment_token_request_card(state) if _by_api(state) else "",
)
