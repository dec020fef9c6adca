"""The walk: take answers and secrets, judge what was read, make the plan. It knows no screen and no HTTP."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.answers import NEW_DESTINATION, Answers
from wizard.domain.checks.check import Check, run_checks
from wizard.domain.checks.segment.audience_attached import is_yet_to_attach
from wizard.domain.commands import of_this_run
from wizard.domain.credentials import (
    LAUNCHDARKLY_TOKEN,
    MAKER_TOKEN,
    TOKENS,
    Credential,
    holds_a_token,
    read_paste,
)
from wizard.domain.facts import Facts, Slot
from wizard.domain.findings import Finding
from wizard.domain.memoize_last import memoize_last
from wizard.domain.planning.plan import Plan, can_be_waived, make_plan
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.step_id import StepId
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.journal import found_in_place
from wizard.flow.reading.reader import Reader
from wizard.flow.reading.reading import Reading
from wizard.flow.recall import with_profile
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Value, in_the_app_of
from wizard.flow.steps.step import Step

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.flow.profile.session import Session

NOT_HERE = "This looks like a token. Tokens belong in the hidden fields only."
_CHANGED_BY_APPLY: tuple[Slot, ...] = ("destinations", "subscriptions", "connections", "activations")


class Walk(Reader):
    """One setup in progress. Everything here is safe to repeat, because nothing is written to a service."""

    def __init__(
        self,
        ports: Ports,
        steps: tuple[Step, ...],
        readings: tuple[Reading, ...],
        checks: tuple[Check, ...],
        state: State,
        session: Session,
    ) -> None:
        super().__init__(ports, readings, state)
        self.session = session
        self.steps = steps
        self.accepted: set[StepId] = set()  # ids of steps that the user went on from
        self.outdated: set[StepId] = set()  # accepted steps, for which an answer of an earlier step has changed since
        self.edits: Counter[StepId] = Counter()  # by step: how often an answer or a token of an earlier step changed
        self.waived: set[tuple[str, str]] = set()  # failures that the user chose to go on with, as (id, summary)
        self.resync: set[str] = set()  # keys of audiences whose members are to be sent again, as the user asked
        self.made_by_us = session.saved.made_ids
        self.where: dict[str, str] = {}  # by slot: where a secret came from (keyring, variable or sandbox)
        self.own_tokens: dict[str, SecretStr] = {}  # by environment: a token made for it alone; "" is the first
        self.vault_trouble = ""  # why the keyring could not be read
        self.hand_makes_the_destination = False  # and no existing one could be meant instead
        self.checks = checks
        self.forks: list[Walk] = []  # walks of the profile's other environments
        self._judged = memoize_last(self._judge)

    # --- questions ----------------------------------------------------------------------------------------------

    def step(self, step_id: StepId) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    def applying(self, step: Step) -> tuple[Ask, ...]:
        """Return the questions of a step that apply now, as declared, without the details of this run."""
        return tuple(ask for ask in step.asks if ask.applies(self.state))

    def asks(self, step: Step) -> tuple[Ask, ...]:
        """Return the questions of a step that apply now, as shown, with the details of this run."""
        return tuple(map(self.with_run_details, self.applying(step)))

    def with_run_details(self, ask: Ask) -> Ask:
        """Return the question with the details of this run in its texts: the region's pages, hosts, command options."""
        workspace = self.state.facts.workspace
        said = in_the_app_of(ask, workspace.region if isinstance(workspace, Workspace) else Region.US)
        what = of_this_run(said.help.what, self.ports.options) if self.ports.options else said.help.what
        if what != said.help.what:
            said = replace(said, help=replace(said.help, what=what))
        more = said.hint_of_run(self.state)
        return replace(said, hint=f"{said.hint} {more}") if more else said

    def missing(self, step: Step) -> tuple[Ask, ...]:
        """Return the questions that keep the step from being complete; an accepted suggestion counts as an answer."""
        open_ones = (ask for ask in step.asks if not ask.optional and not ask.is_answered(self.state))
        return tuple(self.with_run_details(ask) for ask in open_ones if ask.applies(self.state))

    def answer(self, ask: Ask, value: Value) -> str:
        """Take an answer and forget what depended on the earlier one. Return the mistake in it, or an empty text."""
        before = self.state
        mistake = self._paste(ask, ask.secret, str(value)) if ask.secret else self._put(ask, value)
        if mistake:
            return mistake
        if self.state != before:
            if ask.secret:
                self.where.pop(ask.secret.slot, None)
            self._outdate_after(ask)
        self.changed()
        return ""

    def _put(self, ask: Ask, value: Value) -> str:
        cleaned = ask.clean(value) if isinstance(value, str) else value
        if isinstance(cleaned, str) and (cleaned or not ask.optional):
            mistake = ask.mistake(cleaned, self.state) or _misplaced(cleaned, self.state)
            if mistake:
                return mistake
        self.set_state(ask.put(self.state, cleaned))
        return ""

    def _paste(self, ask: Ask, credential: Credential, raw: str) -> str:
        paste = read_paste(raw)
        mistake = credential.mistake(paste) if paste.text or not ask.optional else ""
        if not mistake:
            self.set_state(self.state.with_token(credential, paste))
        return mistake

    def token_source(self, ask: Ask) -> str:
        """Return where the token of a question came from: the keyring's or the variable's name, or empty."""
        return self.where.get(ask.secret.slot, "") if ask.secret else ""

    def suggest(self, step: Step) -> None:
        """Answer the step's open questions with the suggestions that the user saw preselected."""
        for ask in step.asks:
            if ask.applies(self.state) and not ask.is_answered(self.state) and not ask.waits_for(self.state):
                value = ask.suggest(self.state)
                if value:
                    self.set_state(ask.put(self.state, value))
        self.changed()

    async def read_and_suggest(self, *step_ids: StepId) -> None:
        """Read for these steps, or for all, and answer with the wizard's suggestions until nothing changes.

        The answer on where to keep tokens doesn't change: only a person decides that.
        """
        keep, before, read = self.state.answers.keep_secrets, None, None
        while before != self.state.answers:
            before = self.state.answers
            for step in self.steps:
                if self.state is not read:
                    await self.read(*step_ids)
                    read = self.state
                self.suggest(step)
        self.take(replace(self.state.answers, keep_secrets=keep))

    def accept(self, step: Step) -> None:
        """Record that the user went on from this step."""
        self.suggest(step)
        self.accepted.add(step.id)
        self.outdated.discard(step.id)
        self.keep()
        self.changed()

    def keep(self) -> None:
        self.session.keep(self.answers_to_save, tuple(step.id for step in self.steps if step.id in self.accepted))

    @property
    def answers_to_save(self) -> Answers:
        """Return the answers to save. A command doesn't ask where tokens are kept, so the saved choice stays.

        While a person makes the destination by hand, no destination is saved: a later run finds it under any name.
        """
        answers, saved = self.state.answers, self.session.saved.answers
        keep = saved.keep_secrets if answers.keep_secrets is None else answers.keep_secrets
        is_awaited = self.hand_makes_the_destination and answers.destination == NEW_DESTINATION
        return replace(answers, keep_secrets=keep, destination="" if is_awaited else answers.destination)

    def resume(self) -> None:
        """Restore the answers and the accepted steps that the profile saved."""
        saved = self.session.saved
        self.accepted = {step.id for step in self.steps if step.id in saved.accepted}
        self.made_by_us = saved.made_ids
        client_side_id = saved.answers.client_side_id or self.state.answers.client_side_id
        answers = replace(saved.answers, client_side_id=client_side_id, keep_secrets=self._are_kept(saved.answers))
        self.take(answers)

    def _are_kept(self, saved: Answers) -> bool | None:
        """Return whether to keep tokens in the keyring: as saved, or else by where this run found them.

        None, so that the user is asked, if the choice isn't saved and a token has to be pasted.
        """
        if saved.keep_secrets is not None or self.state.sandbox:
            return saved.keep_secrets
        tokens = (LAUNCHDARKLY_TOKEN,) if saved.by_hand else TOKENS
        if any(token.slot not in self.where for token in tokens):
            return None
        return any(self.where[token.slot] not in token.variables for token in tokens)

    def take(self, answers: Answers) -> None:
        """Take answers from a file or from an earlier run."""
        self.edits.update(step.id for step in self.steps)
        self.set_state(replace(self.state, answers=answers))
        self.changed()

    def start_over(self) -> None:
        """Forget the saved answers, but not what was made, so that nothing is made twice."""
        self.session.start_over()
        self.accepted.clear()
        self.outdated.clear()
        self.waived.clear()
        self.resync.clear()
        self.hand_makes_the_destination = False
        self.take(Answers())

    def call_off_start_over(self) -> None:
        """Go back to the saved setup, if nothing new was confirmed since a start over."""
        if self.session.call_off_start_over():
            self.resume()

    # --- other environments --------------------------------------------------------------------------------------

    @property
    def own_token_name(self) -> str:
        """Return the key of this environment's token in `own_tokens`; for the first environment that can be ""."""
        profile = self.session.profile
        is_first = self.session is profile or self.session.target == profile.saved.answers.place
        return "" if is_first and "" in self.own_tokens else self.session.name

    @property
    def own_token(self) -> SecretStr | None:
        return self.own_tokens.get(self.own_token_name)

    @property
    def shared_token(self) -> SecretStr | None:
        """Return the token that also reads other environments; None if it was made for this environment alone."""
        is_own = self.own_token is not None or self.state.has_made_a_token
        return None if is_own else self.state.secrets.launchdarkly_token

    async def close(self) -> None:
        """Stop every reading in progress, including those of other environments."""
        await asyncio.gather(super().close(), *(fork.close() for fork in self.forks))

    # --- what was made -------------------------------------------------------------------------------------------

    def forget_what_is_made(self) -> None:
        """Forget the facts that an apply or a person may have changed."""
        self.forget_slots(*_CHANGED_BY_APPLY)

    def use_destination(self, destination_id: str) -> None:
        """Use this destination from now on: it was made for this setup, by the API or by hand."""
        self.set_state(replace(self.state, answers=replace(self.state.answers, destination=destination_id)))
        self.keep()

    # --- judgment ----------------------------------------------------------------------------------------------

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the checks say about the current state. They run on access, because states change more often."""
        return self._judged(self.state.facts, self.state.answers)

    def _judge(self, facts: Facts, answers: Answers) -> tuple[Finding, ...]:
        found, options = run_checks(self.checks, facts, answers), self.ports.options
        return tuple(one.of_this_run(options) for one in found) if options else found

    def findings_of(self, step: Step) -> tuple[Finding, ...]:
        """Return the findings of a step. Until Review is accepted, leave out that an audience isn't attached yet."""
        ids = {check.id for check in self.checks if check.step == step.id}
        found = tuple(finding for finding in self.findings if finding.id in ids)
        if StepId.REVIEW in self.accepted - self.outdated:
            return found
        return tuple(finding for finding in found if not is_yet_to_attach(finding))

    def ask_of(self, finding: Finding) -> Ask | None:
        """Return the question that a finding is about: its `about` has the longest beginning of the finding's ID.

        None if there is no such question, or while the question waits for something, so that nobody can answer it.
        """
        fitting = [
            (len(beginning), ask)
            for step in self.steps
            for ask in self.applying(step)
            for beginning in (*ask.about, *ask.around)
            if finding.id.startswith(beginning)
        ]
        ask = max(fitting, key=lambda pair: pair[0])[1] if fitting else None
        return None if ask is None or ask.waits_for(self.state) else self.with_run_details(ask)

    def plan(self) -> Plan:
        """Make the plan. A resource that a killed run was creating counts as ours once it is found."""
        found = found_in_place(self.session.saved.unconfirmed, self.state.facts)
        ours = self.made_by_us | {resource_id for entry, resource_id in found if entry.is_creation}
        ours |= self.session.saved.made_ids  # another run of this profile may have made some since
        standing = self.findings
        if self.waived:
            standing = tuple(one for one in standing if (one.id, one.summary) not in self.waived)
        facts, answers = self.state.facts, self.state.answers
        return make_plan(facts, answers, standing, made_by_us=ours, resync=frozenset(self.resync))

    def waive(self, finding: Finding) -> None:
        """Keep a failure from blocking the plan until the failure changes, if the user may overrule it."""
        if can_be_waived(finding):
            self.waived.add((finding.id, finding.summary))
            self.changed()

    # --- what a new state means ----------------------------------------------------------------------------------

    def settled(self, state: State) -> State:
        """Return the state with the answers that follow from what was read, and with what the profile remembers."""
        if state.made != (made := self.session.saved.made):
            state = replace(state, made=made)
        for step in self.steps:
            state = step.settle(state)
            for ask in step.asks:
                state = _with_the_only_choice(ask, state)
        return with_profile(state, self.session)

    def _outdate_after(self, ask: Ask) -> None:
        changed_at = next(index for index, step in enumerate(self.steps) if ask in step.asks)
        later = {step.id for step in self.steps[changed_at + 1 :]}
        self.edits.update(later)
        self.outdated |= later & self.accepted


def _misplaced(text: str, state: State) -> str:
    """Refuse a token in an open field, where it would be shown, saved in a file and sent as a name."""
    given = (state.secrets.of(token) for token in (*TOKENS, MAKER_TOKEN))
    is_given = any(secret is not None and secret.get_secret_value() in text for secret in given)
    return NOT_HERE if is_given or holds_a_token(text) else ""


def _with_the_only_choice(ask: Ask, state: State) -> State:
    """Answer a question that has a single choice; the answer stays visible on the screen."""
    if ask.takes_the_only and not ask.is_answered(state) and ask.applies(state) and not ask.waits_for(state):
        choices = ask.choices(state)
        if len(choices) == 1:
            return ask.put(state, choices[0].value)
    return state
