"""Which of the two themes is shown: the user's choice, else what fits the terminal's background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.ui.appearance.scheme import LIGHT as LIGHT_SCHEME
from wizard.ui.appearance.theme import DARK, LIGHT


@dataclass
class Colours:
    chosen: str = ""
    told: str = ""  # what the terminal says of itself
    keep: Callable[[str], None] = lambda _: None

    @property
    def theme(self) -> str:
        return LIGHT.name if (self.chosen or self.told) == LIGHT_SCHEME else DARK.name

    def choose(self, scheme: str) -> None:
        """Use a scheme from now on; an empty one is the terminal's own."""
        self.chosen = scheme
        self.keep(scheme)
