"""The file in which a profile keeps its progress and journal: `setup.json`.

Several runs may have one profile open. Each change is therefore made to what the file holds at that moment, under a
lock of the file's own, and a file that can't be used is moved aside before another one takes its place.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from wizard.clock import Clock
from wizard.domain.answers import Answers
from wizard.domain.proof.checkup import Checkup
from wizard.flow.profile.journal import Entry, Resource, not_undone, unconfirmed
from wizard.flow.profile.private_file import make_private, read_whole, write_whole

SCHEMA = 2
FILE = "setup.json"
_WAITS_S = 5.0  # another run's write takes milliseconds


@dataclass(frozen=True, slots=True)
class Saved:
    """What a profile holds between runs."""

    schema: int = SCHEMA
    saved_at: datetime | None = None
    answers: Answers = field(default_factory=Answers)
    accepted: tuple[str, ...] = ()  # ids of steps that the user went on from
    journal: tuple[Entry, ...] = ()
    applied_at: datetime | None = None  # when attaching began: the first sync is measured from here
    # the synced segments that existed before, by key: when each had last changed by LaunchDarkly's clock, if known
    known_segments: Mapping[str, datetime | None] = field(default_factory=dict)
    checked_at: datetime | None = None  # when the home page last looked at both services
    healthy_since: datetime | None = None
    checkups: Mapping[str, Checkup] = field(default_factory=dict)  # by path of the setup file; "" without one
    targets: tuple[str, ...] = ()  # names of the environments, if the profile has several
    hand_ticks: tuple[str, ...] = ()  # marks of the steps by hand that the user said are done

    @property
    def made(self) -> tuple[Entry, ...]:
        """Return what this wizard made or changed and hasn't taken back, one entry for each resource."""
        return not_undone(self.journal)

    @property
    def has_made_a_token(self) -> bool:
        return any(entry.kind is Resource.TOKEN for entry in self.made)

    @property
    def made_ids(self) -> frozenset[str]:
        """Return the IDs of what this wizard made, without what it only changed."""
        return frozenset(entry.resource_id for entry in self.made if entry.is_creation)

    @property
    def unconfirmed(self) -> tuple[Entry, ...]:
        """Return the writes whose result is unknown. What is found in their place was made or changed by us."""
        return unconfirmed(self.journal)

    @property
    def is_begun(self) -> bool:
        return bool(self.accepted or self.journal)


Change: TypeAlias = Callable[[Saved], Saved]


class SavedFile:
    """One profile's file, as this run finds and changes it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        from filelock import FileLock  # takes a while to load, and the sandbox has no file

        self.path = folder / FILE
        self._clock = clock
        self._unread = ""  # why the file can't be used, while it's still in its place
        self._moved = ""  # why an earlier file was put aside, and where it is
        self._lock = FileLock(folder / "setup.lock", timeout=_WAITS_S, mode=0o600, fallback_to_soft=False)

    @property
    def trouble(self) -> str:
        """One sentence: what couldn't be used, and where it is now."""
        return self._unread or self._moved

    @property
    def put_aside(self) -> tuple[Path, ...]:
        """Earlier files that could not be used, oldest first."""
        return tuple(sorted(self.path.parent.glob("setup.*.json")))

    def load(self) -> Saved | None:
        """Return what is saved; None if there is no usable file."""
        try:
            return self._read()
        except OSError as error:
            self._unread = f"Saved progress can't be read ({error.strerror}). This run starts without it: {self.path}"
        except _UnusableError as unusable:
            return self._put_aside_alone(unusable)
        return None

    def update(self, change: Change, otherwise: Saved) -> Saved:
        """Apply a change to what the file holds now, save the result and return it. Without a file, save `otherwise`.

        Raises OSError when the file can't be written, or when the existing file can be neither read nor moved aside.
        """
        make_private(self.path.parent)
        with _or_os_error(), self._lock:
            there = self._read_or_put_aside()
            changed = otherwise if there is None else change(there)
            return there if changed == there else self._written(changed)

    def _written(self, saved: Saved) -> Saved:
        saved = replace(saved, schema=SCHEMA, saved_at=self._clock.now())
        write_whole(self.path, _saved().dump_json(saved, indent=2))
        return saved

    def _read(self) -> Saved | None:
        try:
            text = read_whole(self.path)
        except FileNotFoundError:
            return None
        if not text:
            return None
        return _parsed(text)

    # --- what can't be used ---------------------------------------------------------------------------------------

    def _put_aside_alone(self, unusable: _UnusableError) -> Saved | None:
        """Put the file aside, unless another run has done that meanwhile and written a good one: return that one."""
        self._unread = f"Saved progress {unusable.why} and can't be moved: {self.path}"
        try:
            with _or_os_error(), self._lock:
                return self._read_or_put_aside()
        except OSError:
            return None

    def _read_or_put_aside(self) -> Saved | None:
        try:
            there = self._read()
        except OSError as error:
            self._move_aside(f"can't be read ({error.strerror})")
        except _UnusableError as unusable:
            self._move_aside(unusable.why, unusable.journal)
            return self._written(Saved(journal=unusable.journal)) if unusable.journal else None
        else:
            self._unread = ""
            return there
        return None

    def _move_aside(self, why: str, journal: tuple[Entry, ...] = ()) -> None:
        try:
            moved = self.path.rename(self._free_name())
        except OSError as error:
            self._unread = f"Saved progress {why} and can't be moved ({error.strerror}): {self.path}"
            raise
        known = " What the wizard made is still known." if journal else ""
        self._unread = ""
        self._moved = f"Saved progress {why}. It was put aside as {moved}.{known}"

    def _free_name(self) -> Path:
        stamp = f"setup.{self._clock.now():%Y%m%dT%H%M%S}"
        numbers = (f".{number}" if number else "" for number in range(1_000))
        names = (self.path.with_name(f"{stamp}{number}.json") for number in numbers)
        return next(name for name in names if not name.exists())


@contextlib.contextmanager
def _or_os_error() -> Iterator[None]:
    """Turn filelock's error for a file system without locks into an OSError."""
    try:
        yield
    except NotImplementedError:
        raise OSError(errno.ENOLCK, "this file system has no locks") from None


# --- its text -----------------------------------------------------------------------------------------------------


class _UnusableError(Exception):
    """The file's text can't be used as progress; `journal` is the part of its journal that can be read."""

    def __init__(self, why: str, journal: tuple[Entry, ...] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.journal = journal


def _parsed(text: bytes) -> Saved:
    """Parse the file's text. Raises _UnusableError."""
    try:
        if _schema().validate_json(text).schema > SCHEMA:
            raise _UnusableError("was written by a newer wizard")
        return _saved().validate_json(text)
    except ValidationError as error:
        raise _UnusableError("is damaged", _journal_of(text)) from error


def _journal_of(text: bytes) -> tuple[Entry, ...]:
    """Return the journal of a file whose answers can't be read: undo needs to know what was made."""
    try:
        return TypeAdapter(_Journal).validate_json(text).journal
    except ValidationError:
        return ()


@dataclass(frozen=True, slots=True)
class _Schema:
    """The part of the file that every version of the wizard can read."""

    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class _Schema1:
    known_segments: tuple[str, ...] = ()
    known_changes: Mapping[str, datetime] = field(default_factory=dict)  # by key, when those had last changed


@dataclass(frozen=True, slots=True)
class _Journal:
    journal: tuple[Entry, ...] = ()


# Made on first use, because they take a while and the sandbox has no file.
@cache
def _saved() -> TypeAdapter[Saved]:
    return TypeAdapter(Annotated[Saved, BeforeValidator(_from_schema_1)])


def _from_schema_1(saved: Any) -> Any:
    """Merge what schema 1 keeps in two fields."""
    if not isinstance(saved, dict) or not isinstance(saved.get("known_segments"), list):
        return saved
    earlier = TypeAdapter(_Schema1).validate_python(saved)
    return {**saved, "known_segments": {key: earlier.known_changes.get(key) for key in earlier.known_segments}}


@cache
def _schema() -> TypeAdapter[_Schema]:
    return TypeAdapter(_Schema)
