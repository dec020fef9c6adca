"""The progress and the journal of a profile, kept between runs and shared with other runs, without any secret.

The journal is written before and after each write to a service, so that the next run can tell what a killed run did.
`wizard.flow.profile.saved_file` keeps both on disk, atomically and readable by this user only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.clock import Clock
from wizard.domain.answers import Answers
from wizard.domain.proof.checkup import Checkup
from wizard.domain.step_id import StepId
from wizard.flow.busy import Busy
from wizard.flow.profile.counted_members import CountedMembers
from wizard.flow.profile.durations import History
from wizard.flow.profile.found_segments import FoundSegments
from wizard.flow.profile.journal import Entry, EntryStage, Resource, Write
from wizard.flow.profile.kept_look_ups import KeptLookUps
from wizard.flow.profile.private_file import make_private
from wizard.flow.profile.saved_file import FILE, Change, Saved, SavedFile

if TYPE_CHECKING:
    from filelock import FileLock

_OF_A_TARGET = "@"  # in the name of a folder, between the profile and its environment
_NOT_IN_A_FOLDERS_NAME = re.compile(r"[^a-z0-9._+-]+")
_RESTS_ON_AN_APPLY = frozenset({StepId.REVIEW, StepId.FIRST_SYNC})
_ATTACHES = frozenset({Resource.CONNECTION, Resource.ACTIVATION})


class Session:
    """The saved state of a profile, which is also its `Journal`. Without a folder, everything stays in memory.

    `no_folder` says in one sentence why the state will be lost; it's empty if nothing has to outlive the run. Once this
    run has saved answers, `saved` has this run's answers, not those of other runs. The journal in `saved` has the
    entries of all runs, up to this run's last write.
    """

    def __init__(self, folder: Path | None, clock: Clock, no_folder: str = "") -> None:
        self._folder = folder
        self._no_folder = no_folder
        self._clock = clock
        self._lock: FileLock | None = None
        self._found: FoundSegments | None = None
        self._targets: dict[str, Session] = {}  # by environment, if the profile has several
        self._file = SavedFile(folder, clock) if folder else None
        self._unwritten: list[Change] = []  # changes that the disk hasn't taken yet
        self._answered = False  # whether this run has saved answers of its own
        self._earlier: Saved | None = None  # the state before a start over, until the start over is written
        self.goes_on_unrecorded = False  # the user wants changes that this profile can't record
        self.profile = self  # the profile that this environment belongs to; a profile belongs to itself
        self.target = ""  # the environment, in a profile with several
        self.workspace = ""  # Segment's workspace ID, kept with each entry: another workspace's token can't undo it
        self.saved = (self._file.load() if self._file else None) or Saved()
        self.trouble = self._file.trouble if self._file else no_folder  # one sentence: what could not be used or kept

    @cached_property
    def history(self) -> History:
        """Return the usual durations on this machine, from all profiles."""
        return History(self._folder.parent if self._folder else None)

    @cached_property
    def counted(self) -> CountedMembers:
        """The members that runs of this profile have counted with audience previews."""
        return CountedMembers(self._folder)

    def kept_look_ups(self, workspace: str) -> KeptLookUps:
        """Return the look-ups that an interrupted inventory of the workspace made."""
        return KeptLookUps(self._folder, workspace, self._clock)

    @property
    def found_segments(self) -> FoundSegments:
        """The segments that watches of this profile have found since attaching began."""
        if self._found is None or self._found.since != self.saved.applied_at:
            self._found = FoundSegments(self._folder, self.saved.applied_at)
        return self._found

    @property
    def put_aside(self) -> tuple[Path, ...]:
        """Earlier progress of this profile that could not be used."""
        return self._file.put_aside if self._file else ()

    @property
    def profile_name(self) -> str:
        """Return the profile's name; empty if nothing is saved on disk."""
        folder = self.profile._folder
        return folder.name if folder else ""

    @property
    def saved_profiles(self) -> tuple[str, ...]:
        """Return the names of this user's profiles that have saved progress, sorted."""
        folder = self.profile._folder
        saved = (file.parent.name for file in folder.parent.glob(f"*/{FILE}")) if folder else ()
        return tuple(sorted(name for name in saved if _OF_A_TARGET not in name))

    @property
    def has_record(self) -> bool:
        """Return whether the journal surely has everything that was made: it exists, and no earlier one was lost."""
        if self._file is None:
            return not self._no_folder
        is_ours = self._file.path.exists() and self.saved.saved_at is not None  # an empty file records nothing
        return is_ours and not self.trouble and not self.put_aside

    def of_target(self, name: str) -> Session:
        """Return the session of one of this profile's environments, each with its own progress and journal."""
        if name not in self._targets:
            here = self._folder
            folder = here.with_name(f"{here.name}{_OF_A_TARGET}{folder_name(name)}") if here else None
            self._targets[name] = Session(folder, self._clock, self._no_folder)
            self._targets[name].target, self._targets[name].profile = name, self
        return self._targets[name]

    def keep_targets(self, names: tuple[str, ...]) -> None:
        """Save the names of the profile's environments if they changed. One in which something was made stays."""
        held = tuple(one for one in self.saved.targets if one not in names and self.of_target(one).saved.made)
        if (*names, *held) != self.saved.targets:
            self._write(lambda saved: replace(saved, targets=(*names, *held)))

    @property
    def name(self) -> str:
        """Return this environment's name within the profile; empty if the profile has only one."""
        answers = self.saved.answers
        has_others = bool(self.saved.targets or answers.other_environments)
        return self.target or (answers.place if has_others else "")

    def has_sibling(self, name: str) -> bool:
        """Return whether this machine already has a profile of that name."""
        return self._folder is not None and (self._folder.parent / name).exists()

    # --- the file -------------------------------------------------------------------------------------------------

    def _write(self, change: Change) -> None:
        """Make a change and write it to disk. If that fails, set `trouble` and write the change with the next one."""
        own = there = change(self.saved)
        self._unwritten.append(change)
        if self._file is not None:
            try:
                there = self._file.update(self._caught_up, own)
            except OSError as error:
                why = error.strerror or "another run holds it"
                lost = "This run's answers and record of changes will be lost when it ends"
                self.trouble = f"Progress can't be saved ({why}). {lost}: {self._file.path}"
                self.saved = own
                return
            self.trouble = self._file.trouble
        self._unwritten.clear()
        self._earlier = None
        self._take(there, own)

    def can_note(self) -> bool:
        """Write the file, and return whether the next run will find what this run records."""
        self._write(lambda saved: replace(saved, saved_at=None))
        return not self._unwritten and not self._no_folder

    def _caught_up(self, saved: Saved) -> Saved:
        for change in self._unwritten:
            saved = change(saved)
        return saved

    def _take(self, there: Saved, own: Saved) -> None:
        """Take what the file holds, but keep this run's own answers: those of other runs are about other work."""
        self.saved = replace(there, answers=own.answers, accepted=own.accepted) if self._answered else there

    def refresh(self) -> None:
        """Read what other runs have written since this run last read or wrote the file."""
        there = self._file.load() if self._file else None
        if self._file is not None and there is not None:
            self._take(self._caught_up(there), self.saved)
            self.trouble = self._file.trouble or self.trouble

    def lock(self) -> None:
        """Lock the profile for this run. Raises Busy."""
        if self._folder is None or self._lock is not None:
            return
        from filelock import FileLock, Timeout

        lock = FileLock(self._folder / "lock", timeout=0, mode=0o600, fallback_to_soft=False)
        try:
            make_private(self._folder)
            lock.acquire()
        except Timeout as error:
            name = self._folder.name
            said = f"Another run is using this profile ({name}). Close that run, or choose another profile (--profile)."
            raise Busy(said) from error
        except (OSError, NotImplementedError):
            return  # the folder can't be written, so there is nothing to protect from another run
        self._lock = lock
        self.refresh()

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        for target in self._targets.values():
            target.unlock()

    # --- progress -------------------------------------------------------------------------------------------------

    def keep(self, answers: Answers, accepted: tuple[str, ...]) -> None:
        """Save the answers when they changed."""
        self._answered = True
        if self._unwritten or (answers, accepted) != (self.saved.answers, self.saved.accepted):
            self._write(lambda saved: replace(saved, answers=answers, accepted=accepted))

    def begin_sync(self, known_segments: Mapping[str, datetime | None], *, attaches: bool = False) -> None:
        """Record that attaching begins now, and which segments exist. Only `attaches` replaces an earlier beginning."""
        now = self._clock.now()

        def begun(saved: Saved) -> Saved:
            if not attaches and saved.applied_at is not None:
                return saved
            return replace(saved, applied_at=now, known_segments=known_segments)

        self._write(begun)

    def call_off_sync(self) -> None:
        """Forget that attaching began, because nothing was attached."""
        self._write(lambda saved: saved if _is_attached(saved) else _without_sync(saved))

    def keep_ticks(self, marks: tuple[str, ...]) -> None:
        """Save what the user ticked as done by hand, when it changed."""
        if marks != self.saved.hand_ticks:
            self._write(lambda saved: replace(saved, hand_ticks=marks))

    def start_over(self) -> None:
        """Forget the answers with the next write: until something new is confirmed, the file keeps the old ones.

        What was made stays in the journal: undo still needs it.
        """
        if self._earlier is None:
            self._earlier = self.saved
            self._answered = True
            self._unwritten.append(_without_answers)
            self.saved = _without_answers(self.saved)

    def call_off_start_over(self) -> bool:
        """Restore the saved answers if nothing was written since a start over; return whether they were restored."""
        if self._earlier is None or _without_answers not in self._unwritten:
            return False
        self._unwritten.remove(_without_answers)
        self.saved, self._earlier = self._earlier, None
        return True

    def note_check(self, is_healthy: bool | None) -> None:
        """Record when the setup was checked, and since when it has been healthy. None: the check couldn't tell."""
        now = self._clock.now()

        def noted(saved: Saved) -> Saved:
            since = {True: saved.healthy_since or now, False: None, None: saved.healthy_since}[is_healthy]
            return replace(saved, checked_at=now, healthy_since=since)

        self._write(noted)

    def note_checkup(self, which: str, checkup: Checkup) -> None:
        """Keep what a check-up found, for the next one to compare with; `which`: the setup file, or empty."""
        self._write(lambda saved: replace(saved, checkups={**saved.checkups, which: checkup}))

    # --- journal --------------------------------------------------------------------------------------------------

    def intend(self, write: Write) -> None:
        self._enter(self._entry(EntryStage.INTENDED, write, write.changes))

    def made(self, write: Write, resource_id: str) -> None:
        self._enter(self._entry(EntryStage.MADE, write, resource_id))

    def refused(self, write: Write) -> None:
        self._enter(self._entry(EntryStage.REFUSED, write))

    def confirmed(self, entry: Entry, resource_id: str) -> None:
        """Record that a write of an earlier run did happen: its result was found, so the resource is ours."""
        self._enter(replace(entry, at=self._clock.now(), stage=EntryStage.MADE, resource_id=resource_id))

    def undone(self, entry: Entry) -> None:
        """Record that a resource was undone, and open Review and First sync again.

        When the last audience is detached, forget when attaching began. A flag's rule isn't part of the plan, so
        removing one opens no step.
        """
        undone = replace(entry, at=self._clock.now(), stage=EntryStage.UNDONE)

        def opened_again(saved: Saved) -> Saved:
            rests = frozenset[StepId]() if entry.kind is Resource.RULE else _RESTS_ON_AN_APPLY
            accepted = tuple(step for step in saved.accepted if step not in rests)
            saved = replace(saved, journal=(*saved.journal, undone), accepted=accepted)
            return _without_sync(saved) if entry.kind in _ATTACHES and not _is_attached(saved) else saved

        self._write(opened_again)

    def deleted(self, entry: Entry) -> None:
        """Record that a replaced resource was deleted. No step is opened again."""
        self._enter(replace(entry, at=self._clock.now(), stage=EntryStage.UNDONE))

    def _entry(self, stage: EntryStage, write: Write, resource_id: str = "") -> Entry:
        return Entry(
            at=self._clock.now(),
            stage=stage,
            kind=write.kind,
            change_id=write.change_id,
            resource_id=resource_id,
            within=dict(write.within),
            before=write.before,
            after=write.after,
            workspace=self.workspace,
        )

    def _enter(self, entry: Entry) -> None:
        self._write(lambda saved: replace(saved, journal=(*saved.journal, entry)))


def folder_name(target: str) -> str:
    """Return a target's part of its folder's name, in lowercase because some file systems ignore case.

    The slash becomes a plus, which no project or environment key contains: shop-eu / prod and shop / eu-prod differ.
    """
    return _NOT_IN_A_FOLDERS_NAME.sub("-", target.lower().replace("/", "+"))


def _without_answers(saved: Saved) -> Saved:
    return Saved(journal=saved.journal, targets=saved.targets)


def _is_attached(saved: Saved) -> bool:
    return any(one.kind in _ATTACHES for one in saved.made)


def _without_sync(saved: Saved) -> Saved:
    return replace(saved, applied_at=None, known_segments={})
