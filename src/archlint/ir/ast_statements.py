"""Statements of the standard `ast` into the IR."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from archlint.ir import nodes as ir
from archlint.ir.ast_expressions import ExpressionLowerer, operator_text
from archlint.ir.builder import ModuleBuilder, target_name
from archlint.ir.module import ClassRow, Flag

_DECORATOR = re.compile(r"[ \t\f]*@")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class StatementLowerer(ExpressionLowerer):
    """Turns `ast` statements into IR nodes and notes imports, classes and functions in the module's rows."""

    def __init__(self, module: ModuleBuilder, text: str, starts: list[int], wide_lines: dict[int, bytes]) -> None:
        super().__init__(starts, wide_lines)
        self.module = module
        self.text = text
        self.owner = ""
        self.depth = 0
        self._statement_by_type: dict[type[ast.AST], Callable[[Any], ir.Stmt]] = {
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Expr: self._evaluate,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Delete: self._delete,
            ast.Global: self._scope,
            ast.Nonlocal: self._scope,
            ast.Assert: self._assert,
            ast.Match: self._match,
        }
        if hasattr(ast, "TryStar"):  # Python 3.11
            self._statement_by_type[ast.TryStar] = self._try
        if hasattr(ast, "TypeAlias"):  # Python 3.12
            self._statement_by_type[ast.TypeAlias] = self._type_alias

    def statement(self, node: ast.stmt) -> ir.Stmt:
        """Return a statement as IR."""
        lower = self._statement_by_type.get(type(node))
        if lower is None:
            return ir.Jump(*self.region(node), type(node).__name__.lower())
        return lower(node)

    def body(self, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
        """Return statements as IR."""
        return tuple([self.statement(node) for node in nodes])

    def start_of(self, node: ast.stmt) -> int:
        """Return the offset in the file at which a statement starts, its decorators included."""
        decorators = getattr(node, "decorator_list", None)
        if not decorators:
            return self.offset(node.lineno, node.col_offset)
        # Between the sign and the expression only parentheses, blanks and comments can stand: `@(  # as @wraps does`.
        for line in range(decorators[0].lineno - 1, -1, -1):
            if (sign := _DECORATOR.match(self.text, self.starts[line])) is not None:
                return sign.end() - 1
        return self.offset(decorators[0].lineno, decorators[0].col_offset)

    def end_of(self, node: ast.stmt) -> int:
        """Return the offset in the file at which a statement ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def class_row(self, node: ast.ClassDef, name: str, units: tuple[int, ...]) -> None:
        """Note a class; the expressions of its header are relative to the class."""
        origin, self.origin = self.origin, self.start_of(node)
        self.module.classes.append(
            ClassRow(
                name,
                self.origin,
                self.end_of(node),
                self.expressions(node.bases),
                self.keywords(node.keywords),
                self.expressions(node.decorator_list),
                units,
            )
        )
        self.origin = origin

    def _assign(self, node: ast.Assign) -> ir.Stmt:
        targets = self.expressions(node.targets)
        return ir.Assign(*self.region(node), targets, self.named(target_name(targets[0]), node.value))

    def _annotated(self, node: ast.AnnAssign) -> ir.Stmt:
        target, annotation = self.expression(node.target), self.annotation(node.annotation)
        value = None if node.value is None else self.named(target_name(target), node.value)
        return ir.Assign(*self.region(node), (target,), value, annotation)

    def _augmented(self, node: ast.AugAssign) -> ir.Stmt:
        target = self.expression(node.target)
        value = self.named(target_name(target), node.value)
        return ir.AugmentedAssign(*self.region(node), target, operator_text(node.op), value)

    def _evaluate(self, node: ast.Expr) -> ir.Stmt:
        return ir.Evaluate(*self.region(node), self.expression(node.value))

    def _return(self, node: ast.Return) -> ir.Stmt:
        return ir.Return(*self.region(node), self.optional(node.value))

    def _raise(self, node: ast.Raise) -> ir.Stmt:
        return ir.Raise(*self.region(node), self.optional(node.exc), self.optional(node.cause))

    def _if(self, node: ast.If) -> ir.Stmt:
        test, body = self.expression(node.test), self.body(node.body)
        return ir.If(*self.region(node), test, body, self.body(node.orelse))

    def _for(self, node: ast.For | ast.AsyncFor) -> ir.Stmt:
        self.unit.flags |= Flag.LOOP
        target, iterable, body = self.expression(node.target), self.expression(node.iter), self.body(node.body)
        is_async = isinstance(node, ast.AsyncFor)
        return ir.For(*self.region(node), target, iterable, body, self.body(node.orelse), is_async)

    def _while(self, node: ast.While) -> ir.Stmt:
        self.unit.flags |= Flag.LOOP
        test, body = self.expression(node.test), self.body(node.body)
        return ir.While(*self.region(node), test, body, self.body(node.orelse))

    def _with(self, node: ast.With | ast.AsyncWith) -> ir.Stmt:
        items = tuple([self._with_item(item) for item in node.items])
        return ir.With(*self.region(node), items, self.body(node.body), isinstance(node, ast.AsyncWith))

    def _with_item(self, node: ast.withitem) -> ir.WithItem:
        context, target = self.expression(node.context_expr), self.optional(node.optional_vars)
        return ir.WithItem(context.start, (target or context).end, context, target)

    def _try(self, node: Any) -> ir.Stmt:
        self.unit.flags |= Flag.TRY
        body = self.body(node.body)
        handlers = tuple([self._handler(handler) for handler in node.handlers])
        orelse, final = self.body(node.orelse), self.body(node.finalbody)
        return ir.Try(*self.region(node), body, handlers, orelse, final, type(node).__name__ == "TryStar")

    def _handler(self, node: ast.ExceptHandler) -> ir.Handler:
        return ir.Handler(*self.region(node), self.optional(node.type), node.name, self.body(node.body))

    def _match(self, node: ast.Match) -> ir.Stmt:
        return ir.Match(*self.region(node), self.expression(node.subject), tuple([self._case(c) for c in node.cases]))

    def _case(self, node: ast.match_case) -> ir.Case:
        binds = tuple(dict.fromkeys(_bound_names(node.pattern)))
        mentions = tuple([self.expression(value) for value in _mentioned(node.pattern)])
        guard, body = self.optional(node.guard), self.body(node.body)
        return ir.Case(self.region(node.pattern)[0], body[-1].end, binds, mentions, guard, body)

    def _function(self, node: FunctionNode) -> ir.Stmt:
        outer_yields, self.yields = self.yields, 0
        outer_slot, self.unit.slot = self.unit.slot, None
        decorators, parameters = self.expressions(node.decorator_list), self.parameters(node.args)
        returns = self.annotation(node.returns)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        if is_async:
            self.unit.flags |= Flag.ASYNC
        self.depth += 1
        body = self.body(without_docstring(node.body))
        self.depth -= 1
        start, end = self.start_of(node) - self.origin, self.end_of(node) - self.origin
        function = ir.Function(start, end, node.name, parameters, decorators, returns, body, is_async, self.yields > 0)
        self.yields, self.unit.slot = outer_yields, outer_slot
        if not self.depth:
            self.module.function(function, self.owner, self.origin, len(self.module.units))
        return function

    def _class(self, node: ast.ClassDef) -> ir.Stmt:
        outer, self.owner = self.owner, f"{self.owner}.{node.name}".lstrip(".")
        bases, keywords = self.expressions(node.bases), self.keywords(node.keywords)
        decorators = self.expressions(node.decorator_list)
        if not self.depth:
            self.class_row(node, self.owner, (len(self.module.units),))
        body = self.body(without_docstring(node.body))
        self.owner = outer
        start, end = self.start_of(node) - self.origin, self.end_of(node) - self.origin
        return ir.Class(start, end, node.name, bases, keywords, decorators, body)

    def _import(self, node: ast.Import) -> ir.Stmt:
        names = tuple([_alias(self.region(a), a, a.name.partition(".")[0]) for a in node.names])
        return self._imported(ir.Import(*self.region(node), names))

    def _import_from(self, node: ast.ImportFrom) -> ir.Stmt:
        names = tuple([_alias(self.region(a), a, a.name) for a in node.names])
        return self._imported(ir.Import(*self.region(node), names, node.module or "", node.level))

    def _imported(self, statement: ir.Import) -> ir.Stmt:
        self.module.imported(statement, self.origin, in_function=self.depth > 0)
        return statement

    def _delete(self, node: ast.Delete) -> ir.Stmt:
        return ir.Delete(*self.region(node), self.expressions(node.targets))

    def _scope(self, node: ast.Global | ast.Nonlocal) -> ir.Stmt:
        if isinstance(node, ast.Global):
            self.module.rebound(tuple(node.names))
        return ir.Scope(*self.region(node), type(node).__name__.lower(), tuple(node.names))

    def _assert(self, node: ast.Assert) -> ir.Stmt:
        return ir.Assert(*self.region(node), self.expression(node.test), self.optional(node.msg))

    def _type_alias(self, node: Any) -> ir.Stmt:
        return ir.TypeStatement(*self.region(node), node.name.id, self.expression(node.value))


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body without its docstring."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body


def _alias(region: tuple[int, int], node: ast.alias, bound: str) -> ir.Alias:
    return ir.Alias(*region, node.name, node.asname or bound, node.asname is not None)


def _bound_names(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        name = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name", None)
        if isinstance(name, str):
            yield name


def _mentioned(pattern: ast.pattern) -> Iterator[ast.expr]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchClass):
            yield node.cls
        elif isinstance(node, ast.MatchValue):
            yield node.value
        elif isinstance(node, ast.MatchMapping):
            yield from node.keys
