"""The readings beyond the steps of a setup: the destination's token, what flags serve, and similar evidence.

Most are made on request only (`Reader.ask_for`), by a diagnosis or at the end of the first sync.
"""

from __future__ import annotations

from collections.abc import Hashable

from wizard.domain.checks import subjects
from wizard.domain.facts import is_making_a_token, known
from wizard.domain.failure import Failure
from wizard.domain.services.flag import FlagDetails
from wizard.domain.services.launchdarkly import (
    Caller,
    CustomRole,
    FlagValue,
    KeyShapes,
    LaunchDarklySegment,
    Sdk,
    SegmentWrite,
    Token,
)
from wizard.domain.services.mapping import DEFAULT_CONTEXT_KIND
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import chosen_audiences, launchdarkly_host, launchdarkly_of, segment_host, segment_of
from wizard.flow.reading.first_sync import MOST_LOOKS
from wizard.flow.reading.launchdarkly import in_environment
from wizard.flow.reading.reading import Reading, each
from wizard.flow.reading.segment import in_space
from wizard.flow.state import State

# --- whose token the destination holds --------------------------------------------------------------------------


def _of_another_token(state: State) -> Hashable | None:
    """Return the caller and the ending of the destination's token; None if it's our token, which is read by its ID."""
    facts, answers = state.facts, state.answers
    has_one = facts.launchdarkly_token_last_four or is_making_a_token(facts, answers)
    if not isinstance(facts.caller, Caller) or not has_one:
        return None
    is_another = held_token.holding(facts, answers) in {Holding.KNOWN, Holding.UNKNOWN}
    return (facts.caller, held_token.ending_of(facts, answers)) if is_another else None


async def _tokens(ports: Ports, state: State) -> tuple[Token, ...] | Failure:
    """Return the tokens that may be the destination's, by their last four characters."""
    seen = await launchdarkly_of(ports, state).tokens()
    ending = held_token.ending_of(state.facts, state.answers)
    return seen if isinstance(seen, Failure) else tuple(token for token in seen if token.last_four == ending)


def _role_ids(state: State) -> tuple[str, ...]:
    token = held_token.other_token(state.facts, state.answers)
    return token.custom_role_ids if token else ()


async def _roles(ports: Ports, state: State) -> dict[str, CustomRole | Failure]:
    return await each(_role_ids(state), launchdarkly_of(ports, state).role)


# --- flags ------------------------------------------------------------------------------------------------------


def _segments_to_delete(state: State) -> tuple[str, ...]:
    """Return the keys of segments that someone may want to delete: namesakes of ours, and those without an audience."""
    facts = state.facts
    found: list[str] = []
    for audience in chosen_audiences(state)[:MOST_LOOKS]:
        own = segment_of_audience.found(audience, facts)
        synced = segment_of_audience.namesakes(audience, facts)
        by_hand = segment_of_audience.made_by_hand(audience, facts)
        found += [one.key for one in (*synced, *by_hand) if one != own]
    found += [one.key for one in segment_of_audience.orphaned_segments(facts, state.answers)]
    return tuple(dict.fromkeys(found))[:MOST_LOOKS]


def _of_every_audience(state: State) -> Hashable | None:
    """Return the space if a segment seems to have no audience, because only the whole list of audiences can tell."""
    lost = segment_of_audience.possibly_orphaned_segments(state.facts)
    space = in_space(state)
    return (space, tuple(one.key for one in lost)) if space and lost else None


async def _every_audience(ports: Ports, state: State) -> tuple[Audience, ...] | Failure:
    seen = state.facts.audiences
    if isinstance(seen, tuple) and not state.looks_up:
        return seen
    return await segment_of(ports, state).audiences(state.answers.space)


def _of_segments_to_delete(state: State) -> Hashable | None:
    environment, keys = in_environment(state), _segments_to_delete(state)
    return (environment, keys) if environment and keys else None


async def _flag_uses(ports: Ports, state: State) -> dict[str, tuple[str, ...] | Failure]:
    """Return the flags that use each segment, by segment key. Leave out a segment if LaunchDarkly doesn't show them."""
    client, answers = launchdarkly_of(ports, state), state.answers
    keys = _segments_to_delete(state)
    seen = await each(keys, lambda key: client.segment(answers.project, answers.environment, key))
    uses = {key: one if isinstance(one, Failure) else one.flags for key, one in seen.items()}
    return {key: flags for key, flags in uses.items() if flags is not None}


# --- what the test user gets ------------------------------------------------------------------------------------


def _own_segments(state: State) -> dict[str, LaunchDarklySegment]:
    details = state.facts.segment_details.items()
    return {slot: segment for slot, segment in details if isinstance(segment, LaunchDarklySegment)}


def _kinds_by_flag(state: State) -> dict[str, str]:
    """Return the context kind to evaluate each flag with: the kind of the segment that it uses."""
    segments = _own_segments(state).values()
    kinds = {flag: segment.context_kind or DEFAULT_CONTEXT_KIND for segment in segments for flag in segment.flags or ()}
    kind = next((segment.context_kind for segment in segments), "") or DEFAULT_CONTEXT_KIND
    if state.answers.flag and segments:
        kinds = {state.answers.flag: kind} | kinds
    return dict(list(kinds.items())[:MOST_LOOKS])


def _of_flags(state: State) -> Hashable | None:
    environment, kinds, user = in_environment(state), _kinds_by_flag(state), state.answers.test_user
    return (environment, tuple(kinds.items()), user) if environment and kinds and user else None


async def _flag_values(ports: Ports, state: State) -> dict[str, FlagValue | Failure]:
    client, answers, kinds = launchdarkly_of(ports, state), state.answers, _kinds_by_flag(state)
    return await each(
        kinds,
        lambda flag: client.flag_value(answers.project, answers.environment, flag, kinds[flag], answers.test_user),
    )


def _flag_in_question(state: State) -> str:
    """Return the key of the chosen flag, else of the only one that uses a segment."""
    used = {flag for segment in _own_segments(state).values() for flag in segment.flags or ()}
    return state.answers.flag or (next(iter(used)) if len(used) == 1 else "")


def _of_targeting(state: State) -> Hashable | None:
    environment, flag = in_environment(state), _flag_in_question(state)
    return (environment, flag) if environment and flag else None


async def _targeting(ports: Ports, state: State) -> dict[str, FlagDetails | Failure]:
    client, answers, flag = launchdarkly_of(ports, state), state.answers, _flag_in_question(state)
    return {flag: await client.flag(answers.project, answers.environment, flag)}


def _of_evaluation(state: State) -> Hashable | None:
    environment, segments, user = in_environment(state), _own_segments(state), state.answers.test_user
    keys = tuple((slot, one.key, one.context_kind) for slot, one in segments.items())
    return (environment, keys, user) if environment and keys and user else None


async def _evaluated(ports: Ports, state: State) -> dict[str, bool | Failure]:
    client, answers, segments = launchdarkly_of(ports, state), state.answers, _own_segments(state)

    async def ask(slot: str) -> bool | Failure:
        one = segments[slot]
        kind = one.context_kind or DEFAULT_CONTEXT_KIND
        return await client.evaluated_member(answers.project, answers.environment, one.key, kind, answers.test_user)

    return await each(segments, ask)


# --- the app ----------------------------------------------------------------------------------------------------


def _kind(state: State) -> str:
    return subjects.context_kind(state.facts, state.answers)


def _of_kind(state: State) -> Hashable | None:
    environment, kind = in_environment(state), _kind(state)
    return (environment, kind) if environment and kind else None


async def _key_shapes(ports: Ports, state: State) -> KeyShapes | Failure:
    answers = state.answers
    return await launchdarkly_of(ports, state).key_shapes(answers.project, answers.environment, _kind(state))


async def _sdks(ports: Ports, state: State) -> tuple[Sdk, ...] | Failure:
    """Return the chosen environment's SDKs; LaunchDarkly lists those of the whole account."""
    seen = await launchdarkly_of(ports, state).sdks()
    place = (state.answers.project, state.answers.environment)
    return seen if isinstance(seen, Failure) else tuple(sdk for sdk in seen if (sdk.project, sdk.environment) == place)


def _caller(state: State) -> Hashable | None:
    return known(state.facts.caller)


def _of_the_audit_log(state: State) -> Hashable | None:
    """Return the environment, the held token's ID and when attaching began; None if it isn't known which token."""
    environment, token = in_environment(state), held_token.id_of_held(state.facts, state.answers)
    return (environment, token, state.facts.attached_at) if environment and token else None


async def _segment_writes(ports: Ports, state: State) -> tuple[SegmentWrite, ...] | Failure:
    answers, token = state.answers, held_token.id_of_held(state.facts, state.answers)
    client = launchdarkly_of(ports, state)
    return await client.segment_writes(answers.project, answers.environment, token, state.facts.attached_at)


def _nothing_is_counted(state: State) -> bool:
    """Return whether audiences were attached, and Segment counts neither accepted nor failed deliveries."""
    seen = state.facts.delivery
    is_silent = seen is not None and not (isinstance(seen, Delivery) and (seen.delivered or seen.failed))
    return state.facts.attached_at is not None and is_silent


def _is_refused(state: State) -> bool:
    """Return whether deliveries are refused in a way that an IP allowlist explains."""
    seen = state.facts.delivery
    return isinstance(seen, Delivery) and bool({401, 403, 404} & deliveries.codes(seen).keys())


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
    Reading(
        "every_audience", StepId.FIRST_SYNC, "reading every audience of the space", segment_host, _of_every_audience,
        _every_audience,
    ),
    Reading(
        "flag_uses", StepId.FIRST_SYNC, "looking up which flags use segments that you may delete", launchdarkly_host,
        _of_segments_to_delete, _flag_uses,
        lambda state, failure: dict.fromkeys(_segments_to_delete(state), failure),
    ),
    Reading(
        "flag_values", StepId.FIRST_SYNC, "asking what flags serve to the test user", launchdarkly_host, _of_flags,
        _flag_values, lambda state, failure: dict.fromkeys(_kinds_by_flag(state), failure), on_request=True,
    ),
    Reading(
        "flag_targeting", StepId.FIRST_SYNC, "reading the flag's rules", launchdarkly_host, _of_targeting, _targeting,
        lambda state, failure: {_flag_in_question(state): failure}, on_request=True,
    ),
    Reading(
        "evaluated_member", StepId.FIRST_SYNC, "asking which segments the test user is in", launchdarkly_host,
        _of_evaluation, _evaluated, lambda state, failure: dict.fromkeys(_own_segments(state), failure),
        on_request=True,
    ),
    Reading(
        "key_shapes", StepId.MAPPING, "reading the form of your app's context keys", launchdarkly_host, _of_kind,
        _key_shapes,
    ),
    Reading(
        "sdks_in_use", StepId.LAUNCHDARKLY, "reading which SDKs are in use", launchdarkly_host, in_environment, _sdks,
        on_request=True, needed=lambda state: state.answers.server_side is None,
    ),
    Reading(
        "allowlist", StepId.LAUNCHDARKLY, "reading the IP allowlist", launchdarkly_host, _caller,
        lambda ports, state: launchdarkly_of(ports, state).allowlist(), on_request=True, needed=_is_refused,
    ),
    Reading(
        "segment_writes", StepId.FIRST_SYNC, "looking for Segment's changes in the audit log", launchdarkly_host,
        _of_the_audit_log, _segment_writes, on_request=True, needed=_nothing_is_counted,
    ),
)  # fmt: skip
