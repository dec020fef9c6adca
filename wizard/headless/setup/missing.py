"""Every answer that a command still needs, each with its key in setup.toml, its variable and where to get it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.domain.commands import of_this_run
from wizard.domain.credentials import (
    CLIENT_SIDE_ID,
    CREDENTIALS,
    LAUNCHDARKLY_TOKEN,
    MAKER_TOKEN,
    SEGMENT_TOKEN,
    read_paste,
)
from wizard.domain.findings import Status
from wizard.domain.wanted import chosen_destination
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.headless.setup.setup_file import SetupFile

# An environment can be named in two ways; the question's own setting is only one of them.
_ENVIRONMENT = "launchdarkly.project and launchdarkly.environment (or launchdarkly.client_side_id)"
_OR_VARIABLE = f", or the variable {CLIENT_SIDE_ID.variable}"


def missing_in_file(setup: SetupFile) -> Iterator[str]:
    """Yield what every setup needs and the file, or one of its targets, doesn't hold. The space can be the only one."""
    for each in setup.targets or (setup,):
        answers = each.answers
        missing = f"Missing{f' in {each.name}' if each.name else ''}:"
        if not (answers.client_side_id or (answers.project and answers.environment)):
            yield f"{missing} {_ENVIRONMENT}{_OR_VARIABLE}."
        if not answers.audiences:
            yield f"{missing} audiences.include."


def missing_asks(walk: Walk) -> tuple[Ask, ...]:
    """Return the questions that have no answer and no suggestion, and that a file or a variable can answer."""
    asks = (ask for step in walk.steps for ask in walk.missing(step) if not ask.suggest(walk.state))
    return tuple(ask for ask in asks if (ask.setting or ask.variable) and _is_needed(ask, walk))


def _is_needed(ask: Ask, walk: Walk) -> bool:
    """Return whether a command needs this answer.

    An environment can also be named by its keys. The Engage source matters only when a destination is created.
    """
    facts, answers = walk.state.facts, walk.state.answers
    if ask.id == "environment":
        return not (answers.project and answers.environment)
    return ask.id != "engage_source" or chosen_destination(facts, answers, walk.made_by_us) is None


def _can_be_given(ask: Ask, walk: Walk) -> bool:
    """Return whether the user can answer now. If not, a failed check says why there's nothing to choose from."""
    is_explained = any(finding.status is Status.FAIL for finding in walk.findings)
    return not (is_explained and ask.waits_for(walk.state))


def missing_in_short(missing: tuple[Ask, ...], walk: Walk, file: str) -> Iterator[str]:
    """Yield the lines for a command that continues without the answers; if nothing is set up, say only that."""
    missing = tuple(ask for ask in missing if _can_be_given(ask, walk))
    if not missing:
        return
    no_token = {LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN} <= {ask.secret for ask in missing}
    if file or walk.session.saved.is_begun or not no_token:
        yield from missing_lines(missing, walk, file)
    else:
        yield f"Nothing is set up in {_profile(walk)}, so the wizard can't read either service."
        yield f"To set it up: audience-wizard{walk.ports.options}. To use a file: -c setup.toml"
        yield from _other_profiles(walk)


def missing_lines(missing: tuple[Ask, ...], walk: Walk, file: str) -> Iterator[str]:
    """Yield lines about given tokens that are too short to be whole, then lines that name the missing answers."""
    given = tuple(ask for ask in missing if _is_given(ask, walk))
    missing = tuple(ask for ask in missing if ask not in given)
    for ask in given:
        yield from _not_a_token(ask, walk)
    if not missing:
        return
    yield f"{'One answer is' if len(missing) == 1 else f'{len(missing)} answers are'} missing:"
    for ask in missing:
        yield f"  {ask.label}: {' or '.join(ways_to_give(ask, walk, file))}"
        yield f"  {_where(ask)}"
    if walk.vault_trouble and any(ask.secret for ask in missing):
        yield f"The keyring wasn't used: {walk.vault_trouble}"
    if not file and not walk.session.saved.is_begun:
        yield f"No answers are saved in {_profile(walk)}. Name a file with -c setup.toml."
        yield from _other_profiles(walk)


def _is_given(ask: Ask, walk: Walk) -> bool:
    """Return whether a value was given for this missing token, but is too short to count as an answer."""
    return walk.state.secrets.of(ask.secret) is not None


def _not_a_token(ask: Ask, walk: Walk) -> Iterator[str]:
    """Yield which value isn't a token and why, but never the value itself."""
    token, secret = ask.secret, walk.state.secrets.of(ask.secret)
    if token is None or secret is None:
        return
    origin = walk.where.get(token.slot, "")
    whose = f"The variable {origin}" if origin in token.variables else f"The {token.label}"
    mistake = token.mistake(read_paste(secret.get_secret_value()))
    yield f"{whose}: {mistake or 'This value is too short for a whole token.'}"
    if not mistake:
        yield _where(ask)


def _where(ask: Ask) -> str:
    return f"  Where: {ask.help.where}{f' ({ask.help.link})' if ask.help.link else ''}"


def _profile(walk: Walk) -> str:
    name = walk.session.profile_name
    return f"the profile {name}" if name else "this profile"


def _other_profiles(walk: Walk) -> Iterator[str]:
    """Yield a line with the other profiles that have answers: the user may have meant one of them."""
    others = [name for name in walk.session.saved_profiles if name != walk.session.profile_name]
    if others:
        yield f"Profiles with saved answers: {', '.join(others)}"


def ways_to_give(ask: Ask, walk: Walk, file: str = "") -> Iterator[str]:
    """Yield each way to give an answer without being asked, as a phrase to join with "or"."""
    if ask.setting:
        key = _ENVIRONMENT if ask.id == "environment" else ask.setting
        yield f"{key} in {file or 'setup.toml'}{_may_be_left_out(ask, walk)}"
    if ask.variable:
        yield f"the variable {ask.variable}"
    if ask.secret in CREDENTIALS and walk.state.facts.vault is not None and walk.state.facts.vault.usable:
        yield of_this_run(f"audience-wizard secrets set {ask.secret.name}", walk.ports.options)
    if ask.secret is LAUNCHDARKLY_TOKEN and file:
        yield f"launchdarkly.make_token in {file} with the variable {MAKER_TOKEN.variable}"


def _may_be_left_out(ask: Ask, walk: Walk) -> str:
    unread = ask.takes_the_only and bool(ask.waits_for(walk.state))
    return " (optional if only one exists)" if unread else ""
