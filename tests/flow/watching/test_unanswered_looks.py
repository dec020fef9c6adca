"""A poll without an answer is no news: neither a deletion, nor a failure, nor a sign that something is missing."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.fake_clock import FakeClock
from tests.shared_folder import shared_folder
from tests.walk_copies import at_review, copied
from tests.walks import Staged, apply_all, stage, stage_on, walk_to_review
from wizard.domain.checks.sync.sync_delivery import is_of_any_audience
from wizard.domain.failure import Failure
from wizard.domain.findings import Finding, Status
from wizard.domain.stage import Stage, StageState
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.profile.session import Session
from wizard.flow.watching.progress import Progress, WatchOutcome, how_it_ended
from wizard.flow.watching.watch import follow, record_progress, why_unknown
from wizard.flow.writing.bookkeeping import begin_sync
from wizard.sandbox.app import Sandbox
from wizard.sandbox.faults import MUTE_ANSWERS

MINUTE = 60.0
NETWORK = {"down": httpx.ConnectError, "timeout": httpx.ReadTimeout}
SILENCES = (*MUTE_ANSWERS, *NETWORK)
ONE_OF_EACH_KIND = ("403", "404", "429", "503", "empty", "down")  # refused, missing, busy, broken, no JSON, no network
SERVICES = ("launchdarkly", "segment")


class Line(httpx.AsyncBaseTransport):
    """The network between the wizard and a service, which can be down."""

    def __init__(self, inner: httpx.AsyncBaseTransport, broken: dict[str, str]) -> None:
        self.inner, self.broken = inner, broken

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = "segment" if "segmentapis" in request.url.host else "launchdarkly"
        if service in self.broken:
            raise NETWORK[self.broken[service]]("no answer", request=request)
        return await self.inner.handle_async_request(request)


class Silent:
    """A setup whose services can be made to give no answer, and to answer again."""

    def __init__(self, folder: Path, sandbox: Sandbox | None = None) -> None:
        self.sandbox = sandbox or Sandbox("happy", FakeClock(auto=True))
        assert isinstance(self.sandbox.clock, FakeClock)
        self.clock = self.sandbox.clock
        self.folder, self.broken = folder, dict[str, str]()
        self.staged = self.another_run()

    def copy(self, folder: Path) -> Silent:
        """Return a copy of the world and the profile, with a run that knows the same."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copy = Silent(folder, copied(self.sandbox))
        copy.staged.walk.copy_readings(self.staged.walk)
        copy.staged.walk.accepted = set(self.staged.walk.accepted)
        return copy

    def another_run(self) -> Staged:
        session = Session(self.folder, self.clock)
        return stage_on(self.sandbox, wrap=lambda inner: Line(inner, self.broken), session=session)

    async def apply(self, *audiences: str) -> None:
        await walk_to_review(self.staged, audiences or ("vip_customers",))
        await apply_all(self.staged)

    async def come_back(self) -> Staged:
        """Start a new run on the same profile, and return it once everything is read."""
        staged = self.another_run()
        await load_secrets(staged.walk)
        staged.walk.resume()
        await staged.walk.read()
        return staged

    def silence(self, service: str, how: str) -> None:
        (self.broken if how in NETWORK else self.sandbox.world.mute)[service] = how

    def answer_again(self) -> None:
        self.broken.clear()
        self.sandbox.world.mute.clear()


_MADE: dict[str, Silent] = {}


async def _applied() -> Silent:
    if "applied" not in _MADE:
        first = Silent(shared_folder())
        await first.apply()
        _MADE["applied"] = first
    return _MADE["applied"]


async def _there() -> Silent:
    if "there" not in _MADE:
        first = (await _applied()).copy(shared_folder())
        assert [one async for one in looks(first.staged)][-1].outcome is WatchOutcome.APPEARED
        _MADE["there"] = first
    return _MADE["there"]


async def _seen_again() -> Silent:
    if "seen again" not in _MADE:
        first = (await _there()).copy(shared_folder())
        first.staged = await first.come_back()
        assert [one async for one in looks(first.staged)][-1].outcome is WatchOutcome.APPEARED
        _MADE["seen again"] = first
    return _MADE["seen again"]


@pytest.fixture
async def applied(tmp_path: Path) -> Silent:
    """Return a setup whose first sync has just begun: made once, then copied."""
    return (await _applied()).copy(tmp_path)


@pytest.fixture
async def there(tmp_path: Path) -> Silent:
    """Return a setup whose first sync was watched until the segment appeared: made once, then copied."""
    return (await _there()).copy(tmp_path)


@pytest.fixture
async def seen_again(tmp_path: Path) -> Silent:
    """Return `there` in a new run, which has seen the segment once: made once, then copied."""
    return (await _seen_again()).copy(tmp_path)


async def looks(
    staged: Staged, timeout_s: float = 60 * MINUTE, *, stop_when_stuck: bool = False, every_s: float | None = None
) -> AsyncIterator[Progress]:
    """Yield each poll's progress, recorded in the walk as First sync does it."""
    async for progress in follow(staged.walk, timeout_s=timeout_s, stop_when_stuck=stop_when_stuck, every_s=every_s):
        record_progress(staged.walk, progress)
        yield progress


def said_of_the_segment(staged: Staged, progress: Progress) -> list[str]:
    """Return all texts of stages, notes and findings."""
    hops = [f"{hop.detail} {hop.advice}" for one in progress.audiences for hop in one.stages]
    notes = [note for one in progress.audiences for note in (*one.notes, *one.problems)]
    findings = [f"{one.summary} {one.cause}" for one in staged.walk.findings if one.id.startswith("sync.")]
    return [*hops, *notes, *findings]


def assert_nothing_is_made_of_it(staged: Staged, progress: Progress) -> None:
    said = " ".join(said_of_the_segment(staged, progress))
    for wrong in (
        "omebody deleted",
        "deleted in LaunchDarkly",
        "It was deleted",
        "is gone",
        "although events",
        "No aud",
    ):
        assert wrong not in said + progress.trouble
    assert not any(hop.state is StageState.STUCK for one in progress.audiences for hop in one.stages)
    assert not any(one.status is Status.FAIL for one in staged.walk.findings if one.id.startswith("sync."))


# --- coming back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", SILENCES)
async def test_coming_back_to_a_silent_launchdarkly_is_no_deletion(seen_again: Silent, how: str) -> None:
    silent = seen_again
    await silent.clock.advance(MINUTE)
    silent.silence("launchdarkly", how)

    seen: list[Progress] = []
    async for progress in looks(silent.staged, stop_when_stuck=True):
        seen.append(progress)
        if len(seen) <= 4:
            (audience,) = progress.audiences
            visible = audience.stages[3]
            assert visible.state is StageState.UNKNOWN
            assert visible.detail.startswith("not checked: ")
            assert visible.detail.endswith("the segment was there at the last check")
            assert progress.trouble
            assert_nothing_is_made_of_it(silent.staged, progress)
            finding = silent.staged.finding("sync.segment")
            assert finding.status is Status.UNKNOWN
            assert "was there at the last check" in finding.summary
        if len(seen) == 4:
            silent.answer_again()
    assert seen[-1].outcome is WatchOutcome.APPEARED
    said = how_it_ended(seen[-1])
    assert re.fullmatch(r"The segment appeared \d+ min.* after attaching", said), "nobody looked, and LaunchDarkly says"
    assert silent.staged.finding("sync.segment").status is Status.PASS


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("how", ["401", *ONE_OF_EACH_KIND])  # a 401 is an answer: the token is refused
async def test_a_new_run_that_gets_no_answer_says_why_and_goes_on_asking(there: Silent, service: str, how: str) -> None:
    there.silence(service, how)
    staged = await there.come_back()

    seen: list[Progress] = []
    async for progress in looks(staged, stop_when_stuck=True):
        seen.append(progress)
        if progress.trouble:
            assert_nothing_is_made_of_it(staged, progress)
        if len(seen) == 4:
            there.answer_again()
    assert seen[0].trouble
    assert seen[-1].outcome is WatchOutcome.APPEARED
    assert not seen[-1].trouble


async def test_which_service_owes_the_answer_is_said_instead_of_no_audience(applied: Silent) -> None:
    silent = applied
    silent.silence("segment", "503")
    staged = await silent.come_back()
    assert "Twilio Segment" in why_unknown(staged.walk)
    silent.answer_again()
    staged.walk.forget_failures()
    await staged.walk.read()
    assert why_unknown(staged.walk) == ""


async def test_the_time_that_was_given_ends_it_without_a_verdict(applied: Silent) -> None:
    silent = applied
    silent.silence("segment", "503")
    staged = await silent.come_back()
    began = silent.clock.monotonic()
    last = [one async for one in looks(staged, timeout_s=2 * MINUTE, stop_when_stuck=True)][-1]
    assert last.outcome is WatchOutcome.TIMEOUT
    assert "Twilio Segment" in last.trouble
    assert silent.clock.monotonic() - began < 4 * MINUTE


# --- in the middle of a watch -------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("how", ONE_OF_EACH_KIND)
async def test_silence_in_the_middle_changes_nothing_that_was_seen(applied: Silent, service: str, how: str) -> None:
    silent = applied
    await silent.clock.advance(4 * MINUTE)
    before: Progress | None = None
    silences = 0
    async for progress in looks(silent.staged, stop_when_stuck=True, every_s=MINUTE):
        if progress.elapsed_s > 13 * MINUTE:
            silent.answer_again()
        elif progress.elapsed_s > 4 * MINUTE and not progress.trouble and before is None:
            before = progress
            silent.silence(service, how)
        elif progress.trouble:
            silences += 1
            assert before is not None
            assert_nothing_is_made_of_it(silent.staged, progress)
            now, then = progress.audiences[0], before.audiences[0]
            assert now.state_of(Stage.ATTACHED) is then.state_of(Stage.ATTACHED) is StageState.DONE
            assert now.state_of(Stage.COMPUTED) is then.state_of(Stage.COMPUTED) is StageState.DONE
    assert silences > 5
    assert progress.outcome is WatchOutcome.APPEARED


async def test_what_was_there_stays_there_until_launchdarkly_says_otherwise(applied: Silent) -> None:
    silent = applied
    silenced = 0
    async for progress in looks(silent.staged, every_s=MINUTE):
        (audience,) = progress.audiences
        if audience.appeared and not silenced:
            silent.silence("launchdarkly", "503")
            silenced = 1
        elif silenced:
            silenced += 1
            assert (audience.state_of(Stage.VISIBLE), audience.appeared) == (StageState.DONE, True)
            assert "was there at the last check" in silent.staged.finding("sync.segment").summary
            assert_nothing_is_made_of_it(silent.staged, progress)
        if silenced == 5:
            break
    assert silenced == 5


@pytest.mark.parametrize("asked", ["destination-connections", "/delivery-overview/"])
async def test_one_closed_call_of_segment_is_reported_by_its_stage_alone(applied: Silent, asked: str) -> None:
    silent = applied
    mute = silent.sandbox.world.mute

    class Closed(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if asked in request.url.path and silent.clock.monotonic() < until:
                return httpx.Response(403, json={"errors": []}, request=request)
            return await self.inner.handle_async_request(request)

    until = silent.clock.monotonic() + 7 * MINUTE
    silent.staged = stage_on(silent.sandbox, wrap=Closed, session=Session(silent.folder, silent.clock))
    staged = await silent.come_back() if mute else silent.staged
    await load_secrets(staged.walk)
    staged.walk.resume()
    await staged.walk.read()
    last = [one async for one in looks(staged, every_s=MINUTE)][-1]
    assert last.outcome is WatchOutcome.APPEARED
    states = {hop.stage: hop.state for hop in last.audiences[0].stages}
    assert states[Stage.ATTACHED] is StageState.DONE, "asked again once it was open"
    assert states[Stage.DELIVERED] is StageState.DONE


# --- what was read before attaching -------------------------------------------------------------------------------


async def test_a_list_from_before_attaching_does_not_say_that_the_segment_is_missing() -> None:
    staged = await at_review("happy")
    before = staged.walk.state.facts.segments
    assert isinstance(before, tuple)
    assert not any(one.name == "Vip customers" for one in before)
    await apply_all(staged)
    assert staged.walk.state.facts.segments is None
    for check in ("sync.segment", "sync.members"):
        assert staged.finding(check).status is Status.SKIPPED
    assert "Not read yet" in staged.finding("sync.segment").summary


async def test_deliveries_from_before_attaching_are_none_of_this_sync() -> None:
    """An audience is added to a destination in use: earlier events of other audiences don't make its segment due."""
    staged = stage("two-destinations")
    await walk_to_review(staged, ("vip_customers",))
    await staged.walk.read()
    old = staged.walk.state.facts.delivery
    assert not isinstance(old, Failure | None)
    assert old.delivered
    await staged.clock.advance(1)
    staged.walk.session.begin_sync({}, attaches=True)
    await staged.clock.advance(MINUTE)
    await staged.walk.read_again()
    new = staged.walk.state.facts.delivery
    assert not isinstance(new, Failure | None)
    assert new.delivered == 0


async def test_a_second_apply_before_anybody_looked_knows_what_was_there_before() -> None:
    staged = await at_review("happy")
    plan = staged.walk.plan()
    begin_sync(staged.walk, plan)
    known = staged.walk.session.saved.known_segments
    assert known
    await staged.clock.advance(1)
    staged.walk.set_state(staged.walk.state)
    assert staged.walk.state.facts.segments is None
    begin_sync(staged.walk, plan)
    assert staged.walk.session.saved.known_segments == known


# --- stages and findings ------------------------------------------------------------------------------------------


def contradictions(progress: Progress, findings: tuple[Finding, ...]) -> list[str]:
    """Return pairs of a stage and a finding about the same audience that can't both be true."""
    found = []
    for audience in progress.audiences:
        about_it = (one for one in findings if one.evidence.get("audience", audience.key) == audience.key)
        own = {one.id: one for one in about_it if not is_of_any_audience(one)}
        for check, hop, never_with in _NEVER:
            finding, state = own.get(check), audience.state_of(hop)
            if finding is not None and state is not None and (finding.status, state) in never_with:
                found.append(f"{hop}: {state} | {check}: {finding.status}: {finding.summary}")
        if audience.is_green and any(own[check].status is Status.FAIL for check in own if check.startswith("sync.")):
            found.append(f"green | {[one.summary for one in own.values() if one.status is Status.FAIL]}")
    return found


_NOT_FAILING = (StageState.DONE, StageState.UNDER_WAY, StageState.WAITING)
_NEVER = (
    ("sync.segment", Stage.VISIBLE, {(Status.FAIL, state) for state in (*_NOT_FAILING, StageState.UNKNOWN)}),
    ("sync.segment", Stage.VISIBLE, {(Status.PASS, state) for state in StageState if state is not StageState.DONE}),
    ("sync.delivery", Stage.DELIVERED, {(Status.FAIL, StageState.DONE)}),
    ("sync.members", Stage.COUNTED, {(Status.FAIL, StageState.WAITING), (Status.PASS, StageState.WAITING)}),
    ("audience.computed", Stage.COMPUTED, {(Status.FAIL, StageState.DONE), (Status.PASS, StageState.STUCK)}),
    ("audience.attached", Stage.ATTACHED, {(Status.FAIL, StageState.DONE), (Status.PASS, StageState.UNDER_WAY)}),
    ("sync.test_user", Stage.MEMBER, {(Status.PASS, StageState.LATE), (Status.WARN, StageState.DONE)}),
)


BOTH = ("vip_customers", "new_signups")  # each is judged by itself, so one audience alone behaves the same


@pytest.mark.parametrize(
    ("scenario", "minutes"),
    [
        ("segment-late", 45),
        # The last stage is late after 20 minutes; from then on, nothing changes or it repeats.
        *((scenario, 22) for scenario in ("happy", "delivery-failing", "no-history", "empty-audience")),
        ("anonymous-audience", 22),
    ],
)
async def test_at_no_look_a_finding_contradicts_the_stage_above_it(scenario: str, minutes: float) -> None:
    staged = await at_review(scenario, BOTH)
    await apply_all(staged, replace(staged.walk.plan(), blocked_by=()))
    staged.walk.answer(staged.ask("test_user"), "user-0001")
    await staged.walk.read()
    seen: dict[str, float] = {}
    async for progress in looks(staged, timeout_s=minutes * MINUTE, every_s=None if scenario == "happy" else MINUTE):
        assert staged.walk.state.facts.now >= progress.at, "a finding is as old as the look"
        for one in contradictions(progress, staged.walk.findings):
            seen.setdefault(one, progress.elapsed_s)
    assert seen == {}


async def test_stage_and_finding_agree_on_a_segment_deleted_in_the_middle(applied: Silent) -> None:
    silent = applied
    segments = silent.sandbox.world.accounts[0].projects["shop"].environments["production"].segments
    deleted = False
    await silent.clock.advance(9 * MINUTE)
    async for progress in looks(silent.staged):
        assert contradictions(progress, silent.staged.walk.findings) == []
        (audience,) = progress.audiences
        if deleted:
            break
        if audience.segment is not None:
            segments[audience.segment.key].deleted = deleted = True
    assert audience.stages[3].detail == "the segment was there but is gone"
    assert "was deleted in LaunchDarkly" in silent.staged.finding("sync.segment").summary
