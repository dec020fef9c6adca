"""Reading the findings, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.findings import root_causes_first
from wizard.flow.diagnosing import shown_by
from wizard.flow.words import notable_findings
from wizard.headless.plain.asides.troubleshooting import search
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.numbers import number_in

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Dialogue


async def read_findings(dialogue: Dialogue) -> None:
    """List all findings of the walk; a number opens one, and then t finds its cause."""
    walk = dialogue.walk
    found = root_causes_first(walk.findings)
    rows = notable_findings(found)
    dialogue.say(*words.finding_list(found))
    symptom: Symptom | None = None
    while rows:
        cause = f"t to find the cause of “{symptom.title}”, " if symptom else ""
        given = (await dialogue.ask_aside(f"Number to read one, {cause}Enter to return: ")).strip()
        if symptom and given.casefold() == "t":
            await search(symptom, dialogue, walk)
            return
        number = number_in(given, len(rows))
        if number is None:
            return
        dialogue.say(*words.finding_in_full(rows[number - 1]))
        symptom = shown_by(walk, rows[number - 1])
