"""A scenario with names that strangers might type: markup, escape codes, bidirectional marks, very long, empty."""

from __future__ import annotations

from datetime import datetime, timedelta

from wizard.sandbox.scenarios.acme import acme, add_audience, environment, project
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.segment_workspace import GeneratedProfiles

HOSTILE_NAMES = (
    "[/x]",
    "[ERROR] 401",
    "[@click=app.quit]x[/]",
    "\x1b]52;c;aGFja2Vk\x07 clipboard",
    "\x1b[31mred\x1b[0m \x9b2J",
    "\u202egnp.exe\u202c",
    "long " * 800,
    "👩‍👩‍👧‍👦 family 🏳️‍🌈",
    "two\nlines\r\nand a\ttab",
    "",
    "${name} %s {0} $(id)",
    "\u200b\u200d\ufeff",
)


def _hostile_names(start: datetime) -> Prepared:
    company = acme(start)
    for number, name in enumerate(HOSTILE_NAMES):
        hostile = project("Acme", f"hostile-{number}", name, start)
        hostile.environments["odd"] = environment("Acme", hostile.key, "odd", name)
        company.account.projects[hostile.key] = hostile
        made = start - timedelta(days=number)
        audience = add_audience(company.workspace, company.space, f"hostile_{number}", name, GeneratedProfiles(3), made)
        audience.description = name
    company.account.name = company.token.name = company.account.members[company.token.member_id].first_name = (
        HOSTILE_NAMES[2]
    )
    company.workspace.name = HOSTILE_NAMES[0]
    company.workspace.spaces[1].name = HOSTILE_NAMES[3]
    company.workspace.sources[1].name = f"Personas {HOSTILE_NAMES[3]}"
    for destination in company.workspace.destinations.values():
        destination.name = HOSTILE_NAMES[5]
    company.shop.context_kinds[-1].name = HOSTILE_NAMES[1]
    company.production.segments["beta-testers"].name = HOSTILE_NAMES[4]
    return prepared(company)


HOSTILE = (Scenario("hostile-names", "Names hold markup, escape codes, reordering marks and more", _hostile_names),)
