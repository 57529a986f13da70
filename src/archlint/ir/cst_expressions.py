"""Expressions of libcst into the IR, equal to what the standard `ast` gives."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from archlint.ir import nodes as ir
from archlint.ir.ast_expressions import PinnedLowerer
from archlint.ir.builder import UnitBuilder, number
from archlint.ir.cst_spans import Layout
from archlint.ir.cst_strings import Piece, format_parts, string_value
from archlint.ir.module import Flag

_NAMED_CONSTANTS = {"True": True, "False": False, "None": None}
_OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "MatrixMultiply": "@", "Divide": "/", "Modulo": "%", "Power": "**",
    "LeftShift": "<<", "RightShift": ">>", "BitOr": "|", "BitXor": "^", "BitAnd": "&", "FloorDivide": "//",
    "BitInvert": "~", "Not": "not", "Plus": "+", "Minus": "-", "And": "and", "Or": "or",
    "Equal": "==", "NotEqual": "!=", "LessThan": "<", "LessThanEqual": "<=", "GreaterThan": ">",
    "GreaterThanEqual": ">=", "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in",
}  # fmt: skip


def operator_text(operator: cst.CSTNode) -> str:
    """Return an operator as it is written; the one of an augmented assignment without the `=`."""
    return _OPERATORS[type(operator).__name__.removesuffix("Assign")]


def identifier(name: str) -> str:
    """Return an identifier as Python compares it: `ﬁle` is `file`."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def dotted_name(node: cst.BaseExpression | None) -> str:
    """Return the name of a module as it is written in an import, without blanks; empty for None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(identifier(node.value))
    return ".".join(reversed(parts))
