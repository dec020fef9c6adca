"""The picture of what will exist, on one line where it fits, else a line for each part."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wizard.flow.picture import ARROW, Part, Picture
from wizard.ui.appearance import signs
from wizard.ui.widgets.aligned import Aligned, Line

_COLUMN = 6


class PictureView(Aligned):
    """One or more pictures; each part has its stage's mark and color once a sync is watched."""

    def __init__(self, *, classes: str = "") -> None:
        super().__init__(column=_COLUMN, classes=classes)
        self._pictures: tuple[Picture, ...] = ()
        self.display = False

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        if pictures != self._pictures:
            self._pictures = pictures
            self.display = bool(pictures)
            self.refresh(layout=True)

    @property
    def plain(self) -> str:
        return "\n".join(map(str, self._pictures))

    def _laid_out(self, width: int) -> list[Content]:
        lines = (line for picture in self._pictures for line in picture_lines(picture, width))
        return self._rows_of(tuple(lines), width)


def picture_lines(picture: Picture, width: int) -> Iterator[Line]:
    """Yield the picture on one line, else with its `beside` text below, else with one line for each part."""
    first, *others = picture.parts
    beside = Content.styled(picture.beside, "$muted")
    path = _drawn(first)
    for part in others:
        path = Content.assemble(path, " ", _arrow(part), " ", _drawn(part))
    whole = Content.assemble(path, " ", beside) if picture.beside else path
    if whole.cell_length <= width or not others:
        yield Line(text=whole, wide=True)
        return
    if path.cell_length <= width:
        yield Line(text=path, wide=True)
    else:
        yield Line(text=_drawn(first), wide=True)
        yield from (Line(Content.assemble("  ", _arrow(part)), _drawn(part)) for part in others)
    if picture.beside:
        yield Line("", beside)


def _drawn(part: Part) -> Content:
    if part.state is None:
        return Content(part.text)
    sign = signs.of_stage(part.state)
    return Content.assemble((f"{sign.glyph} ", sign.style), (part.text, sign.style))


def _arrow(part: Part) -> Content:
    """Return the arrow to a part, in the part's color."""
    style = signs.of_stage(part.state).style if part.state else "$accent"
    return Content.styled(ARROW, style)
