"""The map of a project as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archlint import __version__
from archlint.report.escaping import json_text
from archlint.report.map_schema import JsonEdge, JsonGuard, JsonMap, JsonNode, JsonSpot
from archlint.report.schema import Tool

if TYPE_CHECKING:
    from archlint.project.views.service_map import MapEdge, MapNode, ServiceMap, Spot


def map_json(whole: ServiceMap) -> str:
    """Return the map as one JSON document that follows the published schema."""
    return json_text(map_document(whole), indent=2) + "\n"


def map_document(whole: ServiceMap) -> Any:
    """Return the document as plain lists and dicts."""
    nodes, edges = tuple(map(_node, whole.nodes)), tuple(map(_edge, whole.edges))
    return msgspec.to_builtins(JsonMap(1, Tool("archlint", __version__), nodes, edges))


def _node(node: MapNode) -> JsonNode:
    return JsonNode(
        id=node.id,
        kind=node.kind,
        label=node.label,
        name=node.name,
        module=node.module,
        spot=_spot(node.spot),
        entry=node.entry,
        framework=node.framework,
        methods=node.methods,
        runs=node.runs,
        guards=tuple(JsonGuard(one.kind, one.name, one.level, _spot(one.spot)) for one in node.guards),
    )


def _edge(edge: MapEdge) -> JsonEdge:
    return JsonEdge(
        source=edge.source,
        target=edge.target,
        kind=edge.kind,
        is_asynchronous=edge.kind.is_asynchronous,
        spots=tuple(JsonSpot(spot.path, spot.line) for spot in edge.spots),
        details=edge.details,
        in_loop=edge.in_loop,
    )


def _spot(spot: Spot | None) -> JsonSpot | None:
    return JsonSpot(spot.path, spot.line) if spot is not None else None
