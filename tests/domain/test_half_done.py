"""A plan after a run that ended between connecting an audience and activating it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.facts_at_hand import healthy_answers, healthy_facts, refused
from wizard.domain.model import Activation, Connection, Connections
from wizard.domain.plan import Action, make_plan

OURS, THEIRS = Activation("act_1", "LaunchDarkly sync", "con_1"), Activation("act_2", "Theirs", "con_2")


@pytest.mark.parametrize(
    ("ours", "activations", "action"),
    [
        (("con_1",), {"aud_1": ()}, Action.UPDATE),
        (("con_1",), {"aud_1": (THEIRS,)}, Action.UPDATE),
        (("con_1",), {"aud_1": (THEIRS, OURS)}, Action.NONE),
        (("con_1",), {"aud_1": refused()}, Action.NONE),
        (("con_1",), {}, Action.NONE),
        ((), {"aud_1": ()}, Action.ADOPT),
    ],
)
def test_a_connection_of_ours_that_was_never_activated_is_activated(
    ours: tuple[str, ...], activations: dict[str, Any], action: Action
) -> None:
    attached = {"aud_1": Connections((Connection("con_1", "dst_1"),))}
    seen = healthy_facts(connections=attached, activations=activations)

    change = make_plan(seen, healthy_answers(), (), made_by_us=frozenset(ours)).changes[-1]

    assert (change.id, change.action) == ("audience:vip_customers", action)
