"""Send audiences to LaunchDarkly as time passes: each request catches up with the clock, without a background task.

A first sync starts when a connection begins to send. After about nine minutes, its events go out in batches of a
thousand. Later, a few events follow as profiles change, so that a repaired setup shows signs of life.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from wizard.sandbox.behaviors import Behavior, status_of
from wizard.sandbox.faults import OUTAGE
from wizard.sandbox.http.exchange import Json, Refusal
from wizard.sandbox.launchdarkly import targets
from wizard.sandbox.segment.audiences.computing import pace
from wizard.sandbox.segment.catalog import LAUNCHDARKLY_ID
from wizard.sandbox.state.account import Account
from wizard.sandbox.state.segment_workspace import (
    BATCH,
    Audience,
    Connection,
    Delivered,
    Destination,
    Mapping,
    Pace,
    Workspace,
)
from wizard.sandbox.sync.destination import Parcel, parcels, parcels_of_first_sync
from wizard.sandbox.sync.events import TOLD_IN_EVENTS, Batch
from wizard.sandbox.world import World

TRICKLE = 3
RETRY_AFTER = timedelta(minutes=5)
RETRIED = (429, 500, 502, 503, 504)
LOOK_BACK = timedelta(hours=1)
"""Trickles older than this are skipped, so that a sandbox that slept for days wakes at once."""
Prepare = Callable[[Batch, str, str, str], list[Parcel]]
_REASONS = {400: "BAD_REQUEST"}


class Engine:
    """Brings the sync of every connection in every workspace up to a moment."""

    def __init__(self, world: World) -> None:
        self._world = world

    def advance(self, now: datetime) -> None:
        """Do everything that is due by `now`, in chronological order."""
        for workspace in self._world.workspaces:
            while (due := self._next(workspace, now)) is not None:
                at, connection = due
                _Feed(self._world, workspace, connection).send(at)

    def _next(self, workspace: Workspace, now: datetime) -> tuple[datetime, Connection] | None:
        waiting = (
            (at, connection.id, connection)
            for connection in workspace.sending()
            if (at := _Feed(self._world, workspace, connection).due(now)) is not None and at <= now
        )
        first = min(waiting, default=None, key=lambda entry: entry[:2])
        return first and (first[0], first[2])


class _Feed:
    """The sync of one audience to one of its destinations."""

    def __init__(self, world: World, workspace: Workspace, connection: Connection) -> None:
        self._world = world
        self._workspace = workspace
        self._connection = connection
        self._audience: Audience = workspace.audiences[connection.audience_id]
        self._destination: Destination = workspace.destinations[connection.destination_id]
        self._pace: Pace = pace(workspace, self._audience)

    def due(self, now: datetime) -> datetime | None:
        """Return the moment of the next events; None if there won't be any."""
        start = self._connection.sends_since()
        if start is None or self._destination.metadata_id != LAUNCHDARKLY_ID or not self._runs():
            return None
        if self._connection.retry_at:
            return self._connection.retry_at
        first = max(start, self._connection.resynced_at or start) + timedelta(seconds=self._pace.first_delivery)
        sent, batches = self._connection.batches_sent, self._batches()
        if sent < batches:
            return first + sent * timedelta(seconds=self._pace.between_batches)
        return self._next_trickle(first, now)

    def _runs(self) -> bool:
        audience = self._audience
        return audience.enabled and audience.status is None and audience.kind != "LINKED" and len(audience.members) > 0

    def _next_trickle(self, first: datetime, now: datetime) -> datetime:
        done = first + self._batches() * timedelta(seconds=self._pace.between_batches)
        step = timedelta(seconds=self._pace.between_trickles)
        since = max(now - LOOK_BACK, self._workspace.changes_since or done)
        self._connection.trickles_sent = max(self._connection.trickles_sent, int((since - done) / step))
        return done + (self._connection.trickles_sent + 1) * step

    def _batches(self) -> int:
        """Return the number of batches in the first sync: 0 without history, unless an activation asks for a resync."""
        resync = any(one.enabled and one.perform_resync for one in self._connection.activations.values())
        if not (self._audience.history or resync):
            return 0
        return -(-self._total() // BATCH)

    def send(self, at: datetime) -> None:
        """Send the next batch, or the next trickle once the first sync is over."""
        first_sync = self._connection.batches_sent < self._batches()
        batch, prepare = (
            (self._batch_of_first_sync(), parcels_of_first_sync) if first_sync else (self._trickle(), parcels)
        )
        if self._deliver(batch, prepare, at):
            self._connection.retry_at = None
            if first_sync:
                self._connection.batches_sent += 1
            else:
                self._connection.trickles_sent += 1
        else:
            self._connection.retry_at = at + RETRY_AFTER

    def _batch_of_first_sync(self) -> Batch:
        start = self._connection.batches_sent * BATCH
        return self._batch(range(start, min(start + BATCH, self._total())))

    def _trickle(self) -> Batch:
        total, start = self._total(), self._connection.trickles_sent * TRICKLE
        return self._batch(tuple((start + number) % total for number in range(min(TRICKLE, total))))

    def _total(self) -> int:
        return len(self._audience.members) * len(self._connection.event_types())

    def _batch(self, numbers: range | tuple[int, ...]) -> Batch:
        emitters = (one.emitter_id for one in self._connection.activations.values() if one.emitter_id and one.enabled)
        audience = self._audience
        return Batch(
            audience_id=audience.id,
            audience_key=audience.key,
            space_id=audience.space_id,
            members=audience.members,
            types=self._connection.event_types(),
            emitter=next(emitters, ""),
            behaviors=TOLD_IN_EVENTS & self._world.behaviors,
            numbers=numbers,
        )

    def _deliver(self, batch: Batch, prepare: Prepare, at: datetime) -> bool:
        """Deliver a batch; return whether it's done (delivered, refused or filtered), not to be retried."""
        self._log(at, batch.kinds(), "successfully-received", destination_id="")
        if not self._destination.enabled:
            return True
        client_id = self._destination.settings.get("clientId", "")
        prepared = [
            (one, prepare(batch, one.trigger, json.dumps(one.settings), client_id))
            for one in self._destination.mappings.values()
            if one.enabled
        ]
        if not any(sent for _, sent in prepared):
            self._log(at, batch.kinds(), "filtered-at-destination", "NO_MATCHING_MAPPING")
        done = [self._run(mapping, sent, at) for mapping, sent in prepared if sent]
        return all(done)

    def _run(self, mapping: Mapping, prepared: list[Parcel], at: datetime) -> bool:
        post = self._post(self._destination.settings.get("apiKey", ""), at)
        statuses = [parcel.send(post) for parcel in prepared]
        for parcel, status in zip(prepared, statuses, strict=True):
            if status < 300:
                self._log(at, parcel.kinds, "successful-delivery", mapping_id=mapping.id)
            else:
                self._log(at, parcel.kinds, "failed-delivery", _REASONS.get(status, str(status)), mapping.id)
        return not any(status in RETRIED for status in statuses)

    def _post(self, token: str, at: datetime) -> Callable[[Json], int]:
        def post(body: Json) -> int:
            return answer_of_launchdarkly(self._world, token, body, at)

        return post

    def _log(
        self,
        at: datetime,
        kinds: Counter[tuple[str, str]],
        stage: str,
        reason: str = "",
        mapping_id: str = "",
        destination_id: str | None = None,
    ) -> None:
        for (kind, name), count in kinds.items():
            self._workspace.deliveries.append(
                Delivered(
                    at=at,
                    stage=stage,
                    source_id=self._destination.source_id,
                    destination_id=self._destination.id if destination_id is None else destination_id,
                    event_type=kind,
                    event_name=name,
                    count=count,
                    reason=reason,
                    mapping_id=mapping_id,
                    audience_id=self._audience.id,
                )
            )


_SHUT_OUT = {
    Behavior.SEGMENT_SHUT_OUT_401: 401,
    Behavior.SEGMENT_SHUT_OUT_403: 403,
    Behavior.SEGMENT_SHUT_OUT_404: 404,
}


def _shut_out(world: World, account: Account) -> int:
    """Return the status with which an IP allowlist refuses Segment; 0 if none does."""
    status = status_of(world.behaviors, _SHUT_OUT)
    return status or (403 if account.allowlist_refuses_segment else 0)


def answer_of_launchdarkly(world: World, secret: str, body: Json, at: datetime) -> int:
    """Return the status of one request to the commercial instance, the only one that the destination supports."""
    if world.faults == OUTAGE:
        return 503
    for account in world.accounts_in("us"):
        token = account.valid_token(secret, at)
        if token is None:
            continue
        if status := _shut_out(world, account):
            return status
        token.last_used_at = at
        try:
            return targets.receive(world, account, token, body, at).status
        except Refusal as refusal:
            return refusal.answer.status
    return 401
