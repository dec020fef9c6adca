"""Step 1: what has to be there before anything else, each documented prerequisite with where it is checked."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain import links
from wizard.domain.checks import machine
from wizard.domain.step_id import StepId
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Value
from wizard.flow.steps.setting import Setting
from wizard.flow.steps.step import Note, Step

YES, NO = "yes", "no"


def yes_or_no(value: bool | None) -> str:
    return "" if value is None else YES if value else NO


def _put_by_hand(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, by_hand=value == YES))


def _put_server_side(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, server_side=value == YES))


def _segment_sides(_: State) -> tuple[Choice, ...]:
    return (
        Choice(
            NO,
            "The wizard, by the Public API",
            recommended=True,
            why="It reads, shows a plan and does it. A Workspace Owner has to make a Public API token.",
        ),
        Choice(
            YES,
            "A person, in Segment's web app",
            why="No Public API token needed. The wizard shows each click and value, and watches LaunchDarkly.",
        ),
    )


def _put_keep(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, keep_secrets=value == YES))


def _places(state: State) -> tuple[Choice, ...]:
    memory = Choice(
        NO,
        "Only in memory, for this run",
        why="Paste them again next time, or export LAUNCHDARKLY_ACCESS_TOKEN and SEGMENT_PUBLIC_API_TOKEN.",
    )
    vault = state.facts.vault
    if vault is None or not vault.usable:
        return (replace(memory, recommended=True),)
    return (Choice(YES, f"In the {vault.backend}", recommended=True, why="One entry for this profile."), memory)


def _sdk_sides(_: State) -> tuple[Choice, ...]:
    return (
        Choice(NO, "Client-side or mobile SDKs only", why="Nothing more is needed for flags to use the segment."),
        Choice(
            YES,
            "Server-side SDKs or a Relay Proxy too",
            why="They need a persistent store in that environment; the wizard looks for one.",
        ),
    )


def _notes(_: State) -> tuple[Note, ...]:
    return (
        Note("A LaunchDarkly plan with synced segments, and a token that may write them: checked in step 2.", "·"),
        Note("The client-side ID of the environment: found in step 2.", "·"),
        Note("Twilio Engage with Audiences, and a role that may add destinations: checked in step 3.", "·"),
    )


PREREQUISITES = Step(
    id=StepId.PREREQUISITES,
    title="Prerequisites",
    purpose="What this machine can do, and how you want to work.",
    asks=(
        Ask(
            id="by_hand",
            kind=Kind.CHOICE,
            label="Segment's side",
            hint="Who does the steps in Twilio Segment?",
            help=Help(
                "With a Public API token the wizard makes the destination and the mapping for you. Without one it "
                "shows every step of the web app with the values to copy.",
                "Segment: Settings → Workspace settings → Access Management → Tokens",
                links.SEGMENT_TOKENS.url,
            ),
            get=lambda state: yes_or_no(state.answers.by_hand),
            put=_put_by_hand,
            choices=_segment_sides,
            suggest=lambda _: NO,
            settings=(Setting("segment.by_hand", "by_hand", lambda state: bool(state.answers.by_hand), bool),),
        ),
        Ask(
            id="server_side",
            kind=Kind.CHOICE,
            label="Your SDKs",
            hint="Which SDKs will evaluate flags with this segment?",
            help=Help(
                "Synced segments are big segments. Client-side SDKs need nothing more; server-side SDKs and the Relay "
                "Proxy read members from a persistent store (Redis or DynamoDB) of the environment.",
                "LaunchDarkly: Integrations → Redis or DynamoDB → persistent store",
                links.BIG_SEGMENTS_DOCS.url,
            ),
            get=lambda state: yes_or_no(state.answers.server_side),
            put=_put_server_side,
            choices=_sdk_sides,
            suggest=lambda _: NO,
            settings=(Setting("launchdarkly.server_side", "server_side", lambda s: s.answers.server_side, bool),),
        ),
        Ask(
            id="keep_secrets",
            about=(machine.KEYRING.id,),
            kind=Kind.CHOICE,
            label="Your tokens",
            hint="Where should tokens be kept between runs?",
            help=Help(
                "Tokens go into your system's keyring, one entry for this profile, or stay in memory. They are never "
                "written to a file, a log or a command line.",
                "This machine's keyring or password manager",
            ),
            get=lambda state: yes_or_no(state.answers.keep_secrets),
            put=_put_keep,
            choices=_places,
            suggest=lambda state: _places(state)[0].value,
            waits_for=lambda state: "the keyring" if state.facts.vault is None else "",
            applies=lambda state: not state.sandbox,
        ),
    ),
    notes=_notes,
)
