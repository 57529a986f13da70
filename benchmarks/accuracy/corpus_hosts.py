"""The places that a sample of the corpus is written into: what a file of so many entries looks like."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from corpus_kinds import maker

Entry = Callable[[str, str], str]
"""Writes one entry: its name, which differs from all others of the file, and its value."""


@dataclass(frozen=True, slots=True)
class Host:
    """One form of file. `is_partial`: the value is a part of a literal; `twin_head`, where twins stand elsewhere."""

    name: str
    file: str
    entry: Entry
    head: str = ""
    tail: str = ""
    separator: str = "\n"
    is_partial: bool = False
    twin_head: str = ""


def written(host: Host, entries: list[tuple[str, str]], head: str) -> tuple[str, list[range]]:
    """Return the text of a file and the lines of each of its entries."""
    texts = [host.entry(name, value) for name, value in entries]
    starts = [head.count("\n") + 1]
    for text in texts:
        starts.append(starts[-1] + (text + host.separator).count("\n"))
    return head + host.separator.join(texts) + host.tail + "\n", [range(*pair) for pair in pairwise(starts)]


def _quoted(value: str) -> str:
    return json.dumps(value)


def _line(value: str) -> str:
    """Return a value on one line, as files without quotes hold it."""
    return value.replace("\n", "\\n")


def _environment(name: str, value: str) -> str:
    return f"{name.upper()}='{value}'" if "\n" not in value else f'{name.upper()}="{_line(value)}"'


def _block(indent: str) -> Entry:
    return lambda name, value: f"{indent}{name}: |\n{textwrap.indent(value, indent + '  ')}"


_SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\n"  # noqa: S105 - a manifest's beginning
_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n"
_COMPOSE = "services:\n  web:\n    image: shop:1\n    environment:\n"

HOSTS = (
    Host("assignment", "app_{}.py", lambda name, value: f"{name} = {_quoted(value)}"),
    Host("keyword", "calls_{}.py", lambda name, value: f"send({name}={_quoted(value)})"),
    Host(
        "dict", "table_{}.py", lambda name, value: f"    {_quoted(name)}: {_quoted(value)}", "TABLE = {\n", "\n}", ",\n"
    ),
    Host(
        "f-string",
        "texts_{}.py",
        lambda name, value: f"{name} = f{_quoted('{where} ' + value.replace('{', '{{').replace('}', '}}'))}",
        is_partial=True,
    ),
    Host(
        "fallback",
        "environ_{}.py",
        lambda name, value: f"{name} = os.getenv({_quoted(name.upper())}, {_quoted(value)})",
        "import os\n",
    ),
    Host("YAML", "values_{}.yaml", lambda name, value: f"{name}: {_quoted(value)}"),
    Host("YAML block", "blocks_{}.yaml", _block("")),
    Host("JSON", "values_{}.json", lambda name, value: f"  {_quoted(name)}: {_quoted(value)}", "{\n", "\n}", ",\n"),
    Host("TOML", "values_{}.toml", lambda name, value: f"{name} = {_quoted(value)}", "[shop]\n"),
    Host("ini", "values_{}.ini", lambda name, value: f"{name} = {_line(value)}", "[shop]\n"),
    Host(".env", "values_{}.env", _environment),
    Host("Dockerfile", "{}.dockerfile", lambda name, value: f"ENV {name.upper()}={_quoted(value)}", "FROM scratch\n"),
    Host(
        "Compose list",
        "list_{}/compose.yml",
        lambda name, value: f"      - {_quoted(f'{name.upper()}={value}')}",
        _COMPOSE,
    ),
    Host("Compose map", "map_{}/compose.yml", lambda name, value: f"      {name.upper()}: {_quoted(value)}", _COMPOSE),
    Host(
        "Secret, data",
        "secret_{}.yml",
        lambda name, value: f"  {name}: {maker.b64(value.encode())}",
        _SECRET + "data:\n",
        twin_head=_CONFIG_MAP,
    ),
    Host("Secret, stringData", "plain_{}.yml", _block("  "), _SECRET + "stringData:\n", twin_head=_CONFIG_MAP),
)
