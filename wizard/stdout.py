"""Standard output that can't be written anymore: its disk is full, or its reader is gone."""

from __future__ import annotations

import errno
import os
import sys
from typing import TextIO

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def detach_stdout() -> None:
    """Detach standard output, so that the interpreter doesn't try to write it again while it ends."""
    detach(sys.stdout)


def detach(stream: TextIO) -> None:
    """Redirect a stream to the null device, along with the text still in its buffer."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except OSError:
        pass
