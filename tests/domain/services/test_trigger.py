"""Triggers are compared by their meaning."""

from __future__ import annotations

import pytest

from wizard.domain.services.trigger import same_trigger

PRESET = 'type = "identify" or type = "track"'


@pytest.mark.parametrize(
    "shown",
    [
        PRESET,
        'type="identify" or type="track"',
        '  type =  "identify"\n or type = "track" ',
        '(type = "identify") or (type = "track")',
        '(type = "identify" or type = "track")',
        '((type = "track") or ((type = "identify")))',
        'type = "track" or type = "identify"',
        'type = "identify" OR type = "track"',
        "type = 'identify' or type = 'track'",
        'type == "identify" or type == "track"',
        'type = "identify" or type = "track" or type = "track"',
        'type = "identify" or (type = "track" or type = "identify")',
    ],
)
def test_the_same_events_are_the_same_trigger(shown: str) -> None:
    assert same_trigger(shown, PRESET)
    assert same_trigger(PRESET, shown)


@pytest.mark.parametrize(
    "shown",
    [
        "",
        'type = "track"',
        'type = "identify" and type = "track"',
        'type = "identify" or (type = "identify" and type = "track")',
        'type = "identify" or type = "Track"',
        'type = "identify" or type != "track"',
        'type = "identify" or type = "track" or type = "page"',
        'type = "identify" or event = "track"',
        'type = "identify" or type = "track',
        'type = "identify" or (type = "track"',
        'type = "identify" or type = "track")',
        'type = "identify or type = track"',
        'not type = "identify" or type = "track"',
        "or",
        "((((",
        "?",
    ],
)
def test_other_events_are_another_trigger(shown: str) -> None:
    assert not same_trigger(shown, PRESET)
    assert not same_trigger(PRESET, shown)


def test_and_binds_more_than_or() -> None:
    flat = 'a = "1" and b = "2" or c = "3"'
    assert same_trigger(flat, '(a = "1" and b = "2") or c = "3"')
    assert not same_trigger(flat, 'a = "1" and (b = "2" or c = "3")')


def test_what_cannot_be_parsed_is_the_same_by_its_words() -> None:
    assert same_trigger("event  matches [1]", "event matches [1]")
    assert not same_trigger("event matches [1]", "event matches [2]")
