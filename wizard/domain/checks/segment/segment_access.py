"""What the Segment token is: its kind, its workspace and region, the catalog entry that it sees."""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks import machine
from wizard.domain.checks.check import CLOSED_APIS_ID, Check, Findings, failed, need, not_judged, passed, warned
from wizard.domain.checks.segment.segment_apis import permissions
from wizard.domain.credentials import WHAT_IT_IS_TO_SEGMENT, Shape
from wizard.domain.explain import evidence_of
from wizard.domain.explanations.segment import CREATE_ONE_IN_SEGMENT
from wizard.domain.facts import Facts, is_closed
from wizard.domain.failure import KNOWN_NOWHERE, Failure
from wizard.domain.services import links
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.step_id import StepId

STEP = StepId.SEGMENT
_BY_HOST = {region.host: region for region in Region}


_SWAP = (
    "Paste this token in the LaunchDarkly step (LAUNCHDARKLY_ACCESS_TOKEN), and paste Segment's Public API token "
    "here (SEGMENT_PUBLIC_API_TOKEN)."
)


def _kind(facts: Facts, _: Answers) -> Findings:
    shape = facts.segment_token_shape
    if isinstance(facts.workspace, Workspace):
        return passed("This is a Public API token.")
    if shape is None:
        return not_judged("Not given yet: the Public API token.")
    what = WHAT_IT_IS_TO_SEGMENT.get(shape, "")
    if not what or shape is Shape.SEGMENT_TOKEN:
        return passed("This may be a Public API token. The wizard asks Segment about it.")
    return failed(
        f"This is {what}, not a Segment Public API token.",
        cause="The fields may have been swapped.",
        fix=_SWAP if shape is Shape.ACCESS_TOKEN else CREATE_ONE_IN_SEGMENT,
        links=(links.SEGMENT_TOKENS, links.PUBLIC_API_DOCS),
        evidence={"kind": what},
    )


def _valid(facts: Facts, _: Answers) -> Findings:
    """Judge the token. The wizard asked both regions about it (docs/segment.md#regions)."""
    workspace = facts.workspace
    if is_closed(workspace):
        return failed(
            "Segment doesn't know this token.",
            cause="The token was mistyped or revoked, or it's another kind of token, such as a Config API token, a "
            f"Profile API token or a write key.{_what_each_region_said(workspace)}",
            fix=CREATE_ONE_IN_SEGMENT,
            links=(links.SEGMENT_TOKENS, links.PUBLIC_API_DOCS),
            evidence=evidence_of(workspace),
        )
    found = need(workspace, "the workspace of this token")
    return passed(f"The token belongs to the workspace {found.name}.", evidence={"workspace": found.slug or found.id})


def _what_each_region_said(refused: Failure) -> str:
    return f" {refused.message}" if refused.code == KNOWN_NOWHERE else ""


def _region(facts: Facts, _: Answers) -> Findings:
    """Judge the region. A workspace in the other region is fine as long as the wizard asks that region's host."""
    workspace = need(facts.workspace, "the workspace of this token")
    in_use = _BY_HOST.get(facts.segment_host.lower())
    evidence = {"region": str(workspace.region), "host": facts.segment_host}
    if in_use in {None, workspace.region}:
        return passed(f"The workspace is in Segment's {workspace.region} region.", evidence=evidence)
    host = workspace.region.host
    summary = f"The workspace is in Segment's {workspace.region} region, not on {facts.segment_host}."
    fix = f"You don't have to do anything: the wizard uses the {workspace.region} region for this workspace."
    if is_closed(facts.spaces):
        cause = "Segment shows this token no Engage space. A token works only in its workspace's region."
        fix = (
            "Start the wizard without --segment-url, so that it uses the workspace's region. Or give the token a role."
        )
        return failed(summary, cause=cause, fix=fix, links=(links.SEGMENT_WORKSPACE,), evidence=evidence)
    refused = f"{workspace.refused_at}. " if workspace.refused_at else ""
    cause = f"{refused}{host} knows the token, so the wizard uses that host."
    return warned(summary, cause=cause, fix=fix, links=(links.SEGMENT_WORKSPACE,), evidence=evidence)


def _catalog(facts: Facts, _: Answers) -> Findings:
    """Judge whether the catalog shows the destination; `FALLBACK_CATALOG_ENTRY` is used if it doesn't.

    See docs/segment.md#catalog-entry.
    """
    entry = need(facts.catalog, "LaunchDarkly Audiences in Segment's catalog")
    if entry.from_catalog:
        return passed("Segment's catalog lists LaunchDarkly Audiences.", evidence={"slug": entry.slug})
    return warned(
        "Segment's catalog doesn't show LaunchDarkly Audiences to this token.",
        cause="The wizard creates the mapping from the values in Segment's docs instead.",
        fix="Before you apply the plan, go to Connections → Catalog in Segment and look for LaunchDarkly Audiences.",
        links=(links.SEGMENT_CATALOG_ENTRY, links.TWILIO_DESTINATION_DOCS),
    )


KIND = Check("segment.token.kind", "Kind of Segment credential", STEP, _kind, reads=("workspace",))
VALID = Check(
    "segment.token.valid",
    "Segment token",
    STEP,
    _valid,
    (machine.SEGMENT_REACHABLE, KIND),
    reads=("workspace",),
)
REGION = Check("segment.region", "Segment region", STEP, _region, (VALID,), reads=("workspace",))
_VALID = (VALID, REGION)
PERMISSIONS = Check(
    CLOSED_APIS_ID,
    "Segment API access",
    STEP,
    permissions,
    _VALID,
    reads=(
        "workspace",
        "spaces",
        "sources",
        "catalog",
        "destinations",
        "audiences",
        "subscriptions",
        "connections",
    ),
)
CATALOG = Check("segment.catalog", "Catalog entry", STEP, _catalog, _VALID, matters=False, reads=("catalog",))
CHECKS = (KIND, VALID, REGION, PERMISSIONS, CATALOG)
