"""Python source to facts through the standard `ast`: the fast way, for what this interpreter can parse."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from archlint.ir.ast_statements import StatementLowerer, without_docstring
from archlint.ir.builder import ModuleBuilder, UnitBuilder
from archlint.ir.module import Flag, ModuleFacts
from archlint.source import SourceFile


def lower_module(source: SourceFile, module_name: str, *, is_package: bool = False) -> ModuleFacts:
    """Return the facts of a file.

    Raises `SyntaxError` (or `ValueError`, `MemoryError`) where this interpreter cannot parse it,
    `RecursionError` where it is nested too deeply to walk.
    """
    module = ModuleBuilder(source.path, module_name, is_package)
    with warnings.catch_warnings():
        # What Python warns about (invalid escapes, `is` with a literal) is said of strings that are annotations, too.
        warnings.simplefilter("ignore")
        lowerer = StatementLowerer(module, source.text, source.starts, wide_lines(source))
        for node in without_docstring(ast.parse(source.text).body):
            top_level(lowerer, node)
    return module.build()


def top_level(lowerer: StatementLowerer, node: ast.stmt) -> None:
    """Make a unit of a statement, and of each statement of a class body; the header of a class becomes a row."""
    if isinstance(node, ast.ClassDef):
        _outermost_class(lowerer, node)
    else:
        _unit(lowerer, node, owner="")


def _outermost_class(lowerer: StatementLowerer, node: ast.ClassDef) -> None:
    lowerer.begin(UnitBuilder(0))
    body = without_docstring(node.body)
    first = len(lowerer.module.units)
    lowerer.class_row(node, node.name, tuple(range(first, first + len(body))))
    for statement in body:
        _unit(lowerer, statement, owner=node.name)


def _unit(lowerer: StatementLowerer, node: ast.stmt, *, owner: str) -> None:
    unit = UnitBuilder(lowerer.start_of(node))
    lowerer.begin(unit)
    lowerer.owner = owner
    statement = lowerer.statement(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        unit.flags |= Flag.FUNCTION
    lowerer.module.add_unit(unit, lowerer.end_of(node), node.lineno, owner, statement)


def wide_lines(source: SourceFile) -> dict[int, bytes]:
    """Return the UTF-8 form of each line that is not ASCII, by its number: `ast` counts columns in bytes."""
    return {} if source.text.isascii() else dict(_non_ascii(source))


def _non_ascii(source: SourceFile) -> Iterator[tuple[int, bytes]]:
    ends = [*source.starts[1:], len(source.text)]
    for number, (start, end) in enumerate(zip(source.starts, ends, strict=True), start=1):
        line = source.text[start:end]
        if not line.isascii():
            yield number, line.encode("utf-8", "surrogatepass")
