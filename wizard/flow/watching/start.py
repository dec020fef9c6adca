"""What a watch of the first sync starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.flow.profile.found_segments import FoundSegments
from wizard.flow.state import State
from wizard.flow.watching.durations import History


@dataclass(frozen=True, slots=True)
class WatchStart:
    """`since`: what the time of each stage is counted from. What was there before, the state's facts know."""

    state: State
    since: datetime
    history: History | None = None  # None: this watch learns nothing and knows nothing of earlier ones
    found: FoundSegments | None = None  # by earlier watches
    listed_at: datetime | None = None  # when LaunchDarkly was last asked for the state's segments
