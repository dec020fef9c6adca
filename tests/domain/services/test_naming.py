"""Naming: the segment that an audience makes, and the source that belongs to a space."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import (
    SegmentMatch,
    destination_name,
    engage_sources,
    expected_segment_key,
    match_segments,
    segment_name,
)
from wizard.domain.services.segment import Audience, Connection, Source, Space
from wizard.text import whole

AUDIENCE = Audience("aud_2abcDEF", "vip_customers", "VIP customers!", "spa_1")
STARTED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BEFORE, AFTER = STARTED - timedelta(hours=1), STARTED + timedelta(minutes=5)


def segment(
    key: str,
    name: str = "Something else",
    *,
    external: str = "segment-audiences",
    created_at: datetime | None = BEFORE,
    deleted: bool = False,
) -> LaunchDarklySegment:
    return LaunchDarklySegment(key, name, external, created_at=created_at, deleted=deleted)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ld_segment_test", "Ld segment test"),
        ("vip_customers", "Vip customers"),
        ("VIP_Customers", "VIP Customers"),
        ("a", "A"),
        ("_a_b", "_a b"),
        ("a__b", "A  b"),
        ("élan_vital", "Élan vital"),
        ("", ""),
    ],
)
def test_a_segment_is_named_after_the_audiences_key(key: str, name: str) -> None:
    assert segment_name(key) == name


def test_expected_key_and_default_name() -> None:
    assert expected_segment_key("aud_1") == "segment-audiences-aud_1"
    assert destination_name("shop", "production") == "LaunchDarkly - shop / production"


# --- match_segments ---------------------------------------------------------------------------------------------

BY_ID = segment("segment-audiences-aud_2abcDEF")
BY_OTHER_ID_FORM = segment("sync.aud_2abcDEF")
BY_NAME = segment("5f3c", "Vip customers")
NAMESAKE = segment("9a1b", "Vip customers")
STALE = segment("segment-audiences-aud_1OLD", "Vip customers")
NEW = segment("e7d2", created_at=AFTER)
NEW_WITHOUT_A_DATE = segment("c0de", created_at=None)
OLD = segment("b1b1")
OF_ANOTHER_AUDIENCE = segment("segment-audiences-aud_9", created_at=AFTER)


@pytest.mark.parametrize(
    ("segments", "found", "candidates"),
    [
        ((), None, ()),
        ((OLD,), None, ()),
        # (a) the id in the key
        ((OLD, BY_ID), BY_ID, ()),
        ((BY_OTHER_ID_FORM,), BY_OTHER_ID_FORM, ()),
        ((BY_OTHER_ID_FORM, BY_ID), BY_ID, ()),
        ((BY_NAME, BY_ID, NEW), BY_ID, ()),
        ((STALE, BY_ID), BY_ID, ()),
        ((BY_OTHER_ID_FORM, segment("x-aud_2abcDEF")), None, (BY_OTHER_ID_FORM, segment("x-aud_2abcDEF"))),
        # (b) the name
        ((OLD, BY_NAME, NEW), BY_NAME, ()),
        ((BY_NAME, NAMESAKE), None, (BY_NAME, NAMESAKE)),
        ((STALE,), None, (STALE,)),
        # (c) new since the start
        ((OLD, NEW), None, (NEW,)),
        ((NEW, NEW_WITHOUT_A_DATE), None, (NEW, NEW_WITHOUT_A_DATE)),
        ((OF_ANOTHER_AUDIENCE,), None, ()),
        # never
        ((segment(BY_ID.key, deleted=True),), None, ()),
        ((segment(BY_ID.key, external=""),), None, ()),
    ],
)
def test_the_audiences_segment_is_found_or_its_candidates_are_shown(
    segments: tuple[LaunchDarklySegment, ...],
    found: LaunchDarklySegment | None,
    candidates: tuple[LaunchDarklySegment, ...],
) -> None:
    assert match_segments(AUDIENCE, segments, frozenset(), STARTED) == SegmentMatch(found, candidates)


def test_what_was_there_before_is_no_candidate() -> None:
    assert match_segments(AUDIENCE, [NEW], frozenset({NEW.key}), STARTED).candidates == ()


def test_without_a_start_nothing_is_new() -> None:
    assert match_segments(AUDIENCE, [NEW]) == SegmentMatch()


def test_what_was_there_before_is_still_found_by_id_or_name() -> None:
    assert match_segments(AUDIENCE, [BY_ID], frozenset({BY_ID.key}), STARTED).found == BY_ID
    assert match_segments(AUDIENCE, [BY_NAME], frozenset({BY_NAME.key}), STARTED).found == BY_NAME


def test_a_segment_made_by_hand_with_the_same_name_is_reported() -> None:
    made_by_hand = segment("vip", "Vip customers", external="")
    assert match_segments(AUDIENCE, [made_by_hand, BY_ID]) == SegmentMatch(BY_ID, (), (made_by_hand,))
    assert match_segments(AUDIENCE, [made_by_hand]).found is None


def test_an_id_of_another_form_says_nothing_about_other_audiences() -> None:
    audience = Audience("9aQ1", "vip_customers", "VIP", "spa_1")
    assert match_segments(audience, [STALE]).found == STALE


def test_an_audience_without_an_id_is_found_by_name_only() -> None:
    by_hand = Audience("", "vip_customers", "vip_customers", "")
    assert match_segments(by_hand, [BY_ID, BY_NAME]).found == BY_NAME


@pytest.mark.parametrize("key", ["a__b", "x" * 300, "vip\u202e_customers", "a_ b"])
def test_names_are_compared_as_they_were_cleaned(key: str) -> None:
    audience = Audience("aud_1", key, "name", "spa_1")
    cleaned = segment("k", whole(segment_name(key)))
    assert match_segments(audience, [cleaned]).found == cleaned


def test_keys_that_differ_after_two_hundred_characters_are_of_two_segments() -> None:
    first, second = ("x" * 220 + end for end in ("_one", "_two"))
    theirs = segment("k", whole(segment_name(second)))
    assert match_segments(Audience("aud_1", first, "name", "spa_1"), [theirs]).found is None


# --- engage_sources ---------------------------------------------------------------------------------------------

PROD = Space("spa_1", "prod", "Production")


def engage(id_: str, slug: str, name: str) -> Source:
    return Source(id_, slug, name, "personas-compute")


BY_SOURCE_NAME = engage("s1", "whatever", "Engage (Production)")
BY_SLUG = engage("s2", "personas_prod", "Personas (Production)")
NUMBERED = engage("s6", "personas_prod_2", "Renamed")
BY_PART_OF_SLUG = engage("s3", "personas_of_prod", "Renamed")
OTHER_ENGAGE = engage("s4", "personas_dev", "Engage (Development)")
ORDINARY = Source("s5", "prod", "Engage (Production)", "javascript")


@pytest.mark.parametrize(
    ("sources", "connected", "wanted"),
    [
        ((), (), ()),
        ((ORDINARY, OTHER_ENGAGE), (), ()),
        ((ORDINARY, BY_SOURCE_NAME, BY_SLUG), (), (BY_SLUG,)),
        ((NUMBERED, BY_SLUG), (), "all"),
        ((OTHER_ENGAGE, NUMBERED), (), (NUMBERED,)),
        ((engage("s7", "personas_prod2", "Personas (2)"), BY_SLUG), (), "all"),
        ((OTHER_ENGAGE, engage("s8", "x", "Personas Production")), (), (engage("s8", "x", "Personas Production"),)),
        ((OTHER_ENGAGE, BY_PART_OF_SLUG), (), (BY_PART_OF_SLUG,)),
        ((replace(ORDINARY, metadata_id="dBg7wLNWBb"),), (), "all"),
        ((replace(BY_SLUG, metadata_slug="renamed"),), (), "all"),
        ((BY_SOURCE_NAME, engage("s9", "x", "Engage (Production)")), (), "all"),
        ((BY_SOURCE_NAME, OTHER_ENGAGE), ("s4",), (OTHER_ENGAGE,)),
        ((BY_SOURCE_NAME, OTHER_ENGAGE), ("gone", ""), (BY_SOURCE_NAME,)),
    ],
)
def test_the_first_rule_that_finds_a_source_decides(
    sources: tuple[Source, ...], connected: tuple[str, ...], wanted: tuple[Source, ...] | str
) -> None:
    connections = [Connection(f"ii_{source}", "d1", source_id=source) for source in connected]
    assert engage_sources(PROD, sources, connections) == (sources if wanted == "all" else wanted)


def test_a_numbered_source_may_be_the_first_one_of_another_space() -> None:
    second = engage("s2", "personas_prod2", "Personas Production 2")
    spaces = (PROD, Space("spa_2", "prod2", "Production 2"))
    assert engage_sources(PROD, (BY_SLUG, second), spaces=spaces) == (BY_SLUG,)
    assert engage_sources(spaces[1], (BY_SLUG, second), spaces=spaces) == (second,)


@pytest.mark.parametrize(
    ("slug", "source_slug", "fits"),
    [
        ("prod", "personas_PROD", True),
        ("prod-eu", "personas_prod_eu", True),
        ("prod", "my_personas_prod_x", True),
        ("prod", "personas_production", False),
        ("eu-prod", "personas_prod_eu", False),
        ("", "personas_prod", False),
    ],
)
def test_slugs_are_compared_word_by_word(slug: str, source_slug: str, fits: bool) -> None:
    found = engage_sources(Space("spa_1", slug, "Anything"), [engage("s", source_slug, "Renamed")])
    assert bool(found) is fits


@pytest.mark.parametrize("name", ["Pro\x1bduction", "x" * 400, "P [beta]", "A  B"])
def test_source_names_are_compared_as_they_were_cleaned(name: str) -> None:
    source = engage("s", "renamed", whole(f"Engage ({name})"))
    assert engage_sources(Space("spa_1", "prod", whole(name)), [source]) == (source,)
