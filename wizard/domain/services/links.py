"""Every vendor page that the wizard points at, in one table.

See docs/launchdarkly.md#pages-in-launchdarkly and docs/segment.md#pages-in-segment.
Neither vendor guarantees deep links, so each link also has the menu path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Region, Workspace


@dataclass(frozen=True, slots=True)
class Link:
    """A page of a vendor. `url` may hold `{fields}`: `to` fills them in."""

    name: str
    url: str
    menu: str = ""  # the way through the vendor's own menus; empty for documentation

    def to(self, **keys: str) -> Link:
        """Return the page of one thing; keys are percent-encoded, because people choose them freely."""
        encoded = {name: quote(key, safe="") for name, key in keys.items()}
        return replace(self, url=self.url.format(**encoded))


def find(url: str) -> Link | None:
    """Return the table's entry for a filled-in URL, which has the menu path that interfaces show; None if unknown."""
    known = _elsewhere(url, Region.US)
    return next((replace(link, url=url) for pattern, link in _PATTERNS if pattern.fullmatch(known)), None)


def is_documentation(url: str) -> bool:
    """Return whether a page is documentation, where nothing can be done."""
    return url.startswith((f"{_DOCS}/", f"{_TWILIO}/", f"{_API}/"))


def in_region(url: str, workspace: object) -> str:
    """Return the page in the web app of the workspace's region (docs/segment.md#regions).

    `workspace`: the fact as it was read. Pages outside Segment's app stay unchanged.
    """
    return _elsewhere(url, workspace.region) if isinstance(workspace, Workspace) else url


def _elsewhere(url: str, region: Region) -> str:
    app = next((f"https://{one.app}" for one in Region if url.startswith(f"https://{one.app}/")), "")
    return f"https://{region.app}{url.removeprefix(app)}" if app else url


# --- LaunchDarkly's pages ---------------------------------------------------------------------------------------
# Always the commercial instance: the destination reaches no other (docs/launchdarkly.md#instances-and-hosts).

_LAUNCHDARKLY = "https://app.launchdarkly.com"

LAUNCHDARKLY_TOKENS = Link(
    "Access tokens", f"{_LAUNCHDARKLY}/settings/authorization", "Organization settings → Authorization"
)
LAUNCHDARKLY_NEW_TOKEN = Link(
    "New access token",
    f"{_LAUNCHDARKLY}/settings/authorization/tokens/new",
    "Organization settings → Authorization → Create token",
)
LAUNCHDARKLY_PROJECTS = Link("Projects", f"{_LAUNCHDARKLY}/settings/projects", "Organization settings → Projects")
LAUNCHDARKLY_ENVIRONMENTS = Link(
    "Environments of the project",
    f"{_LAUNCHDARKLY}/projects/{{project}}/settings/environments?env={{environment}}&selected-env={{environment}}",
    "Project settings → Environments",
)
LAUNCHDARKLY_SEGMENTS = Link(
    "Segments",
    f"{_LAUNCHDARKLY}/projects/{{project}}/segments?env={{environment}}&selected-env={{environment}}",
    "Code → Segments",
)
LAUNCHDARKLY_SEGMENT = Link(
    "Segment",
    f"{_LAUNCHDARKLY}/projects/{{project}}/segments/{{segment}}/targeting"
    "?env={environment}&selected-env={environment}",
    "Code → Segments → the segment → Targeting",
)


def segment_page(project: str, environment: str, segment: LaunchDarklySegment) -> Link:
    """Return the segment's page as LaunchDarkly names it, else by the app's usual pattern."""
    page = LAUNCHDARKLY_SEGMENT.to(project=project, environment=environment, segment=segment.key)
    return replace(page, url=f"{_LAUNCHDARKLY}{segment.page}") if segment.page else page


LAUNCHDARKLY_FLAGS = Link(
    "Flags",
    f"{_LAUNCHDARKLY}/projects/{{project}}/flags?env={{environment}}&selected-env={{environment}}",
    "Code → Flags",
)
LAUNCHDARKLY_FLAG = Link(
    "Flag",
    f"{_LAUNCHDARKLY}/projects/{{project}}/flags/{{flag}}/targeting?env={{environment}}&selected-env={{environment}}",
    "Code → Flags → the flag → Targeting",
)
LAUNCHDARKLY_STATUS = Link("LaunchDarkly status", "https://status.launchdarkly.com/")

# --- LaunchDarkly's documentation -------------------------------------------------------------------------------

_DOCS = "https://launchdarkly.com/docs"

TWILIO_DOCS = Link("Syncing segments with Twilio Segment", f"{_DOCS}/home/flags/twilio")
SYNCED_SEGMENTS_DOCS = Link("Synced segments", f"{_DOCS}/home/flags/synced-segments")
SEGMENTS_DOCS = Link("Segments in general", f"{_DOCS}/home/flags/segments")
SEGMENT_MANAGEMENT_DOCS = Link("Managing segments", f"{_DOCS}/home/flags/segment-management")
CONTEXT_KINDS_DOCS = Link("Context kinds", f"{_DOCS}/home/flags/context-kinds")
ANONYMOUS_CONTEXTS_DOCS = Link("Anonymous contexts", f"{_DOCS}/home/flags/anonymous-contexts")
ACCESS_TOKENS_DOCS = Link("API access tokens", f"{_DOCS}/home/account/api")
CREATE_TOKEN_DOCS = Link("Creating API access tokens", f"{_DOCS}/home/account/api-create")
TOKEN_EXPIRY_DOCS = Link("Resetting tokens and their expiry", f"{_DOCS}/home/account/api-reset")
ENVIRONMENT_KEYS_DOCS = Link("SDK credentials", f"{_DOCS}/home/account/environment/keys")
ROLE_POLICIES_DOCS = Link("Using policies", f"{_DOCS}/home/account/roles/role-policies")
ROLE_ACTIONS_DOCS = Link("Role actions", f"{_DOCS}/home/account/roles/role-actions")
PRIVATE_PROJECTS_DOCS = Link("Private projects", f"{_DOCS}/home/account/private-projects")
IP_ALLOWLIST_DOCS = Link("IP allowlist", f"{_DOCS}/home/account/ip-allowlist")
VIEWS_DOCS = Link("Managing views", f"{_DOCS}/home/account/views/manage")
APPROVALS_DOCS = Link("Approvals", f"{_DOCS}/home/releases/approvals")
EU_DOCS = Link("LaunchDarkly in the European Union", f"{_DOCS}/home/infrastructure/eu")
FEDERAL_DOCS = Link("LaunchDarkly in federal environments", f"{_DOCS}/home/infrastructure/federal")
BIG_SEGMENTS_DOCS = Link("Big segments in SDKs", f"{_DOCS}/sdk/features/big-segments")
REDIS_DOCS = Link("Redis integration", f"{_DOCS}/integrations/redis")
DYNAMODB_DOCS = Link("DynamoDB integration", f"{_DOCS}/integrations/dynamodb")
LAUNCHDARKLY_SALES = Link("LaunchDarkly sales", "https://launchdarkly.com/contact-sales/")
LAUNCHDARKLY_API_DOCS = Link("LaunchDarkly REST API", f"{_DOCS}/api")

# --- Segment's pages --------------------------------------------------------------------------------------------
# `goto-my-workspace` stands for the workspace's slug on any page.

_SEGMENT = "https://app.segment.com"
_MINE = f"{_SEGMENT}/goto-my-workspace"

SEGMENT_TOKENS = Link(
    "Public API tokens",
    f"{_MINE}/settings/access-management/tokens",
    "Settings → Workspace settings → Access Management → Tokens",
)
SEGMENT_ACCESS = Link(
    "Access Management", f"{_MINE}/settings/access-management", "Settings → Workspace settings → Access Management"
)
SEGMENT_WORKSPACE = Link(
    "Workspace settings", f"{_MINE}/settings/basic", "Settings → Workspace settings → General Settings"
)
SEGMENT_USAGE = Link("Usage and plan", f"{_MINE}/settings/usage", "Settings → Usage & billing")
SEGMENT_AUDIT_TRAIL = Link("Audit trail", f"{_MINE}/audit-trail", "Settings → Admin → Audit Trail")
SEGMENT_CATALOG_ENTRY = Link(
    "LaunchDarkly Audiences in the catalog",
    f"{_MINE}/destinations/catalog/actions-launchdarkly-audiences",
    "Connections → Catalog → LaunchDarkly Audiences",
)
SEGMENT_DESTINATIONS = Link("Destinations", f"{_MINE}/destinations", "Connections → Destinations")
SEGMENT_SOURCES = Link("Sources", f"{_MINE}/sources", "Connections → Sources")
SEGMENT_DESTINATION = Link(
    "Destination",
    f"{_SEGMENT}/{{workspace}}/destinations/{{destination_slug}}/sources/{{source_slug}}/instances/{{destination}}",
    "Connections → Destinations → the destination",
)
SEGMENT_AUDIENCE = Link(
    "Audience",
    f"{_SEGMENT}/{{workspace}}/engage/spaces/{{space}}/audiences/{{audience}}",
    "Engage → Audiences → the audience",
)
# The only address without a space that Segment has ever documented: from when Engage was called Personas.
SEGMENT_AUDIENCES = Link("Audiences", f"{_MINE}/personas/audiences", "Engage → Audiences")
SEGMENT_NEW_AUDIENCE = Link(
    "New audience",
    f"{_SEGMENT}/{{workspace}}/engage/spaces/{{space}}/audiences/new",
    "Engage → Audiences → New audience",
)
SEGMENT_PROFILES = Link("Profile explorer", f"{_MINE}/unify/spaces/{{space}}/explorer", "Unify → Profile explorer")
SEGMENT_STATUS = Link("Segment status", "https://status.segment.com/")

# --- Segment's documentation ------------------------------------------------------------------------------------

_TWILIO = "https://www.twilio.com/docs/segment"
_API = "https://docs.segmentapis.com/tag"

TWILIO_DESTINATION_DOCS = Link(
    "LaunchDarkly Audiences destination",
    f"{_TWILIO}/connections/destinations/catalog/actions-launchdarkly-audiences",
)
ENGAGE_DOCS = Link("Engage Foundations", f"{_TWILIO}/engage/quickstart")
SEGMENT_AUDIENCES_DOCS = Link("Engage Audiences", f"{_TWILIO}/engage/audiences")
SEND_AUDIENCE_DATA_DOCS = Link("Send audience data to destinations", f"{_TWILIO}/engage/audiences/send-audience-data")
ID_SYNC_DOCS = Link("ID Sync", f"{_TWILIO}/engage/trait-activation/id-sync")
SEGMENT_ROLES_DOCS = Link("Segment roles", f"{_TWILIO}/segment-app/iam/roles")
PUBLIC_API_DOCS = Link("Segment Public API", f"{_TWILIO}/api/public-api")
PUBLIC_API_START_DOCS = Link("Public API: getting started", f"{_API}/Getting-Started")
PUBLIC_API_LIMITS_DOCS = Link("Public API: rate limits", f"{_API}/Rate-Limits")
PUBLIC_API_ERRORS_DOCS = Link("Public API: error handling", f"{_API}/Error-Handling")
PUBLIC_API_DELIVERY_DOCS = Link("Public API: delivery overview", f"{_API}/Delivery-Overview")

LAUNCHDARKLY_SUPPORT = "support@launchdarkly.com"
SEGMENT_SUPPORT = "friends@segment.com"


def _pattern(link: Link) -> re.Pattern[str]:
    """Return the pattern of an entry's URLs: each field is one encoded key without `/`, `?` or `&`."""
    fixed = (re.escape(part) for part in re.split(r"\{\w+\}", link.url))
    return re.compile("[^/?&]+".join(fixed))


ALL: tuple[Link, ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Link))
_PATTERNS = tuple((_pattern(link), link) for link in ALL)
