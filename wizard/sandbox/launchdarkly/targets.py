"""`POST /api/v2/segment-targets/segment-audiences`, the endpoint to which Segment's destination writes.

See docs/launchdarkly.md#the-sync-endpoint.

The sandbox's own Segment and a real copy of the destination's code call the same function.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import hex_id
from wizard.sandbox.launchdarkly.answers import refused
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.state.account import Account, AuditEntry, Environment, Project, Segment, Token
from wizard.sandbox.state.policies import Part
from wizard.sandbox.world import World

INTEGRATION_KEY = "segment-audiences"
LONGEST_COHORT_ID = 128
COUNT_LAG = timedelta(seconds=20)
COUNT_SPREAD = timedelta(seconds=40)
"""A batch's members enter the shown count between COUNT_LAG and COUNT_LAG + COUNT_SPREAD after it was accepted."""


def post_targets(call: Call) -> Answer:
    if not call.incoming.headers.get("user-agent", "").startswith("SegmentSyncAudiences/"):
        call.note("the sync endpoint writes: only Segment's destination calls it")
    try:
        body = call.incoming.json()
    except ValueError as broken:
        raise refused(400) from broken
    return receive(call.world, call.account, call.token, body, call.now)


def receive(world: World, account: Account, token: Token, body: Any, now: datetime) -> Answer:
    """Apply one request of the destination and return 204. Raises Refusal with the response if it's refused."""
    batch = _checked_batch(body)
    project, environment = _environment(world, account, body["environmentId"])
    part = Part("segment", _segment_key(batch[0], world.behaviors))
    where = (project.part(), environment.part(), part)
    if not account.synced_segments_on_plan:
        raise refused(403)
    _refuse_what_nobody_knows(world.behaviors, project, body)
    segment = environment.segments.get(part.name)
    if segment is None or segment.deleted:
        if not account.may(token, "createSegment", *where):
            raise refused(403)
        segment = _created(account, token, project, environment, part.name, batch[0], now)
        if Behavior.EXTERNAL_OTHER_WORD in world.behaviors:
            segment.external = "twilio-segment"
        segment.context_kind = body.get("contextKind") or "user"
    if not account.may(token, "updateIncluded", *where):
        raise refused(403)
    asks = environment.segment_approvals and Behavior.APPROVAL_NOT_ASKED_FOR not in world.behaviors
    if asks and not account.may(token, "bypassRequiredSegmentApproval", *where):
        raise refused(403, "approval is required")
    _apply(segment, batch, now)
    _log(account, token, project, environment, segment, "updateIncluded", now)
    return Answer(204)


def _refuse_what_nobody_knows(behaviors: Collection[Behavior], project: Project, body: Json) -> None:
    """Refuse a sync for its view or its context kind, if this world does so: neither refusal is documented."""
    if Behavior.VIEW_ASKED_FOR in behaviors and project.segments_need_a_view:
        raise refused(403)
    known = {kind.key for kind in project.context_kinds}
    if Behavior.KIND_ASKED_FOR in behaviors and body.get("contextKind", "user") not in known:
        raise refused(400)


def _segment_key(first: Json, behaviors: Collection[Behavior]) -> str:
    """Return the segment's key, whose form isn't documented (docs/launchdarkly.md#recognizing-a-segment)."""
    cohort_id = str(first["cohortId"])
    if Behavior.KEY_IN_LOWER_CASE in behaviors:
        return f"{INTEGRATION_KEY}-{cohort_id.lower()}"
    if Behavior.KEY_IN_UPPER_CASE in behaviors:
        return f"{INTEGRATION_KEY}-{cohort_id}".upper()
    if Behavior.KEY_FROM_NAME in behaviors:
        return str(first["cohortName"]).lower().replace(" ", "-")
    return cohort_id if Behavior.KEY_IS_THE_ID in behaviors else f"{INTEGRATION_KEY}-{cohort_id}"


def _checked_batch(body: Any) -> list[Json]:
    """Return the batch's items; refuse the whole request if one item is malformed."""
    if not isinstance(body, dict) or not isinstance(body.get("environmentId"), str):
        raise refused(400)
    if not isinstance(body.get("contextKind", "user"), str):
        raise refused(400)
    batch = body.get("batch")
    if not isinstance(batch, list) or not batch or not all(map(_well_formed, batch)):
        raise refused(400)
    return batch


def _well_formed(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    for name in ("userId", "cohortId", "cohortName"):
        text = item.get(name)
        if not (isinstance(text, str) and text):
            return False
    return len(item["cohortId"]) <= LONGEST_COHORT_ID and isinstance(item.get("value"), bool)


def _environment(world: World, account: Account, client_side_id: str) -> tuple[Project, Environment]:
    found = account.environment_with_id(client_side_id)
    if found:
        return found
    raise refused(403 if world.knows_client_side_id(account.instance, client_side_id) else 404)


def _created(
    account: Account,
    token: Token,
    project: Project,
    environment: Environment,
    key: str,
    first: Json,
    now: datetime,
) -> Segment:
    earlier = environment.segments.get(key)
    generation = earlier.generation + 1 if earlier else 1
    segment = Segment(key, first["cohortName"], now, now, external=INTEGRATION_KEY, generation=generation)
    environment.segments[key] = segment
    _log(account, token, project, environment, segment, "createSegment", now)
    return segment


def _log(
    account: Account,
    token: Token,
    project: Project,
    environment: Environment,
    segment: Segment,
    action: str,
    now: datetime,
) -> None:
    """Add an entry to the audit log. It's unverified whether real entries name the sync's token."""
    account.audit_log.append(
        AuditEntry(
            id=hex_id("audit", account.id, len(account.audit_log)),
            at=now,
            kind="segment",
            action=action,
            resource=f"proj/{project.key}:env/{environment.key}:segment/{segment.key}",
            name=segment.name,
            description="",
            token=token,
        )
    )


def _apply(segment: Segment, batch: list[Json], now: datetime) -> None:
    first, step = now + COUNT_LAG, COUNT_SPREAD / len(batch)
    for place, item in enumerate(batch):
        if not item["value"]:
            segment.counted_at.pop(item["userId"], None)
        elif item["userId"] not in segment.counted_at:
            segment.counted_at[item["userId"]] = first + step * place
    segment.version += 1
    segment.modified_at = now


ENDPOINTS = (Endpoint("POST", f"/api/v2/segment-targets/{INTEGRATION_KEY}", post_targets),)
