"""The state of a setup: facts, answers and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wizard.domain.answers import Answers, Secrets
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, Credential, Paste
from wizard.domain.facts import Facts
from wizard.flow.profile.journal import Entry, Resource
from wizard.text import last_four

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class State:
    """Where a setup stands: what was read, what the user answered, and the tokens. Frozen; a change is a new State."""

    facts: Facts
    answers: Answers = field(default_factory=Answers)
    secrets: Secrets = field(default_factory=Secrets)
    made: tuple[Entry, ...] = ()  # the journal's entries of what this setup made and didn't take back
    first_rows: Mapping[str, tuple[Any, ...]] = field(
        default_factory=dict
    )  # by slot: the first rows of a list whose rest is still being read
    looks_up: bool = False  # only the chosen project and audiences are read, by their keys, instead of whole lists
    reads_as_maker: bool = False  # even if there is a service token, which a rotation must not use
    is_policy_refused: bool = False  # LaunchDarkly refused to make a token with an inline policy
    sandbox: str = ""  # the scenario's name when both services are simulated
    good_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)  # by slot: tokens that work in the sandbox

    def with_token(self, credential: Credential, paste: Paste) -> State:
        """Return the state with a token and what we know about it without a call. An empty paste removes the token."""
        from pydantic import SecretStr  # here, so that the rules load without it

        token = SecretStr(paste.text) if paste.text else None
        shape = paste.shape if paste.text else None
        if credential.slot == LAUNCHDARKLY_TOKEN.slot:
            ending = last_four(paste.text)
            facts = replace(self.facts, launchdarkly_token_shape=shape, launchdarkly_token_last_four=ending)
            return replace(self, facts=facts, secrets=replace(self.secrets, launchdarkly_token=token))
        if credential.slot == MAKER_TOKEN.slot:
            facts = replace(self.facts, maker_token_shape=shape)
            return replace(self, facts=facts, secrets=replace(self.secrets, maker_token=token))
        facts = replace(self.facts, segment_token_shape=shape)
        return replace(self, facts=facts, secrets=replace(self.secrets, segment_token=token))

    @property
    def has_made_a_token(self) -> bool:
        return any(entry.kind is Resource.TOKEN for entry in self.made)

    @property
    def launchdarkly_reader(self) -> SecretStr | None:
        """Return the token to read LaunchDarkly with: the admin's (`maker_token`) until there is a service token."""
        given, maker = self.secrets.launchdarkly_token, self.secrets.maker_token
        if self.reads_as_maker:
            return maker or given
        return given or (maker if self.answers.make_token else None)

    def ending(self, credential: Credential) -> str:
        """Return the last four characters of a token; empty while there is none."""
        token = self.secrets.of(credential)
        return last_four(token.get_secret_value()) if token else ""
