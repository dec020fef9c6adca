"""The words for a rotation and its results, which every interface shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.domain.planning.change import DESTINATION, TOKEN, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.domain.tokens.rotation import Rotation
from wizard.flow.writing.rotation.plan import OLD_TOKEN, PROOF

QUESTION = "Rotate the token"
PASTE_A_MAKER = "Paste an admin's access token. The wizard creates the new token with it and keeps it only in memory."
HOLDS_THE_NEW_ONE = "The destination holds the new token."
HOLDS_THE_OLD_ONE = "The destination still holds the old token."
_MARKS: Mapping[str, str] = {TOKEN: "+", DESTINATION: "~", PROOF: "?", OLD_TOKEN: "-"}
_OTHER_MARKS: Mapping[Action, str] = {Action.NONE: "=", Action.BY_HAND: ">"}


def both_work(rotation: Rotation) -> str:
    """Say that the user needn't wait for the proof, and what the next rotation does if it can continue."""
    later = ": the next rotation continues from here" if rotation.may_delete_the_old else ""
    return f"Both tokens work, so you can leave{later}."


def rotation_lines(plan: Plan) -> Iterator[str]:
    """Yield each step with its mark, and a line with the reason if there is one."""
    for change in plan.changes:
        yield f"{mark(change)} {change.summary}"
        if change.reason:
            yield f"  {change.reason}"


def mark(change: Change) -> str:
    return _MARKS[change.id] if change.id == PROOF else _OTHER_MARKS.get(change.action, _MARKS[change.id])
