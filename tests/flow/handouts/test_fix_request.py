"""The request for a fix from a diagnosis: a text for a chat, clear to a person who doesn't have this wizard."""

from __future__ import annotations

from tests.domain.sample_facts import healthy_answers, healthy_facts
from wizard.domain.answers import Secrets
from wizard.domain.diagnosis.cause import Proof, Request, Verdict
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.words import Copy
from wizard.flow.handouts.fix_request import fix_request
from wizard.flow.request_card import NEVER_IN_A_CHAT
from wizard.flow.state import State

STATE = State(healthy_facts(), healthy_answers(), Secrets())
END = Diagnosis(
    "token-role",
    "Your token isn't allowed to change members.",
    "Ask a LaunchDarkly admin to create a service token.",
    proofs=(Proof(Verdict.CONFIRMS, "The creator had fewer rights, as you said."),),
    links=("https://app.launchdarkly.com/settings/authorization/tokens/new",),
    copies=(Copy("Policy", "[]"),),
    request=Request("a LaunchDarkly admin", "create a service token with the policy below", makes_token=True),
)


def test_it_says_what_is_wrong_what_to_do_and_where() -> None:
    assert fix_request(END, STATE).splitlines() == [
        "Request: a fix for syncing Twilio Segment audiences to LaunchDarkly, in shop / production",
        "",
        "WHAT IS WRONG",
        "Our token isn't allowed to change members.",
        "- The creator had fewer rights.",
        "",
        "WHAT TO DO",
        "Create a service token with the policy below.",
        "Policy: []",
        "",
        "PAGES",
        "Organization settings → Authorization → Create token",
        "https://app.launchdarkly.com/settings/authorization/tokens/new",
        "",
        "HOW TO SEND ME THE TOKEN",
        NEVER_IN_A_CHAT,
    ]


def test_where_nobody_else_has_to_do_anything_there_is_none() -> None:
    assert not fix_request(Diagnosis("nothing-wrong", "Nothing is wrong.", "You don't have to do anything."), STATE)
