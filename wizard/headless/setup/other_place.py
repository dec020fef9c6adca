"""Look at another environment or audience than the setup's, for a command that doesn't change the setup."""

from __future__ import annotations

from dataclasses import replace

from wizard.flow.walk import Walk
from wizard.headless.refusal import Refused, quoted


def refuse_half_a_place(environment: str) -> None:
    """Raise Refused for a text that isn't PROJECT/ENVIRONMENT."""
    project, _, key = environment.partition("/")
    if environment and not (project and key and "/" not in key):
        raise Refused(f"--environment {quoted(environment)}: give a project and an environment, as shop/production.")


def use_other_place(walk: Walk, environment: str, audience: str = "", space: str = "") -> bool:
    """Use another place without saving it; return whether it differs from the setup's. Raises Refused."""
    refuse_half_a_place(environment)
    before = answers = walk.state.answers
    project, _, key = environment.partition("/")
    if environment and (project, key) != (answers.project, answers.environment):
        answers = replace(answers, project=project, environment=key, client_side_id="", destination="", beside=())
    if audience:
        answers = replace(answers, audiences=(audience,), space=space or answers.space)
    if answers != before:
        walk.take(answers)
    return answers != before
