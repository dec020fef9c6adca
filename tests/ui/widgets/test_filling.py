"""Lines that fill a page: what doesn't fit is counted, list by list."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.filling import Filling

_LISTS = (
    *(Line(text=said, wide=True) for said in ("Possible: 3", "a", "b", "c")),
    Line(),
    *(Line(text=said, wide=True) for said in ("Excluded: 9", "d", "e")),
)


@pytest.mark.parametrize(
    ("rows", "last"),
    [(3, "and 2 more"), (4, "c"), (5, "c"), (6, "Excluded: 9"), (7, "Excluded: 9"), (8, "e")],
)
def test_only_what_is_left_of_the_list_above_is_counted(monkeypatch: pytest.MonkeyPatch, rows: int, last: str) -> None:
    monkeypatch.setattr(Filling, "content_size", Size(40, rows))
    filling = Filling(column=0)
    filling.more = "and {} more"
    filling.show(_LISTS)
    assert filling.render().plain.rstrip().splitlines()[-1] == last
