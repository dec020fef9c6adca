"""Mistakes in the wizard's own variables, which would pass in silence: a typo in a name, a value that isn't known.

See docs/reference.md#settings. No value is repeated, because it may be a secret in the wrong variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.command_line.parser import did_you_mean

PREFIX = "AUDIENCE_WIZARD_"
# By name without the prefix: the only values that do anything; none where any value does.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "HOME": (),
    "PROFILE": (),
    "LAUNCHDARKLY_URL": (),
    "LAUNCHDARKLY_CLIENT_URL": (),
    "SEGMENT_URL": (),
    "KEYRING": ("off",),
    "LOG": (),
    "NOTIFY": ("off", "no", "0"),
    "THEME": ("light", "dark"),
}


def mistakes_in(environ: Mapping[str, str]) -> Iterator[str]:
    """Return a sentence for each variable that changes nothing, though it looks as if it should.

    A name that is close to none may be another program's.
    """
    ours = (name.removeprefix(PREFIX) for name in sorted(environ) if name.startswith(PREFIX))
    for name in ours:
        valid, value = KNOWN.get(name), environ[f"{PREFIX}{name}"].strip().lower()
        if valid is None and (near := did_you_mean(name, KNOWN)):
            yield f"Unknown variable {PREFIX}{name}.{near.replace('mean ', f'mean {PREFIX}')}"
        elif valid and value and value not in valid:
            yield f"{PREFIX}{name}: unknown value, so it changes nothing. Use one of: {', '.join(valid)}."
