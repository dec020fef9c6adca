"""What is read about a set-up beyond its steps: whose token the destination holds, what flags serve, and the like.

Most of it is read on request only (`Reader.ask_for`): a diagnosis or the end of the first sync asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

from wizard.domain import held_token
from wizard.domain.held_token import Holding
from wizard.domain.model import Caller, CustomRole, Failure, Token
from wizard.domain.step_id import StepId
from wizard.flow.ports import Ports
from wizard.flow.reading.clients import launchdarkly_host, launchdarkly_of
from wizard.flow.reading.reading import Reading
from wizard.flow.state import State

# --- whose token the destination holds --------------------------------------------------------------------------


def _of_another_token(state: State) -> Hashable | None:
    """Return the ending of a token that isn't ours; of ours everything is read by its ID."""
    facts, answers = state.facts, state.answers
    if not isinstance(facts.caller, Caller) or not facts.launchdarkly_token_last_four:
        return None
    is_another = held_token.holding(facts, answers) in {Holding.KNOWN, Holding.UNKNOWN}
    return (facts.caller, held_token.ending_of(facts, answers)) if is_another else None


async def _tokens(ports: Ports, state: State) -> tuple[Token, ...] | Failure:
    """Keep only those that may be in the destination."""
    seen = await launchdarkly_of(ports, state).tokens()
    ending = held_token.ending_of(state.facts, state.answers)
    return seen if isinstance(seen, Failure) else tuple(token for token in seen if token.last_four == ending)


def _role_ids(state: State) -> tuple[str, ...]:
    token = held_token.other_token(state.facts, state.answers)
    return token.custom_role_ids if token else ()


async def _roles(ports: Ports, state: State) -> dict[str, CustomRole | Failure]:
    client, ids = launchdarkly_of(ports, state), _role_ids(state)
    return dict(zip(ids, await asyncio.gather(*(client.role(one) for one in ids)), strict=True))


EVIDENCE_READINGS: tuple[Reading, ...] = (
    Reading(
        "destination_tokens", StepId.DESTINATION, "looking for the destination's token", launchdarkly_host,
        _of_another_token, _tokens,
    ),
    Reading(
        "destination_token_roles", StepId.DESTINATION, "reading the roles of the destination's token",
        launchdarkly_host, lambda state: _role_ids(state) or None, _roles,
        lambda state, failure: dict.fromkeys(_role_ids(state), failure),
    ),
)  # fmt: skip
