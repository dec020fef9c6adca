"""The columns of a list: each is aligned over all rows, and the most important texts are cut last."""

from __future__ import annotations

from wizard.flow.steps.ask import Choice
from wizard.ui.widgets.lists.columns import Columns, with_distinct_labels

AUDIENCES = (
    Choice("a", "VIP customers", details=("1,234 members", "Live", "real-time", "vip_customers")),
    Choice("b", "Beta", details=("7 members", "disabled", "batch", "beta")),
)


def drawn(choices: tuple[Choice, ...], room: int) -> list[str]:
    columns = Columns(choices)
    return ["".join(columns.of(choice, room)).rstrip() for choice in choices]


def test_the_least_telling_columns_go_first_and_nothing_else_is_cut() -> None:
    assert drawn(AUDIENCES, 80) == [
        "VIP customers  1,234 members  Live      real-time  vip_customers",
        "Beta               7 members  disabled  batch      beta",
    ]
    assert drawn(AUDIENCES, 60) == [
        "VIP customers  1,234 members  Live      real-time",
        "Beta               7 members  disabled  batch",
    ]
    assert drawn(AUDIENCES, 40) == ["VIP customers  1,234 members  Live", "Beta               7 members  disabled"]


def test_columns_stay_in_place_whichever_rows_are_left() -> None:
    columns = Columns(AUDIENCES)
    assert "".join(columns.of(AUDIENCES[1], 80)).index("disabled") == 30


def test_one_long_name_costs_nobody_a_column() -> None:
    many = (
        *(Choice(str(i), f"Audience {i}", details=("12 members", "Live")) for i in range(20)),
        Choice("x", "y" * 90),
    )
    assert drawn(many, 50)[0].endswith("12 members  Live")
    assert drawn(many, 50)[-1].endswith("y…")


def test_a_room_that_is_too_small_for_all_is_never_left() -> None:
    assert all(len(line) <= room for room in range(4, 80) for line in drawn(AUDIENCES, room))


def test_the_word_recommended_gives_way_to_what_tells_the_choices_apart() -> None:
    kinds = (Choice("u", "user", details=("seen today",), recommended=True), Choice("d", "device", details=("never",)))
    assert drawn(kinds, 60)[0] == "user    seen today  recommended"
    assert drawn(kinds, 20)[0] == "user    seen today"


def test_without_a_column_of_its_own_the_word_recommended_stands_behind_a_short_row() -> None:
    keys = (Choice("u", "Use UserId only", recommended=True), Choice("a", "Use UserId or email or AnonymousId"))
    assert drawn(keys, 60)[0] == f"{'Use UserId only':36}recommended"
    assert drawn(keys, 40)[0] == "Use UserId only  recommended"
    assert drawn(keys, 27)[0] == "Use UserId only"


def test_rows_that_read_the_same_get_the_beginning_of_their_id() -> None:
    ids = "01fbb43ec5a2", "ac4d207d634f"
    twins = tuple(Choice(each, "LaunchDarkly - shop", details=("this environment",)) for each in ids)
    one, other, alone = with_distinct_labels((*twins, Choice("new", "Make a new one")))
    assert (one.details, other.details) == (("01fbb43e…", "this environment"), ("ac4d207d…", "this environment"))
    assert alone.details == ("",)
    assert with_distinct_labels(AUDIENCES) is AUDIENCES


def test_numbers_end_in_one_place_and_other_details_begin_in_one() -> None:
    groups = (*AUDIENCES, Choice("c", "Firms", details=("35 accounts", "Live")))
    assert drawn(groups, 40) == [
        "VIP customers  1,234 members  Live",
        "Beta               7 members  disabled",
        "Firms            35 accounts  Live",
    ]
    ids = (Choice("a", "One", details=("12ab",)), Choice("b", "Two", details=("3",)))
    assert drawn(ids, 40) == ["One  12ab", "Two  3"]
