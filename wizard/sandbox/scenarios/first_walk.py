"""Scenarios of a first setup: nothing is set up yet, and at most one thing is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.sandbox.scenarios.acme import (
    acme,
    add_audience,
    add_good_token,
    company_of,
    empty_account,
    empty_workspace,
    project,
)
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.account import ContextKind
from wizard.sandbox.state.segment_workspace import GeneratedProfiles


def _happy(start: datetime) -> Prepared:
    return prepared(acme(start))


def _environments(start: datetime) -> Prepared:
    """Return the world in which the app also runs in staging."""
    company = acme(start)
    company.shop.environments["staging"].contexts = list(company.production.contexts)
    return prepared(company)


def _fresh(start: datetime) -> Prepared:
    account = empty_account("Acme", start)
    shop = project("Acme", "shop", "Shop", start)
    shop.context_kinds = [ContextKind("user", "user", start - timedelta(days=1))]
    account.projects["shop"] = shop
    workspace = empty_workspace("Acme", start, (("prod", "Production"),))
    space = workspace.spaces[0]
    audience = add_audience(workspace, space, "first_audience", "First audience", GeneratedProfiles(25), start)
    audience.computed_before = False
    return prepared(company_of(start, account, workspace))


def _reader_token(start: datetime) -> Prepared:
    company = acme(start)
    company.token.role = "reader"
    return prepared(company, good_token=add_good_token(company))


def _wrong_pair(start: datetime) -> Prepared:
    company = acme(start)
    globex = empty_account("Globex", start)
    globex.projects["storefront"] = project("Globex", "storefront", "Storefront", start)
    company.world.accounts.append(globex)
    theirs = globex.projects["storefront"].environments["production"]
    return prepared(company, client_side_id=theirs.id, good_token=globex.tokens[0].secret)


def _eu_account(start: datetime) -> Prepared:
    company = acme(start)
    company.account.instance = "eu"
    return prepared(company)


def _sdk_key_pasted(start: datetime) -> Prepared:
    company = acme(start)
    return prepared(company, token=company.production.sdk_key, good_token=company.token.secret)


def _attach_needs_app(start: datetime) -> Prepared:
    company = acme(start)
    company.workspace.attaching = "app-first"
    company.workspace.colleague_attaches = "*"
    return prepared(company)


def _create_needs_app(start: datetime) -> Prepared:
    company = acme(start)
    company.workspace.creates_destinations = False
    return prepared(company)


def _with_faults(name: str) -> Scenario:
    def build(start: datetime) -> Prepared:
        company = acme(start)
        company.world.faults = name
        return prepared(company)

    titles = {
        "slow": "Both services take one to three seconds for each answer",
        "flaky": "Requests fail now and then, and succeed when retried; some writes lose their answer",
        "outage": "LaunchDarkly is down: everything answers 503",
    }
    return Scenario(name, titles[name], build)


def _make_token(start: datetime) -> Prepared:
    """Return the world in which nobody has made a service token yet, and an admin has a personal token."""
    company = acme(start)
    company.account.tokens.remove(company.token)
    return prepared(company, token="")


def _no_custom_roles(start: datetime) -> Prepared:
    company = acme(start)
    company.account.tokens.remove(company.token)
    company.account.refuses_policies = 403
    return prepared(company, token="")


FIRST_WALK = (
    Scenario("happy", "Accounts, audiences and projects exist, and the API can do everything", _happy),
    Scenario("fresh", "New accounts: one project, one audience that someone just created", _fresh),
    Scenario(
        "make-token",
        "Nobody has created a service token yet: an admin's token creates it",
        _make_token,
        makes_token=True,
    ),
    Scenario(
        "no-custom-roles",
        "The same without custom roles in the plan: LaunchDarkly refuses a token with its own policy",
        _no_custom_roles,
        makes_token=True,
    ),
    Scenario("reader-token", "The LaunchDarkly token can read but not write", _reader_token),
    Scenario("wrong-pair", "The client-side ID belongs to another LaunchDarkly account", _wrong_pair),
    Scenario("eu-account", "The LaunchDarkly account is in the EU instance", _eu_account),
    Scenario("sdk-key-pasted", "An SDK key was given as the access token", _sdk_key_pasted),
    Scenario(
        "attach-needs-app",
        "The API refuses to attach; a colleague does it in the web app three minutes after the wizard starts to look",
        _attach_needs_app,
    ),
    Scenario(
        "create-needs-app",
        "The API refuses to create a destination; a colleague creates it in the web app three minutes later",
        _create_needs_app,
    ),
    Scenario(
        "environments",
        "Production and staging of one project, each with its own Engage space",
        _environments,
        environments=(("production", "prod"), ("staging", "dev")),
    ),
    Scenario(
        "shared-space",
        "Production and staging share one space, whose Engage source can have only one destination",
        _environments,
        environments=(("production", "prod"), ("staging", "prod")),
    ),
    _with_faults("slow"),
    _with_faults("flaky"),
    _with_faults("outage"),
)
