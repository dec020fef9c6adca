"""`inventory` for several environments: each of their projects is listed once."""

from __future__ import annotations

from wizard.exit_codes import ExitCode
from wizard.flow.walk import Walk
from wizard.headless.commands.inventory_command import could_not_read, read_project, show, take
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.targets.targets import Target, set_up_all, together


async def inventory_targets(_: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Print the segments of every project that the environments belong to. Raises Refused."""
    targets = await set_up_all(targets)
    projects = await together(read_project(one.walk, one.options) for one in targets)
    by_key = {project.key: (target, project) for target, project in zip(targets, projects, strict=True) if project}
    if not by_key:
        return could_not_read(targets[0].walk, options, out)
    taken = [await take(target.walk, project, out) for target, project in by_key.values()]
    code = show(taken, targets[0].walk, options, out)
    return ExitCode.COULD_NOT_TELL if code is ExitCode.OK and None in projects else code
