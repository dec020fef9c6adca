"""What an answer of a service means, in words."""

from __future__ import annotations

import pytest

from tests.domain.facts_at_hand import failure
from wizard.domain.explain import evidence_of, explain
from wizard.domain.links import find
from wizard.domain.model import Failure, FailureKind, Service

EVERY = [failure(kind, service) for kind in FailureKind for service in Service]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.service}: {one.kind}")
def test_every_failure_of_every_service_has_an_explanation(one: Failure) -> None:
    told = explain(one)
    assert told.summary
    assert told.cause
    assert told.fix.endswith(".")
    assert ". " not in told.fix
    assert "!" not in told.summary + told.cause + told.fix
    assert "{" not in told.summary + told.cause + told.fix
    assert all(find(url) for url in told.links)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (failure(FailureKind.DNS), "app.launchdarkly.com could not be resolved"),
        (failure(FailureKind.DNS), "This machine's network"),
        (failure(FailureKind.CERTIFICATE), "SSL_CERT_FILE"),
        (failure(FailureKind.CERTIFICATE, code="no_authorities"), "python.org on macOS"),
        (failure(FailureKind.CERTIFICATE, Service.SEGMENT, code="no_authorities"), "Install Certificates.command"),
        (failure(FailureKind.CERTIFICATE, code="no_authorities_where_told"), "SSL_CERT_DIR is set"),
        (failure(FailureKind.PROXY), "HTTPS_PROXY"),
        (failure(FailureKind.CONNECT), "cannot be told from here"),
        (failure(FailureKind.TIMEOUT, Service.SEGMENT), "trouble at Twilio Segment"),
        (failure(FailureKind.NOT_THE_SERVICE), "Something else than LaunchDarkly answered"),
        (failure(FailureKind.SERVER), "your set-up is not the cause"),
        (failure(FailureKind.RATE_LIMITED), "whole account"),
        (failure(FailureKind.RATE_LIMITED, Service.SEGMENT), "five a minute"),
        (failure(FailureKind.UNAUTHORIZED, path="/api/v2/caller-identity"), "does not know this token"),
        (failure(FailureKind.UNAUTHORIZED, path="/api/v2/projects"), "did not accept this token for the call"),
        (failure(path="/api/v2/caller-identity"), "IP allowlist"),
        (failure(path="/api/v2/projects/shop"), "role does not allow it"),
        (failure(message="approval is required"), "bypassRequiredSegmentApproval"),
        (failure(path="/api/v2/integration-capabilities/big-segment-store"), "beta API"),
        (failure(FailureKind.UNAUTHORIZED, Service.SEGMENT, path="/"), "does not know this token"),
        (failure(FailureKind.FORBIDDEN, Service.SEGMENT, path="/spaces"), "the same answer in both cases"),
        (failure(FailureKind.UNAUTHORIZED, Service.SEGMENT, path="/spaces"), "Most likely the token lacks a role"),
        (
            failure(service=Service.SEGMENT, path="/x", message="Destination connections are not enabled here"),
            "The token's role isn't the cause",
        ),
        (
            failure(
                FailureKind.INVALID,
                Service.SEGMENT,
                message="Multiple configurations of this destination type not supported.",
            ),
            "only one LaunchDarkly Audiences destination",
        ),
    ],
)
def test_an_answer_names_its_cause(one: Failure, says: str) -> None:
    told = explain(one)
    assert says in f"{told.summary} {told.cause} {told.fix}"


def test_what_no_table_knows_keeps_the_vendors_words_and_request_id() -> None:
    odd = failure(FailureKind.INVALID, code="teapot", message="Short and stout", request_id="req-7")
    assert explain(odd).summary.endswith('It says: "Short and stout". Request id req-7.')


def test_a_change_that_may_have_happened_is_not_called_undone() -> None:
    lost = failure(FailureKind.TIMEOUT, Service.SEGMENT, outcome_unknown=True)
    assert "may have been made all the same" in explain(lost).cause


def test_evidence_holds_what_support_asks_for_and_nothing_empty() -> None:
    refused = failure(code="forbidden", request_id="req-7")
    assert evidence_of(refused) == {
        "host": "app.launchdarkly.com",
        "call": "GET /api/v2/anything",
        "status": 403,
        "code": "forbidden",
        "request_id": "req-7",
    }
