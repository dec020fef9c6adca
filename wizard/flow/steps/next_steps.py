"""The next steps for the app: what flags and SDKs still need once the segment exists. Never a failure of the setup.

See docs/launchdarkly.md#using-a-segment-in-flags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wizard.domain.checks.check import run_checks
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.sync import launchdarkly_flags, sync_members
from wizard.domain.facts import Slot, listed
from wizard.domain.findings import Finding, Status
from wizard.domain.services.launchdarkly import ContextKind, FlagValue, Reason
from wizard.domain.signals import flag_evaluation, segment_of_audience
from wizard.domain.wanted import environment_words, wanted_client_side_id
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.steps.questions.target_flag import missing_flag, rule
from wizard.flow.steps.step import Note
from wizard.text import count, plain

MINIMUM_SDKS = ".NET 6.2.0, C++ 3.11, Go 5.5.0, Java 5.7.0, Node 6.2.0, PHP 6.4.0, Python 7.3.0, Ruby 6.3.0"
_CHECKS = (
    launchdarkly_app.CONTEXT_KIND,
    launchdarkly_app.CONTEXT_KEYS,
    sync_members.CONTEXT_KIND,
    launchdarkly_app.STORE,
    launchdarkly_flags.FLAGS,
)
_PREFIX = "set the store's prefix"
_MOST_KINDS = 3
_MOST_FLAGS = 3
_BY_A_RULE = {Reason.RULE_MATCH, Reason.TARGET_MATCH}
FINAL_EVIDENCE: tuple[Slot, ...] = ("flag_values", "evaluated_member")  # to read once the segments exist


def before_attaching(state: State) -> tuple[Note, ...]:
    """Return the notes that matter before a segment exists, without problems that the plan fixes in the mapping."""
    found = _findings(state)
    if state.answers.context_kind:
        found[launchdarkly_app.CONTEXT_KIND.id] = [
            one
            for one in found.get(launchdarkly_app.CONTEXT_KIND.id, [])
            if launchdarkly_app.IN_THE_MAPPING not in one.evidence
        ]
    return tuple(note for note in (*_store(state, found), *_kinds(state, found)) if note.mark == "!")


def next_steps(state: State) -> tuple[Note, ...]:
    """Return the next steps in order; empty until every segment exists."""
    if not all_segments_exist(state):
        return ()
    found = _findings(state)
    steps = (*_flags(state, found), *_served(state), *_kinds(state, found), *_store(state, found))
    return (Note("Next steps for your app:"), *steps)


def in_another_environment(name: str, state: State) -> tuple[Note, ...]:
    """Return the notes that differ in another environment of the profile: on its store and the store's prefix."""
    own = [note for note in _store(state, _findings(state)) if note.mark == "!" or _PREFIX in note.text]
    return tuple(replace(note, text=f"{name}: {note.text}") for note in own)


def all_segments_exist(state: State) -> bool:
    """Return whether every chosen audience has its segment."""
    audiences = chosen_audiences(state)
    return bool(audiences) and all(segment_of_audience.found(audience, state.facts) for audience in audiences)


def _findings(state: State) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in run_checks(_CHECKS, state.facts, state.answers):
        found.setdefault(finding.id, []).append(finding)
    return found


# --- flags -------------------------------------------------------------------------------------------------------


def _flags(state: State, found: dict[str, list[Finding]]) -> Iterator[Note]:
    judged = found.get(launchdarkly_flags.FLAGS.id, [])
    if missing := missing_flag(state):
        yield Note(missing, "!")
    unused = [finding for finding in judged if finding.evidence.get("flags") == []]
    if unused:
        others = f" or {count(len(unused) - 1, 'other segment')}" if len(unused) > 1 else ""
        yield Note(f"No flag uses {unused[0].evidence['name']}{others} yet.", "·")  # however long: it's the next step
        yield Note(rule(state), "·")
    elif judged and all(finding.status is Status.PASS for finding in judged):
        what = "the segment" if len(judged) == 1 else "the segments"
        yield Note(f"Flags already use {what}: {_named(state, judged)}.", "✓")
    else:
        yield Note(rule(state), "·")


def _named(state: State, judged: list[Finding]) -> str:
    """Return the names of the flags that use the segments, and how many more there are."""
    names = {flag.key: flag.name for flag in listed(state.facts.flags)}
    keys = dict.fromkeys(key for finding in judged for key in finding.evidence["flags"])
    shown, more = list(keys)[:_MOST_FLAGS], len(keys) - _MOST_FLAGS
    said = ", ".join(plain(names.get(key) or key) for key in shown)
    return f"{said} and {count(more, 'more', 'more')}" if more > 0 else said


def _served(state: State) -> Iterator[Note]:
    """Yield what LaunchDarkly says that the flags serve to the test user. The app may get something else."""
    user, values = plain(state.answers.test_user), state.facts.flag_values
    if not user or not values:
        return
    if _evaluation_is_in_doubt(state):
        yield Note(f"We can't tell what flags serve {user}: LaunchDarkly's evaluation ignores the synced segment.", "·")
        return
    seen = [one for one in values.values() if isinstance(one, FlagValue)]
    for one in seen[:_MOST_FLAGS]:
        yield Note(f"{flag_evaluation.evaluation_in_words(one, user)}.", "✓" if one.reason in _BY_A_RULE else "·")
    if not seen:
        yield Note(f"Your token can't evaluate flags, so we can't tell what they serve {user}.", "·")
    elif state.answers.server_side is not False:
        yield Note("A server-side SDK without a persistent store would give another answer: it can't see members.", "·")


def _evaluation_is_in_doubt(state: State) -> bool:
    """Return whether the test user is a member of a segment, but LaunchDarkly's evaluation ignores that.

    See docs/launchdarkly.md#what-a-flag-serves.
    """
    facts = state.facts
    return any(
        facts.test_user_member.get(slot) is True and seen is False for slot, seen in facts.evaluated_member.items()
    )


# --- context kinds -----------------------------------------------------------------------------------------------


def _kinds(state: State, found: dict[str, list[Finding]]) -> Iterator[Note]:
    other_keys = [one for one in found.get(launchdarkly_app.CONTEXT_KEYS.id, []) if one.status is Status.WARN]
    other_kind = [one for one in found.get(sync_members.CONTEXT_KIND.id, []) if one.status is Status.WARN]
    for finding in found.get(launchdarkly_app.CONTEXT_KIND.id, []):
        if finding.status in {Status.FAIL, Status.WARN}:
            yield Note(f"{finding.summary} {_kinds_seen(state)}".strip(), "!")
        elif finding.status is Status.PASS and not (other_keys or other_kind):
            yield Note(f"{finding.summary} Evaluate flags with exactly this kind and key.", "✓")
    for finding in other_keys:
        yield Note(f"{finding.summary} {finding.cause}", "!")


def _kinds_seen(state: State) -> str:
    kinds = listed(state.facts.context_kinds)
    seen = [plain(kind.key) for kind in kinds if isinstance(kind, ContextKind) and kind.last_seen and not kind.archived]
    return f"LaunchDarkly has seen these kinds: {', '.join(seen[:_MOST_KINDS])}." if seen else ""


# --- store -------------------------------------------------------------------------------------------------------


def _store(state: State, found: dict[str, list[Finding]]) -> Iterator[Note]:
    if state.answers.server_side is False:
        yield Note("Client-side and mobile SDKs work right away. Server-side SDKs need a persistent store.", "·")
        return
    bad = [one for one in found.get(launchdarkly_app.STORE.id, []) if one.status in {Status.FAIL, Status.WARN}]
    good = any(one.status is Status.PASS for one in found.get(launchdarkly_app.STORE.id, []))
    if bad:
        yield Note(f"Server-side SDKs: {bad[0].summary} {bad[0].fix}", "!")
    elif not good:
        yield Note("Server-side SDKs and the Relay Proxy need a persistent store (Redis or DynamoDB).", "·")
    prefix = wanted_client_side_id(state.facts, state.answers)
    where = environment_words(state.facts, state.answers)
    yield Note(f"Server-side SDKs: {_PREFIX} to the client-side ID of {where}: {prefix}", "·")
    yield Note(f"Server-side SDKs need at least {MINIMUM_SDKS}. Rust, Haskell and edge SDKs can't use it.", "·")
