"""The lines of the screen for steps by hand: the place, what was seen, the keys."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual.content import Content

from wizard.flow.by_hand.coach import Coach, HandPoll
from wizard.flow.by_hand.step import ONCE_TICKED, HandStep, TickState
from wizard.flow.picture import ARROW, Picture
from wizard.flow.steps.step import Mark
from wizard.text import count, elapsed
from wizard.ui.appearance.signs import Sign
from wizard.ui.terminal.links import link
from wizard.ui.widgets.aligned import Line
from wizard.ui.widgets.frame import Hint
from wizard.ui.widgets.rail import RailStep

_BESIDE_TITLE = 8  # cells for the rail's edges, the mark and the number


def sign(coach: Coach, step: HandStep) -> Sign:
    """Return the step's state; what the wizard saw outranks the user's mark."""
    tick = coach.tick(step)
    if tick.state is TickState.DONE:
        return Sign("✓", "seen", "$success")
    if _is_amiss(coach, step):
        return Sign("!", "different", "$warning")
    if coach.is_ticked(step):
        return Sign("✓", "marked as done", "$accent")
    return Sign("·", "to do" if step.change_id else "waiting", "$muted")


def _is_amiss(coach: Coach, step: HandStep) -> bool:
    """Return whether something differs in a step that is marked as done, or in which nobody has to do anything."""
    return coach.tick(step).state is TickState.DIFFERENT and (coach.is_ticked(step) or not step.change_id)


def head(coach: Coach, step: HandStep, width: int) -> Content:
    """Return the step's number, its title in the vendor's words, and its state; a long title on its own line."""
    mine = [one.id for one in coach.steps if one.change_id]
    place = f"By hand, step {mine.index(step.id) + 1} of {len(mine)}" if step.id in mine else "By hand, last step"
    stands = sign(coach, step)
    right = f"{stands.glyph} {stands.word}"
    beside = f"  {step.title}"
    spare = width - len(place) - cell_len(beside) - len(right)
    if spare > 0:
        return Content.assemble((place, "$muted"), (beside, "bold"), " " * spare, (right, stands.style))
    gap = " " * max(1, width - len(place) - len(right))
    return Content.assemble((place, "$muted"), gap, (right, stands.style), "\n", (step.title, "bold"))


def first_in_rail(coach: Coach, at: HandStep, rows: int) -> int:
    """Return the index of the first step in the rail, chosen so that the rail has the step on the screen."""
    return max(0, min(coach.steps.index(at) - rows // 2, len(coach.steps) - rows))


def rail_steps(coach: Coach) -> tuple[RailStep, ...]:
    return tuple(RailStep(step.id, step.title, _mark(coach, step)) for step in coach.steps)


def rail_cells(coach: Coach, width: int) -> int:
    """Return the rail's width in cells: enough for the longest title, at most two fifths of the screen."""
    longest = max(cell_len(step.title) for step in coach.steps)
    return min(longest + _BESIDE_TITLE, width * 2 // 5)


def _mark(coach: Coach, step: HandStep) -> Mark:
    if _is_amiss(coach, step):
        return Mark.WARN
    return Mark.DONE if coach.is_step_done(step) else Mark.TODO


def where(step: HandStep) -> tuple[Line, ...]:
    """Return the menu path, and the page's full address on a line of its own."""
    return (
        Line(Content.styled("Where", "$muted"), step.menu_path),
        Line(text=link(step.link.url), wide=True),
    )


def note(step: HandStep) -> tuple[Line, ...]:
    """Return what to watch out for, and the documentation's address below it."""
    docs = (Line(text=link(step.docs.url), wide=True),) if step.docs else ()
    return (*((Line(Content.styled("Note", "$muted"), step.note),) if step.note else ()), *docs)


def following_steps(coach: Coach, step: HandStep, becomes: tuple[Picture, ...]) -> tuple[Line, ...]:
    """Return the following steps with their values, then the pictures `becomes`, for a page with room to spare."""
    numbered = list(enumerate(coach.steps, 1))[coach.steps.index(step) + 1 :]
    ahead = [line for number, one in numbered if one.change_id for line in _ahead(number, one)]
    rows = (*ahead, *(line for picture in becomes for line in _drawn(picture)))
    return (Line(), rows[0]._replace(head=Content.styled("Then", "$muted")), *rows[1:]) if rows else ()


def _ahead(number: int, step: HandStep) -> Iterator[Line]:
    yield Line("", Content.styled(f"{number} {step.title}", "$muted"), short=True)
    for value in step.values:
        yield Line("", Content.styled(f"  {value.label}: {value.shown}", "$muted"), short=True)


def _drawn(picture: Picture) -> Iterator[Line]:
    first, *others = picture.parts
    said = (first.text, *(f"  {ARROW} {part.text}" for part in others), *((picture.beside,) if picture.beside else ()))
    return (Line("", Content.styled(text, "$muted"), short=True) for text in said)


# --- what was seen --------------------------------------------------------------------------------------------------


def seen(coach: Coach, step: HandStep, news: Content, look: HandPoll | None) -> tuple[Line, ...]:
    """Return what just happened, what was seen of this step, and when the next poll is."""
    lines = [Line(text=news, wide=True)] if news else []
    if coach.is_done and step == coach.steps[-1]:
        return (*lines, _line(*_ended(coach)))
    lines.append(_stands(coach, step, look))
    if look is not None and look.trouble:
        lines.append(_line(Sign("!", "", "$warning"), f"The last check got no answer. {look.trouble}"))
    return tuple(lines)


def _ended(coach: Coach) -> tuple[Sign, str]:
    if coach.waiting:
        rest = count(len(coach.waiting), "change")
        return Sign("✓", "", "$success"), f"Done by hand. Review shows the remaining {rest}."
    if coach.is_whole:
        return Sign("✓", "", "$success"), "All steps are done. First sync shows what arrives."
    return Sign("✓", "", "$accent"), "You've marked each step as done. First sync shows whether it works."


def _stands(coach: Coach, step: HandStep, look: HandPoll | None) -> Line:
    """Return what was seen of the step, and how often the wizard checks it."""
    tick = coach.tick(step)
    if look is None:
        return _line(Sign("○", "", "$accent"), "Checking …")
    again = f" Checks every {elapsed(look.next_poll_s)}." if look.next_poll_s else ""
    match tick.state:
        case TickState.DONE:
            return _line(sign(coach, step), f"Seen. {tick.detail}")
        case TickState.DIFFERENT if _is_amiss(coach, step):
            return _line(sign(coach, step), f"Still different: {tick.detail}", again)
        case TickState.DIFFERENT:
            return _line(Sign("○", "", "$accent"), f"Now: {tick.detail}", again)
        case TickState.NOT_YET if step.change_id:
            return _line(Sign("○", "", "$accent"), tick.detail or "Not seen yet.", again)
        case _:
            return _line(Sign("·", "", "$muted"), tick.detail)


def _line(stands: Sign, text: str, beside: str = "") -> Line:
    return Line(Content.styled(stands.glyph, stands.style), text, beside=beside)


def marked_line(coach: Coach, step: HandStep) -> Content:
    """Return the line after the user marked a step, with the words of the line-by-line walk."""
    state = coach.tick(step).state
    sign = {TickState.DONE: ("✓ ", "$success"), TickState.DIFFERENT: ("✗ ", "$error")}.get(state, ("✓ ", "$accent"))
    return Content.assemble(sign, step.title, (f" · {ONCE_TICKED[state]}", "$muted"))


def seen_since(coach: Coach, due: str) -> Content:
    """Return the steps that were seen done, starting with the step that was due."""
    steps = coach.steps
    first = next((i for i, step in enumerate(steps) if step.id == due), 0)
    last = steps.index(coach.current) if coach.current else len(steps)
    titles = [step.title for step in steps[first:last]]
    return Content.assemble(("✓ ", "$success"), ", ".join(titles), (" · seen", "$muted")) if titles else Content("")


# --- button and keys --------------------------------------------------------------------------------------------


def of_button(coach: Coach, step: HandStep) -> str:
    if coach.is_done:
        return "Back to Review" if coach.waiting else "Go to first sync"
    if coach.needs_no_action(step):
        return "Next step"
    return "Check again" if coach.is_ticked(step) else "Done"


def keys(coach: Coach, step: HandStep, *, more: bool) -> tuple[Hint, ...]:
    """Return the keys besides Enter; `more` means that part of the step is out of view."""
    is_ticked = coach.is_ticked(step)
    word, spare = ("not done", 1) if is_ticked else ("done", 3)  # for done there is a button too
    tick = Hint("Space", word, _SPACE, spare=spare)
    return (
        *((tick,) if step.change_id else ()),
        Hint("←→", "steps", "screen.turn(1)", spare=1),
        *((Hint("PgDn", "more", "screen.scroll(8)"),) if more else ()),
        Hint("O", "open page", "screen.open_page", spare=2, tight="open"),
        Hint("C", "copy link", "screen.copy_link", spare=2, tight="link"),
        Hint("R", "request card", "screen.request_card", spare=4),  # there is a button too
        Hint("Esc", "leave", "screen.leave"),
        Hint("F1", "help", "screen.help"),
        Hint("F2", "troubleshoot", "app.troubleshoot", spare=1, tight="debug"),
        Hint("F10", "quit", "app.ask_quit"),
    )


_SPACE = "app.simulate_key('space')"
