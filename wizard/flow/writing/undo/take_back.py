"""Undo what was reviewed, and record it. Every interface undoes in this way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from wizard.flow.writing.result import Result, Started
from wizard.flow.writing.undo.undo import undo
from wizard.flow.writing.undo.undo_plan import UndoStep
from wizard.flow.writing.undo.undo_review import forget_destination
from wizard.flow.writing.undo.undo_token import forget_token

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


async def take_back(walk: Walk, plan: tuple[UndoStep, ...]) -> AsyncIterator[Started | Result]:
    """Take back one resource after the other. Afterwards, the setup is open again at Review."""
    walk.keep()  # so that `resume` below restores these answers
    results = []
    async for event in undo(walk.ports, walk.state, plan, walk.session):
        if isinstance(event, Result):
            results.append(event)
        yield event
    forget_destination(walk, results)
    await forget_token(walk, results)
    walk.resume()
    walk.forget_what_is_made()
