"""The mapping: there, one, on, and with the values that the sync needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import MAPPING, NOW, failure, found, healthy_facts
from wizard.domain.answers import ContextKey
from wizard.domain.failure import FailureKind, Service
from wizard.domain.services.launchdarkly import ContextKind
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.domain.services.segment import Activation

OF_AN_ACTIVATION = replace(MAPPING, id="sub_8", trigger='context.personas.event_emitter_id = "ee_1"')
USER = ContextKind("user", "User", last_seen=NOW)
EDITED: dict[str, Any] = {
    "subscriptions": (MAPPING, replace(MAPPING, id="sub_9", name="LaunchDarkly sync", trigger='type = "track"')),
    "activations": {"aud_1": (Activation("act_1", "LaunchDarkly sync", "con_1", enabled=True),)},
}
TO_BE_MADE: dict[str, Any] = {"destinations": (), "subscriptions": None}


def _is(**changed: Any) -> dict[str, Any]:
    return {"subscriptions": (replace(MAPPING, **changed),)}


def _with(**settings: Any) -> dict[str, Any]:
    return _is(settings={**MAPPING.settings, **settings})


def _without(name: str) -> dict[str, Any]:
    return _is(settings={key: value for key, value in MAPPING.settings.items() if key != name})


CASES = (
    Case("mapping.exists", "fail", "none", {"subscriptions": ()}, says="NO_MATCHING_MAPPING", root=True),
    Case("mapping.exists", "fail", "an activation's only", {"subscriptions": (OF_AN_ACTIVATION,)}, root=True),
    Case("mapping.exists", "unknown", "outage", {"subscriptions": failure(FailureKind.SERVER, Service.SEGMENT)}),
    Case("mapping.exists", "skipped", "no destination yet", TO_BE_MADE, {"destination": "new"}),
    Case("mapping.single", "fail", "two", {"subscriptions": (MAPPING, replace(MAPPING, id="sub_2"))}, root=True),
    Case("mapping.single", "pass", "and an activation's", {"subscriptions": (MAPPING, OF_AN_ACTIVATION)}),
    Case("mapping.single", "pass", "and an activation's with another trigger", EDITED),
    Case("mapping.trigger", "fail", "of an activation's mapping", EDITED, says="belongs to an activation", root=True),
    Case("mapping.single", "skipped", "no destination yet", TO_BE_MADE, {"destination": "new"}),
    Case("mapping.enabled", "fail", "off", _is(enabled=False), says="Mappings tab", root=True),
    Case("mapping.enabled", "unknown", "not said", _is(enabled=None)),
    Case(
        "mapping.enabled",
        "pass",
        "the second of two is on",
        {"subscriptions": (replace(MAPPING, enabled=False), MAPPING)},
    ),
    Case("mapping.enabled", "skipped", "no destination yet", TO_BE_MADE, {"destination": "new"}),
    Case("mapping.trigger", "fail", "only identify", _is(trigger='type = "identify"'), says="or type", root=True),
    Case(
        "mapping.trigger",
        "fail",
        "hidden fields too",
        {"subscriptions": (replace(MAPPING, trigger="x", settings={**MAPPING.settings, "segment_audience_id": "x"}),)},
        says="trigger and fields",
        root=True,
    ),
    Case(
        "mapping.trigger",
        "pass",
        "written with other spaces",
        _is(trigger=FALLBACK_CATALOG_ENTRY.trigger.replace(" or ", "  or ")),
    ),
    Case("mapping.trigger", "unknown", "not shown", _is(trigger=None), says="doesn't show the trigger"),
    Case("mapping.trigger", "skipped", "not read", {"subscriptions": None}),
    *(
        Case(f"mapping.{one}", "unknown", "no settings shown", _is(settings={}), says="doesn't show the settings")
        for one in ("fields", "context_kind", "context_key", "batching")
    ),
    Case(
        "mapping.fields", "fail", "edited", _with(segment_audience_key="fixed"), says="segment_audience_key", root=True
    ),
    Case("mapping.fields", "fail", "missing", _without("segment_computation_action"), root=True),
    Case("mapping.fields", "pass", "keys of the backend's own", _with(extra="x")),
    Case("mapping.fields", "pass", "visible ones differ", _with(enable_batching=False)),
    Case("mapping.fields", "skipped", "not read", {"subscriptions": None}),
    Case(
        "mapping.context_kind",
        "fail",
        "another",
        {**_with(context_kind="account"), "context_kinds": (USER, replace(USER, key="account"))},
        says="account",
        root=True,
    ),
    Case("mapping.context_kind", "fail", "none", _without("context_kind"), says="isn't set", root=True),
    Case("mapping.context_kind", "pass", "nothing chosen", {}, {"context_kind": ""}),
    Case("mapping.context_kind", "skipped", "not read", {"subscriptions": None}),
    Case("mapping.context_key", "fail", "another", _with(context_key="email_only"), says="Use email only", root=True),
    Case(
        "mapping.context_key",
        "fail",
        "misspelt",
        _with(context_key="user_id"),
        says="isn't one of the destination",
        root=True,
    ),
    Case("mapping.context_key", "pass", "nothing chosen", _with(context_key="email_only"), {"context_key": None}),
    Case("mapping.context_key", "skipped", "not read", {"subscriptions": None}),
    Case("mapping.batching", "fail", "off", _with(enable_batching=False), root=True),
    Case("mapping.batching", "fail", "not set", _without("enable_batching"), root=True),
    Case(
        "mapping.batching",
        "pass",
        "off on purpose",
        _with(enable_batching=False),
        {"batching": False},
        says="you chose",
    ),
    Case("mapping.batching", "skipped", "not read", {"subscriptions": None}),
    Case(
        "mapping.room",
        "warn",
        "fifty",
        {"subscriptions": (MAPPING, *(replace(OF_AN_ACTIVATION, id=str(n)) for n in range(49)))},
    ),
    Case("mapping.room", "skipped", "not read", {"subscriptions": None}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_mapping(case: Case) -> None:
    case.holds()


def test_hidden_fields_are_judged_by_the_context_key_in_use() -> None:
    """A mapping that sends the email address needs no userId field."""
    settings = {key: value for key, value in MAPPING.settings.items() if key != "segment_user_id"}
    facts = healthy_facts(**_is(settings={**settings, "context_key": ContextKey.EMAIL_ONLY.value}))
    assert found(facts)["mapping.fields"].status == "pass"


def test_the_fields_that_were_edited_are_named_with_what_they_should_be() -> None:
    evidence = found(healthy_facts(**_with(segment_audience_id="x")))["mapping.fields"].evidence
    assert evidence["fields"] == ["segment_audience_id"]
    assert evidence["wanted"] == {"segment_audience_id": {"@path": "$.context.personas.computation_id"}}
