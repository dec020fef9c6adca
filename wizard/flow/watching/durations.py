"""How long each stage took in this machine's earlier runs, per kind of audience.

One small file, `usual.json`, beside the profiles: numbers of seconds, no names, no ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from wizard.domain.signals.usual_times import Kind
from wizard.flow.profile.small_file import SmallFile
from wizard.flow.watching.progress import Stage
from wizard.spans import elapsed

FILE = "usual.json"
KEPT = 20  # runs of each stage: what was usual a year ago need not be so today
LEARNED = frozenset({Stage.COMPUTED, Stage.DELIVERED, Stage.VISIBLE, Stage.COUNTED})  # the others wait for people

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
    """The durations that this machine has seen. Without a folder only this run remembers them."""

    def __init__(self, folder: Path | None) -> None:
        self._file: SmallFile[Taken] = SmallFile(folder, FILE, dict[str, dict[str, list[float]]])
        self._taken = self._file.load()

    def of(self, kind: Kind) -> Mapping[Stage, Usual]:
        stages = {
            Stage(stage): times for stage, times in self._taken.get(kind, {}).items() if stage in LEARNED and times
        }
        return {stage: Usual(median(times), len(times)) for stage, times in stages.items()}

    def learn(self, took: Mapping[tuple[Kind, Stage], Iterable[float]]) -> None:
        """Add one run. With several audiences, the median of their seconds counts."""
        if not took:
            return
        self._taken = self._file.load() or self._taken  # another run may have added its own meanwhile
        for (kind, stage), seconds in took.items():
            times = self._taken.setdefault(kind, {}).setdefault(stage, [])
            times.append(round(median(seconds), 1))
            del times[:-KEPT]
        self._file.save(self._taken)
