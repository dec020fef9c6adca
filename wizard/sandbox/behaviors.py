"""Possible behaviors of the services where their documentation is unclear: each is a switch of a world.

By default, the sandbox does what docs/launchdarkly.md and docs/segment.md say. A switch that is on makes it behave
differently, so that tests can show that, either way, the wizard succeeds or says what it doesn't know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

_MEMBERSHIP = "/api/v2/segments/{projectKey}/{environmentKey}/{segmentKey}/contexts/{contextKey}"
_CONNECTIONS = "/spaces/{spaceId}/audiences/{audienceId}/destination-connections"


class Behavior(StrEnum):
    """A switch, by name; `what` says in one line what it changes."""

    what: str

    def __new__(cls, name: str, what: str) -> Behavior:
        made = str.__new__(cls, name)
        made._value_ = name
        made.what = what
        return made

    # --- LaunchDarkly: the synced segment --------------------------------------------------------------------------

    KEY_IN_LOWER_CASE = "key-in-lower-case", "The segment's key has the audience's ID in lower case."
    KEY_IN_UPPER_CASE = "key-in-upper-case", "The segment's key is in upper case."
    KEY_FROM_NAME = "key-from-name", "The segment's key is made from its name and has no ID."
    KEY_IS_THE_ID = "key-is-the-id", "The segment's key is the audience's ID, without a prefix."
    EXTERNAL_NOT_LISTED = "external-not-listed", "Listed segments lack `_external`; a segment read on its own has it."
    EXTERNAL_NOWHERE = "external-nowhere", "No segment shows `_external`."
    EXTERNAL_OTHER_WORD = "external-other-word", "`_external` is another word than `segment-audiences`."
    EXTERNAL_FILTER_REFUSED = "external-filter-refused", "The filter `external exists` is refused with 400."
    FILTERS_REFUSED = "filters-refused", "Every filter of the segments' list is refused with 400."
    FILTERS_IGNORED = "filters-ignored", "Every filter of the segments' list is accepted and ignored."
    COUNT_NOT_SHOWN = "count-not-shown", "Segments never show how many members they have."

    SEGMENT_NAMES_ITS_PAGE = "segment-names-its-page", "Segments name their own page in the app."

    # --- LaunchDarkly: what the sync endpoint asks for ---------------------------------------------------------------

    APPROVAL_NOT_ASKED_FOR = "approval-not-asked-for", "The sync needs no approval, whatever the environment requires."
    VIEW_ASKED_FOR = "view-asked-for", "The sync is refused with 403 where a new segment needs a view."
    KIND_ASKED_FOR = "kind-asked-for", "The sync is refused with 400 for a context kind that the project doesn't have."

    # --- LaunchDarkly: lists, permissions ---------------------------------------------------------------------------

    LISTS_WITHOUT_TOTAL = "lists-without-total", "Lists lack `totalCount`."
    LISTS_WITHOUT_LINKS = "lists-without-links", "Lists lack `_links.next`."
    LISTS_WITHOUT_BOTH = "lists-without-both", "Lists lack `totalCount` and `_links.next`."
    LISTS_OF_TWENTY = "lists-of-twenty", "Lists hold at most 20 items a page, whatever limit is asked."
    LIMIT_FIFTY = "limit-fifty", "A limit over 50 is refused with 400."
    WIZARD_SHUT_OUT_401 = "wizard-shut-out-401", "An IP allowlist answers the wizard with 401."
    WIZARD_SHUT_OUT_403 = "wizard-shut-out-403", "An IP allowlist answers the wizard with 403."
    WIZARD_SHUT_OUT_404 = "wizard-shut-out-404", "An IP allowlist answers the wizard with 404."
    SEGMENT_SHUT_OUT_401 = "segment-shut-out-401", "An IP allowlist answers Segment's deliveries with 401."
    SEGMENT_SHUT_OUT_403 = "segment-shut-out-403", "An IP allowlist answers Segment's deliveries with 403."
    SEGMENT_SHUT_OUT_404 = "segment-shut-out-404", "An IP allowlist answers Segment's deliveries with 404."

    TOKEN_HIDDEN = "token-hidden", "A token's metadata is refused with 403."
    ACCOUNT_HIDDEN = "account-hidden", "The account's name is refused with 404."
    KINDS_HIDDEN = "kinds-hidden", "The project's context kinds are refused with 403."
    MEMBERSHIP_HIDDEN = "membership-hidden", "Whether someone is a member is refused with 404."
    PROJECT_HIDDEN = "project-hidden", "A project read on its own is refused with 403."

    # --- Segment: workspace ------------------------------------------------------------------------------------------

    OTHER_REGION_400 = "other-region-400", "The other region answers a token that it doesn't know with 400."
    OTHER_REGION_403 = "other-region-403", "The other region answers a token that it doesn't know with 403."
    OTHER_REGION_404 = "other-region-404", "The other region answers a token that it doesn't know with 404."
    OTHER_REGION_422 = "other-region-422", "The other region answers a token that it doesn't know with 422."
    PAGES_WITHOUT_TOTAL = "pages-without-total", "Lists lack `totalEntries`."
    CATALOG_HIDDEN = "catalog-hidden", "The catalog is refused with 403."
    CATALOG_WITHOUT_PRESETS = "catalog-without-presets", "The catalog's entry has no presets."

    # --- Segment: Engage ---------------------------------------------------------------------------------------------

    EVENT_ID_DIFFERS = "event-id-differs", "Events carry another ID of the audience than the API shows."
    CLASS_NOT_SENT = "class-not-sent", "An activation's events lack the computation class."
    ENGAGE_SLUG_DIFFERS = "engage-slug-differs", "The type of Engage sources has another slug than `personas-compute`."
    ENGAGE_TYPE_DIFFERS = "engage-type-differs", "The type of Engage sources has another slug and another ID."
    WRITE_KEYS_HIDDEN = "write-keys-hidden", "Sources show their write keys to nobody."

    # --- Segment: destinations and mappings --------------------------------------------------------------------------

    DESTINATION_STARTS_OFF = "destination-starts-off", "A destination that the API creates starts switched off."
    MAPPING_STARTS_OFF = "mapping-starts-off", "A mapping that the API creates starts switched off."
    PRESET_AT_ONCE = "preset-at-once", "A new destination comes with the preset's mapping."
    PRESET_LATER = "preset-later", "The preset's mapping appears five seconds after its destination was created."
    TRIGGER_IN_PARENTHESES = "trigger-in-parentheses", "Triggers are shown in parentheses."
    TRIGGER_TIGHT = "trigger-tight", "Triggers are shown without the spaces that they don't need."
    TRIGGER_REORDERED = "trigger-reordered", "The parts of a trigger are shown in another order."
    SETTINGS_GAIN_KEYS = "settings-gain-keys", "Settings are shown with keys that nobody sent."

    # --- Segment: connections ----------------------------------------------------------------------------------------

    DETACH_BY_DESTINATION_400 = "detach-by-destination-400", "Detaching takes the destination's ID; the other is 400."
    DETACH_BY_DESTINATION_404 = "detach-by-destination-404", "Detaching takes the destination's ID; the other is 404."
    DETACH_BY_DESTINATION_422 = "detach-by-destination-422", "Detaching takes the destination's ID; the other is 422."
    ACTIVATION_STARTS_OFF = "activation-starts-off", "An activation that the API creates starts switched off."
    ATTACHED_WITHOUT_ID = "attached-without-id", "The answer to attaching doesn't hold the connection's ID."
    ATTACHING_REFUSED_400 = "attaching-refused-400", "The API refuses to attach the destination with 400."
    ATTACHING_REFUSED_403 = "attaching-refused-403", "The API refuses to attach the destination with 403."
    ATTACHING_REFUSED_404 = "attaching-refused-404", "The API refuses to attach the destination with 404."
    ATTACHING_REFUSED_422 = "attaching-refused-422", "The API refuses to attach the destination with 422."
    ACTIVATING_REFUSED_400 = "activating-refused-400", "The API refuses to create an activation with 400."
    ACTIVATING_REFUSED_403 = "activating-refused-403", "The API refuses to create an activation with 403."
    ACTIVATIONS_HIDDEN_403 = "activations-hidden-403", "The list of activations is refused with 403."
    ACTIVATIONS_HIDDEN_404 = "activations-hidden-404", "The list of activations is refused with 404."
    SUPPORTED_NONE = "supported-none", "The list of supported destinations is empty, although attaching works."
    SUPPORTED_LIST = "supported-list", "The supported destinations are a list instead of a map."
    SUPPORTED_HIDDEN = "supported-hidden", "The list of supported destinations is refused with 404."

    SEARCH_IGNORED = "search-ignored", "The search for audiences is ignored: the whole list comes."
    SEARCH_REFUSED = "search-refused", "The search for audiences is refused with 422."

    # --- Segment: what is shown --------------------------------------------------------------------------------------

    MASK_WITHOUT_END = "mask-without-end", "A masked secret doesn't show its last four characters."
    SIZE_HIDDEN = "size-hidden", "Audiences show no size."
    STATUS_HIDDEN = "status-hidden", "Audiences show no status."
    DELIVERY_HIDDEN_403 = "delivery-hidden-403", "The delivery overview is refused with 403."
    DELIVERY_HIDDEN_404 = "delivery-hidden-404", "The delivery overview is refused with 404."
    AUDIT_HIDDEN = "audit-hidden", "The audit trail is refused with 403."


REFUSED: Mapping[Behavior, tuple[str, str, int]] = {
    Behavior.TOKEN_HIDDEN: ("GET", "/api/v2/tokens/{id}", 403),
    Behavior.ACCOUNT_HIDDEN: ("GET", "/api/v2/account", 404),
    Behavior.KINDS_HIDDEN: ("GET", "/api/v2/projects/{projectKey}/context-kinds", 403),
    Behavior.MEMBERSHIP_HIDDEN: (
        "GET",
        _MEMBERSHIP,
        404,
    ),
    Behavior.PROJECT_HIDDEN: ("GET", "/api/v2/projects/{projectKey}", 403),
    Behavior.CATALOG_HIDDEN: ("GET", "/catalog/destinations/{id}", 403),
    Behavior.ATTACHING_REFUSED_400: ("POST", _CONNECTIONS, 400),
    Behavior.ATTACHING_REFUSED_403: ("POST", _CONNECTIONS, 403),
    Behavior.ATTACHING_REFUSED_404: ("POST", _CONNECTIONS, 404),
    Behavior.ATTACHING_REFUSED_422: ("POST", _CONNECTIONS, 422),
    Behavior.ACTIVATING_REFUSED_400: ("POST", _CONNECTIONS + "/{connectionId}/activations", 400),
    Behavior.ACTIVATING_REFUSED_403: ("POST", _CONNECTIONS + "/{connectionId}/activations", 403),
    Behavior.ACTIVATIONS_HIDDEN_403: ("GET", "/spaces/{spaceId}/audiences/{audienceId}/activations", 403),
    Behavior.ACTIVATIONS_HIDDEN_404: ("GET", "/spaces/{spaceId}/audiences/{audienceId}/activations", 404),
    Behavior.SUPPORTED_HIDDEN: ("GET", "/spaces/{spaceId}/audienceType/{type}/supported-destinations", 404),
    Behavior.DELIVERY_HIDDEN_403: ("GET", "/delivery-overview/{stage}", 403),
    Behavior.DELIVERY_HIDDEN_404: ("GET", "/delivery-overview/{stage}", 404),
    Behavior.AUDIT_HIDDEN: ("GET", "/audit-events", 403),
}
"""The method and the path of the endpoint that a behavior refuses, and the status."""


def status_of_refusal(method: str, path: str, behaviors: Collection[Behavior]) -> int:
    """Return the status with which an endpoint is refused in this world; 0 when it isn't."""
    statuses = {one: status for one, (verb, where, status) in REFUSED.items() if (verb, where) == (method, path)}
    return status_of(behaviors, statuses)


def status_of(behaviors: Collection[Behavior], statuses: Mapping[Behavior, int]) -> int:
    """Return the status that a behavior of this world answers with; 0 when the world has none of them."""
    return next((status for one, status in statuses.items() if one in behaviors), 0)
