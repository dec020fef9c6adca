"""Consent before anything is changed: a person's yes at a terminal, or `--yes`."""

from __future__ import annotations

from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused


def is_unattended(options: Options, out: Output) -> bool:
    return not options.yes and out.ask is None


def refuse_unattended(options: Options, out: Output, command: str) -> None:
    """Raise Refused when nobody is at a terminal to say yes.

    `plan` is the preview of `apply`, which refuses before anything is read. Other commands show theirs first.
    """
    if is_unattended(options, out):
        raise Refused(
            f"{command} asks before it changes anything, but has no terminal to ask on.",
            f"To say yes in advance: {options.command(command)} --yes",
        )


async def agreed(options: Options, out: Output, question: str) -> bool:
    if options.yes:
        return True
    answer = await out.ask(f"{question} Type yes: ") if out.ask else ""
    return is_yes(answer)


def is_yes(answer: str) -> bool:
    """Return whether a typed line says yes: the whole word or its letter, alone on the line."""
    return answer.strip().casefold() in {"y", "yes"}
