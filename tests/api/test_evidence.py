"""The optional reads of both clients, against the sandbox and against odd answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.fakes import Fake, always
from tests.api.test_sandbox import Bench, got
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import Allowlist, FlagValue, KeyShape, Sdk
from wizard.domain.services.segment import Preview
from wizard.sandbox.launchdarkly.targets import receive
from wizard.sandbox.state.account import Flag, Rule, SeenContext


def as_admin(bench: Bench) -> Bench:
    """Use the token of an admin, who sees what a writer may not."""
    bench.sandbox.world.accounts[0].tokens[0].role = "admin"
    return bench


async def test_the_tokens_that_this_one_may_see_are_listed_with_their_owner() -> None:
    bench = Bench("happy")
    (service,) = got(await bench.launchdarkly.tokens())
    assert (service.name, service.service_token, service.role, service.owner) == (
        "segment-sync", True, "writer", "Ada Okafor",
    )  # fmt: skip
    assert service.last_four == bench.token.get_secret_value()[-4:]
    assert [token.service_token for token in got(await as_admin(bench).launchdarkly.tokens())] == [True, False]


async def test_the_allowlist_is_told_to_admins_only() -> None:
    bench = Bench("happy")
    closed = await bench.launchdarkly.allowlist()
    assert isinstance(closed, Failure)
    assert closed.is_closed
    assert await as_admin(bench).launchdarkly.allowlist() == Allowlist(False, False, 0)
    bench.sandbox.world.accounts[0].allowlist_refuses_segment = True
    assert await bench.launchdarkly.allowlist() == Allowlist(True, True, 1)
    assert bench.sandbox.breaches == []


async def test_the_audit_log_tells_which_segments_a_token_changed() -> None:
    bench = Bench("happy")
    account, at = bench.sandbox.world.accounts[0], bench.clock.now()
    own, other = (token.id for token in account.tokens[:2])
    for user in ("u_1", "u_2"):
        item = {"userId": user, "cohortName": "Vip customers", "cohortId": "aud_1", "value": True}
        body = {"environmentId": bench.client_side_id, "batch": [item]}
        receive(bench.sandbox.world, account, account.tokens[0], body, at)
        at += timedelta(minutes=5)
    written = got(await bench.launchdarkly.segment_writes("shop", "production", own, None))
    assert [(one.segment, one.action) for one in written] == [
        ("segment-audiences-aud_1", "updateIncluded"),
        ("segment-audiences-aud_1", "updateIncluded"),
        ("segment-audiences-aud_1", "createSegment"),
    ]
    later = written[1].at + timedelta(seconds=1)
    since = got(await bench.launchdarkly.segment_writes("shop", "production", own, later))
    assert since == written[:1]
    assert got(await bench.launchdarkly.segment_writes("shop", "production", other, None)) == ()
    assert got(await bench.launchdarkly.segment_writes("shop", "staging", own, None)) == ()
    assert bench.sandbox.breaches == []


@pytest.mark.parametrize(
    "entry",
    [
        {"date": 1, "accesses": [{"action": "createSegment", "resource": "proj/p:env/e:segment/s"}]},  # no token
        {"date": 1, "token": {"_id": "tok"}, "accesses": "none"},
        {"date": 1, "token": {"_id": "tok"}, "accesses": [{"action": "createFlag", "resource": "proj/p:env/e:flag/f"}]},
        {"token": {"_id": "tok"}, "accesses": [{"action": "createSegment", "resource": "proj/p:env/e:segment/s"}]},
    ],
)
async def test_an_entry_that_says_less_is_no_change_by_the_token(entry: dict[str, Any]) -> None:
    fake = Fake(always(200, {"items": [entry, 7]}))
    assert await fake.launchdarkly.segment_writes("p", "e", "tok", None) == ()


async def test_a_context_kind_says_in_which_environments_it_was_seen() -> None:
    bench = Bench("happy")
    user, organization, _ = got(await bench.launchdarkly.context_kinds("shop"))
    assert (list(user.seen_in), organization.seen_in) == (["production"], {})
    assert bench.sandbox.requests[-1].query == (("expand", "environmentObservations"),)


async def test_where_observations_are_refused_the_kinds_are_read_without_them() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        refused = bool(request.url.query)
        return httpx.Response(400 if refused else 200, json={} if refused else {"items": [{"key": "user"}]})

    fake = Fake(answer)
    (user,) = got(await fake.launchdarkly.context_kinds("p"))
    assert (user.key, user.seen_in, len(fake.requests)) == ("user", {}, 2)


async def test_the_flags_of_a_project_come_with_their_state_in_one_environment() -> None:
    bench = Bench("happy")
    flags = got(await bench.launchdarkly.flags("shop", "production"))
    assert [(flag.key, flag.name, flag.on) for flag in flags][:2] == [
        ("free-shipping", "Free shipping", False),
        ("new-checkout", "New checkout", True),
    ]
    assert isinstance(await bench.launchdarkly.flags("nowhere", "production"), Failure)
    assert bench.sandbox.breaches == []
    odd = [{"key": "a", "environments": {"production": 7}}, {"name": "no key"}]
    (flag,) = got(await Fake(always(200, {"items": odd})).launchdarkly.flags("shop", "production"))
    assert (flag.name, flag.on) == ("a", None)


RULES = [Rule("beta-testers", "blue"), Rule("", "green")]


@pytest.mark.parametrize(
    ("flag", "user", "value"),
    [
        (None, "user-0001", FlagValue("new-checkout", "true", "RULE_MATCH", 1)),
        (None, "user-0002", FlagValue("new-checkout", "false", "FALLTHROUGH")),
        (Flag("new-checkout", on=False), "user-0001", FlagValue("new-checkout", "false", "OFF")),
        (Flag("new-checkout", rules=RULES), "user-0002", FlagValue("new-checkout", '"green"', "RULE_MATCH", 2)),
        (
            Flag("new-checkout", prerequisite="checkout"),
            "user-0001",
            FlagValue("new-checkout", "false", "PREREQUISITE_FAILED", None, "checkout"),
        ),
    ],
)
async def test_what_a_flag_serves_and_why(flag: Flag | None, user: str, value: FlagValue) -> None:
    bench = Bench("happy")
    environment = bench.sandbox.world.accounts[0].projects["shop"].environments["production"]
    environment.flags = {"new-checkout-2": Flag("new-checkout-2"), **({flag.key: flag} if flag else {})}
    assert await bench.launchdarkly.flag_value("shop", "production", "new-checkout", "user", user) == value
    assert bench.sandbox.breaches == []


async def test_a_flag_or_segment_that_the_evaluation_leaves_out_is_not_found() -> None:
    client = Bench("happy").launchdarkly
    for missing in (
        await client.flag_value("shop", "production", "no-such-flag", "user", "u"),
        await client.evaluated_member("shop", "production", "no-such-segment", "user", "u"),
    ):
        assert isinstance(missing, Failure)
        assert missing.kind is FailureKind.NOT_FOUND
    assert await client.evaluated_member("shop", "production", "beta-testers", "user", "user-0001") is True


async def test_of_context_keys_only_the_shapes_are_kept() -> None:
    bench = Bench("happy")
    environment = bench.sandbox.world.accounts[0].projects["shop"].environments["production"]
    environment.contexts.append(SeenContext("organization", "acme", bench.clock.now()))
    shapes = got(await bench.launchdarkly.key_shapes("shop", "production", "user"))
    assert shapes.counts == {KeyShape.PREFIXED: 30}
    assert "user-0001" not in repr(shapes)
    assert got(await bench.launchdarkly.key_shapes("shop", "production", "organization")).total == 1
    assert got(await bench.launchdarkly.key_shapes("shop", "production", "device")).total == 0
    assert bench.sandbox.breaches == []


async def test_the_sdks_in_use_come_as_a_bare_list() -> None:
    bench = Bench("happy")
    node, browser = got(await bench.launchdarkly.sdks())
    assert node == Sdk("node-server-sdk", "9.7.3", "server", "shop", "production")
    assert browser.kind == "client"
    assert bench.sandbox.breaches == []


async def test_an_object_instead_of_that_list_says_that_no_sdk_is_known() -> None:
    assert await Fake(always(200, [{"name": "go-server-sdk"}, 7, {"version": "1"}])).launchdarkly.sdks() == (
        Sdk("go-server-sdk", "", ""),
    )
    odd = await Fake(always(200, {"message": "later"})).launchdarkly.sdks()
    assert isinstance(odd, Failure)
    assert odd.kind is FailureKind.NOT_THE_SERVICE


async def test_a_preview_counts_the_members_with_an_identifier() -> None:
    bench = Bench("happy")
    space = next(one for one in got(await bench.segment.spaces()) if one.slug == "prod")
    audiences = {one.key: one for one in got(await bench.segment.audiences(space.id))}
    leads = audiences["newsletter_leads"]
    counts = []
    for identifiers in (("user_id",), ("email",)):
        begun = got(await bench.segment.start_preview(leads, identifiers))
        assert got(await bench.segment.preview(space.id, begun.id)).status == "RUNNING"
        await bench.clock.advance(timedelta(seconds=10).total_seconds())
        done = got(await bench.segment.preview(space.id, begun.id))
        counts.append((done.status, done.size))
    assert counts == [("COMPLETED", 0), ("COMPLETED", 420)]
    assert bench.sandbox.breaches == []


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ({"id": "p", "status": "completed", "size": {"count": 3}}, Preview("p", "COMPLETED", 3)),
        ({"id": "p", "status": "COMPLETED", "size": 3}, Preview("p", "COMPLETED", 3)),
        ({"id": "p", "status": "FAILED", "failureReason": "bad"}, Preview("p", "FAILED", None, "bad")),
        ({"id": "p"}, Preview("p", "", None)),
    ],
)
async def test_a_preview_is_read_in_every_form(sent: dict[str, object], seen: Preview) -> None:
    assert await Fake(always(200, {"data": {"audiencePreview": sent}})).segment.preview("s", "p") == seen
