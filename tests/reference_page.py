"""Read docs/reference.md, and update its examples: `python -m tests.reference_page`.

An example is a `sh` block with `--json` and the `json` block after it, which is the command's output, broken into
lines. The output of `audience-wizard sandbox` isn't updated, because that command serves until it's interrupted.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"
_EXAMPLE = re.compile(r"```sh\n(?P<command>.*--json.*)\n```\n\n```json\n(?P<printed>(?:(?!```).*\n)*)```")
_SERVES = re.compile(r"audience-wizard sandbox\b")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with everything below it, up to the next heading of the same rank."""

    heading: str
    text: str

    def rows(self, first: str) -> list[list[str]]:
        """Return the cells of every table whose first column is called `first`."""
        rows: list[list[str]] = []
        is_in = False
        for line in self.text.splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not cells:
                is_in = False
            elif is_in:
                rows.append(cells)
            else:
                is_in = cells[0] == first
        return [row for row in rows if not set(row[0]) <= {"-"}]

    def named(self, first: str) -> set[str]:
        """Return the names in backticks in the first column of those tables."""
        return {name for row in self.rows(first) for name in codes(row[0])}

    def examples(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each example's command and its documents."""
        for found in _EXAMPLE.finditer(self.text):
            yield found["command"], _documents(found["printed"])


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def sections(rank: int) -> dict[str, Section]:
    """Return the sections by heading, without backticks."""
    mark = "#" * rank
    parts = re.split(rf"^{mark} (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ends = re.compile(rf"^#{{1,{rank}}} ", re.MULTILINE)
    found = zip(parts[1::2], parts[2::2], strict=True)
    return {heading.replace("`", ""): Section(heading, ends.split(text)[0]) for heading, text in found}


def commands() -> list[str]:
    """Return every command in the page's examples."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def _documents(printed: str) -> list[dict[str, Any]]:
    decoder, documents, at = json.JSONDecoder(), [], 0
    while printed[at:].strip():
        at += len(printed[at:]) - len(printed[at:].lstrip())
        document, at = decoder.raw_decode(printed, at)
        documents.append(document)
    return documents


# --- updating -----------------------------------------------------------------------------------------------------


def renewed() -> str:
    """Return the page with each example as the program prints it today."""
    return _EXAMPLE.sub(_renew, PAGE.read_text(encoding="utf-8"))


def _renew(example: re.Match[str]) -> str:
    command = example["command"]
    if _SERVES.search(command):
        return example[0]
    documents = [json.loads(line) for line in _run(command).splitlines()]
    printed = "".join(f"{json.dumps(document, indent=2, ensure_ascii=False)}\n" for document in documents)
    return f"```sh\n{command}\n```\n\n```json\n{printed}```"


def _run(command: str) -> str:
    """Return a command's output on a machine where nothing is set up."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "AUDIENCE_WIZARD_HOME": folder,
        }
        ran = subprocess.run(["bash", "-c", command], env=environ, cwd=folder, stdout=subprocess.PIPE, check=False)
        return ran.stdout.decode()


if __name__ == "__main__":
    PAGE.write_text(renewed(), encoding="utf-8", newline="\n")
