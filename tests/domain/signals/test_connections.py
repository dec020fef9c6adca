"""When an audience's connection itself is off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.sample_facts import DESTINATION
from wizard.domain.connections import is_paused
from wizard.domain.services.segment import Connection


@pytest.mark.parametrize(
    ("enabled", "destination_enabled", "paused"),
    [(False, True, True), (False, None, True), (False, False, False), (True, True, False), (None, True, False)],
)
def test_a_destination_that_is_off_says_nothing_of_the_connection(
    enabled: bool | None, destination_enabled: bool | None, paused: bool
) -> None:
    connection = Connection("con_1", "dst_1", enabled=enabled)
    assert is_paused(connection, replace(DESTINATION, enabled=destination_enabled)) is paused
    assert is_paused(connection, None) is (enabled is False)
