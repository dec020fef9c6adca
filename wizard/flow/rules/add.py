"""Add a reviewed rule to a flag, only once: read the flag before and after, and enter both in the journal."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.flag_rule import RuleDraft, as_request, find_existing_rule
from wizard.domain.planning.change import Action
from wizard.domain.services.flag import FlagDetails, FlagRule
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.profile.session import Session
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.state import State
from wizard.flow.writing.changes.write_once import Writer, Written
from wizard.flow.writing.result import Outcome, Result, Trouble, trouble_of

CHANGE_ID = "rule"
_MOVED = Trouble(
    "moved",
    "The flag was changed since you looked at it.",
    "Someone else is working on it.",
    "Look at the rule again before you add it.",
)
_APPROVAL = Trouble(
    "approval_required",
    "LaunchDarkly requires an approval before this flag changes (405).",
    "The environment requires approvals for flag changes.",
    "In LaunchDarkly, open the flag's Targeting tab, add the rule there and request an approval.",
)
_NOT_SHOWN = Trouble(
    "not_seen",
    "LaunchDarkly accepted the rule but doesn't show it.",
    "LaunchDarkly may show the rule later.",
    "In LaunchDarkly, look at the flag's Targeting tab before you add the rule again.",
)


async def add_rule(ports: Ports, state: State, draft: RuleDraft, session: Session) -> Result:
    """Add exactly the rule that was reviewed, unless someone has changed the flag's targeting since."""
    client = launchdarkly_of(ports, state)
    now = await client.flag(draft.project, draft.environment.key, draft.flag.key)
    if isinstance(now, Failure):
        return not_added(trouble_of(now))
    if find_existing_rule(now, draft.keys) is None and _targeting(now) != _targeting(draft.flag):
        return not_added(_MOVED)
    writer = Writer(session, ports.clock, session.saved.journal)
    return _result(await _written(writer, _write(draft), client, draft))


def _write(draft: RuleDraft) -> Write:
    within = {
        "project": draft.project,
        "environment": draft.environment.key,
        "client_side_id": draft.environment.client_side_id,
        "flag": draft.flag.key,
        "segments": ", ".join(one.name for one in draft.segments),
    }
    after = {"segments": sorted(draft.keys), "variation": draft.place, "clauses": 1}
    return Write(Resource.RULE, CHANGE_ID, within, after=after)


def _targeting(flag: FlagDetails) -> FlagDetails:
    return replace(flag, name="", on=None)


async def _written(writer: Writer, write: Write, client: LaunchDarkly, draft: RuleDraft) -> Written[FlagRule]:
    async def look() -> FlagRule | Failure | None:
        flag = await client.flag(draft.project, draft.environment.key, draft.flag.key)
        return flag if isinstance(flag, Failure) else find_existing_rule(flag, draft.keys)

    accepted = False

    async def make() -> FlagRule | Failure:
        nonlocal accepted
        if accepted:  # a second request would add a second rule
            return await look() or _not_shown(draft)
        flag = await client.change_rules(draft.project, draft.flag.key, as_request(draft))
        if isinstance(flag, Failure):
            return flag
        accepted = True
        return find_existing_rule(flag, draft.keys) or await look() or _not_shown(draft)

    return await writer.write_once(write, look, make)


def _not_shown(draft: RuleDraft) -> Failure:
    """Return the failure of a rule that LaunchDarkly accepted but doesn't show."""
    where = f"/api/v2/flags/{draft.project}/{draft.flag.key}"
    code = _NOT_SHOWN.code
    return Failure(Service.LAUNCHDARKLY, FailureKind.INVALID, "", "PATCH", where, code=code, outcome_unknown=True)


def _result(made: Written[FlagRule]) -> Result:
    if made.seen is None or (isinstance(made.seen, Failure) and made.seen.code == _NOT_SHOWN.code):
        return not_added(_NOT_SHOWN)
    if isinstance(made.seen, Failure):
        return not_added(_APPROVAL if made.seen.status == 405 else trouble_of(made.seen))
    if made.was_there:
        return already_there(made.seen)
    return Result(CHANGE_ID, Action.CREATE, Outcome.DONE, made.seen.id, "The flag has the rule.")


def already_there(rule: FlagRule) -> Result:
    return Result(CHANGE_ID, Action.CREATE, Outcome.ALREADY, rule.id, "The flag has the rule already.")


def not_added(trouble: Trouble) -> Result:
    """Return the result of a rule that wasn't added, and why."""
    return Result(CHANGE_ID, Action.CREATE, Outcome.FAILED, "", trouble.summary, trouble)
