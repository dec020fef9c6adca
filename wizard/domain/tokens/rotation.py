"""How far a rotation of the destination's token is. The tokens themselves show it, so any run can go on with it.

The new token's description names the token that it replaces. The destination's ending tells which of the two it holds.
See docs/launchdarkly.md#rotating-a-token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Destination
from wizard.domain.tokens import made_token


@dataclass(frozen=True, slots=True)
class Rotation:
    """The two tokens and the destination between them."""

    destination: Destination
    old: Token | None  # None: LaunchDarkly lists none that ends like the destination's, or several
    new: Token | None = None  # begun by an earlier run
    is_in_place: bool = False  # the destination holds the new token already
    left: tuple[Token, ...] = ()  # others that the wizard made and no destination holds

    @property
    def is_old_ours(self) -> bool:
        return self.old is not None and made_token.is_the_wizards(self.old)


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
    endings = {one.token_last_four for one in destinations}
    for token in ours:
        replaced = by_id.get(made_token.replaced_by(token))
        if replaced is not None and held is not None and _is_under_way(token, replaced, held):
            left = _left(ours, endings, token, replaced)
            return Rotation(destination, replaced, token, held.id == token.id, left)
    return Rotation(destination, held, left=_left(ours, endings, held))


def _is_under_way(token: Token, replaced: Token, held: Token) -> bool:
    """Return whether a rotation is to be gone on with. Once in place, one that leaves another's token alone is over."""
    return held.id == replaced.id or (held.id == token.id and made_token.is_the_wizards(replaced))


def _ending_like(destination: Destination, tokens: Iterable[Token]) -> Token | None:
    fitting = [token for token in tokens if token.last_four == destination.token_last_four != ""]
    return fitting[0] if len(fitting) == 1 else None


def _left(ours: Iterable[Token], endings: set[str], *kept: Token | None) -> tuple[Token, ...]:
    return tuple(token for token in ours if token not in kept and token.last_four not in endings)
