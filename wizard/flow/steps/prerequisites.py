"""Step 1: how the user wants to work, where tokens are kept, and where each documented prerequisite is checked."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks import machine
from wizard.domain.facts import VaultSeen
from wizard.domain.services import links
from wizard.domain.step_id import StepId
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.step import Note, Step

YES, NO = "yes", "no"


def yes_or_no(value: bool | None) -> str:
    return "" if value is None else YES if value else NO


def _put_by_hand(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, by_hand=value == YES))


def _put_server_side(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, server_side=value == YES if value else None))


def _segment_sides(_: State) -> tuple[Choice, ...]:
    return (
        Choice(
            NO,
            "The wizard, with Segment's Public API",
            recommended=True,
            why="The wizard shows a plan and makes the changes. A Workspace Owner has to create a Public API token.",
        ),
        Choice(
            YES,
            "A person, in Segment's web app",
            why="You don't need a Public API token. The wizard shows each click and value, and watches LaunchDarkly.",
        ),
    )


def _put_keep(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, keep_secrets=value == YES, forget_stored=None))


def _put_forget(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, forget_stored=value == YES if value else None))


def _keeps_what_it_stored(state: State) -> bool:
    """Return whether the user wants memory only, although the keyring holds tokens from an earlier run."""
    vault = state.facts.vault
    return state.answers.keep_secrets is False and isinstance(vault, VaultSeen) and vault.holds_some


def _stored(state: State) -> tuple[Choice, ...]:
    where = state.facts.vault.backend if isinstance(state.facts.vault, VaultSeen) else "the keyring"
    return (
        Choice(YES, "Delete them", why=f"The wizard deletes this profile's entry from {where} when you continue."),
        Choice(NO, "Leave them there", why=f"The next run finds them in {where} again."),
    )


def _may_be_kept(state: State) -> bool:
    """Return whether there's a choice. Without a keyring nothing can be kept, unless it was chosen before."""
    vault = state.facts.vault
    return not isinstance(vault, VaultSeen) or (vault.wanted and (vault.usable or bool(state.answers.keep_secrets)))


def _places(state: State) -> tuple[Choice, ...]:
    memory = Choice(
        NO,
        "Only in memory, for this run",
        why="Next time, paste them again or set LAUNCHDARKLY_ACCESS_TOKEN and SEGMENT_PUBLIC_API_TOKEN.",
    )
    vault = state.facts.vault
    if vault is None or not vault.usable:
        chosen_before = Choice(YES, "In the keyring, once it can be used", why="Until then they're kept in memory.")
        return (replace(memory, recommended=True), *([chosen_before] if state.answers.keep_secrets else []))
    return (Choice(YES, f"In the {vault.backend}", recommended=True, why="One entry for this profile."), memory)


def _sdk_sides(_: State) -> tuple[Choice, ...]:
    return (
        Choice(
            YES,
            "At least one server-side SDK or Relay Proxy",
            why="They need a persistent store. .NET, C++ (3.11+), Go, Java, Node, PHP, Python and Ruby can use the "
            "segment. Rust, Haskell and edge SDKs can't.",
        ),
        Choice(NO, "Client-side or mobile SDKs only", why="They can use the segment without further setup."),
    )


def _notes(state: State) -> tuple[Note, ...]:
    engage = (
        "You need Twilio Engage with Audiences, Unify and Engage Admin on the space and Source Admin on its Engage "
        "source."
        if state.answers.by_hand
        else "Step 3 checks Twilio Engage with Audiences and a role that can add destinations."
    )
    return (
        Note("Step 2 checks your LaunchDarkly plan and a token that can write segments, and finds the client-side ID."),
        Note(engage),
    )


_SDKS = Ask(
    id="server_side",
    kind=Kind.CHOICE,
    label="Your SDKs",
    hint="Which SDKs evaluate flags with this segment?",
    help=Help(
        "Client-side and mobile SDKs can use a synced segment right away. Server-side SDKs and the Relay Proxy "
        "read its members from a persistent store (Redis or DynamoDB). C++ needs version 3.11 or later. Rust, "
        "Haskell and edge SDKs can't use synced segments.",
        "LaunchDarkly: Integrations → Redis or DynamoDB",
        links.BIG_SEGMENTS_DOCS.url,
    ),
    get=lambda state: yes_or_no(state.answers.server_side),
    put=_put_server_side,
    choices=_sdk_sides,
    settings=(
        Setting(
            "launchdarkly.server_side",
            "server_side",
            lambda s: s.answers.server_side,
            bool,
            optional=True,
            scope=Scope.TARGET,
        ),
    ),
    applies=lambda state: not state.made,
)
# A command can make a setup without this answer. Afterwards it's optional.
_SDKS_LATER = replace(_SDKS, id="server_side_later", optional=True, settings=(), applies=lambda state: bool(state.made))

PREREQUISITES = Step(
    id=StepId.PREREQUISITES,
    title="Prerequisites",
    purpose="How you want to work, and where tokens are kept.",
    asks=(
        Ask(
            id="by_hand",
            kind=Kind.CHOICE,
            label="Segment's part",
            hint="Who makes the changes in Twilio Segment?",
            help=Help(
                "With a Public API token, the wizard creates the destination and the mapping for you. Without a token, "
                "it shows every step in Segment's web app with the values to copy.",
                "Segment: Settings → Workspace settings → Access Management → Tokens",
                links.SEGMENT_TOKENS.url,
            ),
            get=lambda state: yes_or_no(state.answers.by_hand),
            put=_put_by_hand,
            choices=_segment_sides,
            suggest=lambda _: NO,
            settings=(Setting("segment.by_hand", "by_hand", lambda state: bool(state.answers.by_hand), bool),),
        ),
        _SDKS,
        _SDKS_LATER,
        Ask(
            id="keep_secrets",
            about=(machine.KEYRING.id,),
            kind=Kind.CHOICE,
            label="Your tokens",
            hint="Where should the wizard keep tokens between runs?",
            help=Help(
                "The wizard keeps tokens in your system's keyring, in one entry for this profile, or only in memory. "
                "It never writes them to a file, a log or a command line.",
                "This machine's keyring or password manager",
            ),
            get=lambda state: yes_or_no(state.answers.keep_secrets),
            put=_put_keep,
            choices=_places,
            suggest=lambda state: _places(state)[0].value,
            waits_for=lambda state: "the keyring" if state.facts.vault is None else "",
            applies=lambda state: not state.sandbox and _may_be_kept(state),
        ),
        Ask(
            id="forget_stored",
            kind=Kind.CHOICE,
            label="Stored tokens",
            hint="An earlier run stored tokens in the keyring. Should the wizard delete them?",
            help=Help(
                "You chose to keep tokens in memory only. Tokens from earlier runs stay in the keyring until you "
                "delete them. `audience-wizard secrets forget` deletes one secret at any time.",
                "This machine's keyring or password manager",
            ),
            get=lambda state: yes_or_no(state.answers.forget_stored),
            put=_put_forget,
            choices=_stored,
            applies=_keeps_what_it_stored,
        ),
    ),
    notes=_notes,
)
