"""How long each stage of a first sync usually takes: one table for the watch and the checks."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from wizard.domain.services.segment import Audience, AudienceKind, Cadence

HOUR_S = 3_600.0
COMPUTED_WITHIN_S = 20 * 60.0
DELIVERED_WITHIN_S = 15 * 60.0  # Segment's delivery overview itself lags by 5 minutes
VISIBLE_WITHIN_S = 20 * 60.0
COUNTED_WITHIN_S = 10 * 60.0
SLOW_WITHIN_S = 9 * HOUR_S
USUALLY_WITHIN_S = 20 * 60.0  # twice what a first sync of a real-time audience takes


class Kind(StrEnum):
    """What decides how long a first sync takes."""

    REAL_TIME = "real-time"
    BATCH = "batch"
    ACCOUNT = "account"


APPEARS_AFTER_S = {Kind.REAL_TIME: 10 * 60.0, Kind.BATCH: 8 * HOUR_S, Kind.ACCOUNT: 8 * HOUR_S}  # usually


def kind_of(audience: Audience | None) -> Kind:
    """Return the kind of an audience; an unknown audience counts as real-time."""
    if audience is not None and audience.kind == AudienceKind.ACCOUNTS:
        return Kind.ACCOUNT
    is_batch = audience is not None and audience.cadence == Cadence.BATCH
    return Kind.BATCH if is_batch else Kind.REAL_TIME


def is_slow(audience: Audience | None) -> bool:
    """Return whether Segment computes the audience every eight hours or so instead of at once."""
    return kind_of(audience) is not Kind.REAL_TIME


def usually_appears_within(audience: Audience) -> timedelta:
    """Return how long after attaching a missing segment is no reason to worry."""
    return timedelta(seconds=SLOW_WITHIN_S if is_slow(audience) else USUALLY_WITHIN_S)


def appears_within(audience: Audience) -> timedelta:
    """Return the longest usual time from attaching to a segment: every stage at its slowest."""
    stages_s = COMPUTED_WITHIN_S + DELIVERED_WITHIN_S + VISIBLE_WITHIN_S
    return timedelta(seconds=SLOW_WITHIN_S if is_slow(audience) else stages_s)
