"""Make a service token, or give the wizard's own a new secret (a reset), and check what the token may really do.

The secret never leaves a `SecretStr`. If a run ends before the secret is stored anywhere, nobody can use the token. The
next run finds that token by its name and description. See docs/launchdarkly.md#making-and-deleting-tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wizard.domain.credentials import MAKER_TOKEN, slot_in
from wizard.domain.facts import is_failure
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import Caller, CustomRole, MadeToken, Member, Token
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
    """The token to make. `reset` is the ID of a token that the wizard made: it gets a new secret instead."""

    change_id: str
    name: str
    description: str
    rights: Mapping[str, Any]
    within: Mapping[str, str]
    old_works_until: datetime  # for a reset: Segment may still use the old secret
    reset: str = ""
    other_endings: frozenset[str] = field(default_factory=frozenset)  # of other tokens; ours must differ

    @property
    def write(self) -> Write:
        """Return the write for the journal. A reset token counts as made, because the wizard made it."""
        after = {"name": self.name} if self.reset else {"name": self.name, "description": self.description}
        return Write(Resource.TOKEN, self.change_id, dict(self.within), None, after)


def old_works_until(now: datetime) -> datetime:
    """Return the time until which the old secret works after a reset."""
    return now + _OLD_WORKS


class TokenMaker:
    """Makes and resets tokens with the admin's token (the maker)."""

    def __init__(self, ports: Ports, maker: SecretStr, writer: Writer, journal: Journal) -> None:
        self._clock = ports.clock
        self._access_tokens: AccessTokens = ports.services.access_tokens(maker)
        self._client: LaunchDarkly = ports.services.launchdarkly(maker, credential=MAKER_TOKEN)
        self._writer = writer
        self._journal = journal

    async def make(self, order: TokenOrder) -> MadeToken | Failure:
        """Return the token with its secret. After a lost answer, find and reset the token instead of making another."""
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
        """Return the token that a lost answer may have been about; None if it wasn't made."""
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
        """Reset a token that nothing uses. Reset it again after a lost answer, because the new secret was in it."""
        made = await self._access_tokens.reset(token_id, order.old_works_until)
        if isinstance(made, Failure) and made.may_have_happened:
            made = await self._access_tokens.reset(token_id, order.old_works_until)
        if not isinstance(made, Failure):
            self._journal.made(order.write, made.id)
        return made

    async def why_refused(self, order: TokenOrder, failure: Failure) -> Trouble:
        """Return why LaunchDarkly made no token: the inline policy, or the maker's rights.

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
        """Return why the maker's rights aren't enough, if so: a token that it makes can't do more than the maker."""
        caller = await self._client.caller()
        if isinstance(caller, Failure):
            return trouble_of(caller)
        grant = await _grant(self._client, caller)
        return results.MAKER_TOO_WEAK if lacks_rights(grant, target) else None


async def new_token_trouble(ports: Ports, made: MadeToken, target: Target) -> Trouble | None:
    """Return why a new token can't be used, judged by LaunchDarkly's answers to it; None if nothing is wrong."""
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
    """Return who the new token is. Retry for a moment, because LaunchDarkly may not know the token yet."""
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
    """Store the secret in the keyring, unless the user wants memory only. Return where it is; empty for memory.

    `name` is the environment's, in a profile with several environments.
    """
    try:
        return await put(ports, state, made, name)
    except VaultRefused:
        return ""


async def put(ports: Ports, state: State, made: MadeToken, name: str) -> str:
    """Store the secret as `store` does, but raise VaultRefused when the keyring refuses."""
    if state.answers.keep_secrets is False:
        return ""
    return await ports.vault.put(slot_in(name), made.secret.get_secret_value())


def where_it_is(place: str) -> str:
    """Say where the secret of a new token is; `place` is what `store` returned."""
    return f"The secret is stored in {place}." if place else "The secret is in memory for this run only."
