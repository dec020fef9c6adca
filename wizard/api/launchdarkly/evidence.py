"""Reads beyond the setup, made when a diagnosis or the end of the first sync needs them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime

from wizard.api.call import Call, path
from wizard.api.launchdarkly.models.evidence import (
    AllowlistAnswer,
    AuditItem,
    ContextRecord,
    FlagItem,
    FlagValueItem,
    SdkItem,
)
from wizard.api.launchdarkly.models.segments import Evaluation
from wizard.api.launchdarkly.models.tokens import TokenAnswer
from wizard.api.launchdarkly.wire import BETA, Wire
from wizard.api.lenient import parse_each
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import launchdarkly as model
from wizard.domain.signals.key_shapes import shape_of
from wizard.text import plain

_ENVIRONMENT = "/api/v2/projects/{}/environments/{}"
_MOST_CONTEXTS = 50


class EvidenceReads:
    """The optional reads of `LaunchDarklyClient`; the token may lack the right to any of them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def tokens(self) -> tuple[model.Token, ...] | Failure:
        """Read the tokens that this one may see (docs/launchdarkly.md#token-metadata)."""
        found = await self._wire.lists.all_items(self._wire.get("/api/v2/tokens", (("showAll", "true"),)))
        if isinstance(found, Failure):
            return found
        return tuple({token.id: token.to_domain() for token in parse_each(TokenAnswer, found)}.values())

    async def segment_writes(
        self, project: str, environment: str, token_id: str, since: datetime | None
    ) -> tuple[model.SegmentWrite, ...] | Failure:
        """Read one token's newest changes of an environment's segments (docs/launchdarkly.md#audit-log)."""
        began = (("after", str(int(since.timestamp() * 1000))),) if since else ()
        spec = ("spec", f"proj/{project}:env/{environment}:segment/*")
        call = self._wire.get("/api/v2/auditlog", (spec, ("token", token_id), *began, ("limit", "20")))
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        entries = parse_each(AuditItem, found)
        return tuple(write for entry in entries if entry.token.id == token_id for write in entry.writes())

    async def allowlist(self) -> model.Allowlist | Failure:
        """Read the account's IP allowlist, a beta resource (docs/launchdarkly.md#ip-allowlist)."""
        call = self._wire.get("/api/v2/account/ip-allowlist", version=BETA)
        return await self._wire.fetch_one(call, AllowlistAnswer, AllowlistAnswer.to_domain)

    async def flag_value(
        self, project: str, environment: str, flag: str, kind: str, context_key: str
    ) -> model.FlagValue | Failure:
        """Evaluate one flag for one context (docs/launchdarkly.md#what-a-flag-serves)."""
        where = path(_ENVIRONMENT + "/flags/evaluate", project, environment)
        query = (("filter", f"query equals {json.dumps(flag)}"), ("limit", "50"))
        call = self._wire.post_query(where, {"kind": kind, "key": context_key}, query)
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        values = (value.to_domain() for value in parse_each(FlagValueItem, found))
        return next((value for value in values if value.flag == flag), None) or _not_named(call, "flag")

    async def flags(self, project: str, environment: str) -> tuple[model.Flag, ...] | Failure:
        """Read the flags of a project with their state in one environment (docs/launchdarkly.md#listing-flags)."""
        asked = self._wire.get(path("/api/v2/flags/{}", project), (("env", environment), ("sort", "name")))
        found = await self._wire.lists.all_items(asked)
        if isinstance(found, Failure):
            return found
        items = {flag.key: flag.to_domain(environment) for flag in parse_each(FlagItem, found)}
        return tuple(items.values())

    async def evaluated_member(
        self, project: str, environment: str, segment: str, kind: str, context_key: str
    ) -> bool | Failure:
        """Evaluate every segment for one context (docs/launchdarkly.md#membership)."""
        where = path(_ENVIRONMENT + "/segments/evaluate", project, environment)
        call = self._wire.post_query(where, {"kind": kind, "key": context_key})
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        verdicts = parse_each(Evaluation, found)
        is_member = next((verdict.is_member for verdict in verdicts if verdict.key == segment), None)
        return _not_named(call, "segment") if is_member is None else is_member

    async def key_shapes(self, project: str, environment: str, kind: str) -> model.KeyShapes | Failure:
        """Count the shapes of recent context keys (docs/launchdarkly.md#what-the-apps-contexts-look-like)."""
        where = path(_ENVIRONMENT + "/contexts/search", project, environment)
        body = {"filter": f"kind equals {json.dumps(kind)}", "sort": "-ts", "limit": _MOST_CONTEXTS}
        found = await self._wire.lists.one_page(self._wire.post_query(where, body))
        if isinstance(found, Failure):
            return found
        items = parse_each(ContextRecord, found)
        shapes = Counter(shape_of(item.context.key) for item in items if item.context.kind == kind)
        return model.KeyShapes(kind, dict(shapes.most_common()))

    async def sdks(self) -> tuple[model.Sdk, ...] | Failure:
        """Read the SDKs in use from a bare list, a beta resource (docs/launchdarkly.md#sdks-in-use)."""
        call = replace(self._wire.get("/api/v2/usage/sdk-versions/details", version=BETA), bare_list=True)
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        return tuple(item.to_domain() for item in parse_each(SdkItem, found))


def _not_named(call: Call, what: str) -> Failure:
    said = f"the evaluation doesn't name the {what}"
    return Failure(call.service, FailureKind.NOT_FOUND, call.host, call.method, call.path, message=plain(said))
