"""The protocols for what the flow needs from LaunchDarkly (`ports.py` says what every call may return)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from wizard.domain.facts import Reach
from wizard.domain.failure import Failure
from wizard.domain.services.flag import FlagDetails
from wizard.domain.services.launchdarkly import (
    Allowlist,
    Caller,
    ContextKind,
    CustomRole,
    Flag,
    FlagValue,
    Instance,
    KeyShapes,
    LaunchDarklySegment,
    Member,
    PersistentStore,
    Project,
    Sdk,
    SegmentWrite,
    Token,
)


class LaunchDarkly(Protocol):
    """LaunchDarkly's REST API with one token (docs/launchdarkly.md#what-the-wizard-reads).

    Only `change_rules` writes.
    """

    async def reach(self) -> Reach | Failure:
        """Return the host's clock skew; even a refusal counts as reached, so no kind of refusal is returned."""
        ...

    async def caller(self) -> Caller | Failure:
        """Return who the token is; UNAUTHORIZED means that this instance doesn't know the token."""
        ...

    async def instance(self) -> Instance | Failure:
        """Return the other instance that knows the token; UNAUTHORIZED when none does.

        Sends the token to both, so only the commercial instance's client asks; the others return NOT_FOUND.
        """
        ...

    async def account_name(self) -> str | Failure:
        """Return the account's name from an undocumented endpoint; closed on some accounts."""
        ...

    async def token(self, token_id: str) -> Token | Failure:
        """Return the token's metadata; closed for some tokens, which says nothing about their rights."""
        ...

    async def role(self, role_id: str) -> CustomRole | Failure:
        """Return a custom role with its policy; closed when the token isn't allowed to view roles."""
        ...

    async def member(self) -> Member | Failure:
        """Return a personal token's owner; closed for service tokens, which have none."""
        ...

    async def projects(
        self, first: Callable[[tuple[Project, ...]], None] = lambda _: None
    ) -> tuple[Project, ...] | Failure:
        """Return every project that the token may view, each with all of its environments.

        `first` receives those of the first page while the others are read.
        """
        ...

    async def project(self, key: str) -> Project | Failure:
        """Return one project with all of its environments; closed when the token isn't allowed to view it."""
        ...

    async def context_kinds(self, project: str) -> tuple[ContextKind, ...] | Failure:
        """Return the project's context kinds, archived ones included; closed when the project is."""
        ...

    async def stores(self) -> tuple[PersistentStore, ...] | Failure:
        """Return the account's persistent stores from a beta endpoint; FORBIDDEN means that it couldn't be checked."""
        ...

    async def synced_segments(
        self, project: str, environment: str, *, every: bool = False
    ) -> tuple[LaunchDarklySegment, ...] | Failure:
        """Return the environment's synced segments, newest first; closed when the environment is.

        If the list doesn't show which segments are synced, only the newest are opened to see it, or all with `every`.
        """
        ...

    async def segments_named(
        self, project: str, environment: str, name: str
    ) -> tuple[LaunchDarklySegment, ...] | Failure:
        """Return the segments of every kind with exactly this name, and what fills them if LaunchDarkly shows that.

        Closed when the environment is.
        """
        ...

    async def segment(self, project: str, environment: str, key: str) -> LaunchDarklySegment | Failure:
        """Return one segment with the flags that target it; NOT_FOUND until it exists."""
        ...

    async def fillers_listed(self, project: str, environment: str) -> tuple[int, int] | Failure:
        """Return how many segments of every kind the newest page lists, and how many of them show what fills them."""
        ...

    async def is_member(self, project: str, environment: str, segment: str, context_key: str) -> bool | Failure:
        """Return whether a context key is a member of the segment; NOT_FOUND until the segment exists."""
        ...

    async def tokens(self) -> tuple[Token, ...] | Failure:
        """Return every access token that this one may see: service tokens, and its owner's; closed for some roles."""
        ...

    async def segment_writes(
        self, project: str, environment: str, token_id: str, since: datetime | None
    ) -> tuple[SegmentWrite, ...] | Failure:
        """Return a token's newest changes of the environment's segments; closed when it can't view the audit log."""
        ...

    async def allowlist(self) -> Allowlist | Failure:
        """Return the account's IP allowlist from a beta endpoint; closed when the token isn't allowed to view it."""
        ...

    async def flags(self, project: str, environment: str) -> tuple[Flag, ...] | Failure:
        """Return the project's flags that aren't archived, and whether each is on; closed when the project is."""
        ...

    async def flags_by_segment(self, project: str, environment: str) -> Mapping[str, tuple[str, ...]] | Failure:
        """Return the keys of the flags whose rules use a segment, by the segment's key; closed as `flags`."""
        ...

    async def flag(self, project: str, environment: str, key: str) -> FlagDetails | Failure:
        """Return one flag with its rules in the environment; closed when it's gone or hidden."""
        ...

    async def change_rules(self, project: str, flag: str, body: Mapping[str, Any]) -> FlagDetails | Failure:
        """Add or remove a rule, and return the flag after it.

        Closed without the right; INVALID when the environment asks for an approval, or the body isn't understood.
        """
        ...

    async def flag_value(
        self, project: str, environment: str, flag: str, kind: str, context_key: str
    ) -> FlagValue | Failure:
        """Return what a flag serves to a context; NOT_FOUND when the evaluation doesn't name the flag."""
        ...

    async def evaluated_member(
        self, project: str, environment: str, segment: str, kind: str, context_key: str
    ) -> bool | Failure:
        """Return whether LaunchDarkly evaluates a context as a member; NOT_FOUND when the answer lacks the segment."""
        ...

    async def key_shapes(self, project: str, environment: str, kind: str) -> KeyShapes | Failure:
        """Return the shapes of recent context keys of a kind. The client drops the keys themselves."""
        ...

    async def sdks(self) -> tuple[Sdk, ...] | Failure:
        """Return the account's SDKs of the last day from a beta endpoint; closed without the right to view usage."""
        ...


class ClientSide(Protocol):
    """LaunchDarkly's host for client-side SDKs, which needs no token (docs/launchdarkly.md#client-side-id)."""

    async def reach(self) -> Reach | Failure:
        """Return the host's clock skew; even a refusal counts as reached."""
        ...

    async def knows(self, client_side_id: str) -> bool | Failure:
        """Return whether an environment of this instance has that client-side ID, in any account."""
        ...
