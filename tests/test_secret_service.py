"""The keyring of a Linux desktop: a real Secret Service on its own session bus, unlocked, locked and absent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
LIMIT_S = 120.0
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason="a real keyring needs the Debian packages gnome-keyring and dbus-daemon"
)
UNLOCK = "printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; exec"
SCRIPT = """
import asyncio, json, sys
from pydantic import SecretStr
import keyring, wizard.vault
from wizard.domain.answers import Secrets
from wizard.vault import KeyringVault

wizard.vault.TIME_LIMIT_S = 2.0
vault = lambda: KeyringVault("shop", {}, keyring.get_keyring)

def lock():
    import secretstorage
    secretstorage.get_default_collection(secretstorage.dbus_init()).lock()

async def story():
    first, second = SecretStr("api-first-token"), SecretStr("api-second-token")
    yield "usable", (await vault().look()).usable
    yield "saved", await vault().save(Secrets(first, None), "57be1db38b75bf0772d11384")
    yield "read", (await vault().load()).secrets.launchdarkly_token == first
    yield "updated", await vault().put("launchdarkly_token", second.get_secret_value())
    yield "read again", (await vault().load()).secrets.launchdarkly_token == second
    yield "forgot", [await vault().forget(slot) for slot in ("launchdarkly_token", "client_side_id")]
    yield "nothing left", await vault().forget("launchdarkly_token")
    await vault().save(Secrets(first, None), "")
    lock()
    yield "locked", (await vault().load()).why_not

async def run():
    return {what: seen async for what, seen in story()} if sys.argv[1] == "there" else {
        "absent": (await vault().look()).why_not, "saved": await vault().save(Secrets(SecretStr("api-x"), None), "")
    }

print(json.dumps(asyncio.run(run())), flush=True)
import os; os._exit(0)
"""


def seen(tmp_path: Path, *command: str) -> dict[str, Any]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "XDG", "DISPLAY", "WAY"))
    }
    environ = clean | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_secret_is_saved_read_changed_and_forgotten_in_a_real_keyring(tmp_path: Path) -> None:
    run = ("dbus-run-session", "--", "sh", "-c", f'{UNLOCK} "$0" -c "$1" there', sys.executable, SCRIPT)
    told = seen(tmp_path, *run)

    locked = told.pop("locked")
    assert told == {
        "usable": True,
        "saved": "Secret Service keyring",
        "read": True,
        "updated": "Secret Service keyring",
        "read again": True,
        "forgot": [True, True],
        "nothing left": False,
    }
    assert locked
    assert not any(b"first-token" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_without_a_session_bus_there_is_no_keyring(tmp_path: Path) -> None:
    told = seen(tmp_path, sys.executable, "-c", SCRIPT, "nowhere")
    assert told["absent"] == "this machine has no keyring that Python can use"
    assert told["saved"].startswith("memory, for this run only")
