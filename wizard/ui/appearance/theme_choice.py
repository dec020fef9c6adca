"""Which of the two themes is shown: the user's choice, else what fits the terminal's background."""

from __future__ import annotations

from collections.abc import Callable

from wizard.ui.appearance.scheme import LIGHT as LIGHT_SCHEME
from wizard.ui.appearance.theme import DARK, LIGHT


class ThemeChoice:
    def __init__(self, chosen: str = "", reported: str = "", keep: Callable[[str], None] = lambda _: None) -> None:
        """`reported` is the scheme of the terminal's background; `keep` keeps a choice for the next runs."""
        self.chosen = chosen
        self.reported = reported
        self.keep = keep

    @property
    def theme(self) -> str:
        return LIGHT.name if (self.chosen or self.reported) == LIGHT_SCHEME else DARK.name

    def choose(self, scheme: str) -> None:
        """Use and keep a scheme; an empty one follows the terminal's background."""
        self.chosen = scheme
        self.keep(scheme)
