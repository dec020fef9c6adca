"""When nothing arrives, one finding says why, and the checks that see the same point to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.sample_facts import SEGMENT, VIP, healthy_answers, healthy_facts
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.findings import Finding, healthy, leaves_the_verdict_open
from wizard.domain.services.segment import Activation, Connection, Connections, Delivery, Intake

NEW_ONE = replace(VIP, id="aud_2", key="new_customers", name="New customers")
SILENCE: dict[str, Any] = {"segments": (), "delivery": Delivery(0, 0, 0), "intake": Intake(0, 0, 0)}
OFF = Activation("act_1", "LaunchDarkly sync", "con_1", enabled=False)


def _said(*audiences: str, **changed: Any) -> list[Finding]:
    facts = healthy_facts(**{**SILENCE, **changed})
    return list(run_checks(CHECKS, facts, healthy_answers(audiences=audiences or ("aud_1",))))


def _with_a_reason(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.id, one.audience) for one in findings if one.says_silence and one.cause]


def _of_two(**changed: Any) -> list[Finding]:
    connections = {
        "aud_1": Connections((Connection("con_1", "dst_1", enabled=True),), 1),
        "aud_2": Connections((Connection("con_2", "dst_1", enabled=True),), 1),
    }
    facts = {"audiences": (VIP, NEW_ONE), "connections": connections, "activations": {"aud_1": (), "aud_2": ()}}
    return _said("aud_1", "aud_2", **{**facts, **changed})


@pytest.mark.parametrize("activations", [{"aud_1": ()}, {"aud_1": (replace(OFF, enabled=True),)}])
def test_a_missing_segment_says_once_why_nothing_was_sent(activations: dict[str, Any]) -> None:
    findings = _said(activations=activations)
    assert _with_a_reason(findings) == [("sync.segment", "vip_customers")]
    fixes = [one.fix for one in findings if "Send Identify or Send Track" in one.fix]
    assert len(fixes) == 1
    assert healthy(findings) is None
    assert [one.id for one in findings if one.status == "unknown" and leaves_the_verdict_open(one)] == ["sync.segment"]


def test_the_checks_that_see_the_same_point_to_it_and_keep_what_they_saw() -> None:
    findings = {one.id: one for one in _said(activations={"aud_1": ()})}
    for check, saw in (
        ("audience.activation", "Segment has counted no events yet"),
        ("sync.source", "received no events"),
        ("sync.delivery", "hasn't counted any deliveries"),
    ):
        one = findings[check]
        assert (one.status, one.waits_for, one.fix) == ("skipped", "sync.segment", "")
        assert saw in one.summary
        assert one.summary.endswith("`sync.segment` says why.")


def test_an_activation_that_is_off_is_the_reason_and_the_segment_points_to_it() -> None:
    findings = {one.id: one for one in _said(activations={"aud_1": (OFF,)})}
    assert findings["audience.activation"].status == "warn"
    assert (findings["sync.segment"].status, findings["sync.segment"].cause) == ("unknown", "“Activation” says why.")
    assert findings["sync.delivery"].waits_for == findings["sync.source"].waits_for == "audience.activation"


def test_each_silent_audience_has_its_own_reason() -> None:
    assert _with_a_reason(_of_two()) == [("sync.segment", "vip_customers"), ("sync.segment", "new_customers")]


def test_an_audience_that_arrived_takes_no_reason_from_another() -> None:
    findings = _of_two(segments=(SEGMENT,), activations={"aud_1": (replace(OFF, enabled=True),), "aud_2": ()})
    assert _with_a_reason(findings) == [("sync.segment", "new_customers")]


@pytest.mark.parametrize("activations", [healthy_facts().activations, {"aud_1": ()}])
def test_a_quiet_audience_with_its_segment_is_said_once_too(activations: Any) -> None:
    findings = _said(segments=(SEGMENT,), activations=activations)
    assert _with_a_reason(findings) == [("sync.source", "")]
    assert healthy(findings) is True
