"""The service token that the wizard makes: its name, its description, its rights, and how it's found again.

A run that ends between making and storing the token loses the secret. By the name and the description, the next run, on
any machine, recognizes the token as the wizard's. See docs/launchdarkly.md#making-and-deleting-tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts, listed, own_token_id, workspace_id
from wizard.domain.services.launchdarkly import Caller, Token
from wizard.domain.tokens import held_token
from wizard.domain.tokens.permissions import Target, policy_statements
from wizard.domain.wanted import place_keys, requires_approvals
from wizard.text import plain

WRITER = "writer"
_MADE_BY = "Made by Audience Wizard"
_REPLACES = re.compile(r"Replaces the token ([\w-]+)\. \[")
_NAME = "Segment Audiences - "


def token_name(project: str, environment: str) -> str:
    return f"{_NAME}{project} / {environment}"


def wanted_name(facts: Facts, answers: Answers) -> str:
    """Return the name of the token for the chosen environment; empty while its keys aren't known."""
    keys = place_keys(facts, answers)
    return token_name(*keys) if all(keys) else ""


def description(facts: Facts, answers: Answers, now: datetime, *, replaces: str = "") -> str:
    """Return who made the token, when and for what; `replaces`: the ID of the token that a rotation replaces."""
    day = f"{now.day} {now:%B %Y, %H:%M} UTC"
    rotated = f" Replaces the token {replaces}." if replaces else ""
    return f"{_MADE_BY} on {day}{_for_whom(facts)}.{rotated} {_mark(facts, answers)}"


def _for_whom(facts: Facts) -> str:
    token, caller = facts.token, facts.caller
    owner = token.owner if isinstance(token, Token) else ""
    named = caller.token_name if isinstance(caller, Caller) else ""
    who = plain(owner or (f"the token {named}" if named else ""), 80)
    return f" for {who}" if who else ""


def _mark(facts: Facts, answers: Answers) -> str:
    """Return the end of the description. It names workspace and space, because each of them has its own token."""
    return f"[Segment workspace {workspace_id(facts) or '-'}, space {answers.space or '-'}]"


def replaced_by(token: Token) -> str:
    """Return the ID of the token that this one was made to replace; empty when it replaces none."""
    found = _REPLACES.search(token.description)
    return found[1] if found else ""


# --- found again --------------------------------------------------------------------------------------------------


def ours(facts: Facts, answers: Answers) -> tuple[Token, ...]:
    """Return the tokens that the wizard made for this environment, workspace and space, newest first."""
    seen = listed(facts.made_tokens)
    found = (token for token in seen if is_ours(token, facts, answers))
    return tuple(sorted(found, key=age))


def is_ours(token: Token, facts: Facts, answers: Answers) -> bool:
    has_our_name = token.name == wanted_name(facts, answers) != ""
    return has_our_name and token.description.startswith(_MADE_BY) and token.description.endswith(_mark(facts, answers))


def is_the_wizards(token: Token) -> bool:
    """Return whether the wizard made the token, for any environment.

    The description alone isn't enough to delete a token: people copy descriptions.
    """
    return token.name.startswith(_NAME) and token.description.startswith(_MADE_BY)


def age(token: Token) -> float:
    return -token.created_at.timestamp() if token.created_at else 0.0


def held(tokens: Iterable[Token], facts: Facts, answers: Answers) -> Token | None:
    """Return the token that the destination holds, by its last four characters; None if it's none of these."""
    ending = held_token.ending_of(facts, answers)
    return next((token for token in tokens if ending and token.last_four == ending), None)


def left_over(facts: Facts, answers: Answers) -> tuple[Token, ...]:
    """Return the wizard's tokens that nobody uses: no destination holds them, and this run wasn't given them.

    If destinations can't be read, only tokens that were never used are certainly unused.
    """
    endings = held_token.endings(facts)
    sees_all = isinstance(facts.destinations, tuple)
    own = given(facts, answers)
    made = (token for token in ours(facts, answers) if token != own)
    return tuple(t for t in made if t.last_four not in endings and (sees_all or t.last_used is None))


def given(facts: Facts, answers: Answers) -> Token | None:
    """Return the token that this run was given, if the wizard made it, else None."""
    own = own_token_id(facts)
    return next((token for token in ours(facts, answers) if token.id == own), None)


# --- what it may do -----------------------------------------------------------------------------------------------


def as_asked_for(facts: Facts, answers: Answers) -> dict[str, object]:
    """Return a new token in the form that a plan shows."""
    target = held_token.target_of(facts, answers)
    rights = wanted_rights(facts, answers, target) if target else {}
    shown = {"policy": rights["inlineRole"]} if "inlineRole" in rights else rights
    return {"name": wanted_name(facts, answers), "service_token": True, **shown}


def wanted_rights(facts: Facts, answers: Answers, target: Target) -> dict[str, object]:
    """Return the rights to request for a new token, in the form of LaunchDarkly's API: a policy or a base role."""
    if answers.token_role:
        return {"role": answers.token_role}
    approvals = requires_approvals(facts, answers)
    return {"inlineRole": policy_statements(target.project, target.environment, bypass_approvals=approvals)}
