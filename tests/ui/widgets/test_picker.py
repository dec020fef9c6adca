"""The list with a filter: ten thousand rows, one or many choices."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.keys import _character_to_key

from tests.ui.plain import text_on
from wizard.flow.steps.ask import Choice
from wizard.ui.widgets.lists.picker import Picker

MANY = tuple(Choice(f"aud_{i}", f"Audience {i}", details=(f"key_{i} [/b]",), search=f"id{i}") for i in range(10_000))


def _only_x1(text: str) -> Choice | None:
    return Choice(text, f"Use {text}") if text == "x1" else None


class PickerApp(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("pageup", "page(-1)"), ("pagedown", "page(1)")]

    def __init__(self, *, many: bool, listed: tuple[Choice, ...] = MANY, without: str = "") -> None:
        super().__init__()
        self.listed = listed
        self.pages: list[int] = []
        self.picker = Picker(many=many, filtered=True, unlisted=_only_x1, without=without)
        self.taken: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.picker

    def on_mount(self) -> None:
        self.picker.rows.styles.max_height = 9
        self.picker.offer(self.listed)
        self.picker.take_focus()

    def action_page(self, by: int) -> None:
        self.pages.append(by)

    def on_picker_submitted(self, event: Picker.Submitted) -> None:
        self.taken.append(event.values)


async def test_typing_narrows_by_every_word_in_label_detail_and_id() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press(*"audience 99")
        await pilot.pause()
        assert "199 of 10,000" not in text_on(app)
        app.picker.filter.value = "key_4321 id4321"
        await pilot.pause()
        assert "1 of 10,000" in text_on(app)
        await pilot.press("enter")
        await pilot.pause()
    assert app.taken == [("aud_4321",)]


async def test_what_was_typed_can_be_taken_though_it_is_not_listed() -> None:
    app = PickerApp(many=False, listed=())
    async with app.run_test() as pilot:
        await pilot.press("x", "1")
        await pilot.pause()
        drawn = text_on(app)
        assert "▸ ○ Use x1" in drawn
        assert "not in the list" in drawn
        await pilot.press("enter")
        await pilot.pause()
    assert app.taken == [("x1",)]


async def test_end_home_and_pages_move_the_highlight() -> None:
    app = PickerApp(many=True)
    async with app.run_test() as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert "▸ □ Audience 9999" in text_on(app)
        await pilot.press("home", "pagedown")
        assert app.picker.rows.at == 8
        await pilot.press("up")
        assert app.picker.rows.at == 7


async def test_marks_stay_while_the_filter_hides_them_and_keep_their_order() -> None:
    app = PickerApp(many=True)
    async with app.run_test() as pilot:
        await pilot.press("down", "down", "space", "home", "space")
        await pilot.press(*"777")
        await pilot.pause()
        assert "2 selected" in text_on(app)
        await pilot.press("space", "enter")
        await pilot.pause()
    assert app.taken == [("aud_0", "aud_2", "aud_777")]


async def test_the_list_is_narrowed_with_the_letter_and_not_by_a_message_after_it() -> None:
    app = PickerApp(many=True)
    async with app.run_test():
        app.picker.filter.value = "key_4321"
        highlighted = app.picker.rows.highlighted
        assert highlighted is not None
        assert highlighted.value == "aud_4321"


async def test_space_selects_what_the_filter_found_and_what_is_typed_next_finds_the_next_one() -> None:
    app = PickerApp(many=True)
    async with app.run_test() as pilot:
        await pilot.press("7")
        for key in (*"77", "space", *"4321", "space", *"12", "down", "space"):  # faster than the screen is drawn
            app.post_message(events.Key(key, {"space": " ", "down": None}.get(key, key)))
        await pilot.pause()
        assert "3 selected" in text_on(app)
        await pilot.press("enter")
        await pilot.pause()
    assert app.taken == [("aud_112", "aud_777", "aud_4321")]


@pytest.mark.parametrize("from_filter", [False, True])
async def test_space_selects_only_a_choice_that_is_highlighted(from_filter: bool) -> None:
    app = PickerApp(many=True, without="skip it")
    async with app.run_test() as pilot:
        if from_filter:
            app.picker.filter.focus()
        assert (app.picker.enter_does, app.picker.can_select) == ("skip it", False)
        await pilot.press("space")
        assert (app.picker.rows.highlighted, app.picker.rows.marked) == (MANY[0], frozenset())
        assert app.picker.can_select
        await pilot.press("space", "enter")
        await pilot.pause()
        assert app.taken == [(MANY[0].value,)]


async def test_from_the_list_too_typing_after_a_selection_begins_again() -> None:
    app = PickerApp(many=True)
    async with app.run_test() as pilot:
        await pilot.press(*"77", "down", "space", *"99", "left", "right")
        assert app.picker.filter.value == "99"
        assert app.picker.rows.marked == {"aud_177"}


async def test_where_one_is_chosen_space_is_a_blank_of_the_filter() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press(*"audience", "space", *"77", "left", "space")
        assert app.picker.filter.value == "audience 7 7"
        assert app.taken == []


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("from_filter", [False, True])
async def test_in_a_list_that_fits_page_keys_are_the_page_s(many: bool, from_filter: bool) -> None:
    app = PickerApp(many=many, listed=MANY[:5])
    async with app.run_test() as pilot:
        await pilot.press(*"1" if from_filter else "down")
        before = app.focused, app.picker.rows.at
        await pilot.press("pagedown", "pageup", "pagedown")
        assert app.pages == [1, -1, 1]
        assert (app.focused, app.picker.rows.at) == before
        await pilot.press("home", "end", "home", "pageup", "end")
    assert app.taken == []


async def test_only_rows_that_are_seen_are_drawn() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert len(list(app.picker.rows.children)) == 0
        assert app.picker.rows.virtual_size.height == 10_000
        assert app.picker.rows.size.height == 9


@pytest.mark.parametrize("token", ["api-01234567-89ab-cdef-0123-456789abcdef", "sgp_abcdefghijklmnopqrstuvwxyz"])
async def test_a_token_in_the_filter_is_taken_out_and_said(token: str) -> None:
    app = PickerApp(many=False, listed=MANY[:3])
    async with app.run_test() as pilot:
        app.picker.filter.post_message(events.Paste(token))
        await pilot.pause()
        assert app.picker.filter.value == ""
        (said,) = app._notifications
        assert "Tokens belong in the hidden fields only." in said.message


async def test_an_answer_may_be_marked_before_there_is_a_choice() -> None:
    app = PickerApp(many=True)
    async with app.run_test():
        early = Picker(many=True, filtered=False, unlisted=lambda _: None)
        await app.mount(early)
        early.mark(frozenset({"aud_1"}))
        assert early.chosen == ("aud_1",)


async def test_home_and_end_go_to_the_ends_of_the_list_while_nothing_is_typed() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press("end")
        assert app.picker.rows.at == len(MANY) - 1
        await pilot.press("1", "end", "2", "home", "a")
        assert app.picker.filter.value == "a12", "in a text they move the cursor"
        app.picker.filter.value = ""
        await pilot.press("end", "home")
        assert app.picker.rows.at == 0


async def test_the_key_bar_says_what_is_taken_when_another_row_is_highlighted() -> None:
    app = PickerApp(many=True, listed=(Choice("a", "New sign-ups", why="of a"), Choice("b", "Trial users", why="of b")))
    async with app.run_test() as pilot:
        assert app.picker.enter_does == "choose New sign-ups"
        await pilot.press("space", "down")
        assert app.picker.enter_does == app.picker.enter_verb == "choose 1 selected"
        assert app.picker.why == "of b", "the line below the list is about the lit row"
        await pilot.press("space")
        assert app.picker.enter_does == "choose 2 selected"
        assert app.picker.why == "of b"
        await pilot.press("up", "space", "enter")
        await pilot.pause()
    assert app.taken == [("b",)]


async def test_what_a_search_found_is_taken_beside_what_is_selected() -> None:
    app = PickerApp(many=True, listed=(Choice("a", "New sign-ups"), Choice("b", "Trial users"), Choice("c", "Lapsed")))
    async with app.run_test() as pilot:
        await pilot.press("space", *"trial")
        assert (app.picker.enter_does, app.picker.enter_verb) == ("choose 1 selected and Trial users", "choose 2")
        await pilot.press("enter", "space", "space")
        assert app.picker.enter_does == "choose 1 selected", "it was selected and taken back"
        await pilot.press("enter", *"new")
        assert app.picker.enter_does == "choose 1 selected"
        await pilot.press("enter")
        await pilot.pause()
    assert app.taken == [("a", "b"), ("a",), ("a",)]


async def test_a_name_with_a_blank_that_is_typed_in_one_go_is_searched_and_selects_nothing() -> None:
    names = ("Trial users", "Trial ending soon", "First purchase", "New sign-ups")
    app = PickerApp(many=True, listed=tuple(Choice(name, name) for name in names))
    async with app.run_test() as pilot:
        await pilot.press(*"trial end")
        assert (app.picker.filter.value, set(app.picker.rows.marked)) == ("trial end", set())
        assert app.picker.enter_does == "choose Trial ending soon"
        await pilot.press("space", *"new")
        assert (app.picker.filter.value, set(app.picker.rows.marked)) == ("new", {"Trial ending soon"})
        await pilot.press("space", "space", *"sign")
        assert (app.picker.filter.value, set(app.picker.rows.marked)) == ("sign", {"Trial ending soon"})


@pytest.mark.parametrize("many", [True, False])
async def test_a_name_that_is_typed_faster_than_the_focus_moves_keeps_its_blank(many: bool) -> None:
    app = PickerApp(many=many, listed=(Choice("a", "Trial users"), Choice("b", "Trial ending soon")))
    async with app.run_test() as pilot:
        app.picker.rows.focus()
        await pilot.pause()
        for character in "trial end":
            app.post_message(events.Key(_character_to_key(character), character))
        await pilot.pause()
        assert (app.picker.filter.value, set(app.picker.rows.marked)) == ("trial end", set())


async def test_a_letter_after_a_pause_begins_a_new_search() -> None:
    app = PickerApp(many=True, listed=(Choice("a", "First purchase"), Choice("b", "Product tour")))
    async with app.run_test() as pilot:
        await pilot.press(*"first", "space")
        later = events.Key("p", "p")
        later.time += 2
        app.picker.filter.post_message(later)
        await pilot.pause()
        assert (app.picker.filter.value, set(app.picker.rows.marked)) == ("p", {"a"})


async def test_who_unselected_everything_takes_nothing_by_the_way() -> None:
    app = PickerApp(many=True, listed=(Choice("a", "New sign-ups"), Choice("b", "Trial users")))
    async with app.run_test() as pilot:
        assert list(app.picker.chosen) == ["a"], "what is lit"
        await pilot.press("space", "space")
        assert list(app.picker.chosen) == []
        await pilot.press(*"trial")
        assert list(app.picker.chosen) == ["b"], "it was searched for"


async def test_the_mouse_wheel_takes_the_highlight_along() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press("down")
        for _ in range(2):
            await pilot._post_mouse_events([events.MouseScrollDown], app.picker.rows)
        await pilot.pause()
        first = app.picker.rows.scroll_offset.y
        assert first > 1
        assert app.picker.rows.at == first
        assert f"▸ ○ Audience {first} " in text_on(app)
