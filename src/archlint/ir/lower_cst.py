"""Python source to facts through libcst: for grammar that this interpreter's `ast` does not know."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from archlint.ir.builder import ModuleBuilder, UnitBuilder
from archlint.ir.guard import unsafe_for_cst
from archlint.ir.module import Flag, ModuleFacts

if TYPE_CHECKING:
    import libcst as cst

    from archlint.ir.cst_statements import CstStatementLowerer
    from archlint.source import SourceFile

_UNSURE = ("invalid syntax", "expected '('", "expected ':'", "multiple exception types", "f-string")
"""What `ast` says about grammar that is newer than the interpreter."""


def lower_module(source: SourceFile, module_name: str, *, is_package: bool = False) -> ModuleFacts:
    """Return the facts of a file, the same as the `ast` lowerer's.

    Raises `SyntaxError` where libcst cannot parse it either, with the position that is known best; `ValueError` where
    libcst must not be given it or does not give it back as it was; `RecursionError` where it is nested too deeply.
    """
    from archlint.ir.cst_spans import layout
    from archlint.ir.cst_statements import CstStatementLowerer, statements, without_docstring

    tree = _parse(source)
    laid_out = layout(tree)
    if laid_out.code != source.text:
        raise ValueError("the tree does not round-trip")
    module = ModuleBuilder(source.path, module_name, is_package)
    lowerer = CstStatementLowerer(module, laid_out, source.text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for node in without_docstring(statements(tree)):
            _top_level(lowerer, source, node)
    return module.build()


def _parse(source: SourceFile) -> cst.Module:
    import libcst as cst

    if (reason := unsafe_for_cst(source.text)) is not None:
        raise ValueError(reason)
    try:
        return cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        raise _located(source.text, error.raw_line, error.raw_column + 1) from None
    except (cst.CSTValidationError, cst.CSTLogicError):
        # Bytes beside text, an empty name: the parser passes it, the nodes refuse it without a place.
        raise _located(source.text, 1, 1) from None
    except BaseException as error:
        # A panic of the native parser is no `Exception`, and libcst has no public name for it.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("libcst cannot parse it") from None


def _located(text: str, line: int, column: int) -> SyntaxError:
    """Return the error with the better position: libcst puts whatever its tokenizer refuses at the file's start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as known:
        # Newer grammar stops `ast` early; where libcst came further, that was not the error.
        went_further = line > (known.lineno or 0) and known.msg.startswith(_UNSURE)
        if not went_further:
            return SyntaxError(known.msg, (None, known.lineno, known.offset, None))
    except (ValueError, MemoryError, RecursionError):
        pass
    return SyntaxError("invalid syntax", (None, line, column, None))


def _top_level(lowerer: CstStatementLowerer, source: SourceFile, node: cst.CSTNode) -> None:
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
