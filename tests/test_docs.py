"""Links from the code to the pages under docs/ lead to headings."""

from __future__ import annotations

import re
from pathlib import Path

from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.diagnosis.symptoms.catalogue import CAUSES, HINTS

ROOT = Path(__file__).parents[1]
SERVICES = ("launchdarkly.md", "segment.md")
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
ABOUT_NEITHER_SERVICE = {"machine.keyring"}
OBVIOUS = {
    *("audience.exists", "destination.exists", "mapping.batching"),
    *("launchdarkly.client_side.reachable", "segment.reachable"),
}


def _anchor(heading: str) -> str:
    """Return a heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_link_from_the_code_is_a_heading() -> None:
    headings = {
        f"docs/{name}#{_anchor(h)}" for name, text in PAGES.items() for h in re.findall(r"^#+ (.*)$", text, re.M)
    }
    code = [path for folder in ("wizard", "tests") for path in (ROOT / folder).rglob("*.py")]
    linked = {link for path in code for link in re.findall(r"docs/[a-z-]+\.md#[\w-]+", path.read_text("utf-8"))}
    assert linked
    assert linked - headings == set()


def test_the_pages_of_both_services_name_every_check_and_no_other() -> None:
    known = {check.id for check in CHECKS}
    known |= {f"cause:{cause.id}" for cause in CAUSES if cause.says} | {f"hint:{hint.id}" for hint in HINTS}
    prefixes = "launchdarkly|segment|machine|destination|mapping|audience|sync"
    ids = re.compile(rf"`((?:{prefixes})\.[a-z_.]+|(?:cause|hint):[a-z-]+)`")
    named = {name for page in SERVICES for name in ids.findall(PAGES[page])} - {"destination.id"}
    assert named - known == set()
    assert known - named <= ABOUT_NEITHER_SERVICE | OBVIOUS
