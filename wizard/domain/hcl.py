"""Write HCL, Terraform's language, in the layout of `terraform fmt`.

See docs/segment.md#terraform.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = "str | bool | int | float | Expression | JsonText | Mapping[str, Value] | Sequence[Value] | None"

_INDENT = "  "
_NAME = re.compile(r"(?!for$)[A-Za-z_][A-Za-z0-9_-]*")  # `{ for` begins an expression
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_NO_ESCAPE_OF_HCL = {"\\b": "\\u0008", "\\f": "\\u000c"}


@dataclass(frozen=True, slots=True)
class Expression:
    """A raw expression, such as `var.token`. Never made from other people's text."""

    text: str


@dataclass(frozen=True, slots=True)
class JsonText:
    """A value that the provider takes as JSON text."""

    value: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Block:
    """A block, such as `resource "segment_destination" "shop" { … }`: its type, labels, attributes and inner blocks."""

    type: str
    labels: tuple[str, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def __str__(self) -> str:
        return "\n".join(_block(self, ""))


def quoted(text: str) -> str:
    """Return a quoted string in which nothing is interpreted: no escape, no `${…}` and no `%{…}`."""
    escaped = re.sub(r"\\[bf]|\\.", lambda found: _NO_ESCAPE_OF_HCL.get(found[0], found[0]), _json(text))
    return re.sub(r"([$%])\{", r"\1\1{", escaped)


def name_of(*parts: str) -> str:
    """Return a name for a block, made from any texts: letters, digits and underscores."""
    return "_".join(filter(None, (_NOT_IN_A_NAME.sub("_", part.casefold()).strip("_") for part in parts)))


def attributes(values: Mapping[str, Value]) -> str:
    """Return attributes without a block around them, to be put into one."""
    return "\n".join(_attributes(values, ""))


def comment(*lines: str) -> str:
    """Return comment lines; a line break in a text can't end the comment."""
    return "\n".join(f"# {' '.join(line.splitlines())}".rstrip() for line in lines)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _block(block: Block, indent: str) -> Iterator[str]:
    head = " ".join((block.type, *map(quoted, block.labels)))
    if not (block.attributes or block.blocks):
        yield f"{indent}{head} {{}}"
        return
    yield f"{indent}{head} {{"
    yield from _attributes(block.attributes, indent + _INDENT)
    for number, inner in enumerate(block.blocks):
        if number or block.attributes:
            yield ""
        yield from _block(inner, indent + _INDENT)
    yield f"{indent}}}"


def _attributes(attributes: Mapping[str, Value], indent: str) -> Iterator[str]:
    """Yield the lines of the attributes. The equals signs of neighboring one-line attributes are aligned."""
    run: list[tuple[str, str]] = []
    for name, value in attributes.items():
        key, said = name if _NAME.fullmatch(name) else quoted(name), _value(value, indent)
        if "\n" in said:
            yield from _aligned(run, indent)
            run = []
            yield f"{indent}{key} = {said}"
        else:
            run.append((key, said))
    yield from _aligned(run, indent)


def _aligned(run: list[tuple[str, str]], indent: str) -> Iterator[str]:
    width = max((len(key) for key, _ in run), default=0)
    return (f"{indent}{key:{width}} = {said}" for key, said in run)


def _value(value: Value, indent: str) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, JsonText):
        return f"jsonencode({_value(value.value, indent)})"
    if isinstance(value, Mapping):
        inside = "\n".join(_attributes(value, indent + _INDENT))
        return f"{{\n{inside}\n{indent}}}" if inside else "{}"
    if isinstance(value, Sequence):
        return _list(value, indent)
    return json.dumps(value)  # true, false, null and numbers are JSON's


def _list(values: Sequence[Value], indent: str) -> str:
    said = [_value(value, indent + _INDENT) for value in values]
    if not any("\n" in one for one in said):
        return f"[{', '.join(said)}]"
    return "[\n" + "".join(f"{indent}{_INDENT}{one},\n" for one in said) + f"{indent}]"
