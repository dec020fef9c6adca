"""setup.toml: what it may contain, and how anything else is refused."""

from __future__ import annotations

import errno
import io
import os
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.domain.sample_facts import healthy_answers, healthy_facts
from tests.headless.runs import SETUP, World, applied, tokens
from tests.walks import stage_on
from wizard.domain.answers import Answers, ContextKey
from wizard.domain.facts import listed
from wizard.flow.handouts.setup_toml import save_setup, write_setup
from wizard.headless.refusal import Refused
from wizard.headless.setup import setup_mistakes
from wizard.headless.setup.prepare import prepare
from wizard.headless.setup.setup_file import read_setup
from wizard.vault import MemoryVault

WHOLE = """\
# a comment
[launchdarkly]
project = "shop"
environment = "production"        # or: client_side_id = "57be1db38b75bf0772d11384"
server_side = true

[segment]
space = "prod"
by_hand = false
engage_source = "src_1"

[destination]
name = "LaunchDarkly - shop / production"

[mapping]
context_kind = "user"
context_key = "user_id_then_email"
batching = true

[audiences]
include = [
  "vip_customers",
  "vip_customers",
]
"""
TOKEN = "api-0123abcd-0123-0123-0123-0123456789ab"


def refused(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "setup.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as caught:
        read_setup(path)
    return [line.replace(str(tmp_path), ".") for line in caught.value.lines]


def test_a_whole_file_is_answers(tmp_path: Path) -> None:
    path = tmp_path / "setup.toml"
    path.write_text(WHOLE)

    assert read_setup(path).answers == Answers(
        server_side=True,
        by_hand=False,
        project="shop",
        environment="production",
        space="prod",
        engage_source="src_1",
        destination_name="LaunchDarkly - shop / production",
        context_kind="user",
        context_key=ContextKey.USER_ID_THEN_EMAIL,
        batching=True,
        audiences=("vip_customers",),
    )


@pytest.mark.parametrize("text", ["", "[launchdarkly]\n", '[segment]\nspace = ""\n[audiences]\ninclude = []\n'])
def test_what_is_empty_is_not_answered(tmp_path: Path, text: str) -> None:
    path = tmp_path / "setup.toml"
    path.write_text(text)

    assert read_setup(path).answers == Answers()


FORM = "Write [[targets]], and right below it the settings: "
WRONG = [
    ('[launchdarkly]\nprojcet = "shop"', "2: launchdarkly.projcet: unknown setting.", "launchdarkly.project"),
    ('[launchdrakly]\nproject = "shop"', "1: launchdrakly: unknown table.", "launchdarkly"),
    ('project = "shop"', "1: project: it belongs in a table: write it below [launchdarkly].", ""),
    ('launchdarkly.projekt = "shop"', "1: launchdarkly.projekt: unknown setting.", "launchdarkly.project"),
    ('launchdarkly = {projekt = "x"}', "1: launchdarkly.projekt: unknown setting.", "launchdarkly.project"),
    ('launchdarkly = "shop"', "1: launchdarkly: write it as one table: [launchdarkly], with its", ""),
    ('[[launchdarkly]]\nproject = "shop"', "1: launchdarkly: write it as one table: [launchdarkly], with its", ""),
    ('[target]\nproject = "shop"', "1: target: unknown table.", "targets"),
    ('[targets.launchdarkly]\nproject = "shop"', f"1: targets: each environment is a table of its own. {FORM}", ""),
    (
        '[[targets]]\nproject = "a"\nenvironment = "b"\n[targets.launchdarkly]\nproject = "c"',
        f"4: targets.launchdarkly: a target has no tables of its own. {FORM}",
        "",
    ),
    ('[segment]\n\nby_hand = "yes"', "3: segment.by_hand: this must be true or false.", ""),
    ("[segment]\nby_hand = 1", "2: segment.by_hand: this must be true or false.", ""),
    ("[segment]\nspace = 7", "2: segment.space: this must be a string in quotes.", ""),
    ('[audiences]\ninclude = "vip"', "2: audiences.include: this must be a list of strings, such as", ""),
    ("[audiences]\ninclude = [1]", "2: audiences.include: this must be a list of strings, such as", ""),
    ('[mapping]\ncontext_key = "userid"', "2: mapping.context_key: “userid” isn't one of user_id_only", "user_id_only"),
    (
        '[launchdarkly]\nclient_side_id = "production"',
        "2: launchdarkly.client_side_id: This looks like an environment's key",
        "",
    ),
]


@pytest.mark.parametrize(("text", "said", "near"), WRONG)
def test_a_mistake_names_file_line_key_and_the_nearest_valid_one(
    tmp_path: Path, text: str, said: str, near: str
) -> None:
    (line,) = refused(tmp_path, text)

    assert line.startswith(f"./setup.toml:{said}")
    if near:
        assert line.endswith(f"Nearest valid: {near}.")


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        (f'[launchdarkly]\ntoken = "{TOKEN}"', "LAUNCHDARKLY_ACCESS_TOKEN"),
        ('[launchdarkly]\naccess_token = "x"', "LAUNCHDARKLY_ACCESS_TOKEN"),
        ('[segment]\ntoken = "x"', "SEGMENT_PUBLIC_API_TOKEN"),
        ('segment_token = "x"', "SEGMENT_PUBLIC_API_TOKEN"),
        ('[segment]\nspace = "sgp_0123456789abcdef0123456789abcdef0123456789"', "SEGMENT_PUBLIC_API_TOKEN"),
        (f'[launchdarkly]\nproject = "{TOKEN}"', "LAUNCHDARKLY_ACCESS_TOKEN"),
    ],
)
def test_a_token_is_refused_with_the_variable_that_it_belongs_in(tmp_path: Path, text: str, variable: str) -> None:
    (line,) = refused(tmp_path, text)

    assert line.endswith(f"setup.toml never holds a token. Delete this line and set {variable} instead.")


async def test_mistakes_of_both_kinds_are_reported_in_one_run_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SETUP.replace('"shop"', '"shpo"').replace('space = "prod"', 'space = "prod"\nspase = "x"')
    text = text.replace("vip_customers", "vip_custmers")

    ran = await World(tmp_path).run("plan", setup=text)

    assert ran.code == 2
    keys = [line.split(": ")[1] for line in ran.err.splitlines()]
    assert keys == ["launchdarkly.project", "segment.spase", "audiences.include"]


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, '[segment]\nspase = "x"\nby_hand = "x"\n[mapping]\nbatching = "x"\n')) == 3


@pytest.mark.parametrize(
    "text",
    [
        f'[launchdarkly]\ntoken = "{TOKEN}"',
        f'[launchdarkly]\nclient_side_id = "{TOKEN}"',
        f'[mapping]\ncontext_key = "{TOKEN}"',
        f'[segment]\napi_key = "{TOKEN}"',
        f'[segment]\n"{TOKEN}" = 1',
        f'"{TOKEN}" = 1\n"{TOKEN}" = 2',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (line,) = refused(tmp_path, text)

    assert TOKEN not in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[launchdarkly\n", "./setup.toml:1: this isn't valid TOML"),
        ("[segment]\nspace = “prod”\n".encode(), "./setup.toml:2: this line has a curly quote (“). TOML needs"),
        ('[segment]\nspace = "prod”\n'.encode(), "./setup.toml:2: this line has a curly quote (”). TOML needs"),
        ("[segment]\nspace = prod  # it’s bare\n".encode(), "./setup.toml:2: this isn't valid TOML"),
        (b'[segment]\nspace = "a"\nspace = "b"\n', "./setup.toml:3: this isn't valid TOML"),
        (b"\xff\xfe", "./setup.toml: this file isn't UTF-8 text."),
        pytest.param(b" " * (2**21 + 1), "./setup.toml: this file is larger than 2 MB", id="larger than 2 MB"),
        pytest.param(
            b"a = " + b"9" * 5_000, "./setup.toml: this file has a number of too many digits.", id="many digits"
        ),
        pytest.param(b"a = " + b"[" * 5_000, "./setup.toml: this file is nested too deeply.", id="many brackets"),
        pytest.param(b"a." * 1_500 + b"a = 1", "./setup.toml: this file is nested too deeply.", id="many parts"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, content: bytes, said: str) -> None:
    (line,) = refused(tmp_path, content)

    assert line.startswith(said)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nowhere\.toml: we couldn't read this file: No such file"):
        read_setup(tmp_path / "nowhere.toml")


# --- what only the services know ----------------------------------------------------------------------------------

UNKNOWN = [
    ('project = "shop"', 'project = "shpo"', ":2: launchdarkly.project:", "Nearest valid: shop."),
    ('project = "shop"', 'project = "Mobile app"', ":2: launchdarkly.project:", "Nearest valid: mobile-app."),
    ('"production"', '"prodution"', ":3: launchdarkly.environment:", "Nearest valid: production."),
    ('space = "prod"', 'space = "Prodution"', ":6: segment.space:", "Nearest valid: prod."),
    ('space = "prod"', 'space = "prod"\nengage_source = "persona_prod"', ":7: segment.engage_source:", "Nearest"),
    ("vip_customers", "vip_custmers", ":9: audiences.include:", "Nearest valid: vip_customers."),
]


@pytest.mark.parametrize("command", ["plan", "apply", "watch"])
@pytest.mark.parametrize(("there", "instead", "where", "near"), UNKNOWN)
async def test_a_value_that_does_not_exist_is_refused_with_the_nearest_one(
    tmp_path: Path, command: str, there: str, instead: str, where: str, near: str
) -> None:
    world = World(tmp_path)

    ran = await world.run(command, setup=SETUP.replace(there, instead))

    assert (ran.code, ran.out) == (2, "")
    assert f"setup.toml{where}" in ran.err
    assert near in ran.err
    assert world.writes() == []


@pytest.mark.parametrize("space", ["prod", "Production"])
@pytest.mark.parametrize("audience", ["vip_customers", "VIP customers"])
async def test_space_and_audience_go_by_key_name_or_id(tmp_path: Path, space: str, audience: str) -> None:
    world = World(tmp_path)

    ran = await world.run("plan", setup=SETUP.replace('"prod"', f'"{space}"').replace("vip_customers", audience))

    assert list(ran.actions()) == ["destination", "mapping", "audience:vip_customers"]


async def test_a_check_up_goes_on_and_names_the_line_and_the_nearest_value(tmp_path: Path) -> None:
    world = await applied(tmp_path)

    checked = await world.run("doctor", setup=SETUP.replace("vip_customers", "vip_custmers"), as_json=False)
    sought = await world.run(
        "troubleshoot", setup=SETUP.replace("vip_customers", "vip_custmers"), symptom="empty", as_json=False
    )

    said = "setup.toml:9: audiences.include: the space has no audience “vip_custmers”. Nearest valid: vip_customers."
    assert checked.code == 1
    assert said in checked.err
    assert said in sought.err


@pytest.mark.parametrize(("there", "instead", "where", "near"), [UNKNOWN[0], UNKNOWN[2]])
@pytest.mark.parametrize(("command", "action"), [("export", "setup"), ("inventory", ""), ("rule", "")])
async def test_no_command_takes_an_unknown_place_for_another(
    tmp_path: Path, command: str, action: str, there: str, instead: str, where: str, near: str
) -> None:
    world = await applied(tmp_path)

    ran = await world.run(command, setup=SETUP.replace(there, instead), action=action, as_json=False)

    assert (ran.code, ran.out) == (2, "")
    assert f"setup.toml{where}" in ran.err
    assert near in ran.err


@pytest.mark.parametrize(
    ("command", "options"),
    [("undo", {}), ("export", {"action": "setup"}), ("inventory", {}), ("rule", {"as_json": False})],
)
async def test_a_file_about_another_environment_than_the_variable_is_refused_by_every_command(
    tmp_path: Path, command: str, options: dict[str, Any]
) -> None:
    world = await applied(tmp_path)
    world.vault = tokens(world, client_side_id=world.sandbox.tokens.launchdarkly_client_side_id)
    writes = world.writes()

    ran = await world.run(command, setup=SETUP.replace('"production"', '"staging"'), **options)

    assert ran.code == 2
    assert "setup.toml:3: launchdarkly.environment: LAUNCHDARKLY_CLIENT_SIDE_ID belongs to shop / production" in ran.err
    assert world.writes() == writes


async def test_a_check_up_says_that_the_file_is_about_another_environment(tmp_path: Path) -> None:
    world = await applied(tmp_path)
    world.vault = tokens(world, client_side_id=world.sandbox.tokens.launchdarkly_client_side_id)

    ran = await world.run("doctor", setup=SETUP.replace('"production"', '"staging"'), as_json=False)

    assert "LAUNCHDARKLY_CLIENT_SIDE_ID belongs to shop / production, not to shop / staging: " in ran.err
    assert "unset LAUNCHDARKLY_CLIENT_SIDE_ID, or name its environment here." in ran.err
    assert ran.out.startswith("Checked shop / production")


async def test_two_places_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    world = World(tmp_path)
    staging = world.sandbox.world.accounts[0].projects["shop"].environments["staging"].id

    ran = await world.run("plan", setup=SETUP.replace('"production"', f'"production"\nclient_side_id = "{staging}"'))

    assert ran.code == 2
    assert "launchdarkly.client_side_id belongs to shop / staging, not to shop / production: leave one out" in ran.err


# --- written ------------------------------------------------------------------------------------------------------


def test_what_is_written_is_what_was_wanted_and_holds_no_id() -> None:
    text = write_setup(healthy_answers(), healthy_facts())

    assert tomllib.loads(text) == {
        "launchdarkly": {"project": "shop", "environment": "production", "server_side": True},
        "segment": {"space": "prod", "by_hand": False},
        "destination": {"name": "LaunchDarkly - shop / production"},
        "mapping": {"context_kind": "user", "context_key": "user_id_only", "batching": True},
        "audiences": {"include": ["vip_customers"]},
    }


class _Full(io.TextIOWrapper):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_that_cannot_be_written_whole_is_not_left_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda path, mode, **_: _Full(io.FileIO(path, mode)))
    with pytest.raises(OSError, match="No space left"):
        save_setup(tmp_path, healthy_answers(), healthy_facts())
    assert list(tmp_path.iterdir()) == []


def test_a_source_is_written_only_when_it_had_to_be_chosen() -> None:
    text = write_setup(healthy_answers(engage_source="src_1"), healthy_facts())

    assert tomllib.loads(text)["segment"] == {"space": "prod", "by_hand": False, "engage_source": "src_1"}


@pytest.mark.parametrize("name", ['quote " and \\ back', "line\u2028end", "👩‍👩‍👧‍👦", "tab\there", "del\x7f"])
def test_any_name_can_be_written(name: str) -> None:
    answers = healthy_answers(destination="", destination_name=name)

    text = write_setup(answers, healthy_facts(destinations=()))

    assert tomllib.loads(text)["destination"]["name"]


async def test_what_was_written_leads_to_the_same_plan(tmp_path: Path) -> None:
    world = World(tmp_path)
    before = await world.run("plan")
    path = tmp_path / "setup.toml"
    path.write_text(SETUP)

    staged = stage_on(world.sandbox, session=world.session())
    await prepare(staged.walk, path)
    written = write_setup(staged.walk.state.answers, staged.walk.state.facts)

    assert (await world.run("plan", setup=written)).document == before.document


async def test_what_is_written_of_several_environments_leads_to_the_plan_of_each(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = tmp_path / "setup.toml"
    path.write_text(SETUP)
    staged = stage_on(world.sandbox, session=world.session())
    await prepare(staged.walk, path)
    development = next(one.id for one in listed(staged.walk.state.facts.spaces) if one.slug == "dev")
    answers = replace(
        staged.walk.state.answers,
        other_environments=("shop/staging", "shop/test"),
        other_spaces=(f"shop/staging={development}",),
    )

    written = write_setup(answers, staged.walk.state.facts)

    own, *others = tomllib.loads(written)["targets"]
    assert (own["environment"], own["destination_name"]) == ("production", "LaunchDarkly - shop / production")
    assert others == [
        {"project": "shop", "environment": "staging", "space": "dev"},
        {"project": "shop", "environment": "test"},
    ]
    ran = await world.run("plan", setup=written)
    actions = {one["target"]: one["action"] for one in ran.document["changes"] if one["id"] == "destination"}
    assert actions == {"shop/production": "create", "shop/staging": "create", "shop/test": "by_hand"}


def test_a_byte_order_mark_and_blanks_around_a_value_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "setup.toml"
    path.write_bytes(b'\xef\xbb\xbf[launchdarkly]\nproject = "shop "\n[audiences]\ninclude = [" vip_customers\\t"]\n')
    setup = read_setup(path)
    assert (setup.answers.project, setup.answers.audiences) == ("shop", ("vip_customers",))


def test_of_very_many_mistakes_a_hundred_are_told_and_the_rest_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding each nearest name takes a while, and nobody corrects so many mistakes at once."""
    asked: list[str] = []

    def near(name: str, _: object) -> str:
        asked.append(name)
        return "mapping.batching"

    monkeypatch.setattr(setup_mistakes, "nearest", near)
    told = refused(tmp_path, "[mapping]\n" + "".join(f"key{number} = 1\n" for number in range(1_100)))
    assert told[0].endswith("setup.toml:2: mapping.key0: unknown setting. Nearest valid: mapping.batching.")
    assert (len(told), len(asked)) == (101, 100)
    assert told[-1].startswith("And 1,000 more mistakes in ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[targets]]\nproject = 'a'\n" * 201, ":401: targets: a file holds at most 200 environments"),
        ("a." * 64 + "b = 1\n", "nested too deeply"),
        ('"a" . ' * 64 + "b = 1\n", "nested too deeply"),
        ("x = {" + "a." * 64 + "b = 1}\n", "nested too deeply"),
    ],
)
def test_what_would_take_minutes_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (told,) = refused(tmp_path, text)
    assert said in told


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes with a path")
def test_a_file_that_comes_through_a_pipe_can_be_read_again() -> None:
    end, pipe = os.pipe()
    os.write(pipe, WHOLE.encode())
    os.close(pipe)
    path = Path(f"/dev/fd/{end}")
    assert read_setup(path).answers == read_setup(path).answers != Answers()
    os.close(end)


def test_items_of_a_list_have_their_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "setup.toml"
    path.write_text("# 'b'\n[audiences]\ninclude = ['a',\n 'b', \" c \",\n 'd\\e', \"f\\u0067\"]\n")
    lines = read_setup(path).lines
    found = [lines[f"audiences.include={item}"] for item in ("a", "b", "c", "d\\e", "fg")]
    assert found == [3, 4, 4, 5, 3]


def test_a_key_with_control_characters_does_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, '[launchdarkly]\n"\\u001b[31m\\u202eproject" = "shop"\n')
    assert line.isprintable()
    assert "\u202e" not in line


async def test_a_file_can_be_judged_without_tokens_or_network(tmp_path: Path) -> None:
    world = World(tmp_path, vault=MemoryVault("none", {}))
    ran = await world.run("plan", check_only=True, as_json=False)
    assert (ran.code, world.sandbox.requests[:]) == (0, [])
    assert "4 settings, no mistakes found" in ran.out
    wrong = await world.run("plan", check_only=True, setup='[launchdarkly]\nprojekt = "shop"\n[segmnt]\n')
    assert wrong.code == 2
    assert wrong.err.count("setup.toml:") == 2


async def test_a_file_that_is_judged_alone_says_what_every_setup_needs(tmp_path: Path) -> None:
    world = World(tmp_path, vault=MemoryVault("none", {}))
    needs = "Missing: launchdarkly.project and launchdarkly.environment (or launchdarkly.client_side_id), or the"
    empty = await world.run("plan", check_only=True, setup="# nothing yet\n")
    assert empty.code == 2
    assert "setup.toml: this file holds no settings.\n" in empty.err
    assert needs in empty.err
    part = await world.run("plan", check_only=True, as_json=False, setup='[segment]\nspace = "prod"\n')
    assert part.code == 0, "a variable can hold the rest"
    assert needs in part.out
    assert "Missing: audiences.include." in part.out


def test_whatever_a_file_holds_it_is_read_or_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])  # where Hypothesis has its cache
    from tests.headless.setup.any_file import is_read_or_refused_in_words

    is_read_or_refused_in_words(tmp_path / "setup.toml")
