"""The pages and the code agree: links lead to headings, and names and paths on a page exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

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


def _code_of(page: str) -> set[str]:
    """Return the texts in backticks on a page, outside its code blocks."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text("utf-8"), flags=re.S)
    return set(re.findall(r"`([^`\n]+)`", text))


@cache
def _places() -> frozenset[str]:
    """Return the path of each file and folder, relative to the repository, with a slash before it."""
    tree = [path.relative_to(ROOT) for folder in ("wizard", "tests", "docs") for path in (ROOT / folder).rglob("*")]
    tree += [path.relative_to(ROOT) for path in ROOT.iterdir()]
    return frozenset(f"/{path.as_posix()}{'/' if (ROOT / path).is_dir() else ''}" for path in tree)


@cache
def _words() -> frozenset[str]:
    """Return all words in the code."""
    code = (path for folder in ("wizard", "tests") for path in (ROOT / folder).rglob("*.py"))
    return frozenset(word for path in code for word in re.findall(r"\w+", path.read_text("utf-8")))


@pytest.mark.parametrize(
    "page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in PAGES)]
)
def test_every_path_that_a_page_cites_exists(page: str) -> None:
    cited = {one for one in _code_of(page) if re.fullmatch(r"[\w./-]+(?:\.(?:py|md|tcss|toml)|/)", one)}
    cited -= {"setup.toml"}
    assert {one for one in cited if not any(path.endswith(f"/{one}") for path in _places())} == set()


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_name_that_a_page_cites_is_in_the_code(page: str) -> None:
    names = {one for one in _code_of(page) if re.fullmatch(r"[A-Za-z_]\w*(?:\.(?!(?:py|md|toml)$)\w+)*", one)} - {"CI"}
    assert {one for one in names if not _words().issuperset(one.split("."))} == set()
