"""What an answer of a service means, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.sample_facts import failure
from wizard.api.segment import limits
from wizard.domain.explain import evidence_of, explain
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.links import find

EVERY = [failure(kind, service) for kind in FailureKind for service in Service]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.service}: {one.kind}")
def test_every_failure_of_every_service_has_an_explanation(one: Failure) -> None:
    told = explain(one)
    assert told.summary
    assert told.cause
    assert told.fix.endswith(".")
    assert told.fix.count(". ") <= 1
    assert "!" not in told.summary + told.cause + told.fix
    assert "{" not in told.summary + told.cause + told.fix
    assert all(find(link.url) for link in told.links)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (failure(FailureKind.DNS), "This machine couldn't find app.launchdarkly.com"),
        (failure(FailureKind.DNS), "name service (DNS)"),
        (failure(FailureKind.CONNECT), "reach app.launchdarkly.com on port 443,"),
        (replace(failure(FailureKind.CONNECT), host="127.0.0.1:36645"), "reach 127.0.0.1:36645,"),
        (failure(FailureKind.CERTIFICATE), "SSL_CERT_FILE"),
        (failure(FailureKind.CERTIFICATE, code="no_authorities"), "came without certificate authorities"),
        (failure(FailureKind.CERTIFICATE, Service.SEGMENT, code="no_authorities"), "Install Certificates.command"),
        (failure(FailureKind.CERTIFICATE, code="no_authorities_in_variable"), "SSL_CERT_FILE and SSL_CERT_DIR"),
        (failure(FailureKind.CERTIFICATE, code="not_yet_valid"), "automatic time"),
        (failure(FailureKind.CERTIFICATE, code="expired"), "has expired"),
        (failure(FailureKind.CERTIFICATE, code="other_name"), "A different host than app.launchdarkly.com answered"),
        (failure(FailureKind.CERTIFICATE, code="strict"), "Python 3.12"),
        (failure(FailureKind.CONNECT, code="tls", message="WRONG_VERSION_NUMBER"), "TLS: WRONG_VERSION_NUMBER."),
        (failure(FailureKind.PROXY, code="proxy_variable", message="NO_PROXY has …"), "this machine: NO_PROXY has …."),
        (failure(FailureKind.PROXY, code="proxy_name", message="HTTPS_PROXY (p:1)"), "find the proxy of HTTPS_PROXY"),
        (failure(FailureKind.PROXY, code="proxy_dead", message="HTTPS_PROXY (p:1)"), "Nothing answers at that address"),
        (failure(FailureKind.PROXY, code="proxy_silent", message="HTTPS_PROXY (p:1)"), "(p:1) didn't answer in time"),
        (failure(FailureKind.PROXY, code="proxy_tls", message="HTTPS_PROXY (p:1)"), "Begin the variable with http://"),
        (failure(FailureKind.PROXY, code="proxy_needs_no_login", message="ALL_PROXY (p:1)"), "doesn't accept a login"),
        (failure(FailureKind.ADDRESS, message="A_VARIABLE has no host"), "LaunchDarkly: A_VARIABLE has no host."),
        (failure(FailureKind.PROXY, code="proxy_login", message="HTTPS_PROXY (p:1)"), "requires a login"),
        (failure(FailureKind.PROXY, code="proxy_refuses", message="ALL_PROXY (p:1)"), "refused to connect to app."),
        (failure(FailureKind.NOT_THE_SERVICE, code="no_such_page"), "doesn't have this part of LaunchDarkly's API"),
        (failure(FailureKind.NOT_THE_SERVICE, code="too_large", message="more than 8 MB"), "too large: more than 8 MB"),
        (failure(FailureKind.NOT_THE_SERVICE, code="unknown_form", message="no list"), "doesn't know: no list."),
        (failure(FailureKind.NOT_THE_SERVICE, code="unknown_form"), "Most likely LaunchDarkly changed its API"),
        (failure(FailureKind.PROXY), "HTTPS_PROXY"),
        (failure(FailureKind.CONNECT), "can't tell which from here"),
        (failure(FailureKind.TIMEOUT, Service.SEGMENT), "Twilio Segment has trouble"),
        (failure(FailureKind.NOT_THE_SERVICE), "Something other than LaunchDarkly answered"),
        (failure(FailureKind.TIMEOUT), "Open https://app.launchdarkly.com in a browser"),
        (failure(FailureKind.TIMEOUT, host="127.0.0.1:8000", scheme="http"), "Open http://127.0.0.1:8000 in a browser"),
        (failure(FailureKind.CONNECT, host="localhost", scheme="http"), "localhost on port 80"),
        (failure(FailureKind.SERVER), "Your setup isn't the cause"),
        (failure(FailureKind.RATE_LIMITED), "whole account"),
        (failure(FailureKind.RATE_LIMITED, Service.SEGMENT), "doesn't publish the limit of this call"),
        *(
            (failure(FailureKind.RATE_LIMITED, Service.SEGMENT, method=method, path=path), says)
            for method, path, says in (
                ("POST", "/destinations/d/subscriptions", "five mapping changes a minute"),
                ("PATCH", "/destinations/d/subscriptions/s", "five mapping changes a minute"),
                ("GET", "/spaces/s/audiences?pagination.count=200", "60 requests for the list of audiences a minute"),
                ("GET", "/spaces/s/audiences/a", "100 requests for single audiences a minute"),
                ("POST", "/spaces/s/audiences/previews", "700 a month"),
                ("GET", "/spaces/s/audiences/a/destination-connections", "50 requests about an audience's connections"),
                ("POST", "/spaces/s/audiences/a/destination-connections/c/activations", "50 new activations a minute"),
                ("DELETE", "/spaces/s/audiences/a/activations/x", "50 activation changes a minute"),
                ("GET", "/destinations", "doesn't publish the limit of this call"),
            )
        ),
        (failure(FailureKind.CONFLICT, Service.SEGMENT, method="DELETE"), "An activation uses it"),
        (failure(FailureKind.CONFLICT, Service.SEGMENT, method="POST"), "it's processing another change"),
        (failure(FailureKind.CONFLICT, Service.SEGMENT, method="PATCH"), "it's processing another change"),
        (failure(FailureKind.UNAUTHORIZED, path="/api/v2/caller-identity"), "doesn't accept this token"),
        (failure(FailureKind.UNAUTHORIZED, path="/api/v2/projects"), "didn't accept this token for the call"),
        (failure(path="/api/v2/caller-identity"), "IP allowlist"),
        (failure(path="/api/v2/projects/shop"), "role doesn't allow this call"),
        (failure(message="approval is required"), "bypassRequiredSegmentApproval"),
        (failure(path="/api/v2/integration-capabilities/big-segment-store"), "beta API"),
        (
            failure(service=Service.SEGMENT, path="/x", message="Add it in Engage Settings first"),
            "go to Engage → Engage Settings → Destinations",
        ),
        (failure(FailureKind.UNAUTHORIZED, Service.SEGMENT, path="/"), "doesn't know this token"),
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
    assert explain(odd).summary.endswith('The answer: "Short and stout". Request ID req-7.')


def test_a_change_that_may_have_happened_is_not_called_undone() -> None:
    lost = failure(FailureKind.TIMEOUT, Service.SEGMENT, outcome_unknown=True)
    assert "may still have been made" in explain(lost).cause


def test_evidence_holds_what_support_asks_for_and_nothing_empty() -> None:
    refused = failure(code="forbidden", request_id="req-7")
    assert evidence_of(refused) == {
        "host": "app.launchdarkly.com",
        "call": "GET /api/v2/anything",
        "status": 403,
        "code": "forbidden",
        "request_id": "req-7",
    }


@pytest.mark.parametrize("limited", limits._PER_MINUTE, ids=lambda limited: f"{limited[0]} {limited[1]}")
def test_the_limit_that_is_named_is_the_one_that_the_wizard_keeps(limited: tuple[str, str, int]) -> None:
    method, pattern, per_minute = limited
    path = pattern.replace("(?:/[^/]+)?", "").replace("[^/]+", "one")
    cause = explain(failure(FailureKind.RATE_LIMITED, Service.SEGMENT, method=method, path=path)).cause
    assert f"allows {'five' if per_minute == 5 else per_minute} " in cause
