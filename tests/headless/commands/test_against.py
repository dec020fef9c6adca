"""`doctor --against`: a setup compared with its report from another day and another machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faulty import Fault, with_fault
from tests.headless.runs import World, applied
from tests.headless.targets.worlds import TWO
from wizard.flow.handouts.setup_report import NoReport, read_report
from wizard.sandbox.state.segment_workspace import Destination


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await applied(tmp_path, watch=True)


async def report_of(world: World, folder: Path) -> Path:
    """Export the report and return its path; then use another profile, because the comparison is on another machine."""
    place = folder / "report.md"
    assert (await world.run("export", setup=None, action="report", into=place, as_json=False)).code == 0
    world.folder = folder / "elsewhere"
    world.folder.mkdir()
    return place


def destination_of(world: World) -> Destination:
    (made,) = (d for d in world.sandbox.world.workspaces[0].destinations.values() if "LaunchDarkly" in d.name)
    return made


async def test_the_report_says_what_is_so_and_holds_no_token(world: World, tmp_path: Path) -> None:
    text = (await report_of(world, tmp_path)).read_text()

    assert text.startswith("# Setup report: shop / production\n\n**Simulated: ")
    assert "Healthy: no check failed." in text
    assert f"| ID of the destination | {destination_of(world).id} |" in text
    assert "| Members of VIP customers in LaunchDarkly | 1,234 |" in text
    assert not any(token in text for token in (world.sandbox.tokens.launchdarkly_access_token, "sgp_"))


async def test_a_day_later_nothing_differs(world: World, tmp_path: Path) -> None:
    report = await report_of(world, tmp_path)
    await world.clock.sleep(24 * 3600)

    ran = await world.run("doctor", setup=None, against=report, as_json=False)

    assert ran.code == 0
    assert ran.out.startswith("Compared with the report of 20")
    assert "\nNothing has changed since the report. Unchanged: " in ran.out
    assert (await world.run("doctor", against=report)).document["against"]["same"] is True
    assert world.writes() == []


async def test_what_differs_is_said_with_its_finding(world: World, tmp_path: Path) -> None:
    report = await report_of(world, tmp_path)
    destination_of(world).enabled = False

    ran = await world.run("doctor", setup=None, against=report, as_json=False)
    document = (await world.run("doctor", setup=None, against=report)).document["against"]

    assert ran.code == 1
    assert "✗ Destination enabled: was yes, is no.\n✗ Destination status: was Pass, is Failed.\n" in ran.out
    assert "  Fix: In Segment, open the Settings tab of LaunchDarkly - shop / production" in ran.out
    assert "\nChanged since the report: 1 value and 1 check. Unchanged: " in ran.out
    assert [(one["id"], one["before"], one["now"]) for one in document["facts"]] == [
        ("destination/enabled", True, False)
    ]


async def test_a_service_that_does_not_answer_is_no_difference(world: World, tmp_path: Path) -> None:
    report = await report_of(world, tmp_path)

    ran = await world.run(
        "doctor",
        setup=None,
        against=report,
        as_json=False,
        wrap=with_fault(Fault.ERROR_BEFORE, "GET", "/api/v2/.*", times=1_000),
    )

    assert ran.code == 3
    assert "? Unknown this time: LaunchDarkly account, LaunchDarkly environment" in ran.out
    assert "(launchdarkly.reachable)" in ran.out


async def test_another_file_is_refused(world: World, tmp_path: Path) -> None:
    report = await report_of(world, tmp_path)
    newer = report.read_text().replace('"schema": 1', '"schema": 2')
    (tmp_path / "newer.md").write_text(newer)

    for file, said in (("newer.md", "a newer Audience Wizard"), ("missing.md", "couldn't read"), ("setup.toml", "")):
        ran = await world.run("doctor", against=tmp_path / file)
        assert (ran.code, ran.out) == (2, "")
        assert f"{tmp_path / file}: " in ran.err
        assert said in ran.err
    both = await world.run("doctor", against=report, since_last=True)
    assert both.err == "--against compares everything: leave out --since-last and --only."


async def test_an_edited_setting_is_refused_and_an_unknown_one_is_left_out(world: World, tmp_path: Path) -> None:
    report = await report_of(world, tmp_path)
    text = report.read_text()

    report.write_text(text.replace('"setup": {', '"setup": {"of.later": true,'))
    assert (await world.run("doctor", setup=None, against=report)).code == 0
    report.write_text(text.replace('"mapping.context_key": "user_id_only"', '"mapping.context_key": "user"'))
    refused = await world.run("doctor", setup=None, against=report)
    assert (refused.code, refused.out) == (2, "")
    assert f"{report}: mapping.context_key: “user” isn't one of" in refused.err


async def test_a_profile_of_several_environments_needs_no_name(tmp_path: Path) -> None:
    world, report = World(tmp_path), tmp_path / "report.md"
    await world.run("apply", setup=TWO)
    assert (await world.run("export", setup=TWO, action="report", target="shop/staging", into=report)).code == 0

    ran = await world.run("doctor", setup=None, against=report, as_json=False)

    assert ran.code == 0
    assert "for shop / staging" in ran.out


async def test_a_hostile_record_is_no_report_and_its_names_are_text(world: World, tmp_path: Path) -> None:
    destination_of(world).name = "```\n## LaunchDarkly\x1b[31m | <b>"
    report = await report_of(world, tmp_path)
    text = report.read_text()

    assert read_report(text).place == "shop / production"
    assert "\x1b" not in text
    record = json.loads(text.partition("```json\n")[2].rpartition("```")[0])
    for broken in ({}, {"schema": 1}, record | {"report": {**record["report"], "facts": [{"id": 1}]}}):
        with pytest.raises(NoReport, match="isn't a setup report"):
            read_report(json.dumps(broken))
