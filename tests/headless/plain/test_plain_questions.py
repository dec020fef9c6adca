"""Questions as numbers and lines, on a small walk made for these tests, without services."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.fake_clock import FakeClock
from tests.headless.plain.plain_script import ENTER, Script
from tests.ui.minimal_walk import CHOICE, MANY, PICK, SECRET, TEXT, TOKEN, Reads, ask, walk
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.findings import Finding, Status
from wizard.domain.services.segment import Space
from wizard.domain.step_id import StepId
from wizard.flow.steps.ask import Ask, Choice, Kind
from wizard.flow.steps.step import Step
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.letters import ASIDES
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.plain.dialogue.leaving import Back, GoTo, LeftPrompt, Quit, ReadAgain
from wizard.headless.plain.dialogue.questions import ask_question
from wizard.headless.plain.steps import StepVisit


async def _asked(question: Ask, *answers: str, of: Walk | None = None) -> tuple[Walk, Script]:
    """Ask the question with these answers, on a walk whose spaces have been read."""
    its_walk = of or walk()
    its_walk.answer(SECRET, TOKEN)
    await its_walk.read()
    script = Script(answers)
    await ask_question(Dialogue(its_walk, script, ASIDES), question)
    assert script.unused == []
    return its_walk, script


def _with(question: Ask) -> Walk:
    return walk(steps=(Step(StepId.LAUNCHDARKLY, "First", "One step.", (SECRET, question)),))


# --- one of a few -----------------------------------------------------------------------------------------------


async def test_choices_are_numbered_with_why_and_the_recommended_one_in_words() -> None:
    _, said = await _asked(CHOICE, "2")

    assert "  1. User (seen by your app) (recommended). Most apps use it." in said.text
    assert "  2. Device. For things that nobody signs in to." in said.text


async def test_enter_takes_what_was_announced() -> None:
    its_walk, said = await _asked(CHOICE, ENTER)

    assert "Enter takes User." in said.text
    assert its_walk.state.answers.context_kind == "user"


@pytest.mark.parametrize("wrong", ["3", "0", "user", "1 2", "9" * 5000])
async def test_what_is_no_number_of_the_list_is_asked_again(wrong: str) -> None:
    its_walk, said = await _asked(CHOICE, wrong, "2")

    assert "Type a number from 1 to 2." in said.text
    assert its_walk.state.answers.context_kind == "device"


# --- one of many ------------------------------------------------------------------------------------------------


async def test_a_long_list_shows_twenty_and_says_how_many_there_are() -> None:
    _, said = await _asked(PICK, "1")

    assert "  20. Space 19 (space-19)" in said.text
    assert "  21. " not in said.text
    assert "20 of 40. Type a number, or words to filter, m for more." in said.text


async def test_enter_takes_the_first_of_a_list_without_a_suggestion_as_in_the_full_screen() -> None:
    its_walk, said = await _asked(PICK, ENTER)

    assert "Enter takes Space 0." in said.text
    assert its_walk.state.answers.space == "spa_0"


async def test_more_shows_the_next_ones_with_their_own_numbers() -> None:
    its_walk, said = await _asked(PICK, "m", "40")

    assert "21 to 40 of 40. Type a number, or words to filter." in said.text
    assert its_walk.state.answers.space == "spa_39"


async def test_words_begin_at_the_first_page_of_what_matches() -> None:
    _, said = await _asked(PICK, "m", "space 3", "1")

    assert "  1. Space 3 (space-3)" in said.text


async def test_words_narrow_the_list_and_enter_takes_the_only_match() -> None:
    its_walk, said = await _asked(PICK, "space 31", ENTER)

    assert "1 of 1 that match “space 31”" in said.text
    assert "Enter takes it." in said.text
    assert its_walk.state.answers.space == "spa_31"


async def test_enter_shows_the_whole_list_again_when_several_match_or_none() -> None:
    _, said = await _asked(PICK, "space 3", ENTER, "nothing like it", ENTER, "1")

    assert "Nothing matches. Type other words." in said.text
    assert said.text.count("20 of 40.") == 3


async def test_a_number_of_the_list_still_on_screen_selects_it_after_words_that_match_nothing() -> None:
    its_walk, said = await _asked(PICK, "space 3", "nothing like it", "1")

    assert "  1. Space 3 (space-3)" in said.text
    assert its_walk.state.answers.space == "spa_3"


async def test_the_sandboxs_good_token_is_said_at_its_prompt_and_in_its_help() -> None:
    _, said = await _asked(SECRET, "?", ENTER, of=_with_good_token())

    assert said.text.count("a-good-token") == 2


def _with_good_token() -> Walk:
    its_walk = walk()
    its_walk.set_state(
        replace(its_walk.state, good_tokens={SECRET.secret.slot if SECRET.secret else "": "a-good-token"})
    )
    return its_walk


async def test_a_number_beyond_the_list_is_a_word() -> None:
    its_walk, _ = await _asked(PICK, "40", "1", of=walk(Reads(spaces=(Space("spa_x", "x", "Area 40"),))))

    assert its_walk.state.answers.space == "spa_x"


async def test_a_choice_that_is_not_listed_can_be_typed() -> None:
    typed = replace(PICK, free=lambda text, _: Choice(text, f"Use {text}") if text.startswith("own") else None)

    its_walk, said = await _asked(typed, "own-space", ENTER, of=_with(typed))

    assert "  1. Use own-space" in said.text
    assert its_walk.state.answers.space == "own-space"


async def test_an_empty_list_says_which_service_gave_none() -> None:
    typed = replace(PICK, choices=lambda _: (), evidence=("flags",), free=lambda text, _: Choice(text, text))
    its_walk = _with(typed)
    closed = Failure(Service.LAUNCHDARKLY, FailureKind.FORBIDDEN, "app.launchdarkly.com", "GET", "/flags", status=403)
    its_walk.set_state(replace(its_walk.state, facts=replace(its_walk.state.facts, flags=closed)))

    _, said = await _asked(typed, "new-checkout", ENTER, of=its_walk)

    lines = said.text.splitlines()
    assert lines[lines.index("Nothing is listed. Type it.") - 1] == "LaunchDarkly refused access (403)."


async def test_ten_thousand_choices_are_twenty_lines() -> None:
    many = tuple(Space(f"spa_{i}", f"s-{i}", f"Space {i}") for i in range(10_000))

    _, said = await _asked(PICK, "1", of=walk(Reads(spaces=many)))

    assert "20 of 10,000." in said.text
    assert len(said.text.splitlines()) < 30


# --- several ----------------------------------------------------------------------------------------------------


async def test_several_are_taken_by_their_numbers_in_the_order_of_the_list() -> None:
    its_walk, said = await _asked(MANY, "5 1 3", ENTER)

    assert "Selected: Space 4; Space 0; Space 2. A number adds one or takes it away." in said.text
    assert "Enter takes Space 4; Space 0; Space 2." in said.text
    assert its_walk.state.answers.audiences == ("spa_0", "spa_2", "spa_4")


async def test_a_number_takes_a_selected_one_away_and_words_keep_the_selection() -> None:
    its_walk, _ = await _asked(MANY, "1, 2", "1", "space 31", "1", ENTER)

    assert its_walk.state.answers.audiences == ("spa_1", "spa_31")


async def test_enter_does_not_take_a_match_that_was_just_taken_away() -> None:
    its_walk, said = await _asked(MANY, "space 31", "1", "1", ENTER, "1", ENTER)

    assert "Nothing is selected." in said.text
    assert its_walk.state.answers.audiences == ("spa_0",), "Enter showed the whole list again"


async def test_a_number_that_is_not_on_the_list_is_no_search_unless_a_name_holds_it() -> None:
    its_walk, said = await _asked(MANY, "3 99", "99", "space 3", "31", "1", ENTER)

    assert said.text.count("Type numbers from 1 to 40.") == 2
    assert its_walk.state.answers.audiences == ("spa_31",), "31 is in a name"


async def test_nothing_selected_is_no_answer() -> None:
    _, said = await _asked(MANY, ENTER, "1", "1", ENTER, "2", ENTER)

    assert said.text.count("Nothing is selected. Type at least one number.") == 2


async def test_a_choice_without_a_suggestion_takes_a_number_only() -> None:
    question = replace(CHOICE, suggest=lambda _: "")
    its_walk, said = await _asked(question, ENTER, "2", of=_with(question))

    assert "No answer is suggested. Type its number." in said.text
    assert said.text.count("Type a number from 1 to 2.") == 1
    assert its_walk.state.answers.context_kind == "device"


# --- text -------------------------------------------------------------------------------------------------------


async def test_enter_takes_the_suggested_text() -> None:
    its_walk, said = await _asked(TEXT, ENTER)

    assert "Enter takes LaunchDarkly - shop / production." in said.text
    assert its_walk.state.answers.destination_name == "LaunchDarkly - shop / production"


async def test_a_text_that_is_a_command_is_given_with_a_backslash() -> None:
    its_walk, _ = await _asked(TEXT, "\\q")

    assert its_walk.state.answers.destination_name == "q"


async def test_an_optional_text_is_left_out_or_cleared() -> None:
    optional = ask("user", Kind.TEXT, "test_user", optional=True)

    its_walk, said = await _asked(optional, ENTER, of=_with(optional))
    assert "Enter leaves it out." in said.text
    await _asked(optional, "u_42", of=its_walk)
    assert its_walk.state.answers.test_user == "u_42"
    _, said = await _asked(optional, "-", of=its_walk)
    assert "Enter takes u_42. - leaves it out." in said.text
    assert its_walk.state.answers.test_user == ""


# --- secrets ----------------------------------------------------------------------------------------------------


async def _paste(*answers: str, of: Walk | None = None) -> tuple[Walk, Script]:
    its_walk = of or walk()
    script = Script(answers)
    await ask_question(Dialogue(its_walk, script, ASIDES), SECRET)
    return its_walk, script


async def test_a_secret_is_hidden_and_said_by_length_and_last_four() -> None:
    _, said = await _paste(TOKEN)

    assert said.hidden
    assert "Access token: 40 characters, ends in 1a2b." in said.text
    assert TOKEN not in said.text


async def test_a_mistaken_paste_is_named_at_once_and_asked_again() -> None:
    its_walk, said = await _paste("sdk-0a1b2c3d", f"{TOKEN}\n{TOKEN}", "", TOKEN)

    assert "Not accepted: This is an SDK key, not an access token." in said.text
    assert "Not accepted: Two tokens were pasted. Paste one." in said.text
    assert "Answer this to continue." in said.text
    assert "sdk-0a1b2c3d" not in said.text
    assert its_walk.state.secrets.launchdarkly_token is not None


async def test_enter_keeps_the_secret_that_is_there() -> None:
    its_walk, _ = await _paste(TOKEN)

    _, said = await _paste(ENTER, of=its_walk)

    assert "Given: 40 characters, ends in 1a2b. Enter keeps it." in said.text


# --- commands ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "leads"), [("b", Back), ("q", Quit), ("r", ReadAgain), ("g 2", GoTo), ("B", Back), (" q ", Quit)]
)
@pytest.mark.parametrize("question", [CHOICE, TEXT, SECRET, MANY], ids=lambda question: str(question.kind))
async def test_every_prompt_knows_the_commands(question: Ask, typed: str, leads: type[LeftPrompt]) -> None:
    with pytest.raises(leads):
        await _asked(question, typed)


@pytest.mark.parametrize("aside", [("t",), ("t", "8"), ("f",)], ids=" ".join)
@pytest.mark.parametrize(("typed", "leads"), [("q", Quit), ("g 2", GoTo), ("R", ReadAgain)])
async def test_prompts_beside_the_questions_know_the_commands_too(
    aside: tuple[str, ...], typed: str, leads: type[LeftPrompt]
) -> None:
    with pytest.raises(leads):
        await _asked(CHOICE, *aside, typed, of=walk(findings=(FINDING,)))


@pytest.mark.parametrize("aside", ["t", "f"])
async def test_back_leads_from_beside_the_question_to_it(aside: str) -> None:
    _, said = await _asked(CHOICE, aside, "?", "b", ENTER, of=walk(findings=(FINDING,)))

    assert said.prompts[-1] == "Number: "
    assert "b goes back, r checks again" in said.text


async def test_back_in_troubleshooting_asks_the_question_before() -> None:
    _, said = await _asked(CHOICE, "t", "8", ENTER, "b", "b", ENTER)  # two questions, and b at each of them

    asked = [line for line in said.text.splitlines() if line.endswith("?")]
    assert asked[-1] == asked[-3] != asked[-2]


async def test_help_says_what_where_and_the_commands_and_asks_again() -> None:
    _, said = await _asked(CHOICE, "?", ENTER)

    assert "Kind. It is a test." in said.text
    assert "Where: Nowhere → at all" in said.text
    assert "https://example.com/help" in said.text.splitlines()
    assert "b goes back" in said.text


async def test_each_prompt_names_the_commands_shortly() -> None:
    _, said = await _asked(CHOICE, ENTER)

    assert said.prompts == ["Number: "]


FINDING = Finding(
    "a.b",
    "The space",
    Status.FAIL,
    "The space is empty.",
    "Nobody filled it.",
    "Fill it.",
    ("https://example.com/fix",),
    {"missing": ["one", "two"]},
)


async def test_findings_are_numbered_and_a_number_opens_one() -> None:
    _, said = await _asked(CHOICE, "f", "1", ENTER, ENTER, of=walk(findings=(FINDING,)))

    assert "  1. Failed: The space is empty." in said.text
    assert "  Cause: Nobody filled it.\n  Fix: Fill it.\n  https://example.com/fix" in said.text


async def test_a_finding_leads_to_its_cause() -> None:
    late = replace(FINDING, id="sync.segment", title="The segment")
    _, said = await _asked(CHOICE, "f", "1", "t", "b", ENTER, of=walk(findings=(late,)))

    way = "t to find the cause of “The segment never appeared in LaunchDarkly”"
    assert f"Number to read one, {way}, Enter to return: " in said.prompts
    assert "Which status do its failed deliveries have?" in said.text


async def test_without_findings_it_says_so() -> None:
    _, said = await _asked(CHOICE, "f", ENTER)

    assert "No problems found." in said.text


async def test_a_step_that_is_not_there_is_not_gone_to() -> None:
    _, said = await _asked(CHOICE, "g 9", ENTER)

    assert "Type a step from 1 to 3." in said.text


# --- a step -----------------------------------------------------------------------------------------------------


async def _visited(its_walk: Walk, step: int, *answers: str) -> Script:
    script = Script(answers)
    await StepVisit(Dialogue(its_walk, script, ASIDES), its_walk.steps[step]).run()
    assert script.unused == []
    return script


async def test_back_asks_the_question_before_with_its_answer_kept() -> None:
    its_walk = walk()

    said = await _visited(its_walk, 1, "2", "b", ENTER, "A name", ENTER)

    assert said.text.count("Enter takes Device.") == 1
    assert its_walk.state.answers.context_kind == "device"
    assert its_walk.state.answers.destination_name == "A name"


async def test_back_at_the_first_question_leaves_the_step() -> None:
    with pytest.raises(Back):
        await _visited(walk(), 1, "b")


async def test_a_number_at_the_end_of_a_step_changes_that_answer() -> None:
    its_walk = walk()

    said = await _visited(its_walk, 1, ENTER, ENTER, "1", "2", "7", ENTER)

    assert "  1. Kind: User" in said.text
    assert "  1. Kind: Device" in said.text
    assert "That isn't one of the answers." in said.text
    assert its_walk.state.answers.context_kind == "device"
    assert StepId.MAPPING in its_walk.accepted


async def test_what_waits_is_asked_when_it_was_read() -> None:
    said = await _visited(walk(), 0, TOKEN, "3", ENTER)

    assert said.text.index("Asking api.example.com: reading spaces …") < said.text.index("Space.\n")


async def test_a_failing_step_checks_again_by_enter_and_goes_on_only_by_a_word() -> None:
    reads = Reads()
    its_walk = walk(reads, findings=(FINDING,))

    said = await _visited(its_walk, 0, TOKEN, "3", ENTER, "go", "anyway")

    assert reads.times == 2
    assert said.text.count("Fix: Fill it.") == said.text.count("Checked just now: same result.") == 1
    assert "That isn't one of the answers." in said.text


async def said_while_reading(*waits: float, begins_after: float = 0.0) -> list[str]:
    """Return the lines printed during a read, while the time advances by each of `waits`."""
    arrive = asyncio.Event()
    its_walk, script = walk(Reads(arrive=arrive)), Script(())
    its_walk.answer(SECRET, TOKEN)
    clock = its_walk.ports.stopwatch
    assert isinstance(clock, FakeClock)

    async def read() -> None:
        await clock.sleep(begins_after)
        await its_walk.read()

    job = asyncio.create_task(Dialogue(its_walk, script, ASIDES).reading(read()))
    for seconds in waits:
        await clock.advance(seconds)
    arrive.set()
    await job
    return script.said


async def test_of_a_call_that_has_just_begun_no_wait_is_said() -> None:
    assert await said_while_reading(20.0, begins_after=4.5) == [
        "Asking api.example.com: reading spaces …",
        "Still working: api.example.com, reading spaces.",
        "Still waiting after 15 s: api.example.com, reading spaces.",
    ]


async def test_a_long_wait_is_said_after_five_seconds_and_then_each_fifteen() -> None:
    assert await said_while_reading(4.0, 1.0, 14.0, 1.0) == [
        "Asking api.example.com: reading spaces …",
        "Still waiting after 5 s: api.example.com, reading spaces.",
        "Still waiting after 20 s: api.example.com, reading spaces.",
    ]
