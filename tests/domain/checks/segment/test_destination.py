"""The destination: there, one, on the Engage source, on, for this environment, with this token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    DESTINATION,
    ENGAGE_SOURCE,
    NOW,
    STAGING_ID,
    TOKEN,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    refused,
)
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import Caller, Token
from wizard.domain.services.segment import Delivery, Destination, Source, Space, Use

SECOND = replace(DESTINATION, id="dst_2", name="Another")
STAGING = replace(DESTINATION, id="dst_3", name="Staging", client_side_id=STAGING_ID)
WEB = Source("src_9", "web", "Website", "javascript", True, True)
ON_WEB = replace(DESTINATION, source_id="src_9")
PROD = Space("spa_1", "prod", "Production")
LAB = Space("spa_2", "lab", "Lab")
LAB_SOURCE = Source("src_7", "personas_lab", "Personas Lab", "personas-compute", True, True)


def _is(**changed: Any) -> dict[str, Any]:
    return {"destinations": (replace(DESTINATION, **changed),)}


NEW = {"destination": "new"}
NO_CHOICE = {"destination": ""}
OTHER = replace(TOKEN, id="tok_2", name="segment-prod", last_four="9z9z", last_used=NOW)
PERSONAL = Caller("acc_1", "tok_1", "Ada's own", "personal", "mem_1", service_token=False)
REFUSED = Delivery(0, 40, 0, (("UNAUTHORIZED", 40),))
NOTHING = Delivery(0, 0, 0)


def _holds(*tokens: Token | Failure, **facts: Any) -> dict[str, Any]:
    """A destination with a token that isn't ours, and what LaunchDarkly lists that ends like it."""
    first = tokens[0] if tokens else None
    return {
        **_is(token_last_four="9z9z"),
        "destination_tokens": first if isinstance(first, Failure) else tokens,
        **facts,
    }


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
        says=f"The destination {ON_WEB.name} has this client-side ID, but it's on the source Website, which",
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
    Case(
        "destination.single",
        "fail",
        "one is in use",
        {"destinations": (DESTINATION, SECOND), "destination_use": {SECOND.id: Use(2)}},
        says=f"keep {SECOND.id} (2 audiences) and delete {DESTINATION.id} (0 audiences)",
        root=True,
    ),
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
    Case(
        "destination.token", "fail", "refused", _holds(delivery=REFUSED), says="put the token that ends in", root=True
    ),
    Case(
        "destination.token",
        "fail",
        "refused, and ours is personal",
        _holds(delivery=REFUSED, caller=PERSONAL),
        says="create a service token with the Writer role",
        root=True,
    ),
    Case("destination.token", "fail", "listed by nobody, and nothing arrived", _holds(delivery=NOTHING, segments=())),
    Case(
        "destination.token",
        "unknown",
        "the same, and ours is personal",
        _holds(delivery=NOTHING, segments=(), caller=PERSONAL),
        says="it's someone else's personal token",
    ),
    Case(
        "destination.token",
        "unknown",
        "the tokens can't be listed",
        _holds(failure(), delivery=NOTHING, segments=()),
        says="can't list the account's access tokens",
    ),
    Case(
        "destination.token",
        "unknown",
        "two that end alike",
        _holds(OTHER, replace(OTHER, id="tok_3"), delivery=NOTHING, segments=()),
        says="2 tokens of the account have this ending",
    ),
    Case("destination.token", "warn", "not listed, but it delivered", _holds(), says="no token that ends in 9z9z"),
    Case("destination.token", "warn", "not listed, but members are counted", _holds(delivery=NOTHING)),
    Case(
        "destination.token",
        "pass",
        "no list, but it delivers",
        _holds(failure()),
        says="It isn't your token, but it works",
    ),
    Case("destination.token", "pass", "a colleague's", _holds(OTHER), says="segment-prod, which ends in 9z9z"),
    Case("destination.token", "fail", "expired", _holds(replace(OTHER, expires_at=NOW)), says="has expired", root=True),
    Case("destination.token", "fail", "reset", _holds(OTHER, delivery=REFUSED), says="Someone has reset it", root=True),
    Case("destination.token", "pass", "of a right that nobody can read", _holds(replace(OTHER, role=""))),
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


def test_a_second_one_on_the_same_source_is_added_in_the_web_app() -> None:
    answers, on_web = healthy_answers(**NO_CHOICE), replace(STAGING, source_id=WEB.id)

    full = found(healthy_facts(destinations=(STAGING,)), answers)["destination.exists"]
    free = found(healthy_facts(destinations=(on_web,)), answers)["destination.exists"]

    assert full.cause.endswith(f"Only Segment's web app can add a second destination to {ENGAGE_SOURCE.name}.")
    assert "Create one in Review" not in full.fix
    assert free.fix.startswith("Create one in Review (audience-wizard apply)")


@pytest.mark.parametrize(("source", "is_deleted"), [(WEB, True), (LAB_SOURCE, False)])
def test_a_destination_in_the_wrong_place_is_named_and_deleted_where_no_audience_can_use_it(
    source: Source, is_deleted: bool
) -> None:
    there = replace(DESTINATION, source_id=source.id)
    facts = healthy_facts(destinations=(there,), sources=(ENGAGE_SOURCE, source), spaces=(PROD, LAB))

    finding = found(facts, healthy_answers(**NO_CHOICE))["destination.exists"]

    assert f"{there.name} has this client-side ID, but it's on the source {source.name}, which" in finding.cause
    assert finding.fix.startswith("Create one in Review")
    assert (f"Then delete {there.name} under Connections → Destinations" in finding.fix) is is_deleted
    assert finding.evidence["misplaced"] == [{"destination": there.id, "source": source.id}]


def test_an_instance_that_segment_hardly_describes_is_judged_all_the_same() -> None:
    bare = Destination("dst_1", "", "")
    assert found(healthy_facts(destinations=(bare,)))["destination.client_side_id"].status == "fail"
