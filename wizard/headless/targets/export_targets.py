"""`export terraform` for several environments: one file, with the resources of each."""

from __future__ import annotations

from wizard.exit_codes import ExitCode
from wizard.flow.handouts.exports import Export, NothingToExport, existing
from wizard.flow.handouts.terraform import Existing, terraform
from wizard.flow.walk import Walk
from wizard.headless.commands.export_command import not_exported, read_for, say_nothing, why_not_there, write
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.targets.targets import Target, refuse_several, set_up_all, together, worst


async def export_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Write what exists for all environments, or nothing if one can't be read or has nothing. Raises Refused."""
    what = Export(options.action)
    if what is not Export.TERRAFORM:
        refuse_several(targets)
    if why := why_not_there(options):
        return not_exported(why, out)
    targets = await set_up_all(targets)
    await together(read_for(target.walk, what, target.options) for target in targets)
    found = [(target, existing(target.walk)) for target in targets]
    missing = [(target, one) for target, one in found if isinstance(one, NothingToExport)]
    if missing:
        return worst(say_nothing(one, target.options, out) for target, one in missing)
    every = [one for _, one in found if isinstance(one, Existing)]
    return write(walk, what, terraform(every, walk.ports.clock.now()), options, out)
