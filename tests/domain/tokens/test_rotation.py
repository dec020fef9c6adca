"""How far a rotation is, told by the tokens and the destination alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.checks.launchdarkly.test_launchdarkly_made_token import OLDER, OURS
from tests.domain.sample_facts import DESTINATION, NOW, TOKEN, healthy_answers, healthy_facts
from wizard.domain.services.launchdarkly import Token
from wizard.domain.tokens import made_token
from wizard.domain.tokens.rotation import Rotation, rotation_of

FACTS, ANSWERS = healthy_facts(), healthy_answers()
THEIRS = replace(TOKEN, id="2123456789abcdef01234567", last_four="9z9z")


def _replacing(old: Token) -> Token:
    said = made_token.description(FACTS, ANSWERS, NOW, replaces=old.id)
    return replace(OURS, id="3123456789abcdef01234567", last_four="n3w1", description=said)


def _rotation(holds: Token, *tokens: Token) -> Rotation:
    destination = replace(DESTINATION, token_last_four=holds.last_four)
    return rotation_of(destination, (destination,), tokens, FACTS, ANSWERS)


@pytest.mark.parametrize(
    ("holds", "tokens", "old", "new", "is_in_place"),
    [
        pytest.param(OURS, (OURS,), OURS, None, False, id="nothing was begun"),
        pytest.param(THEIRS, (THEIRS,), THEIRS, None, False, id="another's"),
        pytest.param(OLDER, (OLDER, _replacing(OLDER)), OLDER, _replacing(OLDER), False, id="made, not in place"),
        pytest.param(_replacing(OLDER), (OLDER, _replacing(OLDER)), OLDER, _replacing(OLDER), True, id="in place"),
        pytest.param(_replacing(OLDER), (_replacing(OLDER),), _replacing(OLDER), None, False, id="over"),
        pytest.param(THEIRS, (THEIRS, _replacing(THEIRS)), THEIRS, _replacing(THEIRS), False, id="another's, made"),
        pytest.param(_replacing(THEIRS), (THEIRS, _replacing(THEIRS)), _replacing(THEIRS), None, False,
                     id="another's stays, so it's over"),
        pytest.param(OURS, (OURS, replace(THEIRS, last_four=OURS.last_four)), None, None, False, id="two end alike"),
        pytest.param(OURS, (), None, None, False, id="none ends like it"),
    ],
)  # fmt: skip
def test_it_is_recognized_by_ending_and_description(
    holds: Token, tokens: tuple[Token, ...], old: Token | None, new: Token | None, is_in_place: bool
) -> None:
    found = _rotation(holds, *tokens)
    assert (found.old, found.new, found.is_in_place, found.left) == (old, new, is_in_place, ())


@pytest.mark.parametrize("id_", ["7", "tok_01HZX-Q", "f" * 64])
def test_a_rotation_goes_on_whatever_form_ids_have(id_: str) -> None:
    old = replace(OLDER, id=id_)
    assert _rotation(old, old, _replacing(old)).new == _replacing(old)


def test_a_token_with_a_copied_description_is_never_deleted() -> None:
    copied = replace(OLDER, name="Relay Proxy")
    assert _rotation(OLDER, OLDER).may_delete_the_old
    assert not _rotation(copied, copied).may_delete_the_old


def test_what_no_destination_holds_is_left_over() -> None:
    lost = replace(OURS, id="4123456789abcdef01234567", last_four="l0st", created_at=NOW - timedelta(days=1))
    assert _rotation(OURS, OURS, lost).left == (lost,)
    elsewhere = replace(DESTINATION, id="dst_2", token_last_four="l0st")
    here = replace(DESTINATION, token_last_four=OURS.last_four)
    assert rotation_of(here, (here, elsewhere), (OURS, lost), FACTS, ANSWERS).left == ()
