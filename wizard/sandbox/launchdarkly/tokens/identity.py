"""Who a token is and what it may do: caller identity, tokens, roles, members, versions.

See docs/launchdarkly.md#caller-identity, docs/launchdarkly.md#token-metadata, docs/launchdarkly.md#custom-roles and
docs/launchdarkly.md#token-owner.
"""

from __future__ import annotations

from datetime import datetime

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import milliseconds
from wizard.sandbox.launchdarkly.answers import page, refused, self_link
from wizard.sandbox.launchdarkly.gate import VERSIONS, Call, Endpoint
from wizard.sandbox.state.account import (
    CURRENT_API_VERSION,
    Account,
    CustomRole,
    Environment,
    Member,
    Project,
    Token,
)
from wizard.sandbox.state.policies import Part

SEEN_NEVER = 0


def caller_identity(call: Call) -> Answer:
    token = call.token
    identity: Json = {
        "accountId": call.account.id,
        "authKind": "token",
        "tokenKind": "service" if token.service else "personal",
        "tokenId": token.id,
        "tokenName": token.name,
        "memberId": token.member_id,
        "serviceToken": token.service,
    }
    if token.expires_at:
        identity["expiresAt"] = milliseconds(token.expires_at)
    return Answer(body=identity)


def caller_identity_of_sdk_key(account: Account, project: Project, environment: Environment) -> Answer:
    """Return the identity of an SDK key; no other call accepts one (docs/launchdarkly.md#caller-identity)."""
    identity = {
        "accountId": account.id,
        "authKind": "token",
        "tokenKind": "server",
        "environmentId": environment.id,
        "environmentName": environment.name,
        "projectId": project.id,
        "projectName": project.name,
    }
    return Answer(body=identity)


def list_tokens(call: Call) -> Answer:
    everybodys = call.incoming.value("showAll") == "true"
    tokens = [token for token in call.account.tokens if _is_own_or_service(call, token) or everybodys]
    tokens = [token for token in tokens if _may_see(call, token)]
    shown, paging = page(call.incoming, tokens, 25, paged=call.version >= CURRENT_API_VERSION)
    return Answer(body={"items": [token_shown(call, token) for token in shown], **paging})


def one_token(call: Call) -> Answer:
    token_id = call.incoming.params["id"]
    token = next((token for token in call.account.tokens if token.id == token_id), None)
    if token is None:
        raise refused(404)
    if not _may_see(call, token):
        raise refused(403)
    return Answer(body=token_shown(call, token))


def _may_see(call: Call, token: Token) -> bool:
    """Return whether the caller may see a token: any service token, its own member's, and for an Admin all.

    See docs/launchdarkly.md#token-metadata.
    """
    is_admin = call.account.may(call.token, "updateToken", Part("member", token.member_id))
    return _is_own_or_service(call, token) or is_admin


def _is_own_or_service(call: Call, token: Token) -> bool:
    return token.service or (not call.token.service and token.member_id == call.token.member_id)


def token_shown(call: Call, token: Token) -> Json:
    """Return a token's metadata, with the last four characters of its secret."""
    shown: Json = {
        "_id": token.id,
        "ownerId": call.account.id,
        "memberId": token.member_id,
        "name": token.name,
        "description": token.description,
        "creationDate": milliseconds(token.created_at),
        "lastModified": milliseconds(token.created_at),
        "lastUsed": milliseconds(token.last_used_at) if token.last_used_at else SEEN_NEVER,
        "token": token.secret[-4:],
        "serviceToken": token.service,
        "defaultApiVersion": token.default_api_version,
        "customRoleIds": list(token.custom_role_ids),
        "inlineRole": list(token.inline_role),
        "_links": {**self_link(f"/api/v2/tokens/{token.id}"), "parent": {"href": "/api/v2/tokens"}},
    }
    if token.role:
        shown["role"] = token.role
    if token.expires_at:
        shown["expiry"] = milliseconds(token.expires_at)
    member = call.account.members.get(token.member_id)
    return shown | ({"_member": _member_summary(member)} if member else {})


def _member_summary(member: Member) -> Json:
    return {
        "_id": member.id,
        "email": member.email,
        "firstName": member.first_name,
        "lastName": member.last_name,
        "role": member.role,
        "_links": self_link(f"/api/v2/members/{member.id}"),
    }


def list_roles(call: Call) -> Answer:
    roles = [role for role in call.account.roles.values() if _may_view_role(call, role)]
    shown, paging = page(call.incoming, roles, 20, paged=call.version >= CURRENT_API_VERSION)
    return Answer(body={"items": [_role(role) for role in shown], **paging})


def one_role(call: Call) -> Answer:
    role = call.account.role(call.incoming.params["customRoleKey"])
    if role is None:
        raise refused(404)
    if not _may_view_role(call, role):
        raise refused(403)
    return Answer(body=_role(role))


def _may_view_role(call: Call, role: CustomRole) -> bool:
    return call.account.may(call.token, "viewRole", Part("role", role.key))


def _role(role: CustomRole) -> Json:
    return {
        "_id": role.id,
        "key": role.key,
        "name": role.name,
        "description": "",
        "policy": role.policy,
        "basePermissions": role.base_permissions,
        "resourceCategory": "any",
        "assignedTo": {"membersCount": 0, "teamsCount": 0},
        "_links": self_link(f"/api/v2/roles/{role.key}"),
    }


def member(call: Call) -> Answer:
    """Return the owner of a personal token; a service token has none (docs/launchdarkly.md#token-owner)."""
    if call.token.service:
        raise refused(403)
    member_id = call.incoming.params["id"]
    found = call.account.members.get(call.token.member_id if member_id == "me" else member_id)
    if found is None:
        raise refused(404)
    expanded = "roleAttributes" in (call.incoming.value("expand") or "").split(",")
    return Answer(body=_member(found, call.now, expanded))


def _member(found: Member, now: datetime, with_attributes: bool) -> Json:
    shown: Json = {
        **_member_summary(found),
        "_pendingInvite": False,
        "_verified": True,
        "customRoles": list(found.custom_role_keys),
        "mfa": "enabled",
        "_lastSeen": milliseconds(now),
        "creationDate": milliseconds(now) - 86_400_000,
        "teams": [],
        "permissionGrants": [],
    }
    return shown | ({"roleAttributes": found.attributes} if with_attributes else {})


def versions(call: Call) -> Answer:
    return Answer(
        body={
            "validVersions": list(VERSIONS),
            "latestVersion": CURRENT_API_VERSION,
            "currentVersion": call.version,
            "beta": call.beta,
        }
    )


def account(call: Call) -> Answer:
    """Return the account. `ldcli whoami` reads it; the specification omits it (docs/launchdarkly.md#account-name)."""
    return Answer(body={"_id": call.account.id, "organization": call.account.name})


ENDPOINTS = (
    Endpoint("GET", "/api/v2/caller-identity", caller_identity, sdk_key_handle=caller_identity_of_sdk_key),
    Endpoint("GET", "/api/v2/tokens", list_tokens),
    Endpoint("GET", "/api/v2/tokens/{id}", one_token),
    Endpoint("GET", "/api/v2/roles", list_roles),
    Endpoint("GET", "/api/v2/roles/{customRoleKey}", one_role),
    Endpoint("GET", "/api/v2/members/{id}", member),
    Endpoint("GET", "/api/v2/versions", versions),
    Endpoint("GET", "/api/v2/account", account),
)
