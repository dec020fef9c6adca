"""A headless Chromium with one page, controlled through the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.ui.quiet import PATIENCE_S

if TYPE_CHECKING:
    import aiohttp

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--remote-debugging-port=0",
    "--window-size=1000,620",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# records everything that the page receives from its server
LISTEN = """
window.heard = "";
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    const text = new TextDecoder();
    this.addEventListener("message", async ({data}) => {
      const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
      window.heard += typeof bytes === "string" ? bytes : text.decode(bytes, {stream: true});
    });
  }
};
"""


async def a_while() -> None:
    """Give a browser or a server time to work: each question also costs it some."""
    await asyncio.sleep(0.05)  # noqa: TID251 - real time


def find_chromium() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """The only page of a browser; `heard` returns everything that its web sockets received."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)

    async def ask(self, method: str, **given: object) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": given})
        while True:
            answer: dict[str, Any] = await self._socket.receive_json(timeout=PATIENCE_S)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    async def open(self, url: str) -> None:
        await self.ask("Page.enable")
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.ask("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await self.ask("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        return (await self.ask("Runtime.evaluate", expression=expression))["result"].get("value")

    async def heard(self) -> str:
        return str(await self.value("window.heard || ''"))

    async def click(self, x: int, y: int) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def press(self, key: str, code: int, text: str) -> None:
        for kind in ("keyDown", "keyUp"):
            await self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    async def until(self, true: Callable[[str], bool]) -> None:
        """Wait until `true` holds for the received text; it's only called again when there's new text."""
        heard = ""
        async with asyncio.timeout(PATIENCE_S):
            while heard == (now := await self.heard()) or not true(now):
                heard = now
                await a_while()


@asynccontextmanager
async def browser(program: str, folder: Path) -> AsyncIterator[Page]:
    import aiohttp

    quiet = subprocess.DEVNULL
    command = (program, *OPTIONS, f"--user-data-dir={folder}", "about:blank")
    process = await asyncio.create_subprocess_exec(
        *command, stdout=quiet, stderr=quiet, env={**os.environ, "HOME": str(folder)}
    )
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(await _address(session, folder)) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        await process.wait()


async def _address(session: aiohttp.ClientSession, folder: Path) -> str:
    port = folder / "DevToolsActivePort"
    async with asyncio.timeout(PATIENCE_S):
        while not (port.exists() and port.read_text().count("\n")):
            await a_while()
    async with session.get(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list") as answer:
        return str(next(page["webSocketDebuggerUrl"] for page in await answer.json() if page["type"] == "page"))
