"""Notes on an audience's segment, one sentence each, shown beside its progress."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience
from wizard.domain.signals import segment_of_audience
from wizard.domain.signals.segment_of_audience import Presence, Whereabouts


def notes(where: Whereabouts, audience: Audience, facts: Facts, answers: Answers) -> tuple[str, ...]:
    """Return notes on a segment that was recreated, deleted, is another audience's, elsewhere, or of another kind."""
    if where.segment is not None:
        return tuple(_there(where.segment, audience, facts, answers))
    strangers = (
        f"“{one.name}” ({one.key}) was there before, and its key has another audience's ID. Most likely it belongs "
        "to that audience."
        for one in segment_of_audience.namesakes_of_others(audience, facts)
    )
    return (*strangers, *_missing(where, audience, facts, answers))


def _there(found: LaunchDarklySegment, audience: Audience, facts: Facts, answers: Answers) -> Iterator[str]:
    if (
        audience.id
        and segment_of_audience.was_there_before(found, facts)
        and audience.id.casefold() not in found.key.casefold()
    ):
        yield (
            f"“{found.name}” existed before you attached the audience, and its key doesn't say which audience it "
            "belongs to. A recreated audience gets its own segment. Compare the members."
        )
    if found.generation > 1:
        yield f"It was deleted in LaunchDarkly and recreated ({found.generation - 1}×)."
    kind = subjects.context_kind(facts, answers)
    if found.context_kind and kind and found.context_kind != kind:
        yield (
            f"It holds {found.context_kind} contexts, but the mapping creates {kind} contexts. The mapping changed "
            "after LaunchDarkly created the segment, and a segment seems to keep its kind."
        )


def _missing(where: Whereabouts, audience: Audience, facts: Facts, answers: Answers) -> tuple[str, ...]:
    match where.presence:
        case Presence.DELETED:
            return ("The segment is gone. Someone deleted it in LaunchDarkly.",)
        case Presence.ELSEWHERE:
            return (f"The segment is in the environment {where.environment}, not in {answers.environment}.",)
        case Presence.AWAITED | Presence.MISSING | Presence.LOOK_ALIKES:
            return tuple(
                f"“{one.name}” ({one.key}) was created by hand. It has the same name but never gets members."
                for one in segment_of_audience.made_by_hand(audience, facts)
            )
        case _:
            return ()
