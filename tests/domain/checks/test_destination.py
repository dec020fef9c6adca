"""The destination: there, one, on the Engage source, on, for this environment, with this token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.facts_at_hand import DESTINATION, ENGAGE_SOURCE, STAGING_ID, found, healthy_facts, refused
from wizard.domain.model import Destination, Source, Space

SECOND = replace(DESTINATION, id="dst_2", name="Another")
STAGING = replace(DESTINATION, id="dst_3", name="Staging", client_side_id=STAGING_ID)
WEB = Source("src_9", "web", "Website", "javascript", True, True)
ON_WEB = replace(DESTINATION, source_id="src_9")
LAB = Space("spa_2", "lab", "Lab")
LAB_SOURCE = Source("src_7", "personas_lab", "Engage (Lab)", "personas-compute", True, True)


def _is(**changed: Any) -> dict[str, Any]:
    return {"destinations": (replace(DESTINATION, **changed),)}


NEW = {"destination": "new"}
NO_CHOICE = {"destination": ""}
CASES = (
    Case("destination.exists", "fail", "none at all", {"destinations": ()}, says="deleted", root=True),
    Case("destination.exists", "fail", "none chosen, none there", {"destinations": ()}, NO_CHOICE, root=True),
    Case(
        "destination.exists", "fail", "others only", {"destinations": (STAGING,)}, NO_CHOICE, says="other environments"
    ),
    Case(
        "destination.client_side_id",
        "fail",
        "named after the environment, and for another",
        _is(name="LaunchDarkly - shop / production", client_side_id=STAGING_ID),
        NO_CHOICE,
        root=True,
    ),
    Case(
        "destination.exists",
        "fail",
        "a name of the user's own says nothing",
        {"destinations": (replace(STAGING, name="LaunchDarkly"),)},
        {"destination": "", "destination_name": "LaunchDarkly"},
        root=True,
    ),
    Case(
        "destination.exists",
        "fail",
        "one on an ordinary source",
        {"destinations": (ON_WEB,), "sources": (ENGAGE_SOURCE, WEB)},
        NO_CHOICE,
        says="don't send through",
    ),
    Case("destination.exists", "pass", "not chosen, but there", {}, NO_CHOICE),
    Case("destination.exists", "skipped", "to be made", {"destinations": ()}, NEW, says="creates it in Review"),
    Case(
        "destination.exists",
        "warn",
        "to be made beside one",
        {"destinations": (SECOND,)},
        {**NEW, "destination_name": "N"},
    ),
    Case("destination.exists", "skipped", "not read", {"destinations": None}),
    Case("destination.exists", "unknown", "closed, by hand", {"destinations": refused()}, {"by_hand": True}),
    Case("destination.single", "fail", "two", {"destinations": (DESTINATION, SECOND)}, says="Another", root=True),
    Case("destination.single", "pass", "the other is for staging", {"destinations": (DESTINATION, STAGING)}),
    Case(
        "destination.single",
        "pass",
        "the other is on an ordinary source",
        {"destinations": (DESTINATION, replace(SECOND, source_id="src_9")), "sources": (ENGAGE_SOURCE, WEB)},
    ),
    Case(
        "destination.single",
        "pass",
        "the other is another space's",
        {
            "destinations": (DESTINATION, replace(SECOND, source_id="src_7")),
            "sources": (ENGAGE_SOURCE, LAB_SOURCE),
            "spaces": (Space("spa_1", "prod", "Production"), LAB),
        },
    ),
    Case("destination.single", "skipped", "none", {"destinations": ()}),
    Case(
        "destination.source",
        "fail",
        "an ordinary source",
        {"destinations": (ON_WEB,), "sources": (ENGAGE_SOURCE, WEB)},
        says="Website",
        root=True,
    ),
    Case("destination.source", "unknown", "a source that is not shown", _is(source_id="src_8")),
    Case("destination.source", "skipped", "not read", {"sources": None}),
    Case("destination.enabled", "fail", "off", _is(enabled=False), says="Enable Destination", root=True),
    Case("destination.enabled", "unknown", "not said", _is(enabled=None)),
    Case("destination.enabled", "skipped", "to be made", {"destinations": ()}, NEW),
    Case(
        "destination.client_side_id",
        "fail",
        "staging's",
        _is(client_side_id=STAGING_ID),
        says="Shop / Staging",
        root=True,
    ),
    Case("destination.client_side_id", "fail", "none", _is(client_side_id=""), says="no client-side ID", root=True),
    Case("destination.client_side_id", "skipped", "to be made", {"destinations": ()}, NEW),
    Case("destination.token", "fail", "another", _is(token_last_four="9z9z"), says="9z9z", root=True),
    Case("destination.token", "unknown", "not shown", _is(token_last_four="")),
    Case("destination.token", "skipped", "none given", {"launchdarkly_token_last_four": ""}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_destination(case: Case) -> None:
    case.holds()


def test_what_is_about_a_destination_waits_until_there_is_one() -> None:
    findings = found(healthy_facts(destinations=()))
    for waiting in ("destination.enabled", "destination.token", "mapping.exists", "audience.attached", "sync.segment"):
        assert "`destination.exists` comes first" in findings[waiting].summary


def test_an_instance_that_segment_hardly_describes_is_judged_all_the_same() -> None:
    bare = Destination("dst_1", "", "")
    assert found(healthy_facts(destinations=(bare,)))["destination.client_side_id"].status == "fail"
