"""Ways in which the services may behave where nobody has proof: each is a switch that a world can have on.

What is proven is in docs/launchdarkly.md and docs/segment.md; the sandbox does that by itself. A switch that is on
makes the sandbox behave the other way, so that a test can show that the wizard ends right, or tells the truth, in
both.
"""

from __future__ import annotations

from enum import StrEnum


class Behaviour(StrEnum):
    """A switch by its name, with one line of what it changes (`what`)."""

    what: str

    def __new__(cls, name: str, what: str) -> Behaviour:
        made = str.__new__(cls, name)
        made._value_ = name
        made.what = what
        return made

    # --- LaunchDarkly: the synced segment --------------------------------------------------------------------------

    KEY_IN_LOWER_CASE = "key-in-lower-case", "The segment's key has the audience's ID in lower case."
    KEY_IN_UPPER_CASE = "key-in-upper-case", "The segment's key is in upper case."
    KEY_FROM_NAME = "key-from-name", "The segment's key is made from its name and has no ID."
    KEY_IS_THE_ID = "key-is-the-id", "The segment's key is the audience's ID, without a prefix."
    EXTERNAL_NOT_LISTED = "external-not-listed", "Listed segments lack `_external`; a segment by itself has it."
    EXTERNAL_NOWHERE = "external-nowhere", "No segment shows `_external`."
    EXTERNAL_OTHER_WORD = "external-other-word", "`_external` is another word than `segment-audiences`."
    EXTERNAL_FILTER_REFUSED = "external-filter-refused", "The filter `external exists` is refused with 400."
    FILTERS_REFUSED = "filters-refused", "Every filter of the segments' list is refused with 400."
    FILTERS_IGNORED = "filters-ignored", "Every filter of the segments' list is accepted and ignored."
    COUNT_NOT_SHOWN = "count-not-shown", "Segments never show how many members they have."

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
