"""What the four steps of one rotation share, and hand on from one to the next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wizard.domain.services.launchdarkly import MadeToken, Token
from wizard.domain.tokens.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, read_paste
from wizard.domain.tokens.rotation import Rotation
from wizard.flow.reading.clients import segment_of
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.writing.changes.make_token import TokenMaker
from wizard.flow.writing.changes.write_once import Writer

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.flow.walk import Walk


class RotationRun:
    """One rotation under way. LaunchDarkly is read with the maker's token: the new one's use has to be Segment's."""

    def __init__(self, walk: Walk, maker: SecretStr, rotation: Rotation, within_s: float) -> None:
        self.walk, self.rotation, self.within_s = walk, rotation, within_s
        self.ports, self.state, self.session = walk.ports, walk.state, walk.session
        self.client = walk.ports.services.launchdarkly(maker, credential=MAKER_TOKEN)
        self.access_tokens = walk.ports.services.access_tokens(maker)
        self.segment = segment_of(walk.ports, walk.state)
        self.lists = lists_of(walk.ports, walk.state)
        self.writer = Writer(walk.session, walk.ports.clock, walk.session.saved.journal)
        self.maker = TokenMaker(walk.ports, maker, self.writer, walk.session)
        self.made: MadeToken | None = None  # with its secret; None where the destination holds it already
        self.new: Token | None = rotation.new if rotation.is_in_place else None
        self.since: datetime | None = None  # when the destination got it
        self.used_before: datetime | None = None  # when it was last used before that

    def take_the_token(self) -> None:
        """Read with the new token from now on, once the destination holds it."""
        if self.made is not None and self.since is not None:
            paste = read_paste(self.made.secret.get_secret_value())
            self.walk.own_tokens[self.walk.own_token_name] = self.made.secret
            self.walk.set_state(self.walk.state.with_token(LAUNCHDARKLY_TOKEN, paste))
        self.walk.forget_slots("destinations", "destination_tokens", "made_tokens")
