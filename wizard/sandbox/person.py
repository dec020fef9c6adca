"""A person at the simulated web apps, who does the steps by hand with the pasted values.

The sandbox has no web app to open. When the user marks a step as done, this person does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wizard.sandbox.app_actions import AppActions
from wizard.sandbox.segment import catalog
from wizard.sandbox.state.account import Account
from wizard.sandbox.state.segment_workspace import ENGAGE_SOURCE_SLUG, Connection, Destination, Workspace
from wizard.sandbox.state.segment_workspace import Mapping as Subscription

Values = Mapping[str, str]
_CONTEXT_KEYS = {
    choice["label"]: choice["value"]
    for action in catalog.LAUNCHDARKLY["actions"]
    for field in action["fields"]
    if field["fieldKey"] == "context_key"
    for choice in field["choices"]
}


class Person:
    """An implementation of the flow's `Colleague`.

    `subject` is the ID of the object to change; for an audience, its ID or key.
    """

    def __init__(self, workspace: Workspace, accounts: Iterable[Account], app: AppActions) -> None:
        self._workspace = workspace
        self._accounts = tuple(accounts)
        self._app = app
        self._source_id = workspace.sources[0].id if workspace.sources else ""
        self._does: Mapping[str, Callable[[str, Values], object]] = {
            "source": self._choose_source,
            "settings": self._fill_in_settings,
            "delete": lambda subject, _: self._app.delete_destination(subject),
            "enable": lambda subject, _: self._app.enable_destination(self._instance(subject).id),
            "fields": self._fill_in_fields,
            "activation": self._fill_in_an_activation,
            "events": self._choose_events,
            "status": self._switch_on,
            "remove": self._remove,
            "send": self._choose_calls,
            "confirm": self._attach,
            "resume": self._resume,
            "activate": self._switch_activations_on,
            "allow": self._let_segment_in,
            "waive": self._waive_approvals,
        }

    def __call__(self, step_id: str, subject: str, values: Values) -> None:
        """Do one step by hand. A step that only opens a page changes nothing."""
        does = self._does.get(step_id.rpartition(".")[2])
        if does:
            does(subject, values)

    def _let_segment_in(self, _: str, __: Values) -> None:
        """Add Segment's addresses to LaunchDarkly's IP allowlist."""
        for account in self._accounts:
            account.allowlist_refuses_segment = False
        self._app.resume_membership_changes()

    def _waive_approvals(self, *_: object) -> None:
        """Turn off required approvals for segments in every environment that a destination sends to."""
        sent_to = {one.settings.get("clientId") for one in self._workspace.destinations.values()}
        for account in self._accounts:
            for _project, environment in account.environments():
                if environment.id in sent_to:
                    environment.segment_approvals = False

    # --- destination --------------------------------------------------------------------------------------------

    def _choose_source(self, _: str, values: Values) -> None:
        engage = [one for one in self._workspace.sources if one.metadata_slug == ENGAGE_SOURCE_SLUG]
        named = [
            one for one in engage if one.name == values.get("Source")
        ]  # if none, Segment adds a source to the first one's space
        self._source_id = (named or engage)[0].id

    def _fill_in_settings(self, subject: str, values: Values) -> None:
        token, client_id = values.get("LaunchDarkly Service Token"), values.get("LaunchDarkly client-side ID")
        if not subject:
            self._app.create_destination(self._source_id, token or "", client_id or "", values["Name"])
            return
        self._app.update_destination(subject, token, client_id)
        there = self._workspace.destinations[subject]
        there.name = values.get("Name", there.name)

    def _instance(self, subject: str = "", name: str = "") -> Destination:
        """Return the LaunchDarkly destination with this ID or name, else the newest."""
        ours = [one for one in self._workspace.destinations.values() if one.metadata_id == catalog.LAUNCHDARKLY_ID]
        return next((one for one in reversed(ours) if subject == one.id or name == one.name), ours[-1])

    # --- mapping ------------------------------------------------------------------------------------------------

    def _fill_in_fields(self, subject: str, values: Values) -> None:
        there = self._mapping(subject) if subject else self._app.create_mapping(self._instance().id)
        self._fill_in(there, values)

    def _fill_in_an_activation(self, subject: str, values: Values) -> None:
        """Fill in an activation's fields, also in the destination's mapping through which it sends."""
        activations = (one for connection in self._workspace.connections for one in connection.activations.values())
        edited = next(one for one in activations if one.id == subject)
        for instance in self._workspace.destinations.values():
            for mapping in (one for one in instance.mappings.values() if one.activation_id == subject):
                self._fill_in(mapping, values)
                edited.mapping = {"actionId": mapping.action_id, "settings": dict(mapping.settings)}

    def _fill_in(self, there: Subscription, values: Values) -> None:
        if "Context kind" in values:
            there.settings["context_kind"] = values["Context kind"]
        if "Context key" in values:
            there.settings["context_key"] = _CONTEXT_KEYS[values["Context key"]]
        if "Enable batching" in values:
            there.settings["enable_batching"] = values["Enable batching"] == "Yes"

    def _choose_events(self, subject: str, _: Values) -> None:
        self._mapping(subject).trigger = catalog.TRIGGER

    def _switch_on(self, subject: str, _: Values) -> None:
        self._mapping(subject).enabled = True

    def _remove(self, subject: str, _: Values) -> None:
        for one in self._workspace.destinations.values():
            one.mappings.pop(subject, None)

    def _mapping(self, subject: str) -> Subscription:
        """Return the mapping with this ID, else the newest."""
        every = [one for instance in self._workspace.destinations.values() for one in instance.mappings.values()]
        named = next((one for one in every if one.id == subject), None)
        return named or list(self._instance().mappings.values())[-1]

    # --- audience -----------------------------------------------------------------------------------------------

    def _choose_calls(self, subject: str, values: Values) -> None:
        for one in self._connections(subject):
            one.send_identify, one.send_track = "Send Identify" in values, "Send Track" in values

    def _resume(self, subject: str, _: Values) -> None:
        for one in self._connections(subject):
            one.paused = False
        self._app.resume_membership_changes()

    def _switch_activations_on(self, subject: str, _: Values) -> None:
        for connection in self._connections(subject):
            for activation in connection.activations.values():
                activation.enabled = True
        self._app.resume_membership_changes()

    def _attach(self, subject: str, values: Values) -> None:
        there = self._instance(name=values["Destination"])
        if all(one.destination_id != there.id for one in self._connections(subject)):
            self._app.attach(self._audience_id(subject), there.id)

    def _connections(self, subject: str) -> list[Connection]:
        return self._workspace.connections_of(self._audience_id(subject))

    def _audience_id(self, subject: str) -> str:
        return next(one.id for one in self._workspace.audiences.values() if subject in {one.id, one.key})
