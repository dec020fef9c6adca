"""What the Linux console draws for marks that its fonts lack, one cell for each.

console-setup's fonts (Fixed, VGA, Terminus) have ✗ ▸ ● ■ █ ▄ · → … and the lines of a table, and draw a box for these.
"""

from __future__ import annotations

from collections.abc import Mapping

_FOR_THE_CONSOLE = str.maketrans(
    {
        "✓": "v",
        "○": "o",
        "□": "-",
        **dict.fromkeys("▌▏▎▍▊▉▋▐▕", "│"),
        **dict(zip("▁▂▃▅▆▇▀▔", "__.=+*▄─", strict=True)),
    }
)


def fallback_glyphs(environ: Mapping[str, str]) -> dict[int, str]:
    """Return a table for `str.translate`; empty where the terminal's fonts have everything."""
    return _FOR_THE_CONSOLE if environ.get("TERM", "").startswith("linux") else {}
