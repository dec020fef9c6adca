"""The conclusions from a journal: what is ours, what a killed run may have made, and where to find it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.domain.sample_facts import CLIENT_SIDE_ID, DESTINATION, MAPPING, healthy_facts
from tests.fake_clock import FakeClock
from wizard.domain.services.segment import Activation, Connection, Connections
from wizard.flow.profile.journal import (
    Entry,
    EntryStage,
    Resource,
    Write,
    found_in_place,
    not_undone,
    unconfirmed,
    written_lately,
)
from wizard.flow.profile.session import Session

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)


def entry(stage: EntryStage, kind: str = "mapping", resource_id: str = "sub_1", **more: Any) -> Entry:
    return Entry(AT, stage, Resource(kind), kind, resource_id, **more)


def test_what_was_undone_is_no_longer_ours() -> None:
    made, undone = entry(EntryStage.MADE), entry(EntryStage.UNDONE)

    assert not_undone((made,)) == (made,)
    assert not_undone((made, undone)) == ()
    assert not_undone((made, undone, made)) == (made,)


def test_what_was_made_and_then_changed_counts_as_made_with_the_last_values() -> None:
    made = entry(EntryStage.MADE, after={"enabled": True, "settings": {"context_kind": "user", "context_key": "a"}})
    changed = entry(
        EntryStage.MADE, before={"settings": {"context_key": "a"}}, after={"settings": {"context_key": "b"}}
    )

    (ours,) = not_undone((made, changed))

    assert ours.is_creation
    assert ours.after == {"enabled": True, "settings": {"context_kind": "user", "context_key": "b"}}


def test_what_was_changed_twice_goes_back_to_the_first_value() -> None:
    first = entry(EntryStage.MADE, before={"enabled": False}, after={"enabled": True})
    second = entry(EntryStage.MADE, before={"enabled": True, "name": "a"}, after={"enabled": True, "name": "b"})

    (ours,) = not_undone((first, second))

    assert ours.before == {"enabled": False, "name": "a"}
    assert ours.after == {"enabled": True, "name": "b"}


@pytest.mark.parametrize("stage", [EntryStage.MADE, EntryStage.REFUSED, EntryStage.UNDONE])
def test_an_intent_is_settled_by_the_next_word_about_it(stage: EntryStage) -> None:
    intended = entry(EntryStage.INTENDED)

    assert unconfirmed((intended,)) == (intended,)
    assert unconfirmed((intended, entry(stage))) == ()
    assert unconfirmed((intended, entry(stage), intended)) == (intended,)


def test_an_intent_for_another_environment_stays_open() -> None:
    here = entry(EntryStage.INTENDED, Resource.DESTINATION, within={"client_side_id": "a"})
    there = entry(EntryStage.MADE, "destination", within={"client_side_id": "b"})

    assert unconfirmed((here, there)) == (here,)


@pytest.mark.parametrize(
    ("stage", "seconds", "lately"),
    [
        (EntryStage.INTENDED, 5, True),
        (EntryStage.MADE, 5, True),
        (EntryStage.MADE, -1, True),  # an answer's date has whole seconds only
        (EntryStage.MADE, 120, False),
        (EntryStage.MADE, -86_400, False),  # written while this machine's clock was ahead
        (EntryStage.REFUSED, 5, False),
        (EntryStage.UNDONE, 5, False),
    ],
)
def test_what_was_written_lately_may_still_show(stage: EntryStage, seconds: int, lately: bool) -> None:
    now = AT + timedelta(seconds=seconds)

    assert written_lately((entry(stage),), Write(Resource.MAPPING, "mapping"), now) is lately
    assert not written_lately((entry(stage),), Write(Resource.MAPPING, "mapping", {"destination": "dst_2"}), now)


WITHIN = {"space": "spa_1", "audience": "aud_1", "destination": "dst_1", "connection": "con_1"}
INTENDED = [
    ("destination", {"client_side_id": CLIENT_SIDE_ID}, {"name": DESTINATION.name}, "dst_1"),
    ("destination", {"client_side_id": "another"}, {"name": DESTINATION.name}, ""),
    ("destination", {"client_side_id": CLIENT_SIDE_ID}, {"name": "another"}, ""),
    ("mapping", {"destination": "dst_1"}, {"name": MAPPING.name}, "sub_1"),
    ("mapping", {"destination": "dst_2"}, {"name": MAPPING.name}, ""),
    ("connection", WITHIN, None, "con_1"),
    ("connection", {**WITHIN, "destination": "dst_2"}, None, ""),
    ("activation", WITHIN, None, "act_1"),
    ("activation", {**WITHIN, "connection": "con_2"}, None, ""),
]


def test_a_destination_that_is_shown_without_its_name_is_found_too() -> None:
    seen = replace(healthy_facts(), destinations=(replace(DESTINATION, name=DESTINATION.id),))
    after = {"name": DESTINATION.name}
    intended = entry(
        EntryStage.INTENDED, Resource.DESTINATION, "", within={"client_side_id": CLIENT_SIDE_ID}, after=after
    )

    assert [resource_id for _, resource_id in found_in_place((intended,), seen)] == ["dst_1"]


@pytest.mark.parametrize(("kind", "within", "after", "found"), INTENDED)
def test_what_is_in_the_place_of_an_intent_is_found(
    kind: str, within: dict[str, str], after: dict[str, str] | None, found: str
) -> None:
    seen = replace(
        healthy_facts(),
        connections={"aud_1": Connections((Connection("con_1", "dst_1"),))},
        activations={"aud_1": (Activation("act_1", "LaunchDarkly sync", "con_1"),)},
    )
    intended = entry(EntryStage.INTENDED, kind, "", within=within, after=after)

    assert [resource_id for _, resource_id in found_in_place((intended,), seen)] == ([found] if found else [])


CHANGES = [
    ("destination", "dst_1", {"enabled": False}, {"enabled": True}, True),
    ("destination", "dst_1", {"enabled": True}, {"enabled": False}, False),  # unchanged
    ("destination", "dst_1", {"enabled": False, "name": "a"}, {"enabled": True, "name": "b"}, False),
    ("destination", "dst_2", {"enabled": False}, {"enabled": True}, False),  # nothing is there
    ("destination", "", {"enabled": False}, {"enabled": True}, False),
    ("destination", "dst_1", {"settings": {"token": "ends in 1111"}}, {"settings": {"token": "another"}}, False),
    ("mapping", "sub_1", {"settings": {"context_kind": "org"}}, {"settings": {"context_kind": "user"}}, True),
    ("mapping", "sub_1", {"settings": {"context_kind": "user"}}, {"settings": {"context_kind": "org"}}, False),
]


@pytest.mark.parametrize(("kind", "resource_id", "before", "after", "happened"), CHANGES)
def test_a_change_has_happened_when_what_was_set_is_shown(
    kind: str, resource_id: str, before: dict[str, Any], after: dict[str, Any], happened: bool
) -> None:
    intended = entry(EntryStage.INTENDED, kind, resource_id, before=before, after=after)

    assert found_in_place((intended,), healthy_facts()) == (((intended, resource_id),) if happened else ())


def test_an_intended_change_says_of_what(tmp_path: Path) -> None:
    session = Session(tmp_path, FakeClock())
    session.intend(
        Write(Resource.MAPPING, "mapping", {"destination": "dst_1"}, {"enabled": False}, {"enabled": True}, "sub_1")
    )

    assert [one.resource_id for one in session.saved.unconfirmed] == ["sub_1"]
    assert session.saved.made == ()


def test_a_journal_survives_on_disk(tmp_path: Path) -> None:
    session = Session(tmp_path, FakeClock())
    write = Write(Resource.MAPPING, "mapping", {"destination": "dst_1"}, {"enabled": False}, {"enabled": True})
    session.intend(write)
    session.made(write, "sub_1")
    session.intend(replace(write, kind=Resource.DESTINATION, before=None))

    saved = Session(tmp_path, FakeClock()).saved

    assert saved == session.saved
    assert [(one.kind, one.resource_id, one.before) for one in saved.made] == [("mapping", "sub_1", {"enabled": False})]
    assert [one.kind for one in saved.unconfirmed] == ["destination"]


@pytest.mark.parametrize(("key", "found"), [("email_only", ["act_1"]), ("user_id_only", []), ("other", [])])
def test_an_activation_that_was_to_be_changed_is_changed_once_it_shows_the_new_key(key: str, found: list[str]) -> None:
    """A change counts as made when the settings differ from before and are exactly those that were to be set."""
    shown = Activation("act_1", "LaunchDarkly sync", "con_1", settings={"context_key": key})
    seen = replace(healthy_facts(), activations={"aud_1": (shown,)})
    before, after = ({"settings": {"context_key": key}} for key in ("user_id_only", "email_only"))
    intended = entry(EntryStage.INTENDED, Resource.ACTIVATION, "act_1", within=WITHIN, before=before, after=after)

    assert [resource_id for _, resource_id in found_in_place((intended,), seen)] == found
