"""The map of a project as a Mermaid flow chart."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from archlint.project.views.narrowing import connected
from archlint.project.views.service_map import EdgeKind, NodeKind
from archlint.report.escaping import visible
from archlint.report.prose import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.project.views.service_map import MapEdge, MapNode, ServiceMap

_SHAPES = {
    NodeKind.ROUTE: ("([", "])"),
    NodeKind.ENTRY: ("[/", "/]"),
    NodeKind.TASK: ("[[", "]]"),
    NodeKind.MODULE: ("[", "]"),
    NodeKind.FUNCTION: ("[", "]"),
    NodeKind.TABLE: ("[(", ")]"),
    NodeKind.EXTERNAL: ("{{", "}}"),
}
_ARROWS = {
    EdgeKind.CALL: "-->",
    EdgeKind.AWAIT: "-.->",
    EdgeKind.ENQUEUE: "-.->",
    EdgeKind.READ: "-->",
    EdgeKind.WRITE: "==>",
    EdgeKind.EXTERNAL: "-->",
}
_SAID = {EdgeKind.CALL: "", EdgeKind.EXTERNAL: "request"}
_LEGEND = """\
  subgraph legend [Legend]
    direction LR
    legend_route(["route"]) -->|"calls"| legend_function["function"]
    legend_function -.->|"await, enqueue: asynchronous"| legend_task[["task"]]
    legend_function -->|"read"| legend_table[("table")]
    legend_function ==>|"write"| legend_table
    legend_function -->|"request"| legend_external{{"external system"}}
  end
"""
_NOT_SAFE = re.compile(r"[^A-Za-z0-9]+")
_MARKUP = re.compile(r"[^\w ./,(){}\[\]|+=*@$!?'~^-]")
_LONGEST_NAME = 16


def map_mermaid(whole: ServiceMap) -> str:
    """Return the flow chart; nodes that lead nowhere are counted in a comment and left out."""
    shown = connected(whole)
    lines = ["flowchart LR", *_nodes(shown), *(f"  {_edge(edge)}" for edge in shown.edges)]
    left_out = len(whole.nodes) - len(shown.nodes)
    if left_out:
        lines.insert(1, f"  %% {counted(left_out, 'node')} that no edge touches left out")
    return "\n".join(lines) + "\n" + _LEGEND


def mermaid_id(key: str) -> str:
    """Return an identifier for a node that no word of Mermaid clashes with and that is the same from run to run."""
    kind, _, rest = (_NOT_SAFE.sub("_", part) for part in key.partition(":"))
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{kind}_{rest[-_LONGEST_NAME:].strip('_')}_{digest}"


def _nodes(shown: ServiceMap) -> Iterator[str]:
    for node in shown.nodes:
        opening, closing = _SHAPES[node.kind]
        yield f"  {mermaid_id(node.id)}{opening}{_quoted(_label(node))}{closing}"


def _label(node: MapNode) -> str:
    return f"{node.entry}: {node.label}" if node.kind is NodeKind.ENTRY else node.label


def _edge(edge: MapEdge) -> str:
    said = _SAID.get(edge.kind, edge.kind.value)
    if edge.in_loop:
        said = f"{said}, in a loop".removeprefix(", ")
    label = f"|{_quoted(said)}|" if said else ""
    return f"{mermaid_id(edge.source)} {_ARROWS[edge.kind]}{label} {mermaid_id(edge.target)}"


def _quoted(text: str) -> str:
    """Return a label in which nothing is markup, a directive or an entity: such characters are written by number."""
    return f'"{_MARKUP.sub(lambda match: f"#{ord(match.group())};", visible(text))}"'
