"""What LaunchDarkly has around the segment: the destination's token, stores and SDKs."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.diagnosis.evidence.gathered import Gathered
from wizard.domain.facts import listed
from wizard.domain.services.launchdarkly import PersistentStore, Sdk, Token
from wizard.domain.signals.sdks import is_server_side
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.domain.wanted import chosen_environment


@dataclass(frozen=True, slots=True)
class LaunchDarklyEvidence(Gathered):
    """The evidence about tokens, stores and SDKs."""

    @property
    def is_own_token(self) -> bool:
        """Return whether the destination holds the token that this wizard uses."""
        held = self.destination.token_last_four if self.destination else ""
        return bool(held) and held == self.facts.launchdarkly_token_last_four

    @property
    def is_seen_from_outside(self) -> bool:
        """Return whether the destination certainly holds another token than this wizard uses, as when support looks.

        Such users can't answer what only the app's developers know. False once a question was answered.
        """
        another = {Holding.KNOWN, Holding.UNKNOWN}
        return held_token.holding(self.facts, self.answers) in another and not self.given

    @property
    def held_token(self) -> Token | None:
        """Return the token in the destination, if LaunchDarkly shows exactly one with its last four characters."""
        if self.is_own_token:
            return self.facts.token if isinstance(self.facts.token, Token) else None
        return held_token.other_token(self.facts, self.answers)

    @property
    def holds_an_unknown_token(self) -> bool:
        """Return whether LaunchDarkly listed the tokens that are visible here, and none ends like the destination's."""
        seen = self.facts.destination_tokens
        return not self.is_own_token and isinstance(seen, tuple) and not seen

    @property
    def has_synced_segments(self) -> bool:
        return any(one.external or one.unbounded for one in listed(self.facts.segments))

    @property
    def stores(self) -> tuple[PersistentStore, ...] | None:
        """Return the persistent stores of the environment; None if they couldn't be read."""
        place = chosen_environment(self.facts, self.answers)
        if place is None or not isinstance(self.facts.stores, tuple):
            return None
        wanted = (place[0].key, place[1].key)
        return tuple(one for one in self.facts.stores if (one.project, one.environment) == wanted)

    @property
    def server_sdks(self) -> tuple[Sdk, ...] | None:
        """Return the server-side SDKs in use; None if LaunchDarkly doesn't say."""
        seen = self.facts.sdks_in_use
        return tuple(one for one in seen if is_server_side(one)) if isinstance(seen, tuple) else None
