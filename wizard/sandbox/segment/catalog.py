"""The catalog: LaunchDarkly Audiences as its vendor declares it, and a few others; also how mappings are made from it.

See docs/segment.md#catalog-entry and docs/segment.md#preset-fields.
"""

from __future__ import annotations

from collections.abc import Mapping

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import letters_id
from wizard.sandbox.segment.answers import page, refused, success
from wizard.sandbox.segment.gate import Call, Endpoint
from wizard.sandbox.state import segment_workspace as state

LAUNCHDARKLY_ID = "64e72a310da9ebedf99c8937"
LAUNCHDARKLY_SLUG = "actions-launchdarkly-audiences"
ACTION_ID = "aPAULh8sgt5bcTeXJuXTB6"
ACTION_SLUG = "syncAudience"
WEBHOOK_ID = "614a3c7d791c91c41bae7599"
TRIGGER = 'type = "identify" or type = "track"'
PRESET_NAME = "Sync Engage Audience to LaunchDarkly"
CONTEXT_KEYS = (
    "user_id_then_email",
    "user_id_then_anonymousId",
    "user_id_then_email_then_anonymousId",
    "user_id_only",
    "email_only",
)

PRESET_FIELDS: Json = {
    "segment_audience_id": {"@path": "$.context.personas.computation_id"},
    "segment_audience_key": {"@path": "$.context.personas.computation_key"},
    "segment_computation_action": {"@path": "$.context.personas.computation_class"},
    "context_kind": "user",
    "segment_user_id": {"@path": "$.userId"},
    "segment_anonymous_id": {"@path": "$.anonymousId"},
    "user_email": {
        "@if": {
            "exists": {"@path": "$.traits.email"},
            "then": {"@path": "$.traits.email"},
            "else": {"@path": "$.context.traits.email"},
        }
    },
    "context_key": "user_id_only",
    "traits_or_props": {
        "@if": {
            "exists": {"@path": "$.properties"},
            "then": {"@path": "$.properties"},
            "else": {"@path": "$.traits"},
        }
    },
    "enable_batching": True,
}
REQUIRED_FIELDS = (
    "segment_audience_id",
    "segment_audience_key",
    "segment_computation_action",
    "context_kind",
    "context_key",
    "traits_or_props",
)
VISIBLE_FIELDS = ("context_kind", "context_key", "enable_batching")
FIELDS = (*PRESET_FIELDS, "audience_action")
_LABELS = {
    "context_kind": "Context kind",
    "context_key": "Context key",
    "enable_batching": "Batch data to LaunchDarkly",
    "user_id_then_email": "Use Segment UserId or email",
    "user_id_then_anonymousId": "Use Segment UserId or Segment AnonymousId",
    "user_id_then_email_then_anonymousId": "Use Segment UserId or email or Segment AnonymousId",
    "user_id_only": "Use Segment UserId only",
    "email_only": "Use email only",
}
_TYPES = {"traits_or_props": "OBJECT", "enable_batching": "BOOLEAN"}


def _field(place: int, key: str) -> Json:
    field: Json = {
        "id": f"field-{key}",
        "sortOrder": place,
        "fieldKey": key,
        "label": _LABELS.get(key, key.replace("_", " ").capitalize()),
        "type": _TYPES.get(key, "STRING"),
        "description": "",
        "required": key in REQUIRED_FIELDS,
        "multiple": False,
        "dynamic": False,
        "allowNull": False,
        "hidden": key not in VISIBLE_FIELDS,
    }
    if key in PRESET_FIELDS:
        field["defaultValue"] = PRESET_FIELDS[key]
    if key == "context_key":
        field["choices"] = [{"value": value, "label": _LABELS[value]} for value in CONTEXT_KEYS]
    if key == "audience_action":
        field["choices"] = [{"value": "ADD", "label": "Add"}, {"value": "REMOVE", "label": "Remove"}]
    return field


LAUNCHDARKLY: Json = {
    "id": LAUNCHDARKLY_ID,
    "name": "LaunchDarkly Audiences",
    "description": "Sync Engage Audiences to LaunchDarkly segments.",
    "slug": LAUNCHDARKLY_SLUG,
    "logos": {"default": "https://cdn.example.com/launchdarkly.svg"},
    "website": "https://launchdarkly.com",
    "categories": ["Feature Flagging", "A/B Testing"],
    "previousNames": [],
    "status": "PUBLIC",
    "partnerOwned": True,
    "supportedRegions": ["us-west-2", "eu-west-1"],
    "regionEndpoints": ["US"],
    "supportedFeatures": {"cloudModeInstances": "MULTIPLE", "deviceModeInstances": "NONE", "replay": False},
    "supportedMethods": {"identify": True, "track": True, "group": False, "alias": False, "pageview": False},
    "supportedPlatforms": {"browser": False, "mobile": False, "server": True, "linkedAudiences": True},
    "components": [],
    "contacts": [],
    "options": [
        {"name": "apiKey", "type": "password", "required": True, "label": "LaunchDarkly Service Token"},
        {"name": "clientId", "type": "string", "required": True, "label": "LaunchDarkly client-side ID"},
    ],
    "actions": [
        {
            "id": ACTION_ID,
            "slug": ACTION_SLUG,
            "name": "Sync Audience",
            "description": "Sync Engage Audiences to LaunchDarkly segments.",
            "platform": "CLOUD",
            "hidden": False,
            "defaultTrigger": TRIGGER,
            "fields": [_field(place, key) for place, key in enumerate(FIELDS)],
        }
    ],
    "presets": [{"actionId": ACTION_ID, "name": PRESET_NAME, "fields": PRESET_FIELDS, "trigger": TRIGGER}],
}


def _plain_entry(metadata_id: str, slug: str, name: str, secret: str) -> Json:
    return {
        **LAUNCHDARKLY,
        "id": metadata_id,
        "name": name,
        "slug": slug,
        "description": f"Sends data to {name}.",
        "website": "https://example.com",
        "categories": ["Raw Data"],
        "partnerOwned": False,
        "options": [{"name": secret, "type": "password", "required": True, "label": secret}],
        "actions": [],
        "presets": [],
    }


CATALOG: Mapping[str, Json] = {
    LAUNCHDARKLY_ID: LAUNCHDARKLY,
    WEBHOOK_ID: _plain_entry(WEBHOOK_ID, "actions-webhook", "Webhooks (Actions)", "sharedSecret"),
    "60b7f3a2b4c8d9e0f1a2b3c4": _plain_entry(
        "60b7f3a2b4c8d9e0f1a2b3c4", "actions-braze-cloud", "Braze Cloud Mode (Actions)", "apiKey"
    ),
}


def secret_settings(metadata_id: str) -> set[str]:
    """Return the names of a destination type's secret settings, which no response may show."""
    options = CATALOG[metadata_id]["options"]
    return {option["name"] for option in options if option["type"] == "password"}


def list_catalog(call: Call) -> Answer:
    shown, pagination = page(call.incoming, list(CATALOG.values()))
    return success({"destinationsCatalog": shown, "pagination": pagination})


def one_entry(call: Call) -> Answer:
    entry = CATALOG.get(call.incoming.params["id"])
    if entry is None:
        raise refused(404, "Destination metadata not found")
    bare: Json = {"presets": []} if Behavior.CATALOG_WITHOUT_PRESETS in call.workspace.behaviors else {}
    return success({"destinationMetadata": entry | bare})


ENDPOINTS = (
    Endpoint("GET", "/catalog/destinations", list_catalog, roles=False),
    Endpoint("GET", "/catalog/destinations/{id}", one_entry, roles=False),
)


def add_mapping(
    workspace: state.Workspace, destination: state.Destination, name: str, fires: str, enabled: bool, settings: Json
) -> state.Mapping:
    """Add a mapping for the only action of LaunchDarkly Audiences, and return it."""
    mapping_id = letters_id("mapping", workspace.id, workspace.next_number())
    made = state.Mapping(mapping_id, name, ACTION_ID, fires, enabled, settings)
    destination.mappings[made.id] = made
    return made
