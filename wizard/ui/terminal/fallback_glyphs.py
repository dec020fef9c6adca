"""Replacements for the glyphs that the Linux console's fonts lack, one cell for each.

console-setup's fonts (Fixed, VGA, Terminus) have ✗ ▸ ● ■ █ ▄ · → … and the lines of a table. They would draw an empty
box for the glyphs that are replaced here.
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
