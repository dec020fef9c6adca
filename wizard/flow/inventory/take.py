"""Take the inventory: LaunchDarkly's synced segments first, then what feeds each of them in Segment.

The limits decide how long it takes: Segment answers 50 calls a minute about audiences' connections
(docs/segment.md#rate-limits). `Transport` keeps to the limits, so this module makes all calls concurrently.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from wizard.domain.explain import explain
from wizard.domain.facts import Slot, is_failure, known, listed, workspace_id
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.inventory.inventory_facts import EnvironmentSegments, SegmentFacts
from wizard.domain.inventory.judge import judge, with_known_flags
from wizard.domain.inventory.owners import audience_id_in, by_id, likely_audience_key, may_own
from wizard.domain.inventory.row import Row
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Project
from wizard.domain.services.segment import Audience, Connections, Workspace
from wizard.domain.wanted import chosen_environment
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.kept_look_ups import KeptLookUps
from wizard.flow.reading.clients import launchdarkly_of, reads_segment, segment_of
from wizard.flow.reading.reading import each
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.state import State
from wizard.flow.walk import Walk
from wizard.text import count

T = TypeVar("T")

READS: frozenset[Slot] = frozenset({"caller", "project", "projects", "workspace", "spaces", "destinations"})
"""The slots that an inventory rests on; a command leaves out all others."""
NO_PROJECT = "Choose an environment first: the inventory is of its project."


@dataclass(frozen=True, slots=True)
class LookedUp:
    """How many audiences were looked up, for a progress line or bar."""

    done: int
    total: int

    def __str__(self) -> str:
        return f"Looked up {self.done:,} of {self.total:,} audiences in Segment …"


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every segment of the project that Segment may fill, and what couldn't be read."""

    project: str
    rows: tuple[Row, ...] = ()
    not_read: tuple[tuple[str, Failure], ...] = ()  # keys of environments whose segments couldn't be read
    of_others: int = 0  # segments that another partner's integration fills
    environments: int = 0
    went_on: bool = False  # with look-ups of an interrupted run

    @property
    def how_many(self) -> str:
        """Return "12 synced segments in 2 of 3 environments"."""
        holding = len({row.environment for row in self.rows})
        some = f"{holding} of " if 0 < holding < self.environments else ""
        return f"{count(len(self.rows), 'synced segment')} in {some}{count(self.environments, 'environment')}"


OnProgress = Callable[[LookedUp], None]


def project_of(state: State) -> Project | None:
    """Return the project of the setup; None when it couldn't be read."""
    chosen = chosen_environment(state.facts, state.answers)
    if chosen:
        return chosen[0]
    return known(state.facts.project)


async def inventory_of(walk: Walk, on_progress: OnProgress) -> Inventory | None:
    """Take the inventory of the walk's project; None if there is none, or if it couldn't be read."""
    await walk.read()
    project, facts = project_of(walk.state), walk.state.facts
    if project is None:
        return None
    kept = walk.session.kept_look_ups(workspace_id(facts))
    return await take_inventory(walk.ports, walk.state, project, kept, on_progress)


async def take_inventory(
    ports: Ports, state: State, project: Project, kept: KeptLookUps, on_progress: OnProgress
) -> Inventory:
    """Read both services and judge each segment. Nothing is changed."""
    taking = _Taking(ports, state, project, kept, on_progress)
    return await taking.inventory()


@dataclass(slots=True)
class _Taking:
    ports: Ports
    state: State
    project: Project
    kept: KeptLookUps
    on_progress: OnProgress
    _done: int = 0
    _total: int = 0
    _unanswered: dict[str, Failure] = field(default_factory=dict)  # by key of a segment

    async def inventory(self) -> Inventory:
        places, side = await asyncio.gather(self._places(), self._segment_side())
        if not side.why_not:
            side = await self._fed([segment for place in places for segment in place.of_segment], side)
        rows = [row for place in places for row in judge(place, side)]
        self.kept.forget()
        return Inventory(
            self.project.key,
            tuple(await asyncio.gather(*map(self._with_flags, rows))),
            tuple((one.environment.key, one.segments) for one in places if isinstance(one.segments, Failure)),
            sum(len(one.of_others) for one in places),
            len(places),
            self.kept.went_on,
        )

    # --- LaunchDarkly ---------------------------------------------------------------------------------------------

    async def _places(self) -> tuple[EnvironmentSegments, ...]:
        return tuple(await asyncio.gather(*(self._place(one) for one in self.project.environments)))

    async def _place(self, environment: Environment) -> EnvironmentSegments:
        client, project = launchdarkly_of(self.ports, self.state), self.project.key
        segments = await client.synced_segments(project, environment.key, every=True)
        place = EnvironmentSegments(project, environment, segments)
        flags = await client.flags_by_segment(project, environment.key) if place.of_segment else {}
        return replace(place, flags=flags)

    async def _with_flags(self, row: Row) -> Row:
        """Read the segment itself before we say that no flag uses it, because the list of flags lacks archived ones."""
        if not row.may_be_cleaned_up or row.flags:
            return row
        client = launchdarkly_of(self.ports, self.state)
        seen = await client.segment(row.project, row.environment, row.segment.key)
        if isinstance(seen, Failure) or seen.flags is None:
            return row
        return with_known_flags(row, seen.flags)

    # --- Segment --------------------------------------------------------------------------------------------------

    async def _segment_side(self) -> SegmentFacts:
        """Return the facts of Segment's side that need no look-up of audiences: destinations and their mappings."""
        facts = self.state.facts
        if why_not := _why_not(self.state):
            return SegmentFacts(why_not)
        ids = {one.client_side_id for one in self.project.environments}
        there = [one.id for one in listed(facts.destinations) if one.client_side_id in ids]
        mappings = await each(there, lists_of(self.ports, self.state).subscriptions)
        return SegmentFacts(destinations=facts.destinations, mappings=mappings)

    async def _fed(self, segments: list[LaunchDarklySegment], side: SegmentFacts) -> SegmentFacts:
        """Return the facts with the segments' audiences and the audiences' connections."""
        audiences = await self._audiences(segments) if segments else ()
        side = replace(side, audiences=audiences, unanswered=dict(self._unanswered))
        feeding = {one.id: one for segment in segments for one in may_own(segment, audiences)}
        self._total, self._done = len(feeding), 0
        connections = await each(feeding, lambda one: self._connected(feeding[one]))
        return replace(side, connections=connections)

    async def _audiences(self, segments: list[LaunchDarklySegment]) -> tuple[Audience, ...]:
        """Return the audiences that may feed these segments: a page of each space, then missing ones by ID or key."""
        client, spaces = segment_of(self.ports, self.state), listed(self.state.facts.spaces)
        pages = await asyncio.gather(*(client.some_audiences(space.id) for space in spaces))
        known = [audience for page in pages if not isinstance(page, Failure) for audience in page[0]]
        open_spaces = [
            space.id for space, page in zip(spaces, pages, strict=True) if not isinstance(page, Failure) and page[1]
        ]
        closed = next((page for page in pages if isinstance(page, Failure)), None)
        missing = [one for one in segments if by_id(one, known) is None]
        found = await asyncio.gather(*(self._looked_up(one, open_spaces) for one in missing)) if open_spaces else []
        known += [one for one in found if one is not None]
        if closed is not None:
            self._unanswered |= {one.key: closed for one in missing if by_id(one, known) is None}
        return tuple({one.id: one for one in known}.values())

    async def _looked_up(self, segment: LaunchDarklySegment, spaces: list[str]) -> Audience | None:
        """Look for the segment's audience by its ID in each space, then by the key that its name came from."""
        client, audience_id = segment_of(self.ports, self.state), audience_id_in(segment)
        if audience_id:
            by_its_id = await asyncio.gather(*(client.audience(space, audience_id) for space in spaces))
            if found := self._answered(segment, by_its_id):
                return found
        key = likely_audience_key(segment)
        return self._answered(segment, await asyncio.gather(*(client.audience_of_key(space, key) for space in spaces)))

    def _answered(self, segment: LaunchDarklySegment, answers: Sequence[Audience | Failure | None]) -> Audience | None:
        """Return the audience among the answers, if any. Keep a failure other than NOT_FOUND as unanswered."""
        failed = next(
            (one for one in answers if isinstance(one, Failure) and not is_failure(one, FailureKind.NOT_FOUND)), None
        )
        if failed is not None:
            self._unanswered[segment.key] = failed
        return next((one for one in answers if isinstance(one, Audience)), None)

    async def _connected(self, audience: Audience) -> Connections | Failure:
        seen = self.kept.connections(audience.id) or await self._asked(audience)
        self._done += 1
        self.on_progress(LookedUp(self._done, self._total))
        return seen

    async def _asked(self, audience: Audience) -> Connections | Failure:
        seen = await lists_of(self.ports, self.state).connections(audience.space_id, audience.id)
        if isinstance(seen, Connections):
            self.kept.remember(audience.id, seen)
        return seen


def _why_not(state: State) -> str:
    """Return why Segment can't be read, as a sentence; empty when it can."""
    facts = state.facts
    if not reads_segment(state) or state.secrets.segment_token is None:
        return "Without a Segment Public API token, we can't read Segment."
    for seen in (facts.workspace, facts.spaces, facts.destinations):
        if isinstance(seen, Failure):
            return explain(seen).summary
    if not isinstance(facts.workspace, Workspace) or not isinstance(facts.destinations, tuple):
        return "We couldn't read Segment."
    if not listed(facts.spaces):
        return "The Segment token can't see any Engage space, so we can't tell which audiences exist."
    return ""
