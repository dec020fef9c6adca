"""`python -m tests.benchmarks.start`: the wizard's speed, compared with simpler programs on the same machine.

Only ratios mean anything, because a machine's speed changes within a minute. So the compared programs run in turns, and
each ratio is the median over the pairs. The goals are for a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.timing import Timed

ENTER, BACKSPACE, DOWN, UP, CTRL_C, CTRL_Q = "\r", "\x7f", "\x1b[B", "\x1b[A", "\x03", "\x11"
SANDBOX = ("-m", "wizard", "--sandbox")
WIZARD = (*SANDBOX, "happy")
HELLO, FORM = ("-m", "tests.benchmarks.bare", "hello"), ("-m", "tests.benchmarks.bare", "form")
NOTHING = ("-c", "pass")
HUGE = "10,000"
Measure = Callable[[Path], float]


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[Timed]:
    program = Timed(*arguments, home=home)
    try:
        yield program
    finally:
        program.close()


def ended(*arguments: str) -> Measure:
    """Return the seconds from start to end of a program that asks nothing."""

    def measure(home: Path) -> float:
        with running(home, *arguments) as program:
            return program.until_ended() - program.began

    return measure


def shown(text: str, *arguments: str) -> Measure:
    """Return the seconds from the start to a text on the screen."""

    def measure(home: Path) -> float:
        with running(home, *arguments) as program:
            return program.until_shown(text) - program.began

    return measure


def left(text: str, key: str, *arguments: str) -> Measure:
    """Return the seconds from the quit key to the end of the process."""

    def measure(home: Path) -> float:
        with running(home, *arguments) as program:
            program.until_shown(text)
            program.until_quiet()
            pressed = program.press(key)
            return program.until_ended() - pressed

    return measure


def answered_at_once(home: Path) -> float:
    """Return the seconds from an Enter typed into the first frame to a word about it."""
    with running(home, *WIZARD) as program:
        program.until_shown("Begin")
        pressed = program.press(ENTER)
        return program.until(lambda screen: "Beginning" in screen or "▸ 1 Prerequisites" in screen) - pressed


def begun(home: Path) -> float:
    """Return the seconds from Enter, typed the moment that the first frame shows, to the first step."""
    with running(home, *WIZARD) as program:
        program.until_shown("Begin")
        pressed = program.press(ENTER)
        return program.until_shown("▸ 1 Prerequisites") - pressed


def ready(home: Path) -> float:
    """Return the seconds from the start to the first step, with Enter typed into the early frame."""
    with running(home, *WIZARD) as program:
        program.until_shown("Starting …")
        program.press(ENTER)
        return program.until_shown("▸ 1 Prerequisites") - program.began


PAIRS: tuple[tuple[str, Measure, Measure, str], ...] = (
    ("--version / python -c pass", ended("-m", "wizard", "--version"), ended(*NOTHING), "1.2, at most 1.6"),
    ("--help / python -c pass", ended("-m", "wizard", "--help"), ended(*NOTHING), "2, at most 3"),
    ("first paint / python -c pass", shown("Audience Wizard", *WIZARD), ended(*NOTHING), "1.3, at most 3"),
    ("first paint / bare hello", shown("Audience Wizard", *WIZARD), shown("Ready", *HELLO), "at most 0.2"),
    ("first full frame / bare hello", shown("Begin", *WIZARD), shown("Ready", *HELLO), "1.15, at most 1.35"),
    ("first full frame / bare form", shown("Begin", *WIZARD), shown("Ready", *FORM), "at most 1.15"),
    ("Enter at the first frame / bare hello", answered_at_once, shown("Ready", *HELLO), "0.15, at most 0.3"),
    ("Enter until the first step / bare hello", begun, shown("Ready", *HELLO), "at most 2.5"),
    ("start until the first step / bare hello", ready, shown("Ready", *HELLO), ""),
    ("quit / bare hello's quit", left("Begin", CTRL_C, *WIZARD), left("Ready", CTRL_Q, *HELLO), "0.07, at most 0.2"),
)


def compare(name: str, ours: Measure, reference: Measure, goal: str, runs: int, home: Path) -> None:
    ours(home), reference(home)  # fills the caches
    pairs = [(ours(home), reference(home)) for _ in range(runs)]
    mine, others = (median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = median(mine / other for mine, other in pairs)
    print(f"{name:40} {mine:8.1f} {others:8.1f} {ratio:8.2f}   {goal}", flush=True)


# --- keys ---------------------------------------------------------------------------------------------------------


def keys_of_a_form(home: Path, rounds: int) -> list[float]:
    """Return the latency of typing into a bare form that answers each character with a label."""
    with running(home, *FORM) as form:
        form.until_shown("Ready")
        return [form.latency("a", partial(line_with, "typed ")) for _ in range(rounds)]


def keys_at_ten_thousand(home: Path, rounds: int) -> dict[str, list[float]]:
    """Return the latency of filtering and moving in the list of ten thousand audiences."""
    times: dict[str, list[float]] = {"filter: narrower": [], "filter: wider": [], "move": []}
    with running(home, *SANDBOX, "huge") as program:
        walk_to_the_audiences(program)
        program.press("1")
        program.until(lambda screen: f"of {HUGE}" in screen)
        for _ in range(rounds):
            times["filter: narrower"] += [program.latency(key, tally) for key in "234"]
            times["filter: wider"] += [program.latency(BACKSPACE, tally) for _ in "234"]
            times["move"] += [program.latency(key) for key in (DOWN, DOWN, UP, UP)]
    return times


def walk_to_the_audiences(program: Timed) -> None:
    """One Enter at a time: one too many would answer the question that is to be measured."""
    program.until_shown("Begin")
    while "▸ 6 Audiences" not in program.text:
        program.latency(DOWN if "↑↓ choose one" in program.text else ENTER)
        program.until_quiet()
    program.until_shown(f"{HUGE} listed")


def line_with(mark: str, screen: str) -> str:
    return next((line for line in screen.splitlines() if mark in line), "")


def tally(screen: str) -> str:
    """Return the number of choices left, shown beside the filter."""
    return line_with(f" of {HUGE}", screen).partition(" of ")[0].rpartition("  ")[2]


def report_keys(home: Path, rounds: int) -> None:
    print(f"\n{'a key, until what it changed is seen':40} {'median':>8} {'p95':>8}            goal")
    report_key("typing, bare form", keys_of_a_form(home, rounds * 4))
    for name, times in keys_at_ten_thousand(home, rounds).items():
        report_key(f"{name}, {HUGE} audiences", times, "8" if name == "move" else "16")


def report_key(name: str, times: list[float], goal: str = "") -> None:
    late = sorted(times)[int(len(times) * 0.95)]
    print(f"{name:40} {median(times) * 1000:8.1f} {late * 1000:8.1f}            {goal}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--runs", type=int, default=10, help="pairs of each comparison (default 10)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'ms, medians':40} {'wizard':>8} {'other':>8} {'ratio':>8}   goal")
        for name, ours, reference, goal in PAIRS:
            compare(name, ours, reference, goal, runs, Path(folder))
        report_keys(Path(folder), runs)


if __name__ == "__main__":
    main()
