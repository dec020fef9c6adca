"""Undo what the journal says the wizard made: read what exists now, then take back exactly what was shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, assert_never

from wizard.domain.facts import host_in_region, is_failure, listed, workspace_id
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.planning.change import Action
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.segment import Activation, Connection, Connections, Destination, Subscription
from wizard.domain.wanted import catalog_entry, chosen_space
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.segment import Segment
from wizard.flow.profile.journal import Entry, Resource
from wizard.flow.profile.session import Session
from wizard.flow.reading.clients import launchdarkly_of, segment_of
from wizard.flow.reading.reading import each
from wizard.flow.reading.segment_lists import Lists
from wizard.flow.state import State
from wizard.flow.writing.result import Outcome, Result, Started, Trouble, trouble_of, worst_of
from wizard.flow.writing.undo.other_audiences import OnProgress, OtherAudiences
from wizard.flow.writing.undo.rules import has_rule, read_rules, remove_rule
from wizard.flow.writing.undo.undo_plan import UndoAction, UndoFacts, UndoStep, goes_if_unused, plan_undo
from wizard.flow.writing.undo.undo_token import delete_token, tokens_seen, with_error

T = TypeVar("T")

STILL_LISTED_FOR_S = (0.0, 1.0, 3.0, 6.0)  # pauses between looks at a list that shows what was deleted
FREE_WITHIN_S = (3.0, 10.0)  # pauses before sending a deletion again that met a conflict


# --- reading ------------------------------------------------------------------------------------------------------


async def read_undo_facts(
    ports: Ports, state: State, made: tuple[Entry, ...], on_progress: OnProgress = lambda _: None
) -> UndoFacts | Failure:
    """Return what still exists of what was made, and who else uses it; a failure when Segment can't be read.

    Connections and activations that `state` already has aren't read again: they were read a moment ago.
    """
    rules = await read_rules(launchdarkly_of(ports, state), made)
    if made and all(entry.kind is Resource.RULE for entry in made):
        return UndoFacts((), rules=rules)
    client = segment_of(ports, state)
    lists = Lists(client, made, ports.clock.now())
    destinations = await lists.destinations()
    if isinstance(destinations, Failure):
        return destinations
    ids = {entry.within.get("destination", "") for entry in made} | {entry.resource_id for entry in made}
    there = [destination.id for destination in destinations if destination.id in ids]
    subscriptions = await each(there, lists.subscriptions)
    own = {entry.within["audience"]: entry.within["space"] for entry in made if "audience" in entry.within}
    activations = await _of_each_audience(own, state.facts.activations, lists.activations)
    tokens = await tokens_seen(ports, state, made)
    connections = await _of_each_audience(own, state.facts.connections, lists.connections)
    deleted = await _deleted(client, own, activations, connections)
    seen = UndoFacts(
        destinations=destinations,
        subscriptions=subscriptions,
        connections=connections,
        activations=activations,
        unseen=_unread(connections, deleted),
        deleted_audiences=deleted,
        workspace=workspace_id(state.facts),
        names={audience.id: audience.name for audience in listed(state.facts.audiences)},
        rules=rules,
        tokens=tokens,
        can_delete_tokens=state.secrets.maker_token is not None,
        catalog=catalog_entry(state.facts),
    )
    in_question = goes_if_unused(plan_undo(made, seen))
    return await _with_others(client, state, seen, own, in_question, lists, on_progress) if in_question else seen


async def _with_others(
    client: Segment,
    state: State,
    seen: UndoFacts,
    own: Mapping[str, str],
    in_question: Iterable[str],
    lists: Lists,
    on_progress: OnProgress,
) -> UndoFacts:
    """Add what other audiences are connected to. For hundreds of audiences, that takes minutes."""

    async def ask(space: str, audience: str) -> Connections | Failure:
        there = state.facts.connections.get(audience)
        return there if isinstance(there, Connections) else await lists.connections(space, audience)

    chosen = chosen_space(state.facts, state.answers)
    spaces = {*own.values(), *([chosen.id] if chosen else [])} or {state.answers.space} - {""}
    look = OtherAudiences(client, ask, on_progress)
    others, unseen = await look.connected(spaces, own, frozenset(in_question))
    return replace(
        seen,
        connections={**seen.connections, **others},
        unseen=seen.unseen + unseen + _unread(others),
        names={**look.names, **seen.names},
        hides_a_list=look.hides_a_list,
    )


def _unread(connections: Mapping[str, Connections | Failure], deleted: frozenset[str] = frozenset()) -> int:
    return len({one for one, seen in connections.items() if isinstance(seen, Failure)} - deleted)


async def _of_each_audience(
    audiences: Mapping[str, str], known: Mapping[str, T | Failure], ask: Callable[[str, str], Awaitable[T | Failure]]
) -> dict[str, T | Failure]:
    """Return the known answer for each audience, else that of a call; `audiences` maps each to its space."""

    async def seen(audience: str) -> T | Failure:
        there = known.get(audience)
        return await ask(audiences[audience], audience) if there is None or isinstance(there, Failure) else there

    return await each(audiences, seen)


async def _deleted(client: Segment, own: Mapping[str, str], *seen: Mapping[str, object]) -> frozenset[str]:
    """Return the IDs of audiences that were deleted: a list of theirs and they themselves answer 404, and their space
    doesn't list them.

    What was on a deleted audience is gone too. `own` maps each audience to its space.
    """
    missing = [one for one in own if any(is_failure(lists.get(one), FailureKind.NOT_FOUND) for lists in seen)]
    spaces = {space: await client.audiences(space) for space in {own[one] for one in missing}}
    deleted = set()
    for one in missing:
        there = spaces[own[one]]
        if isinstance(there, tuple) and all(audience.id != one for audience in there):
            itself = await client.audience(own[one], one)
            deleted |= {one} if is_failure(itself, FailureKind.NOT_FOUND) else set()
    return frozenset(deleted)


# --- doing --------------------------------------------------------------------------------------------------------


async def undo(
    ports: Ports, state: State, plan: tuple[UndoStep, ...], journal: Session
) -> AsyncIterator[Started | Result]:
    """Undo the plan in order, resources that belong together one after the other. Yield one result for each."""
    host = host_in_region(ports.services.segment_host, state.facts)
    run = _Run(ports, state, journal, plan)
    for back in sorted(plan, key=_first_of_its_own(plan)):
        if back.writes:
            is_launchdarklys = back.entry.kind in {Resource.RULE, Resource.TOKEN}
            asked = ports.services.launchdarkly_host if is_launchdarklys else host
            yield Started(back.entry.change_id, f"taking back {back.title}", asked)
        yield await run.take_back(back)


def by_change(plan: tuple[UndoStep, ...], results: Iterable[Result]) -> tuple[Result, ...]:
    """Return one result for each change that was once applied: its worst result, the last of equally bad ones."""
    subjects = {(back.entry.change_id, back.entry.resource_id): _subject(back) for back in plan}
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(subjects[result.id, result.resource_id], []).insert(0, result)
    return tuple(map(worst_of, groups.values()))


def _subject(back: UndoStep) -> str:
    """Return a step's group: an audience's activation and connection are one group; so is each destination."""
    entry = back.entry
    return f"{entry.change_id} {entry.within.get('destination') or entry.resource_id}"


def _first_of_its_own(plan: tuple[UndoStep, ...]) -> Callable[[UndoStep], int]:
    """Return a sort key that keeps the plan's order, but puts the steps of each group one after the other."""
    first: dict[str, int] = {}
    for place, back in enumerate(plan):
        first.setdefault(_subject(back), place)
    return lambda back: first[_subject(back)]


class _Run:
    """One undo in progress. A resource that couldn't be taken back also keeps the resources that it's on."""

    def __init__(self, ports: Ports, state: State, journal: Session, plan: tuple[UndoStep, ...]) -> None:
        self._ports = ports
        self._state = state
        self._client = segment_of(ports, state)
        self._launchdarkly = launchdarkly_of(ports, state)
        self._clock = ports.clock
        self._secrets = state.secrets
        self._journal = journal
        self._going = {back.entry.resource_id for back in plan if back.doing is UndoAction.DELETE}
        self._failed: set[str] = set()  # IDs of destinations and connections on which something stays
        self._emptied: set[str] = set()  # IDs of those from which something was just deleted

    async def take_back(self, back: UndoStep) -> Result:
        entry = back.entry
        if back.doing is UndoAction.GONE:
            self._journal.undone(entry)
            return result_of(back, Outcome.ALREADY)
        if back.doing is UndoAction.BY_HAND:
            return result_of(back, Outcome.BY_HAND, Trouble("by_hand", back.why, "", _where_to_look(entry)))
        if back.doing is UndoAction.LEAVE:
            return result_of(back, Outcome.SKIPPED, Trouble("not_only_ours", back.why))
        if back.token is not None:
            return await self._delete_token(back, back.token)
        if self._failed & {
            entry.resource_id,
            entry.within.get("destination") if entry.kind is Resource.MAPPING else "",
        }:
            return result_of(back, Outcome.SKIPPED, Trouble("still_used", "Something on it stays."))
        ended = await (self._delete(back) if back.doing is UndoAction.DELETE else self._restore(back))
        if isinstance(ended, Failure):
            return self._not_taken_back(back, trouble_of(ended))
        if back.doing is UndoAction.DELETE and ended is Outcome.DONE:
            self._emptied |= _places(entry)
            if await self._stays_listed(entry):
                return self._not_taken_back(back, _still_listed(back))
        if back.leaves_a_step:
            rest = Trouble("by_hand", f"The rest was put back. {back.why}", "", _SETTINGS)
            return result_of(back, Outcome.BY_HAND, rest)
        self._journal.undone(entry)
        return result_of(back, ended)

    def _not_taken_back(self, back: UndoStep, why: Trouble) -> Result:
        self._failed |= _places(back.entry)
        return result_of(back, Outcome.FAILED, why)

    async def _stays_listed(self, entry: Entry) -> bool:
        """Return whether a resource is still listed some seconds after Segment accepted its deletion.

        Don't look for a mapping or activation whose destination or connection is deleted too.
        """
        if entry.kind not in {Resource.CONNECTION, Resource.DESTINATION} and _places(entry) & self._going:
            return False
        for pause in STILL_LISTED_FOR_S:
            await self._clock.sleep(pause)
            if await self._is_listed(entry) is not True:
                return False
        return True

    async def _delete(self, back: UndoStep) -> Outcome | Failure:
        """Delete one resource, unless it's gone already. After a lost answer, look before trying again."""
        lost = failure = await self._send_delete_when_free(back)
        if failure is not None and failure.outcome_unknown and await self._is_there(back.entry) is True:
            failure = await self._send_delete(back)
        if failure is None:
            return Outcome.DONE
        if failure.outcome_unknown:
            return Outcome.DONE if await self._is_there(back.entry) is False else failure
        if not _knows_no_such(failure, back.entry) or await self._is_listed(back.entry) is not False:
            return failure
        return Outcome.DONE if lost is not failure else Outcome.ALREADY

    async def _delete_token(self, back: UndoStep, token: Token) -> Result:
        lists = Lists(self._client, (), self._clock.now())
        done = await delete_token(self._ports, self._state, lists, token)
        if isinstance(done, Trouble):
            return with_error(result_of(back, Outcome.FAILED), done)
        self._journal.undone(back.entry)
        return result_of(back, done)

    async def _send_delete_when_free(self, back: UndoStep) -> Failure | None:
        """Send a deletion; repeat it on a conflict if undo has just deleted what was on the resource."""
        failure = await self._send_delete(back)
        for pause in FREE_WITHIN_S if back.entry.resource_id in self._emptied else ():
            if failure is None or failure.kind is not FailureKind.CONFLICT:
                break
            await self._clock.sleep(pause)
            failure = await self._send_delete(back)
        return failure

    async def _send_delete(self, back: UndoStep) -> Failure | None:
        entry, within = back.entry, back.entry.within
        match entry.kind:
            case Resource.ACTIVATION:
                return await self._client.delete_activation(within["space"], within["audience"], entry.resource_id)
            case Resource.CONNECTION:
                connection = back.connection or Connection(entry.resource_id, within["destination"])
                return await self._client.disconnect(within["space"], within["audience"], connection)
            case Resource.MAPPING:
                return await self._client.delete_subscription(within["destination"], entry.resource_id)
            case Resource.DESTINATION:
                return await self._client.delete_destination(entry.resource_id)
            case Resource.RULE:
                return await self._remove_rule(entry)
            case Resource.TOKEN:
                raise ValueError("a token is deleted in `_delete_token`")
            case _:
                assert_never(entry.kind)

    async def _remove_rule(self, entry: Entry) -> Failure | None:
        """Remove a flag's rule; with the admin's token where the one in use can only sync, as after a rotation."""
        refused = await remove_rule(self._launchdarkly, entry)
        if self._secrets.maker_token is None or not is_failure(refused, FailureKind.FORBIDDEN):
            return refused
        return await remove_rule(launchdarkly_of(self._ports, replace(self._state, reads_as_maker=True)), entry)

    async def _is_there(self, entry: Entry) -> bool | Failure:
        if entry.kind is Resource.RULE:
            return await has_rule(self._launchdarkly, entry)
        return await Lists(self._client, (entry,), self._clock.now()).contains(entry)

    async def _is_listed(self, entry: Entry) -> bool | Failure:
        if entry.kind is Resource.RULE:
            return await has_rule(self._launchdarkly, entry)
        return await Lists(self._client, (), self._clock.now()).contains(entry)

    async def _restore(self, back: UndoStep) -> Outcome | Failure:
        """Send the values from before the change, with all settings: Segment may drop those that aren't sent.

        See docs/segment.md#secret-settings.
        """
        before, now = back.entry.before or {}, back.now
        if isinstance(now, Activation):
            done: object = await self._restore_activation(back.entry, now, before)
        elif isinstance(now, Subscription):
            settings = {**now.settings, **before["settings"]} if "settings" in before else None
            done = await self._client.update_subscription(
                back.entry.within["destination"],
                now.id,
                trigger=before.get("trigger"),
                enabled=before.get("enabled"),
                settings=_without_nothing(settings),
            )
        else:
            done = await self._restore_destination(now, before) if now else None
        return done if isinstance(done, Failure) else Outcome.DONE

    async def _restore_activation(
        self, entry: Entry, now: Activation, before: Mapping[str, Any]
    ) -> Activation | Failure:
        settings = _without_nothing({**now.settings, **before["settings"]}) or {}
        space, audience = entry.within["space"], entry.within["audience"]
        return await self._client.update_activation(space, audience, now.id, action_id=now.action_id, settings=settings)

    async def _restore_destination(self, now: Destination, before: Mapping[str, Any]) -> Destination | Failure:
        """Restore a destination. The client-side ID can only be sent with the token, which is ours."""
        token, place = self._secrets.launchdarkly_token, before.get("settings", {}).get("client_side_id")
        if place and token is None:
            return Failure(Service.SEGMENT, FailureKind.UNAUTHORIZED, "", "PATCH", "", message="no LaunchDarkly token")
        credentials = (token, str(place)) if place and token else None
        return await self._client.update_destination(
            now.id, name=before.get("name"), enabled=before.get("enabled"), credentials=credentials
        )


def _still_listed(back: UndoStep) -> Trouble:
    service = "LaunchDarkly" if back.entry.kind is Resource.RULE else "Segment"
    return Trouble(
        "still_listed",
        f"{service} accepted the deletion but still lists {back.title}.",
        f"{service} may take longer to show a deletion, or didn't delete it.",
        "Wait a minute, then undo again (audience-wizard undo).",
    )


def _places(entry: Entry) -> set[str]:
    """Return the IDs of the destination and the connection that a resource is on."""
    return {entry.within[key] for key in ("destination", "connection") if key in entry.within}


def _knows_no_such(failure: Failure, entry: Entry) -> bool:
    """Return whether the failure may mean "doesn't exist". For a connection, the status isn't documented.

    See docs/segment.md#connections.
    """
    unsure = entry.kind is Resource.CONNECTION and failure.status in {400, 422}
    return unsure or failure.kind is FailureKind.NOT_FOUND


_SETTINGS = "Look at its settings in Segment under Connections → Destinations."
_IN_SEGMENT = "Look at it in Segment under Connections → Destinations, and delete it there if nobody needs it."
_OR_SWITCH_IT_OFF = "If you aren't sure, switch it off first: it sends nothing until someone switches it on again."
_AUDIENCE = "Engage → Audiences → the audience"
_SETTINGS_ON_THE_AUDIENCE = f"Look at its settings in Segment under {_AUDIENCE}."
_ON_THE_AUDIENCE = f"Look at it in Segment under {_AUDIENCE}, and remove the destination there if nobody needs it."
_WHERE = {
    Resource.TOKEN: "To delete it by hand, go to Organization settings → Authorization in LaunchDarkly.",
    Resource.RULE: "Look at the flag's rules in LaunchDarkly, and delete this one there if nobody needs it.",
}


def _where_to_look(entry: Entry) -> str:
    """Return where a person finds what undo leaves to them; for a destination, also how to stop it for now."""
    if entry.kind in {Resource.ACTIVATION, Resource.CONNECTION}:
        return _ON_THE_AUDIENCE if entry.is_creation else _SETTINGS_ON_THE_AUDIENCE
    if entry.kind is Resource.DESTINATION and entry.is_creation:
        return f"{_IN_SEGMENT} {_OR_SWITCH_IT_OFF}"
    return _WHERE.get(entry.kind, _IN_SEGMENT) if entry.is_creation else _SETTINGS


def _without_nothing(settings: dict[str, Any] | None) -> dict[str, Any] | None:
    """Leave out settings that had no value before, because the service accepts no nulls."""
    return None if settings is None else {key: value for key, value in settings.items() if value is not None}


def result_of(back: UndoStep, outcome: Outcome, error: Trouble | None = None) -> Result:
    """Return the result of an undo step. Its `action` is what was taken back."""
    entry = back.entry
    action = Action.CREATE if entry.is_creation else Action.UPDATE
    said = f"{back.title}: {back.why}" if back.why and error is None else back.title
    return Result(entry.change_id, action, outcome, entry.resource_id, said, error)
