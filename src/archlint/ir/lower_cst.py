"""Python source to facts through libcst: for grammar that this interpreter's `ast` does not know."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from archlint.ir.builder import ModuleBuilder, UnitBuilder
from archlint.ir.cst_parsing import parse
from archlint.ir.module import Flag, ModuleFacts

if TYPE_CHECKING:
    import libcst as cst

    from archlint.ir.cst_statements import CstStatementLowerer
    from archlint.source import SourceFile


def lower_module(source: SourceFile, module_name: str, *, is_package: bool = False) -> ModuleFacts:
    """Return the facts of a file, the same as the `ast` lowerer's.

    Raises `SyntaxError` where libcst cannot parse it either, with the position that is known best; `ValueError` where
    libcst must not be given it or does not give it back as it was; `RecursionError` where it is nested too deeply.
    """
    from archlint.ir.cst_spans import layout
    from archlint.ir.cst_statements import CstStatementLowerer, statements, without_docstring

    tree = parse(source.text)
    laid_out = layout(tree)
    if laid_out.code != source.text:
        raise ValueError("the tree does not round-trip")
    module = ModuleBuilder(source.path, module_name, is_package)
    lowerer = CstStatementLowerer(module, laid_out, source.text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for node in without_docstring(statements(tree)):
            top_level(lowerer, source, node)
    return module.build()


def top_level(lowerer: CstStatementLowerer, source: SourceFile, node: cst.CSTNode) -> None:
    """Make a unit of a statement, and of each statement of a class body; the header of a class becomes a row."""
    import libcst as cst

    from archlint.ir.cst_statements import statements, without_docstring

    if not isinstance(node, cst.ClassDef):
        _unit(lowerer, source, node, owner="")
        return
    lowerer.begin(UnitBuilder(0))
    body = without_docstring(statements(node.body))
    first = len(lowerer.module.units)
    name = lowerer.class_name(node)
    lowerer.class_row(node, name, tuple(range(first, first + len(body))))
    for statement in body:
        _unit(lowerer, source, statement, owner=name)


def _unit(lowerer: CstStatementLowerer, source: SourceFile, node: cst.CSTNode, *, owner: str) -> None:
    import libcst as cst

    unit = UnitBuilder(lowerer.start_of(node))
    lowerer.begin(unit)
    lowerer.owner = owner
    statement = lowerer.statement(node)
    if isinstance(node, cst.FunctionDef):
        unit.flags |= Flag.FUNCTION
    lowerer.module.add_unit(unit, lowerer.end_of(node), source.line_at(lowerer.spans[node][0]), owner, statement)
