"""Lines on a terminal, wrapped at words and with the sign or status in color; unchanged in a file or pipe."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest

import wizard
from tests.headless.runs import World
from wizard.command_line.settings import takes_color
from wizard.headless.printing.output import Output
from wizard.headless.printing.page import WIDEST, Page, colored, fallback_glyphs, wrapped
from wizard.headless.run import page_on

LINK = "https://app.launchdarkly.com/projects/shop/segments/segment-audiences-aud_WVevLTIBCFUkDUEGzMibyGtJgDa"
LONG = (
    "Create the destination LaunchDarkly - shop / production on Personas Production and switch it on for all members."
)
SGR = re.compile(r"\x1b\[[0-9]*m")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("line", [LONG, f"  Fix: {LONG}", f"+ {LONG}", f"  {LINK}", f"  12. {LONG}"])
def test_a_line_is_broken_between_words_and_never_inside_one(line: str, width: int) -> None:
    shown = Page(width).show(line)

    assert shown.split() == line.split()
    assert all(len(row) <= min(width, WIDEST) or LINK in row for row in shown.splitlines())


def test_what_follows_stands_under_the_text_and_not_under_its_sign() -> None:
    assert wrapped("+ Destination one two", 14) == "+ Destination\n  one two"
    assert wrapped("  Fix: one two three", 14) == "  Fix: one two\n  three"
    assert (
        wrapped("  1. One long choice that needs two lines", 24)
        == "  1. One long choice\n     that needs two\n     lines"
    )


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("+ Destination shop", "+"),
        ("~ Mapping", "~"),
        ("= Already right: Mapping", "="),
        ("Failed: The destination is off.", "Failed"),
        ("Warning: a", "Warning"),
        ("Unknown: a", "Unknown"),
        ("Not healthy: 1 problem (destination.enabled).", "Not healthy"),
        ("Next: audience-wizard apply", "Next"),
        ("LaunchDarkly    14 ✓", "✓"),
        ("Destination     5 ✓, 1 failed", "failed"),
    ],
)
def test_a_sign_a_status_and_a_count_have_their_color(line: str, word: str) -> None:
    shown = colored(line)

    assert re.search(rf"\x1b\[\d+m{re.escape(word)}\x1b\[0m", shown)
    assert SGR.sub("", shown) == line


@pytest.mark.parametrize("line", ["  name: Failed + tries", "Failedly", "-c setup.toml", "Nextcloud: a", "2+2"])
def test_the_same_word_elsewhere_has_none(line: str) -> None:
    assert colored(line) == line


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"WT_SESSION": "1"}, True),
    ],
)
def test_no_color_and_a_terminal_without_colors_are_honored(environ: dict[str, str], takes: bool) -> None:
    assert takes_color(environ) is takes


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_whole_plan_fits_the_terminal(tmp_path: Path, width: int) -> None:
    world = World(tmp_path)
    as_it_is = await world.run("plan", as_json=False)

    out = Output(io.StringIO(), io.StringIO(), page=Page(width, colored=True))
    out.text(as_it_is.out.splitlines())
    assert isinstance(out.data, io.StringIO)
    shown = out.data.getvalue()

    assert "\x1b[32m+\x1b[0m Destination" in shown
    assert SGR.sub("", shown).split() == as_it_is.out.split()
    whole = [word for word in as_it_is.out.split() if len(word) > width]
    rows = SGR.sub("", shown).splitlines()
    assert all(len(row) <= min(width, WIDEST) or any(word in row for word in whole) for row in rows)
    assert "\x1b" not in as_it_is.out


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_terminal_has_colors_and_its_own_width(tmp_path: Path) -> None:
    from tests.headless.one_process import ended, started
    from tests.terminal import killed

    child = started(tmp_path, "plan --sandbox", "NO_COLOR=1 plan --sandbox", term="xterm", size=(24, 60))
    for is_colored in (True, False):
        assert ended(child) == 4
        shown = str(child.before)
        assert ("\x1b[32m+\x1b[0m Destination" in shown) is is_colored
        assert ("\x1b" in shown) is is_colored
        assert all(len(row) <= 60 for row in SGR.sub("", shown).splitlines())
    killed(child)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "0 → 537 “VIP” ✓ …"),
        ("cp1252", "0 -> 537 “VIP” OK …"),
        ("latin-1", '0 -> 537 "VIP" OK ...'),
        ("no-such-encoding", '0 -> 537 "VIP" OK ...'),
    ],
)
def test_what_an_encoding_lacks_has_a_plain_stand_in(encoding: str, shown: str) -> None:
    assert Page(fallback_glyphs=fallback_glyphs(encoding)).show("0 → 537 “VIP” ✓ …") == shown


def test_whatever_a_command_may_print_has_a_stand_in() -> None:
    package = Path(wizard.__file__).parent
    written = "".join(
        path.read_text() for folder in ("headless", "flow", "domain") for path in (package / folder).rglob("*.py")
    )
    marks = {mark for mark in written if ord(mark) > 127}
    assert Page(fallback_glyphs=fallback_glyphs("ascii")).show("".join(sorted(marks))).isascii()


@pytest.mark.parametrize(("columns", "width"), [(0, 80), (10, 20), (132, 132)])
def test_a_terminal_without_a_size_is_as_wide_as_usual(
    monkeypatch: pytest.MonkeyPatch, columns: int, width: int
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(stream, "fileno", lambda: 1, raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    assert page_on(stream, colored=False).width == width
