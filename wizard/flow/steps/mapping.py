"""Step 5: how a Segment profile becomes a LaunchDarkly context."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.domain.answers import ContextKey
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.segment import audience, mapping
from wizard.domain.facts import listed
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Caller, ContextKind, KeyShape, KeyShapes
from wizard.domain.services.mapping import context_key_choices, example, recommended_context_key
from wizard.domain.signals.key_shapes import differ, usual
from wizard.domain.signals.landing import of_all
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination, chosen_mapping, mapping_settings
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Scope, Setting, Value
from wizard.flow.steps.prerequisites import NO, YES, yes_or_no
from wizard.flow.steps.step import Note, Step
from wizard.text import count, plain

_WHY = "Choose the kind that your app evaluates flags with."
_NOT_READ = "the project's kinds couldn't be read"


def _seen_kinds(state: State) -> tuple[ContextKind, ...]:
    kinds = listed(state.facts.context_kinds)
    return tuple(sorted((k for k in kinds if not k.archived), key=lambda kind: kind.key != "user"))


def _age(kind: ContextKind, state: State) -> str:
    environment = state.answers.environment
    seen = kind.seen_in.get(environment, kind.last_seen)
    if seen is None:
        return "never seen in this project"
    days = (state.facts.now - seen).days
    if environment and kind.seen_in and environment not in kind.seen_in:
        return f"recently seen only in {', '.join(sorted(kind.seen_in)[:2])}"
    return "last seen today" if days <= 0 else f"last seen {count(days, 'day')} ago"


def _kinds(state: State) -> tuple[Choice, ...]:
    """Return the project's kinds. If they couldn't be read, return just the suggested one, so that there's a choice."""
    if not isinstance(state.facts.context_kinds, tuple):
        kind = str(_as_it_is(state)["context_kind"])
        return (Choice(kind, kind, details=(_NOT_READ,), why=_WHY),)
    return tuple(
        Choice(
            kind.key,
            kind.key,
            details=(_age(kind, state),),
            recommended=kind.key == "user",
            search=kind.name,
            why=_WHY,
        )
        for kind in _seen_kinds(state)
    )


def _typed_kind(text: str, state: State) -> Choice | None:
    kind = text.strip()
    if not kind or any(kind == seen.key for seen in _seen_kinds(state)):
        return None
    beside = "not in this project" if isinstance(state.facts.context_kinds, tuple) else _NOT_READ
    return Choice(kind, f"Use the kind {plain(kind)}", details=(beside,))


def _as_it_is(state: State) -> dict[str, Any]:
    """Return the existing mapping's settings, so that nothing changes unasked; without one, the recommended ones."""
    facts = state.facts
    unanswered = replace(state.answers, context_kind="", context_key=None, batching=None)
    mapping = chosen_mapping(facts, unanswered, chosen_destination(facts, state.answers))
    return mapping_settings(facts, unanswered, mapping)


def _suggested_kind(state: State) -> Value:
    """Return the existing mapping's kind, for a new one `user`; if the project has no such kind, its first kind."""
    kind, kinds = str(_as_it_is(state)["context_kind"]), [seen.key for seen in _seen_kinds(state)]
    return kind if kind in kinds or not kinds else kinds[0]


def _waits_for_kinds(state: State) -> str:
    if not (state.answers.project or state.answers.client_side_id):
        return "the environment"
    can_be_read = isinstance(state.facts.caller, Caller) and state.answers.project
    return "the project's context kinds" if can_be_read and state.facts.context_kinds is None else ""


def _recommended_key(state: State) -> ContextKey:
    """Return the key that fits the audiences, or `EMAIL_ONLY` if the app's own context keys are email addresses."""
    key, seen = recommended_context_key(chosen_audiences(state)), state.facts.key_shapes
    is_email = isinstance(seen, KeyShapes) and differ(seen, key) and usual(seen)[0] is KeyShape.EMAIL
    return ContextKey.EMAIL_ONLY if is_email else key


def _keys(state: State) -> tuple[Choice, ...]:
    return tuple(
        Choice(choice.value, choice.label, _landing(choice.value, state), choice.recommended, why=choice.why)
        for choice in context_key_choices(_recommended_key(state))
    )


def _landing(key: ContextKey, state: State) -> tuple[str, ...]:
    """Return "1,102 of 1,234" if the members were counted. It's short, to leave room for the label."""
    counted = of_all(chosen_audiences(state), key, state.facts, unit="")
    return (counted,) if counted else ()


def _batching(_: State) -> tuple[Choice, ...]:
    return (
        Choice(YES, "On", recommended=True, why="Sends up to 1,000 changes in one request. Adds up to a minute."),
        Choice(NO, "Off", why="Sends one request for each change, and reaches LaunchDarkly's rate limit sooner."),
    )


def _put_kind(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, context_kind=str(value)))


def _put_key(state: State, value: Value) -> State:
    key = ContextKey(str(value)) if value else None
    return replace(state, answers=replace(state.answers, context_key=key))


def _put_batching(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, batching=value == YES))


def _written(state: State) -> dict[str, Any]:
    return mapping_settings(state.facts, state.answers, None)


def _notes(state: State) -> tuple[Note, ...]:
    answers = state.answers
    if not answers.context_kind or answers.context_key is None:
        return ()
    identifiers = tuple({i for audience in chosen_audiences(state) for i in audience.identifiers})
    return (
        Note(example(answers.context_kind, answers.context_key, identifiers)),
        Note("Your app must evaluate flags with exactly this kind and key."),
    )


MAPPING = Step(
    id=StepId.MAPPING,
    title="Mapping",
    purpose="How a Segment profile becomes a LaunchDarkly context.",
    asks=(
        Ask(
            id="context_kind",
            about=(mapping.CONTEXT_KIND.id, launchdarkly_app.CONTEXT_KIND.id),
            kind=Kind.PICK,
            label="Context kind",
            hint="Members become contexts of this kind.",
            help=Help(
                "A synced segment holds contexts of one kind. LaunchDarkly seems to set the kind when it creates "
                "the segment, so choose it before the first sync.",
                "LaunchDarkly: Code → Contexts → gear icon",
                links.CONTEXT_KINDS_DOCS.url,
            ),
            get=lambda state: state.answers.context_kind,
            put=_put_kind,
            choices=_kinds,
            free=_typed_kind,
            suggest=_suggested_kind,
            waits_for=_waits_for_kinds,
            awaits=(StepId.LAUNCHDARKLY,),
            words=lambda state: state.answers.context_kind,
            settings=(
                Setting(
                    "mapping.context_kind",
                    "context_kind",
                    lambda s: str(_written(s)["context_kind"]),
                    scope=Scope.TARGET,
                ),
            ),
        ),
        Ask(
            id="context_key",
            about=(mapping.CONTEXT_KEY.id, audience.IDENTIFIERS.id, launchdarkly_app.CONTEXT_KEYS.id),
            kind=Kind.CHOICE,
            label="Context key",
            hint="The Segment identifier that becomes the context key.",
            help=Help(
                "A flag matches a member only when your app evaluates with the same key, character for character. A "
                "profile without this identifier doesn't sync, and can make a whole batch fail.",
                "Segment: the destination → Mappings → Sync Engage Audience to LaunchDarkly → Context key",
                links.TWILIO_DESTINATION_DOCS.url,
            ),
            get=lambda state: state.answers.context_key or "",
            put=_put_key,
            choices=_keys,
            suggest=lambda state: str(_as_it_is(state)["context_key"]),
            settings=(
                Setting(
                    "mapping.context_key",
                    "context_key",
                    lambda state: str(_written(state)["context_key"]),
                    valid=tuple(ContextKey),
                    convert=ContextKey,
                    scope=Scope.TARGET,
                ),
            ),
        ),
        Ask(
            id="batching",
            about=(mapping.BATCHING.id,),
            kind=Kind.CHOICE,
            label="Batching",
            hint="Sends changes together.",
            help=Help(
                "With batching, Segment sends up to 1,000 changes in one request.",
                "Segment: the destination → Mappings → Sync Engage Audience to LaunchDarkly → Enable batching",
                links.TWILIO_DESTINATION_DOCS.url,
            ),
            get=lambda state: yes_or_no(state.answers.batching),
            put=_put_batching,
            choices=_batching,
            suggest=lambda _: YES,
            settings=(
                Setting(
                    "mapping.batching",
                    "batching",
                    lambda s: bool(_written(s)["enable_batching"]),
                    bool,
                    scope=Scope.TARGET,
                ),
            ),
        ),
    ),
    notes=_notes,
)
