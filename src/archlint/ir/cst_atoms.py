"""What libcst's expressions are made of, as IR: names, numbers, the values of strings, and where things stand."""

from __future__ import annotations

import libcst as cst

from archlint.ir import nodes as ir
from archlint.ir.builder import UnitBuilder, constant, identifier
from archlint.ir.cst_spans import Layout
from archlint.ir.cst_strings import string_value

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


def dotted_name(node: cst.BaseExpression | None) -> str:
    """Return the name of a module as it is written in an import, without blanks; empty for None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(identifier(node.value))
    return ".".join(reversed(parts))


class AtomLowerer:
    """Knows where the nodes of a file stand, and turns those without children into IR."""

    def __init__(self, layout: Layout, text: str) -> None:
        self.layout = layout
        self.spans = layout.spans
        self.text = text
        self.unit = UnitBuilder(0)
        self.origin = 0

    def begin(self, unit: UnitBuilder) -> None:
        """Start a unit: from here on offsets are relative to it and its index is filled."""
        self.unit = unit
        self.origin = unit.start

    def region(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return where a node starts and ends, relative to its unit; tuples and generators with their parentheses."""
        start, end = self.spans[node]
        if isinstance(node, cst.GeneratorExp) or (isinstance(node, cst.Tuple) and node.lpar):
            # The only argument of a call has the parentheses of the call.
            start, end = self.layout.opening(start, "("), self.layout.closing(end, (")",)) + 1
        return start - self.origin, end - self.origin

    def between(self, start: int, end: int) -> tuple[int, int]:
        """Return a region of the file relative to the unit."""
        return start - self.origin, end - self.origin

    def name(self, node: cst.Name) -> ir.Expr:
        """Return a name, or the constant that it is, as IR."""
        start, end = self.region(node)
        if node.value in _NAMED_CONSTANTS:
            return ir.Constant(start, end, _NAMED_CONSTANTS[node.value])
        return ir.Name(start, end, identifier(node.value))

    def integer(self, node: cst.Integer) -> ir.Expr:
        """Return an integer as IR; raises `SyntaxError` where Python refuses it."""
        try:
            value = int(node.value, 0)
        except ValueError:
            raise self.refused("invalid number", node) from None
        return constant(*self.region(node), value)

    def real(self, node: cst.Float) -> ir.Expr:
        """Return a float as IR."""
        return ir.Constant(*self.region(node), float(node.value))

    def string_value(self, node: cst.BaseExpression) -> str | bytes | None:
        """Return the value of a string literal, None for f-strings and other nodes; raises `SyntaxError`."""
        try:
            return string_value(node)
        except (SyntaxError, ValueError):
            raise self.refused("invalid string literal", node) from None

    def refused(self, reason: str, node: cst.CSTNode) -> SyntaxError:
        """Return the error for what libcst lets pass; the text of the literal is not in it."""
        start = self.spans[node][0]
        line = self.text.count("\n", 0, start) + 1
        return SyntaxError(reason, (None, line, start - self.text.rfind("\n", 0, start), None))
