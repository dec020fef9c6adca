"""Lines with a head column, in windows of every width."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from wizard.ui.widgets.aligned import Aligned, Line


@pytest.mark.parametrize("width", [0, 1, 2, 7])
@pytest.mark.parametrize(
    "line", [Line("head", "some text"), Line(text="some text", wide=True), Line("head", short=True)]
)
def test_a_window_without_room_is_drawn_all_the_same(line: Line, width: int) -> None:
    aligned = Aligned((line,), column=10, indent=1)
    assert aligned.get_content_height(Size(width, 9), Size(width, 9), width) > 0


@pytest.mark.parametrize("width", [1, 9, 25, 48, 60])
def test_an_address_breaks_at_its_slashes_and_stays_whole(width: int) -> None:
    address = "https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-launchdarkly-audiences"
    aligned = Aligned((Line(text=address, wide=True),), column=10)
    rows = [row.plain for row in aligned._laid_out(width)]
    assert "".join(rows) == address
    assert all(len(row) <= width for row in rows)
    if width >= 48:
        assert all(row.endswith("/") for row in rows[:-1])


def test_an_address_that_is_too_long_for_its_head_has_rows_without_blanks_in_between() -> None:
    address = "https://app.launchdarkly.com/projects/shop/segments/vip-customers/targeting?env=production"
    aligned = Aligned((Line("Page", address),), column=10)
    assert [row.plain for row in aligned._laid_out(100)] == [f"Page      {address}"]
    head, *rows = [row.plain for row in aligned._laid_out(60)]
    assert head == "Page"
    assert len(rows) == 2
    assert "".join(rows) == address
    below_a_text = Aligned((Line("", address),), column=10)
    assert [row.plain for row in below_a_text._laid_out(60)] == rows, "without a row for no head"


def test_an_indented_address_breaks_at_its_slashes_too() -> None:
    aligned = Aligned((Line(text="   https://app.segment.com/catalog/actions-launchdarkly", wide=True),), column=0)
    rows = [row.plain for row in aligned._laid_out(40)]
    assert rows == ["   https://app.segment.com/catalog/", "actions-launchdarkly"]


def test_an_address_that_fits_keeps_its_indent() -> None:
    aligned = Aligned((Line(text="https://app.segment.com/catalog", wide=True),), column=10, indent=1)
    assert [row.plain for row in aligned._laid_out(34)] == [" https://app.segment.com/catalog"]


def test_what_does_not_fit_beside_a_text_begins_a_line_of_its_own() -> None:
    aligned = Aligned((Line("Mapping", "Sync Engage Audience", beside=" · done"),), column=10)
    assert [row.plain for row in aligned._laid_out(40)] == ["Mapping   Sync Engage Audience · done"]
    assert [row.plain for row in aligned._laid_out(34)] == ["Mapping   Sync Engage Audience", "          done"]
