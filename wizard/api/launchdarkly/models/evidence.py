"""LaunchDarkly's answers about the audit log, the IP allowlist, flag values, contexts and SDKs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from wizard.api.lenient import Id, Key, Millis, Name, Remote, items_of, length, parse_one
from wizard.domain.services import launchdarkly as model
from wizard.text import plain

_LONGEST_VALUE = 200  # characters of a flag's value, which may be a whole JSON document


class _Access(Remote):
    action: Key = ""
    resource: Key = ""


class _TokenRef(Remote):
    id: Key = Field(default="", validation_alias="_id")


_NO_TOKEN = _TokenRef()


class AuditItem(Remote):
    """An entry of the audit log: what was changed, and with which token (docs/launchdarkly.md#audit-log)."""

    date: Millis = None
    accesses: Annotated[tuple[_Access, ...], items_of(_Access)] = ()
    token: _TokenRef = _NO_TOKEN

    def writes(self) -> list[model.SegmentWrite]:
        """Return the entry's changes of segments, from resources like `proj/shop:env/production:segment/KEY`."""
        named = ((one.action, one.resource.rpartition(":segment/")) for one in self.accesses)
        at = self.date
        return [model.SegmentWrite(key, action, at) for action, (place, _, key) in named if at and place and key]


class AllowlistAnswer(Remote):
    """The account's IP allowlist (docs/launchdarkly.md#ip-allowlist); no address is kept."""

    tokens: bool = Field(validation_alias="apiTokenAllowlistEnabled")
    sessions: bool = Field(default=False, validation_alias="sessionAllowlistEnabled")
    entries: Annotated[int, BeforeValidator(length)] = 0

    def to_domain(self) -> model.Allowlist:
        return model.Allowlist(self.tokens, self.sessions, self.entries)


class FlagReason(Remote):
    kind: Key = ""
    rule_index: int | None = Field(default=None, validation_alias="ruleIndex")
    prerequisite: Key = Field(default="", validation_alias="prerequisiteKey")


def _value(raw: object) -> str:
    """Return a flag's value as JSON: a person knows `true` and `"blue"` from the app."""
    return plain(json.dumps(raw, ensure_ascii=False), _LONGEST_VALUE)


class FlagValueItem(Remote):
    """What one flag serves to a context (docs/launchdarkly.md#what-a-flag-serves)."""

    key: Id
    value: Annotated[str, BeforeValidator(_value)] = Field(default="null", validation_alias="_value")
    reason: FlagReason = FlagReason()

    def to_domain(self) -> model.FlagValue:
        index = self.reason.rule_index
        return model.FlagValue(
            flag=self.key,
            value=self.value,
            reason=self.reason.kind,
            rule=None if index is None or index < 0 else index + 1,
            prerequisite=self.reason.prerequisite,
        )


class RecordedContext(Remote):
    kind: Key = ""
    key: Id


class ContextRecord(Remote):
    """A context that an SDK evaluated; its key is personal data and leaves the client only as a shape.

    See docs/launchdarkly.md#what-the-apps-contexts-look-like.
    """

    context: RecordedContext


class FlagState(Remote):
    on: bool | None = None


def _states(raw: object) -> dict[str, FlagState]:
    found = raw if isinstance(raw, dict) else {}
    return {str(key): state for key, body in found.items() if (state := parse_one(FlagState, body)) is not None}


class FlagItem(Remote):
    """A flag in a list, with its state in the environments that were asked for."""

    key: Id
    name: Name = ""
    environments: Annotated[Mapping[str, FlagState], BeforeValidator(_states)] = Field(default_factory=dict)

    def to_domain(self, environment: str) -> model.Flag:
        state = self.environments.get(environment)
        return model.Flag(self.key, self.name or self.key, state.on if state is not None else None)


class SdkItem(Remote):
    """An SDK in use (docs/launchdarkly.md#sdks-in-use)."""

    name: Id
    version: Key = ""
    kind: Key = Field(default="", validation_alias="type")
    project: Key = Field(default="", validation_alias="projectKey")
    environment: Key = Field(default="", validation_alias="environmentKey")
    relay_version: Key = Field(default="", validation_alias="relayVersion")

    def to_domain(self) -> model.Sdk:
        return model.Sdk(**self.model_dump())
