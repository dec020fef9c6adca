"""Mistakes in the wizard's own variables that would go unnoticed: a typo in a name, an unknown value.

See docs/reference.md#settings. No value is repeated, because it may be a secret in the wrong variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.command_line.parser import did_you_mean

PREFIX = "AUDIENCE_WIZARD_"
# By name without the prefix: the only values with an effect; empty if any value has one.
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
    """Yield a sentence for each variable that has no effect, although it looks like one of ours.

    A name that isn't close to any of ours is left out: it may be another program's.
    """
    ours = (name.removeprefix(PREFIX) for name in sorted(environ) if name.startswith(PREFIX))
    for name in ours:
        valid, value = KNOWN.get(name), environ[f"{PREFIX}{name}"].strip().lower()
        if valid is None and (near := did_you_mean(name, KNOWN)):
            yield f"Unknown variable {PREFIX}{name}.{near.replace('mean ', f'mean {PREFIX}')}"
        elif valid and value and value not in valid:
            yield f"{PREFIX}{name}: unknown value, so it changes nothing. Use one of: {', '.join(valid)}."
