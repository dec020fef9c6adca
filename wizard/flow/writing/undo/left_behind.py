"""The environment's destinations that this wizard didn't make: undo leaves them, and says where to delete them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wizard.domain.facts import listed
from wizard.domain.services.links import Link
from wizard.domain.wanted import destination_page, wanted_client_side_id
from wizard.flow.writing.undo.undo_plan import UndoStep
from wizard.text import plain

if TYPE_CHECKING:
    from wizard.flow.walk import Walk


def left_behind(walk: Walk, plan: Iterable[UndoStep]) -> tuple[tuple[str, Link], ...]:
    """Return a sentence and the page for each; by what is read before the undo, which forgets it."""
    facts, planned = walk.state.facts, {back.entry.resource_id for back in plan}
    wanted = wanted_client_side_id(facts, walk.state.answers)
    here = (one for one in listed(facts.destinations) if wanted and one.client_side_id == wanted)
    pages = ((one.name, destination_page(one, facts)) for one in here if one.id not in planned)
    return tuple((_sentence(name, page), page) for name, page in pages)


def _sentence(name: str, page: Link) -> str:
    return (
        f"Stays in Segment: the destination {plain(name)}, with its LaunchDarkly token. The wizard didn't make it. "
        f"If nobody needs it, delete it under {page.menu}:"
    )
