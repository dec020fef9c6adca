"""In each scenario, only the check that it's about fails; with two problems at a time, both checks fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx
import pytest

from tests.fake_clock import FakeClock
from tests.walks import WORLDS, Staged, apply_all, stage, stage_on, walk_to_review, watch_to_the_end
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.findings import Finding, Status, healthy
from wizard.domain.planning.change import Action
from wizard.domain.stage import Stage, StageState
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.watching.progress import Progress, WatchOutcome
from wizard.sandbox.app import Sandbox
from wizard.sandbox.state.account import CustomRole
from wizard.sandbox.state.segment_workspace import GeneratedProfiles
from wizard.wiring import Wrap


@dataclass(frozen=True, slots=True)
class Named:
    """The finding of a walk to Review in a scenario."""

    check: str = ""  # empty: nothing is wrong
    status: Status = Status.FAIL
    server_side: bool = False


FAILS = {
    "reader-token": "launchdarkly.token.permissions",
    "other-environment-role": "launchdarkly.token.permissions",
    "sdk-key-pasted": "launchdarkly.token.kind",
    "wrong-pair": "launchdarkly.pair",
    "eu-account": "launchdarkly.instance",
    "expired-token": "launchdarkly.token.valid",
    "no-engage": "segment.engage",
    "member-token": "segment.token.permissions",
    "resume": "audience.attached",
    "two-destinations": "destination.single",
    "destination-disabled": "destination.enabled",
    "wrong-token-in-destination": "destination.token",
    "mapping-disabled": "mapping.enabled",
    "mapping-edited": "mapping.trigger",
    "context-kind-unseen": "mapping.context_kind",
    "empty-audience": "audience.size",
    "anonymous-audience": "audience.identifiers",
    "no-history": "sync.members",
    "delivery-failing": "sync.delivery",
}
NAMED = {name: Named(check) for name, check in FAILS.items()} | {
    "no-store": Named("launchdarkly.store", server_side=True),
    "wrong-region": Named("segment.region", Status.WARN),
    "approvals-required": Named("launchdarkly.approvals", Status.WARN),
    "custom-role-missing-update": Named("launchdarkly.token.permissions", Status.WARN),
    "attach-needs-app": Named("audience.attach_by_api", Status.WARN),
    "no-attach-api": Named("audience.attach_by_api", Status.WARN),
    "batch-audience": Named("audience.cadence", Status.WARN),
    "outage": Named("launchdarkly.reachable", Status.UNKNOWN),
    **dict.fromkeys(("happy", "fresh", "slow", "flaky", "rate-limited", "hostile-names", "huge"), Named()),
    **dict.fromkeys(("support-token", "many-segments"), Named()),
    **dict.fromkeys(("environments", "shared-space"), Named()),  # each environment is fine, as a single one would be
    **dict.fromkeys(("make-token", "no-custom-roles"), Named()),
    **dict.fromkeys(("segment-late", "create-needs-app"), Named()),  # the problem shows later: see below
}


def _failing(staged: Staged) -> list[str]:
    return [finding.id for finding in staged.walk.findings if finding.status is Status.FAIL]


def _as_doctor(staged: Staged) -> tuple[Finding, ...]:
    """Return the findings about what exists, without what a plan would create."""
    state = staged.walk.state
    return run_checks(CHECKS, state.facts, replace(state.answers, destination="", server_side=None))


def test_every_scenario_has_its_row() -> None:
    assert set(NAMED) == set(WORLDS)


# Scenarios whose walk continues below, after the plan was applied.
SYNCED = ("happy", "fresh", "hostile-names", "slow", "flaky", "rate-limited", "wrong-region")
ATTACHED_BY_HAND = ("attach-needs-app", "no-attach-api")
ITS_OWN_PACE = ("happy", "rate-limited")


@pytest.mark.parametrize("name", [name for name in NAMED if name not in {*SYNCED, *ATTACHED_BY_HAND, "segment-late"}])
async def test_a_walk_and_doctor_name_the_one_cause_and_break_no_rule_of_the_services(name: str) -> None:
    staged = await _named(name)
    if name in FAILS:  # even if nothing is set up
        as_doctor = _as_doctor(staged)
        assert [finding.id for finding in as_doctor if finding.blocks] == [FAILS[name]]
        assert healthy(as_doctor) is False


async def _named(name: str) -> Staged:
    """Walk to Review, and check that only the one cause is named and that no rule of the services was broken."""
    named, staged = NAMED[name], stage(name)
    assert staged.walk.answer(staged.ask("server_side"), "yes" if named.server_side else "no") == ""
    await walk_to_review(staged)
    assert _failing(staged) == ([named.check] if named.check and named.status is Status.FAIL else [])
    if named.check:
        finding = staged.finding(named.check)
        assert finding.status is named.status
        assert finding.summary
        assert finding.cause
        assert finding.fix
    staged.walk.plan()
    assert staged.walk.under_way == {}
    assert not staged.sandbox.breaches
    return staged


async def test_a_working_setup_is_healthy_for_support_with_a_read_only_token_of_their_own() -> None:
    staged = stage("support-token")
    await walk_to_review(staged)
    findings = {finding.id: finding for finding in _as_doctor(staged)}
    assert healthy(findings.values()) is True
    assert "holds the service token segment-sync" in findings["destination.token"].summary
    assert "the destination's token segment-sync" in findings["launchdarkly.token.permissions"].summary
    assert findings["launchdarkly.token.personal"].status is Status.PASS
    assert [change.id for change in staged.walk.plan().changes if change.action is Action.UPDATE] == []


@pytest.mark.parametrize(
    ("connects", "status", "says"),
    [(True, Status.WARN, "node-server-sdk 9.7.3 connected"), (False, Status.SKIPPED, "Not known yet: whether")],
)
async def test_without_an_answer_the_sdks_in_use_tell_whether_a_store_is_needed(
    connects: bool, status: Status, says: str
) -> None:
    staged = stage("no-store")
    if not connects:
        staged.sandbox.world.accounts[0].sdks.clear()
    await walk_to_review(staged)
    staged.walk.take(replace(staged.walk.state.answers, server_side=None))
    await staged.walk.read()
    store = staged.finding("launchdarkly.store")
    assert (store.status, store.matters) == (status, False)
    assert says in f"{store.summary} {store.cause}"


# --- problems that show only after the plan was applied -----------------------------------------------------------


async def _set_up(name: str) -> Staged:
    staged = await _named(name)
    await apply_all(staged)
    return staged


async def _synced(staged: Staged, every_s: float | None = 60.0) -> list[Progress]:
    """Watch until the segment exists, and check that nothing is wrong and that no rule of the services was broken."""
    looks = await watch_to_the_end(staged, staged.clock.now(), every_s=every_s)
    last = looks[-1]
    assert last.outcome is WatchOutcome.APPEARED
    (audience,) = last.audiences
    assert audience.segment is not None
    assert audience.segment.name == audience.expected_name
    assert audience.segment.key in audience.url
    assert not staged.sandbox.breaches
    await staged.walk.read_again()
    assert _failing(staged) == []
    return looks


@pytest.mark.parametrize("name", SYNCED)
async def test_once_set_up_and_synced_everything_is_well(name: str) -> None:
    staged = await _set_up(name)
    looks = await _synced(staged, None if name in ITS_OWN_PACE else 60.0)
    assert {hop.state for hop in looks[-1].audiences[0].stages} == {StageState.DONE, StageState.SKIPPED}
    assert [f.id for f in _as_doctor(staged) if f.blocks] == []
    assert staged.finding("sync.segment").status is Status.PASS


@pytest.mark.parametrize("name", ATTACHED_BY_HAND)
async def test_what_a_colleague_attaches_in_the_app_arrives(name: str) -> None:
    looks = await _synced(await _set_up(name))
    assert looks[0].audiences[0].stages[0].state is not StageState.DONE, "it waits for the hand"


async def test_a_segment_that_is_late_is_late_and_not_failed() -> None:
    staged = await _set_up("segment-late")
    progress = await watch_to_the_end(staged, staged.clock.now(), timeout_s=30 * 60, every_s=180.0)
    assert progress[-1].outcome is WatchOutcome.TIMEOUT
    hops = {hop.stage: hop.state for hop in progress[-1].audiences[0].stages}
    assert (hops[Stage.DELIVERED], hops[Stage.VISIBLE]) == (StageState.LATE, StageState.WAITING)
    assert StageState.STUCK not in hops.values()
    await staged.walk.read_again()
    assert _failing(staged) == []
    assert staged.finding("sync.segment").status is Status.UNKNOWN


_BLAMES_THE_TOKEN = ("This token can't", "the token lacks", "doesn't let this token", "token can't")


async def test_a_workspace_without_the_attach_api_is_called_that_and_not_the_tokens_fault() -> None:
    staged = stage("no-attach-api")
    await walk_to_review(staged)
    plan = staged.walk.plan()
    before = staged.walk.findings
    results = await apply_all(staged, plan)

    named = staged.finding("audience.attach_by_api")
    assert named.summary == "This workspace doesn't offer Segment's API for attaching destinations."
    assert "The token's role isn't the cause" in named.cause
    said = [f"{one.summary} {one.cause} {one.fix}" for one in (*before, *staged.walk.findings)]
    said += [change.reason for change in plan.changes] + [result.detail for result in results.values()]
    assert [text for text in said if any(blames in text for blames in _BLAMES_THE_TOKEN)] == []


async def test_a_token_without_roles_is_called_that() -> None:
    staged = stage("member-token")
    await walk_to_review(staged)
    finding = staged.finding("segment.token.permissions")
    assert (finding.status, finding.cause) == (
        Status.FAIL,
        "Most likely the token lacks a role on the space or on its Engage source.",
    )


# --- two at a time ------------------------------------------------------------------------------------------------

Spoil = Callable[[Sandbox], None]
_ON_SHOP = "proj/shop:env/production:segment/*"


def _token_reads_only(sandbox: Sandbox) -> None:
    sandbox.world.accounts[0].tokens[0].role = "reader"


def _token_may(actions: list[str], *, view: bool = True) -> Spoil:
    def spoil(sandbox: Sandbox) -> None:
        account = sandbox.world.accounts[0]
        policy = [{"effect": "allow", "resources": [_ON_SHOP], "actions": actions}]
        account.roles["odd"] = CustomRole("role_odd", "odd", "Odd", policy, "reader" if view else "no_access")
        account.tokens[0].role, account.tokens[0].custom_role_ids = None, ["role_odd"]

    return spoil


def _account_is_european(sandbox: Sandbox) -> None:
    sandbox.world.accounts[0].instance = "eu"


def _no_stores(sandbox: Sandbox) -> None:
    sandbox.world.accounts[0].stores.clear()


def _kind_is_archived(sandbox: Sandbox) -> None:
    sandbox.world.accounts[0].projects["shop"].context_kinds[0].archived = True


def _token_of_a_member(sandbox: Sandbox) -> None:
    sandbox.world.workspaces[0].tokens[0].owner = False


def _audience_is_empty(sandbox: Sandbox) -> None:
    next(
        a for a in sandbox.world.workspaces[0].audiences.values() if a.key == "vip_customers"
    ).members = GeneratedProfiles(0)


def _mapping_is_off(sandbox: Sandbox) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        for mapping in destination.mappings.values():
            mapping.enabled = False


def _destination_is_off(sandbox: Sandbox) -> None:
    for destination in sandbox.world.workspaces[0].destinations.values():
        destination.enabled = False


def _engage_source_is_off(sandbox: Sandbox) -> None:
    sandbox.world.workspaces[0].sources[0].enabled = False


def _nothing_attached(sandbox: Sandbox) -> None:
    sandbox.world.workspaces[0].connections.clear()


TWO: list[tuple[str, Spoil, set[str]]] = [
    ("destination-disabled", _token_reads_only, {"launchdarkly.token.permissions", "destination.enabled"}),
    ("mapping-edited", _token_reads_only, {"launchdarkly.token.permissions", "mapping.trigger"}),
    ("mapping-disabled", _audience_is_empty, {"mapping.enabled", "audience.size"}),
    ("wrong-token-in-destination", _mapping_is_off, {"destination.token", "mapping.enabled"}),
    ("no-engage", _account_is_european, {"launchdarkly.instance", "segment.engage"}),
    ("anonymous-audience", _destination_is_off, {"destination.enabled", "audience.identifiers"}),
    ("expired-token", _token_of_a_member, {"launchdarkly.token.valid", "segment.token.permissions"}),
    ("two-destinations", _kind_is_archived, {"launchdarkly.context_kind", "destination.single"}),
    ("no-history", _no_stores, {"launchdarkly.store", "sync.members"}),
    ("destination-disabled", _engage_source_is_off, {"segment.engage.source", "destination.enabled"}),
]


@pytest.mark.parametrize(("name", "spoil", "roots"), TWO, ids=[" and ".join(sorted(roots)) for _, _, roots in TWO])
async def test_two_things_that_are_wrong_are_both_named_and_nothing_else(
    name: str, spoil: Spoil, roots: set[str]
) -> None:
    sandbox = Sandbox(name, FakeClock(auto=True))
    spoil(sandbox)
    staged = stage_on(sandbox)
    assert staged.walk.answer(staged.ask("server_side"), "yes") == ""
    await walk_to_review(staged)
    assert set(_failing(staged)) == roots
    assert {finding.id for finding in _as_doctor(staged) if finding.blocks} - {"launchdarkly.store"} == roots - {
        "launchdarkly.store"
    }


# --- answers that prove nothing -----------------------------------------------------------------------------------


class _Instead(httpx.AsyncBaseTransport):
    """A transport on which requests to one host and path get another response than the sandbox's."""

    def __init__(self, inner: httpx.AsyncBaseTransport, host: str, path: str, answer: httpx.Response) -> None:
        self._inner, self._host, self._path, self._answer = inner, host, path, answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._host in request.url.host and self._path in request.url.path:
            return httpx.Response(self._answer.status_code, headers=self._answer.headers, content=self._answer.content)
        return await self._inner.handle_async_request(request)


def _instead(host: str, path: str, status: int, **answer: object) -> Wrap:
    return lambda inner: _Instead(inner, host, path, httpx.Response(status, **answer))  # type: ignore[arg-type]


PAGE = {"html": "<html><body>Sign in to the guest network</body></html>"}
FORBIDDEN = {"json": {"code": "forbidden", "message": "Access to the requested resource was denied"}}
NO_PROOF: list[tuple[str, Wrap, str, str]] = [
    ("LaunchDarkly is down", _instead("app.launchdarkly", "", 503), "launchdarkly.reachable", "problem"),
    ("Segment is down", _instead("segmentapis", "", 500), "segment.reachable", "problem"),
    ("a proxy's page", _instead("app.launchdarkly", "", 200, **PAGE), "launchdarkly.reachable", "Something other"),
    ("a portal's page", _instead("segmentapis", "", 403, **PAGE), "segment.reachable", "Something other"),
    (
        "403 on its own metadata",
        _instead("app.launchdarkly", "/tokens/", 403, **FORBIDDEN),
        "launchdarkly.token.permissions",
        "We can't tell whether",
    ),
    (
        "a hidden project",
        _instead("app.launchdarkly", "/projects/shop", 403, **FORBIDDEN),
        "launchdarkly.project",
        "can't view the project",
    ),
]


@pytest.mark.parametrize(("wrap", "check", "said"), [case[1:] for case in NO_PROOF], ids=[case[0] for case in NO_PROOF])
async def test_what_proves_nothing_says_what_it_is_and_fails_nothing(wrap: Wrap, check: str, said: str) -> None:
    staged = stage("two-destinations" if "segment" in check else "happy", wrap=wrap)
    await walk_to_review(staged)
    assert _failing(staged) == []
    finding = staged.finding(check)
    assert finding.status is Status.UNKNOWN
    assert said in finding.summary
    assert finding.fix


async def test_a_token_that_sees_no_project_is_told_so() -> None:
    sandbox = Sandbox("happy", FakeClock(auto=True))
    _token_may(["createSegment", "updateIncluded"], view=False)(sandbox)
    staged = stage_on(sandbox)
    await load_secrets(staged.walk)
    await staged.walk.read(StepId.PREREQUISITES, StepId.LAUNCHDARKLY)
    assert _failing(staged) == []
    finding = staged.finding("launchdarkly.project")
    assert finding.status is Status.UNKNOWN
    assert "can't see any project" in finding.summary
