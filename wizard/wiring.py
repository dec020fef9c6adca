"""The one place where real parts are put together: clients, keyring, clock, sandbox."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from wizard.api.proxies import Proxies
from wizard.api.retry import Wait
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client, opener
from wizard.api.trust import tls_context, unusable_key_log
from wizard.clock import Clock, FastClock, ServicesClock, SkippingClock, SystemClock
from wizard.command_line.settings import LAUNCHDARKLY_CLIENT_VARIABLE, LAUNCHDARKLY_VARIABLE, SEGMENT_VARIABLE, Settings
from wizard.domain.answers import Answers
from wizard.domain.credentials import CLIENT_SIDE_ID, LAUNCHDARKLY_TOKEN, MAKER_TOKEN, SEGMENT_TOKEN
from wizard.domain.failure import Service
from wizard.domain.sent_request import SentRequest
from wizard.flow.journey import new_walk
from wizard.flow.outside.notices import Notices
from wizard.flow.outside.ports import Ports
from wizard.flow.outside.requests import SentRequests
from wizard.flow.outside.vault import Vault
from wizard.flow.profile.session import Session
from wizard.flow.targets.environments import environments_of
from wizard.flow.walk import Walk
from wizard.log_file import LogFile
from wizard.vault import KeyringVault, MemoryVault, from_variables

if TYPE_CHECKING:
    import httpx
    from keyring.backend import KeyringBackend

    from wizard.sandbox.app import Sandbox
    from wizard.sandbox.scenarios.scenario import Credentials

_NO_HOME = (
    "This machine has no home folder, so this run keeps nothing. To keep it, set AUDIENCE_WIZARD_HOME to a folder."
)
_OWN_ADDRESS = {
    LAUNCHDARKLY_VARIABLE: Service.LAUNCHDARKLY,
    LAUNCHDARKLY_CLIENT_VARIABLE: Service.CLIENT_SIDE,
    SEGMENT_VARIABLE: Service.SEGMENT,
}
NOTICED_S = 3.0  # seconds of silence that a person wonders about
_VENDORS = {Service.SEGMENT: "Segment"} | dict.fromkeys((Service.LAUNCHDARKLY, Service.CLIENT_SIDE), "LaunchDarkly")

Trace: TypeAlias = Callable[[SentRequest], None]
Wrap: TypeAlias = "Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]"


def build_walk(settings: Settings, *, skips_waits: bool = False) -> Walk:
    """Return a walk at its first step, on the real services or on the sandbox. Makes no call.

    With `skips_waits`, waiting in the sandbox takes no time, for commands that look at the result of a first sync.
    """
    if settings.sandbox:
        return _sandbox_walk(settings, SkippingClock() if skips_waits else FastClock(settings.speed))
    ports = real_ports(settings)
    folder = settings.home / settings.profile if settings.home else None
    session = Session(folder, ports.clock, "" if folder else _NO_HOME)
    return new_walk(ports, _of_target(session, settings))


def _of_target(session: Session, settings: Settings) -> Session:
    """Return the session of the environment that the settings name, or `session` itself if they name none."""
    return environments_of(session)[settings.target] if settings.target else session


def _sandbox_walk(settings: Settings, clock: Clock) -> Walk:
    """Return a walk on the sandbox.

    Without a setup file, a command uses the profile's saved answers. In the sandbox, those are the scenario's.
    """
    from wizard.sandbox.app import Sandbox  # imported here because it loads a web framework

    sandbox = Sandbox(settings.sandbox, clock)
    session = Session(None, clock)
    session.saved = replace(session.saved, answers=answers_of(sandbox))
    _give_environments(session, sandbox)
    ports = replace(ports_of(sandbox, SystemClock(), trace=_trace(settings)), options=settings.of_setup)
    if settings.log_file and (trouble := LogFile(settings.log_file).trouble):
        ports.notices.add(trouble)
    return new_walk(ports, _of_target(session, settings))


def answers_of(sandbox: Sandbox) -> Answers:
    """Return the scenario's environment, audience and kind of SDKs as answers."""
    workspace = sandbox.world.workspaces[0]
    space = workspace.spaces[0].id if workspace.spaces else ""
    first = tuple(audience.id for audience in workspace.audiences_of(space)[:1]) if space else ()
    return Answers(
        ask_other_instances=True,  # nothing leaves the process
        client_side_id=sandbox.tokens.launchdarkly_client_side_id,
        space=space,
        audiences=(sandbox.scenario.audience,) if sandbox.scenario.audience else first,
        server_side=sandbox.scenario.server_side,
        make_token=sandbox.scenario.makes_token or None,
    )


def _give_environments(session: Session, sandbox: Sandbox) -> None:
    """Add the scenario's environments to the profile, if the scenario is about several."""
    projects, workspace = sandbox.world.accounts[0].projects, sandbox.world.workspaces[0]
    for key, slug in sandbox.scenario.environments:
        space = next(one.id for one in workspace.spaces if one.slug == slug)
        first, there = tuple(one.id for one in workspace.audiences_of(space)[:1]), projects["shop"].environments[key]
        answers = replace(session.saved.answers, client_side_id=there.id, space=space, audiences=first)
        target = session.of_target(f"shop/{key}")
        target.saved = replace(target.saved, answers=answers)
        session.saved = replace(session.saved, targets=(*session.saved.targets, target.target))


def real_ports(settings: Settings) -> Ports:
    clock, notices = ServicesClock(SystemClock()), _first_notices(settings)
    tls_context()  # cached here, before any loop runs; otherwise three calls would make one at the same time
    wrong = {_OWN_ADDRESS[variable]: why for variable, why in settings.wrong_addresses.items()}
    urls = BaseUrls(settings.launchdarkly_url, settings.launchdarkly_client_url, settings.segment_url or None, wrong)
    requests = SentRequests(also=_trace(settings))
    waits = Waits(notices, clock)
    runtime = Runtime(clock, random.SystemRandom().random, waits.add, requests.add, notices.add, requests.shapes.append)
    services = HttpServices(urls, runtime, opener(Proxies(settings.environ)))
    vault, options = _vault(settings, notices.add), settings.of_setup
    return Ports(services, vault, clock, clock, options=options, notices=notices, requests=requests)


def _first_notices(settings: Settings) -> Notices:
    """Return notices about settings of this machine that don't work, but stop nothing."""
    notices = Notices()
    log = LogFile(settings.log_file).trouble if settings.log_file else ""
    for trouble in (log, unusable_key_log(settings.environ)):
        if trouble:
            notices.add(trouble)
    return notices


class Waits:
    """Report each pause that a person would notice, once for all calls that wait for the same moment."""

    def __init__(self, notices: Notices, clock: Clock) -> None:
        self._notices = notices
        self._clock = clock
        self._until: dict[str, float] = {}  # by vendor

    def add(self, wait: Wait) -> None:
        until = self._clock.monotonic() + wait.seconds
        who, seconds = _VENDORS[wait.service], max(1, round(wait.seconds))
        if wait.seconds < NOTICED_S or until < self._until.get(who, 0.0) + NOTICED_S:
            return
        self._until[who] = until
        if wait.asked:
            self._notices.add(f"{who} asks us to wait {seconds} s.", "rate limit", wait.seconds)
        else:
            self._notices.add(f"We ask {who} again in {seconds} s.", "answer", wait.seconds)


def ports_of(
    sandbox: Sandbox, stopwatch: Clock, wrap: Wrap = lambda transport: transport, trace: Trace | None = None
) -> Ports:
    """Return ports on which both services are simulated in this process; nothing is stored or sent.

    `wrap` puts a transport between the clients and the sandbox.
    """
    from httpx import ASGITransport

    from wizard.sandbox.person import Person

    transport = wrap(ASGITransport(sandbox.asgi))

    async def open_client(_: Service) -> httpx.AsyncClient:
        return new_client(transport)

    requests = SentRequests(also=trace)
    notices = Notices()
    waits = Waits(notices, sandbox.clock)
    clock = ServicesClock(sandbox.clock)
    runtime = Runtime(clock, lambda: 0.0, waits.add, requests.add, notices.add, requests.shapes.append)
    services = HttpServices(BaseUrls(), runtime, open_client)
    given = {slot: (value, "from the sandbox") for slot, value in _given(sandbox.tokens).items()}
    vault = MemoryVault("the sandbox stores nothing", given)
    person = Person(sandbox.world.workspaces[0], sandbox.world.accounts, sandbox.app_actions)
    return Ports(
        services,
        vault,
        sandbox.clock,
        stopwatch,
        sandbox=sandbox.scenario.name,
        notices=notices,
        requests=requests,
        colleague=person,
        good_tokens={
            LAUNCHDARKLY_TOKEN.slot: sandbox.tokens.good_launchdarkly_token,
            SEGMENT_TOKEN.slot: sandbox.tokens.good_segment_token,
        },
        before_outage=sandbox.before_outage,
    )


def _given(pasted: Credentials) -> dict[str, str]:
    """Return what a person would paste, by slot.

    The client-side ID is chosen from a list instead, unless the scenario is about a wrong one.
    """
    tokens = {
        LAUNCHDARKLY_TOKEN.slot: pasted.launchdarkly_access_token,
        SEGMENT_TOKEN.slot: pasted.segment_public_api_token,
        MAKER_TOKEN.slot: pasted.launchdarkly_admin_token,
    }
    story = {CLIENT_SIDE_ID.slot: pasted.launchdarkly_client_side_id}
    return tokens | story if pasted.pastes_client_side_id else tokens


def _trace(settings: Settings) -> Trace | None:
    """Return a function that logs each request, without secrets; None without a log file."""
    return LogFile(settings.log_file).request if settings.log_file else None


def vault_of(settings: Settings, note: Callable[[str], None]) -> Vault:
    """Return the profile's vault, for a command that needs nothing else."""
    if settings.sandbox:
        return MemoryVault("the sandbox stores nothing", {}, nothing_is_stored=True)
    return _vault(settings, note)


def _vault(settings: Settings, note: Callable[[str], None]) -> Vault:
    if not settings.use_keyring:
        return MemoryVault("switched off with --no-keyring", from_variables(settings.environ))
    return KeyringVault(settings.profile, settings.environ, _find_keyring, note)


def _find_keyring() -> KeyringBackend:
    import keyring  # imported in the vault's own thread, because it takes long and may start back ends

    return keyring.get_keyring()
