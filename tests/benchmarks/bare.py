"""Textual's own cost: `hello` draws as little as possible, `form` has a few ordinary widgets."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import Button, Footer, Header, Input, OptionList, Static  # noqa: TID251 - Textual's own


class Hello(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("Ready")


class Form(App[None]):
    def compose(self) -> ComposeResult:
        yield Header()
        yield Input()
        yield Static("", id="typed")
        yield OptionList("one", "two", "three")
        yield Button("Ready")
        yield Footer()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#typed", Static).update(f"typed {len(event.value)}.")


if __name__ == "__main__":
    {"hello": Hello, "form": Form}[sys.argv[1]]().run()
