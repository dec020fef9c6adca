"""Keyring, clock, and the way to each host."""

from __future__ import annotations

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import failing, failure, healthy_facts, statuses
from wizard.domain.facts import Reach, VaultSeen
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import healthy

NETWORK = (
    FailureKind.DNS,
    FailureKind.CONNECT,
    FailureKind.PROXY,
    FailureKind.CERTIFICATE,
    FailureKind.TIMEOUT,
)
CASES = (
    Case("machine.keyring", "warn", "locked", {"vault": VaultSeen(False, "Secret Service", "it is locked")}),
    Case(
        "machine.keyring",
        "warn",
        "none that could be unlocked",
        {"vault": VaultSeen(False, "", "this machine has no keyring that Python can use", can_open=False)},
        says="Install a keyring",
    ),
    Case("machine.keyring", "pass", "not wanted", {"vault": VaultSeen(False, "", "switched off", wanted=False)}),
    Case("machine.keyring", "skipped", "not looked", {"vault": None}, says="Not read yet"),
    Case(
        "machine.clock",
        "warn",
        "four minutes ahead",
        {"segment_reach": Reach("api.segmentapis.com", 240.0)},
        says="clock is 4 min ahead",
    ),
    Case("machine.clock", "warn", "four minutes behind", {"segment_reach": Reach("b", -240.0)}, says="4 min behind"),
    Case(
        "machine.clock",
        "skipped",
        "nobody told the time",
        {"launchdarkly_reach": Reach("a"), "segment_reach": None, "client_side_reach": None},
    ),
    *(
        Case("launchdarkly.reachable", "fail", kind, {"launchdarkly_reach": failure(kind)}, root=True)
        for kind in NETWORK
    ),
    Case(
        "launchdarkly.reachable",
        "fail",
        "a variable that names no address",
        {
            "launchdarkly_reach": failure(
                FailureKind.ADDRESS, message="AUDIENCE_WIZARD_LAUNCHDARKLY_URL doesn't begin with https://"
            )
        },
        says="AUDIENCE_WIZARD_LAUNCHDARKLY_URL doesn't begin",
        root=True,
    ),
    Case("launchdarkly.reachable", "unknown", "outage", {"launchdarkly_reach": failure(FailureKind.SERVER)}),
    Case(
        "launchdarkly.reachable",
        "unknown",
        "a proxy's page",
        {"launchdarkly_reach": failure(FailureKind.NOT_THE_SERVICE)},
        says="Something other",
    ),
    Case("launchdarkly.reachable", "pass", "a refusal is an answer", {"launchdarkly_reach": failure()}),
    Case("launchdarkly.reachable", "skipped", "not looked", {"launchdarkly_reach": None}),
    Case(
        "segment.reachable",
        "fail",
        "no name",
        {"segment_reach": failure(FailureKind.DNS, Service.SEGMENT)},
        says="api.segmentapis.com",
        root=True,
    ),
    Case("segment.reachable", "unknown", "outage", {"segment_reach": failure(FailureKind.SERVER, Service.SEGMENT)}),
    Case(
        "launchdarkly.client_side.reachable",
        "warn",
        "the list of environments does it too",
        {"client_side_reach": failure(FailureKind.CONNECT, Service.CLIENT_SIDE)},
    ),
    Case("launchdarkly.client_side.reachable", "skipped", "not looked", {"client_side_reach": None}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_machine(case: Case) -> None:
    case.holds()


def test_the_rest_of_a_side_that_cannot_be_reached_waits_for_it() -> None:
    gone = failure(FailureKind.DNS)
    seen = statuses(healthy_facts(launchdarkly_reach=gone, caller=gone, token=None, projects=None, project=None))
    assert seen["launchdarkly.token.valid"] == seen["launchdarkly.token.permissions"] == "skipped"
    assert seen["segment.token.valid"] == "pass"


def test_an_outage_is_reported_once_and_is_no_failure() -> None:
    down = failure(FailureKind.SERVER)
    facts = healthy_facts(launchdarkly_reach=down, caller=down, token=None, projects=None, project=None)
    seen = statuses(facts)
    assert failing(facts) == []
    assert seen["launchdarkly.reachable"] == "unknown"
    assert seen["launchdarkly.token.valid"] == "skipped"


def test_a_single_call_that_meets_an_outage_is_unknown() -> None:
    assert statuses(healthy_facts(context_kinds=failure(FailureKind.SERVER)))["launchdarkly.context_kind"] == "unknown"


def test_a_setup_stays_healthy_without_the_client_side_host() -> None:
    from tests.domain.sample_facts import found

    gone = failure(FailureKind.CONNECT, Service.CLIENT_SIDE)
    findings = found(healthy_facts(client_side_reach=gone, client_side_id_exists=gone)).values()
    assert healthy(findings) is True
