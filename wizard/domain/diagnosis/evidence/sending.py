"""Evidence about what Segment sends: how the audience is attached, and how its deliveries ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wizard.domain.connections import connection_to
from wizard.domain.diagnosis.evidence.segment import SegmentEvidence
from wizard.domain.facts import listed
from wizard.domain.services.launchdarkly import LaunchDarklySegment, SegmentWrite
from wizard.domain.services.segment import NEARLY_ALL, Activation, Connection, Intake
from wizard.domain.signals import deliveries, segment_of_audience
from wizard.domain.signals.activations import activations_of
from wizard.domain.signals.segment_of_audience import Presence
from wizard.domain.signals.usual_times import usually_appears_within
from wizard.domain.tokens import held_token

_CLOCKS_DIFFER = timedelta(minutes=5)
_JUST_NOW = timedelta(minutes=15)  # the Delivery Overview may not show the latest deliveries yet
_NEVER = datetime.min.replace(tzinfo=UTC)
_LOOKED_FOR = set(Presence) - {Presence.UNASKED, Presence.UNANSWERED}


@dataclass(frozen=True, slots=True)
class SendingEvidence(SegmentEvidence):
    """The evidence about what Segment sends."""

    @property
    def connection(self) -> Connection | None:
        seen = self.facts.connections.get(self.audience.id) if self.audience else None
        return connection_to(self.destination, seen)

    @property
    def activation(self) -> Activation | None:
        """Return the activation that makes the connection send, if one is on."""
        if self.audience is None or self.connection is None:
            return None
        return next(iter(activations_of(self.audience.id, self.connection, self.facts)), None)

    @property
    def attached_at(self) -> datetime | None:
        """Return when the destination was attached, by the profile, else by Segment."""
        return self.facts.attached_at or (self.connection.created_at if self.connection else None)

    @property
    def is_early(self) -> bool | None:
        """Return whether the first sync is within its usual time; None if nobody knows when it began."""
        if self.attached_at is None or self.audience is None:
            return None
        return self.facts.now - self.attached_at < usually_appears_within(self.audience)

    @property
    def counted(self) -> int:
        """Return how many deliveries Segment counted, both accepted and refused."""
        return self.delivery.delivered + self.delivery.failed if self.delivery else 0

    @property
    def sends_nothing(self) -> bool:
        """Return whether Segment's counts were read, and show no event at the source or the destination."""
        intake = self.facts.intake
        is_silent = isinstance(intake, Intake) and not (intake.received or intake.failed or intake.filtered)
        return is_silent and self.delivery is not None and not self.counted

    @property
    def is_oddly_silent(self) -> bool:
        """Return whether nothing is sent though members are missing or too many. Silence alone is normal."""
        is_missing = self.segment is None and self.whereabouts.presence in _LOOKED_FOR
        is_short = is_missing or self.members == 0 or self.has_fewer or self.has_more
        return self.sends_nothing and is_short

    @property
    def candidates(self) -> tuple[LaunchDarklySegment, ...]:
        """Return the segments that may be the audience's, including namesakes that appeared since attaching."""
        among = self.whereabouts.candidates
        if among or self.segment is not None or self.attached_at is None or self.audience is None:
            return among
        since = self.attached_at - _CLOCKS_DIFFER
        named = (one for one in self.others_of_the_name if one.external and (one.created_at or _NEVER) >= since)
        return tuple(named) or segment_of_audience.segments_since(since, self.audience, self.facts)

    @property
    def fails_for_an_unknown_reason(self) -> bool:
        """Return whether deliveries fail for no reason that the wizard knows. Segment may add reasons at any time."""
        seen = self.delivery
        return seen is not None and bool(seen.failed) and not deliveries.is_explained(seen)

    @property
    def code(self) -> int | None:
        """Return the status of most failed deliveries, by Segment's counts or as the user read it in Segment.

        A status that waiting doesn't change comes before a temporary one. None if no status is known.
        """
        said = self.given.get("code", "")
        if not self.delivery or not self.delivery.failed or self.fails_for_an_unknown_reason:
            return int(said) if said.isdigit() else None
        lasting = [code for code in deliveries.codes(self.delivery) if not deliveries.is_temporary(code)]
        return next(iter(lasting or deliveries.codes(self.delivery)), None)

    @property
    def is_refused(self) -> bool:
        """Return whether deliveries fail for a reason that waiting doesn't change, and none was accepted."""
        is_taken = bool(self.delivery and self.delivery.delivered)
        return self.code is not None and not deliveries.is_temporary(self.code) and not is_taken

    @property
    def has_worked(self) -> bool:
        """Return whether LaunchDarkly recently accepted anything from Segment, even if it refuses everything now."""
        return self.delivery is not None and bool(self.delivery.delivered)

    @property
    def is_taken_too(self) -> bool:
        """Return whether LaunchDarkly accepted events too, and its refusals with 401, 403 or 404 aren't the newest.

        While the destination is refused as a whole, nothing is accepted. So those refusals have ended.
        """
        seen = self.delivery
        if seen is None or not seen.delivered or self.code not in {401, 403, 404}:
            return False
        return not deliveries.are_blocked(seen)

    @property
    def works(self) -> bool:
        """Return whether LaunchDarkly accepts nearly everything that Segment now delivers, and members are added."""
        seen, came_of_it = self.delivery, self.members != 0 or not self.size
        return seen is not None and deliveries.are_taken(seen) and came_of_it

    @property
    def all_were_taken(self) -> bool:
        """Return whether LaunchDarkly accepted about as many events as the audience has members, and refused none."""
        seen = self.delivery
        return (
            seen is not None and bool(self.size) and not seen.failed and seen.delivered >= NEARLY_ALL * (self.size or 0)
        )

    @property
    def came_after_the_refusals(self) -> bool:
        """Return whether the segment appeared minutes ago, after the last refusal, because a repair begins to work."""
        made, refused = self.segment.created_at if self.segment else None, None
        if self.delivery is not None and self.delivery.failed:
            refused = self.delivery.last_failed_at
        is_after = made is not None and refused is not None and made - refused > _CLOCKS_DIFFER
        return is_after and made is not None and self.facts.now - made < _JUST_NOW

    @property
    def last_change(self) -> SegmentWrite | None:
        """Return the newest change of members by the destination's token, if Segment counts no failed delivery."""
        written, began = held_token.last_write(self.facts), self.attached_at
        if written is None or written.action == "createSegment" or (self.delivery and self.delivery.failed):
            return None
        return written if began is None or written.at >= began else None

    def is_made_by_the_sync(self, segment: LaunchDarklySegment) -> bool:
        """Return whether the audit log says that the destination's token created the segment."""
        written = listed(self.facts.segment_writes)
        return any(one.segment == segment.key and one.action == "createSegment" for one in written)
