"""Projects, environments and context kinds as the token may see them.

See docs/launchdarkly.md#projects-and-environments and docs/launchdarkly.md#context-kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from wizard.sandbox.http.exchange import Answer, Incoming, Json
from wizard.sandbox.ids import milliseconds
from wizard.sandbox.launchdarkly.answers import link, page, refused, self_link
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.state.account import ContextKind, Environment, Project

Named = TypeVar("Named", Project, Environment)

PAGE = 20
PAGED_SINCE = 20220603


def list_projects(call: Call) -> Answer:
    """Return the visible projects; an expanded list of environments has only its first 20."""
    visible = [p for p in call.account.projects.values() if _visible(call, p)]
    kept = _sorted(_filtered(call.incoming, visible, ("query", "tags", "keys")), call.incoming)
    shown, paging = page(call.incoming, kept, PAGE, paged=call.version >= PAGED_SINCE)
    return Answer(body={"items": [_project(call, project) for project in shown], **paging})


def one_project(call: Call) -> Answer:
    project = call.project()
    # The specification omits this field; real responses have it (docs/launchdarkly.md#required-views).
    views = {"requireViewAssociationForNewSegments": project.segments_need_a_view}
    return Answer(body=_project(call, project) | views)


def _visible(call: Call, project: Project) -> bool:
    return call.account.may(call.token, "viewProject", project.part())


def _project(call: Call, project: Project) -> Json:
    shown: Json = {
        "_id": project.id,
        "key": project.key,
        "name": project.name,
        "tags": project.tags,
        "includeInSnippetByDefault": True,
        "defaultClientSideAvailability": {"usingEnvironmentId": True, "usingMobileKey": True},
        "_links": self_link(f"/api/v2/projects/{project.key}"),
    }
    if call.version < PAGED_SINCE:
        everything = [_environment(call, project, one) for one in project.environments.values()]
        return shown | {"environments": everything}
    if "environments" in (call.incoming.value("expand") or "").split(","):
        return shown | {"environments": _first_environments(call, project)}
    return shown


def _first_environments(call: Call, project: Project) -> Json:
    path = f"/api/v2/projects/{project.key}/environments"
    nested = Incoming("GET", call.incoming.host, path)
    shown, paging = page(nested, list(project.environments.values()), PAGE)
    return {"items": [_environment(call, project, one) for one in shown], **paging}


def list_environments(call: Call) -> Answer:
    project = call.project()
    environments = list(project.environments.values())
    kept = _sorted(_filtered(call.incoming, environments, ("query", "tags")), call.incoming)
    shown, paging = page(call.incoming, kept, PAGE)
    return Answer(body={"items": [_environment(call, project, one) for one in shown], **paging})


def one_environment(call: Call) -> Answer:
    project, environment = call.environment()
    return Answer(body=_environment(call, project, environment))


def _environment(call: Call, project: Project, environment: Environment) -> Json:
    keys_shown = call.account.may(call.token, "viewSdkKey", project.part(), environment.part())
    shown: Json = {
        "_id": environment.id,
        "key": environment.key,
        "name": environment.name,
        "color": environment.color,
        "apiKey": environment.sdk_key if keys_shown else "sdk-********-****-****-****-************",
        "mobileKey": environment.mobile_key if keys_shown else "mob-********-****-****-****-************",
        "defaultTtl": 0,
        "secureMode": False,
        "defaultTrackEvents": False,
        "requireComments": environment.critical,
        "confirmChanges": environment.critical,
        "tags": environment.tags,
        "critical": environment.critical,
        "approvalSettings": _approvals(required=environment.flag_approvals, tags=environment.flag_approval_tags),
        "_links": self_link(f"/api/v2/projects/{project.key}/environments/{environment.key}"),
    }
    if environment.segment_approvals:
        shown["resourceApprovalSettings"] = {"segment": _approvals(required=True)}
    return shown


def _approvals(*, required: bool, tags: Sequence[str] = ()) -> Json:
    return {
        "required": required,
        "bypassApprovalsForPendingChanges": False,
        "minNumApprovals": 1,
        "canReviewOwnRequest": False,
        "canApplyDeclinedChanges": True,
        "serviceKind": "launchdarkly",
        "serviceConfig": {},
        "requiredApprovalTags": list(tags),
    }


def approval_settings(call: Call) -> Answer:
    """Return an environment's `resourceApprovalSettings` through the beta endpoint (docs/launchdarkly.md#approvals)."""
    project = call.project()
    environment = project.environments.get(call.incoming.value("environmentKey") or "")
    if environment is None:
        raise refused(404, "Unknown environment key")
    kind = call.incoming.value("resourceKind") or "flag"
    required = environment.segment_approvals and kind == "segment"
    return Answer(body={environment.key: _approvals(required=required)})


def list_context_kinds(call: Call) -> Answer:
    project = call.project()
    path = f"/api/v2/projects/{project.key}/context-kinds"
    items = [_context_kind(kind, path) for kind in project.context_kinds]
    if "environmentObservations" in (call.incoming.value("expand") or "").split(","):
        items = [item | _observations(project, item["key"]) for item in items]
    return Answer(body={"items": items, "_links": self_link(path)})


def _observations(project: Project, kind: str) -> Json:
    """Return the field with the environments in which contexts of a kind were seen; without any, no field."""
    seen = {
        environment.key: max((one.seen_at for one in environment.contexts if one.kind == kind), default=None)
        for environment in project.environments.values()
    }
    items = [{"environmentKey": key, "lastSeen": milliseconds(at)} for key, at in seen.items() if at]
    return {"environmentObservations": items} if items else {}


def _context_kind(kind: ContextKind, path: str) -> Json:
    shown: Json = {
        "key": kind.key,
        "name": kind.name,
        "description": kind.description,
        "version": 1,
        "creationDate": milliseconds(kind.created_at),
        "lastModified": milliseconds(kind.created_at),
        "createdFrom": "auto-add",
        "hideInTargeting": kind.archived,
        "archived": kind.archived,
        "_links": {"parent": link(path)},
    }
    return shown | ({"lastSeen": milliseconds(kind.last_seen)} if kind.last_seen else {})


def _filtered(incoming: Incoming, items: Sequence[Named], fields: Sequence[str]) -> list[Named]:
    """Return the items that match each part of `filter`: `query:text`, `tags:a+b` (all), `keys:a|b` (any)."""
    kept = list(items)
    for part in filter(None, (incoming.value("filter") or "").split(",")):
        name, colon, wanted = part.partition(":")
        if name not in fields or not colon:
            raise refused(400, "invalid filter")
        kept = [item for item in kept if _FITS[name](item, wanted.lower())]
    return kept


def _fits_query(item: Project | Environment, wanted: str) -> bool:
    return wanted in item.key.lower() or wanted in item.name.lower()


def _fits_tags(item: Project | Environment, wanted: str) -> bool:
    return set(wanted.split("+")) <= {tag.lower() for tag in item.tags}


def _fits_keys(item: Project | Environment, wanted: str) -> bool:
    return item.key.lower() in wanted.split("|")


_FITS: dict[str, Callable[[Project | Environment, str], bool]] = {
    "query": _fits_query,
    "tags": _fits_tags,
    "keys": _fits_keys,
}


def _sorted(items: list[Named], incoming: Incoming) -> list[Named]:
    """Return the items in the order of `sort`, by default oldest first."""
    sort = incoming.value("sort")
    if sort is None:
        return items
    field = sort.removeprefix("-")
    if field not in ("name", "createdOn", "critical"):
        raise refused(400, "invalid sort")
    order = list(items)
    if field == "name":
        order.sort(key=lambda item: item.name.lower())
    elif field == "critical":
        order.sort(key=lambda item: not getattr(item, "critical", False))
    return order[::-1] if sort.startswith("-") else order


ENDPOINTS = (
    Endpoint("GET", "/api/v2/projects", list_projects),
    Endpoint("GET", "/api/v2/projects/{projectKey}", one_project),
    Endpoint("GET", "/api/v2/projects/{projectKey}/environments", list_environments),
    Endpoint("GET", "/api/v2/projects/{projectKey}/environments/{environmentKey}", one_environment),
    Endpoint("GET", "/api/v2/projects/{projectKey}/context-kinds", list_context_kinds),
    Endpoint("GET", "/api/v2/approval-requests/projects/{projectKey}/settings", approval_settings, beta=True),
)
