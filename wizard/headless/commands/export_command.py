"""`export`: write a setup file, Terraform or a dated report of what exists. Changes nothing in either service."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wizard.domain.facts import Slot
from wizard.domain.tokens.scrub import leaks
from wizard.exit_codes import ExitCode
from wizard.flow.handouts.exports import Export, NothingToExport, NotWritten, export, refuse_place, write_export
from wizard.flow.handouts.report import HoldsASecret, secrets_of
from wizard.flow.walk import Walk
from wizard.headless.options import Options
from wizard.headless.printing.documents import export_document
from wizard.headless.printing.output import Output
from wizard.headless.setup.missing import missing_asks, missing_in_short
from wizard.headless.setup.prepare import NOT_FOR_A_PLAN, Given, refuse_unknown, take_answers
from wizard.headless.setup.reading_in_time import read_in_time
from wizard.headless.setup.sandbox_setup import set_up
from wizard.text import within_sentence

_NEVER_READ: Mapping[Export, frozenset[Slot]] = {
    Export.SETUP: NOT_FOR_A_PLAN,
    Export.TERRAFORM: NOT_FOR_A_PLAN - {"segments"},
    Export.REPORT: frozenset(),
}


async def export_setup(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Read both sides, write the text to the file or to standard output, and return the exit code. Raises Refused."""
    what = Export(options.action)
    if why := why_not_there(options):
        return not_exported(why, out)
    await set_up(walk, options)
    given = await read_for(walk, what, options)
    text = export(walk, what)
    if isinstance(text, NothingToExport):
        out.say(*missing_in_short(missing_asks(walk), walk, given.file))
        return say_nothing(text, options, out)
    return write(walk, what, text, options, out)


async def read_for(walk: Walk, what: Export, options: Options) -> Given:
    """Read what the text is made from. Raises Refused."""
    began = walk.ports.stopwatch.monotonic()
    walk.left_out |= _NEVER_READ[what]
    given = await take_answers(walk, options.config)
    await read_in_time(walk, walk.ports.stopwatch.monotonic() - began)
    if what is not Export.REPORT:
        refuse_unknown(given)
    return given


def say_nothing(nothing: NothingToExport, options: Options, out: Output) -> ExitCode:
    """Say why there is nothing, and what to run next."""
    out.say(f"Nothing exported. {nothing.why}", f"Next: {options.command(nothing.next)}")
    return ExitCode.PROBLEM if nothing.is_known else ExitCode.COULD_NOT_TELL


def write(walk: Walk, what: Export, text: str, options: Options, out: Output) -> ExitCode:
    """Write the text to the file or to standard output."""
    if options.into is None:
        if found := leaks(text, secrets_of(walk)):
            return not_exported(f"The text held {', '.join(found)}.", out)
        if not out.as_json:
            out.raw(text)
    else:
        try:
            write_export(options.into, text, walk, replaces=options.force)
        except HoldsASecret as error:
            return not_exported(str(error), out)
        except OSError as error:
            return not_exported(_why_not_written(options.into, error), out)
        out.say(f"Written without any token: {options.into}")
    out.document(export_document(what, text, options.into))
    return ExitCode.OK


def why_not_there(options: Options) -> str:
    """Return why the file can't be written, before anything is read for it; empty when nothing is in the way."""
    if options.into is None:
        return ""
    try:
        refuse_place(options.into, replaces=options.force)
    except OSError as error:
        return _why_not_written(options.into, error)
    return ""


def _why_not_written(place: Path, error: OSError) -> str:
    if isinstance(error, NotWritten):
        how = "." if place.is_symlink() else ", or replace it with --force."
        return f"{within_sentence(str(error))}{how}"
    return f"We couldn't write {place} ({error.strerror or error})."


def not_exported(why: str, out: Output) -> ExitCode:
    out.say(f"Nothing exported. {why}")
    return ExitCode.PROBLEM
