"""How long each stage took in this machine's earlier runs, by kind of audience, and so when segments are due.

The durations are in a small file, `usual.json`, beside the profiles: only seconds, no names and no IDs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from statistics import median
from typing import TypeAlias

from wizard.domain.services.segment import Audience
from wizard.domain.signals.usual_times import APPEARS_AFTER_S, Kind, kind_of
from wizard.domain.stage import Stage
from wizard.flow.profile.small_file import SmallFile
from wizard.text import elapsed

FILE = "usual.json"
KEPT = 20  # newest runs of each stage: older ones may no longer be typical
LEARNED = frozenset({Stage.COMPUTED, Stage.DELIVERED, Stage.VISIBLE, Stage.COUNTED})  # the other stages wait for people

Taken: TypeAlias = dict[str, dict[str, list[float]]]  # seconds by kind of audience and stage, oldest first


@dataclass(frozen=True, slots=True)
class Usual:
    """How long one stage usually took here."""

    seconds: float
    runs: int

    def __str__(self) -> str:
        about = elapsed(round(self.seconds / 60) * 60) if self.seconds >= 60 else elapsed(self.seconds)
        return f"about {about} here ({self.runs} run{'' if self.runs == 1 else 's'})"


class History:
    """The durations of stages on this machine. Without a folder, only this run remembers them."""

    def __init__(self, folder: Path | None) -> None:
        self._file: SmallFile[Taken] = SmallFile(folder, FILE, dict[str, dict[str, list[float]]])
        self._taken = self._file.load()

    def of(self, kind: Kind) -> Mapping[Stage, Usual]:
        stages = {
            Stage(stage): times for stage, times in self._taken.get(kind, {}).items() if stage in LEARNED and times
        }
        return {stage: Usual(median(times), len(times)) for stage, times in stages.items()}

    def learn(self, durations_s: Mapping[tuple[Kind, Stage], Iterable[float]]) -> None:
        """Add one run. For several audiences, add the median of their seconds."""
        if not durations_s:
            return
        self._taken = self._file.load() or self._taken  # another run may have added its own meanwhile
        for (kind, stage), seconds in durations_s.items():
            times = self._taken.setdefault(kind, {}).setdefault(stage, [])
            times.append(round(median(seconds), 1))
            del times[:-KEPT]
        self._file.save(self._taken)


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
    """Return "16:40", with the day when it isn't today. `timezone` None: the machine's own."""
    local, today = due.astimezone(timezone), now.astimezone(timezone).date()
    rounded = local + timedelta(seconds=30)
    day = {0: "", 1: " tomorrow"}.get((rounded.date() - today).days, f" on {rounded:%A}")
    return f"{rounded:%H:%M}{day}"
