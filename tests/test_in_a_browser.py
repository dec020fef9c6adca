"""The full screen in a browser: textual-serve runs it, a headless Chromium shows it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pyte
import pytest

from tests.ui.quiet import PATIENCE_S

if find_spec("textual_serve") is None:
    pytest.skip("textual-serve isn't installed: pip install -e '.[dev]'", allow_module_level=True)

from tests.browser import a_while, browser, find_chromium

CHROMIUM = find_chromium()
SERVE = "import sys; from textual_serve.server import Server; Server(sys.argv[1], port=int(sys.argv[2])).serve()"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (sys.executable, "-c", SERVE, f"{sys.executable} -m wizard --sandbox happy", str(port))
    environment = {**os.environ, "AUDIENCE_WIZARD_HOME": str(tmp_path / "home")}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    yield f"http://localhost:{port}"
    server.terminate()
    server.wait(PATIENCE_S)


def shown(heard: str) -> str:
    screen = pyte.Screen(200, 60)
    pyte.Stream(screen).feed(heard)
    return "\n".join(screen.display)


async def _until_served(url: str) -> None:
    port = int(url.rpartition(":")[2])
    while True:
        try:
            socket.create_connection(("localhost", port)).close()
            return
        except OSError:
            await a_while()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)")
async def test_it_is_drawn_in_a_browser_takes_keys_and_leaves(url: str, tmp_path: Path) -> None:
    await _until_served(url)
    async with browser(CHROMIUM or "", tmp_path / "chromium") as page:
        await page.open(url)
        await page.until(lambda heard: "Begin" in shown(heard))
        assert "-first-byte" in await page.value("document.body.className")  # the splash is gone
        await page.click(500, 400)  # the page gets keys only after a click
        await page.press("Enter", 13, "\r")
        await page.until(lambda heard: "▸ 1 Prerequisites" in shown(heard))
        await page.press("F10", 121, "")
        await page.until(lambda heard: "Quit the wizard?" in shown(heard))
        await page.press("F10", 121, "")
        async with asyncio.timeout(PATIENCE_S):
            while "-closed" not in await page.value("document.body.className"):
                await a_while()
