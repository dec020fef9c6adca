"""When the segments should be there: how long a first sync usually takes, and the time of day that this comes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from wizard.domain.services.segment import Audience
from wizard.domain.signals.usual_times import APPEARS_AFTER_S, Kind, kind_of
from wizard.flow.watching.durations import History
from wizard.flow.watching.progress import Stage

_UNTIL_VISIBLE = (Stage.COMPUTED, Stage.DELIVERED, Stage.VISIBLE)


def usual_s(audiences: Iterable[Audience], history: History) -> float:
    """Return how long the slowest of these audiences usually takes: as seen on this machine, else as documented."""
    return max((_of(kind, history) for kind in {kind_of(audience) for audience in audiences}), default=0.0)


def _of(kind: Kind, history: History) -> float:
    learned = history.of(kind)
    if Stage.VISIBLE not in learned:
        return APPEARS_AFTER_S[kind]
    return sum(learned[stage].seconds for stage in _UNTIL_VISIBLE if stage in learned)


def about(seconds: float) -> str:
    """Return a rough duration: "about 10 min", "about 8 h"."""
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} min" if minutes < 90 else f"about {round(minutes / 60)} h"


def time_of_day(due: datetime, now: datetime, timezone: tzinfo | None) -> str:
    """Return "about 16:40", with the day when it isn't today. `timezone` None: the machine's own."""
    local, today = due.astimezone(timezone), now.astimezone(timezone).date()
    rounded = local + timedelta(seconds=30)
    day = {0: "", 1: " tomorrow"}.get((rounded.date() - today).days, f" on {rounded:%A}")
    return f"about {rounded:%H:%M}{day}"
