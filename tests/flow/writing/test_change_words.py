"""A change in words: both interfaces say the same, and unreadable values aren't shown."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.findings import Status
from wizard.domain.planning.change import MAPPING, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.flow.words import STATUSES
from wizard.flow.writing.change_words import ACTIONS, OUTCOMES, Value, values
from wizard.flow.writing.result import Outcome, Result
from wizard.headless.plain.changes import plan_lines, result_lines
from wizard.ui.widgets.changes.change_lines import details, entry

EDITED = Change(
    id=MAPPING,
    action=Action.UPDATE,
    title="Mapping Sync",
    summary="Mapping Sync: restore user_email.",
    reason="User_email was edited.",
    host="api.segmentapis.com",
    before={"enabled": False, "settings": {"context_kind": "user", "user_email": {"@path": "$.x"}}},
    after={"enabled": True, "settings": {"context_kind": "device", "user_email": {"@path": "$.y"}}},
    undoable=True,
)


def test_of_an_update_each_value_is_reported_with_what_is_there_now() -> None:
    assert list(values(EDITED)) == [
        Value("enabled", "off", "on", "Status"),
        Value("context_kind", "user", "device", "Context kind"),
        Value("hidden", None, "1 field, set as in Segment's catalog", "Hidden fields"),
    ]


def test_no_face_shows_what_segment_computes_a_field_from() -> None:
    plain_lines = "\n".join(plan_lines(Plan((EDITED,))))
    screen_lines = "\n".join(str(line.text) for line in details(EDITED))
    assert "@path" not in plain_lines + screen_lines
    assert "Hidden fields: 1 field, set as in Segment's catalog" in plain_lines
    assert "1 field, set as in Segment's catalog" in screen_lines


def test_what_is_used_as_it_is_has_no_values() -> None:
    assert not list(values(replace(EDITED, action=Action.ADOPT)))


def test_both_faces_say_how_it_went_in_the_same_sentences() -> None:
    result = Result(MAPPING, Action.UPDATE, Outcome.DONE, "sub_1", "Segment has made it.")
    assert list(result_lines(result, EDITED.title)) == ["Done: Mapping Sync", "  Segment has made it."]
    drawn = entry(EDITED, result)
    assert [f"{line.text}{line.beside}" for line in drawn.shown] == ["Sync · done"]
    assert str(drawn.folded[0].text) == "Segment has made it."


def test_nothing_is_without_a_word() -> None:
    assert (set(ACTIONS), set(OUTCOMES), set(STATUSES)) == (set(Action), set(Outcome), set(Status))
