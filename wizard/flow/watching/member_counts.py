"""Members over time in one line, and one sentence that compares LaunchDarkly's count with the audience's size.

A difference is explained. It's never a failure.

See docs/launchdarkly.md#one-segment, docs/segment.md#missing-identifiers and docs/segment.md#historical-data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.domain.answers import ContextKey
from wizard.domain.services.mapping import LABELS, uncovered_identifiers
from wizard.domain.services.segment import NEARLY_ALL, Audience, AudienceKind
from wizard.text import count


@dataclass(frozen=True, slots=True)
class Counted:
    """A count and what explains it. `members` is None before LaunchDarkly has counted; `rests` if it didn't change."""

    members: int | None
    audience: Audience | None
    context_key: ContextKey | None
    rests: bool = True
    lacks_earlier: bool = False  # members were refused or not sent before a repair, or lost with the segment
    lacks_identifiers: bool = False  # a check saw that members are left out
    was_made_again: bool = False  # someone deleted the segment, and it was created again
    was_taken: bool = False  # LaunchDarkly accepted most of what was sent
    has_old_keys: bool = False  # the wizard changed the mapping's context key or kind since the segment came
    is_off: bool = False  # the audience's connection is switched off

    @property
    def size(self) -> int | None:
        return self.audience.size if self.audience else None


def about_the_count(seen: Counted) -> str:
    """Return the sentence about the count; empty if we don't know the audience's size."""
    if seen.members is None:
        return "LaunchDarkly has no count yet, which is normal for a new segment."
    if seen.size is None:
        return ""
    if seen.members == seen.size:
        return "As many as the audience has."
    if seen.is_off:
        return f"{members_of(seen.members, seen.size)}: while the connection is off, nobody is added or removed."
    return _fewer(seen) if seen.members < seen.size else _more(seen)


def members_of(members: int, size: int | None) -> str:
    """Return "1,234 of 1,240 members", or how many more members there are than the audience has."""
    if size is None:
        return count(members, "member")
    if members > size:
        return f"{count(members, 'member')}, {members - size:,} more than the audience"
    return f"{members:,} of {count(size, 'member')}"


def _more(seen: Counted) -> str:
    if said := _accounts(seen):
        return said
    return f"More than the audience's {seen.size:,}: {_why_more(seen)}"


_LEFT = "members who left are still in the segment"
FINDS_THE_CAUSE = "audience-wizard troubleshoot more-members"
_IF_IT_STAYS = f"If the count doesn't fall within minutes, {FINDS_THE_CAUSE} finds the cause."


def _why_more(seen: Counted) -> str:
    if seen.has_old_keys:
        return "members from before the mapping changed stay under their old keys."
    match seen.context_key:
        case ContextKey.USER_ID_ONLY:
            return f"{_LEFT}. {_IF_IT_STAYS}"
        case ContextKey.EMAIL_ONLY:
            return f"a profile with several email addresses becomes several contexts, or {_LEFT}. {_IF_IT_STAYS}"
        case _:
            return f"a profile with several identifiers can become several contexts, or {_LEFT}. {_IF_IT_STAYS}"


def _fewer(seen: Counted) -> str:
    explanations = (_none, _earlier, _arriving, _accounts, _no_history, _uncovered, _a_few)
    return next((said for explain in explanations if (said := explain(seen))), _not_known(seen))


def _none(seen: Counted) -> str:
    if seen.members:
        return ""
    if seen.was_taken:
        return f"LaunchDarkly accepted what Segment sent, but counts none of the audience's {seen.size:,} members yet."
    return f"None of the audience's {seen.size:,} members have arrived: LaunchDarkly created an empty segment."


def _earlier(seen: Counted) -> str:
    if not seen.lacks_earlier:
        return ""
    others = (
        "were members before it was deleted" if seen.was_made_again else "were refused or not sent before the repair"
    )
    return f"{seen.members:,} of {seen.size:,}: the others {others}, and Segment doesn't send them again on its own."


def _arriving(seen: Counted) -> str:
    return "" if seen.rests else f"Members are still arriving: {seen.members:,} of {seen.size:,} so far."


def _accounts(seen: Counted) -> str:
    is_account = seen.audience is not None and seen.audience.kind == AudienceKind.ACCOUNTS
    return "Segment counts accounts here, but LaunchDarkly counts the contexts sent for them." if is_account else ""


def _no_history(seen: Counted) -> str:
    if seen.audience is None or seen.audience.history is not False:
        return ""
    return (
        f"{seen.members:,} of {seen.size:,}: the audience doesn't include historical data, so only members who "
        "changed since it was attached are sent."
    )


def _uncovered(seen: Counted) -> str:
    if seen.audience is None or seen.context_key is None or not seen.lacks_identifiers:
        return ""
    names = uncovered_identifiers(seen.context_key, seen.audience.identifiers)
    if not names:
        return ""
    known_by = " or ".join(names)
    return (
        f"{seen.members:,} of {seen.size:,}: “{LABELS[seen.context_key]}” leaves out members who only have {known_by}."
    )


def _a_few(seen: Counted) -> str:
    if seen.members is None or seen.size is None or seen.members < NEARLY_ALL * seen.size:
        return ""
    if seen.members >= 0.98 * seen.size:
        return f"{seen.members:,} of {seen.size:,}: a small difference is normal while profiles change."
    return (
        f"{seen.members:,} of {seen.size:,}: the others may lack the identifier that the context key needs, or "
        "joined recently."
    )


def _not_known(seen: Counted) -> str:
    return f"{seen.members:,} of {seen.size:,}: we can't tell yet why the others are missing."


# --- over time ----------------------------------------------------------------------------------------------------

_BLOCKS = "▁▂▃▄▅▆▇█"
_TOLD = 4  # numbers to show in a line


def numbers(counts: Sequence[int]) -> str:
    """Return "0 → 412 → 1,234": first, last, and evenly spaced counts between. Empty when nothing has changed."""
    if len(counts) < 2:
        return ""
    return " → ".join(f"{counts[place]:,}" for place in _places(len(counts), _TOLD))


def rate(per_minute: Sequence[int]) -> str:
    """Return "0 to 3 a minute", the range of all minutes; empty for less than two minutes."""
    if len(per_minute) < 2:
        return ""
    least, most = min(per_minute), max(per_minute)
    return f"{most:,} a minute" if least == most else f"{least:,} to {most:,} a minute"


def blocks(counts: Sequence[int], cells: int = 12) -> str:
    """Return the counts as a shape of at most `cells` block characters."""
    if len(counts) < 2:
        return ""
    most = max(*counts, 1)
    shown = (counts[place] for place in _places(len(counts), cells))
    return "".join(_BLOCKS[round(value / most * (len(_BLOCKS) - 1))] for value in shown)


def _places(many: int, most: int) -> list[int]:
    """Return at most `most` indexes below `many`, evenly spread, including the first and the last."""
    if many <= most:
        return list(range(many))
    return [round(place * (many - 1) / (most - 1)) for place in range(most)]
