"""How far a rotation of the destination's token is. The tokens themselves show it, so any run can continue it.

The new token's description names the token that it replaces. The last four characters in the destination tell which of
the two it holds. See docs/launchdarkly.md#rotating-a-token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Destination
from wizard.domain.tokens import made_token


@dataclass(frozen=True, slots=True)
class Rotation:
    """The destination of a rotation, and its old and new token."""

    destination: Destination
    old: Token | None  # None: LaunchDarkly lists no token with the destination's last four, or several
    new: Token | None = None  # begun by an earlier run
    is_in_place: bool = False  # the destination holds the new token already
    left: tuple[Token, ...] = ()  # others that the wizard made and no destination holds
    also_held_by: str = ""  # the name of another destination that holds the old token

    @property
    def may_delete_the_old(self) -> bool:
        """Return whether the wizard made the old token, and no other destination holds it."""
        return self.old is not None and made_token.is_the_wizards(self.old) and not self.also_held_by


def rotation_of(
    destination: Destination,
    destinations: Iterable[Destination],
    tokens: tuple[Token, ...],
    facts: Facts,
    answers: Answers,
) -> Rotation:
    """Return the state of a rotation; `tokens` are all that the admin's token can see."""
    by_id = {token.id: token for token in tokens}
    ours = sorted((token for token in tokens if made_token.is_ours(token, facts, answers)), key=made_token.age)
    held = _ending_like(destination, tokens)
    others = {one.token_last_four: one.name for one in destinations if one.id != destination.id}
    endings = {*others, destination.token_last_four}
    for token in ours:
        replaced = by_id.get(made_token.replaced_by(token))
        if replaced is not None and held is not None and _is_under_way(token, replaced, held, others):
            left = _left(ours, endings, token, replaced)
            return Rotation(destination, replaced, token, held.id == token.id, left, _holder(replaced, others))
    return Rotation(destination, held, left=_left(ours, endings, held), also_held_by=_holder(held, others))


def _is_under_way(token: Token, replaced: Token, held: Token, others: Mapping[str, str]) -> bool:
    """Return whether a rotation has to continue. It's over once the new token is in place if the old one must stay."""
    may_go = made_token.is_the_wizards(replaced) and replaced.last_four not in others
    return held.id == replaced.id or (held.id == token.id and may_go)


def _holder(token: Token | None, others: Mapping[str, str]) -> str:
    return others.get(token.last_four, "") if token is not None and token.last_four else ""


def _ending_like(destination: Destination, tokens: Iterable[Token]) -> Token | None:
    fitting = [token for token in tokens if token.last_four == destination.token_last_four != ""]
    return fitting[0] if len(fitting) == 1 else None


def _left(ours: Iterable[Token], endings: set[str], *kept: Token | None) -> tuple[Token, ...]:
    return tuple(token for token in ours if token not in kept and token.last_four not in endings)
