"""The map as JSON types, and the JSON Schema that is published for it.

Within one version fields may be added; a field that goes or changes its meaning makes a new version.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from archlint.project.views.service_map import EdgeKind, NodeKind
from archlint.report.schema import Positive, Tool, Version, schema_of


class JsonSpot(Struct, frozen=True):
    """A line of a file; the path is relative to the root of the project."""

    path: str
    line: Positive


class JsonGuard(Struct, frozen=True):
    """What refuses requests of a route; `level` says what it stands at: the handler, a router, the settings."""

    kind: str
    name: str
    level: str
    spot: JsonSpot | None


class JsonNode(Struct, frozen=True):
    """A node. `name` is the qualified name, of a route that of its handler; `spot` is null where it is no one line.

    `entry` is the kind of an entry point, `runs` the place where it runs; both are empty for all other nodes.
    """

    id: str
    kind: NodeKind
    label: str
    name: str
    module: str
    spot: JsonSpot | None
    entry: str
    framework: str
    methods: tuple[str, ...]
    runs: str
    guards: tuple[JsonGuard, ...]


class JsonEdge(Struct, frozen=True):
    """What one node does with another, by their ids.

    `spots` are the places of the calls, `details` the callables of a library or the relations that are loaded.
    `is_asynchronous` tells that the caller's thread does not wait, `in_loop` that a loop repeats it.
    """

    source: str
    target: str
    kind: EdgeKind
    is_asynchronous: bool
    spots: tuple[JsonSpot, ...]
    details: tuple[str, ...]
    in_loop: bool


class JsonMap(Struct, frozen=True):
    """A whole map."""

    version: Version
    tool: Tool
    nodes: tuple[JsonNode, ...]
    edges: tuple[JsonEdge, ...]


def map_schema_text() -> str:
    """Return the schema as it is published in `docs/schemas/map.json`."""
    return msgspec.json.format(msgspec.json.encode(map_schema()), indent=2).decode() + "\n"


def map_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the map."""
    return schema_of(JsonMap)
