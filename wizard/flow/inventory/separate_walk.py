"""A separate walk, to diagnose another segment of the inventory. It saves nothing."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.inventory.row import Row
from wizard.flow.journey import new_walk
from wizard.flow.outside.requests import SentRequests
from wizard.flow.profile.session import Session
from wizard.flow.walk import Walk


def is_of_the_setup(walk: Walk, row: Row) -> bool:
    """Return whether the walk itself is about this row: its environment, and one of its audiences."""
    answers = walk.state.answers
    is_here = (answers.project, answers.environment) == (row.project, row.environment)
    return is_here and row.audience is not None and bool({row.audience.id, row.audience.key} & set(answers.audiences))


def separate_walk(walk: Walk, row: Row) -> Walk:
    """Return a new walk with the same tokens, about the row's environment and audience."""
    audience = row.audience
    ports = replace(walk.ports, requests=SentRequests(begun_with=walk.ports.requests))
    beside = new_walk(ports, Session(None, walk.ports.clock))
    answers = replace(
        walk.state.answers,
        project=row.project,
        environment=row.environment,
        client_side_id="",
        space=audience.space_id if audience else walk.state.answers.space,
        audiences=(audience.id,) if audience else (),
        destination="",
        destination_name="",
        beside=(),
    )
    seen = walk.state.facts
    facts = replace(
        beside.state.facts,
        launchdarkly_token_shape=seen.launchdarkly_token_shape,
        launchdarkly_token_last_four=seen.launchdarkly_token_last_four,
        segment_token_shape=seen.segment_token_shape,
    )
    beside.set_state(replace(beside.state, facts=facts, secrets=walk.state.secrets))
    beside.take(answers)
    return beside
