"""Carries a plan out: in order, each write preceded by a look for what already exists, each result read back.

What was reviewed is what is applied. Nothing here decides what to change; that is `wizard.domain.plan`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Any

from wizard.domain.closed import ADD, ATTACH, MAP, why_not_done
from wizard.domain.drafts import ACTIVATION_NAME
from wizard.domain.mapping import VISIBLE_FIELDS, differences
from wizard.domain.model import (
    Activation,
    Audience,
    CatalogEntry,
    Connection,
    Connections,
    Destination,
    Failure,
    Subscription,
)
from wizard.domain.plan import Action, Change, Plan
from wizard.domain.wanted import (
    catalog_entry,
    chosen_destination,
    chosen_mapping,
    mapping_settings,
    source_for_a_new_destination,
    wanted_client_side_id,
    wanted_destination_name,
)
from wizard.flow.ports import Ports
from wizard.flow.profile.journal import Entry, Journal, Write, made_lately
from wizard.flow.reading.clients import chosen_audiences, segment_of
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.state import State
from wizard.flow.writing import result as results
from wizard.flow.writing.observed import Sightings
from wizard.flow.writing.realign import Realigner
from wizard.flow.writing.result import (
    Outcome,
    Result,
    Started,
    Trouble,
    ended,
    failed,
    is_not_offered,
    left_to_the_hand,
)
from wizard.flow.writing.write_once import Ensured, Made, Writer

__all__ = ["Outcome", "Result", "Started", "Trouble", "apply"]

_HAS_TO_BE_RIGHT = {"enabled": True, "settings": {"token": "", "client_side_id": ""}}  # in a new destination


async def apply(
    ports: Ports,
    state: State,
    plan: Plan,
    journal: Journal,
    earlier: Iterable[Entry] = (),
    sightings: Sightings | None = None,
) -> AsyncIterator[Started | Result]:
    """Makes the plan's changes in order. A change that needs one which failed is skipped and says so.

    `earlier`: what the runs before this one wrote. `sightings`: what was read for this apply; it learns what is seen.
    """
    run = _Run(ports, state, journal, tuple(earlier), sightings or Sightings())
    outcomes: dict[str, Outcome] = {}
    for change in plan.changes:
        why = run.keeps_back(change, outcomes) if change.writes else ""
        if why:
            result = ended(change, Outcome.SKIPPED, detail=why)
        else:
            if change.writes:
                yield Started(change.id, change.title, change.host)
            result = await run.carry_out(change)
        outcomes[change.id] = result.outcome
        yield result


class _Run:
    """One apply under way; remembers what it made, since later changes build on it."""

    def __init__(
        self, ports: Ports, state: State, journal: Journal, earlier: tuple[Entry, ...], sightings: Sightings
    ) -> None:
        self._state = state
        self._sightings = sightings
        self._clock = ports.clock
        self._journal = journal
        self._earlier = earlier
        self._segment = segment_of(ports, state)
        self._lists = lists_of(ports, state)
        self._writer = Writer(journal, ports.clock, earlier)
        self._token = state.secrets.launchdarkly_token
        self._client_side_id = wanted_client_side_id(state.facts, state.answers)
        chosen = chosen_destination(state.facts, state.answers)
        self._destination_id = chosen.id if chosen else ""
        self._mapping_there = chosen_mapping(state.facts, state.answers, chosen)  # None: one is made, as wanted
        self._made_a_destination = False
        self._left_to_the_hand: set[str] = set()  # ids of what has to be there first, and can be seen once it is

    def keeps_back(self, change: Change, outcomes: Mapping[str, Outcome]) -> str:
        """Why a change can't be made now, in a sentence; empty when it can."""
        for need in change.needs:
            if need in self._left_to_the_hand:
                return f"Comes after the {need}, which is made by hand first."
        broken = (need for need in change.needs if outcomes.get(need) in {Outcome.FAILED, Outcome.SKIPPED})
        return next((f"Waits for the {need}, which is not done." for need in broken), "")

    async def carry_out(self, change: Change) -> Result:
        result = await self._carried_out(change)
        return await self._unless_the_token_died(change, result) if change.writes and result.error else result

    async def _unless_the_token_died(self, change: Change, result: Result) -> Result:
        """Segment refuses a revoked token like one without the role: only the workspace itself tells them apart."""
        workspace = await self._segment.workspace()
        if isinstance(workspace, Failure) and workspace.is_closed:
            return failed(change, results.trouble_of(workspace), result.resource_id)
        return result

    async def _carried_out(self, change: Change) -> Result:
        if change.action is Action.BY_HAND:
            if change.id == "destination":
                self._left_to_the_hand.add(change.id)
            return ended(change, Outcome.BY_HAND, detail=change.summary)
        if not change.writes:
            if change.id == "destination":
                self._destination_id = change.resource_id
            if change.id == "mapping" and change.action is Action.ADOPT and self._is_destination_new():
                within = {"destination": self._destination_id}
                self._journal.made(Write("mapping", change.id, within), change.resource_id)
            return ended(change, Outcome.ALREADY)
        if change.id == "destination":
            is_new = change.action is Action.CREATE
            return await (self._new_destination(change) if is_new else self._existing_destination(change))
        if not self._destination_id:
            return failed(change, results.NO_DESTINATION)
        if change.id == "mapping":
            return await self._mapping(change)
        return await self._audience(change)

    # --- destination ----------------------------------------------------------------------------------------------

    async def _new_destination(self, change: Change) -> Result:
        source, token = source_for_a_new_destination(self._state.facts, self._state.answers), self._token
        if source is None or token is None:
            return failed(change, results.NO_SOURCE if token else results.NO_TOKEN)

        async def create() -> Destination | Failure:
            return await self._segment.create_destination(
                source_id=source.id,
                metadata_id=self._catalog.metadata_id,
                name=wanted_destination_name(self._state.facts, self._state.answers),
                token=token,
                client_side_id=self._client_side_id,
            )

        made = await self._writer.ensure(self._write_of(change), self._look_for_new_destination, create)
        if isinstance(made.seen, Failure) and made.seen.is_closed:
            return self._handed_over(change, made.seen, ADD, results.ADD_BY_HAND)
        if (
            isinstance(made.seen, Destination)
            and made.was_there
            and not self._is_as_wanted(made.seen, _HAS_TO_BE_RIGHT)
        ):
            return failed(change, results.MOVED, made.seen.id)
        self._made_a_destination = isinstance(made.seen, Destination) and not made.was_there
        return self._destination_result(change, made)

    def _handed_over(self, change: Change, failure: Failure, job: str, what_to_do: str) -> Result:
        self._left_to_the_hand.add(change.id)
        return left_to_the_hand(change, failure, why_not_done(failure, job), what_to_do)

    async def _existing_destination(self, change: Change) -> Result:
        """Token and client-side ID are sent together or not at all (docs/segment.md#secret-settings)."""
        after, token = change.after or {}, self._token
        sets_credentials = "settings" in after
        if sets_credentials and token is None:
            return failed(change, results.NO_TOKEN)

        async def update() -> Destination | Failure:
            credentials = (token, self._client_side_id) if sets_credentials and token else None
            return await self._segment.update_destination(
                change.resource_id, name=after.get("name"), enabled=after.get("enabled"), credentials=credentials
            )

        made = await self._writer.ensure(self._write_of(change), lambda: self._destination_as_wanted(change), update)
        return self._destination_result(change, made)

    def _destination_result(self, change: Change, made: Ensured[Destination]) -> Result:
        if isinstance(made.seen, Destination):
            self._destination_id = made.seen.id
        return _result(change, made)

    def _write_of(self, change: Change) -> Write:
        within = {"client_side_id": self._client_side_id}
        return Write("destination", change.id, within, change.before, change.after, change.resource_id)

    async def _look_for_new_destination(self) -> Destination | Failure | None:
        """One for this environment that was not there when the plan was reviewed."""
        seen = await self._lists.destinations()
        if isinstance(seen, Failure):
            return seen
        reviewed = self._state.facts.destinations
        known = {d.id for d in reviewed} if isinstance(reviewed, tuple) else set()
        return next((d for d in seen if d.client_side_id == self._client_side_id and d.id not in known), None)

    async def _destination_as_wanted(self, change: Change) -> Destination | Failure | None:
        seen = await self._lists.destinations()
        if isinstance(seen, Failure):
            return seen
        there = next((d for d in seen if d.id == change.resource_id), None)
        return there if there and self._is_as_wanted(there, change.after or {}) else None

    def _is_as_wanted(self, there: Destination, after: Mapping[str, Any]) -> bool:
        """In all that `after` names. A token whose end is not shown cannot be compared."""
        open_values = all(getattr(there, name) in {None, after[name]} for name in ("name", "enabled") if name in after)
        settings, token = after.get("settings", {}), self._state.facts.launchdarkly_token_last_four
        same_token = "token" not in settings or there.token_last_four in {"", token} or not token
        same_place = "client_side_id" not in settings or there.client_side_id == self._client_side_id
        return open_values and same_token and same_place

    # --- mapping --------------------------------------------------------------------------------------------------

    @property
    def _catalog(self) -> CatalogEntry:
        return catalog_entry(self._state.facts)

    async def _mapping(self, change: Change) -> Result:
        there = await self._own_mapping()
        write = Write("mapping", change.id, {"destination": self._destination_id}, None, change.after)
        if isinstance(there, Failure):
            return self._unseen_mapping(change, there)
        self._mapping_there = there
        if there is None:
            return await self._new_mapping(change, write)
        write = replace(write, before=_replaced(there, change.after or {}), changes=there.id)
        if self._is_destination_new():
            write = replace(write, before=None)
            self._journal.made(write, there.id)
        made = await self._writer.ensure(
            write, lambda: self._mapping_as_wanted(there.id), lambda: self._update_mapping(there)
        )
        return _result(change, made)

    def _unseen_mapping(self, change: Change, failure: Failure) -> Result:
        """Nobody will see when it is made: what comes after it does not wait."""
        if failure.is_closed:
            return left_to_the_hand(change, failure, why_not_done(failure, MAP), results.MAP_BY_HAND)
        return _result(change, Ensured(failure))

    async def _new_mapping(self, change: Change, write: Write) -> Result:
        made = await self._writer.ensure(write, self._own_mapping, self._create_mapping)
        if isinstance(made.seen, Failure) and made.seen.is_closed:
            return self._handed_over(change, made.seen, MAP, results.MAP_BY_HAND)
        return _result(change, made)

    def _is_destination_new(self) -> bool:
        """Then a mapping that is there has come with it, and goes with it (docs/segment.md#mapping-calls)."""
        return self._made_a_destination or made_lately(self._earlier, self._destination_id, self._clock.now())

    async def _own_mapping(self) -> Subscription | Failure | None:
        seen = await self._lists.subscriptions(self._destination_id)
        if isinstance(seen, Failure):
            return seen
        facts = replace(self._state.facts, subscriptions=seen)
        return chosen_mapping(facts, self._state.answers, Destination(self._destination_id, "", ""))

    async def _mapping_as_wanted(self, mapping_id: str) -> Subscription | Failure | None:
        seen = await self._lists.subscriptions(self._destination_id)
        if isinstance(seen, Failure):
            return seen
        there = next((s for s in seen if s.id == mapping_id), None)
        if there is None or not there.enabled:
            return None
        settings = mapping_settings(self._state.facts, self._state.answers, there)
        return None if differences(there, trigger=self._catalog.trigger, settings=settings) else there

    async def _create_mapping(self) -> Subscription | Failure:
        return await self._segment.create_subscription(
            self._destination_id,
            name=self._catalog.preset_name,
            action_id=self._catalog.action_id,
            trigger=self._catalog.trigger,
            enabled=True,
            settings=mapping_settings(self._state.facts, self._state.answers, None),
        )

    async def _update_mapping(self, seen: Subscription) -> Subscription | Failure:
        """The settings are sent whole, since a partial write may replace them (docs/segment.md#mapping-calls)."""
        settings = mapping_settings(self._state.facts, self._state.answers, seen)
        changed = {difference.key for difference in differences(seen, trigger=self._catalog.trigger, settings=settings)}
        return await self._segment.update_subscription(
            self._destination_id,
            seen.id,
            trigger=self._catalog.trigger if "trigger" in changed else None,
            enabled=None if seen.enabled else True,
            settings=settings if changed - {"trigger"} else None,
        )

    # --- audiences ------------------------------------------------------------------------------------------------

    async def _audience(self, change: Change) -> Result:
        """A connection, then an activation with a resync: "a connection alone does not sync".

        See docs/segment.md#connections and docs/segment.md#activations.
        """
        audience = next((a for a in chosen_audiences(self._state) if f"audience:{a.key}" == change.id), None)
        if audience is None:
            return failed(change, results.NO_AUDIENCE)
        if "activations" in (change.after or {}):
            return await self._realigner().realign(change, audience, self._destination_id)
        within = {"space": audience.space_id, "audience": audience.id, "destination": self._destination_id}
        write = Write("connection", change.id, within)

        async def look() -> Connection | Failure | None:
            seen = await self._lists.connections(audience.space_id, audience.id)
            self._sightings.connections[audience.id] = seen
            return seen if isinstance(seen, Failure) else self._own_connection(seen)

        async def look_at_first() -> Connection | Failure | None:
            if self._made_a_destination:
                return None  # nobody could connect anything to it yet
            lately = self._sightings.connections_lately(audience.id, self._clock.now())
            return self._own_connection(lately) if lately else await look()

        async def connect() -> Connection | Failure:
            return await self._segment.connect(audience.space_id, audience.id, self._destination_id)

        made = await self._writer.ensure(write, look, connect, look_at_first)
        if isinstance(made.seen, Connection) and not made.is_listed:
            self._sightings.add_connection(audience.id, made.seen)
        if isinstance(made.seen, Failure) and is_not_offered(made.seen):
            return left_to_the_hand(change, made.seen, why_not_done(made.seen, ATTACH), results.ATTACH_BY_HAND)
        result = _result(change, made)
        begun_before = made.was_there and change.action is Action.UPDATE
        if not isinstance(made.seen, Connection) or (made.was_there and not begun_before):
            return result
        return await self._activation(change, audience, made.seen, result)

    def _own_connection(self, seen: Connections) -> Connection | None:
        return next((one for one in seen.items if one.destination_id == self._destination_id), None)

    async def _activation(self, change: Change, audience: Audience, connection: Connection, result: Result) -> Result:
        """`result`: how connecting ended."""
        within = {"space": audience.space_id, "audience": audience.id, "destination": self._destination_id}
        settings = self._activation_settings()
        visible = {key: settings[key] for key in VISIBLE_FIELDS}
        after = {"name": ACTIVATION_NAME, "enabled": True, "settings": visible}
        write = Write("activation", change.id, {**within, "connection": connection.id}, None, after)

        async def look() -> Activation | Failure | None:
            seen = await self._lists.activations(audience.space_id, audience.id)
            self._sightings.activations[audience.id] = seen
            if isinstance(seen, Failure):
                return seen
            return next((a for a in seen if a.connection_id == connection.id), None)

        async def activate() -> Activation | Failure:
            return await self._segment.activate(
                audience.space_id,
                audience.id,
                connection.id,
                name=ACTIVATION_NAME,
                action_id=self._catalog.action_id,
                settings=settings,
            )

        made = await self._writer.ensure(write, look, activate)
        if isinstance(made.seen, Activation) and not made.is_listed:
            self._sightings.add_activation(audience.id, made.seen)
        if isinstance(made.seen, Failure) and is_not_offered(made.seen):
            return left_to_the_hand(change, made.seen, results.NOT_STARTED, results.START_BY_HAND, connection.id)
        activated = replace(_result(change, made), resource_id=connection.id)
        if activated.outcome is Outcome.FAILED or result.outcome is Outcome.ALREADY:
            return activated
        return replace(result, detail=result.detail or activated.detail)

    def _activation_settings(self) -> dict[str, Any]:
        """Those of the mapping, or members would get keys of two kinds."""
        return mapping_settings(self._state.facts, self._state.answers, self._mapping_there)

    def _realigner(self) -> Realigner:
        return Realigner(
            segment=self._segment,
            lists=self._lists,
            writer=self._writer,
            sightings=self._sightings,
            action_id=self._catalog.action_id,
            wanted=self._activation_settings(),
            made_by_us=frozenset(entry.resource_id for entry in self._state.made if entry.is_creation),
        )


def _result(change: Change, made: Ensured[Made]) -> Result:
    if isinstance(made.seen, Failure):
        return failed(change, results.trouble_of(made.seen))
    if made.seen is None:
        return failed(change, results.NOT_SEEN)
    detail = "" if made.is_listed else results.NOT_LISTED
    return ended(change, Outcome.ALREADY if made.was_there else Outcome.DONE, made.seen.id, detail)


def _replaced(there: Subscription, after: Mapping[str, Any]) -> dict[str, Any]:
    """What is there now of the values that are to be set."""
    now: dict[str, Any] = {"enabled": there.enabled, "trigger": there.trigger}
    values = {key: now[key] for key in after if key in now}
    settings = {key: there.settings.get(key) for key in after.get("settings", {})}
    return {**values, "settings": settings} if settings else values
