"""Which of several environments is meant, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.flow.targets.targets import Target
from wizard.headless.plain.asides.troubleshooting import AskLine, Say
from wizard.headless.plain.dialogue.numbers import number_in


async def ask_which(question: str, targets: Sequence[Target], say: Say, ask: AskLine) -> Target | None:
    """Return the environment whose number is typed, or the only one; None for Enter alone."""
    if len(targets) == 1:
        return targets[0]
    say(question, *(f"  {number}. {target.title}" for number, target in enumerate(targets, 1)))
    while typed := (await ask("A number, Enter to leave it: ")).strip():
        if number := number_in(typed, len(targets)):
            return targets[number - 1]
    return None
