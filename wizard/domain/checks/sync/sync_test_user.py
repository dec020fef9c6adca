"""Whether the test user is a member of the segment."""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import Check, Findings, need, need_answer, passed, warned
from wizard.domain.checks.sync import sync_delivery
from wizard.domain.checks.sync.sync_segment import THERE, need_segment
from wizard.domain.facts import Facts
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import LABELS
from wizard.domain.services.segment import Audience
from wizard.domain.signals.segment_of_audience import slot_of_segment
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_space

STEP = StepId.FIRST_SYNC


def _test_user(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge the test user. A user outside the segment is no failure: the user may not be in the audience."""
    user = need_answer(answers.test_user, "a test user")
    need_segment(audience, facts, answers)
    evidence = {"test_user": user}
    if need(facts.test_user_member.get(slot_of_segment(audience, facts)), f"whether {user} is a member"):
        return passed(f"{user} is a member of the segment of {audience.name}.", evidence=evidence)
    key = subjects.context_key(facts, answers)
    made_from = f" The mapping's context key is “{LABELS[key]}”." if key else ""
    return warned(
        f"{user} isn't a member of the segment of {audience.name}.",
        cause=f"{user} isn't in the audience, or the mapping gives this person another context key.{made_from}",
        fix=f"In Segment, go to Unify → Profile explorer, search for {user} and compare the profile's identifiers.",
        links=(*_profiles(facts, answers), links.SEGMENTS_DOCS),
        evidence=evidence,
    )


def _profiles(facts: Facts, answers: Answers) -> tuple[Link, ...]:
    space = chosen_space(facts, answers)
    return (links.SEGMENT_PROFILES.to(space=space.slug or space.id),) if space else ()


TEST_USER = Check(
    "sync.test_user",
    "Test user",
    STEP,
    subjects.for_each_segment(_test_user),
    THERE,
    matters=False,
    hidden_by=(sync_delivery.DELIVERY,),
    reads=("test_user_member",),
)
CHECKS = (TEST_USER,)
