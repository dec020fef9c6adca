"""docs/reference.md names everything that the code offers, and its examples have the documents' current fields."""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import wizard
from tests.fake_clock import in_minutes
from tests.headless.commands.test_secrets import CLIENT_SIDE_ID, Keyring, vault
from tests.headless.runs import World, applied
from tests.headless.targets.worlds import TWO
from tests.headless.test_make_token import MAKE
from tests.reference_page import codes, commands, sections
from wizard.command_line.build import build_parser
from wizard.command_line.settings import Settings, read_settings
from wizard.command_line.variables import KNOWN, PREFIX
from wizard.domain.credentials import CREDENTIALS
from wizard.domain.findings import Status
from wizard.domain.inventory.row import SegmentState
from wizard.domain.planning.change import Action
from wizard.domain.stage import Stage, StageState
from wizard.exit_codes import ExitCode
from wizard.flow.journey import SETTINGS, STEPS
from wizard.flow.watching.progress import WatchOutcome
from wizard.flow.writing.result import Outcome
from wizard.flow.writing.rotation.plan import IDS as ROTATION_IDS
from wizard.headless.commands.secrets_command import SECRETS, secrets
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.setup.setup_targets import NAME, OWN
from wizard.sandbox.serve import Served

CODE = Path(wizard.__file__).parent
PARSER = build_parser()
COMMANDS: Mapping[str, argparse.ArgumentParser] = next(
    action.choices for action in PARSER._actions if isinstance(action, argparse._SubParsersAction)
)
SHARED = {option for option in PARSER._option_string_actions if len(option) > 2 or option == "-h"}


# --- commands and options -----------------------------------------------------------------------------------------


def test_every_option_that_all_commands_take_is_on_the_page() -> None:
    rows = sections(3)["Options for every command"].rows("option")
    assert _options(rows) == SHARED


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_on_the_page_with_its_own_options(command: str) -> None:
    parser, section = COMMANDS[command], sections(3)[f"audience-wizard {command}"]
    own = set(parser._option_string_actions) - SHARED
    positional = [action for action in parser._actions if not action.option_strings]

    assert _options(section.rows("option")) == own
    for action in positional:
        assert set(action.choices or ()) <= {words.split()[0] for words in section.named("argument")}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(command: str) -> None:
    assert f"\naudience-wizard {command}" in sections(3)[f"audience-wizard {command}"].text


@pytest.mark.parametrize("line", commands())
def test_every_example_can_be_typed(line: str) -> None:
    words = shlex.split(line.partition("|")[0])
    PARSER.parse_args(words[words.index("audience-wizard") + 1 :])


def test_every_default_of_an_address_and_of_the_speed_is_on_the_page() -> None:
    settings = Settings(environ={})
    rows = {codes(row[0])[0].split()[0]: row[2] for row in sections(3)["Options for every command"].rows("option")}

    assert f"`{settings.launchdarkly_url}`" == rows["--launchdarkly-url"]
    assert f"`{settings.launchdarkly_client_url}`" == rows["--launchdarkly-client-url"]
    assert f"`{settings.speed:g}`" == rows["--speed"]


def test_every_name_of_a_secret_is_on_the_page() -> None:
    assert set(SECRETS) <= set(codes(sections(3)["audience-wizard secrets"].text))


def _options(rows: Iterable[list[str]]) -> set[str]:
    return {name.split()[0] for row in rows for name in codes(row[0])}


# --- environment variables ----------------------------------------------------------------------------------------


def test_every_variable_that_the_code_names_is_on_the_page() -> None:
    named, variables = sections(2)["Environment variables"].named("variable"), _variables()
    assert variables <= named
    own = {name for name in named if name.startswith("AUDIENCE_WIZARD_")}
    assert own <= variables
    assert own == {f"{PREFIX}{name}" for name in KNOWN}, "a command would call the others typos"


class _Asked(dict[str, str]):
    """An empty environment that records the requested names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return default


def _variables() -> set[str]:
    """Return every variable that is a setting or a secret, is read elsewhere, or is named to the user."""
    asked = _Asked()
    read_settings(PARSER.parse_args([]), asked)
    prefix = "AUDIENCE_WIZARD_"
    parts = {name.removeprefix(prefix) for name in asked.names if name.startswith(prefix)} | {prefix}
    found = {name for path in CODE.rglob("*.py") for name in _named_in(path.read_text(encoding="utf-8"))}
    return asked.names | {name for one in CREDENTIALS for name in one.variables} | (found - parts)


_TOLD = re.compile(r"\b(?:AUDIENCE_WIZARD|LAUNCHDARKLY|LD|SEGMENT|SSL)_[A-Z_]*[A-Z]\b|\bHTTPS_PROXY\b")
_LOOKS = re.compile(r"\b_?environ\b|\bgetenv\b")
_PLACES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign)


def _named_in(source: str) -> Iterator[str]:
    """Yield variables that are named in texts, and words in capitals in code that reads the environment."""
    yield from (name for text in _texts(source, _TOLD) for name in _TOLD.findall(text))
    if _LOOKS.search(source):
        places = (node for node in ast.walk(ast.parse(source)) if isinstance(node, _PLACES))
        looking = (code for code in map(ast.unparse, places) if _LOOKS.search(code))
        yield from (text for code in looking for text in _texts(code) if re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", text))


def _texts(source: str, holding: re.Pattern[str] | None = None) -> list[str]:
    """Return a module's string literals; none without a match of `holding`, because parsing takes time."""
    if holding is not None and not holding.search(source):
        return []
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


# --- setup.toml ---------------------------------------------------------------------------------------------------


def test_every_key_of_a_setup_file_is_on_the_page_with_its_type_and_values() -> None:
    rows = {codes(row[0])[0]: row for row in sections(2)["setup.toml"].rows("key")}
    types = {str: "text", bool: "boolean", list: "list of texts"}

    assert {name: row[1] for name, row in rows.items()} == {
        name: types[setting.holds] for name, setting in SETTINGS.items()
    }
    for name, setting in SETTINGS.items():
        assert set(setting.valid) <= set(codes(rows[name][3])), name


def test_every_key_of_a_target_is_on_the_page() -> None:
    rows = sections(3)["Several environments"].rows("in a target")

    assert {code for row in rows for code in codes(row[0])} == {NAME, *OWN}


# --- exit codes ---------------------------------------------------------------------------------------------------


def test_every_exit_code_is_on_the_page() -> None:
    assert {int(row[0]) for row in sections(2)["Exit codes"].rows("code")} == set(map(int, ExitCode))


def test_the_codes_of_every_command_are_on_the_page() -> None:
    assert set(COMMANDS) <= sections(2)["Exit codes"].named("command")


# --- JSON documents -----------------------------------------------------------------------------------------------

Documents = list[dict[str, Any]]
FREE = ("before", "after", "evidence", "values", "body")  # objects whose fields depend on their subject
STAGES = {state.name.lower() for state in StageState}


async def _plan(folder: Path) -> Documents:
    alone = await World(folder, "destination-disabled").run("plan")
    several = await World(folder).run("plan", setup=TWO)
    checked = await World(folder).run("plan", setup=TWO, check_only=True)
    return [alone.document, several.document, checked.document]


async def _results(folder: Path) -> Documents:
    by_hand = await World(folder / "a", "no-attach-api").run("apply")
    blocked = await World(folder / "b", "reader-token").run("apply")
    several = await World(folder / "b", "reader-token").run("apply", setup=TWO)
    return [by_hand.document, blocked.document, several.document]


async def _watch(folder: Path) -> Documents:
    there = await World(folder / "a", clock=in_minutes()).run("apply", setup=TWO, watch=True)
    stuck = await World(folder / "b", "delivery-failing", in_minutes()).run("watch")
    return [*there.documents[1:], *stuck.documents]


async def _doctor(folder: Path) -> Documents:
    world, report = await applied(folder / "a"), folder / "report.md"
    await world.run("export", action="report", into=report)
    other = World(folder / "b", "destination-disabled")
    ran = [await other.run("doctor"), await other.run("doctor", against=report)]
    several = await World(folder, "reader-token").run("doctor", setup=TWO, since_last=True)
    return [*(one.document for one in ran), several.document]


async def _troubleshoot(folder: Path) -> Documents:
    folders = [folder / name for name in ("a", "b")]
    asked, silent = World(folders[0]), World(folders[1])
    server = "browser-not-server"
    ran = [
        await asked.run("troubleshoot"),
        await asked.run("troubleshoot", symptom=server),
        await silent.run("troubleshoot", symptom=server, given=("sdk=edge",)),
        await silent.run("troubleshoot", symptom="more-members", given=("ids=do-not-know",)),
    ]
    return [one.document for one in ran]


async def _inventory(folder: Path) -> Documents:
    return (await World(folder, "many-segments").run("inventory")).documents


async def _rule(folder: Path) -> Documents:
    added, refused = World(folder / "a", "synced"), World(folder / "b", "support-token")
    ran = [
        await added.run("rule"),
        await added.run("rule", flag="vip-lounge", apply=True),
        await refused.run("rule", flag="vip-lounge"),
    ]
    return [one.document for one in ran]


async def _rotate(folder: Path) -> Documents:
    world = World(folder, "make-token")
    await world.run("apply", setup=MAKE)
    return [(await world.run("rotate", setup=MAKE, timeout_s=seconds)).document for seconds in (60.0, 3600.0)]


async def _checks(folder: Path) -> Documents:
    return (await World(folder).run("doctor", list_checks=True)).documents


async def _export(folder: Path) -> Documents:
    world = await applied(folder)
    ran = [await world.run("export", action="setup"), await world.run("export", action="report", into=folder / "x")]
    return [one.document for one in ran]


async def _secrets(_: Path) -> Documents:
    out, where = io.StringIO(), vault(Keyring())
    for action, *words in (("set", "client-side-id"), ("list",), ("forget", "client-side-id")):
        options = Options(action=action, words=tuple(words), as_json=True)
        await secrets(where, options, Output(out, io.StringIO(), as_json=True), lambda _: CLIENT_SIDE_ID)
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def _sandbox(_: Path) -> Documents:
    address = "http://127.0.0.1:1"
    return [Served(address, address, address, "api-", "api-", "0" * 24, "sgp_", "happy", 60.0).as_json()]


DOCUMENTS: Mapping[str, Callable[[Path], Any]] = {
    "plan --json": _plan,
    "apply --json and undo --json": _results,
    "watch --json": _watch,
    "doctor --json": _doctor,
    "troubleshoot --json": _troubleshoot,
    "inventory --json": _inventory,
    "rule --json": _rule,
    "rotate --json": _rotate,
    "doctor --list --json": _checks,
    "export --json": _export,
    "secrets --json": _secrets,
    "sandbox --json": _sandbox,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_document_on_the_page(command: str) -> None:
    assert any(f"{command} --json" in heading for heading in sections(3))


def test_every_document_on_the_page_is_compared() -> None:
    assert {heading for heading in sections(3) if heading.endswith("--json")} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_every_field_that_is_printed_is_on_the_page_with_its_type(name: str, tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
    types = {codes(row[0])[0]: row[1] for row in sections(3)[name].rows("field")}

    for document in await DOCUMENTS[name](tmp_path):
        for field, value in _fields(document):
            assert field in types, f"{field} is not on the page"
            assert _fits(value, types[field]), f"{field} is {types[field]} on the page and {value!r} in the document"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_example_has_the_fields_of_the_table(name: str) -> None:
    section = sections(3)[name]
    for command, documents in section.examples():
        assert documents, command
        for document in documents:
            assert {field for field, _ in _fields(document)} <= section.named("field")


@pytest.mark.parametrize(
    ("document", "field", "values"),
    [
        ("plan --json", "changes[].action", set(Action)),
        ("apply --json and undo --json", "results[].status", set(Outcome)),
        ("rotate --json", "results[].id", set(ROTATION_IDS)),
        ("watch --json", "stage", set(Stage)),
        ("watch --json", "state", STAGES),
        ("watch --json", "outcome", set(WatchOutcome)),
        ("doctor --json", "checks[].status", set(Status)),
        ("inventory --json", "segments[].state", set(SegmentState)),
        ("doctor --list --json", "checks[].step", {step.id for step in STEPS}),
    ],
)
def test_every_value_of_a_field_that_has_a_few_is_on_the_page(document: str, field: str, values: set[str]) -> None:
    meaning = next(row[2] for row in sections(3)[document].rows("field") if row[0] == f"`{field}`")
    assert values <= set(codes(meaning))


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each field's path in a document, as the page writes it (changes[].id), and its value."""
    if isinstance(value, list):
        for item in value:
            yield from _fields(item, f"{path}[]")
    elif isinstance(value, dict) and path.rpartition(".")[2] not in FREE:
        for name, part in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner, part
            yield from _fields(part, inner)


def _fits(value: Any, said: str) -> bool:
    words = {str: "text", bool: "boolean", dict: "object", list: "list of", type(None): "null"}
    return words.get(type(value), "number") in said
