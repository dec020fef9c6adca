"""The letters that lead away from a prompt of the walk, and back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wizard.headless.plain.asides.counting_members import count_members
from wizard.headless.plain.asides.environments import add_more
from wizard.headless.plain.asides.findings import read_findings
from wizard.headless.plain.asides.inventory import print_inventory
from wizard.headless.plain.asides.troubleshooting import troubleshoot

if TYPE_CHECKING:
    from wizard.headless.plain.dialogue.dialogue import Aside

ASIDES: Mapping[str, Aside] = {
    "f": read_findings,
    "t": troubleshoot,
    "i": print_inventory,
    "e": add_more,
    "k": count_members,
}
