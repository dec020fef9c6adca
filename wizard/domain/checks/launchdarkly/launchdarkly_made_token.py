"""Service tokens that the wizard made and that no destination holds, so nobody can use them.

See docs/launchdarkly.md#making-and-deleting-tokens.
"""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check, Findings, need, not_judged, passed, warned
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.facts import Facts
from wizard.domain.services import links
from wizard.domain.step_id import StepId
from wizard.domain.tokens import made_token
from wizard.text import count


def _left(facts: Facts, answers: Answers) -> Findings:
    """Warn of tokens whose secret is lost, and of a rotation that ended early."""
    if not answers.make_token and facts.made_tokens is None:
        return not_judged("Not checked: the wizard doesn't create service tokens here.")
    need(facts.made_tokens, "the tokens that the wizard made")
    left = made_token.left_over(facts, answers)
    if not left:
        return passed("No token that the wizard created is left over.")
    endings = ", ".join(token.last_four for token in left)
    return warned(
        f"The wizard created {count(len(left), 'service token')} for this environment that no destination holds: "
        f"{left[0].name}, which ends in {endings}.",
        cause="A run ended before it put the token into the destination, or in the middle of a rotation.",
        fix="Apply the plan in Review (audience-wizard apply) or rotate again (audience-wizard rotate). Or delete "
        "the token in LaunchDarkly under Organization settings → Authorization.",
        links=(links.LAUNCHDARKLY_TOKENS,),
        evidence={"tokens": [token.id for token in left], "name": left[0].name},
    )


LEFT = Check(
    "launchdarkly.made_token.left",
    "Tokens that the wizard created",
    StepId.LAUNCHDARKLY,
    _left,
    (launchdarkly_token.VALID,),
    matters=False,
    reads=("made_tokens", "destinations"),
)
CHECKS = (LEFT,)
