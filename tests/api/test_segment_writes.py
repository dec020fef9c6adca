"""Writes to Segment send exactly the documented keys."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.api.fakes import LAUNCHDARKLY_TOKEN, Fake, always, data, in_turn, reply
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.segment import Activation, Connection, Destination, Subscription

V1 = "application/vnd.segment.v1+json"
V1ALPHA = "application/vnd.segment.v1alpha+json"
TOKEN = LAUNCHDARKLY_TOKEN
MASKED = SecretStr("\u2022" * 10 + "dada")
SETTINGS = {"context_kind": "user", "segment_user_id": {"@path": "$.userId"}, "enable_batching": True}


def sent(fake: Fake) -> tuple[str, Any]:
    assert fake.last.headers["accept"] == fake.last.headers["content-type"]
    return fake.targets[-1], fake.last_body


async def test_a_destination_is_created_enabled_with_its_real_settings() -> None:
    fake = Fake(
        always(
            200,
            {
                "data": {
                    "destination": {
                        "id": "d1",
                        "name": "LD",
                        "enabled": True,
                        "sourceId": "src",
                        "metadata": {"id": "m"},
                        "settings": {"apiKey": "\u2022" * 10 + "5555", "clientId": "cid"},
                    }
                }
            },
        )
    )
    made = await fake.segment.create_destination(
        source_id="src", metadata_id="m", name="LD", token=TOKEN, client_side_id="cid"
    )
    assert made == Destination("d1", "LD", "src", "m", True, "cid", "5555")
    assert sent(fake) == (
        "POST /destinations",
        {
            "sourceId": "src",
            "metadataId": "m",
            "name": "LD",
            "enabled": True,
            "settings": {"apiKey": TOKEN.get_secret_value(), "clientId": "cid"},
        },
    )
    assert fake.last.headers["accept"] == V1


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"enabled": True}, {"enabled": True}),
        ({"enabled": False}, {"enabled": False}),
        ({"name": "n"}, {"name": "n"}),
        ({"credentials": (TOKEN, "cid")}, {"settings": {"apiKey": TOKEN.get_secret_value(), "clientId": "cid"}}),
    ],
)
async def test_of_a_destination_only_what_is_given_is_changed(given: Any, body: Any) -> None:
    fake = Fake(always(200, {"data": {"destination": {"id": "d1"}}}))
    await fake.segment.update_destination("d1", **given)
    assert sent(fake) == ("PATCH /destinations/d1", body)


async def test_a_mapping_is_created_with_every_field() -> None:
    fake = Fake(always(200, {"data": {"destinationSubscription": {"id": "sub", "modelId": ""}}}))
    made = await fake.segment.create_subscription(
        "d1", name="n", action_id="act", trigger="t", enabled=True, settings=SETTINGS
    )
    assert made == Subscription("sub", "sub", "d1")
    assert sent(fake) == (
        "POST /destinations/d1/subscriptions",
        {"name": "n", "actionId": "act", "trigger": "t", "enabled": True, "settings": SETTINGS},
    )
    assert fake.last.headers["accept"] == V1ALPHA


async def test_a_change_of_a_mapping_is_wrapped() -> None:
    fake = Fake(always(200, {"data": {"subscription": {"id": "sub"}}}))
    await fake.segment.update_subscription("d1", "sub", enabled=True)
    assert sent(fake) == ("PATCH /destinations/d1/subscriptions/sub", {"input": {"enabled": True}})
    await fake.segment.update_subscription("d1", "sub", trigger="t", settings=SETTINGS)
    assert fake.last_body == {"input": {"trigger": "t", "settings": SETTINGS}}
    assert fake.last.headers["content-type"] == V1ALPHA


async def test_an_audience_is_connected_to_the_instance() -> None:
    fake = Fake(always(200, {"data": {"connection": {"id": "ii_1"}, "connectionSettings": {}}}))
    assert await fake.segment.connect("s", "a", "d1") == Connection("ii_1", "d1")
    assert sent(fake) == (
        "POST /spaces/s/audiences/a/destination-connections",
        {"destination": {"id": "d1", "type": "destination"}},
    )


async def test_an_activation_sends_the_whole_audience_again() -> None:
    fake = Fake(always(200, {"data": {"activation": {"id": "act_1", "activationName": "LD", "enabled": True}}}))
    made = await fake.segment.activate("s", "a", "ii_1", name="LD", action_id="act", settings=SETTINGS)
    assert made == Activation("act_1", "LD", "ii_1", True)
    assert sent(fake) == (
        "POST /spaces/s/audiences/a/destination-connections/ii_1/activations",
        {
            "activationName": "LD",
            "activationType": "Audience Membership Changed",
            "enabled": True,
            "performResync": True,
            "destinationMapping": {"actionId": "act", "settings": SETTINGS},
        },
    )


async def test_a_changed_activation_gets_its_settings_whole_and_sends_everybody_again() -> None:
    shown = {"actionId": "act", "settings": SETTINGS}
    fake = Fake(always(200, {"data": {"activation": {"id": "act_1", "destinationMapping": shown}}}))
    changed = await fake.segment.update_activation("s", "a", "act_1", action_id="act", settings=SETTINGS)
    assert changed == Activation("act_1", "act_1", "", action_id="act", settings=SETTINGS)
    assert sent(fake) == (
        "PATCH /spaces/s/audiences/a/activations/act_1",
        {"destinationMapping": {"actionId": "act", "settings": SETTINGS}, "performResync": True},
    )
    assert fake.last.headers["content-type"] == V1ALPHA


async def test_a_deletion_says_that_it_was_done() -> None:
    fake = Fake(always(200, {"data": {"status": "SUCCESS"}}))
    assert await fake.segment.delete_destination("d1") is None
    assert await fake.segment.delete_subscription("d1", "sub") is None
    assert await fake.segment.delete_activation("s", "a", "act_1") is None
    assert fake.targets == [
        "DELETE /destinations/d1",
        "DELETE /destinations/d1/subscriptions/sub",
        "DELETE /spaces/s/audiences/a/activations/act_1",
    ]
    assert [request.headers["accept"] for request in fake.requests] == [V1, V1ALPHA, V1ALPHA]
    assert "content-type" not in fake.last.headers


@pytest.mark.parametrize("body", [{"data": {}}, {}, None])
async def test_whether_it_is_gone_stays_open_when_the_answer_to_a_deletion_does_not_say_so(body: Any) -> None:
    failure = await Fake(always(200, body)).segment.delete_destination("d1")
    assert isinstance(failure, Failure)
    assert failure.outcome_unknown


CONNECTION = Connection("ii_1", "d1")


@pytest.mark.parametrize(
    ("responses", "targets", "status"),
    [
        ([data(status="SUCCESS")], ["ii_1"], None),
        ([reply(404, {}), data(status="SUCCESS")], ["ii_1", "d1"], None),
        ([reply(404, {}), reply(404, {})], ["ii_1", "d1"], 404),
        ([reply(409, {})], ["ii_1"], 409),
    ],
)
async def test_a_connection_goes_by_its_own_id_or_by_the_destinations(
    responses: list[httpx.Response], targets: list[str], status: int | None
) -> None:
    fake = Fake(in_turn(*responses))
    failure = await fake.segment.disconnect("s", "a", CONNECTION)
    assert (failure and failure.status) == status
    assert [target.rpartition("/")[2] for target in fake.targets] == targets


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": {"connection": {}}}, "<html>"])
async def test_a_write_that_was_answered_oddly_may_have_happened(body: Any) -> None:
    failure = await Fake(always(200, body)).segment.connect("s", "a", "d1")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE
    assert failure.outcome_unknown


async def test_the_token_in_a_body_is_hidden_when_the_service_repeats_it() -> None:
    token = SecretStr("unusual-token-value-0001")
    fake = Fake(always(422, {"errors": [{"message": f"apiKey {token.get_secret_value()} is odd"}]}))
    failure = await fake.segment.update_destination("d1", credentials=(token, "cid"))
    assert isinstance(failure, Failure)
    assert failure.message == "apiKey (hidden) is odd"


async def test_a_masked_value_is_never_written_back() -> None:
    fake = Fake(always(200, {"data": {}}))
    client = fake.segment
    masked: dict[str, Any] = {"a": [{"b": "\u2022\u2022dada"}]}
    with pytest.raises(ValueError, match="masked"):
        await client.create_destination(source_id="s", metadata_id="m", name="n", token=MASKED, client_side_id="c")
    with pytest.raises(ValueError, match="masked"):
        await client.update_destination("d1", credentials=(MASKED, "c"))
    with pytest.raises(ValueError, match="masked"):
        await client.create_subscription("d1", name="n", action_id="a", trigger="t", enabled=True, settings=masked)
    with pytest.raises(ValueError, match="masked"):
        await client.update_subscription("d1", "s", settings=masked)
    with pytest.raises(ValueError, match="masked"):
        await client.activate("s", "a", "c", name="n", action_id="a", settings=masked)
    assert fake.requests == []


async def test_a_change_of_nothing_is_a_mistake() -> None:
    client = Fake(always()).segment
    with pytest.raises(ValueError, match="nothing to change"):
        await client.update_destination("d1")
    with pytest.raises(ValueError, match="nothing to change"):
        await client.update_subscription("d1", "s")
