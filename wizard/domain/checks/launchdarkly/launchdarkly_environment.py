"""The environment to write to: whether it exists, and whether it belongs to this account.

See docs/launchdarkly.md#credential-problems, docs/launchdarkly.md#permission-problems and
docs/launchdarkly.md#first-sync-problems.
"""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import (
    PAIR_ID,
    Check,
    Findings,
    failed,
    need,
    need_answer,
    no_answer,
    passed,
    unknown,
    warned,
)
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.checks.launchdarkly.launchdarkly_permissions import need_grant
from wizard.domain.credentials import WHAT_IT_IS, Shape, read_paste
from wizard.domain.facts import Facts, is_closed, is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Caller
from wizard.domain.step_id import StepId
from wizard.domain.tokens.permissions import Target, Verdict, judge
from wizard.domain.wanted import seen_projects, wanted_client_side_id

STEP = StepId.LAUNCHDARKLY
_PICK = "Choose the environment from the list in the LaunchDarkly step."


def _client_side_id(facts: Facts, answers: Answers) -> Findings:
    """Judge the client-side ID, without repeating a secret that was pasted in its place."""
    shape = read_paste(answers.client_side_id).shape if answers.client_side_id else None
    if shape in WHAT_IT_IS and shape is not Shape.CLIENT_SIDE_ID:
        return failed(
            f"This is {WHAT_IT_IS[shape]}, not a client-side ID.",
            cause="The two fields may have been swapped. A client-side ID is 24 letters and digits.",
            fix=_PICK,
            links=(links.ENVIRONMENT_KEYS_DOCS,),
        )
    wanted = subjects.need_client_side_id(facts, answers)
    place = subjects.find_environment(wanted, facts)
    if place is not None:
        return _listed(facts, wanted, subjects.place_name(place))
    if need(facts.client_side_id_exists, "whether the client-side ID exists"):
        return passed("This client-side ID exists.", evidence={"client_side_id": wanted})
    return failed(
        "No LaunchDarkly environment has this client-side ID.",
        cause=_why_unknown(wanted, facts),
        fix=_PICK,
        links=(links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
        evidence={"client_side_id": wanted},
    )


def _listed(facts: Facts, wanted: str, place: str) -> Findings:
    evidence = {"client_side_id": wanted}
    if facts.client_side_id_exists is not False:
        return passed(f"This is the client-side ID of {place}.", evidence=evidence)
    return warned(
        f"This is the client-side ID of {place}, but LaunchDarkly's client-side host doesn't know it.",
        cause="The environment is very new, or the wizard asks the wrong client-side host.",
        fix="Wait a minute and check again, or start the wizard without --launchdarkly-client-url.",
        links=(links.ENVIRONMENT_KEYS_DOCS,),
        evidence=evidence,
    )


def _why_unknown(wanted: str, facts: Facts) -> str:
    keys = {e.key for project in seen_projects(facts) for e in project.environments}
    if wanted in keys:
        return "This is an environment's key. Its client-side ID is 24 letters and digits."
    return "The ID was mistyped, its environment was deleted, or it belongs to another LaunchDarkly instance."


# --- whose it is ------------------------------------------------------------------------------------------------


def _pair(facts: Facts, answers: Answers) -> Findings:
    """Judge whether token and client-side ID belong together. Segment's own test passes even if they don't.

    See docs/segment.md#credential-test.
    """
    wanted = wanted_client_side_id(facts, answers)
    if not wanted and answers.environment:
        need(facts.projects, "the token's projects")
    wanted = need_answer(wanted, "the client-side ID")
    place = subjects.find_environment(wanted, facts)
    if place is not None:
        project, found = place
        return passed(
            f"The token and the client-side ID are both for {subjects.place_name(place)}.",
            evidence={"account": _account(facts), "project": project.key, "environment": found.key},
        )
    projects = need(facts.projects, "the token's projects")
    if projects and _sees_every_project(facts):
        return _of_another_account(facts, wanted)
    seen = f"the {len(projects)} projects" if len(projects) > 1 else "the one project" if projects else "any project"
    return unknown(
        f"The client-side ID isn't in {seen} that this token can see.",
        cause="The ID belongs to a project that this token can't see, or to another account.",
        fix="Choose an environment from the list, or add viewProject on the project to the token's role under "
        "Organization settings → Roles in LaunchDarkly.",
        links=(links.PRIVATE_PROJECTS_DOCS, links.LAUNCHDARKLY_PROJECTS),
        evidence={"account": _account(facts), "client_side_id": wanted, "projects_seen": len(projects)},
    )


def _of_another_account(facts: Facts, wanted: str) -> Findings:
    return failed(
        "The client-side ID and the token belong to different accounts.",
        cause="This token can see every project of its account, and no environment there has this ID.",
        fix=f"{_PICK[:-1]}, or paste a token from the account that the ID belongs to.",
        links=(links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
        evidence={"account": _account(facts), "client_side_id": wanted},
    )


def _account(facts: Facts) -> str:
    if isinstance(facts.account_name, str) and facts.account_name:
        return facts.account_name
    return facts.caller.account_id if isinstance(facts.caller, Caller) else ""


def _sees_every_project(facts: Facts) -> bool:
    """Return whether the token can view every project, so that a missing one belongs to another account."""
    grant = need_grant(facts)
    statements = [statement for policy in grant.policies for statement in policy.statements]
    if any(statement.effect == "deny" or statement.not_resources for statement in statements):
        return False
    unnamed = Target("a-project-that-no-policy-names", "any", None, None, None)
    return judge("viewProject", grant, unnamed).verdict is Verdict.ALLOW


def _project(facts: Facts, answers: Answers) -> Findings:
    """Judge the project. Whether a sync has to be able to view it is unverified (docs/launchdarkly.md#statements)."""
    if facts.projects == () and facts.project is None:
        return unknown(
            "The token is valid, but it can't see any project.",
            cause="The token's role doesn't include the action viewProject.",
            fix="In LaunchDarkly, go to Organization settings → Roles and add viewProject on the project to the "
            "token's role.",
            links=(links.PRIVATE_PROJECTS_DOCS,),
        )
    key = need_answer(answers.project, "the project")
    if is_failure(facts.project, FailureKind.NOT_FOUND):
        return failed(
            f"LaunchDarkly has no project with the key {key}.",
            cause="The project was deleted, or it has another key.",
            fix=_PICK,
            links=(links.LAUNCHDARKLY_PROJECTS,),
            evidence={"project": key},
        )
    if is_closed(facts.project):
        return _hidden(facts.project, key)
    project = need(facts.project, "the project")
    return passed(f"The token can view {project.name or project.key}.", evidence={"project": project.key})


def _hidden(refused: Failure, key: str) -> Findings:
    (finding,) = no_answer(refused, "the project")
    return unknown(
        f"This token can't view the project {key}.",
        cause="The token's role doesn't include the action viewProject in this project. The wizard needs this for its "
        "checks. LaunchDarkly doesn't document whether a sync needs it too.",
        fix=f"In LaunchDarkly, go to Organization settings → Roles and add viewProject on proj/{key} to the token's "
        "role.",
        links=(links.PRIVATE_PROJECTS_DOCS, links.ROLE_POLICIES_DOCS),
        evidence={"project": key, **finding.evidence},
    )


def _environment(facts: Facts, answers: Answers) -> Findings:
    project = need(facts.project, "the project")
    key = need_answer(answers.environment, "the environment")
    found = project.environment(key)
    if found is None:
        return failed(
            f"The project {project.name or project.key} has no environment with the key {key}.",
            cause="The environment was deleted, or it has another key.",
            fix=_PICK,
            links=(links.LAUNCHDARKLY_ENVIRONMENTS.to(project=project.key, environment=key),),
            evidence={"project": project.key, "environment": key},
        )
    if answers.client_side_id and answers.client_side_id != found.client_side_id:
        meant = subjects.find_environment(answers.client_side_id, facts)
        belongs = f"belongs to {subjects.place_name(meant)}" if meant else "belongs to another environment"
        return failed(
            f"You chose {subjects.place_name((project, found))}, but the client-side ID {belongs}.",
            cause="The ID was copied from another environment.",
            fix=_PICK,
            links=(links.LAUNCHDARKLY_ENVIRONMENTS.to(project=project.key, environment=key),),
            evidence={"project": project.key, "environment": key, "client_side_id": answers.client_side_id},
        )
    return passed(f"{subjects.place_name((project, found))} exists.", evidence={"environment": key})


CLIENT_SIDE_ID = Check(
    "launchdarkly.client_side_id",
    "Client-side ID",
    STEP,
    _client_side_id,
    (launchdarkly_token.INSTANCE,),
    reads=("client_side_id_exists", "projects"),
)
PAIR = Check(
    PAIR_ID,
    "Token and client-side ID",
    STEP,
    _pair,
    (launchdarkly_token.VALID, CLIENT_SIDE_ID),
    reads=("projects", "account_name"),
)
PROJECT = Check(
    "launchdarkly.project",
    "Project",
    STEP,
    _project,
    (launchdarkly_token.VALID, PAIR),
    reads=("project",),
)
ENVIRONMENT = Check(
    "launchdarkly.environment",
    "Environment",
    STEP,
    _environment,
    (PROJECT, PAIR),
    reads=("project",),
)
CHECKS = (CLIENT_SIDE_ID, PAIR, PROJECT, ENVIRONMENT)
