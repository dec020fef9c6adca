"""The exit codes that scripts rely on (docs/reference.md#exit-codes)."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0  # done; healthy; nothing to change
    PROBLEM = 1  # a problem was found, or an action failed
    USAGE = 2  # wrong usage or configuration
    COULD_NOT_TELL = 3  # unreachable, not allowed to look, or out of time
    WAITING = 4  # changes are waiting, or steps are left to do by hand
    INTERRUPTED = 130
