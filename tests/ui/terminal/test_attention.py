"""News reaches a user who looked away: the title, one bell, and a desktop notice if the terminal isn't in front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from tests.fake_clock import START
from wizard.domain.stage import Stage, StageState
from wizard.flow.watching.progress import AudienceProgress, Progress, StageSeen, WatchOutcome
from wizard.ui.terminal.attention import Attention, Notice, notice_of, title

WEZTERM = {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}
D, U, N, S = StageState.DONE, StageState.UNDER_WAY, StageState.SKIPPED, StageState.STUCK


def audience(*states: StageState, name: str = "VIP") -> AudienceProgress:
    stages = tuple(StageSeen(stage, state, stage.value) for stage, state in zip(Stage, states, strict=True))
    return AudienceProgress("aud_1", "vip", name, "Vip customers", stages)


UNDER_WAY = Progress(START, 60, (audience(D, D, U, StageState.WAITING, StageState.WAITING, N),))
STUCK = replace(UNDER_WAY, audiences=(audience(D, D, S, StageState.WAITING, StageState.WAITING, N),))
THERE = Progress(START, 600, (audience(D, D, D, D, D, N),), outcome=WatchOutcome.APPEARED)


@dataclass
class Terminal:
    environ: Mapping[str, str] = field(default_factory=lambda: WEZTERM)
    in_front: bool = True
    sent: str = ""
    rung: int = 0

    def attention(self) -> Attention:
        return Attention(self.environ, self.write, self.bell, lambda: self.in_front)

    def write(self, sequence: str) -> None:
        self.sent += sequence

    def bell(self) -> None:
        self.rung += 1


def test_the_title_says_how_far_it_is_and_comes_back_in_the_end() -> None:
    terminal = Terminal()
    attention = terminal.attention()
    for progress in (UNDER_WAY, UNDER_WAY):
        attention.look(progress)
    assert terminal.sent == "\x1b[22;2t\x1b]2;First sync: 2 of 5\x07"
    attention.end()
    attention.end()
    assert terminal.sent.endswith("\x07\x1b[23;2t")
    assert terminal.sent.count("\x1b[23;2t") == 1


def test_many_audiences_are_counted() -> None:
    assert title(replace(UNDER_WAY, audiences=UNDER_WAY.audiences * 20)) == "First sync: 0 of 20 audiences"


@pytest.mark.parametrize(("in_front", "notices"), [(True, 0), (False, 1)])
def test_the_bell_rings_once_and_a_notice_only_when_nobody_looks(in_front: bool, notices: int) -> None:
    terminal = Terminal(in_front=in_front)
    attention = terminal.attention()
    for progress in (UNDER_WAY, STUCK, STUCK):
        attention.look(progress)
    assert terminal.rung == 1
    assert terminal.sent.count("\x1b]9;! First sync: VIP needs attention\x07") == notices


def test_the_end_is_told_too() -> None:
    terminal = Terminal(in_front=False)
    attention = terminal.attention()
    for progress in (STUCK, THERE):
        attention.look(progress)
    assert terminal.rung == 2
    assert "Vip customers is there\x07" in terminal.sent


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07", "a\x07b", "x;y"])
def test_a_strangers_name_ends_no_sequence(name: str) -> None:
    terminal = Terminal(in_front=False, environ={"TERM": "foot"})
    terminal.attention().look(replace(STUCK, audiences=(replace(STUCK.audiences[0], name=name),)))
    assert terminal.sent.count("\x1b]") == 2
    assert terminal.sent.count("\x07") == 2
    assert terminal.sent.count(";") == 1 + 1 + 3


@pytest.mark.parametrize("value", ["off", "OFF", "0"])
def test_one_variable_switches_all_of_it_off(value: str) -> None:
    terminal = Terminal(environ={**WEZTERM, "AUDIENCE_WIZARD_NOTIFY": value}, in_front=False)
    attention = terminal.attention()
    attention.look(STUCK)
    attention.end()
    assert (terminal.sent, terminal.rung) == ("", 0)
    attention.switch()
    attention.look(STUCK)
    assert terminal.rung == 1
    attention.switch()
    assert terminal.sent.endswith("\x1b[23;2t")


@pytest.mark.parametrize(
    ("environ", "notice"),
    [
        ({"TERM": "foot-extra"}, Notice.OSC_777),
        ({"TERM": "xterm-kitty"}, Notice.OSC_9),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, Notice.OSC_777),
        ({"TERM": "xterm-256color"}, Notice.NONE),
        ({**WEZTERM, "TMUX": "1234"}, Notice.NONE),
        ({}, Notice.NONE),
    ],
)
def test_a_notice_is_sent_only_where_it_is_known_to_be_taken(environ: Mapping[str, str], notice: Notice) -> None:
    assert notice_of(environ) is notice
