"""Persistent stores, the audit log, SDK usage, the IP allowlist and the address list.

See docs/launchdarkly.md#persistent-stores, docs/launchdarkly.md#audit-log and
docs/launchdarkly.md#calls-that-need-no-permission.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import milliseconds
from wizard.sandbox.launchdarkly.answers import link, refused, self_link, whole_number
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.state.account import AuditEntry, SdkSeen, Store
from wizard.sandbox.state.policies import Part, any_allows

_STORES = "/api/v2/integration-capabilities/big-segment-store"
_ALLOWLIST = "/api/v2/account/ip-allowlist"
PUBLIC_ADDRESSES = {"addresses": ["104.156.80.0/20", "151.101.0.0/16"], "outboundAddresses": ["52.21.152.96/32"]}


def list_stores(call: Call) -> Answer:
    call.demand("viewIntegration", Part("integration", "*"))
    items = [_store(store, call.now) for store in call.account.stores]
    return Answer(body={"items": items, "_links": self_link(_STORES)})


def _store(store: Store, now: datetime) -> Json:
    path = f"{_STORES}/{store.project_key}/{store.environment_key}/{store.integration_key}/{store.id}"
    project = f"/api/v2/projects/{store.project_key}"
    return {
        "_id": store.id,
        "integrationKey": store.integration_key,
        "projectKey": store.project_key,
        "environmentKey": store.environment_key,
        "config": {},
        "on": store.on,
        "tags": [],
        "name": store.name,
        "version": 1,
        "_status": _status(store, now),
        "_links": {
            "self": link(path),
            "parent": link(_STORES),
            "project": link(project),
            "environment": link(f"{project}/environments/{store.environment_key}"),
        },
    }


def _status(store: Store, now: datetime) -> Json:
    at = milliseconds(now) - 30_000
    errors = [{"statusCode": 400, "message": store.error, "timestamp": at}] if store.error else []
    status: Json = {
        "available": store.available,
        "potentiallyStale": store.potentially_stale,
        "lastSync": at,
        "errors": errors,
    }
    return status | ({"lastError": at} if errors else {})


def audit_log(call: Call) -> Answer:
    """Return entries newest first, 10 by default and 20 at most, filtered by `token`, and by `spec` or statements."""
    call.demand("viewAuditLog", Part("acct", ""))
    limit = whole_number(call.incoming, "limit", 10, least=1, most=20)
    after = whole_number(call.incoming, "after", 0)
    before = whole_number(call.incoming, "before", 2**62)
    entries = [e for e in call.account.audit_log if after <= milliseconds(e.at) < before and _wanted(call, e)]
    newest = sorted(entries, key=lambda entry: entry.at)[::-1]
    links = self_link(call.incoming.path)
    if len(newest) > limit:
        links["next"] = link(f"{call.incoming.path}?before={milliseconds(newest[limit - 1].at)}&limit={limit}")
    return Answer(body={"items": [_entry(call, entry) for entry in newest[:limit]], "_links": links})


def _wanted(call: Call, entry: AuditEntry) -> bool:
    tokens = [value for name, value in call.incoming.query if name == "token"]
    if tokens and (entry.token is None or entry.token.id not in tokens):
        return False
    query = (call.incoming.value("q") or "").lower()
    if query and query not in f"{entry.name} {entry.description} {entry.action}".lower():
        return False
    statements = _statements(call)
    return not statements or any_allows([statements], _resource(entry.resource), entry.action)


def _statements(call: Call) -> list[Json]:
    specifier = call.incoming.value("spec")
    if specifier:
        return [{"effect": "allow", "resources": [specifier], "actions": ["*"]}]
    if call.incoming.method != "POST" or not call.incoming.body:
        return []
    try:
        body: Any = call.incoming.json()
    except ValueError as broken:
        raise refused(400) from broken
    if not isinstance(body, list):
        raise refused(400)
    return body


def _resource(path: str) -> tuple[Part, ...]:
    pairs = (step.partition("/") for step in path.split(":"))
    return tuple(Part(kind, name) for kind, _, name in pairs)


def _entry(call: Call, entry: AuditEntry) -> Json:
    shown: Json = {
        "_id": entry.id,
        "_accountId": call.account.id,
        "date": milliseconds(entry.at),
        "accesses": [{"action": entry.action, "resource": entry.resource}],
        "kind": entry.kind,
        "name": entry.name,
        "description": entry.description,
        "shortDescription": entry.description,
        "titleVerb": "created the segment" if entry.action == "createSegment" else "updated the segment",
        "target": {"name": entry.name, "resources": [entry.resource], "_links": {}},
        "_links": self_link(f"/api/v2/auditlog/{entry.id}"),
    }
    token = entry.token
    if token is None:
        return shown
    summary = {
        "_id": token.id,
        "name": token.name,
        "ending": token.secret[-4:],
        "serviceToken": token.service,
        "_links": {},
    }
    return shown | {"token": summary}


def sdk_details(call: Call) -> Answer:
    """Return a bare list, unlike every other endpoint."""
    call.demand("viewUsage", Part("acct", ""))
    return Answer(body=[_sdk(call, sdk) for sdk in call.account.sdks])


def _sdk(call: Call, sdk: SdkSeen) -> Json:
    project = call.account.projects[sdk.project_key]
    environment = project.environments[sdk.environment_key]
    shown = {
        "name": sdk.name,
        "version": sdk.version,
        "type": sdk.kind,
        "projectId": project.id,
        "projectKey": project.key,
        "projectName": project.name,
        "environmentId": environment.id,
        "environmentKey": environment.key,
        "environmentName": environment.name,
    }
    return shown | ({"relayVersion": sdk.relay_version} if sdk.relay_version else {})


def sdk_versions(call: Call) -> Answer:
    """Return the SDKs seen on one stream: `client`, `server` or `mobile`."""
    call.demand("viewUsage", Part("acct", ""))
    source = call.incoming.params["source"]
    if source not in ("client", "server", "mobile"):
        raise refused(400, "unknown source")
    found = [{"sdk": s.name, "version": s.version} for s in call.account.sdks if s.kind == source]
    return Answer(body={"sdkVersions": found, "_links": self_link(call.incoming.path)})


def allowlist(call: Call) -> Answer:
    """Return the IP allowlist, to a token that may change the allowlist."""
    call.demand("updateIpAllowlist", Part("acct", ""))
    on = call.account.allowlist_refuses_segment
    office = {
        "_id": "3f2c1a52-9f2b-4b57-8e7d-0d6f5a1c2b3d",
        "ipAddress": "203.0.113.0/24",
        "description": "Office",
        "_createdAt": milliseconds(call.now) - 86_400_000,
        "_updatedAt": milliseconds(call.now) - 86_400_000,
    }
    entries = [office] if on else []
    body = {"sessionAllowlistEnabled": on, "apiTokenAllowlistEnabled": on, "entries": entries}
    return Answer(body=body | {"totalCount": len(entries), "_links": self_link(_ALLOWLIST)})


ENDPOINTS = (
    Endpoint("GET", _ALLOWLIST, allowlist, beta=True),
    Endpoint("GET", _STORES, list_stores, beta=True),
    Endpoint("GET", "/api/v2/auditlog", audit_log),
    Endpoint("POST", "/api/v2/auditlog", audit_log),
    Endpoint("GET", "/api/v2/usage/sdk-versions/details", sdk_details, beta=True),
    Endpoint("GET", "/api/v2/usage/streams/{source}/sdkversions", sdk_versions, beta=True),
)
