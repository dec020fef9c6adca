"""Everything that the walk reads, in the order of the journey. All reads, no writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from wizard.domain import wanted
from wizard.domain.credentials import Shape
from wizard.domain.facts import VaultSeen
from wizard.domain.model import (
    Activation,
    Audience,
    Caller,
    Connections,
    CustomRole,
    Failure,
    FailureKind,
    Token,
    Workspace,
)
from wizard.domain.wanted import chosen_destination
from wizard.flow.ports import LaunchDarkly, Ports, Segment
from wizard.flow.reading import Reading
from wizard.flow.state import State

if TYPE_CHECKING:
    from pydantic import SecretStr

_ENOUGH = 10  # audiences whose connections name the Engage source, or show that the token may not see them
_ON_A_PAGE = 200  # audiences (contract segment 2.8)

Inputs: TypeAlias = Callable[[State], Hashable | None]
Read: TypeAlias = Callable[[Ports, State], Awaitable[Any]]


# --- who is asked -----------------------------------------------------------------------------------------------


def launchdarkly_of(ports: Ports, state: State) -> LaunchDarkly:
    return ports.services.launchdarkly(state.secrets.launchdarkly_token)


def segment_of(ports: Ports, state: State) -> Segment:
    """The client on the workspace's own region, once that is known."""
    workspace = state.facts.workspace
    region = workspace.region if isinstance(workspace, Workspace) else None
    return ports.services.segment(state.secrets.segment_token, region)


def launchdarkly_host(ports: Ports) -> str:
    return ports.services.launchdarkly_host


def _client_side_host(ports: Ports) -> str:
    return ports.services.client_side_host


def segment_host(ports: Ports) -> str:
    return ports.services.segment_host


# --- what each depends on ---------------------------------------------------------------------------------------


def _always(_: State) -> Hashable:
    return True


def _segment_side(state: State) -> Hashable | None:
    return reads_segment(state) or None


def _launchdarkly_token(state: State) -> Hashable | None:
    """A credential that is certainly of another kind is never sent."""
    wrong_kind = state.facts.launchdarkly_token_shape not in (None, Shape.ACCESS_TOKEN, Shape.OTHER)
    return None if wrong_kind else state.secrets.launchdarkly_token


def _caller(state: State) -> Hashable | None:
    """The identity, once LaunchDarkly has confirmed it: nothing else is asked with a token that it refuses."""
    caller = state.facts.caller
    return (state.secrets.launchdarkly_token, caller) if isinstance(caller, Caller) else None


def _refused_token(state: State) -> Hashable | None:
    caller = state.facts.caller
    refused = isinstance(caller, Failure) and caller.kind is FailureKind.UNAUTHORIZED
    return state.secrets.launchdarkly_token if refused else None


def _token_id(state: State) -> Hashable | None:
    caller = state.facts.caller
    return caller.token_id or None if isinstance(caller, Caller) else None


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


def in_environment(state: State) -> Hashable | None:
    project = _in_project(state)
    return (project, state.answers.environment) if project and state.answers.environment else None


def _client_side_id(state: State) -> Hashable | None:
    return state.answers.client_side_id or None


def _stores(state: State) -> Hashable | None:
    return None if state.answers.server_side is False else _caller(state)


def _segment_token(state: State) -> Hashable | None:
    """As with LaunchDarkly's. By hand none is asked for, but one that is there looks what is done."""
    return _token_to_send(state)


def _token_to_send(state: State) -> SecretStr | None:
    wrong_kind = state.facts.segment_token_shape not in (None, Shape.OTHER)
    return None if wrong_kind else state.secrets.segment_token


def reads_segment(state: State) -> bool:
    """Whether Segment's side is looked at through its API, whoever does the work there."""
    return not state.answers.by_hand or _segment_token(state) is not None


def _workspace(state: State) -> Hashable | None:
    workspace = state.facts.workspace
    return (state.secrets.segment_token, workspace) if isinstance(workspace, Workspace) else None


def _in_space(state: State) -> Hashable | None:
    """The space's id: a name that the user gave is settled as soon as the spaces are read."""
    workspace, spaces, space = _workspace(state), state.facts.spaces, state.answers.space
    is_id = isinstance(spaces, Failure) or any(seen.id == space for seen in spaces or ())
    return (workspace, space) if workspace and space and is_id else None


def _destination_id(state: State) -> str:
    """Of the instance that is meant: chosen, or already there for this environment."""
    chosen = chosen_destination(state.facts, state.answers)
    return chosen.id if chosen else ""


def of_destination(state: State) -> Hashable | None:
    workspace, destination = _workspace(state), _destination_id(state)
    return (workspace, destination) if workspace and destination else None


def _of_audiences(state: State) -> Hashable | None:
    """Once it is known whether there is a destination: it decides how many have to be looked at."""
    space, ids = _in_space(state), _looked_at_ids(state)
    return (space, ids) if space and ids and state.facts.destinations is not None else None


def listed_ids(state: State) -> tuple[str, ...]:
    """Of the chosen audiences; one that is known by its key only has none."""
    return tuple(audience.id for audience in chosen_audiences(state) if audience.id)


def _looked_at_ids(state: State) -> tuple[str, ...]:
    """Nothing is connected to a destination that is not there: then a few audiences tell the rest."""
    ids = listed_ids(state)
    return ids if _destination_id(state) else ids[:_ENOUGH]


def _attach_kinds(state: State) -> Hashable | None:
    space, kinds = _in_space(state), _kinds(state)
    return (space, kinds) if space and kinds else None


def _kinds(state: State) -> tuple[str, ...]:
    return tuple(sorted({audience.kind for audience in chosen_audiences(state)}))


def attached_ids(state: State) -> tuple[str, ...]:
    """Ids of the chosen audiences that are connected to the destination."""
    destination = _destination_id(state)
    return tuple(
        audience_id
        for audience_id, seen in state.facts.connections.items()
        if isinstance(seen, Connections) and any(one.destination_id == destination for one in seen.items)
    )


def _of_attached(state: State) -> Hashable | None:
    space, destination, attached = _in_space(state), of_destination(state), attached_ids(state)
    return (space, destination, attached) if space and destination and attached else None


def delivered(state: State) -> Hashable | None:
    """Only of an instance that exists and is attached: elsewhere there is nothing to count."""
    return (of_destination(state) or None) if attached_ids(state) else None


def chosen_audiences(state: State) -> tuple[Audience, ...]:
    return wanted.chosen_audiences(state.facts, state.answers)


# --- how it is read ---------------------------------------------------------------------------------------------


async def _roles(ports: Ports, state: State) -> dict[str, CustomRole | Failure]:
    ids = _custom_role_ids(state)
    client = launchdarkly_of(ports, state)
    return dict(zip(ids, await asyncio.gather(*(client.role(role_id) for role_id in ids)), strict=True))


async def audiences_again(ports: Ports, state: State) -> tuple[Audience, ...] | None:
    """What is listed, with the chosen ones as they are now. None: read the list, it is shorter or has to tell."""
    listed, ids = state.facts.audiences, state.answers.audiences
    if not isinstance(listed, tuple) or len(ids) > len(listed) // _ON_A_PAGE:
        return None
    client = segment_of(ports, state)
    asked = await asyncio.gather(*(client.audience(state.answers.space, audience_id) for audience_id in ids))
    seen = {audience.id: audience for audience in asked if isinstance(audience, Audience)}
    return tuple(seen.get(one.id, one) for one in listed) if len(seen) == len(ids) else None


async def _connections(ports: Ports, state: State) -> dict[str, Connections | Failure]:
    client, space = segment_of(ports, state), state.answers.space
    ids = _looked_at_ids(state)
    seen = await asyncio.gather(*(client.connections(space, audience_id) for audience_id in ids))
    return dict(zip(ids, seen, strict=True))


async def _activations(ports: Ports, state: State) -> dict[str, tuple[Activation, ...] | Failure]:
    client, space, ids = segment_of(ports, state), state.answers.space, attached_ids(state)
    seen = await asyncio.gather(*(client.activations(space, audience_id) for audience_id in ids))
    return dict(zip(ids, seen, strict=True))


async def _attach_by_api(ports: Ports, state: State) -> bool | Failure:
    """True only when every kind of chosen audience can be attached through the API."""
    client = segment_of(ports, state)
    seen = await asyncio.gather(*(client.attach_by_api(state.answers.space, kind) for kind in _kinds(state)))
    return next((answer for answer in seen if isinstance(answer, Failure)), all(seen))


async def _delivery(ports: Ports, state: State) -> Any:
    """The last four hours: the longest span that minutes are kept for (contract segment 2.12)."""
    destination = chosen_destination(state.facts, state.answers)
    if destination is None:
        return None
    end = ports.clock.now()
    client = segment_of(ports, state)
    return await client.delivery(destination.source_id, destination.id, end - timedelta(hours=4), end)


def _on_launchdarkly(call: Callable[[LaunchDarkly, State], Awaitable[Any]]) -> Read:
    return lambda ports, state: call(launchdarkly_of(ports, state), state)


def _on_segment(call: Callable[[Segment, State], Awaitable[Any]]) -> Read:
    return lambda ports, state: call(segment_of(ports, state), state)


def _from_launchdarkly(
    slot: str, step: str, doing: str, inputs: Inputs, call: Callable[[LaunchDarkly, State], Awaitable[Any]]
) -> Reading:
    return Reading(slot, step, doing, launchdarkly_host, inputs, _on_launchdarkly(call))


def _from_segment(
    slot: str, step: str, doing: str, inputs: Inputs, call: Callable[[Segment, State], Awaitable[Any]]
) -> Reading:
    return Reading(slot, step, doing, segment_host, inputs, _on_segment(call))


READINGS: tuple[Reading, ...] = (
    Reading(
        "vault", "prerequisites", "looking for a keyring", lambda _: "this machine", _always,
        lambda ports, _: ports.vault.look(), lambda *_: VaultSeen(False, "", "it did not answer in time"),
    ),
    Reading(
        "launchdarkly_reach", "prerequisites", "looking whether it answers", launchdarkly_host, _always,
        lambda ports, _: ports.services.launchdarkly(None).reach(),
    ),
    Reading(
        "client_side_reach", "prerequisites", "looking whether it answers", _client_side_host, _always,
        lambda ports, _: ports.services.client_side().reach(),
    ),
    Reading(
        "segment_reach", "prerequisites", "looking whether it answers", segment_host, _segment_side,
        lambda ports, state: ports.services.segment(_token_to_send(state), None).reach(),
    ),
    _from_launchdarkly(
        "caller", "launchdarkly", "asking who this token is", _launchdarkly_token,
        lambda client, _: client.caller(),
    ),
    _from_launchdarkly(
        "other_instance", "launchdarkly", "asking the other instances who this token is", _refused_token,
        lambda client, _: client.instance(),
    ),
    _from_launchdarkly(
        "account_name", "launchdarkly", "reading the account's name", _caller,
        lambda client, _: client.account_name(),
    ),
    _from_launchdarkly(
        "token", "launchdarkly", "reading what the token may do", _token_id,
        lambda client, state: client.token(str(_token_id(state))),
    ),
    Reading(
        "roles", "launchdarkly", "reading the token's roles", launchdarkly_host, _role_ids, _roles,
        lambda state, failure: dict.fromkeys(_custom_role_ids(state), failure),
    ),
    _from_launchdarkly(
        "member", "launchdarkly", "reading the token's owner", _personal_token,
        lambda client, _: client.member(),
    ),
    _from_launchdarkly(
        "projects", "launchdarkly", "reading projects and environments", _caller,
        lambda client, _: client.projects(),
    ),
    _from_launchdarkly(
        "project", "launchdarkly", "opening the project", _in_project,
        lambda client, state: client.project(state.answers.project),
    ),
    Reading(
        "client_side_id_exists", "launchdarkly", "looking for the client-side ID", _client_side_host,
        _client_side_id, lambda ports, state: ports.services.client_side().knows(state.answers.client_side_id),
    ),
    _from_launchdarkly(
        "context_kinds", "launchdarkly", "reading the context kinds that your app sends", _in_project,
        lambda client, state: client.context_kinds(state.answers.project),
    ),
    _from_launchdarkly(
        "stores", "launchdarkly", "reading persistent stores", _stores,
        lambda client, _: client.stores(),
    ),
    _from_launchdarkly(
        "segments", "launchdarkly", "reading the synced segments that exist", in_environment,
        lambda client, state: client.synced_segments(state.answers.project, state.answers.environment),
    ),
    _from_segment(
        "workspace", "segment", "asking which workspace this token opens", _segment_token,
        lambda client, _: client.workspace(),
    ),
    _from_segment("spaces", "segment", "reading spaces", _workspace, lambda client, _: client.spaces()),
    _from_segment("sources", "segment", "reading sources", _workspace, lambda client, _: client.sources()),
    _from_segment(
        "catalog", "segment", "reading the catalog entry of LaunchDarkly Audiences", _workspace,
        lambda client, _: client.catalog(),
    ),
    _from_segment(
        "destinations", "segment", "reading destinations", _workspace,
        lambda client, _: client.destinations(),
    ),
    _from_segment(
        "audiences", "segment", "reading the space's audiences", _in_space,
        lambda client, state: client.audiences(state.answers.space),
    ),
    _from_segment(
        "subscriptions", "destination", "reading the destination's mappings", of_destination,
        lambda client, state: client.subscriptions(_destination_id(state)),
    ),
    Reading(
        "connections", "audiences", "reading what the audiences are connected to", segment_host,
        _of_audiences, _connections, lambda state, failure: dict.fromkeys(state.answers.audiences, failure),
    ),
    Reading(
        "activations", "audiences", "reading what starts the attached audiences", segment_host,
        _of_attached, _activations, lambda state, failure: dict.fromkeys(attached_ids(state), failure),
    ),
    Reading(
        "attach_by_api", "audiences", "asking whether the API can attach them", segment_host,
        _attach_kinds, _attach_by_api,
    ),
    Reading("delivery", "audiences", "reading deliveries", segment_host, delivered, _delivery),
)  # fmt: skip
