"""What an undo takes back and what it leaves, judged from the journal and what both services hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wizard.domain.services.segment import Activation, Connection, Connections, Destination, Subscription
from wizard.flow.profile.journal import Entry, EntryStage, Resource
from wizard.flow.writing.undo.undo_plan import UndoAction, UndoFacts, plan_undo

WITHIN = {"space": "spa_1", "audience": "aud_1", "destination": "dst_1"}
CONNECTION = Entry(
    datetime(2026, 9, 1, tzinfo=UTC), EntryStage.MADE, Resource.CONNECTION, "audience:vip", "ii_ours", WITHIN
)
DESTINATION = Entry(CONNECTION.at, EntryStage.MADE, Resource.DESTINATION, "destination", "dst_1")
ACTIVATIONS = Subscription(
    "sub_theirs", "Theirs", "dst_1", "act", "syncAudience", True, 'context.personas.event_emitter_id = "ee_1"'
)
OURS = Connection("ii_ours", "dst_1")


def seen(*connections: Connection, activations: tuple[Activation, ...] = ()) -> UndoFacts:
    return UndoFacts(
        (Destination("dst_1", "LaunchDarkly", "src_1"),),
        connections={"aud_1": Connections(connections)},
        activations={"aud_1": activations},
    )


@pytest.mark.parametrize(
    ("another", "named"),
    [(Connection("ii_theirs", "dst_1"), ""), (Connection("ii_theirs", "dst_2"), "dst_1")],
    ids=["of the same destination", "of another destination"],
)
def test_a_connection_is_not_named_by_a_destination_that_would_name_theirs_too(another: Connection, named: str) -> None:
    (back,) = plan_undo((CONNECTION,), seen(OURS, another))

    assert back.doing is UndoAction.DELETE
    assert back.connection == Connection("ii_ours", named)


@pytest.mark.parametrize(
    ("owned", "doing"),
    [((), UndoAction.DELETE), ((ACTIVATIONS,), UndoAction.LEAVE)],
    ids=["ours only", "someone's activation"],
)
def test_a_destination_stays_when_somebody_elses_activation_sends_through_it(
    owned: tuple[Subscription, ...], doing: UndoAction
) -> None:
    facts = replace(seen(), subscriptions={"dst_1": owned})

    (back,) = plan_undo((DESTINATION,), facts)

    assert back.doing is doing


def test_a_token_that_was_replaced_is_put_back_by_hand() -> None:
    before, after = ({"settings": {"token": f"ends in {ending}"}} for ending in ("1a2b", "9z9z"))
    facts = UndoFacts((Destination("dst_1", "LaunchDarkly", "src_1", token_last_four="9z9z"),), {"dst_1": ()})

    (back,) = plan_undo((replace(DESTINATION, before=before, after=after),), facts)

    assert back.doing is UndoAction.BY_HAND
    assert "can't read back" in back.why


@pytest.mark.parametrize(
    ("kind", "where"),
    [(Resource.TOKEN, "in LaunchDarkly."), (Resource.RULE, "in LaunchDarkly."), (Resource.MAPPING, "Segment doesn't")],
)
def test_what_may_have_been_made_is_looked_for_where_it_is(kind: Resource, where: str) -> None:
    may_be = replace(DESTINATION, stage=EntryStage.INTENDED, kind=kind, resource_id="", within={"flag": "checkout"})

    (back,) = plan_undo((), seen(), (may_be,))

    assert back.doing is UndoAction.BY_HAND
    assert where in back.why


def test_a_connection_stays_under_somebody_elses_activation() -> None:
    (back,) = plan_undo((CONNECTION,), seen(OURS, activations=(Activation("act_theirs", "Theirs", "ii_ours"),)))

    assert (back.doing, back.why) == (UndoAction.LEAVE, "An activation on it stays.")
