"""Choose a scenario of the sandbox, a page of groups at a time."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.headless.plain.dialogue.conversation import Conversation, EndOfInput
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.tour import TOUR, WORLDS, Group

_MOST_ROWS = 20
_MORE = "m"


async def choose_world(conversation: Conversation) -> str:
    """Return the name of the scenario that the user picks; the first scenario if the input ends."""
    conversation.say("The sandbox simulates LaunchDarkly and Segment. Choose a scenario. Each one shows one thing.")
    pages = list(_pages())
    at = 0
    conversation.say("\n".join((*_rows(pages[at]), _what_enter_does(at, len(pages)))))
    while True:
        try:
            given = (await conversation.ask("Number or name: ")).strip().casefold()
        except EndOfInput:
            return WORLDS[0].name
        if given == _MORE and at + 1 < len(pages):
            at += 1
            conversation.say("\n".join((*_rows(pages[at]), _what_enter_does(at, len(pages)))))
        elif name := _named(given):
            return name
        else:
            conversation.say(f"Type a number from 1 to {len(WORLDS)}, or a name from the list.")


def _named(given: str) -> str:
    if not given:
        return WORLDS[0].name
    if given.isdecimal():
        number = number_in(given, len(WORLDS))
        return WORLDS[number - 1].name if number else ""
    return next((world.name for world in WORLDS if world.name == given), "")


def _pages() -> Iterator[tuple[Group, ...]]:
    """Yield pages of whole groups, as many as fit on a page."""
    page: tuple[Group, ...] = ()
    for group in TOUR:
        if page and sum(1 + len(one.worlds) for one in (*page, group)) > _MOST_ROWS:
            yield page
            page = ()
        page = (*page, group)
    yield page


def _rows(page: tuple[Group, ...]) -> Iterator[str]:
    for group in page:
        yield f"{group.title}:"
        for world in group.worlds:
            yield f"  {WORLDS.index(world) + 1}. {world.name}: {world.lesson}"


def _what_enter_does(at: int, pages: int) -> str:
    more = f" {_MORE} lists more scenarios." if at + 1 < pages else ""
    return f"Enter opens {WORLDS[0].name}.{more}"
