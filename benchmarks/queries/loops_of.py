"""Which loops of a file are around a place, and which lines a statement has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Region = tuple[int, int, int, int]
"""Line, column, last line and last column, as Python counts them."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: where Python says that it turns, and the regions that run once per turn."""

    starts: frozenset[tuple[int, int]]
    per_turn: tuple[Region, ...]
    function: Region
    is_comprehension: bool


@dataclass(frozen=True)
class FileLoops:
    """The loops and statements of one file."""

    text: str

    def around(self, region: Region) -> Loop | None:
        """Return the innermost loop that runs a place once per turn, in the place's own function."""
        function = min((one for one in self._functions if contains(one, region)), key=_size, default=WHOLE)
        found = [
            (_size(part), loop)
            for loop in self._loops
            if loop.function == function
            for part in loop.per_turn
            if contains(part, region)
        ]
        return min(found, key=lambda one: one[0])[1] if found else None

    def statement_lines(self, line: int) -> range:
        """Return the lines of the statement on a line, without the blocks below it."""
        found = [one for one in self._headers if one[0] <= line <= one[1]]
        first, last = min(found, key=lambda one: one[1] - one[0], default=(line, line))
        return range(first, last + 1)

    @cached_property
    def _functions(self) -> list[Region]:
        return [region_of(node) for node in self._nodes if isinstance(node, _FUNCTIONS)]

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @cached_property
    def _headers(self) -> list[tuple[int, int]]:
        headers = []
        for node in self._nodes:
            if isinstance(node, ast.stmt):
                body = getattr(node, "body", None)
                last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
                headers.append((node.lineno, last))
        return headers

    @cached_property
    def _loops(self) -> list[Loop]:
        return [loop for node in self._nodes for loop in self._of(node)]

    def _of(self, node: ast.AST) -> Iterator[Loop]:
        if isinstance(node, ast.For | ast.AsyncFor):
            starts = frozenset({region_of(node)[:2], region_of(node.iter)[:2]})
            yield Loop(starts, tuple(map(region_of, node.body)), self._function(node), False)
        elif isinstance(node, ast.While):
            parts = (region_of(node.test), *map(region_of, node.body))
            yield Loop(frozenset(), parts, self._function(node), False)
        elif isinstance(node, _COMPREHENSIONS):
            elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for number, one in enumerate(node.generators):
                later = [part for two in node.generators[number + 1 :] for part in (two.iter, *two.ifs)]
                parts = tuple(region_of(part) for part in (*elements, *one.ifs, *later))
                starts = frozenset({region_of(node)[:2], region_of(one.iter)[:2]})
                yield Loop(starts, parts, self._function(node), True)

    def _function(self, node: ast.AST) -> Region:
        around = (one for one in self._functions if contains(one, region_of(node)))
        return min(around, key=_size, default=WHOLE)


WHOLE: Region = (0, 0, 1_000_000, 0)


def contains(outer: Region, inner: Region) -> bool:
    """Whether a region lies in another, or is it."""
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions share a place."""
    return one[:2] < other[2:] and other[:2] < one[2:]


def region_of(node: ast.AST) -> Region:
    """Return where a node is."""
    return (
        getattr(node, "lineno", 0),
        getattr(node, "col_offset", 0),
        getattr(node, "end_lineno", 0),
        getattr(node, "end_col_offset", 0),
    )


def _size(region: Region) -> tuple[int, int]:
    return (region[2] - region[0], region[3] - region[1])
