"""Draft the service token's change: compare what the destination needs with what the wizard made before."""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks.launchdarkly import launchdarkly_made_token
from wizard.domain.facts import Facts, is_closed, is_making_a_token
from wizard.domain.planning.change import TOKEN, Action, Change
from wizard.domain.planning.ground import NotKnown
from wizard.domain.services.launchdarkly import Token
from wizard.domain.tokens import held_token, made_token
from wizard.domain.wanted import environment_words

_LOST = "An earlier run created it and ended before it stored the secret. Nothing uses the old secret."
_NOT_SEEN = (
    "The wizard can't see whether the destination holds it. If not, delete the token in LaunchDarkly and start again."
)
_IN_USE = "The destination already holds it."


def token_change(facts: Facts, answers: Answers, destination: Change | NotKnown) -> Change | NotKnown | None:
    """Return the change for the token; None if the user gave the token, or if nothing needs one."""
    if not answers.make_token:
        return None
    if not is_making_a_token(facts, answers):
        given = made_token.given(facts, answers)
        return _kept(facts, given, "It's already right.") if given else None
    if not isinstance(facts.made_tokens, tuple) and not is_closed(facts.made_tokens):
        return launchdarkly_made_token.LEFT.id
    if isinstance(destination, Change) and not _takes_a_token(destination):
        return _of_the_destination(facts, answers)
    left = made_token.left_over(facts, answers)
    if not left and (unseen := _may_be_in_use(facts, answers)):
        return _kept(facts, unseen, _NOT_SEEN)
    return _renewed(facts, left[0]) if left else _new(facts, answers)


def _may_be_in_use(facts: Facts, answers: Answers) -> Token | None:
    """Return a token that the wizard made and a destination may hold, where destinations can't be seen."""
    made = made_token.ours(facts, answers)
    return made[0] if made and not isinstance(facts.destinations, tuple) else None


def _takes_a_token(destination: Change) -> bool:
    return "token" in (destination.after or {}).get("settings", {})


def _of_the_destination(facts: Facts, answers: Answers) -> Change | None:
    ours = made_token.held(made_token.ours(facts, answers), facts, answers)
    if ours:
        return _kept(facts, ours, _IN_USE)
    other = held_token.other_token(facts, answers)
    return _kept(facts, other, f"{_IN_USE} Someone else created it.", Action.ADOPT) if other else None


def _kept(facts: Facts, token: Token, reason: str, action: Action = Action.NONE) -> Change:
    title = _title(token.name or "without a name")
    summary = f"{title}: {'keep it' if action is Action.NONE else 'use it'} as it is."
    return Change(
        TOKEN, action, title, summary, reason, facts.launchdarkly_host, None, None, undoable=False, resource_id=token.id
    )


def _new(facts: Facts, answers: Answers) -> Change:
    name, where = made_token.wanted_name(facts, answers), environment_words(facts, answers)
    return Change(
        TOKEN,
        Action.CREATE,
        _title(name),
        f"Create the service token {name}, with {_rights(answers)}.",
        f"Segment needs a token for {where}. The wizard puts it into the destination, and nobody sees it.",
        facts.launchdarkly_host,
        None,
        made_token.as_asked_for(facts, answers),
        undoable=True,
    )


def _renewed(facts: Facts, left: Token) -> Change:
    return Change(
        TOKEN,
        Action.UPDATE,
        _title(left.name),
        f"Reset the service token {left.name}, which ends in {left.last_four}.",
        _LOST,
        facts.launchdarkly_host,
        {"secret": f"ends in {left.last_four}"},
        {"secret": "a new one"},
        undoable=True,
        resource_id=left.id,
    )


def _rights(answers: Answers) -> str:
    return f"the {answers.token_role.capitalize()} role" if answers.token_role else "the smallest policy"


def _title(name: str) -> str:
    return f"Token {name}"
