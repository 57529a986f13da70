"""Parts of a map: what leads from somewhere to somewhere, to a depth, by module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from fnmatch import fnmatchcase

from msgspec.structs import replace

from archlint.project.views.service_map import EdgeKind, MapEdge, MapNode, NodeKind, ServiceMap

Next = Mapping[str, list[str]]

_ENDS = frozenset({NodeKind.TABLE, NodeKind.EXTERNAL, NodeKind.TASK})


def narrowed(whole: ServiceMap, start: str = "", end: str = "") -> ServiceMap:
    """Return what lies on a way from a node that matches `start` to a system that matches `end`; "" matches all.

    A pattern is a part of a label or of a qualified name, in any case of letters; with `*` or `?` it is all of it.
    """
    kept = {node.id for node in whole.nodes}
    if start:
        sources = [node.id for node in whole.nodes if not node.kind.is_system and _matches(node, start)]
        kept &= _reached(sources, _following(whole.edges))
    if end:
        ends = [node.id for node in whole.nodes if node.kind in _ENDS and _matches(node, end)]
        kept &= _reached(ends, _preceding(whole.edges))
    return _part(whole, kept)


def within(whole: ServiceMap, paths: Container[str]) -> ServiceMap:
    """Return what the routes and entry points of some files lead to."""
    entries = [node for node in whole.nodes if node.kind.is_entry]
    own = [node.id for node in entries if node.spot is not None and node.spot.path in paths]
    return _part(whole, _reached(own, _following(whole.edges)))


def limited(whole: ServiceMap, depth: int) -> ServiceMap:
    """Return the map with at most `depth` functions in a row; the last of them stands for those behind it."""
    following = _following(whole.edges)
    by_id = {node.id: node for node in whole.nodes}
    kept = {node.id for node in whole.nodes if not node.kind.is_code}
    level = [node.id for node in whole.nodes if node.kind.is_entry]
    for _ in range(depth):
        level = [key for one in level for key in following[one] if by_id[key].kind.is_code and key not in kept]
        kept.update(level)
    return _contracted(whole, kept)


def by_module(whole: ServiceMap) -> ServiceMap:
    """Return the map with the functions of each module as one node."""
    names = {node.id: f"module:{node.module}" for node in whole.nodes if node.kind is NodeKind.FUNCTION}
    modules: dict[str, MapNode] = {}
    for node in whole.nodes:
        if node.id in names:
            spot = replace(node.spot, line=1) if node.spot is not None else None
            key, module = names[node.id], node.module
            modules[key] = MapNode(key, NodeKind.MODULE, module or "the top module", module, module, spot)
    edges = [
        replace(edge, source=names.get(edge.source, edge.source), target=names.get(edge.target, edge.target))
        for edge in whole.edges
    ]
    rest = [node for node in whole.nodes if node.id not in names]
    return ServiceMap.of([*rest, *modules.values()], [edge for edge in edges if edge.source != edge.target])


def connected(whole: ServiceMap) -> ServiceMap:
    """Return the map without the nodes that lead nowhere."""
    return _part(whole, {key for edge in whole.edges for key in (edge.source, edge.target)})


def _matches(node: MapNode, pattern: str) -> bool:
    wanted = pattern.casefold()
    texts = [text.casefold() for text in (node.label, node.name)]
    if any(sign in wanted for sign in "*?"):
        return any(fnmatchcase(text, wanted) for text in texts)
    return any(wanted in text for text in texts)


def _part(whole: ServiceMap, kept: Collection[str]) -> ServiceMap:
    return ServiceMap(
        tuple(node for node in whole.nodes if node.id in kept),
        tuple(edge for edge in whole.edges if edge.source in kept and edge.target in kept),
    )


def _contracted(whole: ServiceMap, kept: Collection[str]) -> ServiceMap:
    """Return the map with edges past nodes that are not kept, to what they lead to, where that is done."""
    outgoing: defaultdict[str, list[MapEdge]] = defaultdict(list)
    for edge in whole.edges:
        outgoing[edge.source].append(edge)
    edges = [edge for edge in whole.edges if edge.source in kept and edge.target in kept]
    for key in sorted(kept):
        edges += [
            replace(edge, source=key, in_loop=edge.in_loop or in_loop)
            for one, in_loop in _hidden(key, outgoing, kept).items()
            for edge in outgoing[one]
            if edge.target in kept and edge.target != key and _ends(edge)
        ]
    return ServiceMap.of([node for node in whole.nodes if node.id in kept], edges)


def _hidden(start: str, outgoing: Mapping[str, list[MapEdge]], kept: Collection[str]) -> dict[str, bool]:
    """Return what is reached from a node over nodes that are not kept, and whether a loop on the way repeats it."""
    found: dict[str, bool] = {}
    pending = [(start, False)]
    while pending:
        current, in_loop = pending.pop(0)
        for edge in outgoing[current]:
            repeated = in_loop or edge.in_loop
            if edge.target not in kept and (edge.target not in found or (repeated and not found[edge.target])):
                found[edge.target] = repeated
                pending.append((edge.target, repeated))
    return found


def _ends(edge: MapEdge) -> bool:
    """Return whether an edge is no mere call of a function."""
    return edge.kind not in (EdgeKind.CALL, EdgeKind.AWAIT)


def _reached(starts: Iterable[str], following: Next) -> set[str]:
    seen: set[str] = set()
    pending = list(starts)
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            pending.extend(following.get(current, ()))
    return seen


def _following(edges: Iterable[MapEdge]) -> defaultdict[str, list[str]]:
    return _neighbours(edges, lambda edge: (edge.source, edge.target))


def _preceding(edges: Iterable[MapEdge]) -> defaultdict[str, list[str]]:
    return _neighbours(edges, lambda edge: (edge.target, edge.source))


def _neighbours(edges: Iterable[MapEdge], ends: Callable[[MapEdge], tuple[str, str]]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        one, other = ends(edge)
        found[one].append(other)
    return found
