"""The wizard's own commands, as a text shows them."""

from __future__ import annotations

import re

# These words belong to a command's name, so that the options come after them.
_SECRETS = r"secrets(?: list| (?:set|forget)(?: (?:launchdarkly-token|client-side-id|segment-token|NAME))?)?"
_EXPORT = "export(?: (?:setup|terraform|report))?"
_TROUBLESHOOT = "troubleshoot(?: (?:empty|[a-z]+(?:-[a-z]+)+))?"
_PROGRAM = "audience-wizard "
_COMMAND = rf"\b{_PROGRAM}(?:{_SECRETS}|{_EXPORT}|{_TROUBLESHOOT}|(?!sandbox\b)[a-z]+)\b"


def names(text: str, command: str) -> bool:
    """Return whether the text sends the user to this command."""
    return f"{_PROGRAM}{command}" in text


def of_this_run(text: str, *options: str) -> str:
    """Return the text with this run's options, such as ` --profile staging`, after each command, and never twice.

    A command copied from the sandbox or from another profile must not run on the default profile's accounts.
    """
    if not any(options) or _PROGRAM not in text:
        return text
    already = "".join(f"(?:{re.escape(option)})?" for option in options)
    return re.sub(f"({_COMMAND}){already}", lambda found: found[1] + "".join(options), text)
