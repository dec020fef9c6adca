"""`doctor --since-last`: a setup's state and what has changed, in one line for a log or a mail from cron."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from wizard.domain.proof.checkup import CheckupChanges
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.walk import Walk
from wizard.headless.setup.prepare import place
from wizard.text import count, plain

_VERDICTS = {True: "healthy", False: "not healthy", None: "couldn't tell"}


def since_line(walk: Walk, verdict: bool | None, changed: CheckupChanges) -> str:
    where = place(walk)
    return " ".join(
        [f"{where}: {_VERDICTS[verdict]}." if where else f"{_VERDICTS[verdict].capitalize()}.", *_news(walk, changed)]
    )


def _news(walk: Walk, changed: CheckupChanges) -> Iterator[str]:
    names = {one.key: one.name for one in chosen_audiences(walk.state)}
    if changed.new:
        yield f"{'New' if changed.at else 'Problems'}: {_problems(changed.new, names)}."
    if changed.gone:
        yield f"Gone: {_problems(changed.gone, names)}."
    if changed.members:
        counts = (_members(names.get(key, key), *both) for key, both in changed.members.items())
        yield f"Members: {', '.join(counts)}."
    if changed.at is None and not walk.session.can_note():
        yield "We can't compare with an earlier run, because we can't save runs."
    elif changed.at is None:
        yield "This is the first run, so it has nothing to compare with."
    elif changed.is_nothing:
        yield f"Nothing has changed since {_when(changed.at, walk)}."
    else:
        yield f"Compared with {_when(changed.at, walk)}."
    if changed.token_ends is not None:
        left = (changed.token_ends - walk.ports.clock.now()).days
        yield f"The token expires in {count(left, 'day')}." if left >= 0 else "The token has expired."


def _problems(problems: Iterable[str], names: Mapping[str, str]) -> str:
    """Return the checks' IDs, which scripts and `--only` take, each with the name of its audience."""
    return ", ".join(_with_its_name(*one.partition(" ("), names) for one in problems)


def _with_its_name(check: str, opened: str, audience: str, names: Mapping[str, str]) -> str:
    key = audience.removesuffix(")")
    return f"{check}{opened}{plain(names.get(key, key))})" if opened else check


def _members(audience: str, before: int | None, now: int) -> str:
    return f"{plain(audience)} {now:,}" if before is None else f"{plain(audience)} {before:,} → {now:,}"


def _when(moment: datetime, walk: Walk) -> str:
    return f"{moment.astimezone(walk.ports.timezone):%Y-%m-%d %H:%M}"
