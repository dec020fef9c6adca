"""Members over time in one line: as numbers that read well aloud, and as blocks that show the shape."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_TOLD = 4  # numbers of a line that is read


def numbers(counts: Sequence[int]) -> str:
    """ "0 → 412 → 1,234": first, last, and what lies evenly between. Empty when nothing has changed."""
    if len(counts) < 2:
        return ""
    return " → ".join(f"{counts[place]:,}" for place in _places(len(counts), _TOLD))


def blocks(counts: Sequence[int], cells: int = 12) -> str:
    """The same as a shape of at most `cells` block characters."""
    if len(counts) < 2:
        return ""
    most = max(*counts, 1)
    shown = (counts[place] for place in _places(len(counts), cells))
    return "".join(_BLOCKS[round(value / most * (len(_BLOCKS) - 1))] for value in shown)


def _places(many: int, most: int) -> list[int]:
    """At most `most` places, evenly spread, the first and the last among them."""
    if many <= most:
        return list(range(many))
    return [round(place * (many - 1) / (most - 1)) for place in range(most)]
