"""HCL is read by a real parser, and by Terraform where it is installed: no text of others gets out of its quotes."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess

import hcl2
import pytest

from wizard.domain.hcl import Block, Expression, JsonText, comment, name_of, quoted

_TERRAFORM = shutil.which("terraform")
_TEXTS = {
    "plain": '"plain"',
    'says "hi"': r'"says \"hi\""',
    "back\\slash \\n": r'"back\\slash \\n"',
    "two\nlines\tand\rmore": r'"two\nlines\tand\rmore"',
    "${var.token}": '"$${var.token}"',
    "%{ if true }": '"%%{ if true }"',
    "$${": '"$$${"',
    "\\${a}": r'"\\$${a}"',
    "bell\x07 back\x08 feed\x0c \\b": r'"bell\u0007 back\u0008 feed\u000c \\b"',
    "del\x7f line\u2028end 👩‍👩‍👧": '"del\\u007f line\u2028end 👩‍👩‍👧"',
    "*/ # // <<EOT": '"*/ # // <<EOT"',
}
_EVERY_KIND = Block(
    "resource",
    ("segment_destination", "one"),
    {
        "name": 'a "name" ${x}',
        "enabled": True,
        "metadata": {"id": "64e7"},
        "settings": JsonText(
            {
                "apiKey": Expression("var.token"),
                "@path": "$.userId",
                "none": None,
                "list": [1, 2.5, "x"],
                "deep": [{"a": 1}],
                "empty": {},
                "for": "a name that needs quotes",
            }
        ),
    },
    (Block("lifecycle"),),
)


@pytest.mark.parametrize(("text", "written"), _TEXTS.items())
def test_a_text_stays_in_its_quotes(text: str, written: str) -> None:
    assert quoted(text) == written
    if text != "$${":  # this parser can't read three dollar signs; Terraform can, as the test below shows
        assert list(hcl2.loads(f"a = {quoted(text)}\nb = 1\n")) == ["a", "b"]


def test_a_block_is_what_a_parser_reads() -> None:
    (read,) = hcl2.loads(f"{_EVERY_KIND}\n")["resource"]
    block = read['"segment_destination"']['"one"']

    assert (block["enabled"], block["metadata"], block["lifecycle"]) == (
        True,
        {"id": '"64e7"'},
        [{"__is_block__": True}],
    )
    assert '"@path" = "$.userId"' in block["settings"]
    assert "apiKey = var.token" in block["settings"]


@pytest.mark.skipif(_TERRAFORM is None, reason="Terraform isn't installed")
def test_terraform_reads_the_same_text_and_would_lay_out_the_block_the_same_way() -> None:
    every = f"base64encode(jsonencode([{', '.join(map(quoted, _TEXTS))}]))"
    formatted = _terraform("fmt", "-", given=f"{_EVERY_KIND}\n")

    assert json.loads(base64.b64decode(_terraform("console", given=every).strip().strip('"'))) == list(_TEXTS)
    assert formatted == f"{_EVERY_KIND}\n"


def _terraform(*arguments: str, given: str) -> str:
    assert _TERRAFORM
    ran = subprocess.run([_TERRAFORM, *arguments], input=given, capture_output=True, text=True, check=True)
    return ran.stdout.partition("specified configuration file")[0] if "Warning" in ran.stdout else ran.stdout


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("LaunchDarkly - shop / production",), "launchdarkly_shop_production"),
        (("launchdarkly", "Été 2026", '"] {'), "launchdarkly_t_2026"),
        (("launchdarkly", "客户"), "launchdarkly"),
    ],
)
def test_a_block_is_named_in_letters_that_terraform_takes(parts: tuple[str, ...], name: str) -> None:
    assert name_of(*parts) == name


def test_a_line_break_does_not_end_a_comment() -> None:
    assert comment('a\nresource "x" "y" {}', "") == '# a resource "x" "y" {}\n#'
