"""The environments of a setup that has several: each has its own walk, over the same clients and tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any, NoReturn, TypeAlias, TypeVar

from wizard.exit_codes import ExitCode
from wizard.flow.journey import new_walk
from wizard.flow.outside.notices import Notices
from wizard.flow.outside.requests import SentRequests
from wizard.flow.profile.session import Session
from wizard.flow.targets import targets
from wizard.flow.targets.environments import environments_of
from wizard.flow.walk import Walk
from wizard.headless.given_file import shown
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused, did_you_mean, quoted
from wizard.headless.setup.sandbox_setup import set_up
from wizard.headless.setup.setup_file import parse_whole

T = TypeVar("T")
_WORST_EXIT_FIRST = (ExitCode.PROBLEM, ExitCode.COULD_NOT_TELL, ExitCode.WAITING, ExitCode.OK)


@dataclass(frozen=True, slots=True)
class Target(targets.Target):
    """One environment, with the options that name it. The name is empty for what the profile made without a target."""

    options: Options

    @property
    def title(self) -> str:
        return self.name or "without a target"

    def output(self, out: Output, take: Callable[[Mapping[str, Any]], None], *, named: bool = False) -> Output:
        """Return this target's output: `take` gets its documents; with `named`, each line begins with the title."""
        begin = f"{self.title}: " if named else ""
        return replace(out, take=take, of_this_run=self.options.of_this_run, begin=begin)


One: TypeAlias = Callable[[Walk, Options, Output], Awaitable[ExitCode]]
Several: TypeAlias = Callable[[Walk, tuple[Target, ...], Options, Output], Awaitable[ExitCode]]


@dataclass(frozen=True, slots=True)
class OnTargets:
    """A command that works on one or several environments; with `also_own`, also on what no target made."""

    one: One
    several: Several
    also_own: bool = False

    async def __call__(self, walk: Walk, options: Options, out: Output) -> ExitCode:
        return await self.one(walk, options, out)


def targets_of(walk: Walk, options: Options, *, also_own: bool = False) -> tuple[Target, ...]:
    """Return the environments to work on; none if the setup has a single unnamed one. Raises Refused."""
    sessions = _sessions(walk, options)
    if options.target:
        name = _named(options, tuple(sessions))
        return (_target(walk, options, name, sessions[name]),)
    targets = tuple(_target(walk, options, name, session) for name, session in sessions.items())
    is_own_left = also_own and options.config is None and bool(walk.session.saved.made)
    is_among_them = walk.session in sessions.values()
    return (*targets, Target("", walk, options)) if targets and is_own_left and not is_among_them else targets


def _sessions(walk: Walk, options: Options) -> Mapping[str, Session]:
    """Return the environments of the file or the profile, or the one environment of `--against`'s report."""
    if options.config is None and options.against:
        return _of_report(walk, options.against)
    if options.config is None:
        return environments_of(walk.session)
    whole = parse_whole(options.config)
    if whole.targets:
        whole.refuse()
    return {one.name: walk.session.of_target(one.name) for one in whole.targets}


def _of_report(walk: Walk, path: Path) -> Mapping[str, Session]:
    """Return the profile's environment that a report is about, because it may have its own token; else none.

    Raises Refused.
    """
    from wizard.headless.commands.doctor.report_comparison import load_report  # no other command needs it

    setup = load_report(path).proof.setup
    keys, client_side_id = ("launchdarkly.project", "launchdarkly.environment"), "launchdarkly.client_side_id"
    place, known_by_id = "/".join(str(setup.get(key, "")) for key in keys), setup.get(client_side_id)

    def is_same_environment(session: Session) -> bool:
        answers = session.saved.answers
        return answers.place == place or answers.client_side_id == known_by_id

    return {name: session for name, session in environments_of(walk.session).items() if is_same_environment(session)}


def _named(options: Options, names: tuple[str, ...]) -> str:
    if options.target in names:
        return options.target
    named = options.config or options.against
    where = shown(named) if named else "this profile"
    what = f"--target {quoted(options.target)}:"
    if not names:
        raise Refused(f"{what} {where} has no targets, so the option isn't needed.")
    raise Refused(f"{what} {where} doesn't have this target.{did_you_mean(options.target, names)}", _all(names))


def _target(walk: Walk, options: Options, name: str, session: Session) -> Target:
    """Return an environment with its own walk. Only the main walk gives notices, once for all environments."""
    ports = replace(walk.ports, notices=Notices(), requests=SentRequests(begun_with=walk.ports.requests))
    return Target(name, new_walk(ports, session), replace(options, target=name))


def refuse_several(targets: tuple[Target, ...]) -> NoReturn:
    """Raise Refused: the command is about one environment."""
    raise Refused("This command is about one environment. Name it with --target.", _all(one.name for one in targets))


def commands_for_one(targets: Iterable[Target], command: str, *option: str) -> tuple[str, ...]:
    """Return, for an option that works on one environment only, the command to type for each environment."""
    typed = " ".join(map(quote, option))
    return tuple(f"  {target.options.command(command)} {typed}" for target in targets)


def _all(names: Iterable[str]) -> str:
    return f"The targets: {', '.join(names)}"


async def set_up_all(targets: Iterable[Target], *, syncs: bool = True) -> tuple[Target, ...]:
    """Make the sandbox scenario's setups, if the command needs them, one after the other as a person would.

    Return the targets, marked as set up.
    """
    made = []
    for target in targets:
        await set_up(target.walk, target.options, syncs=syncs)
        made.append(replace(target, options=replace(target.options, is_set_up=True)))
    return tuple(made)


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run the calls in parallel and return their results. Raises one Refused with the sentences of all."""
    ended = await asyncio.gather(*calls, return_exceptions=True)
    refused = [one for one in ended if isinstance(one, Refused)]
    if refused:
        raise Refused(*dict.fromkeys(line for one in refused for line in one.lines))
    done = []
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        done.append(one)
    return done


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the worst exit code: a problem first, then that we couldn't tell, then that changes wait."""
    every = set(codes)
    return next((code for code in _WORST_EXIT_FIRST if code in every), ExitCode.OK)
