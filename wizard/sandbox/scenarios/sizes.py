"""Scenarios about time and size: a slow first sync, and accounts with very many projects and audiences."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wizard.sandbox.scenarios.acme import acme, add_audience, project
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.segment_workspace import GeneratedProfiles

MANY_PROJECTS = 2_000
MANY_AUDIENCES = 10_000
LATE = timedelta(minutes=40)


def _segment_late(start: datetime) -> Prepared:
    company = acme(start)
    company.workspace.pace = replace(company.workspace.pace, first_delivery=LATE.total_seconds())
    return prepared(company)


def _batch_audience(start: datetime) -> Prepared:
    company = acme(start)
    company.audience("vip_customers").cadence = "BATCH"
    return prepared(company)


def _huge(start: datetime) -> Prepared:
    company = acme(start)
    projects = company.account.projects
    for number in range(len(projects) + 1, MANY_PROJECTS + 1):
        team = project("Acme", f"team-{number:04d}", f"Team {number}", start)
        projects[team.key] = team
    made = start - timedelta(days=10)
    workspace, space = company.workspace, company.space
    for number in range(len(workspace.audiences_of(space.id)) + 1, MANY_AUDIENCES + 1):
        add_audience(workspace, space, f"cohort_{number:05d}", f"Cohort {number}", GeneratedProfiles(number), made)
    return prepared(company)


SIZES = (
    Scenario("segment-late", "The first delivery arrives 40 minutes after attaching", _segment_late),
    Scenario(
        "batch-audience",
        "Segment computes the audience in batches: eight hours until the first delivery",
        _batch_audience,
    ),
    Scenario("huge", "2,000 projects and 10,000 audiences", _huge),
)
