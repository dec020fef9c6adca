"""The clients for the user's tokens, and the first readings, which need to know nothing about either service.

Each service's own readings are in `launchdarkly.py` and `segment.py`, and those of a first sync in `first_sync.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeAlias

from wizard.domain import wanted
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_SHAPES
from wizard.domain.facts import VaultSeen
from wizard.domain.services.segment import Audience, Workspace
from wizard.domain.step_id import StepId
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.segment import Segment
from wizard.flow.reading.reading import Reading
from wizard.flow.state import State

if TYPE_CHECKING:
    from pydantic import SecretStr

Inputs: TypeAlias = Callable[[State], Hashable | None]


# --- clients and hosts ------------------------------------------------------------------------------------------


def launchdarkly_of(ports: Ports, state: State, *, polls: bool = False) -> LaunchDarkly:
    """Return the LaunchDarkly client; for `polls` see `wizard.flow.outside.ports.Services`."""
    reader, maker = state.launchdarkly_reader, state.secrets.maker_token
    credential = MAKER_TOKEN if reader is not None and reader is maker else LAUNCHDARKLY_TOKEN
    return ports.services.launchdarkly(reader, polls=polls, credential=credential)


def segment_of(ports: Ports, state: State) -> Segment:
    """Return the Segment client, on the workspace's own region once that is known."""
    workspace = state.facts.workspace
    region = workspace.region if isinstance(workspace, Workspace) else None
    return ports.services.segment(state.secrets.segment_token, region)


def launchdarkly_host(ports: Ports) -> str:
    return ports.services.launchdarkly_host


def client_side_host(ports: Ports) -> str:
    return ports.services.client_side_host


def segment_host(ports: Ports) -> str:
    return ports.services.segment_host


# --- inputs of more than one reading ----------------------------------------------------------------------------


def _always(_: State) -> Hashable:
    return True


def _segment_side(state: State) -> Hashable | None:
    return reads_segment(state) or None


def token_to_send(state: State) -> SecretStr | None:
    """Return the Segment token unless it is certainly another kind of credential, which is never sent."""
    is_of_its_kind = state.facts.segment_token_shape in {None, *SEGMENT_SHAPES}
    return state.secrets.segment_token if is_of_its_kind else None


def reads_segment(state: State) -> bool:
    """Return whether Segment is read through its API, even where a person makes the changes."""
    return not state.answers.by_hand or token_to_send(state) is not None


def chosen_audiences(state: State) -> tuple[Audience, ...]:
    return wanted.chosen_audiences(state.facts, state.answers)


FIRST_READINGS: tuple[Reading, ...] = (
    Reading(
        "vault", StepId.PREREQUISITES, "looking for a keyring", lambda _: "this machine", _always,
        lambda ports, _: ports.vault.look(), lambda *_: VaultSeen(False, "", "it didn't answer in time"),
    ),
    Reading(
        "launchdarkly_reach", StepId.PREREQUISITES, "checking the connection", launchdarkly_host, _always,
        lambda ports, _: ports.services.launchdarkly(None).reach(),
    ),
    Reading(
        "client_side_reach", StepId.PREREQUISITES, "checking the connection", client_side_host, _always,
        lambda ports, _: ports.services.client_side().reach(),
    ),
    Reading(
        "segment_reach", StepId.PREREQUISITES, "checking the connection", segment_host, _segment_side,
        lambda ports, state: ports.services.segment(token_to_send(state), None).reach(),
    ),
)  # fmt: skip
