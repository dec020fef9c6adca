"""Step 2: the LaunchDarkly token, and the environment whose client-side ID the destination gets."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks.launchdarkly import launchdarkly_approvals, launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import destination
from wizard.domain.credentials import CLIENT_SIDE_ID, LAUNCHDARKLY_TOKEN, Shape, read_paste
from wizard.domain.facts import is_failure, listed
from wizard.domain.failure import FailureKind
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Project, environment_of
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment, environment_words, wanted_client_side_id
from wizard.flow.reading.launchdarkly import is_found_by_key
from wizard.flow.request_card import launchdarkly_request_card
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.prerequisites import NO, YES, yes_or_no
from wizard.flow.steps.questions.make_token import MAKE_TOKEN, MAKER, TOKEN_ROLE, is_pasted
from wizard.flow.steps.step import Note, Step, good_token

_COMMERCIAL_HOST = "app.launchdarkly.com"


def seen_projects(state: State) -> tuple[Project, ...]:
    """Return the listed projects, while reading just the first page's, or the project that was looked up by its key."""
    if rows := state.first_rows.get("projects"):
        return rows
    if state.facts.projects is None and (found := is_found_by_key(state)):
        return (found,)
    return listed(state.facts.projects)


def put_client_side_id(state: State, value: Value) -> State:
    """Take a client-side ID, with its project and environment when the token can see them.

    A different environment needs a different destination, so forget the answers about the destination.
    """
    client_side_id, answers = str(value), state.answers
    found = environment_of(client_side_id, seen_projects(state))
    project, environment = (found[0].key, found[1].key) if found else ("", "")
    if answers.client_side_id and answers.client_side_id != client_side_id:
        answers = replace(answers, destination="", destination_name="")
    others = tuple(name for name in answers.other_environments if name != f"{project}/{environment}")
    answers = replace(answers, client_side_id=client_side_id, project=project, environment=environment)
    answers = answers if answers.other_environments == others else replace(answers, other_environments=others)
    return state if answers == state.answers else replace(state, answers=answers)


def settle_environment(state: State) -> State:
    """Complete client-side ID, project and environment from each other, once the projects are read."""
    answers, projects = state.answers, seen_projects(state)
    if not projects:
        return state
    if answers.client_side_id:
        return put_client_side_id(state, answers.client_side_id)
    project = next((project for project in projects if project.key == answers.project), None)
    environment = project.environment(answers.environment) if project else None
    return put_client_side_id(state, environment.client_side_id) if environment else state


def _environments(state: State) -> tuple[Choice, ...]:
    return _choices(seen_projects(state))


@memoize_last
def _choices(projects: tuple[Project, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=environment.client_side_id,
            label=f"{project.name or project.key} / {environment.name or environment.key}",
            details=(f"{project.key} / {environment.key}",),
            search=environment.client_side_id,
            why=f"{project.key} / {environment.key} · client-side ID {environment.client_side_id}",
        )
        for project in projects
        for environment in project.environments
    )


def other_environments(state: State) -> tuple[Choice, ...]:
    """Return the environments except the chosen one, each with its name in the profile as the value."""
    chosen = state.answers.client_side_id
    return tuple(one for one in _by_name(seen_projects(state)) if one.search != chosen)


@memoize_last
def _by_name(projects: tuple[Project, ...]) -> tuple[Choice, ...]:
    names = (f"{project.key}/{one.key}" for project in projects for one in project.environments)
    return tuple(replace(choice, value=name) for name, choice in zip(names, _choices(projects), strict=True))


def _put_others(state: State, value: Value) -> State:
    names = (value,) if isinstance(value, str) else value
    return replace(state, answers=replace(state.answers, other_environments=tuple(filter(None, names))))


def _pasted_id(text: str, state: State) -> Choice | None:
    """Return a choice for a client-side ID that isn't listed. The checks say whose it is."""
    paste = read_paste(text)
    if paste.shape is not Shape.CLIENT_SIDE_ID or environment_of(paste.text, seen_projects(state)):
        return None
    return Choice(
        paste.text, f"Use the client-side ID {paste.text}", details=("not in a project that this token can see",)
    )


def _mistake(text: str, state: State) -> str:
    """Return the mistake in a pasted ID; empty for any ID that LaunchDarkly lists."""
    return "" if environment_of(text, seen_projects(state)) else CLIENT_SIDE_ID.mistake(read_paste(text))


def _written_project(state: State) -> str | None:
    found = chosen_environment(state.facts, state.answers)
    return found[0].key if found else None


def _written_environment(state: State) -> str | None:
    found = chosen_environment(state.facts, state.answers)
    return found[1].key if found else None


def _written_client_side_id(state: State) -> str | None:
    """Return the client-side ID if its project and environment aren't known, else None."""
    found = chosen_environment(state.facts, state.answers)
    return None if found else wanted_client_side_id(state.facts, state.answers)


def _the_only_environment(state: State) -> Value:
    choices = () if state.first_rows.get("projects") else _environments(state)
    return choices[0].value if len(choices) == 1 else ""


def _is_refused(state: State) -> bool:
    """Return whether LaunchDarkly refused a well-formed token, which another instance may know."""
    facts = state.facts
    is_asked = facts.launchdarkly_token_shape is Shape.ACCESS_TOKEN and facts.launchdarkly_host == _COMMERCIAL_HOST
    return is_asked and is_failure(facts.caller, FailureKind.UNAUTHORIZED)


def _ways_to_find_out(_: State) -> tuple[Choice, ...]:
    return (
        Choice(YES, "Ask both", why="Sends the token to app.eu.launchdarkly.com and app.launchdarkly.us."),
        Choice(NO, "Don't ask", why="The token stays between this machine and app.launchdarkly.com."),
    )


def _put_other_instances(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, ask_other_instances=value == YES if value else None))


def _waits_for_projects(state: State) -> str:
    if state.launchdarkly_reader is None:
        return "the admin's token" if state.answers.make_token else "the access token"
    is_listed = isinstance(state.facts.projects, tuple) or state.first_rows.get("projects")
    return "" if is_listed else "the token's projects"


def _notes(state: State) -> tuple[Note, ...]:
    if not state.answers.client_side_id:
        return good_token(state, LAUNCHDARKLY_TOKEN)
    what = Note(f"The destination gets the client-side ID {state.answers.client_side_id}.")
    return (*good_token(state, LAUNCHDARKLY_TOKEN), what)


OTHER_INSTANCES = Setting(
    "launchdarkly.ask_other_instances",
    "ask_other_instances",
    lambda state: state.answers.ask_other_instances,
    bool,
    optional=True,
)
LAUNCHDARKLY = Step(
    id=StepId.LAUNCHDARKLY,
    title="LaunchDarkly",
    purpose="The token that Segment sends with, and the environment.",
    asks=(
        MAKE_TOKEN,
        Ask(
            id="launchdarkly_token",
            about=("launchdarkly.token.", launchdarkly_token.INSTANCE.id, destination.TOKEN.id),
            kind=Kind.SECRET,
            label="Access token",
            hint="Paste a service token with the Writer role, or with a role that can write segments.",
            help=Help(
                "Segment uses this token to create the segment and to add and remove members. A service token is "
                "best, because it still works when the person who created it leaves.",
                "LaunchDarkly: Organization settings → Authorization → Create token",
                links.LAUNCHDARKLY_TOKENS.url,
            ),
            get=lambda state: state.ending(LAUNCHDARKLY_TOKEN),
            variable=LAUNCHDARKLY_TOKEN.variable,
            secret=LAUNCHDARKLY_TOKEN,
            applies=is_pasted,
        ),
        MAKER,
        TOKEN_ROLE,
        Ask(
            id="ask_other_instances",
            kind=Kind.CHOICE,
            label="Other instances",
            hint="LaunchDarkly doesn't accept this token. Should the wizard ask the EU and federal instances about it?",
            help=Help(
                "An account lives in one of LaunchDarkly's instances. Segment can only send to app.launchdarkly.com. "
                "To find out, the wizard sends the token to app.eu.launchdarkly.com and app.launchdarkly.us.",
                "LaunchDarkly: the address in your browser names the instance",
                links.EU_DOCS.url,
            ),
            get=lambda state: yes_or_no(state.answers.ask_other_instances),
            put=_put_other_instances,
            choices=_ways_to_find_out,
            optional=True,
            applies=_is_refused,
            settings=(OTHER_INSTANCES,),
        ),
        Ask(
            id="environment",
            about=tuple(one.id for one in launchdarkly_environment.CHECKS),
            around=(launchdarkly_approvals.APPROVALS.id,),
            kind=Kind.PICK,
            label="Environment",
            hint="Type to filter by project, environment or key, or paste a client-side ID.",
            hints_at_keys=True,
            help=Help(
                "A destination sends to one environment of one project. The wizard reads the client-side ID for you. "
                "For several environments in one go, pick the others in the next question.",
                "LaunchDarkly: the environment's SDK credentials page → Client-side ID",
                links.ENVIRONMENT_KEYS_DOCS.url,
            ),
            get=lambda state: state.answers.client_side_id,
            put=put_client_side_id,
            choices=_environments,
            free=_pasted_id,
            suggest=_the_only_environment,
            clean=lambda raw: read_paste(raw).text,
            mistake=_mistake,
            waits_for=_waits_for_projects,
            words=lambda state: environment_words(state.facts, state.answers),
            settings=(
                Setting("launchdarkly.project", "project", _written_project, scope=Scope.OWN),
                Setting("launchdarkly.environment", "environment", _written_environment, scope=Scope.OWN),
                Setting(
                    "launchdarkly.client_side_id",
                    "client_side_id",
                    _written_client_side_id,
                    mistake=lambda text: CLIENT_SIDE_ID.mistake(read_paste(text)),
                    scope=Scope.OWN,
                ),
            ),
            variable=CLIENT_SIDE_ID.variable,
        ),
        Ask(
            id="other_environments",
            kind=Kind.PICK_MANY,
            label="Also set up",
            hint="Environments that get the same setup.",
            help=Help(
                "Each environment gets its own destination, and shares this setup's other answers. Review shows a "
                "group for each environment, and one yes makes all changes. If environments differ more, such as in "
                "the space, list them as [[targets]] in setup.toml.",
                "LaunchDarkly: Project settings → Environments",
                links.ENVIRONMENT_KEYS_DOCS.url,
            ),
            get=lambda state: state.answers.other_environments,
            put=_put_others,
            choices=other_environments,
            optional=True,
            applies=lambda state: bool(state.answers.client_side_id and other_environments(state)),
            words=lambda state: ", ".join(state.answers.other_environments),
        ),
    ),
    notes=_notes,
    settle=settle_environment,
    request_card=launchdarkly_request_card,
)
