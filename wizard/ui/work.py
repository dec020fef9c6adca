"""Workers that never fail silently: a programming error in one is logged and shown."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker

log = logging.getLogger("wizard.ui")


class WorkFailed(Message):
    """A worker met a programming error; the app shows it."""

    def __init__(self, description: str, error: Exception) -> None:
        super().__init__()
        self.description = description
        self.error = error


def work(
    node: DOMNode, job: Coroutine[Any, Any, object], *, group: str, description: str, exclusive: bool = False
) -> Worker[None]:
    """Run `job` for as long as `node` lives; `description` is logged and shown, and never holds a value."""
    worker: Worker[None] = node.run_worker(
        partial(_total, node, job, description),
        name=group,
        group=group,
        description=description,
        exit_on_error=False,
        exclusive=exclusive,
    )
    if worker._task is not None:
        worker._task.add_done_callback(lambda _: job.close())  # the worker may be cancelled before `job` begins
    return worker


async def _total(node: DOMNode, job: Coroutine[Any, Any, object], description: str) -> None:
    app = node.app
    try:
        await job
    except Exception as error:
        log.error("%s failed: %s", description, type(error).__name__, exc_info=error)
        app.post_message(WorkFailed(description, error))
