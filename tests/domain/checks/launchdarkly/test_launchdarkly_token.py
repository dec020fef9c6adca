"""The access token: kind, instance, validity, whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    DESTINATION,
    NOW,
    TOKEN,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    unknown_token,
)
from wizard.domain.credentials import Shape
from wizard.domain.failure import FailureKind
from wizard.domain.services.launchdarkly import Caller, Instance, Token

UNREAD = {
    "token": None,
    "projects": None,
    "project": None,
    "account_name": None,
    "context_kinds": None,
    "stores": None,
    "segments": None,
}
CALLER = Caller("acc_1", "tok_1", "segment-sync", "service", "mem_1", service_token=True)


def _pasted(shape: Shape) -> dict[str, object]:
    return {"launchdarkly_token_shape": shape, "caller": None, **UNREAD}


def _expires(after: timedelta) -> dict[str, Any]:
    return {"token": replace(TOKEN, expires_at=NOW + after)}


OTHER = replace(TOKEN, id="tok_2", name="segment-prod", last_four="9z9z", owner="Ada Okafor")
SUPPORTS_OWN = replace(CALLER, service_token=False)


def _holds(*tokens: Token, **facts: Any) -> dict[str, Any]:
    """A destination with a token that isn't ours, and the listed ones that end like it."""
    held = replace(DESTINATION, token_last_four="9z9z")
    return {"caller": SUPPORTS_OWN, "destinations": (held,), "destination_tokens": tokens, **facts}


CASES = (
    Case("launchdarkly.token.personal", "pass", "the destination's isn't", _holds(OTHER), says="segment-prod"),
    Case("launchdarkly.token.personal", "skipped", "the destination's is unknown, but works", _holds()),
    Case(
        "launchdarkly.token.personal",
        "warn",
        "the destination's is",
        _holds(replace(OTHER, service_token=False), caller=CALLER),
        says="a personal token of Ada Okafor (segment-prod)",
    ),
    Case(
        "launchdarkly.token.lifetime",
        "warn",
        "the destination's, soon",
        _holds(replace(OTHER, expires_at=NOW + timedelta(days=3))),
        says="The destination's token segment-prod expires",
    ),
    Case(
        "launchdarkly.token.lifetime",
        "warn",
        "the destination's, over",
        _holds(replace(OTHER, expires_at=NOW - timedelta(days=3))),
        says="The destination's token segment-prod expired",
    ),
    Case("launchdarkly.token.lifetime", "skipped", "the destination's is unknown, but works", _holds()),
    *(
        Case("launchdarkly.token.kind", "fail", f"by its form: {shape}", _pasted(shape), root=True)
        for shape in (Shape.SDK_KEY, Shape.MOBILE_KEY, Shape.CLIENT_SIDE_ID, Shape.SEVERAL, Shape.WORDS)
    ),
    Case("launchdarkly.token.kind", "fail", "Segment's token", _pasted(Shape.SEGMENT_TOKEN), says="swapped", root=True),
    Case("launchdarkly.token.kind", "fail", "swapped", _pasted(Shape.SEGMENT_TOKEN), says="SEGMENT_PUBLIC_API_TOKEN"),
    Case("launchdarkly.token.kind", "fail", "with words", _pasted(Shape.WORDS), says="Paste the access token alone"),
    Case(
        "launchdarkly.token.kind",
        "fail",
        "LaunchDarkly names an environment",
        {"launchdarkly_token_shape": Shape.OTHER, "caller": replace(CALLER, environment_id="57be")},
        says="an SDK key",
        root=True,
    ),
    Case(
        "launchdarkly.token.kind",
        "fail",
        "token kind server",
        {"caller": replace(CALLER, token_kind="server")},
        root=True,
    ),
    Case("launchdarkly.token.kind", "unknown", "an unknown form", _pasted(Shape.OTHER)),
    Case(
        "launchdarkly.token.kind",
        "fail",
        "an unknown form that LaunchDarkly does not know",
        {"launchdarkly_token_shape": Shape.OTHER, "caller": unknown_token(), **UNREAD},
        says="doesn't look like an access token",
        root=True,
    ),
    Case(
        "launchdarkly.token.kind",
        "fail",
        "the admin's is an SDK key",
        {"maker_token_shape": Shape.SDK_KEY, "launchdarkly_token_shape": None, "caller": None, **UNREAD},
        {"make_token": True},
        says="The admin's token is an SDK key, not an access token.",
        root=True,
    ),
    Case(
        "launchdarkly.token.valid",
        "fail",
        "the admin's",
        {
            "maker_token_shape": Shape.ACCESS_TOKEN,
            "launchdarkly_token_shape": None,
            "caller": unknown_token(),
            "other_instance": unknown_token(),
            **UNREAD,
        },
        {"make_token": True},
        says="LaunchDarkly doesn't accept the admin's token.",
        root=True,
    ),
    Case("launchdarkly.token.kind", "pass", "an unknown form that works", {"launchdarkly_token_shape": Shape.OTHER}),
    Case("launchdarkly.token.kind", "skipped", "none", {"launchdarkly_token_shape": None, "caller": None, **UNREAD}),
    *(
        Case(
            "launchdarkly.instance",
            "fail",
            f"{instance} knows the token",
            {"caller": unknown_token(), "other_instance": instance, **UNREAD},
            says=str(instance),
            root=True,
        )
        for instance in (Instance.EU, Instance.FEDERAL)
    ),
    Case("launchdarkly.instance", "fail", "EU host", {"launchdarkly_host": "app.eu.launchdarkly.com"}, root=True),
    Case("launchdarkly.instance", "fail", "federal host", {"launchdarkly_host": "app.launchdarkly.us"}, root=True),
    Case(
        "launchdarkly.instance",
        "skipped",
        "no other knows it",
        {"caller": unknown_token(), "other_instance": unknown_token(), **UNREAD},
    ),
    Case("launchdarkly.instance", "skipped", "not asked yet", {"caller": unknown_token(), **UNREAD}),
    Case(
        "launchdarkly.instance",
        "unknown",
        "the others did not answer",
        {"caller": unknown_token(), "other_instance": failure(FailureKind.TIMEOUT), **UNREAD},
    ),
    Case(
        "launchdarkly.token.valid",
        "fail",
        "known nowhere",
        {"caller": unknown_token(), "other_instance": unknown_token(), **UNREAD},
        says="don't accept it either",
        root=True,
    ),
    Case(
        "launchdarkly.token.valid",
        "fail",
        "refused, which an IP allowlist does rarely",
        {"caller": unknown_token(), **UNREAD},
        says="If that one is refused too, ask an admin to add this machine to the IP allowlist.",
    ),
    Case(
        "launchdarkly.token.valid",
        "fail",
        "refused",
        {"caller": unknown_token(), **UNREAD},
        says="hasn't asked LaunchDarkly's EU and federal instances",
    ),
    Case(
        "launchdarkly.token.valid",
        "fail",
        "the other instances weren't asked, and a pipeline has no step to answer in",
        {"caller": unknown_token(), **UNREAD},
        says="or set ask_other_instances = true under [launchdarkly] in setup.toml",
    ),
    Case("launchdarkly.token.valid", "unknown", "IP allowlist", {"caller": failure(), **UNREAD}, says="doesn't let"),
    Case("launchdarkly.token.valid", "unknown", "rate limit", {"caller": failure(FailureKind.RATE_LIMITED), **UNREAD}),
    Case(
        "launchdarkly.token.valid", "unknown", "proxy page", {"caller": failure(FailureKind.NOT_THE_SERVICE), **UNREAD}
    ),
    Case("launchdarkly.token.valid", "skipped", "not asked", {"caller": None, **UNREAD}),
    Case("launchdarkly.token.lifetime", "warn", "soon", _expires(timedelta(days=3)), says="expires"),
    Case("launchdarkly.token.lifetime", "warn", "over, they say", _expires(timedelta(days=-1)), says="still accepts"),
    Case("launchdarkly.token.lifetime", "pass", "in a year", _expires(timedelta(days=365))),
    Case("launchdarkly.token.lifetime", "skipped", "not said", {"token": replace(TOKEN, expires_at=None)}),
    Case("launchdarkly.token.lifetime", "skipped", "closed", {"token": failure()}),
    Case("launchdarkly.token.personal", "warn", "personal", {"caller": replace(CALLER, service_token=False)}),
    Case(
        "launchdarkly.token.personal",
        "skipped",
        "not said",
        {"caller": replace(CALLER, service_token=None), "token": failure()},
    ),
)


@pytest.mark.parametrize("case", table(CASES))
def test_token(case: Case) -> None:
    case.holds()


def test_after_an_sdk_key_everything_on_that_side_waits_for_it() -> None:
    findings = found(healthy_facts(**_pasted(Shape.SDK_KEY)))
    waiting = [name for name, one in findings.items() if "`launchdarkly.token.kind` comes first" in one.summary]
    assert {"launchdarkly.token.valid", "launchdarkly.pair", "launchdarkly.token.permissions"} <= set(waiting)


def test_another_instance_is_the_one_cause() -> None:
    facts = healthy_facts(caller=unknown_token(), other_instance=Instance.EU, **UNREAD)
    assert "`launchdarkly.instance` comes first" in found(facts, healthy_answers())["launchdarkly.token.valid"].summary


def test_a_refused_token_keeps_the_vendors_request_id() -> None:
    refused = replace(unknown_token(), request_id="abc-1")
    assert found(healthy_facts(caller=refused, **UNREAD))["launchdarkly.token.valid"].evidence["request_id"] == "abc-1"
