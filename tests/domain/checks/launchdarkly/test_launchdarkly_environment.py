"""The environment: does it exist, and is it this account's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import OTHER_ID, SHOP, STAGING_ID, allow, failure, found, healthy_facts, token_with
from tests.domain.sample_facts import healthy_answers as answers
from wizard.domain.failure import FailureKind, Service
from wizard.domain.services.launchdarkly import Statement

PASTED: dict[str, Any] = {"project": "", "environment": "", "client_side_id": OTHER_ID}
NO_PROJECT: dict[str, Any] = {"project": None}
SECRET = "api-00000000-1111-2222-3333-444444444444"
ONE_PROJECT_ONLY = token_with(allow("proj/shop", "viewProject"))
EVERY_PROJECT = token_with(allow("proj/*", "viewProject"))
ALL_BUT_ONE = token_with(
    allow("proj/*", "viewProject"), Statement("deny", resources=("proj/secret",), actions=("viewProject",))
)
EXCEPT_ONE = token_with(Statement("allow", not_resources=("proj/secret",), actions=("viewProject",)))

CASES = (
    Case("launchdarkly.client_side_id", "pass", "exists, wherever", NO_PROJECT, PASTED),
    Case(
        "launchdarkly.client_side_id",
        "fail",
        "does not exist",
        {**NO_PROJECT, "client_side_id_exists": False},
        PASTED,
        root=True,
    ),
    Case(
        "launchdarkly.client_side_id",
        "fail",
        "the key of an environment",
        {**NO_PROJECT, "client_side_id_exists": False},
        {**PASTED, "client_side_id": "production"},
        says="an environment's key",
    ),
    *(
        Case(
            "launchdarkly.client_side_id",
            "fail",
            f"{secret[:4]} pasted",
            NO_PROJECT,
            {**PASTED, "client_side_id": secret},
        )
        for secret in (SECRET, SECRET.replace("api-", "sdk-"), SECRET.replace("api-", "mob-"))
    ),
    Case("launchdarkly.client_side_id", "warn", "listed, unknown to the SDK host", {"client_side_id_exists": False}),
    Case(
        "launchdarkly.client_side_id",
        "pass",
        "listed, the SDK host is out of reach",
        {"client_side_id_exists": failure(FailureKind.CONNECT, Service.CLIENT_SIDE)},
    ),
    Case(
        "launchdarkly.client_side_id",
        "unknown",
        "the SDK host did not answer",
        {**NO_PROJECT, "client_side_id_exists": failure(FailureKind.TIMEOUT, Service.CLIENT_SIDE)},
        PASTED,
    ),
    Case("launchdarkly.client_side_id", "skipped", "none", NO_PROJECT, {**PASTED, "client_side_id": ""}),
    Case("launchdarkly.client_side_id", "skipped", "not looked", {**NO_PROJECT, "client_side_id_exists": None}, PASTED),
    Case("launchdarkly.pair", "fail", "another account", NO_PROJECT, PASTED, says="different accounts", root=True),
    Case("launchdarkly.pair", "fail", "a policy that views all", {**NO_PROJECT, "token": EVERY_PROJECT}, PASTED),
    Case(
        "launchdarkly.pair",
        "unknown",
        "it sees one only",
        {**NO_PROJECT, "token": ONE_PROJECT_ONLY},
        PASTED,
        says="can't see",
    ),
    Case("launchdarkly.pair", "unknown", "one may be hidden", {**NO_PROJECT, "token": ALL_BUT_ONE}, PASTED),
    Case("launchdarkly.pair", "unknown", "one is left out", {**NO_PROJECT, "token": EXCEPT_ONE}, PASTED),
    Case("launchdarkly.pair", "unknown", "it cannot read its role", {**NO_PROJECT, "token": failure()}, PASTED),
    Case("launchdarkly.pair", "unknown", "it sees none", {**NO_PROJECT, "projects": ()}, PASTED, says="any project"),
    Case("launchdarkly.pair", "unknown", "outage", {**NO_PROJECT, "projects": failure(FailureKind.SERVER)}, PASTED),
    Case("launchdarkly.pair", "skipped", "not read", {**NO_PROJECT, "projects": None}, PASTED),
    Case("launchdarkly.project", "unknown", "sees no project", {"projects": (), "project": None}, PASTED),
    Case("launchdarkly.project", "unknown", "hidden", {"project": failure()}, says="viewProject"),
    Case("launchdarkly.project", "fail", "gone", {"project": failure(FailureKind.NOT_FOUND)}, root=True),
    Case("launchdarkly.project", "unknown", "outage", {"project": failure(FailureKind.SERVER)}),
    Case("launchdarkly.project", "skipped", "not chosen", {}, {"project": ""}),
    Case("launchdarkly.environment", "fail", "gone", {}, {"environment": "qa"}, root=True),
    Case(
        "launchdarkly.environment",
        "fail",
        "the ID is another one's",
        {},
        {"client_side_id": STAGING_ID},
        says="belongs to Shop / Staging",
        root=True,
    ),
    Case("launchdarkly.environment", "skipped", "not chosen", {}, {"environment": ""}),
)


@pytest.mark.parametrize("case", table(CASES))
def test_environment(case: Case) -> None:
    case.holds()


def test_a_pair_that_fits_names_account_project_and_environment() -> None:
    evidence = found(healthy_facts())["launchdarkly.pair"].evidence
    assert evidence == {"account": "Acme", "project": "shop", "environment": "production"}


@pytest.mark.parametrize("unnamed", [failure(), ""])
def test_an_account_without_a_name_is_named_by_its_id(unnamed: object) -> None:
    assert found(healthy_facts(account_name=unnamed))["launchdarkly.pair"].evidence["account"] == "acc_1"


def test_a_secret_in_the_wrong_field_is_never_repeated() -> None:
    for finding in found(healthy_facts(project=None), answers(**{**PASTED, "client_side_id": SECRET})).values():
        assert SECRET not in repr(finding)


def test_an_environment_of_the_second_page_is_found() -> None:
    others = tuple(replace(SHOP, key=f"p{n}", environments=()) for n in range(50))
    facts = healthy_facts(projects=(*others, SHOP), project=None)
    assert found(facts)["launchdarkly.pair"].evidence["project"] == "shop"


def test_what_is_in_the_environment_waits_for_the_pair() -> None:
    findings = found(healthy_facts(project=None), answers(**PASTED))
    for waiting in ("launchdarkly.approvals", "launchdarkly.store", "destination.exists", "launchdarkly.context_kind"):
        assert "launchdarkly.pair" in findings[waiting].summary
