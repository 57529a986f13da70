"""What a string expression of the IR says: literals, constants, f-strings, `%`, `.format` and `+`, with holes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.source import SourceFile
from archlint.syntax.literals import HOLE, Composition, read_literal

_MAX_STEPS = 3
_MAX_READS = 2_000
WRAPPERS = frozenset({"text", "SQL", "dedent", "cleandoc", "RawSQL", "TextClause", "literal_column", "DDL", "str"})
"""Callables that give the text that they are given, or a statement of it; what white space they change says nothing."""
OWN = frozenset({"self", "cls"})
"""Names that stand for the class around a method, or one of its instances."""
SAME_TEXT = frozenset({"format", "strip", "lstrip", "rstrip"})
"""Methods that give the text that they are called on."""
_FIELD = re.compile(r"(?<!\{)\{(\w*)([!:.\[][^{}]*)?\}(?!\})")
_PERCENT = re.compile(r"%%|%(?:\(\w+\))?[#0 +-]{0,5}[\d*]{0,5}(?:\.[\d*]{1,5})?[a-zA-Z]")


class Definition(msgspec.Struct, frozen=True):
    """What a name is assigned: an expression and the file offset that its own offsets count from.

    An open definition is not the only one, or is added to later.
    """

    value: ir.Expr
    base: int
    is_open: bool = False


Resolve = Callable[[str], Definition | None]


class Names(msgspec.Struct, frozen=True):
    """The names that a unit sees."""

    local: dict[str, Definition | None]
    outer: Resolve

    def find(self, name: str) -> Definition | None:
        """Return what a name or a chain of names stands for, as far as it is plain; a local name hides the outer one.

        Of a method only the attributes of `self` and `cls` are none of a local value.
        """
        first = name.partition(".")[0]
        if first == name or first not in OWN:
            return self.local[first] if first in self.local else self.outer(name)
        return self.outer(name)


@dataclass(slots=True)
class StringReader:
    """Puts the text of an expression together from the literals that it is made of."""

    source: SourceFile
    names: Names
    budget: int = _MAX_READS

    def read(self, expression: ir.Expr, base: int, steps: int = _MAX_STEPS) -> Composition | None:
        """Return the text of an expression, or None where no part of it is a known string.

        A name costs one of the steps; all reads of one unit together are bounded, since constants can multiply.
        """
        self.budget -= 1
        if self.budget < 0:
            return None
        if isinstance(expression, ir.Text | ir.Masked | ir.Format):
            return self._literal(expression, base, steps)
        if isinstance(expression, ir.Binary):
            return self._binary(expression, base, steps)
        if isinstance(expression, ir.Name | ir.Attribute):
            definition = self.names.find(dotted(expression)) if steps else None
            return self._defined(definition, steps - 1) if definition is not None else None
        return self._call(expression, base, steps) if isinstance(expression, ir.Call) else None

    def _literal(self, node: ir.Text | ir.Masked | ir.Format, base: int, steps: int) -> Composition | None:
        found = read_literal(self.source.text, base + node.start, base + node.end)
        if found is None or not isinstance(node, ir.Format):
            return found
        values: list[ir.Expr] = [part for part in node.parts if not isinstance(part, ir.Text | ir.Masked)]
        return self._filled(found, values, base, steps) if len(values) == len(found.holes) else found

    def _filled(self, found: Composition, values: list[ir.Expr], base: int, steps: int) -> Composition:
        """Return an f-string's text with the names of constants replaced by what they are."""
        texts = [
            self.read(value, base, steps) if isinstance(value, ir.Name | ir.Attribute) else None for value in values
        ]
        if not any(texts):
            return found
        filled, written = Composition(), found.text
        holes = dict(zip(found.holes, texts, strict=True))
        for segment in found.segments:
            region = (segment.start, segment.start + segment.length)
            text = holes.get(region)
            if text is not None:
                filled.join(text)
            elif region in holes:
                filled.add_hole(segment.source, segment.source_length)
            else:
                filled.add(written[slice(*region)], segment.source, segment.source_length)
        return filled

    def _defined(self, definition: Definition, steps: int) -> Composition | None:
        found = self.read(definition.value, definition.base, steps)
        if found is not None and definition.is_open:
            found.holes.append((found.length, found.length))
        return found

    def _binary(self, node: ir.Binary, base: int, steps: int) -> Composition | None:
        if node.op == "%":
            return _with_percent_holes(self.read(node.left, base, steps))
        terms = operands(node) if node.op == "+" else ()
        parts = [self.read(operand, base, steps) for operand in terms]
        if not any(parts):
            return None
        found = Composition()
        for operand, part in zip(terms, parts, strict=True):
            if part is not None:
                found.join(part)
            elif _may_be_nothing(operand):
                found.holes.append((found.length, found.length))
            else:
                found.add_hole(base + operand.start, operand.end - operand.start)
        return found

    def _call(self, node: ir.Call, base: int, steps: int) -> Composition | None:
        name = last_name(node.func)
        if name in WRAPPERS and node.args:
            return self.read(node.args[0], base, steps)
        if isinstance(node.func, ir.Attribute) and name in SAME_TEXT:
            found = self.read(node.func.value, base, steps)
            return self._formatted(found, node, base, steps) if found is not None and name == "format" else found
        items = node.args[0] if name == "join" and len(node.args) == 1 else None
        if isinstance(node.func, ir.Attribute) and isinstance(items, ir.Collection):
            return self._joined(node.func.value, items.items, base, steps)
        return None

    def _formatted(self, found: Composition, node: ir.Call, base: int, steps: int) -> Composition:
        """Return a text with the fields of `format` replaced by the constants and names that they are given."""
        filled, done, count = Composition(), 0, 0
        for field in _FIELD.finditer(found.text):
            key = field[1] or str(count)
            count += not field[1]
            value = _given(node, key) if not field[2] else None
            text = self.read(value, base, steps) if value is not None else None
            if text is not None:
                filled.join(found.part(done, field.start()))
                filled.join(text)
                done = field.end()
        if not done:
            return found
        filled.join(found.part(done, found.length))
        return filled

    def _joined(self, between: ir.Expr, items: tuple[ir.Expr, ...], base: int, steps: int) -> Composition | None:
        """Return the text of a display that is joined, None where its items or what stands between are not known."""
        parts = [self.read(one, base, steps) for one in items]
        found = Composition()
        for node, part in zip(items, parts, strict=True):
            separator = self.read(between, base, steps)
            if separator is None or isinstance(node, ir.Starred) or not any(parts):
                return None
            if node is not items[0]:
                found.join(separator)
            if part is None:
                found.add_hole(base + node.start, node.end - node.start)
            else:
                found.join(part)
        return found if items else None


def _given(node: ir.Call, key: str) -> ir.Expr | None:
    """Return what a call gives a field of its text; of `Identifier("orders")` the name."""
    if key.isdigit():
        is_known = int(key) < len(node.args) and not any(isinstance(one, ir.Starred) for one in node.args)
        value = node.args[int(key)] if is_known else None
    else:
        value = next((one.value for one in node.keywords if one.name == key), None)
    is_name = isinstance(value, ir.Call) and last_name(value.func) == "Identifier" and len(value.args) == 1
    return value.args[0] if isinstance(value, ir.Call) and is_name else value


def _may_be_nothing(node: ir.Expr) -> bool:
    """Return whether an expression is the empty text in one case, so that the rest stands alone."""
    cases = (node.body, node.orelse) if isinstance(node, ir.Conditional) else ()
    return any(isinstance(one, ir.Text) and not one.value for one in cases)


def operands(node: ir.Binary) -> tuple[ir.Expr, ...]:
    """Return what a chain of `+` adds up; the chain leans to the left and can be long."""
    terms: list[ir.Expr] = []
    left: ir.Expr = node
    while isinstance(left, ir.Binary) and left.op == "+":
        terms.append(left.right)
        left = left.left
    return (left, *reversed(terms))


def _with_percent_holes(found: Composition | None) -> Composition | None:
    """Return a text with its `%` conversions as holes of the same length."""
    if found is None:
        return None
    text, regions = found.text, []
    for match in _PERCENT.finditer(text):
        start, end = match.span()
        is_escape = match.group() == "%%"
        text = text[:start] + (" %" if is_escape else HOLE[:1] * (end - start)) + text[end:]
        regions += [] if is_escape else [(start, end)]
    return Composition([text], found.segments, sorted([*found.holes, *regions]), found.length)


def last_name(expression: ir.Expr) -> str:
    """Return the name of a name or the last one of an attribute, or an empty text."""
    if isinstance(expression, ir.Attribute):
        return expression.name
    return expression.id if isinstance(expression, ir.Name) else ""
