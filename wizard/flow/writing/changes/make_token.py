"""Make a service token, or give one that the wizard made a new secret, and see what it may really do.

The secret never leaves a `SecretStr`. A run that ends before anything holds it leaves a token that nobody can use. The
next run finds it by name and description. See docs/launchdarkly.md#making-and-deleting-tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wizard.domain.facts import is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import Caller, CustomRole, MadeToken, Member, Token
from wizard.domain.tokens.credentials import MAKER_TOKEN, slot_in
from wizard.domain.tokens.held_token import lacks_rights
from wizard.domain.tokens.permissions import Grant, Target, grant_of
from wizard.flow.outside.access_tokens import AccessTokens
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.vault import VaultRefused
from wizard.flow.profile.journal import Journal, Resource, Write
from wizard.flow.state import State
from wizard.flow.writing import result as results
from wizard.flow.writing.changes.write_once import LOST_SHOWN_LATER_S, SHOWN_LATER_S, Writer
from wizard.flow.writing.result import Trouble, trouble_of

if TYPE_CHECKING:
    from pydantic import SecretStr

_OLD_WORKS = timedelta(hours=1)
_MOST_RESETS = 3  # a new token rarely ends in the same four characters


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """The token to make; with `reset`, the ID of one that the wizard made, which gets a new secret instead."""

    change_id: str
    name: str
    description: str
    rights: Mapping[str, Any]
    within: Mapping[str, str]
    old_works_until: datetime  # of a reset: Segment may hold the old secret and not show it yet
    reset: str = ""
    other_endings: frozenset[str] = field(default_factory=frozenset)  # endings that tell other tokens

    @property
    def write(self) -> Write:
        """Return the journal's line: a token that was reset counts as made, since the wizard made it once."""
        after = {"name": self.name} if self.reset else {"name": self.name, "description": self.description}
        return Write(Resource.TOKEN, self.change_id, dict(self.within), None, after)


def old_works_until(now: datetime) -> datetime:
    """Return until when a reset leaves the old secret."""
    return now + _OLD_WORKS


class TokenMaker:
    """The token that may make others, at work."""

    def __init__(self, ports: Ports, maker: SecretStr, writer: Writer, journal: Journal) -> None:
        self._clock = ports.clock
        self._access_tokens: AccessTokens = ports.services.access_tokens(maker)
        self._client: LaunchDarkly = ports.services.launchdarkly(maker, credential=MAKER_TOKEN)
        self._writer = writer
        self._journal = journal

    async def make(self, order: TokenOrder) -> MadeToken | Failure:
        """Return the token with its secret. What a lost answer left behind is found and reset, never made again."""
        made = await (self._reset(order, order.reset) if order.reset else self._create(order))
        for _ in range(_MOST_RESETS):
            if isinstance(made, Failure) or made.token.last_four not in order.other_endings:
                break
            made = await self._reset(order, made.id)
        return made

    async def _create(self, order: TokenOrder) -> MadeToken | Failure:
        async def create() -> MadeToken | Failure:
            return await self._access_tokens.make(order.name, order.description, order.rights)

        made = await self._writer.answered(order.write, create)
        if not (isinstance(made, Failure) and made.may_have_happened):
            return made
        there = await self._made_after_all(order)
        if isinstance(there, Failure):
            return made
        return await (self._reset(order, there.id) if there else self._writer.answered(order.write, create))

    async def _made_after_all(self, order: TokenOrder) -> Token | Failure | None:
        """Look for the token that a lost answer may have been about."""
        seen: tuple[Token, ...] | Failure = ()
        for pause in LOST_SHOWN_LATER_S:
            await self._clock.sleep(pause)
            seen = await self._client.tokens()
            if isinstance(seen, Failure):
                continue
            for token in seen:
                if (token.name, token.description) == (order.name, order.description):
                    return token
        return seen if isinstance(seen, Failure) else None

    async def _reset(self, order: TokenOrder, token_id: str) -> MadeToken | Failure:
        """Reset a token that nothing holds, and again after a lost answer, since that secret is lost too."""
        made = await self._access_tokens.reset(token_id, order.old_works_until)
        if isinstance(made, Failure) and made.may_have_happened:
            made = await self._access_tokens.reset(token_id, order.old_works_until)
        if not isinstance(made, Failure):
            self._journal.made(order.write, made.id)
        return made

    async def why_refused(self, order: TokenOrder, failure: Failure) -> Trouble:
        """Return why LaunchDarkly made no token: the policy of its own, or what the maker may not.

        See docs/launchdarkly.md#making-and-deleting-tokens.
        """
        has_policy = "inlineRole" in order.rights and not order.reset
        if failure.kind is FailureKind.INVALID and has_policy:
            return results.no_policy(failure, is_likely=True)
        if failure.kind not in {FailureKind.FORBIDDEN, FailureKind.UNAUTHORIZED}:
            return trouble_of(failure)
        maker = await self._maker()
        if is_failure(maker, FailureKind.UNAUTHORIZED):
            return results.MAKER_REFUSED
        shows_custom_roles = isinstance(maker, Token) and bool(maker.inline_role or maker.custom_role_ids)
        names_them = "custom role" in failure.message.casefold()
        if not has_policy or (shows_custom_roles and not names_them):
            return results.maker_may_not(failure)
        is_admin = isinstance(maker, Token) and maker.role.casefold() in {"admin", "owner"}
        return results.no_policy(failure, is_likely=is_admin or names_them)

    async def _maker(self) -> Token | Failure | None:
        caller = await self._client.caller()
        if isinstance(caller, Failure):
            return caller
        return await self._client.token(caller.token_id) if caller.token_id else None

    async def trouble(self, target: Target) -> Trouble | None:
        """Return what the maker itself can't do, because a token that it makes can't either."""
        caller = await self._client.caller()
        if isinstance(caller, Failure):
            return trouble_of(caller)
        grant = await _grant(self._client, caller)
        return results.MAKER_TOO_WEAK if lacks_rights(grant, target) else None


async def new_token_trouble(ports: Ports, made: MadeToken, target: Target) -> Trouble | None:
    """Return why a new token won't do, as LaunchDarkly answers it; None when nothing speaks against it."""
    client = ports.services.launchdarkly(made.secret)
    caller = await _known(ports, client)
    if isinstance(caller, Failure):
        return trouble_of(caller)
    if caller.service_token is False:
        return results.NO_SERVICE_TOKEN
    project = await client.project(target.project)
    if isinstance(project, Failure):
        return results.NEW_TOKEN_SEES_NO_PROJECT if project.is_closed else trouble_of(project)
    token = await client.token(caller.token_id or made.id)
    grant = grant_of(made.token if isinstance(token, Failure) else token, None, None)
    return results.NEW_TOKEN_TOO_WEAK if lacks_rights(grant, target) else None


async def _known(ports: Ports, client: LaunchDarkly) -> Caller | Failure:
    """Return who the new token is; LaunchDarkly may know it a moment later."""
    caller = await client.caller()
    for pause in SHOWN_LATER_S[1:]:
        if not (isinstance(caller, Failure) and caller.kind is FailureKind.UNAUTHORIZED):
            break
        await ports.clock.sleep(pause)
        caller = await client.caller()
    return caller


async def _grant(client: LaunchDarkly, caller: Caller) -> Grant:
    token = await client.token(caller.token_id) if caller.token_id else None
    if not isinstance(token, Token):
        return grant_of(token, None, None)
    roles: dict[str, CustomRole | Failure] = {one: await client.role(one) for one in token.custom_role_ids}
    member: Member | Failure | None = await client.member() if token.service_token is False else None
    return grant_of(token, roles, member)


async def store(ports: Ports, state: State, made: MadeToken, name: str) -> str:
    """Store the secret in the keyring, unless the user wants memory only. Return where; empty when nowhere.

    `name`: under which a profile with several environments keeps it.
    """
    try:
        return await put(ports, state, made, name)
    except VaultRefused:
        return ""


async def put(ports: Ports, state: State, made: MadeToken, name: str) -> str:
    """Do as `store`, but raise VaultRefused where the keyring refuses."""
    if state.answers.keep_secrets is False:
        return ""
    return await ports.vault.put(slot_in(name), made.secret.get_secret_value())


def where_it_is(place: str) -> str:
    """Say where the secret of a token that was made is; `place`: as `store` returned it."""
    return f"The secret is stored in {place}." if place else "The secret is in memory for this run only."
