"""A command's own options. For those that every command takes, see `wizard.command_line.settings`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from wizard.command_line.commands import BY_NAME, Begins
from wizard.domain.commands import of_this_run

if TYPE_CHECKING:
    import argparse

    from wizard.command_line.settings import Settings

DEFAULT_TIMEOUT_S = 30 * 60.0
_PATHS = {"config", "report", "into", "against"}


@dataclass(frozen=True, slots=True)
class Options:
    """A command's options; `config` None means that the profile's saved answers are used."""

    # the setup that every command is about
    config: Path | None = None
    target: str = ""  # the environment's name, if the setup has several
    common: str = ""  # the typed options that every command takes, such as ` --profile staging`
    after_setup: bool = False  # whether the command first makes the sandbox scenario's setup
    is_set_up: bool = False  # whether the sandbox scenario's setup has been made already
    # how things are shown
    as_json: bool = False
    colored: bool = False  # whether a terminal's lines may be colored
    rings: bool = True  # whether the terminal's bell rings when a watched sync ends
    # `plan`, `apply`, `watch`, `rotate` and `undo`
    check_only: bool = False  # whether `plan` only judges the setup file
    resync: tuple[str, ...] = ()  # keys of audiences whose members are to be sent again
    accept: tuple[str, ...] = ()  # ids of the checks whose failure the user accepts
    yes: bool = False
    without_journal: bool = False
    watch: bool = False  # whether `apply` then follows the first sync
    timeout_s: float = DEFAULT_TIMEOUT_S
    # `doctor`
    only: tuple[str, ...] = ()  # ids of checks
    verbose: bool = False  # whether every check is shown
    list_checks: bool = False
    since_last: bool = False  # whether to print one line with what has changed since the last run with this option
    against: Path | None = None  # a setup's report, to compare the current state with
    count_members: bool = False  # whether to count members, which takes audience previews
    report: Path | None = None  # where to write the support report
    observations: bool = False  # whether the report is instead how both services answered, in classes and counts
    # `troubleshoot` and `rule`
    environment: str = ""  # instead of the setup's, as PROJECT/ENVIRONMENT
    flag: str = ""  # its key, or the address of its page
    symptom: str = ""  # of `troubleshoot`: an id
    given: tuple[str, ...] = ()  # answers for `troubleshoot`, each as QUESTION=ANSWER
    audience: str = ""  # of `troubleshoot`: instead of the setup's, by key, name or ID
    space: str = ""  # of that audience
    user: str = ""  # of `troubleshoot`: the test user, by context key
    segments: tuple[str, ...] = ()  # of `rule`: keys, instead of those of the setup's audiences
    variation: str = ""  # of `rule`: the value or name of the variation that members get
    apply: bool = False  # whether `rule` adds the rule
    # `inventory`, `export` and `secrets`
    as_csv: bool = False  # of `inventory`
    action: str = ""  # of `secrets`: list, set or forget; of `export`: what
    into: Path | None = None  # of `export`: the file; None is standard output
    force: bool = False  # of `export`: whether to replace an existing file
    words: tuple[str, ...] = ()  # the words after the action of `secrets`

    @property
    def moment(self) -> str:
        """Words for the sandbox's moment that the command looks at: unlike `plan`, after the setup. Empty elsewhere."""
        return " (sandbox, after the setup)" if self.after_setup else ""

    @property
    def makes_setup(self) -> bool:
        """Return whether the command still has to make the sandbox scenario's setup."""
        return self.after_setup and not self.is_set_up

    @property
    def sandbox_hint(self) -> str:
        """Say how to do more in the sandbox, where everything that is started begins afresh; empty elsewhere."""
        where = f"To do several things in a row, open the full screen: audience-wizard{self.common}"
        said = f"The sandbox keeps nothing: the next command starts afresh. {where}"
        return said if self.after_setup else ""

    def command(self, name: str) -> str:
        """Return another command for the same setup, to type next."""
        return self.of_this_run(f"audience-wizard {name}")

    @property
    def apply_command(self) -> str:
        """Return the `apply` command for the plan that was shown, with its `--resync` and `--accept` options."""
        asked = [word for key in self.resync for word in ("--resync", quote(key))]
        accepted = [word for check in self.accept for word in ("--accept", quote(check))]
        return " ".join((self.command("apply"), *asked, *accepted))

    def of_this_run(self, text: str) -> str:
        """Return the text with this setup's options added to each command; a text with `--target` has them already."""
        if not self.target and " --target " in text:
            return text
        config = f" -c {quote(str(self.config))}" if self.config else ""
        target = f" --target {quote(self.target)}" if self.target else ""
        return of_this_run(text, config, target, self.common)


def options_of(given: argparse.Namespace, settings: Settings) -> Options:
    """Return a command's options from the parsed arguments and the run's settings."""
    typed = {name: value for name, value in vars(given).items() if value and name in Options.__dataclass_fields__}
    lists = {name: tuple(value) for name, value in typed.items() if isinstance(value, list)}
    config = getattr(given, "config", None) or getattr(given, "file", None)
    paths = {name: Path(path) for name, path in {**typed, "config": config}.items() if path and name in _PATHS}
    of_setup = {
        "rings": settings.notify,
        "colored": settings.colored,
        "after_setup": bool(settings.sandbox) and BY_NAME[given.command].begins is not Begins.NEW,
        "common": settings.of_setup,
    }
    return Options(**{**typed, **lists, **paths, **of_setup})
