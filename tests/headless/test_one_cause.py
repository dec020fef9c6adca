"""The commands name one cause and one fix of the same trouble."""

from __future__ import annotations

from pathlib import Path

from tests.headless.runs import World


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def test_an_unknown_kind_that_is_refused_has_one_cause_and_one_fix(tmp_path: Path) -> None:
    checks = (await World(_made(tmp_path / "doctor"), "kind-refused").run("doctor")).document["checks"]
    (failed,) = (one for one in checks if one["status"] in {"fail", "warn"})
    assert (failed["id"], failed["fixable"]) == ("launchdarkly.context_kind", True)
    watched = (await World(_made(tmp_path / "watch"), "kind-refused").run("watch")).documents
    (cause,) = watched[-2]["causes"]
    assert (cause["check"], cause["fix"]) == (failed["id"], failed["fix"])
    found = (
        await World(_made(tmp_path / "end"), "kind-refused").run("troubleshoot", symptom="never-appeared")
    ).document
    assert (found["cause"]["id"], found["cause"]["fix"]) == ("kind-unknown", failed["fix"])
    assert found["cause"]["fixable"]
