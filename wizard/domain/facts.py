"""The facts of a setup in one frozen value, from which checks and plans are made.

Each field that is read from a service belongs to one reading of `wizard.flow.journey`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, TypeGuard, TypeVar

from wizard.domain.answers import Answers
from wizard.domain.credentials import Shape
from wizard.domain.failure import Failure, FailureKind
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
from wizard.domain.services.segment import (
    Activation,
    Audience,
    AuditEvent,
    CatalogEntry,
    Connections,
    Delivery,
    Destination,
    Intake,
    Landing,
    Region,
    Source,
    Space,
    Subscription,
    Use,
    Workspace,
)

T = TypeVar("T")
Seen: TypeAlias = T | Failure | None
# The names of the fields of `Facts` that readings fill.
Slot = Literal[
    "vault",
    "launchdarkly_reach",
    "client_side_reach",
    "segment_reach",
    "caller",
    "other_instance",
    "account_name",
    "token",
    "roles",
    "member",
    "projects",
    "project",
    "client_side_id_exists",
    "context_kinds",
    "stores",
    "segments",
    "namesakes",
    "segments_elsewhere",
    "segment_details",
    "test_user_member",
    "made_tokens",
    "destination_tokens",
    "destination_token_roles",
    "flags",
    "flag_uses",
    "flag_values",
    "flag_targeting",
    "evaluated_member",
    "key_shapes",
    "sdks_in_use",
    "allowlist",
    "segment_writes",
    "fillers_listed",
    "audiences_under_v1",
    "metric_names",
    "delivery_names_mappings",
    "workspace",
    "spaces",
    "sources",
    "catalog",
    "destinations",
    "subscriptions",
    "audiences",
    "every_audience",
    "connections",
    "destination_use",
    "activations",
    "attach_by_api",
    "delivery",
    "intake",
    "landing",
    "audit",
]


def listed(seen: Seen[tuple[T, ...]]) -> tuple[T, ...]:
    """Return the listed things; an empty tuple if the list wasn't read yet or the call failed."""
    return seen if isinstance(seen, tuple) else ()


def known(seen: Seen[T]) -> T | None:
    """Return what was read; None if it wasn't read yet or the call failed."""
    return None if isinstance(seen, Failure) else seen


def is_closed(seen: object) -> TypeGuard[Failure]:
    """Return whether the service refused the call to this token. An outage isn't a refusal."""
    return isinstance(seen, Failure) and seen.is_closed


def is_answer(seen: object) -> bool:
    """Return False for a failure that leaves the question open, such as an outage. A refusal is an answer."""
    return not isinstance(seen, Failure) or seen.is_closed


def is_failure(seen: object, kind: FailureKind) -> TypeGuard[Failure]:
    return isinstance(seen, Failure) and seen.kind is kind


@dataclass(frozen=True, slots=True)
class VaultSeen:
    """Where secrets can live on this machine."""

    usable: bool
    backend: str  # what a person calls it: "macOS Keychain", "Secret Service", …
    why_not: str = ""  # empty when usable
    wanted: bool = True  # False: switched off, or this is the sandbox, which keeps nothing
    holds_some: bool = False  # secrets of this profile are stored there
    can_open: bool = True  # False: no keyring exists that could be started or unlocked


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a host answered at all, and how the clocks compare."""

    host: str
    clock_skew_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read for a setup at one moment, with a field (slot) for each reading.

    None means that the field wasn't read yet, or isn't needed. A `Failure` means that reading it failed. Mappings hold
    one entry for each thing that was read.
    """

    now: datetime
    # what this run was given
    launchdarkly_host: str = ""  # host names, without a scheme
    client_side_host: str = ""
    segment_host: str = ""
    launchdarkly_token_shape: Shape | None = None
    launchdarkly_token_last_four: str = ""
    maker_token_shape: Shape | None = None  # of the token that makes the service token
    segment_token_shape: Shape | None = None
    sources_taken: frozenset[str] = frozenset()  # ids of Engage sources for other environments' new destinations
    # what the profile remembers of this setup
    attached_at: datetime | None = None  # when attaching began
    repaired_at: datetime | None = None  # the wizard's last repair of the destination or its mapping
    sent_since_repair: frozenset[str] = frozenset()  # ids of the audiences whose members were all sent since
    rekeyed_at: datetime | None = None  # the wizard's last change of the mapping's context key or kind
    sent_since_rekeyed: frozenset[str] = frozenset()  # ids, like `sent_since_repair`
    known_segments: Mapping[str, datetime | None] = field(default_factory=dict)  # see `Saved.known_segments`
    used_elsewhere: frozenset[str] = frozenset()  # client-side IDs and destination ids of other environments
    found_segments: Mapping[str, str] = field(default_factory=dict)  # a segment's key by its audience's key, once found
    counted: Mapping[str, Landing] = field(default_factory=dict)  # by audience id: what earlier runs counted
    previews_used: int = 0  # by this profile, out of the space's monthly limit
    # this machine
    vault: VaultSeen | None = None
    launchdarkly_reach: Seen[Reach] = None
    client_side_reach: Seen[Reach] = None
    segment_reach: Seen[Reach] = None
    # LaunchDarkly
    caller: Seen[Caller] = None
    other_instance: Seen[Instance] = None  # read only after the commercial host refused the token
    account_name: Seen[str] = None
    token: Seen[Token] = None
    roles: Mapping[str, CustomRole | Failure] | None = None  # by the id that the token names
    member: Seen[Member] = None  # personal tokens only
    projects: Seen[tuple[Project, ...]] = None
    project: Seen[Project] = None  # the chosen one, read directly: the proof that it can be viewed
    client_side_id_exists: Seen[bool] = None
    context_kinds: Seen[tuple[ContextKind, ...]] = None
    stores: Seen[tuple[PersistentStore, ...]] = None
    segments: Seen[tuple[LaunchDarklySegment, ...]] = None  # synced ones of the chosen environment
    namesakes: Seen[tuple[LaunchDarklySegment, ...]] = None  # of any kind, with a chosen audience's segment name
    segments_elsewhere: Mapping[str, tuple[LaunchDarklySegment, ...] | Failure] = field(
        default_factory=dict
    )  # by key of another environment of the project; read only when the segment is due and missing
    segment_details: Mapping[str, LaunchDarklySegment | Failure] = field(default_factory=dict)  # by audience id
    test_user_member: Mapping[str, bool | Failure] = field(default_factory=dict)  # by audience id
    made_tokens: Seen[tuple[Token, ...]] = None  # service tokens with the name that the wizard gives its own
    # evidence that is read only when something asks for it (`Reading.on_request`)
    destination_tokens: Seen[tuple[Token, ...]] = None  # whose last four are the destination's; see `held_token`
    destination_token_roles: Mapping[str, CustomRole | Failure] | None = None  # by the id that such a token names
    flags: Seen[tuple[Flag, ...]] = None  # of the chosen project, to choose one that will use the segment
    flag_uses: Mapping[str, tuple[str, ...] | Failure] = field(
        default_factory=dict
    )  # keys of flags, by key of a segment with a chosen audience's name that isn't certainly its own
    flag_values: Mapping[str, FlagValue | Failure] = field(default_factory=dict)  # for the test user, by key of a flag
    flag_targeting: Mapping[str, FlagDetails | Failure] = field(default_factory=dict)  # by key of the flag in question
    evaluated_member: Mapping[str, bool | Failure] = field(
        default_factory=dict
    )  # by audience id: whether LaunchDarkly's evaluation counts the test user in
    key_shapes: Seen[KeyShapes] = None  # of the chosen context kind
    sdks_in_use: Seen[tuple[Sdk, ...]] = None  # of the chosen environment
    allowlist: Seen[Allowlist] = None
    segment_writes: Seen[tuple[SegmentWrite, ...]] = None  # by the destination's token, since attaching if that's known
    # what only the observations read, after a yes
    fillers_listed: Seen[tuple[int, int]] = (
        None  # segments on one page of the unfiltered list, and how many of them say what fills them
    )
    audiences_under_v1: Seen[int] = None  # how many audiences the first page has under the media type v1
    metric_names: Seen[tuple[str, ...]] = None  # of the destination's delivery metrics
    delivery_names_mappings: Seen[bool] = None
    # Twilio Segment
    workspace: Seen[Workspace] = None
    spaces: Seen[tuple[Space, ...]] = None
    sources: Seen[tuple[Source, ...]] = None
    catalog: Seen[CatalogEntry] = None
    destinations: Seen[tuple[Destination, ...]] = None  # every LaunchDarkly Audiences instance of the workspace
    subscriptions: Seen[tuple[Subscription, ...]] = None  # of the chosen destination
    audiences: Seen[tuple[Audience, ...]] = None  # of the chosen space; some commands look up the chosen ones only
    every_audience: Seen[tuple[Audience, ...]] = None  # of the space; read only when a segment seems to have none
    connections: Mapping[str, Connections | Failure] = field(default_factory=dict)  # by id of a chosen audience
    destination_use: Seen[Mapping[str, Use]] = None  # by id; read only when several lead to the environment
    activations: Mapping[str, tuple[Activation, ...] | Failure] = field(default_factory=dict)  # of those attached
    attach_by_api: Seen[bool] = None  # whether supported-destinations lists us
    delivery: Seen[Delivery] = None
    intake: Seen[Intake] = None  # at the destination's source
    landing: Mapping[str, Landing | Failure] = field(default_factory=dict)  # by audience id; counted only after a yes
    audit: Seen[tuple[AuditEvent, ...]] = None  # of a destination that isn't as wanted

    def repair_of(self, audience_id: str) -> datetime | None:
        """Return when the wizard last repaired the setup; None if never, or if all members were sent since then."""
        return None if audience_id in self.sent_since_repair else self.repaired_at


def is_making_a_token(facts: Facts, answers: Answers) -> bool:
    """Return whether LaunchDarkly is read with the maker's token, because there is no service token yet."""
    has_a_maker = facts.maker_token_shape is not None and facts.launchdarkly_token_shape is None
    return bool(answers.make_token) and has_a_maker


def workspace_id(facts: Facts) -> str:
    return facts.workspace.id if isinstance(facts.workspace, Workspace) else ""


def own_token_id(facts: Facts) -> str:
    """Return the ID of the token that LaunchDarkly is read with; empty while it's unknown."""
    return facts.caller.token_id if isinstance(facts.caller, Caller) else ""


def is_allowlist_off(facts: Facts) -> bool:
    """Return whether the account's allowlist settings were read and refuse no access token."""
    return isinstance(facts.allowlist, Allowlist) and not facts.allowlist.refuses_tokens


def host_in_region(host: str, facts: Facts) -> str:
    """Return Segment's host, or its web app's, in the workspace's region; return any other host unchanged.

    See docs/segment.md#regions.
    """
    if not isinstance(facts.workspace, Workspace):
        return host
    region = facts.workspace.region
    hosts = {one.host: region.host for one in Region} | {one.app: region.app for one in Region}
    return hosts.get(host, host)
