"""The JSON documents of the commands. They are a promise to scripts: fields are only ever added.

See docs/reference.md#json-documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.diagnose import Search
from wizard.domain.diagnosis.question import Question
from wizard.domain.findings import Finding, Status, leaves_the_verdict_open
from wizard.domain.planning.change import Change
from wizard.domain.planning.plan import Plan
from wizard.domain.proof.checkup import CheckupChanges
from wizard.domain.proof.compare import Change as Changed
from wizard.domain.proof.compare import Comparison
from wizard.domain.stage import Stage
from wizard.flow.by_hand.step import HandStep
from wizard.flow.outside.notices import Notice
from wizard.flow.watching.progress import AudienceProgress, Cause, Progress, StageSeen, WatchOutcome
from wizard.flow.writing.result import Result, Trouble

SCHEMA = 1


def moment(at: datetime) -> str:
    """Return a moment as ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def export_document(what: str, text: str, file: Path | None) -> dict[str, Any]:
    """Return the document of `export`. Without a file, `file` is null: only the document has the text."""
    return {"schema": SCHEMA, "export": what, "file": str(file) if file else None, "text": text}


# --- plan and results ---------------------------------------------------------------------------------------------


def plan_document(plan: Plan) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "changes": [_change(change) for change in plan.changes],
        "blocked_by": list(plan.blocked_by),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "action": change.action.value,
        "summary": change.summary,
        "reason": change.reason,
        "host": change.host,
        "before": change.before,
        "after": change.after,
        "undoable": change.undoable,
    }


def results_document(results: Iterable[Result], steps: Iterable[HandStep] = ()) -> dict[str, Any]:
    """Return the document of `apply` and `undo`; each change's result has its steps by hand."""
    by_change: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        by_change.setdefault(step.change_id, []).append(_step(step))
    return {"schema": SCHEMA, "results": [result_item(result) | _left(by_change, result) for result in results]}


def _left(by_change: Mapping[str, list[dict[str, Any]]], result: Result) -> dict[str, Any]:
    return {"steps": by_change[result.id]} if result.id in by_change else {}


def _step(step: HandStep) -> dict[str, Any]:
    """Return a step by hand, without secret values."""
    values = {value.label: value.text for value in step.values if not value.secret}
    return {"title": step.title, "menu": list(step.menu), "link": step.link.url, "values": values, "note": step.note}


def result_item(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "action": result.action.value,
        "status": result.outcome.value,
        "resource_id": result.resource_id or None,
        "error": _error(result.error) if result.error else None,
    }


def _error(trouble: Trouble) -> dict[str, Any]:
    error = {
        "code": trouble.code,
        "summary": trouble.summary,
        "cause": trouble.cause,
        "fix": trouble.fix,
        "request_id": trouble.request_id or None,
    }
    return error | ({"policy": trouble.policy} if trouble.policy else {})


# --- doctor -------------------------------------------------------------------------------------------------------


def doctor_document(
    healthy: bool | None,
    findings: Iterable[Finding],
    fixable: frozenset[int],
    durations_ms: Mapping[str, int],
    changed: CheckupChanges | None = None,
    compared: Comparison | None = None,
) -> dict[str, Any]:
    """Return the document of `doctor`.

    `fixable` holds the positions of the findings that the plan repairs; `durations_ms` is by check.
    """
    checks = [
        {
            "id": finding.id,
            "title": finding.title,
            "status": _status(finding, healthy).value,
            "summary": finding.summary,
            "cause": finding.cause,
            "fix": finding.fix,
            "links": list(finding.links),
            "evidence": dict(finding.evidence),
            "fixable": place in fixable,
            "duration_ms": durations_ms.get(finding.id, 0),
        }
        for place, finding in enumerate(findings)
    ]
    document = {"schema": SCHEMA, "healthy": healthy, "checks": checks}
    since = {"since_last": _since(changed)} if changed else {}
    return document | since | ({"against": _compared(compared)} if compared else {})


def _status(finding: Finding, healthy: bool | None) -> Status:
    """Return the status; UNKNOWN for a check that says nothing yet and so leaves the verdict open."""
    return Status.UNKNOWN if healthy is None and leaves_the_verdict_open(finding) else finding.status


def _compared(compared: Comparison) -> dict[str, Any]:
    return {
        "at": moment(compared.at),
        "same": compared.is_same,
        "same_facts": compared.same_facts,
        "same_checks": compared.same_checks,
        "facts": list(map(_as_it_was, compared.facts)),
        "checks": list(map(_as_it_was, compared.checks)),
        "unknown": list(map(_as_it_was, compared.unknown)),
        "counts": list(map(_as_it_was, compared.counts)),
    }


def _as_it_was(change: Changed) -> dict[str, Any]:
    return {"id": change.id, "label": change.label, "before": change.before, "now": change.now}


def _since(changed: CheckupChanges) -> dict[str, Any]:
    return {
        "at": moment(changed.at) if changed.at else None,
        "new": list(changed.new),
        "gone": list(changed.gone),
        "members": {key: {"before": before, "now": now} for key, (before, now) in changed.members.items()},
        "token_expires_at": moment(changed.token_ends) if changed.token_ends else None,
    }


# --- troubleshoot -------------------------------------------------------------------------------------------------


def question_document(search: Search, question: Question) -> dict[str, Any]:
    """Return the document of a search with a question left."""
    return {
        **_search(search, "question"),
        "question": {
            "id": question.id,
            "text": question.text,
            "why": question.why,
            "answers": [{"value": choice.id, "text": choice.label} for choice in question.choices],
        },
        "remaining": [one.cause.id for one in search.remaining],
    }


def diagnosis_document(search: Search, end: Diagnosis, report: str) -> dict[str, Any]:
    """Return the document of a diagnosis: the cause with its evidence, or that none was found and how to report it."""
    evidence = [{"id": proof.finding.id if proof.finding else end.id, "summary": proof.says} for proof in end.proofs]
    common = {**_search(search, "cause" if end.is_found else "unknown"), "evidence": evidence}
    if not end.is_found:
        return {
            **common,
            "summary": end.says,
            "fix": end.fix,
            "report": report,
            "remaining": [one.cause.id for one in search.remaining],
        }
    cause = {
        "id": end.id,
        "summary": end.proofs[0].says if end.proofs else end.says,
        "cause": end.says,
        "fix": end.fix,
        "then": end.then,
        "links": list(end.links),
        "values": {one.label: one.value for one in end.copies},
        "fixable": bool(end.repair),
        "likely": end.is_likely,
        "trouble": end.is_trouble,
    }
    return {**common, "cause": cause} | ({} if end.is_trouble else {"report": report})


def _search(search: Search, state: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "symptom": search.symptom.id,
        "state": state,
        "said_first": list(search.said_first),
        "excluded": [{"cause": one.cause, "because": one.because} for one in search.excluded],
    }


# --- watch --------------------------------------------------------------------------------------------------------


def stage_document(progress: Progress, audience: AudienceProgress, stage: StageSeen) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "event": "stage",
        "stage": stage.stage.value,
        "state": stage.state.name.lower(),
        "at": moment(progress.at),
        "elapsed_s": round(progress.elapsed_s, 1),
        "detail": stage.detail,
        "audience": audience.key,
        "usual": stage.usual,
        "causes": [_cause(cause) for cause in stage.causes],
        "next": stage.advice,
        "notes": list(audience.notes) if stage.stage is Stage.VISIBLE else [],
        "candidates": [{"key": one.key, "name": one.name} for one in audience.candidates]
        if stage.stage is Stage.VISIBLE
        else [],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    document = {"text": cause.text, "fix": cause.fix, "check": cause.check or None}
    return document | ({"policy": cause.policy} if cause.policy else {})


def waiting_document(notice: Notice, at: datetime) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "event": "waiting",
        "for": notice.waits_for,
        "seconds": round(notice.seconds, 1),
        "at": moment(at),
        "detail": notice.text,
    }


def watched_document(progress: Progress, next_steps: Iterable[str] = ()) -> dict[str, Any]:
    """Return the last document of `watch`: how it ended.

    `test_user` is null when none was named; its `member` is null while that's unknown. `trouble` says why the latest
    poll had no answer; null when it had one.
    """
    outcome = progress.outcome.value if progress.outcome else None
    return {
        "schema": SCHEMA,
        "event": "result",
        "outcome": outcome,
        "at": moment(progress.at),
        "elapsed_s": round(progress.elapsed_s, 1),
        "segments": [_segment(audience) for audience in progress.audiences if audience.segment],
        "test_user": _test_user(progress),
        "next_steps": list(next_steps),
        "trouble": progress.trouble or None,
    }


def interrupted_document(last: Progress) -> dict[str, Any]:
    """Return the last document of a `watch` that was left early, with what was seen until then."""
    return watched_document(last) | {"outcome": WatchOutcome.TIMEOUT.value, "interrupted": True}


def _test_user(progress: Progress) -> dict[str, Any] | None:
    return {"key": progress.test_user, "member": progress.is_test_user_member} if progress.test_user else None


def _segment(audience: AudienceProgress) -> dict[str, Any]:
    segment = audience.segment
    return {
        "audience": audience.key,
        "key": segment.key if segment else "",
        "name": segment.name if segment else "",
        "members": segment.included_count if segment else None,
        "url": audience.url,
        "audience_size": audience.size,
        "about_members": audience.about_the_count,
        "notes": list(audience.notes),
    }
