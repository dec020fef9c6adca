"""The field for the place of a file; Enter in it saves."""

from __future__ import annotations

from wizard.ui.widgets.open_input import OpenInput


class PlaceInput(OpenInput):
    """An input that says what Enter does in it."""

    enter_does = "save it"
