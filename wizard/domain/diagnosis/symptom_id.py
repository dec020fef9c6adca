"""The IDs of the problems that people can troubleshoot."""

from __future__ import annotations

from enum import StrEnum


class SymptomId(StrEnum):
    """The ID of a symptom, as `troubleshoot` takes it."""

    NEVER_APPEARED = "never-appeared"
    EMPTY = "empty"
    FEWER_MEMBERS = "fewer-members"
    MORE_MEMBERS = "more-members"
    FLAG_OFF = "flag-off"
    BROWSER_NOT_SERVER = "browser-not-server"
    FAILED_DELIVERIES = "failed-deliveries"
    WORKED_BEFORE = "worked-before"
    TWO_OF_ONE_NAME = "two-of-one-name"
    ODD_NAME = "odd-name"
    NEVER_REMOVED = "never-removed"
    USER_MISSING = "user-missing"
