"""Plans in runs that ended half-way, in outages, and as the fix that a finding offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.sample_facts import DESTINATION, NOW, SEGMENT, failure, healthy_answers, healthy_facts, refused
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import make_plan, repairs
from wizard.domain.services.segment import Activation, Connection, Connections, Delivery

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


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        ({}, set()),
        ({"destinations": ()}, set()),
        ({"subscriptions": refused()}, {"mapping"}),
        ({"connections": {"aud_1": refused()}, "segments": ()}, {"audience:vip_customers"}),
        ({"projects": failure(FailureKind.SERVER, Service.LAUNCHDARKLY)}, {"mapping", "audience:vip_customers"}),
    ],
    ids=["all read", "no destination", "mappings closed", "connections closed", "no environment"],
)
def test_what_could_not_be_read_is_not_called_missing(seen: dict[str, Any], unseen: set[str]) -> None:
    unknown_place = {"client_side_id": "", "project": "", "environment": "", "destination": ""}
    answers = healthy_answers(**(unknown_place if "projects" in seen else {}))

    changes = make_plan(healthy_facts(**seen), answers, ()).changes

    assert {one.id for one in changes if "can't see whether" in one.reason} == unseen


SILENT: dict[str, Any] = {"delivery": Delivery(0, 0, 0), "segments": (), "segment_details": {}}
CLOSED, DOWN = {"aud_1": refused()}, {"aud_1": failure(FailureKind.SERVER, Service.SEGMENT)}
ARRIVED = {"segments": (SEGMENT,), "attached_at": NOW - timedelta(hours=3)}


@pytest.mark.parametrize(
    ("ours", "seen", "action"),
    [
        (True, {**SILENT, "activations": CLOSED}, Action.BY_HAND),
        (True, {**SILENT, **ARRIVED, "activations": CLOSED}, Action.NONE),
        (True, {**SILENT, **ARRIVED, "activations": {"aud_1": ()}}, Action.NONE),
        (True, {**SILENT, "activations": {"aud_1": ()}}, Action.UPDATE),
        (True, {**SILENT, "activations": DOWN}, None),
        (False, {**SILENT, "activations": DOWN}, Action.ADOPT),
    ],
    ids=["closed", "closed, arrived", "none, arrived", "none", "down", "down, made in the app"],
)
def test_a_connection_whose_activation_nobody_sees_is_right_only_once_it_sends(
    ours: bool, seen: dict[str, Any], action: Action | None
) -> None:
    attached = {"aud_1": Connections((Connection("con_1", "dst_1"),))}
    facts = healthy_facts(connections=attached, **seen)

    plan = make_plan(facts, healthy_answers(), (), made_by_us=frozenset(("con_1",) if ours else ()))

    drawn = {change.id: change.action for change in plan.changes}
    assert drawn.get("audience:vip_customers") == action
    assert plan.blocked_by == (() if action else ("audience.activation",))


def test_a_side_that_has_trouble_of_its_own_blocks() -> None:
    trouble = failure(FailureKind.SERVER)
    findings = run_checks(CHECKS, healthy_facts(launchdarkly_reach=trouble), healthy_answers())

    assert "launchdarkly.reachable" in make_plan(healthy_facts(), healthy_answers(), findings).blocked_by


@pytest.mark.parametrize(
    ("check", "evidence", "repaired"),
    [
        ("destination.enabled", {}, True),
        ("mapping.fields", {}, False),
        ("launchdarkly.token.valid", {}, False),
        ("audience.attached", {"audience": "vip_customers"}, False),
    ],
)
def test_what_a_plan_repairs(check: str, evidence: dict[str, Any], repaired: bool) -> None:
    seen = healthy_facts(destinations=(replace(DESTINATION, enabled=False),))
    plan = make_plan(seen, healthy_answers(), ())
    finding = Finding(check, "", Status.FAIL, "", evidence=evidence)

    assert repairs(plan, finding) is repaired
    assert not repairs(replace(plan, blocked_by=("launchdarkly.pair",)), finding)
    assert not repairs(plan, replace(finding, status=Status.PASS))


def test_attaching_fixes_no_empty_audience() -> None:
    seen = healthy_facts(connections={"aud_1": Connections(())})
    plan = make_plan(seen, healthy_answers(), ())

    assert plan.changes[-1].writes
    assert repairs(plan, Finding("audience.attached", "", Status.FAIL, "", evidence={"audience": "vip_customers"}))
    assert not repairs(plan, Finding("audience.size", "", Status.FAIL, "", evidence={"audience": "vip_customers"}))
