"""Check a built wheel and source distribution against the files they were built from: contents.py SOURCE DIST."""

from __future__ import annotations

import email.message
import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

STYLES = ("wizard/ui/welcome.tcss", "wizard/ui/app.tcss")
# Patterns that each must contain at least: files that no import would miss.
NEEDED_IN_WHEEL = ("wizard/py.typed", "wizard/cli.py", *STYLES, "*.dist-info/entry_points.txt")
NEEDED_IN_SDIST = (
    *("pyproject.toml", "MANIFEST.in", "PKG-INFO", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("docs/reference.md", "docs/checks.md", "docs/index-page.md", "screenshots/*.svg", ".ci/run", ".ci/package"),
    *("wizard/py.typed", *STYLES, "tests/conftest.py", "tests/contracts/*.json"),
    *("tests/ui/__snapshots__/*/*.svg", "tests/ui/__snapshots__/text/*.txt"),
)
# Files for git, which nobody needs in an unpacked source distribution.
NOT_IN_SDIST = {".gitattributes", ".gitignore"}
MADE_BY_BUILD = re.compile(r"PKG-INFO|setup\.cfg|audience_wizard\.egg-info/.*|[^/]+\.dist-info/.*")
EXTRAS = {"sandbox", "dev"}
LONGEST_LABEL = 32  # PyPI's limit for a URL's label


def main(source: Path, dist: Path) -> None:
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    tracked = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    shipped = {name for name in tracked if name.startswith("wizard/")}
    mistakes = [
        *_contents("wheel", _names_in_wheel(wheel), shipped, NEEDED_IN_WHEEL),
        *_contents("sdist", _names_in_sdist(sdist), tracked - NOT_IN_SDIST, NEEDED_IN_SDIST),
        *_metadata(_metadata_in_wheel(wheel), tomllib.loads((source / "pyproject.toml").read_text())),
    ]
    if mistakes:
        sys.exit("\n".join(mistakes))
    print(f"{wheel.name} and {sdist.name} hold what they should and nothing else")


def _names_in_wheel(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def _names_in_sdist(path: Path) -> set[str]:
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def _contents(which: str, names: set[str], wanted: set[str], needed: tuple[str, ...]) -> Iterator[str]:
    """Check that an archive holds exactly the expected files and what the build adds, and at least the needed ones."""
    yield from (f"{which}: {name} is missing" for name in sorted(wanted - names))
    too_many = (name for name in sorted(names - wanted) if not MADE_BY_BUILD.fullmatch(name))
    yield from (f"{which}: {name} does not belong there" for name in too_many)
    for pattern in needed:
        if not any(Path(name).match(pattern) for name in names):
            yield f"{which}: nothing matches {pattern}"


# --- metadata -----------------------------------------------------------------------------------------------------


def _metadata_in_wheel(path: Path) -> email.message.Message:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def _metadata(metadata: email.message.Message, pyproject: dict[str, dict[str, object]]) -> Iterator[str]:
    project = pyproject["project"]
    for field, wanted in (("Name", "name"), ("Summary", "description"), ("Requires-Python", "requires-python")):
        if metadata[field] != project[wanted]:
            yield f"metadata: {field} is {metadata[field]!r}"
    for field in ("Version", "Keywords", "Classifier", "Project-URL"):
        if not metadata[field]:
            yield f"metadata: {field} is missing"
    if set(metadata.get_all("Provides-Extra", [])) != EXTRAS:
        yield f"metadata: the extras are {metadata.get_all('Provides-Extra')}"
    if metadata["Description-Content-Type"] != "text/markdown":
        yield f"metadata: the description is {metadata['Description-Content-Type']}"
    yield from _links(metadata)


def _links(metadata: email.message.Message) -> Iterator[str]:
    """Check that README's links are absolute: an index resolves no relative address."""
    for label, _, address in (line.partition(", ") for line in metadata.get_all("Project-URL", [])):
        if len(label) > LONGEST_LABEL or not address.startswith("https://"):
            yield f"metadata: no index takes the URL {label}, {address}"
    text = str(metadata.get_payload())
    if not text.startswith("# "):
        yield "metadata: the description has no heading"
    yield from (f"description: {target} is relative" for target in re.findall(r"\]\((?!https://)([^)]*)\)", text))
    yield from (f"description: {tag} shows nothing on an index" for tag in re.findall(r"!\[[^]]*\]|<img[^>]*>", text))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
