"""What a person can change in Segment's web app: for tests, for steps by hand, and for the scenario's colleague."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.clock import Clock
from wizard.sandbox.ids import hex_id, letters_id
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.catalog import add_mapping
from wizard.sandbox.state.segment_workspace import Connection, Destination, Mapping, Source, Workspace

COLLEAGUE_TAKES = timedelta(minutes=3)
"""How long the colleague takes for a step, from the moment that it can be done and is watched."""
COLLEAGUE_SEES_LOOKS = 2


class AppActions:
    """The actions of a person in Segment's App."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock

    def create_destination(
        self, source_id: str, api_key: str, client_id: str, name: str = "LaunchDarkly", *, enabled: bool = False
    ) -> Destination:
        """Add LaunchDarkly Audiences in Engage settings; a second instance gets its own source."""
        taken = any(d.metadata_id == catalog.LAUNCHDARKLY_ID for d in self._workspace.destinations_on(source_id))
        number = self._workspace.next_number()
        made = Destination(
            id=hex_id("destination", self._workspace.id, number),
            source_id=self._background_source(source_id).id if taken else source_id,
            metadata_id=catalog.LAUNCHDARKLY_ID,
            name=name,
            enabled=enabled,
            settings={"apiKey": api_key, "clientId": client_id},
            created_at=self._clock.now(),
        )
        self._workspace.destinations[made.id] = made
        return made

    def _background_source(self, beside: str) -> Source:
        first = self._workspace.source(beside)
        assert first is not None, beside  # noqa: S101 - a caller's mistake
        number = 1 + sum(one.space_id == first.space_id for one in self._workspace.sources)
        made = Source(
            id=letters_id("source", self._workspace.id, self._workspace.next_number()),
            slug=f"{first.slug}{number}",
            name=f"Personas ({number})",
            write_key=letters_id("write", first.id, len(self._workspace.sources), length=32),
            space_id=first.space_id,
        )
        self._workspace.sources.append(made)
        return made

    def update_destination(self, destination_id: str, api_key: str | None = None, client_id: str | None = None) -> None:
        """Type new settings into the destination's form."""
        settings = self._workspace.destinations[destination_id].settings
        settings["apiKey"] = api_key or settings["apiKey"]
        settings["clientId"] = client_id or settings["clientId"]

    def enable_destination(self, destination_id: str, *, enabled: bool = True) -> None:
        self._workspace.destinations[destination_id].enabled = enabled

    def delete_destination(self, destination_id: str) -> None:
        """Delete a destination with its mappings, and detach the audiences that it was attached to."""
        del self._workspace.destinations[destination_id]
        kept = [one for one in self._workspace.connections if one.destination_id != destination_id]
        self._workspace.connections = kept

    def create_mapping(
        self,
        destination_id: str,
        *,
        enabled: bool = False,
        context_kind: str = "user",
        context_key: str = "user_id_only",
    ) -> Mapping:
        """Add the preset's mapping; in the App a new mapping starts disabled."""
        settings = {**catalog.PRESET_FIELDS, "context_kind": context_kind, "context_key": context_key}
        destination = self._workspace.destinations[destination_id]
        return add_mapping(self._workspace, destination, catalog.PRESET_NAME, catalog.TRIGGER, enabled, settings)

    def attach(self, audience_id: str, destination_id: str, *, identify: bool = True, track: bool = True) -> Connection:
        """Add the destination to the audience, with Send Identify and Send Track as given."""
        now = self._clock.now()
        made = Connection(
            id=f"ii_{self._workspace.next_number():09d}",
            audience_id=audience_id,
            destination_id=destination_id,
            created_at=now,
            updated_at=now,
            send_identify=identify,
            send_track=track,
        )
        self._workspace.connections.append(made)
        return made

    def detach(self, audience_id: str, destination_id: str) -> None:
        self._workspace.connections = [
            one
            for one in self._workspace.connections
            if (one.audience_id, one.destination_id) != (audience_id, destination_id)
        ]

    def set_up(self, audience_key: str, api_key: str, client_id: str) -> Connection:
        """Set up everything by hand on the first space's Engage source, as the docs describe."""
        space = self._workspace.spaces[0]
        source = next(one for one in self._workspace.sources if one.space_id == space.id)
        destination = self.create_destination(source.id, api_key, client_id, enabled=True)
        self.create_mapping(destination.id, enabled=True)
        return self.attach(self._audience_id(audience_key), destination.id)

    def _audience_id(self, key: str) -> str:
        return next(one.id for one in self._workspace.audiences.values() if one.key == key)

    def resume_membership_changes(self) -> None:
        self._workspace.resume_membership_changes(self._clock.now())

    def colleague(self, now: datetime) -> None:
        """Do what the scenario's colleague has done by now: create or attach, some minutes after that was possible."""
        self._make_what_the_api_refused(now)
        ready = self._ready_destination() if self._workspace.colleague_attaches else None
        if ready is None:
            self._workspace.waited_for.clear()
            self._workspace.ready_since = None
            return
        self._workspace.ready_since = self._workspace.ready_since or now
        for audience_id in self._due_for_the_colleague(now):
            if all(one.destination_id != ready.id for one in self._workspace.connections_of(audience_id)):
                self.attach(audience_id, ready.id)

    def _make_what_the_api_refused(self, now: datetime) -> None:
        asked = self._workspace.refused_destination
        if asked is None or now - asked.at < COLLEAGUE_TAKES or self._has_destination(asked.settings["clientId"]):
            return
        settings = asked.settings
        self.create_destination(asked.source_id, settings["apiKey"], settings["clientId"], asked.name, enabled=True)

    def _has_destination(self, client_id: str) -> bool:
        every = self._workspace.destinations.values()
        return any(one.settings.get("clientId") == client_id for one in every)

    def _due_for_the_colleague(self, now: datetime) -> list[str]:
        """Return the audiences to attach now: the scenario's, or with "*" those that the wizard reads repeatedly."""
        key, ready_since = self._workspace.colleague_attaches, self._workspace.ready_since
        if key != "*":
            due = ready_since is not None and now - ready_since >= COLLEAGUE_TAKES
            return [self._audience_id(key)] if due else []
        return [
            audience_id
            for audience_id, looks in self._workspace.waited_for.items()
            if len(looks) >= COLLEAGUE_SEES_LOOKS and now - looks[0] >= COLLEAGUE_TAKES
        ]

    def _ready_destination(self) -> Destination | None:
        """Return an enabled LaunchDarkly destination with an enabled mapping."""
        for one in self._workspace.destinations.values():
            ready = one.enabled and any(mapping.enabled for mapping in one.mappings.values())
            if ready and one.metadata_id == catalog.LAUNCHDARKLY_ID:
                return one
        return None
