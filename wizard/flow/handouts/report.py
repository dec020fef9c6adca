"""The support report: what both vendors' support teams ask for, in one Markdown file without secrets.

text = report(walk, versions())
save(path, text, secrets_of(walk))
"""

from __future__ import annotations

import contextlib
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from errno import EISDIR
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from wizard import __version__
from wizard.domain.credentials import Shape, read_paste
from wizard.domain.findings import Finding, Status, root_causes_first
from wizard.domain.sent_request import SentRequest
from wizard.domain.tokens.scrub import leaks, scrub
from wizard.flow.profile.journal import Entry
from wizard.flow.profile.private_file import write_whole
from wizard.flow.walk import Walk
from wizard.flow.words import STATUSES
from wizard.text import plain

_PARTS = ("textual", "httpx", "pydantic", "keyring")
_LONGEST = 2_000


class HoldsASecret(Exception):
    """A text in which a secret was found, so it wasn't saved. The message names the kinds of secrets."""


NOT_SAVED = (HoldsASecret, OSError, RuntimeError, ValueError)  # the last two: no home folder, an impossible path


def why_not_saved(place: str, error: Exception) -> str:
    """Return why nothing was saved, without the error number and temporary file name that an OSError shows."""
    return f"{place}: {error.strerror}." if isinstance(error, OSError) and error.strerror else str(error)


def versions() -> dict[str, str]:
    """Return the versions of the wizard, Python, the main libraries and the system."""
    found = {"audience-wizard": __version__, "Python": platform.python_version()}
    for part in _PARTS:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[part] = metadata.version(part)
    return found | {"system": f"{platform.system()} {platform.release()} {platform.machine()} ({sys.platform})"}


def secrets_of(walk: Walk) -> tuple[str, ...]:
    """Return the tokens that the user gave. A client-side ID in a token's field isn't a secret."""
    secrets = walk.state.secrets
    given = (secrets.launchdarkly_token, secrets.segment_token, secrets.maker_token)
    values = (secret.get_secret_value() for secret in given if secret is not None)
    return tuple(value for value in values if read_paste(value).shape is not Shape.CLIENT_SIDE_ID)


def report(
    walk: Walk,
    versions: Mapping[str, str],
    findings: tuple[Finding, ...] | None = None,
) -> str:
    """Return the report. `findings` are those that were shown; by default, the walk's own."""
    findings = walk.findings if findings is None else findings
    parts = (
        _head(walk),
        _section("Versions", (f"- {name}: {unmarked(value)}" for name, value in versions.items())),
        _section("Settings, by name", _settings(walk)),
        _section("What is wrong", _findings(findings)),
        _section("Passed", (f"- `{one.id}`" for one in findings if one.status is Status.PASS)),
        _section("Not checked", _skipped(findings)),
        _section("Timeline", _timeline(walk)),
        _section("Requests", _requests(walk.ports.requests.all)),
    )
    return scrub("\n".join(parts), secrets_of(walk))


# --- parts --------------------------------------------------------------------------------------------------------


def _head(walk: Walk) -> str:
    state = walk.state
    where = f"the sandbox, scenario {state.sandbox}" if state.sandbox else "the real services"
    hosts = (state.facts.launchdarkly_host, state.facts.client_side_host, state.facts.segment_host)
    return (
        f"# Audience Wizard: support report{' of the sandbox' if state.sandbox else ''}\n\n"
        f"Made at {walk.ports.clock.now():%Y-%m-%d %H:%M:%S} UTC on {where}. Hosts: {', '.join(hosts)}.\n"
        "Tokens and keys are left out; client-side IDs are no secret.\n"
    )


def _section(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"## {title}\n\n{body or 'Nothing.'}\n"


def _settings(walk: Walk) -> Iterator[str]:
    """Yield which questions are answered and where secrets came from, without any values."""
    answers = walk.state.answers
    given = [name for name in answers.__slots__ if getattr(answers, name) not in (None, "", ())]
    yield f"- answered: {', '.join(given) or 'nothing'}"
    yield from (f"- {slot}: {unmarked(where) or 'given by hand'}" for slot, where in walk.where.items())


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in root_causes_first(findings):
        if finding.status in {Status.PASS, Status.SKIPPED}:
            continue
        yield f"### {STATUSES[finding.status].capitalize()}: `{finding.id}`\n"
        yield f"{unmarked(finding.summary)}\n"
        parts = (("Cause", finding.cause), ("Fix", finding.fix))
        yield from (f"{label}: {unmarked(text)}\n" for label, text in parts if text)
        yield from (f"- <{url}>" for url in finding.links)
        yield "\n" + _code(json.dumps(dict(finding.evidence), indent=2, default=str, ensure_ascii=False))


def _skipped(findings: Iterable[Finding]) -> Iterator[str]:
    skipped = (finding for finding in findings if finding.status is Status.SKIPPED)
    return (f"- `{finding.id}` {unmarked(finding.summary)}" for finding in skipped)


def _timeline(walk: Walk) -> Iterator[str]:
    yield from (_written(entry) for entry in walk.session.saved.journal)
    applied = walk.session.saved.applied_at
    if applied:
        yield f"- {applied:%Y-%m-%d %H:%M:%S} attaching began"


def _written(entry: Entry) -> str:
    within = ", ".join(f"{name} {unmarked(value)}" for name, value in entry.within.items())
    made = f" `{unmarked(entry.resource_id)}`" if entry.resource_id else ""
    return f"- {entry.at:%Y-%m-%d %H:%M:%S} {entry.stage} {entry.kind} {unmarked(entry.change_id)}{made} in {within}"


def _requests(requests: Iterable[SentRequest]) -> Iterator[str]:
    """Yield the requests without their query strings, which may contain a name that someone typed."""
    for one in requests:
        at = f"{one.at:%H:%M:%S.%f}"[:-3] if one.at else ""
        where = urlsplit(one.url)
        outcome = one.status if one.status is not None else one.failure
        request = f" request ID {unmarked(one.request_id)}" if one.request_id else ""
        attempt = f" attempt {one.attempt}" if one.attempt > 1 else ""
        line = f"{at} {one.method} {where.netloc}{where.path} {outcome} {one.seconds * 1000:.0f} ms{attempt}{request}"
        yield _code(line)


def unmarked(text: str) -> str:
    """Return a text that others wrote, with Markdown escaped."""
    cleaned = plain(text, _LONGEST)
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#" else character for character in cleaned)


def _code(text: str) -> str:
    """Return the text as an indented code block, which nothing in the text can end."""
    return "\n".join(f"    {line}" for line in text.splitlines())


# --- writing ------------------------------------------------------------------------------------------------------


def save(path: Path, text: str, secrets: Iterable[str]) -> None:
    """Write a text to a file that only its owner can read, and only if the text holds no secret.

    Raises HoldsASecret, and OSError when it can't be written.
    """
    refuse_what_is_no_file(path)
    refuse_secrets(text, secrets)
    write_whole(path, text.encode())


def refuse_secrets(text: str, secrets: Iterable[str]) -> None:
    """Raise HoldsASecret if the text holds one."""
    if found := leaks(text, secrets):
        raise HoldsASecret(f"The report wasn't kept, because it held {', '.join(found)}.")


def refuse_what_is_no_file(path: Path) -> None:
    """Raise IsADirectoryError, which says why, if a folder or a device has this name."""
    if path.exists() and not path.is_file():
        raise IsADirectoryError(EISDIR, "it's a folder" if path.is_dir() else "it isn't a regular file")


def save_at(place: str, text: str, walk: Walk) -> Path:
    """Save a text at a path that the user typed; return the path.

    Raises what `save` does, and RuntimeError or ValueError for a place that can't exist.
    """
    path = Path(place).expanduser()
    save(path, text, secrets_of(walk))
    return path
