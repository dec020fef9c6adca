"""The list that filters as one types: ten thousand rows, one or many."""

from __future__ import annotations

from textual.app import App, ComposeResult

from tests.ui.plain import text_of
from wizard.flow.ask import Choice
from wizard.ui.widgets.picker import Picker

MANY = tuple(Choice(f"aud_{i}", f"Audience {i}", detail=f"key_{i} [/b]", search=f"id{i}") for i in range(10_000))


def _only_x1(text: str) -> Choice | None:
    return Choice(text, f"Use {text}") if text == "x1" else None


class PickerApp(App[None]):
    def __init__(self, *, many: bool) -> None:
        super().__init__()
        self.picker = Picker(
            many=many, filtered=True, unlisted=lambda text: Choice(text, f"Use {text}") if text == "x1" else None
        )
        self.taken: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.picker

    def on_mount(self) -> None:
        self.picker.rows.styles.max_height = 9
        self.picker.offer(MANY)
        self.picker.take_focus()

    def on_picker_taken(self, event: Picker.Taken) -> None:
        self.taken.append(event.values)


async def test_typing_narrows_by_every_word_in_label_detail_and_id() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press(*"audience 99")
        await pilot.pause()
        assert "199 of 10,000" not in text_of(app.export_screenshot())
        app.picker.filter.value = "key_4321 id4321"
        await pilot.pause()
        assert "1 of 10,000" in text_of(app.export_screenshot())
        await pilot.press("enter")
        await pilot.pause()
    assert app.taken == [("aud_4321",)]


async def test_what_was_typed_can_be_taken_though_it_is_not_listed() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.press("x", "1", "enter")
        await pilot.pause()
    assert app.taken == [("x1",)]


async def test_end_home_and_pages_move_the_highlight() -> None:
    app = PickerApp(many=True)
    async with app.run_test() as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert "▸ □ Audience 9999" in text_of(app.export_screenshot())
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
        assert "2 selected" in text_of(app.export_screenshot())
        await pilot.press("enter", "space", "enter")
        await pilot.pause()
    assert app.taken == [("aud_0", "aud_2", "aud_777")]


async def test_only_rows_that_are_seen_are_drawn() -> None:
    app = PickerApp(many=False)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert len(list(app.picker.rows.children)) == 0
        assert app.picker.rows.virtual_size.height == 10_000
        assert app.picker.rows.size.height == 9
