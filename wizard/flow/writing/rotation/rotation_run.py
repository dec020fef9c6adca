"""The state that the four steps of a rotation share."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, read_paste
from wizard.domain.services.launchdarkly import MadeToken, Token
from wizard.domain.tokens.rotation import Rotation
from wizard.flow.reading.clients import segment_of
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.writing.changes.make_token import TokenMaker
from wizard.flow.writing.changes.write_once import Writer

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.flow.walk import Walk


class RotationRun:
    """A rotation in progress. It reads LaunchDarkly with the maker's token, so that only Segment uses the new one."""

    def __init__(self, walk: Walk, maker: SecretStr, rotation: Rotation, within_s: float) -> None:
        self.walk, self.rotation, self.within_s = walk, rotation, within_s
        self.ports, self.state, self.session = walk.ports, walk.state, walk.session
        self.client = walk.ports.services.launchdarkly(maker, credential=MAKER_TOKEN)
        self.access_tokens = walk.ports.services.access_tokens(maker)
        self.segment = segment_of(walk.ports, walk.state)
        self.lists = lists_of(walk.ports, walk.state)
        self.writer = Writer(walk.session, walk.ports.clock, walk.session.saved.journal)
        self.maker = TokenMaker(walk.ports, maker, self.writer, walk.session)
        self.made: MadeToken | None = None  # with its secret; None if the destination already has it
        self.new: Token | None = rotation.new if rotation.is_in_place else None
        self.since: datetime | None = None  # when the destination got the new token
        self.used_before: datetime | None = None  # when the new token was last used before that

    def take_the_token(self) -> None:
        """Let the walk use the new token from now on, if the destination has it."""
        if self.made is not None and self.since is not None:
            paste = read_paste(self.made.secret.get_secret_value())
            self.walk.own_tokens[self.walk.own_token_name] = self.made.secret
            self.walk.set_state(self.walk.state.with_token(LAUNCHDARKLY_TOKEN, paste))
        self.walk.forget_slots("destinations", "destination_tokens", "made_tokens")
