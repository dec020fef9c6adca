"""`python -m tests.benchmarks.suite`: how long the README's test command takes, and which files take longest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
SLOWEST = 15
README_COMMAND = re.compile(r"bin/python (-m pytest[^&\n`]*)")


def arguments_of(readme: str) -> list[str]:
    """What the README gives to Python to run the tests."""
    found = README_COMMAND.search(readme)
    if found is None:
        raise SystemExit("README.md names no test command")
    return found[1].split()


def seconds_by_file(report: Path) -> dict[str, float]:
    """Of all tests of a file together, in whichever process each ran."""
    seconds: dict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest has just written it
        seconds[file_of(case.get("classname", ""))] += float(case.get("time", 0))
    return seconds


def file_of(dotted: str) -> str:
    """`tests.ui.panes.test_review.TestKeys` is in `tests/ui/panes/test_review.py`."""
    parts = dotted.split(".")
    while parts and not (ROOT / "/".join(parts)).with_suffix(".py").is_file():
        parts.pop()
    return "/".join(parts) + ".py"


def run(report: Path) -> int:
    """The exit code of pytest; prints what it prints, then the times."""
    command = [sys.executable, *arguments_of((ROOT / "README.md").read_text("utf-8")), f"--junit-xml={report}"]
    began = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    wall, used = time.perf_counter() - began, os.times()
    cpu = used.children_user + used.children_system
    print(f"\n{wall:.0f} s, {cpu:.0f} s of CPU on {os.cpu_count()} cores; goal: 90 s on 2 cores")
    return code


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "tests.xml")
        code = run(report)
        if report.exists():
            by_time = sorted(seconds_by_file(report).items(), key=lambda pair: pair[1], reverse=True)
            for file, seconds in by_time[:SLOWEST]:
                print(f"{seconds:8.1f} s  {file}")
    return code


if __name__ == "__main__":
    sys.exit(main())
