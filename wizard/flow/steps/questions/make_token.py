"""Where the service token comes from: pasted, or made by the wizard with an admin's token."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks.launchdarkly import launchdarkly_made_token, launchdarkly_permissions
from wizard.domain.credentials import MAKER_TOKEN
from wizard.domain.services import links
from wizard.domain.tokens.made_token import WRITER
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Setting, Value
from wizard.flow.steps.prerequisites import NO, YES, yes_or_no

_POLICY = "policy"
_WHERE = "LaunchDarkly: Organization settings → Authorization → Create token"


def is_pasted(state: State) -> bool:
    """Return whether the user pastes the service token, or has already given it."""
    return not state.answers.make_token or state.secrets.launchdarkly_token is not None


def _is_open(state: State) -> bool:
    return state.answers.make_token is not None or state.secrets.launchdarkly_token is None


def _can_make(state: State) -> bool:
    """Return whether there's an admin's token but no service token, so that the wizard best makes one."""
    return state.secrets.of(MAKER_TOKEN) is not None and state.secrets.launchdarkly_token is None


def _ways(state: State) -> tuple[Choice, ...]:
    makes = _can_make(state)
    return (
        Choice(NO, "Paste one", recommended=not makes, why="Someone has created it in LaunchDarkly for you."),
        Choice(
            YES,
            "Let the wizard create one",
            recommended=makes,
            why="The wizard uses an admin's token, which stays in memory. Nobody sees the new token.",
        ),
    )


def _put_make(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, make_token=value == YES if value else None))


def _roles(_: State) -> tuple[Choice, ...]:
    return (
        Choice(
            _POLICY,
            "The smallest policy",
            recommended=True,
            why="LaunchDarkly refused it. Your plan may not include custom roles.",
        ),
        Choice(WRITER, "The Writer role", why="The token can then change everything that a Writer can."),
    )


def _put_role(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, token_role=WRITER if value == WRITER else ""))


MAKE_TOKEN = Ask(
    id="make_token",
    about=(launchdarkly_made_token.LEFT.id,),
    kind=Kind.CHOICE,
    label="Service token",
    hint="Paste a service token, or let the wizard create one.",
    help=Help(
        "Segment uses a service token. To create one, the wizard needs the token of an admin, or of someone who can "
        "create tokens and write segments. The new token gets the smallest policy that the sync needs.",
        _WHERE,
        links.LAUNCHDARKLY_TOKENS.url,
    ),
    get=lambda state: yes_or_no(state.answers.make_token),
    put=_put_make,
    choices=_ways,
    suggest=lambda state: YES if _can_make(state) else NO,
    applies=_is_open,
    settings=(
        Setting(
            "launchdarkly.make_token", "make_token", lambda state: state.answers.make_token or None, bool, optional=True
        ),
    ),
)
MAKER = Ask(
    id="launchdarkly_admin_token",
    about=(launchdarkly_permissions.PERMISSIONS.id,),
    kind=Kind.SECRET,
    label="Admin's token",
    hint="Paste an admin's access token. The wizard keeps it in memory and creates the service token with it.",
    help=Help(
        "A token can't create a token with more rights than its own. So paste the token of an admin, or of someone "
        "who can create tokens and write segments. The wizard never stores it.",
        _WHERE,
        links.LAUNCHDARKLY_TOKENS.url,
    ),
    get=lambda state: state.ending(MAKER_TOKEN),
    variable=MAKER_TOKEN.variable,
    secret=MAKER_TOKEN,
    applies=lambda state: not is_pasted(state) or state.reads_as_maker,
)
TOKEN_ROLE = Ask(
    id="token_role",
    kind=Kind.CHOICE,
    label="New token rights",
    hint="LaunchDarkly refused a token with its own policy. Should the new token get the Writer role?",
    help=Help(
        "A token with its own policy needs a LaunchDarkly plan with custom roles. The Writer role works on every "
        "plan, but allows more than the sync needs.",
        _WHERE,
        links.ROLE_POLICIES_DOCS.url,
    ),
    get=lambda state: state.answers.token_role,
    put=_put_role,
    choices=_roles,
    optional=True,
    applies=lambda state: not is_pasted(state) and (state.is_policy_refused or bool(state.answers.token_role)),
    settings=(
        Setting(
            "launchdarkly.token_role",
            "token_role",
            lambda state: state.answers.token_role or None,
            valid=(WRITER,),
            optional=True,
        ),
    ),
)
