"""The map of a project: from routes and other entry points over functions to tables and external systems."""

from __future__ import annotations

from enum import Enum

import msgspec


class NodeKind(str, Enum):
    """What a node stands for, in the order in which a map shows them."""

    ROUTE = "route"
    ENTRY = "entry point"
    TASK = "task"
    MODULE = "module"
    FUNCTION = "function"
    TABLE = "table"
    EXTERNAL = "external system"

    @property
    def is_entry(self) -> bool:
        """Return whether something outside the program starts there."""
        return self in (NodeKind.ROUTE, NodeKind.ENTRY, NodeKind.TASK)

    @property
    def is_system(self) -> bool:
        """Return whether chains end there."""
        return self in (NodeKind.TABLE, NodeKind.EXTERNAL)

    @property
    def is_code(self) -> bool:
        """Return whether it stands between an entry and a system."""
        return self in (NodeKind.FUNCTION, NodeKind.MODULE)


class EdgeKind(str, Enum):
    """What one node does with the other; a caller goes on at once after `enqueue` only."""

    CALL = "call"
    AWAIT = "await"
    ENQUEUE = "enqueue"
    READ = "read"
    WRITE = "write"
    EXTERNAL = "external"

    @property
    def is_asynchronous(self) -> bool:
        """Return whether the thread that gets there does not wait."""
        return self in (EdgeKind.AWAIT, EdgeKind.ENQUEUE)


class Spot(msgspec.Struct, frozen=True, order=True):
    """A line of a file."""

    path: str
    line: int

    def __str__(self) -> str:
        """Return it as compilers write it: `shop/orders.py:12`."""
        return f"{self.path}:{self.line}"


class MapGuard(msgspec.Struct, frozen=True):
    """A guard of a route; `spot` is None where it stands in no file of the project."""

    kind: str
    name: str
    level: str
    spot: Spot | None = None


class MapNode(msgspec.Struct, frozen=True):
    """One node. `id` is made of what it stands for, and so the same from run to run.

    `name` is the qualified name: of a route that of its handler. `entry` is the kind of an entry point.
    """

    id: str
    kind: NodeKind
    label: str
    name: str = ""
    module: str = ""
    spot: Spot | None = None
    entry: str = ""
    framework: str = ""
    methods: tuple[str, ...] = ()
    runs: str = ""
    guards: tuple[MapGuard, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Return the key by which nodes are sorted: routes by their paths, all others by their labels."""
        path = self.label.partition(" ")[2] if self.methods else self.label
        return (list(NodeKind).index(self.kind), path or self.label, self.label, self.id)


class MapEdge(msgspec.Struct, frozen=True):
    """What one node does with another.

    `spots` are the places of the calls, `details` the callables of a library or the relations that are loaded.
    `in_loop` tells that a loop repeats it.
    """

    source: str
    target: str
    kind: EdgeKind
    spots: tuple[Spot, ...] = ()
    details: tuple[str, ...] = ()
    in_loop: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what no two edges of a map share."""
        return (self.source, self.target, self.kind.value)


class ServiceMap(msgspec.Struct, frozen=True):
    """Nodes by kind and label, edges by their ends."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]

    @classmethod
    def of(cls, nodes: list[MapNode], edges: list[MapEdge]) -> ServiceMap:
        """Return the map of some nodes and edges, in its order; edges that differ in their places only become one."""
        merged: dict[tuple[str, str, str], MapEdge] = {}
        for edge in edges:
            known = merged.get(edge.key)
            merged[edge.key] = edge if known is None else _joined(known, edge)
        return cls(
            tuple(sorted(nodes, key=lambda node: node.key)),
            tuple(merged[key] for key in sorted(merged)),
        )

    def count(self, kind: NodeKind) -> int:
        """Return how many nodes are of a kind."""
        return sum(1 for node in self.nodes if node.kind is kind)


def _joined(first: MapEdge, second: MapEdge) -> MapEdge:
    return MapEdge(
        first.source,
        first.target,
        first.kind,
        tuple(sorted({*first.spots, *second.spots})),
        tuple(sorted({*first.details, *second.details})),
        first.in_loop or second.in_loop,
    )
