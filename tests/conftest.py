"""Set-up for all tests: signals, folders, and less garbage collection."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest


def pytest_configure() -> None:
    """Let the programs that tests start receive signals that `nohup` or a shell's `&` made this process ignore.

    An empty handler still ignores the signal here, but unlike SIG_IGN, programs that a test starts don't inherit it.
    """
    for name in ("SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    os.fsync = lambda fd: None  # noqa: ARG005 - tests' files needn't survive a power cut, and each call takes milliseconds
    _keep_bytecode()
    gc.disable()  # until everything is imported: modules are no garbage, and collecting takes a quarter of the time


def _keep_bytecode() -> None:
    """Write what was compiled, also where the shell says not to: a tenth of the suite's time.

    Otherwise each worker compiles each module, and each of the wizard's processes all that it loads.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a different part of the tests first in each worker, when the whole suite runs.

    After an installation, each module is then compiled by one worker and read by the others.
    """
    here, worker = Path(__file__).parent, os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and [Path(arg).resolve() for arg in session.config.args] == [here]:
        part, parts = int(worker.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        for path in sorted(here.rglob("test_*.py"))[part::parts]:
            with contextlib.suppress(Exception, pytest.skip.Exception):  # the collection reports failures
                import_module(".".join(path.relative_to(here.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Keep imported modules out of garbage collection, which saves a seventh of the suite's time."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    gc.enable()
    if find_spec("sniffio") is None:
        modules: dict[str, Any] = sys.modules
        modules["sniffio"] = None  # otherwise httpx searches the disk for it at each request


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Collect garbage once, to find what was never awaited or closed; pytest would do so five times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("working_folder")


@pytest.fixture(scope="session")
def numbered_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folders = tmp_path_factory.mktemp("of_a_test")
    return (folders / str(number) for number in count())


@pytest.fixture
def tmp_path(numbered_folders: Iterator[Path]) -> Path:
    """A folder for one test. pytest's own fixture is slower: it lists all earlier folders to find the next number."""
    folder = next(numbered_folders) / "home"  # its parent is the test's own too: durations are kept beside a profile
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_where_it_was_started(empty_folder: Path) -> Iterator[None]:
    """Run tests in an empty working folder, where the wizard may save files, and check that it stays empty.

    The check runs once for each test file: after each test, it would cost the suite a second.
    """
    before = Path.cwd()
    os.chdir(empty_folder)
    yield
    os.chdir(before)
    left = sorted(path.name for path in empty_folder.iterdir())
    for name in left:
        (empty_folder / name).unlink()
    assert not left, "written into the working folder; use `monkeypatch.chdir(tmp_path)`"
