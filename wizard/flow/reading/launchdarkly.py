"""The readings from LaunchDarkly, in the order of the journey."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from typing import Any

from wizard.domain.credentials import CLIENT_SIDE_ID_SHAPES, LAUNCHDARKLY_SHAPES, Shape, read_paste
from wizard.domain.facts import Slot, is_failure, own_token_id
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services.launchdarkly import Caller, CustomRole, Project, Token
from wizard.domain.signals.sdks import uses_server_side
from wizard.domain.step_id import StepId
from wizard.domain.tokens import made_token
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import Inputs, client_side_host, launchdarkly_host, launchdarkly_of
from wizard.flow.reading.reading import Reading, each
from wizard.flow.state import State

# --- inputs of the readings -------------------------------------------------------------------------------------


def _launchdarkly_token(state: State) -> Hashable | None:
    """Return the token unless it is certainly another kind of credential, which is never sent."""
    facts = state.facts
    shape = facts.launchdarkly_token_shape or (facts.maker_token_shape if state.answers.make_token else None)
    return state.launchdarkly_reader if shape in {None, *LAUNCHDARKLY_SHAPES} else None


def _caller(state: State) -> Hashable | None:
    """Return the caller's identity; a token that LaunchDarkly refuses is used for nothing else."""
    caller = state.facts.caller
    return (state.launchdarkly_reader, caller) if isinstance(caller, Caller) else None


def _refused_token(state: State) -> Hashable | None:
    """Return a refused token to send to the other instances: if it has a token's form, and the user agreed."""
    refused = is_failure(state.facts.caller, FailureKind.UNAUTHORIZED)
    has_the_form = state.facts.launchdarkly_token_shape is Shape.ACCESS_TOKEN
    asks = bool(state.answers.ask_other_instances)
    return state.launchdarkly_reader if refused and has_the_form and asks else None


def _token_id(state: State) -> Hashable | None:
    return own_token_id(state.facts) or None


def _role_ids(state: State) -> Hashable | None:
    return _custom_role_ids(state) or None


def _custom_role_ids(state: State) -> tuple[str, ...]:
    return state.facts.token.custom_role_ids if isinstance(state.facts.token, Token) else ()


def _personal_token(state: State) -> Hashable | None:
    token = state.facts.token
    return token.id if isinstance(token, Token) and token.service_token is False else None


def _in_project(state: State) -> Hashable | None:
    caller = _caller(state)
    return (caller, state.answers.project) if caller and state.answers.project else None


def is_found_by_key(state: State) -> Project | None:
    """Return the chosen project if it was looked up and has the chosen environment, so that no list is needed."""
    project, answers = state.facts.project, state.answers
    if not state.looks_up or not isinstance(project, Project):
        return None
    found = project.environment(answers.environment)
    return project if found and answers.client_side_id in {"", found.client_side_id} else None


def _in_a_list(state: State) -> Hashable | None:
    """Return the caller, unless the chosen project is looked up by its key instead of listing all projects.

    A list that was already read is kept.
    """
    answers = state.answers
    is_asked_for = state.facts.project is None and answers.project and answers.environment
    is_needless = state.looks_up and (is_asked_for or is_found_by_key(state) is not None)
    return None if is_needless and state.facts.projects is None else _caller(state)


def _of_tokens_made(state: State) -> Hashable | None:
    """Return the environment if the wizard makes, or has made, a token for it."""
    environment = in_environment(state)
    return environment if state.answers.make_token or state.has_made_a_token else None


async def _made_tokens(ports: Ports, state: State) -> tuple[Token, ...] | Failure:
    seen = await launchdarkly_of(ports, state).tokens()
    if isinstance(seen, Failure):
        return seen
    name = made_token.wanted_name(state.facts, state.answers)
    return tuple(token for token in seen if token.name == name and token.service_token is not False)


def in_environment(state: State) -> Hashable | None:
    project = _in_project(state)
    return (project, state.answers.environment) if project and state.answers.environment else None


def _since_attaching(state: State) -> Hashable | None:
    """Return the environment and when attaching began: a list from before that can't show the new segment."""
    environment = in_environment(state)
    return (environment, state.facts.attached_at) if environment else None


def _client_side_id(state: State) -> Hashable | None:
    """Return the client-side ID; a secret in its place is never sent, because it would be part of an address."""
    client_side_id = state.answers.client_side_id
    return client_side_id if client_side_id and _has_its_shape(client_side_id) else None


@memoize_last
def _has_its_shape(client_side_id: str) -> bool:
    return read_paste(client_side_id).shape in CLIENT_SIDE_ID_SHAPES


def _stores(state: State) -> Hashable | None:
    return _caller(state) if uses_server_side(state.facts, state.answers) else None


# --- how it is read ---------------------------------------------------------------------------------------------


async def _roles(ports: Ports, state: State) -> dict[str, CustomRole | Failure]:
    return await each(_custom_role_ids(state), launchdarkly_of(ports, state).role)


def _from_launchdarkly(
    slot: Slot, step: StepId, doing: str, inputs: Inputs, call: Callable[[LaunchDarkly, State], Awaitable[Any]]
) -> Reading:
    return Reading(
        slot, step, doing, launchdarkly_host, inputs, lambda ports, state: call(launchdarkly_of(ports, state), state)
    )


LAUNCHDARKLY_READINGS: tuple[Reading, ...] = (
    _from_launchdarkly(
        "caller", StepId.LAUNCHDARKLY, "asking who this token is", _launchdarkly_token,
        lambda client, _: client.caller(),
    ),
    _from_launchdarkly(
        "other_instance", StepId.LAUNCHDARKLY, "asking the other instances who this token is", _refused_token,
        lambda client, _: client.instance(),
    ),
    _from_launchdarkly(
        "account_name", StepId.LAUNCHDARKLY, "reading the account's name", _caller,
        lambda client, _: client.account_name(),
    ),
    _from_launchdarkly(
        "token", StepId.LAUNCHDARKLY, "reading what the token may do", _token_id,
        lambda client, state: client.token(str(_token_id(state))),
    ),
    Reading(
        "roles", StepId.LAUNCHDARKLY, "reading the token's roles", launchdarkly_host, _role_ids, _roles,
        lambda state, failure: dict.fromkeys(_custom_role_ids(state), failure),
    ),
    _from_launchdarkly(
        "member", StepId.LAUNCHDARKLY, "reading the token's owner", _personal_token,
        lambda client, _: client.member(),
    ),
    replace(
        _from_launchdarkly(
            "projects", StepId.LAUNCHDARKLY, "reading projects and environments", _in_a_list,
            lambda client, _: client.projects(),
        ),
        in_parts=lambda ports, state, first: launchdarkly_of(ports, state).projects(first),
        chosen_at=StepId.LAUNCHDARKLY,
    ),
    _from_launchdarkly(
        "project", StepId.LAUNCHDARKLY, "opening the project", _in_project,
        lambda client, state: client.project(state.answers.project),
    ),
    Reading(
        "made_tokens", StepId.LAUNCHDARKLY, "looking for tokens that the wizard created", launchdarkly_host,
        _of_tokens_made, _made_tokens,
    ),
    Reading(
        "client_side_id_exists", StepId.LAUNCHDARKLY, "looking for the client-side ID", client_side_host,
        _client_side_id, lambda ports, state: ports.services.client_side().knows(state.answers.client_side_id),
    ),
    _from_launchdarkly(
        "context_kinds", StepId.LAUNCHDARKLY, "reading the context kinds that your app sends", _in_project,
        lambda client, state: client.context_kinds(state.answers.project),
    ),
    replace(
        _from_launchdarkly(
            "stores", StepId.LAUNCHDARKLY, "reading persistent stores", _stores,
            lambda client, _: client.stores(),
        ),
        when_asked=_caller,
    ),
    _from_launchdarkly(
        "segments", StepId.LAUNCHDARKLY, "reading the synced segments that exist", _since_attaching,
        lambda client, state: client.synced_segments(state.answers.project, state.answers.environment),
    ),
)  # fmt: skip
