"""What a diagnosis may look at: findings, facts, and what a person answered. Nothing here is asked or judged.

A method returns None, an empty value or False where the wizard couldn't tell. "Unknown" never says anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import subjects
from wizard.domain.checks.check import Check
from wizard.domain.checks.sync import segment_of_audience
from wizard.domain.checks.sync.segment_of_audience import Presence, Whereabouts
from wizard.domain.facts import Facts, listed
from wizard.domain.findings import Finding, Status
from wizard.domain.services.launchdarkly import (
    FlagValue,
    LaunchDarklySegment,
    PersistentStore,
    Sdk,
    SegmentWrite,
    Token,
)
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import (
    Activation,
    Audience,
    Connection,
    Connections,
    Delivery,
    Destination,
    Intake,
    Workspace,
)
from wizard.domain.signals import deliveries, landing
from wizard.domain.signals.clocks import at_services_time
from wizard.domain.signals.sdks import is_server_side
from wizard.domain.signals.usual_times import usually_appears_within
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.domain.wanted import chosen_audiences, chosen_destination, chosen_environment
from wizard.text import count

_AGREES_WITHIN = 0.01  # of the audience: members come and go between the two counts
_SETTLED_AFTER = timedelta(hours=1)  # since LaunchDarkly created the segment

_CLOCKS_DIFFER = timedelta(minutes=5)
_JUST_NOW = timedelta(minutes=15)  # until the Delivery Overview shows what became of it
_NEVER = datetime.min.replace(tzinfo=UTC)
_LOOKED_FOR = set(Presence) - {Presence.UNASKED, Presence.UNANSWERED}

UNASKED = Whereabouts(Presence.UNASKED)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence about one audience. `look` gathers it once; `answered` adds what a person said."""

    facts: Facts
    answers: Answers
    findings: tuple[Finding, ...]
    audience: Audience | None = None
    whereabouts: Whereabouts = field(default=UNASKED)
    destination: Destination | None = None
    delivery: Delivery | None = None  # of the audience, where Segment tells audiences apart
    given: Mapping[str, str] = field(default_factory=dict)  # choice by question, both by id
    is_asked_out: bool = False  # every question that could tell more was asked, and something is left

    def answered(self, given: Mapping[str, str]) -> Evidence:
        return replace(self, given=given)

    # --- findings -------------------------------------------------------------------------------------------------

    def finding(self, check: Check) -> Finding | None:
        """Return what the check says about the audience, the most urgent finding first."""
        own = [one for one in self.findings if one.id == check.id and self._is_about_it(one)]
        order = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.PASS, Status.SKIPPED)
        return min(own, key=lambda one: order.index(one.status), default=None)

    def _is_about_it(self, finding: Finding) -> bool:
        about = finding.evidence.get("audience", "")
        return not about or self.audience is None or about == self.audience.key

    def says(self, check: Check, *statuses: Status) -> bool:
        finding = self.finding(check)
        return finding is not None and finding.status in statuses

    # --- the segment ----------------------------------------------------------------------------------------------

    @property
    def segment(self) -> LaunchDarklySegment | None:
        return self.whereabouts.segment

    @property
    def members(self) -> int | None:
        return self.segment.included_count if self.segment else None

    @property
    def size(self) -> int | None:
        return self.audience.size if self.audience else None

    @property
    def missing(self) -> int:
        """How many members of the audience the segment lacks; negative when it has more. 0 where nobody knows."""
        return self.size - self.members if self.size is not None and self.members is not None else 0

    @property
    def counts_agree(self) -> bool:
        return bool(self.size) and self.members is not None and abs(self.missing) <= _AGREES_WITHIN * (self.size or 0)

    @property
    def nobody_is_missing(self) -> bool:
        """Whether both services count exactly as many."""
        return bool(self.size) and self.members == self.size

    @property
    def has_fewer(self) -> bool:
        return self.missing > 0 and not self.counts_agree

    @property
    def has_more(self) -> bool:
        return self.missing < 0 and not self.counts_agree

    @property
    def shows_trouble(self) -> bool:
        """Whether what was read isn't as it should be, whatever the checks say of the setup."""
        where = self.whereabouts.presence
        is_late = where is Presence.AWAITED and self.is_early is False
        is_missing = is_late or where in {Presence.MISSING, Presence.ELSEWHERE, Presence.DELETED}
        is_odd = bool(self.is_member) and self.facts.evaluated_member.get(self.slot) is False
        is_refused = bool(self.delivery and self.delivery.failed) and not self.works
        return is_missing or self.has_fewer or self.has_more or self.is_member is False or is_refused or is_odd

    @property
    def counts(self) -> str:
        """What LaunchDarkly and Segment count: "1,234 of 1,234 members"."""
        if self.members is None:
            return "members that LaunchDarkly hasn't counted yet"
        if self.has_more and self.size:
            return f"{count(self.members, 'member')}, and the audience has {self.size:,}"
        return f"{self.members:,} of {count(self.size, 'member')}" if self.size else count(self.members, "member")

    @property
    def name(self) -> str:
        """Return the segment's name; before it exists, the name that it gets."""
        if self.segment is not None:
            return self.segment.name
        return segment_name(self.audience.key) if self.audience else "the segment"

    @property
    def is_settled(self) -> bool:
        """Whether the segment is old enough for its first members to be counted."""
        made = self.segment.created_at if self.segment else None
        return made is not None and self.facts.now - made >= _SETTLED_AFTER

    @property
    def is_new(self) -> bool:
        made = self.segment.created_at if self.segment else None
        return made is not None and not self.is_settled

    @property
    def lost_segments(self) -> tuple[LaunchDarklySegment, ...]:
        """Return the synced segments that lost their audience, unless the audience in question has a segment."""
        return () if self.segment is not None else segment_of_audience.without_an_audience(self.facts, self.answers)

    @property
    def others_of_the_name(self) -> tuple[LaunchDarklySegment, ...]:
        """Return other segments with the audience's name, synced or not, the oldest first."""
        if self.audience is None:
            return ()
        synced = segment_of_audience.namesakes(self.audience, self.facts)
        by_hand = segment_of_audience.made_by_hand(self.audience, self.facts)
        others = (one for one in (*synced, *by_hand) if one != self.segment)
        return tuple(sorted(others, key=lambda one: one.created_at or self.facts.now))

    # --- what Segment sends ---------------------------------------------------------------------------------------

    @property
    def connection(self) -> Connection | None:
        seen = self.facts.connections.get(self.audience.id) if self.audience else None
        items = seen.items if isinstance(seen, Connections) and self.destination else ()
        return next((one for one in items if self.destination and one.destination_id == self.destination.id), None)

    @property
    def activation(self) -> Activation | None:
        """Return what activates the connection by API, if it's on."""
        seen = self.facts.activations.get(self.audience.id) if self.audience else None
        own = seen if isinstance(seen, tuple) and self.connection else ()
        ids = {"", self.connection.id if self.connection else ""}
        return next((one for one in own if one.connection_id in ids and one.enabled is not False), None)

    @property
    def activation_off(self) -> Activation | None:
        """Return what activated the connection by API and is switched off, if no other activation is on."""
        seen = self.facts.activations.get(self.audience.id) if self.audience else None
        if self.activation is not None or self.connection is None or not isinstance(seen, tuple):
            return None
        return next((one for one in seen if one.connection_id in {"", self.connection.id}), None)

    @property
    def attached_at(self) -> datetime | None:
        """Return when the destination was attached: as the profile remembers, else as Segment says."""
        return self.facts.attached_at or (self.connection.created_at if self.connection else None)

    @property
    def is_early(self) -> bool | None:
        """Whether the first sync is within its usual time; None when nobody knows when it began."""
        if self.attached_at is None or self.audience is None:
            return None
        return self.facts.now - self.attached_at < usually_appears_within(self.audience)

    @property
    def counted(self) -> int:
        """How many deliveries Segment counted, whatever became of them."""
        return self.delivery.delivered + self.delivery.failed if self.delivery else 0

    @property
    def sends_nothing(self) -> bool:
        """Segment's counts can be read, and neither the source nor the destination has any event."""
        intake = self.facts.intake
        is_silent = isinstance(intake, Intake) and not (intake.received or intake.failed or intake.filtered)
        return is_silent and self.delivery is not None and not self.counted

    @property
    def is_oddly_silent(self) -> bool:
        """Whether something should have been sent. Silence is normal while nobody enters or leaves."""
        is_missing = self.segment is None and self.whereabouts.presence in _LOOKED_FOR
        is_short = is_missing or self.members == 0 or self.has_fewer or self.has_more
        return self.sends_nothing and is_short

    @property
    def candidates(self) -> tuple[LaunchDarklySegment, ...]:
        """Return the segments that may be the audience's; one of its name that came since attaching is one, too."""
        among = self.whereabouts.candidates
        if among or self.segment is not None or self.attached_at is None or self.audience is None:
            return among
        since = self.attached_at - _CLOCKS_DIFFER
        named = (one for one in self.others_of_the_name if one.external and (one.created_at or _NEVER) >= since)
        return tuple(named) or segment_of_audience.came_since(since, self.audience, self.facts)

    @property
    def fails_for_an_unknown_reason(self) -> bool:
        """Whether Segment counts failed deliveries and names no reason that the wizard knows: its list is open."""
        seen = self.delivery
        return seen is not None and bool(seen.failed) and not deliveries.is_explained(seen)

    @property
    def code(self) -> int | None:
        """Return the status of most failed deliveries, as Segment counts them or a person read it there."""
        said = self.given.get("code", "")
        if not self.delivery or not self.delivery.failed or self.fails_for_an_unknown_reason:
            return int(said) if said.isdigit() else None
        lasting = [code for code in deliveries.codes(self.delivery) if not deliveries.is_temporary(code)]
        return next(iter(lasting or deliveries.codes(self.delivery)), None)

    @property
    def is_refused(self) -> bool:
        """Whether something arrived, and all of it was refused for a reason that waiting doesn't change."""
        is_taken = bool(self.delivery and self.delivery.delivered)
        return self.code is not None and not deliveries.is_temporary(self.code) and not is_taken

    @property
    def works(self) -> bool:
        """Whether LaunchDarkly takes nearly everything that Segment delivers lately, and members come of it."""
        seen, came_of_it = self.delivery, self.members != 0 or not self.size
        return seen is not None and deliveries.are_taken(seen) and came_of_it

    @property
    def all_were_taken(self) -> bool:
        """Whether LaunchDarkly lately took as many events as the audience has members, and refused none."""
        seen = self.delivery
        return seen is not None and bool(self.size) and not seen.failed and seen.delivered >= 0.9 * (self.size or 0)

    @property
    def came_after_the_refusals(self) -> bool:
        """Whether the segment came minutes ago, and Segment's last refusal is from before: a repair begins to work."""
        made, refused = self.segment.created_at if self.segment else None, None
        if self.delivery is not None and self.delivery.failed:
            refused = self.delivery.last_failed_at
        is_after = made is not None and refused is not None and made - refused > _CLOCKS_DIFFER
        return is_after and made is not None and self.facts.now - made < _JUST_NOW

    @property
    def last_change(self) -> SegmentWrite | None:
        """Return the newest change of members by the destination's token, where Segment counts no failed delivery."""
        written, began = held_token.last_write(self.facts), self.attached_at
        if written is None or written.action == "createSegment" or (self.delivery and self.delivery.failed):
            return None
        return written if began is None or written.at >= began else None

    def is_made_by_the_sync(self, segment: LaunchDarklySegment) -> bool:
        """Return whether the audit log says that the destination's token made the segment."""
        written = listed(self.facts.segment_writes)
        return any(one.segment == segment.key and one.action == "createSegment" for one in written)

    # --- LaunchDarkly ---------------------------------------------------------------------------------------------

    @property
    def is_own_token(self) -> bool:
        """Whether the destination holds the token that this wizard uses."""
        held = self.destination.token_last_four if self.destination else ""
        return bool(held) and held == self.facts.launchdarkly_token_last_four

    @property
    def is_seen_from_outside(self) -> bool:
        """Whether somebody looks with a token of their own, as support does: the destination certainly holds another.

        They can't answer what only the app's developers know.
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
        """LaunchDarkly listed the tokens that this one may see, and none has the destination's last four characters."""
        seen = self.facts.destination_tokens
        return not self.is_own_token and isinstance(seen, tuple) and not seen

    @property
    def has_synced_segments(self) -> bool:
        return any(one.external or one.unbounded for one in listed(self.facts.segments))

    @property
    def stores(self) -> tuple[PersistentStore, ...] | None:
        """Return the persistent stores of the environment; None when they couldn't be read."""
        place = chosen_environment(self.facts, self.answers)
        if place is None or not isinstance(self.facts.stores, tuple):
            return None
        wanted = (place[0].key, place[1].key)
        return tuple(one for one in self.facts.stores if (one.project, one.environment) == wanted)

    @property
    def server_sdks(self) -> tuple[Sdk, ...] | None:
        """Return the server-side SDKs in use; None when LaunchDarkly doesn't say."""
        seen = self.facts.sdks_in_use
        return tuple(one for one in seen if is_server_side(one)) if isinstance(seen, tuple) else None

    # --- flags and the test user ----------------------------------------------------------------------------------

    @property
    def slot(self) -> str:
        return segment_of_audience.slot_of_segment(self.audience, self.facts) if self.audience else ""

    @property
    def flags(self) -> tuple[str, ...] | None:
        """Return the flags that use the segment; None when LaunchDarkly doesn't say."""
        seen = self.facts.segment_details.get(self.slot)
        return seen.flags if isinstance(seen, LaunchDarklySegment) else None

    def flags_of(self, segment: LaunchDarklySegment) -> tuple[str, ...] | None:
        """Return the flags that use another segment of the same name."""
        seen = self.facts.flag_uses.get(segment.key, segment.flags)
        return seen if isinstance(seen, tuple) else None

    @property
    def value(self) -> FlagValue | None:
        """Return what the flag in question serves to the test user: the chosen one, else the first that is read.

        Nothing when LaunchDarkly's evaluation doesn't count the user as the member that they are.
        """
        if self.is_member and self.facts.evaluated_member.get(self.slot) is False:
            return None
        values = {key: one for key, one in self.facts.flag_values.items() if isinstance(one, FlagValue)}
        used = [one for key, one in values.items() if key in (self.flags or ())]
        return values.get(self.answers.flag) or next(iter(used), None)

    @property
    def is_member(self) -> bool | None:
        """Whether the test user is a member; None without one, or when nobody could ask."""
        seen = self.facts.test_user_member.get(self.slot) if self.answers.test_user else None
        return seen if isinstance(seen, bool) else None

    @property
    def context_key(self) -> ContextKey | None:
        return subjects.context_key(self.facts, self.answers)

    @property
    def landing(self) -> int | None:
        """How many members have a value for the context key, by Segment's previews; None when nobody counted."""
        key = self.context_key
        return landing.landing_with(self.audience, key, self.facts) if self.audience and key else None

    @property
    def can_be_counted(self) -> bool:
        """Whether Segment's previews can still tell how many members have a value for the context key."""
        is_open = isinstance(self.facts.workspace, Workspace) and self.context_key is not None
        return is_open and self.landing is None and self.audience is not None and landing.can_be_counted(self.audience)


def look(facts: Facts, answers: Answers, findings: Iterable[Finding], audience: Audience | None = None) -> Evidence:
    """Gather the evidence about an audience; without one, about the first that was chosen."""
    facts = at_services_time(facts)
    audiences = chosen_audiences(facts, answers)
    about = audience or next(iter(audiences), None)
    where = segment_of_audience.whereabouts(about, facts, answers) if about else UNASKED
    destination = chosen_destination(facts, answers)
    return Evidence(facts, answers, tuple(findings), about, where, destination, _delivery(about, facts, answers))


def _delivery(audience: Audience | None, facts: Facts, answers: Answers) -> Delivery | None:
    """Return the audience's deliveries, else those of all audiences, which are certain where one audience sends."""
    seen = facts.delivery
    if not isinstance(seen, Delivery) or audience is None:
        return None
    return deliveries.of_audience(seen, audience, deliveries.senders(facts, answers))
