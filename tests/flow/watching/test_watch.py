"""Following the first sync: how often both services are asked, how the watch ends, and what it survives."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from tests.fake_clock import START, FakeClock
from tests.walk_copies import applied, at_review
from tests.walks import Staged, apply_all, stage, walk_to_review, watch_to_the_end
from wizard.domain.answers import AskId
from wizard.domain.failure import Failure
from wizard.domain.findings import Status
from wizard.domain.services.launchdarkly import LaunchDarklySegment, Project
from wizard.domain.services.segment import Delivery, Destination
from wizard.domain.stage import Stage, StageState
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Services
from wizard.flow.profile.session import Session
from wizard.flow.reading.segment import delivered_since
from wizard.flow.watching.progress import Progress, WatchOutcome, how_it_ended
from wizard.flow.watching.watch import follow, record_progress, watch, watch_start
from wizard.flow.watching.watched_audience import WatchStart
from wizard.flow.writing.result import Outcome
from wizard.headless.plain.stages import the_end
from wizard.sandbox.scenarios.acme import add_audience
from wizard.sandbox.state.segment_workspace import GeneratedProfiles
from wizard.text import elapsed

MINUTE = 60.0
THREE = ("vip_customers", "trial_users", "newsletter")


async def applied_with(clock: FakeClock | None = None, scenario: str = "happy", **more: Any) -> Staged:
    """Return a walk right after its changes were made; `more` may give it a transport or a profile."""
    staged = stage(scenario, clock=clock, **more)
    await walk_to_review(staged)
    await apply_all(staged)
    return staged


async def watched(
    staged: Staged, timeout_s: float = 60 * MINUTE, *, stop_when_stuck: bool = False, every_s: float | None = None
) -> list[Progress]:
    start = WatchStart(staged.walk.state, staged.walk.session.saved.applied_at or staged.clock.now())
    looks = watch(staged.walk.ports, start, timeout_s=timeout_s, stop_when_stuck=stop_when_stuck, every_s=every_s)
    return [progress async for progress in looks]


def states(progress: Progress) -> list[StageState]:
    return [hop.state for hop in progress.audiences[0].stages]


# --- how it ends --------------------------------------------------------------------------------------------------
# Syncs with nothing wrong are tested in tests/test_scenarios.py.


REPAIRED = ["wrong-token-in-destination", "token-reset", "destination-disabled", "mapping-disabled", "mapping-edited"]


@pytest.mark.parametrize("scenario", REPAIRED)
async def test_after_a_repair_every_member_arrives(scenario: str) -> None:
    staged = await applied(scenario)
    last = (await watched(staged))[-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].about_the_count == "As many as the audience has."
    assert list(staged.sandbox.breaches) == []


@pytest.mark.parametrize("scenario", REPAIRED)
async def test_where_nothing_sends_them_again_few_members_are_not_the_end(scenario: str) -> None:
    staged = stage(scenario)
    (connection,) = (one for one in staged.sandbox.world.workspaces[0].connections if one.activations)
    connection.activations.clear()
    connection.send_track = True
    await walk_to_review(staged, ("vip_customers",))
    await apply_all(staged)
    last = (await watched(staged, 30 * MINUTE, every_s=5 * MINUTE))[-1]
    (audience,) = last.audiences
    counted = audience.stages[list(Stage).index(Stage.COUNTED)]
    assert (last.outcome, counted.state) == (WatchOutcome.TIMEOUT, StageState.STUCK)
    assert "refused or not sent" in audience.about_the_count
    assert "switch Connect to destination off and on again" in counted.advice
    assert not any("identifier" in cause.text or "updateIncluded" in cause.text for cause in counted.causes)


async def test_a_destination_that_is_made_by_hand_is_found() -> None:
    staged = await at_review("happy")
    world, hand = staged.sandbox.world.workspaces[0], staged.sandbox.app_actions
    source = next(one for one in world.sources if one.name == "Personas Production")
    tokens = staged.sandbox.tokens
    start = WatchStart(staged.walk.state, staged.clock.now())
    seen: list[StageState] = []
    async for progress in watch(staged.walk.ports, start, timeout_s=30 * MINUTE, every_s=MINUTE):
        seen.append(progress.audiences[0].stages[0].state)
        if len(seen) == 3:
            made = hand.create_destination(
                source.id, tokens.launchdarkly_access_token, tokens.launchdarkly_client_side_id, "By hand", enabled=True
            )
            hand.create_mapping(made.id, enabled=True)
            hand.attach(staged.walk.state.answers.audiences[0], made.id)
    assert seen[0] is StageState.UNDER_WAY
    assert seen[-1] is StageState.DONE
    assert progress.outcome is WatchOutcome.APPEARED


async def test_done_by_hand_without_a_segment_token_only_launchdarkly_is_watched() -> None:
    staged = stage("happy")
    walk = staged.walk
    await load_secrets(walk)
    walk.answer(staged.ask("by_hand"), "yes")
    await walk.read(StepId.LAUNCHDARKLY)
    walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id)
    walk.answer(staged.ask("audience_keys"), "vip_customers")
    await walk.read()
    before = len(staged.sandbox.requests)
    looks = await watch_to_the_end(staged, staged.clock.now(), timeout_s=30 * MINUTE)
    assert looks[-1].outcome is WatchOutcome.TIMEOUT
    assert states(looks[-1])[3] is StageState.LATE
    assert {request.host for request in staged.sandbox.requests[before:]} == {"app.launchdarkly.com"}


async def test_time_alone_ends_as_timeout_with_a_last_look_at_the_deadline() -> None:
    staged = await applied("segment-late")
    looks = await watched(staged, timeout_s=3 * MINUTE + 3)
    assert looks[-1].outcome is WatchOutcome.TIMEOUT
    assert looks[-1].elapsed_s - looks[0].elapsed_s == pytest.approx(3 * MINUTE + 3, abs=1)


@pytest.mark.parametrize(("timeout_s", "looks_taken"), [(23, 3), (35, 4), (5, 1)])
async def test_no_deadline_makes_it_look_more_often_than_the_contract_says(timeout_s: float, looks_taken: int) -> None:
    staged = await applied("segment-late")
    before = len(staged.sandbox.requests)
    progress = await watched(staged, timeout_s=timeout_s)
    assert progress[-1].outcome is WatchOutcome.TIMEOUT
    assert (progress[-1].at - progress[0].at).total_seconds() == pytest.approx(timeout_s, abs=1)
    lists = [one for one in staged.sandbox.requests[before:] if one.path == "/api/v2/segments/shop/production"]
    assert len(lists) == looks_taken


async def test_a_refused_delivery_is_stuck_and_ends_it_only_when_asked() -> None:
    staged = await applied("delivery-failing")
    looks = await watched(staged, stop_when_stuck=True, every_s=MINUTE)
    assert looks[-1].outcome is WatchOutcome.FAILED
    stuck = next(hop for hop in looks[-1].audiences[0].stages if hop.state is StageState.STUCK)
    assert stuck.stage is Stage.DELIVERED
    assert stuck.advice.startswith("If an IP allowlist is on")  # the check's advice, not that for any 403
    longer = await watched(staged, timeout_s=10 * MINUTE, every_s=MINUTE)
    assert StageState.STUCK in states(longer[0])
    assert longer[-1].outcome is WatchOutcome.TIMEOUT


async def test_nothing_to_watch_is_said() -> None:
    staged = stage("happy")
    looks = await watch_to_the_end(staged, staged.clock.now(), timeout_s=0)
    assert looks[-1].outcome is WatchOutcome.TIMEOUT
    assert "No audience to watch" in looks[-1].trouble


async def test_a_test_user_has_to_be_a_member_too() -> None:
    staged = await applied("happy")
    staged.walk.answer(staged.ask("test_user"), "user-0001")
    looks = await watched(staged, every_s=MINUTE)
    member = looks[-1].audiences[0].stages[-1]
    assert looks[-1].outcome is WatchOutcome.APPEARED, member
    assert member.state is StageState.DONE
    staged.walk.answer(staged.ask("test_user"), "nobody")
    looks = await watched(staged, timeout_s=15 * MINUTE, every_s=MINUTE)
    assert looks[-1].audiences[0].stages[-1].state is StageState.LATE


# --- how often --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scenario", "user"), [("segment-late", "user-0001"), ("no-history", "nobody")])
async def test_in_fifteen_minutes_each_side_is_asked_gently(scenario: str, user: str) -> None:
    """The number of requests includes the look-ups of the test user, of other environments and of flags.

    Three audiences are looked up one by one, so a single one costs less. The first quarter of an hour begins when polls
    are most frequent. After the second quarter, everything that can be late is late, and the cost stays the same.
    """
    staged = await applied(scenario, THREE)
    staged.walk.answer(staged.ask("test_user"), user)
    await staged.clock.advance(5 * MINUTE)
    looks = watch(staged.walk.ports, watch_start(staged.walk), timeout_s=30 * MINUTE)
    began, before = staged.clock.monotonic(), len(staged.sandbox.requests)
    async for progress in looks:
        if staged.clock.monotonic() - began > 15 * MINUTE or progress.outcome is not None:
            asked = staged.sandbox.requests[before:]
            assert sum(one.host == "app.launchdarkly.com" for one in asked) < 150
            assert len({one.at for one in asked if "/delivery-overview/" in one.path}) <= 16
            assert sum("/contexts/" in one.path for one in asked) <= 31
            assert sum("/audiences/" in one.path for one in asked) <= len(THREE) * (15 * 60 / 15 + 1)
            began, before = staged.clock.monotonic(), len(staged.sandbox.requests)
    assert list(staged.sandbox.breaches) == []


async def test_a_test_user_who_stays_away_ends_it_yellow_with_reasons() -> None:
    staged = await applied("happy")
    staged.walk.answer(staged.ask("test_user"), "nobody")
    last = (await watched(staged, every_s=MINUTE))[-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert (last.is_green, last.is_test_user_member) == (False, False)
    member = last.audiences[0].stages[-1]
    assert member.state is StageState.LATE
    assert "isn't in the audience" in " ".join(cause.text for cause in member.causes)


async def test_what_the_watch_saw_is_not_read_again() -> None:
    staged = await applied("happy")
    await staged.walk.read()
    last = (await watched(staged, every_s=MINUTE))[-1]
    before = len(staged.sandbox.requests)
    record_progress(staged.walk, last)
    assert staged.finding("sync.segment").status is Status.PASS
    assert staged.finding("sync.members").status is Status.PASS
    assert staged.finding("launchdarkly.flags").status is Status.SKIPPED
    assert len(staged.sandbox.requests) == before


async def test_a_segment_in_another_environment_is_found_there() -> None:
    staged = await applied("happy")
    workspace = staged.sandbox.world.workspaces[0]
    project = staged.walk.state.facts.project
    assert isinstance(project, Project)
    other = next(one for one in project.environments if one.key != "production")
    destination = next(one for one in workspace.destinations.values() if "LaunchDarkly" in one.name)
    destination.settings["clientId"] = other.client_side_id
    last = (await watched(staged, stop_when_stuck=True, every_s=MINUTE))[-1]
    assert last.outcome is WatchOutcome.FAILED
    visible = last.audiences[0].stages[3]
    assert (visible.state, other.key in visible.detail) == (StageState.STUCK, True)
    assert visible.causes[0].check == "destination.client_side_id"


async def test_causes_rest_on_what_is_set_up_now_not_when_the_watch_began() -> None:
    staged = await applied("happy")
    workspace = staged.sandbox.world.workspaces[0]
    (destination,) = (one for one in workspace.destinations.values() if one.id in staged.walk.made_by_us)
    destination.enabled = False
    first_causes = []
    async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=30 * MINUTE, every_s=MINUTE):
        delivered = progress.audiences[0].stages[2]
        if delivered.needs_attention:
            first_causes.append(delivered.causes[0].check)
            destination.enabled = True
            destination.settings["clientId"] = "0" * 24
    assert first_causes[0] == "destination.enabled"
    assert first_causes[-1] == "destination.client_side_id"


async def test_what_the_watch_says_of_an_audience_is_as_the_last_look_saw_it() -> None:
    staged = await applied("segment-late")
    (chosen,) = staged.walk.state.answers.audiences
    async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=2 * MINUTE, every_s=MINUTE):
        (seen,) = (one for one in progress.observed["audiences"] if one.id == chosen)
        assert seen.enabled is (progress.elapsed_s < MINUTE)
        staged.sandbox.world.workspaces[0].audiences[chosen].enabled = False


async def test_what_the_token_may_do_is_looked_at_again_when_a_stage_is_stuck() -> None:
    staged = await applied("delivery-failing")
    looks = await watched(staged, timeout_s=15 * MINUTE, every_s=MINUTE)
    assert {"token", "project", "destinations", "subscriptions"} <= looks[-1].observed.keys()
    assert not {"token", "project", "destinations", "subscriptions"} & looks[0].observed.keys()


async def test_a_segment_that_is_deleted_meanwhile_is_said_to_be_gone() -> None:
    staged = await applied("happy")
    segments: dict[str, Any] = {}
    await staged.clock.advance(9 * MINUTE)
    async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=60 * MINUTE):
        (audience,) = progress.audiences
        if audience.segment is not None and not segments:
            environment = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]
            segments = environment.segments
            segments[audience.segment.key].deleted = True
        elif segments:
            break
    assert audience.stages[3].state is StageState.LATE
    assert "Someone deleted it" in audience.notes[0]


async def test_many_audiences_are_read_within_the_documented_limit() -> None:
    """Each poll reads a part of the fifty audiences; only after five polls the first ones are read again."""
    staged = stage("happy")
    workspace = staged.sandbox.world.workspaces[0]
    for number in range(50):
        add_audience(
            workspace, workspace.spaces[0], f"cohort_{number}", f"Cohort {number}", GeneratedProfiles(number), START
        )
    await walk_to_review(staged)
    every = tuple(choice.value for choice in staged.ask("audiences").choices(staged.walk.state)[:50])
    staged.walk.answer(staged.ask("audiences"), every)
    before = len(staged.sandbox.requests)
    looks = await watch_to_the_end(staged, staged.clock.now(), timeout_s=2 * MINUTE, every_s=None)
    assert len(looks[-1].audiences) == 50
    asked = staged.sandbox.requests[before:]
    assert [request for request in asked if request.status == 429] == []
    read_at = sorted({request.at for request in asked if request.path.rpartition("/")[2] in every})
    assert all(later - earlier <= timedelta(seconds=20) for earlier, later in pairwise(read_at)), "a turn reads nobody"


async def test_a_user_who_waits_for_no_news_says_how_often_to_look() -> None:
    staged = await applied("segment-late")
    looks = await watched(staged, timeout_s=10 * MINUTE, every_s=2 * MINUTE)
    assert [look.elapsed_s // MINUTE for look in looks] == [0, 2, 4, 6, 8, 10]


async def test_a_batch_audience_is_asked_for_once_a_minute() -> None:
    staged = await applied("batch-audience")
    await staged.clock.advance(29 * MINUTE)
    looks = await watched(staged, timeout_s=9 * MINUTE)
    later = [look for look in looks if look.elapsed_s > 31 * MINUTE and look.outcome is None]
    assert len(later) > 3
    assert {look.next_poll_s for look in later[:-1]} == {60.0}, "the last one is at the deadline"
    assert "8 hours" in looks[0].audiences[0].stages[3].usual


@dataclass
class Scripted:
    """A LaunchDarkly in which the segment exists from a given moment on."""

    clock: FakeClock
    appears_at: float
    segment: LaunchDarklySegment
    real: LaunchDarkly
    seen_at: float = 0.0

    async def synced_segments(
        self, project: str, environment: str, *, every: bool = False
    ) -> tuple[LaunchDarklySegment, ...] | Failure:
        assert project
        assert environment
        assert not every
        return (self.segment,) if self.clock.monotonic() >= self.appears_at else ()

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


class ScriptedServices:
    def __init__(self, real: Services, launchdarkly: Scripted) -> None:
        self._real, self._launchdarkly = real, launchdarkly

    def launchdarkly(self, _: object, **__: object) -> Scripted:
        return self._launchdarkly

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


async def test_once_due_a_segment_is_seen_within_seconds() -> None:
    staged = await applied("segment-late")
    audience = staged.walk.state.answers.audiences[0]
    segment = LaunchDarklySegment(f"segment-audiences-{audience}", "Vip customers", "segment-audiences", True)
    delays = []
    for offset in range(8 * 60, 12 * 60, 11):  # hits each second between two polls twice
        watched_for = (offset - 10) // 60 * 60  # seconds that have passed when the watch begins here
        clock = staged.clock
        since = clock.now() - timedelta(seconds=watched_for)
        appears_at = clock.monotonic() + offset - watched_for + 0.37 * (offset % 5)
        scripted = Scripted(clock, appears_at, segment, staged.walk.ports.services.launchdarkly(None))
        ports = replace(staged.walk.ports, services=ScriptedServices(staged.walk.ports.services, scripted))  # type: ignore[arg-type]
        async for progress in watch(ports, WatchStart(staged.walk.state, since), timeout_s=20 * MINUTE):
            if progress.audiences[0].appeared:
                delays.append(clock.monotonic() - appears_at)
                break
    assert median(delays) <= 6.0
    assert max(delays) <= 10.0


# --- what it survives -------------------------------------------------------------------------------------------


class Outage(httpx.AsyncBaseTransport):
    """A network on which nothing answers between two moments."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: FakeClock) -> None:
        self.inner, self.clock = inner, clock
        self.span = (float("inf"), float("inf"))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.span[0] <= self.clock.monotonic() < self.span[1]:
            raise httpx.ConnectError("nobody there", request=request)
        return await self.inner.handle_async_request(request)


async def test_an_outage_in_the_middle_is_said_and_recovered_from() -> None:
    clock = FakeClock(auto=True)
    outages: list[Outage] = []

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        outages.append(Outage(inner, clock))
        return outages[0]

    staged = await applied_with(clock, wrap=wrap)
    now = clock.monotonic()
    outages[0].span = (now + 2 * MINUTE, now + 5 * MINUTE)
    looks = await watched(staged, every_s=MINUTE)
    troubled = [look for look in looks if look.trouble]
    assert troubled
    assert "app.launchdarkly.com" in troubled[0].trouble
    before = next(look for look in reversed(looks) if look.at < troubled[0].at)
    assert states(troubled[0])[:2] == states(before)[:2]
    assert looks[-1].outcome is WatchOutcome.APPEARED
    assert not looks[-1].trouble


class SlowSegment(httpx.AsyncBaseTransport):
    """Segment tells everyone to come back in a minute; LaunchDarkly answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.hangs = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.hangs and "segmentapis" in request.url.host:
            await asyncio.Event().wait()
        return await self.inner.handle_async_request(request)


async def test_news_from_launchdarkly_does_not_wait_for_segment() -> None:
    transports: list[SlowSegment] = []

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        transports.append(SlowSegment(inner))
        return transports[0]

    staged = await applied_with(wrap=wrap)
    staged.walk.ports = replace(staged.walk.ports, stopwatch=FakeClock(auto=True))  # patience ends at once
    transports[0].hangs = True
    last = (await watched(staged, every_s=MINUTE))[-1]
    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].segment is not None


async def test_a_segment_that_says_nothing_is_reported() -> None:
    transports: list[SlowSegment] = []

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        transports.append(SlowSegment(inner))
        return transports[0]

    staged = await applied_with(scenario="segment-late", wrap=wrap)
    staged.walk.ports = replace(staged.walk.ports, stopwatch=FakeClock(auto=True))
    transports[0].hangs = True
    looks = await watched(staged, timeout_s=5 * MINUTE)
    assert "Segment hasn't answered yet." in {look.trouble for look in looks}


@dataclass
class Overview:
    """Segment's delivery overview, with everything delivered on the first day."""

    began: datetime
    asked: list[datetime] = field(default_factory=list)

    async def delivery(self, _: str, __: str, start: datetime, end: datetime) -> Delivery:
        self.asked.append(start)
        assert start < end
        return Delivery(1_234 if start <= self.began else 0, 0, 0)


@pytest.mark.parametrize(
    ("later", "asked", "delivered"),
    [(timedelta(hours=1), 1, 1_234), (timedelta(days=3), 2, 1_234), (timedelta(days=20), 2, 0)],
)
async def test_days_later_what_was_delivered_on_the_first_one_still_counts(
    later: timedelta, asked: int, delivered: int
) -> None:
    end, overview = START + later, Overview(START)
    destination = Destination("dst", "LaunchDarkly", "src")
    seen = await delivered_since(overview, destination, START, end)  # type: ignore[arg-type]
    assert isinstance(seen, Delivery)
    assert (len(overview.asked), seen.delivered) == (asked, delivered)
    assert all(end - one <= timedelta(days=14) for one in overview.asked)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(microseconds=1), timedelta(milliseconds=400)])
async def test_right_after_attaching_the_span_is_a_second_long_in_whole_seconds(ago: timedelta) -> None:
    end, overview = START + timedelta(microseconds=600_000), Overview(START)
    destination = Destination("dst", "LaunchDarkly", "src")
    await delivered_since(overview, destination, end - ago, end)  # type: ignore[arg-type]
    assert all(one.replace(microsecond=0) < end.replace(microsecond=0) for one in overview.asked)


async def test_a_destination_taken_off_meanwhile_is_noticed_once_a_stage_is_late() -> None:
    staged = await applied("segment-late")
    workspace = staged.sandbox.world.workspaces[0]
    async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=30 * MINUTE, every_s=MINUTE):
        attached = progress.audiences[0].stages[0]
        if progress.elapsed_s > MINUTE and attached.state is StageState.DONE:
            workspace.connections.clear()
    assert (attached.state, "waiting for it to be added" in attached.detail) == (StageState.UNDER_WAY, True)


async def test_an_old_segment_is_no_proof_that_it_is_fed_now() -> None:
    staged = await applied("happy")
    before = (await watched(staged, every_s=MINUTE))[-1].audiences[0].segment
    assert before is not None
    await staged.clock.advance(10 * MINUTE)
    workspace = staged.sandbox.world.workspaces[0]
    (destination,) = (one for one in workspace.destinations.values() if one.id in staged.walk.made_by_us)
    destination.enabled = False
    now, state = staged.clock.now(), staged.walk.state
    facts = replace(state.facts, attached_at=now, known_segments={before.key: None})
    again = WatchStart(replace(state, facts=facts), now)
    last = [progress async for progress in watch(staged.walk.ports, again, timeout_s=20 * MINUTE, every_s=MINUTE)][-1]
    (audience,) = last.audiences
    assert last.outcome is WatchOutcome.TIMEOUT
    assert (audience.appeared, audience.is_whole) == (True, False)
    assert (states(last)[2], states(last)[3]) == (StageState.LATE, StageState.DONE)


class CountsNothing:
    """The services, with a Segment that never counts a delivery."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def launchdarkly(self, *given: Any, **more: Any) -> LaunchDarkly:
        return self._services.launchdarkly(*given, **more)

    def segment(self, *given: Any, **more: Any) -> Any:
        client = self._services.segment(*given, **more)

        async def nothing(*_: object, **__: object) -> Delivery:
            return Delivery(0, 0, 0)

        client.delivery = nothing  # type: ignore[method-assign]
        return client


@pytest.mark.parametrize("is_known", [True, False])
async def test_an_older_segment_that_changes_after_attaching_is_fed(is_known: bool) -> None:
    """As after an undo and a second apply: if Segment counts nothing, LaunchDarkly's own times are the proof."""
    staged = await applied("happy")
    before = (await watched(staged, every_s=MINUTE))[-1].audiences[0].segment
    assert before is not None
    assert before.modified_at is not None
    ports = replace(staged.walk.ports, services=CountsNothing(staged.walk.ports.services))  # type: ignore[arg-type]
    facts = replace(
        staged.walk.state.facts,
        attached_at=staged.clock.now(),
        known_segments={before.key: before.modified_at if is_known else None},
        delivery=None,
    )
    again = WatchStart(replace(staged.walk.state, facts=facts), staged.clock.now())
    looks = [progress async for progress in watch(ports, again, timeout_s=30 * MINUTE, every_s=MINUTE)]
    last = looks[-1]
    said = the_end(last, last.outcome or WatchOutcome.FAILED)
    assert not looks[0].audiences[0].is_whole
    assert last.audiences[0].came_after_s is None, "it is older than this attaching"
    if is_known:
        assert last.outcome is WatchOutcome.APPEARED
        assert said == f"Synced after {elapsed(last.elapsed_s)}."
    else:
        assert last.outcome is WatchOutcome.TIMEOUT
        assert said.startswith("The segment existed before you attached the audience. We couldn't tell whether")


async def test_the_time_said_is_when_the_segment_appeared_however_late_somebody_looks() -> None:
    staged = await applied("happy")
    await staged.clock.advance(20 * MINUTE)
    said = []
    for _ in range(2):
        last = (await watched(staged, every_s=MINUTE))[-1]
        said.append(how_it_ended(last))
        await staged.clock.advance(60 * MINUTE)
    assert said[0] == said[1]
    assert re.fullmatch(r"The segment appeared (9|10) min.* after attaching", said[0])


async def test_the_time_is_by_the_services_clocks_where_this_machines_is_behind() -> None:
    staged = await applied("happy")
    await staged.clock.advance(20 * MINUTE)
    facts = replace(staged.walk.state.facts, attached_at=staged.clock.now() - timedelta(hours=3))
    behind = WatchStart(replace(staged.walk.state, facts=facts), staged.clock.now() - timedelta(hours=3))
    last = [progress async for progress in watch(staged.walk.ports, behind, every_s=MINUTE)][-1]
    assert re.fullmatch(r"The segment appeared (9|10) min.* after attaching", how_it_ended(last))


async def test_without_a_time_of_the_segment_no_time_is_said() -> None:
    staged = await applied("happy")
    await staged.clock.advance(20 * MINUTE)
    last = (await watched(staged, every_s=MINUTE))[-1]
    (audience,) = last.audiences
    untold = replace(last, audiences=(replace(audience, came_after_s=None),))
    assert how_it_ended(untold) == "The segment already exists"


async def test_what_an_earlier_watch_found_is_recognized_by_the_next_one(tmp_path: Path) -> None:
    clock = FakeClock(auto=True)
    staged = await applied_with(clock, session=Session(tmp_path, clock))
    found = [progress async for progress in watch(staged.walk.ports, watch_start(staged.walk), every_s=MINUTE)][-1]
    segment = found.audiences[0].segment
    assert segment is not None
    environment = staged.sandbox.world.accounts[0].projects["shop"].environments["production"]

    environment.segments[segment.key].deleted = True
    later = [progress async for progress in watch(staged.walk.ports, watch_start(staged.walk), timeout_s=MINUTE)]
    assert later[0].audiences[0].notes == ("The segment is gone. Someone deleted it in LaunchDarkly.",)
    assert segment.key in (tmp_path / "found.json").read_text()


async def test_later_watches_know_how_long_it_has_been_waited() -> None:
    staged = await applied("segment-late")
    await staged.clock.advance(25 * MINUTE)
    first = (await watched(staged, timeout_s=0))[0]
    delivered = first.audiences[0].stages[2]
    assert delivered.state is StageState.LATE
    assert delivered.causes


async def test_what_keeps_it_for_certain_is_reported_at_the_first_look() -> None:
    staged = await applied("happy")
    workspace = staged.sandbox.world.workspaces[0]
    (destination,) = (one for one in workspace.destinations.values() if one.id in staged.walk.made_by_us)
    destination.enabled = False
    await staged.walk.read_again()
    await staged.clock.advance(6 * MINUTE)
    first = (await watched(staged, timeout_s=0))[0]
    delivered = first.audiences[0].stages[2]
    assert delivered.state is StageState.UNDER_WAY
    assert [cause.check for cause in delivered.causes] == ["destination.enabled"]
    assert delivered.advice == delivered.causes[0].fix


async def test_a_command_in_a_finding_or_a_cause_has_the_options_of_this_run() -> None:
    staged = await at_review("mapping-edited")
    staged.walk.ports = replace(staged.walk.ports, options=" --profile eu")
    await staged.walk.read_again()
    fix = staged.finding("mapping.trigger").fix
    assert fix.endswith("in Review (audience-wizard apply --profile eu).")
    last = (await watched(staged, timeout_s=30 * MINUTE, every_s=5 * MINUTE))[-1]
    assert fix in [cause.fix for stage in last.audiences[0].stages for cause in stage.causes]


async def test_look_alikes_are_shown_and_not_guessed_between() -> None:
    staged = await applied("segment-late")
    started = staged.clock.now()
    like = LaunchDarklySegment("one", "Vip customers", "segment-audiences", True, created_at=started)
    other = replace(like, key="another")
    scripted = Scripted(staged.clock, 0.0, like, staged.walk.ports.services.launchdarkly(None))

    async def both(project: str, environment: str, *, every: bool = False) -> tuple[LaunchDarklySegment, ...]:
        assert project
        assert environment
        assert not every
        return like, other

    scripted.synced_segments = both  # type: ignore[method-assign]
    ports = replace(staged.walk.ports, services=ScriptedServices(staged.walk.ports.services, scripted))  # type: ignore[arg-type]
    async for progress in watch(ports, WatchStart(staged.walk.state, started), timeout_s=MINUTE):
        (audience,) = progress.audiences
        assert audience.segment is None
        assert [candidate.key for candidate in audience.candidates] == ["one", "another"]
        assert audience.stages[3].state is StageState.UNKNOWN
    assert progress.outcome is WatchOutcome.TIMEOUT


async def test_a_clock_that_was_set_back_hides_neither_side() -> None:
    staged = await applied("happy")
    start = WatchStart(staged.walk.state, staged.clock.now() + timedelta(hours=2))
    async for progress in watch(staged.walk.ports, start, timeout_s=0):
        assert states(progress)[0] is StageState.DONE


async def test_happy_results_are_all_done_before_it_is_followed() -> None:
    staged = await at_review("happy")
    assert {result.outcome for result in (await apply_all(staged)).values()} == {Outcome.DONE}


@pytest.mark.parametrize(
    ("world", "changed"),
    [
        ("segment-made-again", None),
        ("other-keys", ("context_key", "email_only")),
        ("other-kind", ("context_kind", "person")),
    ],
)
async def test_after_a_repair_of_a_setup_that_was_there_the_watch_ends(
    world: str, changed: tuple[AskId, str] | None
) -> None:
    """The members sent after a repair show that the older segment is fed."""
    staged = await at_review(world)
    if changed:
        assert staged.walk.answer(staged.ask(changed[0]), changed[1]) == ""
        await staged.walk.read()
    await apply_all(staged)

    last = [progress async for progress in follow(staged.walk, timeout_s=3_600)][-1]

    assert last.outcome is WatchOutcome.APPEARED
    assert last.audiences[0].state_of(Stage.DELIVERED) is StageState.DONE
    assert last.audiences[0].segment is not None
    assert last.audiences[0].segment.included_count == 1234


async def test_after_a_repair_of_a_setup_that_was_attached_in_the_app_the_watch_ends_too() -> None:
    """Such a setup can't send all members again: only the next change shows that the segment is fed."""
    staged = await at_review("other-keys")
    for connection in staged.sandbox.world.workspaces[0].connections:
        connection.activations.clear()
        connection.send_identify = True
    await staged.walk.read_again()
    assert staged.walk.answer(staged.ask("context_key"), "email_only") == ""
    await staged.walk.read()
    await apply_all(staged)

    last = [progress async for progress in follow(staged.walk, timeout_s=3_600)][-1]

    assert last.outcome is WatchOutcome.APPEARED
