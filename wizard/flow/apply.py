"""Carries a plan out: in order, each write preceded by a look for what already exists, each result read back.

What was reviewed is what is applied. Nothing here decides what to change; that is `wizard.domain.plan`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from wizard.domain.drafts import ACTIVATION_NAME
from wizard.domain.explain import explain
from wizard.domain.mapping import differences
from wizard.domain.model import (
    Activation,
    Audience,
    CatalogEntry,
    Connection,
    Destination,
    Failure,
    FailureKind,
    Service,
    Subscription,
)
from wizard.domain.plan import Action, Change, Plan
from wizard.domain.wanted import (
    catalog_entry,
    chosen_destination,
    chosen_mapping,
    mapping_settings,
    source_for_a_new_destination,
    wanted_destination_name,
)
from wizard.flow.journal import Journal, Write
from wizard.flow.ports import Ports
from wizard.flow.readings import chosen_audiences, segment_of
from wizard.flow.state import State

Made = TypeVar("Made")


class Outcome(StrEnum):
    DONE = "done"
    ALREADY = "already"
    BY_HAND = "by_hand"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a change was not made (`shared/cli.md`, `error`)."""

    code: str
    summary: str
    cause: str = ""
    fix: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A change is being made now."""

    id: str
    doing: str
    host: str


@dataclass(frozen=True, slots=True)
class Result:
    """How one change ended."""

    id: str
    action: Action
    outcome: Outcome
    resource_id: str = ""
    detail: str = ""  # one sentence for a person
    error: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Ensured(Generic[Made]):
    """What was seen in the end: the thing itself, why not, or None when it did not show."""

    seen: Made | Failure | None
    was_there: bool = False


async def apply(ports: Ports, state: State, plan: Plan, journal: Journal) -> AsyncIterator[Started | Result]:
    """Makes the plan's changes in order. A change that needs one which failed is skipped and says so."""
    run = _Run(ports, state, journal)
    ended: dict[str, Outcome] = {}
    for change in plan.changes:
        broken = next((need for need in change.needs if _keeps_back(need, ended.get(need))), None)
        if broken and change.action is not Action.BY_HAND:
            result = _skipped(change, broken)
        else:
            if change.writes:
                yield Started(change.id, change.title, change.host)
            result = await run.carry_out(change)
        ended[change.id] = result.outcome
        yield result


def _keeps_back(need: str, outcome: Outcome | None) -> bool:
    """Nothing can be put on a destination that somebody still has to make."""
    return outcome in {Outcome.FAILED, Outcome.SKIPPED} or (need == "destination" and outcome is Outcome.BY_HAND)


class _Run:
    """One apply under way; remembers what it made, since later changes build on it."""

    def __init__(self, ports: Ports, state: State, journal: Journal) -> None:
        self._state = state
        self._clock = ports.clock
        self._segment = segment_of(ports, state)
        self._journal = journal
        chosen = chosen_destination(state.facts, state.answers)
        self._destination_id = chosen.id if chosen else ""

    async def carry_out(self, change: Change) -> Result:
        if change.action is Action.BY_HAND:
            return Result(change.id, change.action, Outcome.BY_HAND, change.resource_id, change.summary)
        if not change.writes:
            if change.id == "destination":
                self._destination_id = change.resource_id
            return Result(change.id, change.action, Outcome.ALREADY, change.resource_id)
        if change.id == "destination":
            return await self._destination(change)
        if not self._destination_id:
            return _failed(change, Trouble("no_destination", "The destination is not there yet."))
        if change.id == "mapping":
            return await self._mapping(change)
        return await self._audience(change)

    # --- destination ----------------------------------------------------------------------------------------------

    async def _destination(self, change: Change) -> Result:
        within = {"client_side_id": self._state.answers.client_side_id}
        write = Write("destination", change.id, within, change.before, change.after)
        if change.action is Action.CREATE:
            made = await self._ensure(write, self._look_for_new_destination, self._create_destination)
        else:
            made = await self._change(change, write, self._destination_as_wanted, self._update_destination)
        if isinstance(made.seen, Destination):
            self._destination_id = made.seen.id
        return self._result(change, write, made)

    async def _look_for_new_destination(self) -> Destination | Failure | None:
        """One for this environment that was not there when the plan was reviewed."""
        seen = await self._segment.destinations()
        if isinstance(seen, Failure):
            return seen
        reviewed = self._state.facts.destinations
        known = {d.id for d in reviewed} if isinstance(reviewed, tuple) else set()
        wanted = self._state.answers.client_side_id
        return next((d for d in seen if d.client_side_id == wanted and d.id not in known), None)

    async def _create_destination(self) -> Destination | Failure:
        facts, answers, token = self._state.facts, self._state.answers, self._state.secrets.launchdarkly_token
        source = source_for_a_new_destination(facts, answers)
        if source is None or token is None:
            raise ValueError("a plan that makes a destination has a source and a token")
        return await self._segment.create_destination(
            source_id=source.id,
            metadata_id=self._catalog.metadata_id,
            name=wanted_destination_name(facts, answers),
            token=token,
            client_side_id=answers.client_side_id,
        )

    async def _update_destination(self, change: Change) -> Destination | Failure:
        after, token = change.after or {}, self._state.secrets.launchdarkly_token
        both = (token, self._state.answers.client_side_id) if token else None
        credentials = both if "settings" in after else None
        return await self._segment.update_destination(
            change.resource_id, name=after.get("name"), enabled=after.get("enabled"), credentials=credentials
        )

    async def _destination_as_wanted(self, change: Change) -> Destination | Failure | None:
        seen = await self._segment.destinations()
        if isinstance(seen, Failure):
            return seen
        there = next((d for d in seen if d.id == change.resource_id), None)
        after, facts = change.after or {}, self._state.facts
        if there is None or ("enabled" in after and there.enabled != after["enabled"]):
            return None
        seen_now = (there.client_side_id, there.token_last_four)
        wanted = (self._state.answers.client_side_id, facts.launchdarkly_token_last_four)
        return None if "settings" in after and seen_now != wanted else there

    # --- mapping --------------------------------------------------------------------------------------------------

    @property
    def _catalog(self) -> CatalogEntry:
        return catalog_entry(self._state.facts)

    async def _mapping(self, change: Change) -> Result:
        there = await self._own_mapping()
        write = Write("mapping", change.id, {"destination": self._destination_id}, None, change.after)
        if isinstance(there, Subscription):
            change = replace(change, resource_id=there.id)
            write = replace(write, before=_replaced(there, change.after or {}))
            made = await self._change(change, write, self._mapping_as_wanted, self._update_mapping)
        else:
            made = await self._ensure(write, self._own_mapping, self._create_mapping)
        return self._result(change, write, made)

    async def _own_mapping(self) -> Subscription | Failure | None:
        seen = await self._segment.subscriptions(self._destination_id)
        if isinstance(seen, Failure):
            return seen
        facts = replace(self._state.facts, subscriptions=seen)
        return chosen_mapping(facts, self._state.answers, Destination(self._destination_id, "", ""))

    async def _mapping_as_wanted(self, change: Change) -> Subscription | Failure | None:
        seen = await self._segment.subscriptions(self._destination_id)
        if isinstance(seen, Failure):
            return seen
        there = next((s for s in seen if s.id == change.resource_id), None)
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

    async def _update_mapping(self, change: Change) -> Subscription | Failure:
        seen = await self._own_mapping()
        if not isinstance(seen, Subscription):
            return seen or _gone(change)
        settings = mapping_settings(self._state.facts, self._state.answers, seen)
        changed = {difference.key for difference in differences(seen, trigger=self._catalog.trigger, settings=settings)}
        return await self._segment.update_subscription(
            self._destination_id,
            change.resource_id,
            trigger=self._catalog.trigger if "trigger" in changed else None,
            enabled=True if not seen.enabled else None,
            settings=settings if changed - {"trigger", "name"} else None,
        )

    # --- audiences ------------------------------------------------------------------------------------------------

    async def _audience(self, change: Change) -> Result:
        """A connection, then an activation with a resync: "a connection alone does not sync" (2.10, 2.11)."""
        audience = next((a for a in chosen_audiences(self._state) if f"audience:{a.key}" == change.id), None)
        if audience is None:
            return _failed(change, Trouble("no_audience", "The audience is no longer in this space."))
        within = {"space": audience.space_id, "audience": audience.id, "destination": self._destination_id}
        write = Write("connection", change.id, within)

        async def look() -> Connection | Failure | None:
            seen = await self._segment.connections(audience.space_id, audience.id)
            if isinstance(seen, Failure):
                return seen
            return next((c for c in seen.items if c.destination_id == self._destination_id), None)

        async def connect() -> Connection | Failure:
            return await self._segment.connect(audience.space_id, audience.id, self._destination_id)

        made = await self._ensure(write, look, connect)
        if isinstance(made.seen, Failure) and (made.seen.is_closed or made.seen.kind is FailureKind.INVALID):
            return self._to_the_hand(change, made.seen, _ATTACH_BY_HAND)
        result = self._result(change, write, made)
        begun_before = made.was_there and change.action is Action.UPDATE
        if not isinstance(made.seen, Connection) or (made.was_there and not begun_before):
            return result
        return await self._activation(change, audience, made.seen, result)

    async def _activation(self, change: Change, audience: Audience, connection: Connection, result: Result) -> Result:
        """`result`: how connecting ended."""
        within = {"space": audience.space_id, "audience": audience.id, "destination": self._destination_id}
        after = {"name": ACTIVATION_NAME, "enabled": True}
        write = Write("activation", change.id, {**within, "connection": connection.id}, None, after)

        async def look() -> Activation | Failure | None:
            seen = await self._segment.activations(audience.space_id, audience.id)
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
                settings=mapping_settings(self._state.facts, self._state.answers, None),
            )

        made = await self._ensure(write, look, activate)
        if isinstance(made.seen, Failure):
            return self._to_the_hand(change, made.seen, _START_BY_HAND)
        activated = self._result(change, write, made)
        if activated.outcome is Outcome.FAILED:
            return activated
        ended = result.outcome if activated.outcome is Outcome.ALREADY else activated.outcome
        return replace(result, outcome=ended)

    def _to_the_hand(self, change: Change, failure: Failure, what_to_do: str) -> Result:
        """What the API does not do here is done in the web app; the watch ticks itself when it is seen (2.11)."""
        trouble = _trouble(failure)
        return Result(change.id, change.action, Outcome.BY_HAND, change.resource_id, what_to_do, trouble)

    # --- writing --------------------------------------------------------------------------------------------------

    async def _ensure(
        self,
        write: Write,
        look: Callable[[], Awaitable[Made | Failure | None]],
        make: Callable[[], Awaitable[Made | Failure]],
    ) -> Ensured[Made]:
        """What is there, else what was made and seen.

        A write whose answer was lost is looked for, and repeated only after a look that did not find it.
        """
        there = await look()
        if there is not None:
            return Ensured(there, was_there=True)
        made: Made | Failure | None = None
        for _ in range(2):
            self._journal.intend(write)
            made = await make()
            there = await self._settled(look)
            if _is_seen(there):
                return Ensured(there)
            is_lost = isinstance(made, Failure) and made.outcome_unknown
            if not is_lost or there is not None:
                break
        if isinstance(made, Failure) and not made.outcome_unknown:
            self._journal.refused(write)
        return Ensured(made if isinstance(made, Failure) else there)

    async def _change(
        self,
        change: Change,
        write: Write,
        as_wanted: Callable[[Change], Awaitable[Made | Failure | None]],
        update: Callable[[Change], Awaitable[Made | Failure]],
    ) -> Ensured[Made]:
        """Brings what is there to what is wanted. Repeating it is harmless, so a lost answer just tries again."""
        return await self._ensure(write, lambda: as_wanted(change), lambda: update(change))

    async def _settled(self, look: Callable[[], Awaitable[Made | Failure | None]]) -> Made | Failure | None:
        """Looks up to three times: a service may show a write a moment later."""
        for pause in (0.0, 1.0, 3.0):
            if pause:
                await self._clock.sleep(pause)
            seen = await look()
            if seen is not None:
                return seen
        return None

    def _result(self, change: Change, write: Write, made: Ensured[Any]) -> Result:
        if isinstance(made.seen, Failure):
            return _failed(change, _trouble(made.seen))
        if made.seen is None:
            return _failed(change, _NOT_SEEN)
        resource_id: str = made.seen.id
        if made.was_there:
            return Result(change.id, change.action, Outcome.ALREADY, resource_id)
        self._journal.made(write, resource_id)
        return Result(change.id, change.action, Outcome.DONE, resource_id)


def _replaced(there: Subscription, after: Mapping[str, Any]) -> dict[str, Any]:
    """What is there now of the values that are to be set."""
    now: dict[str, Any] = {"enabled": there.enabled, "trigger": there.trigger}
    values = {key: now[key] for key in after if key in now}
    settings = {key: there.settings.get(key) for key in after.get("settings", {})}
    return {**values, "settings": settings} if settings else values


def _is_seen(there: object) -> bool:
    return there is not None and not isinstance(there, Failure)


def _trouble(failure: Failure) -> Trouble:
    said = explain(failure)
    return Trouble(failure.code or failure.kind, said.summary, said.cause, said.fix, failure.request_id)


_ATTACH_BY_HAND = (
    "This workspace does not let the API attach it. In Segment: Engage → Audiences → the audience → + Add destination."
)
_START_BY_HAND = (
    "Connected, but this workspace does not let the API start it. In Segment: the audience → the destination → "
    "switch on Send Identify or Send Track → Save."
)
_NOT_SEEN = Trouble(
    "not_seen",
    "Segment accepted the change but does not show it.",
    "Somebody may have changed it back, or Segment shows it later.",
    "Run the wizard again: it starts from what Segment says.",
)


def _gone(change: Change) -> Failure:
    return Failure(Service.SEGMENT, FailureKind.NOT_FOUND, change.host, "GET", "", message="no longer there")


def _failed(change: Change, trouble: Trouble) -> Result:
    return Result(change.id, change.action, Outcome.FAILED, change.resource_id, trouble.summary, trouble)


def _skipped(change: Change, waits_for: str) -> Result:
    return Result(change.id, change.action, Outcome.SKIPPED, "", f"Waits for {waits_for}, which was not made.")
