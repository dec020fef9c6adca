"""Segment's side as Terraform: everything that exists with its import blocks, foreign names in quotes, no token."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import Any

import hcl2
import pytest

from tests.domain.sample_facts import DESTINATION, MAPPING, NOW, healthy_answers, healthy_facts
from wizard.domain.facts import Facts
from wizard.domain.services.segment import Region, Workspace
from wizard.flow.handouts.terraform import Existing, terraform

HOSTILE = '"] } ${file("/etc/passwd")} %{for x in y}\n}\nresource "a" "b" {}\x1b[31m'
NAME = "launchdarkly_shop_production"
# The attributes that a resource must have and may have, by the provider's documentation (docs/segment.md#terraform).
REQUIRED = {
    "segment_destination": {"enabled", "metadata", "settings", "source_id"},
    "segment_destination_subscription": {"action_id", "destination_id", "enabled", "name", "settings", "trigger"},
}
OPTIONAL = {"segment_destination": {"name"}, "segment_destination_subscription": {"model_id", "reverse_etl_schedule"}}


def written(facts: Facts | None = None, **answers: Any) -> str:
    facts = facts or healthy_facts()
    return terraform([Existing(facts, healthy_answers(**answers), DESTINATION)], NOW)


def read(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed


def resources(text: str) -> dict[str, dict[str, Any]]:
    """Return each resource's attributes by its type; two of a type are an error."""
    found: dict[str, dict[str, Any]] = {}
    for one in read(text)["resource"]:
        ((kind, named),) = one.items()
        ((_, attributes),) = named.items()
        assert kind.strip('"') not in found
        found[kind.strip('"')] = {name: value for name, value in attributes.items() if name != "__is_block__"}
    return found


def test_each_resource_has_what_the_provider_asks_for_and_is_imported_by_its_id() -> None:
    text = written()

    for kind, attributes in resources(text).items():
        assert REQUIRED[kind] <= set(attributes) <= REQUIRED[kind] | OPTIONAL[kind]
    assert {(one["to"].strip("${}"), one["id"].strip('"')) for one in read(text)["import"]} == {
        (f"segment_destination.{NAME}", "dst_1"),
        (f"segment_destination_subscription.{NAME}", "dst_1:sub_1"),
    }
    (settings,) = read(text)["terraform"]
    assert settings["required_providers"][0]["segment"]["source"] == '"segmentio/segment"'


def test_the_token_is_a_sensitive_variable_and_nowhere_else() -> None:
    text = written()

    (variable,) = read(text)["variable"]
    assert variable[f'"{NAME}_token"']["sensitive"] is True
    assert f"apiKey = var.{NAME}_token" in resources(text)["segment_destination"]["settings"]
    assert f"TF_VAR_{NAME}_token to the service token in {DESTINATION.name}, which ends in 1a2b." in text


def test_what_the_provider_cannot_hold_is_a_comment() -> None:
    comments = [line for line in written().splitlines() if line.startswith("#")]

    assert "# - the audience VIP customers (aud_1, connection con_1, activation act_1 with its mapping)" in comments
    assert "# - LaunchDarkly, shop / production: nothing to make, because Segment makes the segments" in comments
    assert "#   the segment Vip customers (segment-audiences-aud_1) comes from VIP customers" in comments


@pytest.mark.parametrize(
    ("subscriptions", "kinds", "said"),
    [
        ((), ["segment_destination"], "- a mapping: the wizard saw none"),
        (
            (replace(MAPPING, trigger=None, enabled=None, settings={}),),
            ["segment_destination", "segment_destination_subscription"],
            "Segment didn't show the settings. These are the wizard's.",
        ),
    ],
)
def test_what_segment_does_not_show_is_said(subscriptions: Any, kinds: list[str], said: str) -> None:
    text = written(healthy_facts(subscriptions=subscriptions))

    assert list(resources(text)) == kinds
    assert said in text


def test_a_workspace_in_the_eu_is_asked_at_its_own_host() -> None:
    text = written(healthy_facts(workspace=Workspace("ws_1", "acme", "Acme", Region.EU)))

    assert read(text)["provider"] == [{'"segment"': {"url": '"https://eu1.api.segmentapis.com"', "__is_block__": True}}]


# A lone backslash would escape the quote that follows it.
@pytest.mark.parametrize("name", [HOSTILE, "\\", "a\rb\u2028"])
def test_no_name_gets_out_of_its_quotes(name: str) -> None:
    facts = healthy_facts(
        subscriptions=(replace(MAPPING, name=name, settings={**MAPPING.settings, name: {name: [name]}}),),
        workspace=Workspace("ws_1", name, name),
    )
    text = terraform([Existing(facts, healthy_answers(), replace(DESTINATION, name=name))], NOW)

    assert set(resources(text)) == set(REQUIRED)
    _laid_out_as_by_terraform(text)


def test_it_is_laid_out_as_terraform_does() -> None:
    _laid_out_as_by_terraform(written())


def _laid_out_as_by_terraform(text: str) -> None:
    program = shutil.which("terraform")
    if program is not None:
        command = [program, "fmt", "-check", "-"]
        assert subprocess.run(command, input=text, capture_output=True, text=True).returncode == 0
