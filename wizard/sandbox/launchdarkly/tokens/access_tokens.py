"""Making, renewing and deleting access tokens (docs/launchdarkly.md#making-and-deleting-tokens)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import hex_id, key_with_uuid
from wizard.sandbox.launchdarkly.answers import refused, whole_number
from wizard.sandbox.launchdarkly.gate import VERSIONS, Call, Endpoint
from wizard.sandbox.launchdarkly.tokens.identity import token_shown
from wizard.sandbox.state.account import CURRENT_API_VERSION, Token
from wizard.sandbox.state.policies import Part

_ROLES = ("reader", "writer", "admin")
_GRANTS = ("role", "customRoleIds", "inlineRole")
_LEGAL_PAIRS = ({"resources", "actions"}, {"notResources", "actions"}, {"resources", "notActions"})


def make_token(call: Call) -> Answer:
    """Make a token that may do no more than its maker. Only this answer has the whole secret."""
    body = _body(call)
    is_service = body.get("serviceToken") is True
    part = Part("service-token", "*") if is_service else Part("member", call.token.member_id)
    call.demand("createAccessToken", part)
    if body.get("inlineRole") and call.account.refuses_policies:
        raise refused(call.account.refuses_policies, "Custom roles aren't available on this plan")
    made = Token(
        id=hex_id("made token", call.account.id, call.account.tokens_made),
        secret=_next_secret(call),
        name=str(body.get("name", "")),
        description=str(body.get("description", "")),
        member_id=call.token.member_id,
        created_at=call.now,
        service=is_service,
        role=body.get("role"),
        custom_role_ids=list(body.get("customRoleIds") or ()),
        inline_role=list(body.get("inlineRole") or ()),
        caps=call.account.caps_of(call.token),
        default_api_version=body.get("defaultApiVersion", CURRENT_API_VERSION),
    )
    call.account.tokens.append(made)
    return Answer(201, {**token_shown(call, made), "token": made.secret})


def reset_token(call: Call) -> Answer:
    """Give a token a new secret; the old one stops working at once, or at `expiry`."""
    token = _managed(call, "resetAccessToken")
    until = whole_number(call.incoming, "expiry", 0)
    if until:
        token.former.append((token.secret, datetime.fromtimestamp(until / 1000, UTC)))
    else:
        token.former.clear()
    token.secret = _next_secret(call)
    return Answer(body={**token_shown(call, token), "token": token.secret})


def delete_token(call: Call) -> Answer:
    call.account.tokens.remove(_managed(call, "deleteAccessToken"))
    return Answer(204)


def _managed(call: Call, action: str) -> Token:
    """Return the token in the path; refuse if the caller's token may not do `action` on it."""
    token = next((one for one in call.account.tokens if one.id == call.incoming.params["id"]), None)
    if token is None:
        raise refused(404)
    call.demand(action, Part("service-token", token.id) if token.service else Part("member", token.member_id))
    return token


def _next_secret(call: Call) -> str:
    call.account.tokens_made += 1
    return key_with_uuid("api", call.account.name, "made", call.account.tokens_made)


# --- the body -----------------------------------------------------------------------------------------------------


def _body(call: Call) -> Json:
    """Return the body of a new token; refuse what the specification doesn't allow. Unknown fields are ignored."""
    if not call.incoming.headers.get("content-type", "").startswith("application/json"):
        call.note("a body without Content-Type: application/json")
    try:
        body = call.incoming.json()
    except ValueError:
        raise refused(400) from None
    if not isinstance(body, dict) or not _has_its_types(body):
        raise refused(400)
    if sum(bool(body.get(name)) for name in _GRANTS) != 1:
        raise refused(400, "Give exactly one of role, customRoleIds and inlineRole")
    return body


def _has_its_types(body: Json) -> bool:
    texts = all(isinstance(body.get(name, ""), str) for name in ("name", "description"))
    is_role = body.get("role", _ROLES[0]) in _ROLES
    is_version = body.get("defaultApiVersion", CURRENT_API_VERSION) in VERSIONS
    policy = body.get("inlineRole", [])
    is_policy = isinstance(policy, list) and all(map(_is_statement, policy))
    return texts and is_role and is_version and is_policy and isinstance(body.get("serviceToken", False), bool)


def _is_statement(statement: Any) -> bool:
    """Return whether a statement has an effect and one of the legal pairs (docs/launchdarkly.md#statements)."""
    if not isinstance(statement, dict) or statement.get("effect") not in {"allow", "deny"}:
        return False
    lists = {name: value for name, value in statement.items() if name != "effect" and value}
    return set(lists) in _LEGAL_PAIRS and all(isinstance(value, list) for value in lists.values())


ENDPOINTS = (
    Endpoint("POST", "/api/v2/tokens", make_token),
    Endpoint("POST", "/api/v2/tokens/{id}/reset", reset_token),
    Endpoint("DELETE", "/api/v2/tokens/{id}", delete_token),
)
