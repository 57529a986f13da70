"""Expressions of libcst into the IR, equal to what the standard `ast` gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from archlint.ir import nodes as ir
from archlint.ir.ast_expressions import quoted_annotation
from archlint.ir.builder import alternative_slot, argument_slot, identifier, keyword_slot, target_name
from archlint.ir.cst_atoms import AtomLowerer, operator_text
from archlint.ir.cst_spans import Layout
from archlint.ir.cst_strings import Piece, format_parts
from archlint.ir.module import Flag


def is_keyword(node: cst.Arg) -> bool:
    """Tell `name=value` and `**value` from positional arguments."""
    return node.keyword is not None or node.star == "**"


class CstExpressionLowerer(AtomLowerer):
    """Turns libcst expressions into IR nodes of one unit; positions become offsets relative to the unit."""

    def __init__(self, layout: Layout, text: str) -> None:
        super().__init__(layout, text)
        self.yields = 0
        self._by_type: dict[type[cst.CSTNode], Callable[[Any], ir.Expr]] = {
            cst.Name: self.name,
            cst.Attribute: self._attribute,
            cst.Call: self._call,
            cst.SimpleString: self._string,
            cst.ConcatenatedString: self._string,
            cst.FormattedString: self._format,
            cst.Integer: self.integer,
            cst.Float: self.real,
            cst.Subscript: self._subscript,
            cst.BinaryOperation: self._binary,
            cst.BooleanOperation: self._boolean,
            cst.UnaryOperation: self._unary,
            cst.Comparison: self._compare,
            cst.IfExp: self._conditional,
            cst.List: self._collection,
            cst.Tuple: self._collection,
            cst.Set: self._collection,
            cst.Dict: self._mapping,
            cst.ListComp: self._comprehension,
            cst.SetComp: self._comprehension,
            cst.GeneratorExp: self._comprehension,
            cst.DictComp: self._dict_comprehension,
            cst.Lambda: self._lambda,
            cst.Await: self._await,
            cst.Yield: self._yield,
            cst.StarredElement: self._starred,
            cst.NamedExpr: self._walrus,
        }
        if hasattr(cst, "TemplatedString"):
            self._by_type[cst.TemplatedString] = self._format
        if hasattr(cst, "StarredDictComp"):  # libcst 1.9
            self._by_type[cst.StarredDictComp] = self._comprehension

    def expression(self, node: cst.BaseExpression) -> ir.Expr:
        """Return an expression as IR; what the IR has no word for becomes `Opaque`."""
        lower = self._by_type.get(type(node))
        return ir.Opaque(*self.region(node)) if lower is None else lower(node)

    def optional(self, node: cst.BaseExpression | None) -> ir.Expr | None:
        """Return an expression as IR, None for None."""
        return None if node is None else self.expression(node)

    def expressions(self, nodes: Iterable[cst.BaseExpression]) -> tuple[ir.Expr, ...]:
        """Return expressions as IR."""
        return tuple([self.expression(node) for node in nodes])

    def named(self, name: str | None, node: cst.BaseExpression) -> ir.Expr:
        """Return an expression that stands under a name; strings below it are judged with that name."""
        outer, self.unit.slot = self.unit.slot, name or self.unit.slot
        lowered = self.expression(node)
        self.unit.slot = outer
        return lowered

    def annotation(self, node: cst.Annotation | None) -> ir.Expr | None:
        """Return an annotation as IR; one that is written as a string is parsed, all its nodes on the string."""
        if node is None:
            return None
        value = self.string_value(node.annotation)
        quoted = None
        if isinstance(value, str):
            quoted = quoted_annotation(value, self.region(node.annotation), self.unit)
        return quoted or self.expression(node.annotation)

    def arguments(
        self, arguments: Sequence[cst.Arg], callee: str | None = None
    ) -> tuple[tuple[ir.Expr, ...], tuple[ir.Keyword, ...]]:
        """Return positional and keyword arguments as IR."""
        positional: list[ir.Expr] = []
        keywords: list[ir.Keyword] = []
        slot: str | None = None
        for argument in arguments:
            if is_keyword(argument):
                keywords.append(self.keyword(argument, slot))
                continue
            named = argument_slot(callee, len(positional), slot)
            outer, self.unit.slot = self.unit.slot, named or self.unit.slot
            positional.append(self.argument(argument))
            self.unit.slot = outer
            value = None if argument.star else self.string_value(argument.value)
            # `getenv("DB_PASSWORD", "…")`: a string names what stands behind it.
            slot = value if isinstance(value, str) else slot
        return tuple(positional), tuple(keywords)

    def parameters(self, node: cst.Parameters) -> tuple[ir.Parameter, ...]:
        """Return the parameters of a function in the order of the source."""
        rows = [self._parameter(row, "positional") for row in node.posonly_params]
        rows += [self._parameter(row, "normal") for row in node.params]
        if isinstance(node.star_arg, cst.Param):
            rows.append(self._parameter(node.star_arg, "star"))
        rows += [self._parameter(row, "keyword") for row in node.kwonly_params]
        if node.star_kwarg is not None:
            rows.append(self._parameter(node.star_kwarg, "starstar"))
        return tuple(rows)

    def _parameter(self, node: cst.Param, kind: str) -> ir.Parameter:
        name = identifier(node.name.value)
        start, end = self.spans[node.name]
        if node.annotation is not None:
            end = self.spans[node.annotation][1]
        value = None if node.default is None else self.named(name, node.default)
        return ir.Parameter(*self.between(start, end), name, kind, self.annotation(node.annotation), value)

    def argument(self, node: cst.Arg) -> ir.Expr:
        """Return a positional argument or a base as IR."""
        value = self.expression(node.value)
        return ir.Starred(*self.region(node), value) if node.star else value

    def keyword(self, node: cst.Arg, named: str | None = None) -> ir.Keyword:
        """Return a keyword argument as IR; `named` is the text before it that names a default."""
        name = None if node.keyword is None else identifier(node.keyword.value)
        return ir.Keyword(*self.region(node), name, self.named(keyword_slot(name, named), node.value))

    def _attribute(self, node: cst.Attribute) -> ir.Expr:
        return self.unit.attribute(*self.region(node), self.expression(node.value), identifier(node.attr.value))

    def _call(self, node: cst.Call) -> ir.Expr:
        func = self.expression(node.func)
        return self.unit.call(*self.region(node), func, *self.arguments(node.args, target_name(func)))

    def _string(self, node: cst.SimpleString | cst.ConcatenatedString) -> ir.Expr:
        value = self.string_value(node)
        if value is None:
            return self._format(node)
        if isinstance(value, bytes):
            return self.unit.text(*self.region(node), value.decode("latin-1"), is_bytes=True)
        return self.unit.text(*self.region(node), value)

    def _format(self, node: cst.BaseExpression) -> ir.Expr:
        try:
            parts = list(format_parts(node, self.layout, self.text))
        except (SyntaxError, ValueError):
            raise self.refused("invalid string literal", node) from None
        lowered = [
            self.unit.text(*self.between(part.start, part.end), part.value, is_part=True)
            if isinstance(part, Piece)
            else self.expression(part.expression)
            for part in parts
        ]
        return ir.Format(*self.region(node), tuple(lowered))

    def _subscript(self, node: cst.Subscript) -> ir.Expr:
        value = self.expression(node.value)
        items = tuple([self._index(element) for element in node.slice])
        last = node.slice[-1]
        if len(items) == 1 and not isinstance(items[0], ir.Starred) and not isinstance(last.comma, cst.Comma):
            return ir.Subscript(*self.region(node), value, items[0])
        end = self.spans[last][1]
        if isinstance(last.comma, cst.Comma):
            end = self.layout.closing(end, (",",)) + 1
        index = ir.Collection(*self.between(self.spans[node.slice[0]][0], end), "tuple", items)
        return ir.Subscript(*self.region(node), value, index)

    def _index(self, element: cst.SubscriptElement) -> ir.Expr:
        node: Any = element.slice
        if isinstance(node, cst.Slice):
            return self._slice(element, node)
        value, is_starred = self.expression(node.value), bool(node.star)
        return ir.Starred(*self.region(element), value) if is_starred else value

    def _slice(self, element: cst.SubscriptElement, node: cst.Slice) -> ir.Expr:
        self.unit.flags |= Flag.SLICE
        start, end = self.spans[element]
        if node.lower is None:
            start = self.layout.closing(start, (":",))
        if node.step is None and (node.upper is None or isinstance(node.second_colon, cst.Colon)):
            end = self.layout.opening(end, ":") + 1
        lower, upper, step = self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        return ir.Slice(*self.between(start, end), lower, upper, step)

    def _binary(self, node: cst.BinaryOperation) -> ir.Expr:
        left, right = self.expression(node.left), self.expression(node.right)
        return ir.Binary(*self.region(node), operator_text(node.operator), left, right)

    def _boolean(self, node: cst.BooleanOperation) -> ir.Expr:
        operator = type(node.operator)
        values: list[cst.BaseExpression] = [node.right]
        left = node.left
        while isinstance(left, cst.BooleanOperation) and isinstance(left.operator, operator) and not left.lpar:
            values.append(left.right)
            left = left.left
        values.append(left)
        word = operator_text(node.operator)
        lowered: list[ir.Expr] = []
        for value in reversed(values):
            name = alternative_slot(lowered[-1]) if lowered and word == "or" else None
            lowered.append(self.named(name, value))
        return ir.Boolean(*self.region(node), word, tuple(lowered))

    def _unary(self, node: cst.UnaryOperation) -> ir.Expr:
        return ir.Unary(*self.region(node), operator_text(node.operator), self.expression(node.expression))

    def _compare(self, node: cst.Comparison) -> ir.Expr:
        left = self.expression(node.left)
        ops = tuple([operator_text(target.operator) for target in node.comparisons])
        name = target_name(left)
        right = tuple([self.named(name, target.comparator) for target in node.comparisons])
        return ir.Compare(*self.region(node), left, ops, right)

    def _conditional(self, node: cst.IfExp) -> ir.Expr:
        test, body, orelse = self.expression(node.test), self.expression(node.body), self.expression(node.orelse)
        return ir.Conditional(*self.region(node), test, body, orelse)

    def _collection(self, node: cst.List | cst.Tuple | cst.Set) -> ir.Expr:
        items = tuple([self.element(element) for element in node.elements])
        return ir.Collection(*self.region(node), type(node).__name__.lower(), items)

    def element(self, node: cst.BaseElement) -> ir.Expr:
        """Return an element of a list, tuple or set as IR."""
        return self._starred(node) if isinstance(node, cst.StarredElement) else self.expression(node.value)

    def _mapping(self, node: cst.Dict) -> ir.Expr:
        keys: list[ir.Expr | None] = []
        values: list[ir.Expr] = []
        for element in node.elements:
            key = element.key if isinstance(element, cst.DictElement) else None
            name = None if key is None else self.string_value(key)
            keys.append(self._key(key))
            values.append(self.named(name if isinstance(name, str) else None, element.value))
        return ir.Mapping(*self.region(node), tuple(keys), tuple(values))

    def _key(self, node: cst.BaseExpression | None) -> ir.Expr | None:
        """Return a key of a dict display as IR: it is a name of its own, whatever name the display stands under."""
        outer, self.unit.slot = self.unit.slot, None
        lowered = self.optional(node)
        self.unit.slot = outer
        return lowered

    def _comprehension(self, node: Any) -> ir.Expr:
        self.unit.flags |= Flag.LOOP
        name = type(node).__name__
        kind = {"ListComp": "list", "SetComp": "set", "StarredDictComp": "dict"}.get(name, "generator")
        clauses = self._clauses(node.for_in)
        element = self.expression(node.value if kind == "dict" else node.elt)
        return ir.Comprehension(*self.region(node), kind, element, None, clauses)

    def _dict_comprehension(self, node: cst.DictComp) -> ir.Expr:
        self.unit.flags |= Flag.LOOP
        clauses = self._clauses(node.for_in)
        element, value = self.expression(node.key), self.expression(node.value)
        return ir.Comprehension(*self.region(node), "dict", element, value, clauses)

    def _clauses(self, node: cst.CompFor | None) -> tuple[ir.Clause, ...]:
        clauses = []
        while node is not None:
            target, iterable = self.expression(node.target), self.expression(node.iter)
            conditions = self.expressions([condition.test for condition in node.ifs])
            end = conditions[-1].end if conditions else iterable.end
            is_async = node.asynchronous is not None
            clauses.append(ir.Clause(target.start, end, target, iterable, conditions, is_async))
            node = node.inner_for_in
        return tuple(clauses)

    def _lambda(self, node: cst.Lambda) -> ir.Expr:
        yields = self.yields
        parameters = self.parameters(node.params)
        body = self.expression(node.body)
        self.yields = yields
        return ir.Lambda(*self.region(node), parameters, body)

    def _await(self, node: cst.Await) -> ir.Expr:
        return ir.Await(*self.region(node), self.expression(node.expression))

    def _yield(self, node: cst.Yield) -> ir.Expr:
        self.yields += 1
        if isinstance(node.value, cst.From):
            return ir.Yield(*self.region(node), self.expression(node.value.item), is_from=True)
        return ir.Yield(*self.region(node), self.optional(node.value))

    def _starred(self, node: cst.StarredElement) -> ir.Expr:
        return ir.Starred(*self.region(node), self.expression(node.value))

    def _walrus(self, node: cst.NamedExpr) -> ir.Expr:
        return ir.Walrus(*self.region(node), self.expression(node.target), self.expression(node.value))
