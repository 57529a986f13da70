"""Expressions of the standard `ast` into the IR."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar

from archlint.ir import nodes as ir
from archlint.ir.builder import UnitBuilder, alternative_slot, argument_slot, constant, keyword_slot, target_name
from archlint.ir.module import Flag

Node = TypeVar("Node", bound=ast.AST)
_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.FloorDiv: "//",
    ast.Invert: "~", ast.Not: "not", ast.UAdd: "+", ast.USub: "-", ast.And: "and", ast.Or: "or",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def operator_text(operator: ast.AST) -> str:
    """Return an operator as it is written."""
    return _OPERATORS[type(operator)]


class ExpressionLowerer:
    """Turns `ast` expressions into IR nodes of one unit; positions become offsets relative to the unit."""

    def __init__(self, starts: list[int], wide_lines: dict[int, bytes]) -> None:
        self.starts = starts
        self.wide_lines = wide_lines
        self.unit = UnitBuilder(0)
        self.origin = 0
        self.yields = 0
        self._by_type: dict[type[ast.AST], Callable[[Any], ir.Expr]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Constant: self._constant,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.JoinedStr: self._format,
            ast.BinOp: self._binary,
            ast.BoolOp: self._boolean,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.IfExp: self._conditional,
            ast.List: self._collection,
            ast.Tuple: self._collection,
            ast.Set: self._collection,
            ast.Dict: self._mapping,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.Lambda: self._lambda,
            ast.Await: self._await,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
            ast.Starred: self._starred,
            ast.NamedExpr: self._walrus,
            ast.FormattedValue: self._hole,
        }
        if hasattr(ast, "TemplateStr"):  # Python 3.14
            self._by_type[ast.TemplateStr] = self._format
            self._by_type[vars(ast)["Interpolation"]] = self._hole

    def begin(self, unit: UnitBuilder) -> None:
        """Start a unit: from here on offsets are relative to it and its index is filled."""
        self.unit = unit
        self.origin = unit.start

    def offset(self, line: int, column: int) -> int:
        """Return the code point offset in the file of a position as `ast` gives it (UTF-8 columns)."""
        wide = self.wide_lines.get(line)
        if wide is not None:
            column = len(wide[:column].decode("utf-8", "replace"))
        return self.starts[line - 1] + column

    def region(self, node: Any) -> tuple[int, int]:
        """Return where a node starts and ends, relative to its unit."""
        line, end_line = node.lineno, node.end_lineno
        if self.wide_lines:
            return (
                self.offset(line, node.col_offset) - self.origin,
                self.offset(end_line, node.end_col_offset) - self.origin,
            )
        return (
            self.starts[line - 1] + node.col_offset - self.origin,
            self.starts[end_line - 1] + node.end_col_offset - self.origin,
        )

    def expression(self, node: ast.expr) -> ir.Expr:
        """Return an expression as IR; what the IR has no word for becomes `Opaque`."""
        lower = self._by_type.get(type(node))
        return ir.Opaque(*self.region(node)) if lower is None else lower(node)

    def optional(self, node: ast.expr | None) -> ir.Expr | None:
        """Return an expression as IR, None for None."""
        return None if node is None else self.expression(node)

    def expressions(self, nodes: list[ast.expr]) -> tuple[ir.Expr, ...]:
        """Return expressions as IR."""
        return tuple([self.expression(node) for node in nodes])

    def named(self, name: str | None, node: ast.expr) -> ir.Expr:
        """Return an expression that stands under a name; strings below it are judged with that name."""
        outer, self.unit.slot = self.unit.slot, name or self.unit.slot
        lowered = self.expression(node)
        self.unit.slot = outer
        return lowered

    def annotation(self, node: ast.expr | None) -> ir.Expr | None:
        """Return an annotation as IR; one that is written as a string is parsed, all its nodes on the string."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return self.optional(node)
        return quoted_annotation(node.value, self.region(node), self.unit) or self.expression(node)

    def keywords(self, keywords: list[ast.keyword], named: str | None = None) -> tuple[ir.Keyword, ...]:
        """Return keyword arguments as IR; `named` is the text before them that names a default."""
        values = [self.named(keyword_slot(word.arg, named), word.value) for word in keywords]
        pairs = zip(keywords, values, strict=True)
        return tuple([ir.Keyword(*self.region(word), word.arg, value) for word, value in pairs])

    def parameters(self, arguments: ast.arguments) -> tuple[ir.Parameter, ...]:
        """Return the parameters of a function in the order of the source."""
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        defaults += arguments.defaults
        kinds = ["positional"] * len(arguments.posonlyargs) + ["normal"] * len(arguments.args)
        rows = [self._parameter(*row) for row in zip(positional, kinds, defaults, strict=True)]
        if arguments.vararg:
            rows.append(self._parameter(arguments.vararg, "star", None))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            rows.append(self._parameter(argument, "keyword", default))
        if arguments.kwarg:
            rows.append(self._parameter(arguments.kwarg, "starstar", None))
        return tuple(rows)

    def _parameter(self, argument: ast.arg, kind: str, default: ast.expr | None) -> ir.Parameter:
        value = None if default is None else self.named(argument.arg, default)
        return ir.Parameter(*self.region(argument), argument.arg, kind, self.annotation(argument.annotation), value)

    def _name(self, node: ast.Name) -> ir.Expr:
        return ir.Name(*self.region(node), node.id)

    def _attribute(self, node: ast.Attribute) -> ir.Expr:
        return self.unit.attribute(*self.region(node), self.expression(node.value), node.attr)

    def _call(self, node: ast.Call) -> ir.Expr:
        func = self.expression(node.func)
        args: list[ir.Expr] = []
        slot: str | None = None
        callee = target_name(func)
        for index, argument in enumerate(node.args):
            args.append(self.named(argument_slot(callee, index, slot), argument))
            # `getenv("DB_PASSWORD", "…")`: a string names what stands behind it.
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                slot = argument.value
        return self.unit.call(*self.region(node), func, tuple(args), self.keywords(node.keywords, slot))

    def _constant(self, node: ast.Constant) -> ir.Expr:
        start, end = self.region(node)
        value = node.value
        if isinstance(value, str):
            return self.unit.text(start, end, value)
        if isinstance(value, bytes):
            return self.unit.text(start, end, value.decode("latin-1"), is_bytes=True)
        return constant(start, end, value)

    def _subscript(self, node: ast.Subscript) -> ir.Expr:
        return ir.Subscript(*self.region(node), self.expression(node.value), self.expression(node.slice))

    def _slice(self, node: ast.Slice) -> ir.Expr:
        self.unit.flags |= Flag.SLICE
        lower, upper, step = self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        return ir.Slice(*self.region(node), lower, upper, step)

    def _format(self, node: Any) -> ir.Expr:
        return ir.Format(*self.region(node), tuple([self._part(part) for part in node.values]))

    def _part(self, node: ast.expr) -> ir.Expr:
        """Return a text or a hole of an f-string as IR."""
        if isinstance(node, ast.Constant):
            return self.unit.text(*self.region(node), str(node.value), is_part=True)
        return self.expression(node)

    def _hole(self, node: Any) -> ir.Expr:
        return self.expression(node.value)

    def _binary(self, node: ast.BinOp) -> ir.Expr:
        left, right = self.expression(node.left), self.expression(node.right)
        return ir.Binary(*self.region(node), operator_text(node.op), left, right)

    def _boolean(self, node: ast.BoolOp) -> ir.Expr:
        operator = operator_text(node.op)
        values: list[ir.Expr] = []
        for value in node.values:
            name = alternative_slot(values[-1]) if values and operator == "or" else None
            values.append(self.named(name, value))
        return ir.Boolean(*self.region(node), operator, tuple(values))

    def _unary(self, node: ast.UnaryOp) -> ir.Expr:
        return ir.Unary(*self.region(node), operator_text(node.op), self.expression(node.operand))

    def _compare(self, node: ast.Compare) -> ir.Expr:
        left = self.expression(node.left)
        ops = tuple([operator_text(operator) for operator in node.ops])
        name = target_name(left)
        return ir.Compare(*self.region(node), left, ops, tuple([self.named(name, one) for one in node.comparators]))

    def _conditional(self, node: ast.IfExp) -> ir.Expr:
        test, body, orelse = self.expression(node.test), self.expression(node.body), self.expression(node.orelse)
        return ir.Conditional(*self.region(node), test, body, orelse)

    def _collection(self, node: ast.List | ast.Tuple | ast.Set) -> ir.Expr:
        return ir.Collection(*self.region(node), type(node).__name__.lower(), self.expressions(node.elts))

    def _mapping(self, node: ast.Dict) -> ir.Expr:
        keys: list[ir.Expr | None] = []
        values: list[ir.Expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            keys.append(self._key(key))
            name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            values.append(self.named(name, value))
        return ir.Mapping(*self.region(node), tuple(keys), tuple(values))

    def _key(self, node: ast.expr | None) -> ir.Expr | None:
        """Return a key of a dict display as IR: it is a name of its own, whatever name the display stands under."""
        outer, self.unit.slot = self.unit.slot, None
        lowered = self.optional(node)
        self.unit.slot = outer
        return lowered

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ir.Expr:
        self.unit.flags |= Flag.LOOP
        kind = {"ListComp": "list", "SetComp": "set", "DictComp": "dict"}.get(type(node).__name__, "generator")
        clauses = tuple([self._clause(generator) for generator in node.generators])
        if isinstance(node, ast.DictComp):
            element, value = self.expression(node.key), self.optional(node.value)
        else:
            element, value = self.expression(node.elt), None
        return ir.Comprehension(*self.region(node), kind, element, value, clauses)

    def _clause(self, node: ast.comprehension) -> ir.Clause:
        target, iterable = self.expression(node.target), self.expression(node.iter)
        conditions = self.expressions(node.ifs)
        end = conditions[-1].end if conditions else iterable.end
        return ir.Clause(target.start, end, target, iterable, conditions, bool(node.is_async))

    def _lambda(self, node: ast.Lambda) -> ir.Expr:
        yields = self.yields
        parameters = self.parameters(node.args)
        body = self.expression(node.body)
        self.yields = yields
        return ir.Lambda(*self.region(node), parameters, body)

    def _await(self, node: ast.Await) -> ir.Expr:
        return ir.Await(*self.region(node), self.expression(node.value))

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> ir.Expr:
        self.yields += 1
        return ir.Yield(*self.region(node), self.optional(node.value), isinstance(node, ast.YieldFrom))

    def _starred(self, node: ast.Starred) -> ir.Expr:
        return ir.Starred(*self.region(node), self.expression(node.value))

    def _walrus(self, node: ast.NamedExpr) -> ir.Expr:
        return ir.Walrus(*self.region(node), self.expression(node.target), self.expression(node.value))


class PinnedLowerer(ExpressionLowerer):
    """Turns what is written inside a string into IR: every node stands where the string does."""

    def __init__(self, unit: UnitBuilder, pinned: tuple[int, int]) -> None:
        super().__init__([], {})
        self.unit = unit
        self.pinned = pinned

    def region(self, node: Any) -> tuple[int, int]:  # noqa: ARG002 - the node's own position is one in the string
        """Return the region of the string."""
        return self.pinned


def quoted_annotation(value: str, region: tuple[int, int], unit: UnitBuilder) -> ir.Expr | None:
    """Return the annotation that a string holds, None where it holds none."""
    try:
        parsed = ast.parse(value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return PinnedLowerer(unit, region).expression(parsed)
