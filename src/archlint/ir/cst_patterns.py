"""What a `case` pattern of libcst binds and mentions, in the order in which `ast.walk` goes through one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import libcst as cst

from archlint.ir.builder import identifier


def bound_names(pattern: cst.MatchPattern) -> Iterator[str]:
    """Yield the names that a pattern binds, level by level."""
    for node in _walk(pattern):
        name = node.rest if isinstance(node, cst.MatchMapping) else getattr(node, "name", None)
        if isinstance(name, cst.Name):
            yield identifier(name.value)


def mentioned(pattern: cst.MatchPattern) -> Iterator[cst.BaseExpression]:
    """Yield the classes, values and keys that a pattern compares with, level by level."""
    for node in _walk(pattern):
        if isinstance(node, cst.MatchClass):
            yield node.cls
        elif isinstance(node, cst.MatchValue):
            yield node.value
        elif isinstance(node, cst.MatchMapping):
            yield from (element.key for element in node.elements)


def _walk(pattern: cst.MatchPattern) -> Iterator[cst.CSTNode]:
    waiting: deque[cst.CSTNode] = deque([pattern])
    while waiting:
        node = waiting.popleft()
        waiting.extend(_children(node))
        yield node


def _children(node: cst.CSTNode) -> list[cst.CSTNode]:
    if isinstance(node, cst.MatchTuple | cst.MatchList):
        return [row.value if isinstance(row, cst.MatchSequenceElement) else row for row in node.patterns]
    if isinstance(node, cst.MatchMapping):
        return [row.pattern for row in node.elements]
    if isinstance(node, cst.MatchClass):
        return [*(row.value for row in node.patterns), *(row.pattern for row in node.kwds)]
    if isinstance(node, cst.MatchOr):
        return [row.pattern for row in node.patterns]
    if isinstance(node, cst.MatchAs) and node.pattern is not None:
        return [node.pattern]
    return []
