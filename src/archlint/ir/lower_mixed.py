"""Python source to facts where only some statements need a newer grammar: those through libcst, the rest through `ast`.

libcst takes twenty times as long, and of a module in a newer grammar most statements are not in it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from archlint.ir import lower_ast, lower_cst
from archlint.ir.ast_statements import StatementLowerer, without_docstring
from archlint.ir.builder import ModuleBuilder
from archlint.ir.cst_parsing import parse
from archlint.secrets.pieces import places

if TYPE_CHECKING:
    import libcst as cst

    from archlint.ir.cst_spans import Layout
    from archlint.ir.module import ModuleFacts
    from archlint.source import SourceFile

_NOT_LINE_END = re.compile(r"[^\r\n]")
_LONG_QUOTES = ('"""', "'''")
Place = tuple[int, int]


def known(text: str) -> bool:
    """Return whether this interpreter can parse a text."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def lower_module(
    source: SourceFile, module_name: str, *, is_package: bool = False, is_known: Callable[[str], bool] = known
) -> ModuleFacts:
    """Return the facts of a file, the same as the other lowerers'; `is_known` tells which statements `ast` reads.

    Raises `SyntaxError` or `ValueError` where its top-level statements cannot be told apart by the starts of lines, or
    one of them cannot be parsed; `RecursionError` where it is nested too deeply.
    """
    module = ModuleBuilder(source.path, module_name, is_package)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps = [*_known_and_newer(source, module, is_known)]
        for _, step in sorted(steps, key=lambda pair: pair[0]):
            step()
    return module.build()


def _known_and_newer(
    source: SourceFile, module: ModuleBuilder, is_known: Callable[[str], bool]
) -> Iterator[tuple[int, Callable[[], None]]]:
    """Yield where each top-level statement starts, and what lowers it.

    Each piece must be Python by itself: then none ends within a string or a bracket, and the next is none either.
    """
    text = source.text
    parts = _joined(text)
    newer = [place for place in parts if not is_known(text[slice(*place)])]
    if len(newer) == len(parts) or any(text[slice(*place)].rstrip("\r\n").endswith("\\") for place in newer):
        raise ValueError("the statements cannot be told apart")
    for place in newer:
        yield from _newer(source, module, place, is_first=place == parts[0])
    yield from _known(source, module, newer, has_first=parts[0] not in newer)


def _joined(text: str) -> list[Place]:
    """Return where top-level statements stand, those joined that a long string seems to hold together."""
    parts: list[Place] = []
    begin, opened = 0, [0, 0]
    for start, end in places(text):
        opened = [
            (count + text.count(quotes, start, end)) % 2 for count, quotes in zip(opened, _LONG_QUOTES, strict=True)
        ]
        if not any(opened) or end == len(text):
            parts.append((begin, end))
            begin = end
    return parts


def _known(
    source: SourceFile, module: ModuleBuilder, newer: list[Place], *, has_first: bool
) -> Iterator[tuple[int, Callable[[], None]]]:
    lowerer = StatementLowerer(module, source.text, source.starts, lower_ast.wide_lines(source))
    body = ast.parse(_without(source.text, newer)).body
    for node in without_docstring(body) if has_first else body:
        yield lowerer.start_of(node), partial(lower_ast.top_level, lowerer, node)


def _newer(
    source: SourceFile, module: ModuleBuilder, place: Place, *, is_first: bool
) -> Iterator[tuple[int, Callable[[], None]]]:
    from archlint.ir import cst_statements

    tree, laid_out = _laid_out(source.text, place)
    lowerer = cst_statements.CstStatementLowerer(module, laid_out, source.text)
    nodes = cst_statements.statements(tree)
    for node in cst_statements.without_docstring(nodes) if is_first else nodes:
        yield lowerer.start_of(node), partial(lower_cst.top_level, lowerer, source, node)


def _laid_out(text: str, place: Place) -> tuple[cst.Module, Layout]:
    from archlint.ir.cst_spans import layout

    tree = parse(text[slice(*place)])
    laid_out = layout(tree, place[0])
    if laid_out.code != text[slice(*place)]:
        raise ValueError("the tree does not round-trip")
    return tree, laid_out


def _without(text: str, left_out: list[Place]) -> str:
    """Return a text in which some places are blank; the rest stands where it stood."""
    result: list[str] = []
    done = 0
    for start, end in left_out:
        result += (text[done:start], _NOT_LINE_END.sub(" ", text[start:end]))
        done = end
    return "".join(result) + text[done:]
