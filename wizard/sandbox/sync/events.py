"""The events that Engage sends when profiles enter an audience (docs/segment.md#events-from-engage)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Json
from wizard.sandbox.ids import letters_id
from wizard.sandbox.state.segment_workspace import GeneratedProfiles, Profile

_NAMES = {"identify": "", "track": "Audience Entered"}
TOLD_IN_EVENTS = frozenset({Behavior.EVENT_ID_DIFFERS, Behavior.CLASS_NOT_SENT})


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that are sent together. Each member of the audience has one event of each type, in the members' order.

    `emitter` is "" unless an activation sends them. `behaviors` are those of `TOLD_IN_EVENTS` that are on.
    """

    audience_id: str
    audience_key: str
    space_id: str
    members: GeneratedProfiles
    types: tuple[str, ...]
    emitter: str
    behaviors: frozenset[Behavior]
    numbers: range | tuple[int, ...]

    def kinds(self) -> Counter[tuple[str, str]]:
        """Return how many events there are of each type and name."""
        types = Counter(self.types[number % len(self.types)] for number in self.numbers)
        return Counter({(kind, _NAMES[kind]): count for kind, count in types.items()})

    def events(self) -> list[Json]:
        """Return the events. They share objects, so don't change an event."""
        personas, number_of_types = self._personas(), len(self.types)
        return [
            self._event(self.types[number % number_of_types], self.members[number // number_of_types], personas)
            for number in self.numbers
        ]

    def _personas(self) -> Json:
        personas = {
            "computation_class": "audience",
            "computation_id": self.audience_id,
            "computation_key": self.audience_key,
            "namespace": self.space_id,
            "space_id": self.space_id,
        }
        if Behavior.EVENT_ID_DIFFERS in self.behaviors:
            personas["computation_id"] = "aud_" + letters_id("computation", self.audience_id, length=27)
        if self.emitter:
            personas["event_emitter_id"] = self.emitter
            if Behavior.CLASS_NOT_SENT in self.behaviors:
                del personas["computation_class"]
        return personas

    def _event(self, kind: str, profile: Profile, personas: Json) -> Json:
        """Return an identify or a track event. Identifiers that a profile lacks are absent, not null."""
        context: Json = {"personas": personas}
        event: Json = {"type": kind, "context": context}
        if profile.user_id is not None:
            event["userId"] = profile.user_id
        if profile.anonymous_id is not None:
            event["anonymousId"] = profile.anonymous_id
        email = {} if profile.email is None else {"email": profile.email}
        if kind == "identify":
            event["traits"] = {self.audience_key: True, **email}
            return event
        context["traits"] = email
        event["event"] = _NAMES[kind]
        event["properties"] = {"audience_key": self.audience_key, self.audience_key: True}
        return event
