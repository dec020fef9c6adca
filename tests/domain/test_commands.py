"""The wizard's commands in a text get the options of the run that shows them."""

from __future__ import annotations

import pytest

from wizard.command_line.commands import BY_NAME
from wizard.domain.commands import names, of_this_run
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Run audience-wizard apply --resync vip.", "Run audience-wizard apply --sandbox x --resync vip."),
        ("Open First sync (audience-wizard watch)", "Open First sync (audience-wizard watch --sandbox x)"),
        ("run audience-wizard troubleshoot more-members", "run audience-wizard troubleshoot more-members --sandbox x"),
        ("run audience-wizard doctor --sandbox x -v", "run audience-wizard doctor --sandbox x -v"),
        ("audience-wizard secrets set NAME and paste", "audience-wizard secrets set NAME --sandbox x and paste"),
        ("audience-wizard secrets forget deletes it", "audience-wizard secrets forget --sandbox x deletes it"),
        ("With your own accounts: audience-wizard", "With your own accounts: audience-wizard"),
        ("audience-wizard plan\nApply", "audience-wizard plan --sandbox x\nApply"),
    ],
)  # fmt: skip
def test_each_command_gets_the_options_once(text: str, shown: str) -> None:
    assert of_this_run(text, " --sandbox x") == shown
    assert of_this_run(shown, " --sandbox x") == shown


def test_options_that_are_there_in_part_are_completed_in_their_order() -> None:
    text = "audience-wizard watch --profile eu later"
    assert of_this_run(text, " -c a.toml", " --profile eu") == "audience-wizard watch -c a.toml --profile eu later"
    assert of_this_run("audience-wizard watch") == "audience-wizard watch"


@pytest.mark.parametrize("symptom", [one.id for one in SYMPTOMS])
def test_a_symptom_belongs_to_its_command(symptom: str) -> None:
    command = f"audience-wizard troubleshoot {symptom}"
    assert of_this_run(f"{command} finds it", " --sandbox x") == f"{command} --sandbox x finds it"


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"sandbox"}))
def test_no_command_but_the_sandbox_itself_is_forgotten(name: str) -> None:
    assert of_this_run(f"audience-wizard {name}", " --sandbox x") == f"audience-wizard {name} --sandbox x"


@pytest.mark.parametrize("text", ["apply the plan (audience-wizard apply).", "in Review (audience-wizard apply -c a)"])
def test_a_text_names_a_command_whatever_the_words_around_it(text: str) -> None:
    assert names(text, "apply")
    assert not names(text, "troubleshoot")
    assert not names("Apply the plan.", "apply")
