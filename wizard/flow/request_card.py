"""A request card: the other admin's part as plain text for a chat, without any part of a secret.

The card says what to create, with which rights and values, on which pages, why, and how to send the answer. The flow
waits meanwhile: the question stays open until someone pastes the value, or until the wizard sees what was created.
Both cards here ask for a token; the card for steps by hand is `wizard.flow.by_hand.request_card`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Region
from wizard.domain.tokens.permissions import smallest_policy
from wizard.domain.wanted import (
    chosen_space,
    engage_sources_of,
    environment_words,
    place_keys,
    requires_approvals,
    wanted_client_side_id,
)
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.text import plain

SUGGESTED_NAME = "segment-sync"
_BYPASS = "This environment requires approvals for segments. A sync can't get them, so the token needs the bypass."
NEVER_IN_A_CHAT = "Never send it in a chat or an email. Put it into our password manager and share it with me there."


# --- to the Segment admin ---------------------------------------------------------------------------------------


def segment_token_request_card(state: State) -> str:
    """Return the card for a Public API token with the smallest rights (docs/segment.md#roles)."""
    return card(_public_api_token_wanted(state))


def _public_api_token_wanted(state: State) -> Iterator[str]:
    space = chosen_space(state.facts, state.answers)
    yield "Request: a Segment Public API token, for syncing audiences to LaunchDarkly"
    yield from why(state)
    yield section(
        "What to create",
        "A Public API token, described as: Audience Wizard",
        "Only a Workspace Owner can create one. Segment shows the token only once.",
        *page(links.SEGMENT_TOKENS, f"{links.SEGMENT_TOKENS.menu} → + Create Token"),
    )
    yield section("Rights needed", roles(state), *page(links.SEGMENT_ROLES_DOCS))
    yield section(
        "What the token is for",
        f"The wizard reads the audiences{f' of the space {plain(space.name)}' if space else ''}, and creates one "
        f"destination ({FALLBACK_CATALOG_ENTRY.name}) with one mapping. It attaches the chosen audiences to the "
        "destination. I approve each change first. It doesn't change any audience.",
    )
    yield section(
        "How to send me the token",
        NEVER_IN_A_CHAT,
        "I'll paste it into the wizard, which keeps it in my keyring or in memory only. You can revoke it "
        "afterwards: the sync continues without it.",
        f"Also tell me which region the workspace is in (a chat message is fine): {' or '.join(Region)}.",
    )


def roles(state: State) -> str:
    space = chosen_space(state.facts, state.answers)
    sources = engage_sources_of(state.facts, state.answers)
    on_space = f"the space {plain(space.name)}" if space else "the Engage space"
    on_source = plain(sources[0].name) if sources else "its source, called Personas and the name of the space"
    return f"Unify and Engage Admin on {on_space} and Source Admin on {on_source}; or Workspace Owner."


# --- to the LaunchDarkly admin ----------------------------------------------------------------------------------


def launchdarkly_request_card(state: State) -> str:
    """Return the card for a service token with the smallest rights, and the environment's client-side ID.

    See docs/launchdarkly.md#smallest-policy.
    """
    return card(_service_token_wanted(state))


def _service_token_wanted(state: State) -> Iterator[str]:
    keys = place_keys(state.facts, state.answers)
    project, environment = keys if all(keys) else ("PROJECT-KEY", "ENVIRONMENT-KEY")
    approvals = requires_approvals(state.facts, state.answers)
    yield "Request: a LaunchDarkly service token, for syncing Twilio Segment audiences"
    yield from why(state)
    yield section(
        "What to create",
        f"An access token, as a service token, named: {SUGGESTED_NAME}",
        "A service token keeps working after the person who created it leaves.",
        "The account has to be on LaunchDarkly's commercial instance (app.launchdarkly.com).",
        "Segment can't reach any other instance.",
        *page(links.LAUNCHDARKLY_NEW_TOKEN),
    )
    yield section(
        "Rights needed",
        "This is the smallest policy, for an inline policy or a custom role. The Writer role works too.",
        *([] if all(keys) else ["Fill in the keys of the project and the environment."]),
        smallest_policy(project, environment, bypass_approvals=approvals),
        *([_BYPASS] * approvals),
        *page(links.ROLE_POLICIES_DOCS),
    )
    yield _client_side_id_wanted(state, keys)
    yield section(
        "How to send me the token",
        f"{NEVER_IN_A_CHAT} I'll paste it into the wizard.",
        "The client-side ID isn't a secret: you can send it in a chat.",
        "Don't send an SDK key or a mobile key. Neither works here.",
    )


def _client_side_id_wanted(state: State, keys: tuple[str, str]) -> str:
    known = wanted_client_side_id(state.facts, state.answers)
    if known:
        said = f"The token is for the client-side ID {plain(known)}. Tell me if that's not the right environment."
    else:
        said = "Also tell me the environment's client-side ID: 24 characters, 0-9 and a-f."
    environments = links.LAUNCHDARKLY_ENVIRONMENTS.to(project=keys[0], environment=keys[1])
    return section("The environment", said, *page(environments if all(keys) else links.LAUNCHDARKLY_PROJECTS))


# --- both -------------------------------------------------------------------------------------------------------


def why(state: State) -> Iterator[str]:
    audiences = chosen_audiences(state)
    where = environment_words(state.facts, state.answers)
    become = [f"- {plain(one.name or one.key)}, called “{plain(segment_name(one.key))}”" for one in audiences]
    there = f" ({plain(where)})" if where else ""
    said = (
        f"We want Twilio Segment audiences to appear as segments in LaunchDarkly{there}, so that flags can target them"
    )
    yield section("Why", f"{said}{':' if become else '.'}", *become)


def section(title: str, *lines: str) -> str:
    return "\n".join(["", title.upper(), *lines])


def pages(url: str) -> list[str]:
    """Return an address, and before it the menu path to the page if we know one."""
    return page(links.find(url) or Link("", url))


def page(link: Link, menu: str = "") -> list[str]:
    """Return a page's menu path and address. The address has its own line, so that a chat makes it a link."""
    path = menu or link.menu
    return [path, link.url] if path else [link.url]


def card(parts: Iterable[str]) -> str:
    return "\n".join(parts) + "\n"
