"""The events that Engage sends when a profile enters an audience (docs/segment.md#events-from-engage)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Json
from wizard.sandbox.ids import letters_id
from wizard.sandbox.segment.state import Audience, Profile


def membership_event(
    kind: str,
    audience: Audience,
    profile: Profile,
    *,
    emitters: Sequence[str] = (),
    behaviors: Collection[Behavior] = (),
) -> Json:
    """Return an identify or a track event. Identifiers that a profile lacks are absent, not null."""
    personas = {
        "computation_class": "audience",
        "computation_id": audience.id,
        "computation_key": audience.key,
        "namespace": audience.space_id,
        "space_id": audience.space_id,
    }
    if Behavior.EVENT_ID_DIFFERS in behaviors:
        personas["computation_id"] = "aud_" + letters_id("computation", audience.id, length=27)
    if emitters:
        personas["event_emitter_id"] = emitters[0]
        if Behavior.CLASS_NOT_SENT in behaviors:
            del personas["computation_class"]
    event: Json = {"type": kind, "context": {"personas": personas}}
    if profile.user_id is not None:
        event["userId"] = profile.user_id
    if profile.anonymous_id is not None:
        event["anonymousId"] = profile.anonymous_id
    email = {} if profile.email is None else {"email": profile.email}
    if kind == "identify":
        return event | {"traits": {audience.key: True, **email}}
    event["context"]["traits"] = email
    return event | {"event": "Audience Entered", "properties": {"audience_key": audience.key, audience.key: True}}
