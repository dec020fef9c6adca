"""Progress and journal of a profile on disk: atomic, locked, private, never a secret.

One file, `setup.json`, in the profile's folder. It is written before and after each write to a service, so that a
run that was killed can be understood by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from wizard.clock import Clock
from wizard.domain.answers import Answers
from wizard.flow.busy import Busy
from wizard.flow.found_segments import FoundSegments
from wizard.flow.journal import Entry, Stage, Write, standing, unconfirmed
from wizard.flow.private_file import make_private, write_whole
from wizard.flow.usual import Experience

SCHEMA = 1
_RESTS_ON_AN_APPLY = frozenset({"review", "first_sync"})  # ids of steps
_ATTACHES = frozenset({"connection", "activation"})


@dataclass(frozen=True, slots=True)
class Saved:
    """What a profile holds between runs."""

    schema: int = SCHEMA
    saved_at: datetime | None = None
    answers: Answers = field(default_factory=Answers)
    accepted: tuple[str, ...] = ()  # ids of steps that the user went on from
    journal: tuple[Entry, ...] = ()
    applied_at: datetime | None = None  # when attaching began: the first sync is measured from here
    known_segments: tuple[str, ...] = ()  # keys of the synced segments that were there before
    hand_ticks: tuple[str, ...] = ()  # marks of the steps by hand that the user said are done

    @property
    def made(self) -> tuple[Entry, ...]:
        """What this wizard made or changed and has not taken back, one entry for each resource."""
        return standing(self.journal)

    @property
    def made_ids(self) -> frozenset[str]:
        """What is ours: not what was there and only changed."""
        return frozenset(entry.resource_id for entry in self.made if entry.is_creation)

    @property
    def unconfirmed(self) -> tuple[Entry, ...]:
        """Intended, and no word whether it happened: what is found in its place is ours."""
        return unconfirmed(self.journal)

    @property
    def is_begun(self) -> bool:
        return bool(self.accepted or self.journal)


class Session:
    """A profile's saved state. Satisfies `wizard.flow.journal.Journal`. Without a folder it keeps all in memory."""

    def __init__(self, folder: Path | None, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._lock: FileLock | None = None
        self._found: FoundSegments | None = None
        self.trouble = ""  # one sentence: the saved state could not be used, and where it was put
        self.saved = self._load()

    @cached_property
    def experience(self) -> Experience:
        """What is usual on this machine, whatever the profile."""
        return Experience(self._folder.parent if self._folder else None)

    @property
    def found_segments(self) -> FoundSegments:
        """What watches of this profile found since attaching began."""
        if self._found is None or self._found.since != self.saved.applied_at:
            self._found = FoundSegments(self._folder, self.saved.applied_at)
        return self._found

    # --- the file -------------------------------------------------------------------------------------------------

    @property
    def _path(self) -> Path | None:
        return self._folder / "setup.json" if self._folder else None

    def _load(self) -> Saved:
        path = self._path
        try:
            text = path.read_bytes() if path else b""
        except FileNotFoundError:
            return Saved()
        except OSError as error:
            self.trouble = f"Saved progress cannot be read ({error.strerror}). This run starts without it."
            return Saved()
        if not path or not text:
            return Saved()
        try:
            if _SCHEMA.validate_json(text).schema > SCHEMA:
                return self._set_aside(path, "was written by a newer wizard")
            return _SAVED.validate_json(text)
        except ValidationError:
            return self._set_aside(path, "is damaged")

    def _set_aside(self, path: Path, why: str) -> Saved:
        moved = path.with_name(f"setup.{self._clock.now():%Y%m%dT%H%M%S}.json")
        try:
            path.rename(moved)
        except OSError as error:
            self.trouble = f"Saved progress {why} and cannot be moved ({error.strerror}): {path}"
        else:
            self.trouble = f"Saved progress {why}. It was put aside as {moved}."
        return Saved()

    def _write(self, saved: Saved) -> None:
        """Without a disk to write to the run goes on from memory, and says so."""
        self.saved = replace(saved, saved_at=self._clock.now())
        if self._path is None:
            return
        try:
            make_private(self._path.parent)
            write_whole(self._path, _SAVED.dump_json(self.saved, indent=2))
        except OSError as error:
            self.trouble = f"Progress cannot be saved ({error.strerror}). Only this run remembers it: {self._path}"

    def lock(self) -> None:
        """Takes the profile for this run. Raises Busy."""
        if self._folder is None or self._lock is not None:
            return
        lock = FileLock(self._folder / "lock", timeout=0)
        try:
            make_private(self._folder)
            lock.acquire()
        except Timeout as error:
            raise Busy(f"Another run is using this profile ({self._folder.name}).") from error
        except OSError:
            return  # nothing can be written there, so there is nothing to keep from another run
        self._lock = lock
        self.saved = self._load()

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # --- progress -------------------------------------------------------------------------------------------------

    def keep(self, answers: Answers, accepted: tuple[str, ...]) -> None:
        """Saves answers when they changed."""
        if (answers, accepted) != (self.saved.answers, self.saved.accepted):
            self._write(replace(self.saved, answers=answers, accepted=accepted))

    def begin_sync(self, known_segments: tuple[str, ...], *, attaches: bool = False) -> None:
        """Attaching begins now; what was there before is not ours. `attaches`: also when it has begun before."""
        if attaches or self.saved.applied_at is None:
            self._write(replace(self.saved, applied_at=self._clock.now(), known_segments=known_segments))

    def keep_ticks(self, marks: tuple[str, ...]) -> None:
        """Saves what the user said was done by hand, when it changed."""
        if marks != self.saved.hand_ticks:
            self._write(replace(self.saved, hand_ticks=marks))

    def start_over(self) -> None:
        """Forgets the answers. What was made stays in the journal: undo still needs it."""
        self._write(Saved(journal=self.saved.journal))

    # --- journal --------------------------------------------------------------------------------------------------

    def intend(self, write: Write) -> None:
        self._enter(self._entry(Stage.INTENDED, write, write.changes))

    def made(self, write: Write, resource_id: str) -> None:
        self._enter(self._entry(Stage.MADE, write, resource_id))

    def refused(self, write: Write) -> None:
        self._enter(self._entry(Stage.REFUSED, write))

    def confirmed(self, entry: Entry, resource_id: str) -> None:
        """What an earlier run intended was found: it is ours, or was changed by us."""
        self._enter(replace(entry, at=self._clock.now(), stage=Stage.MADE, resource_id=resource_id))

    def undone(self, entry: Entry) -> None:
        """What was applied is open again, from the review on; no sync is under way once nothing of ours is attached."""
        undone = replace(entry, at=self._clock.now(), stage=Stage.UNDONE)
        accepted = tuple(step for step in self.saved.accepted if step not in _RESTS_ON_AN_APPLY)
        saved = replace(self.saved, journal=(*self.saved.journal, undone), accepted=accepted)
        if entry.kind in _ATTACHES and not any(one.kind in _ATTACHES for one in saved.made):
            saved = replace(saved, applied_at=None, known_segments=())
        self._write(saved)

    def _entry(self, stage: Stage, write: Write, resource_id: str = "") -> Entry:
        return Entry(
            at=self._clock.now(),
            stage=stage,
            kind=write.kind,
            change_id=write.change_id,
            resource_id=resource_id,
            within=dict(write.within),
            before=write.before,
            after=write.after,
        )

    def _enter(self, entry: Entry) -> None:
        self._write(replace(self.saved, journal=(*self.saved.journal, entry)))


@dataclass(frozen=True, slots=True)
class _Schema:
    """As much of a file as every version of it has."""

    schema: int = SCHEMA


_SAVED = TypeAdapter(Saved)
_SCHEMA = TypeAdapter(_Schema)
