"""Statements of libcst into the IR, equal to what the standard `ast` gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from archlint.ir import nodes as ir
from archlint.ir.builder import ModuleBuilder, identifier, target_name
from archlint.ir.cst_atoms import dotted_name, operator_text
from archlint.ir.cst_expressions import CstExpressionLowerer, is_keyword
from archlint.ir.cst_patterns import bound_names, mentioned
from archlint.ir.cst_spans import Layout
from archlint.ir.cst_strings import string_value
from archlint.ir.module import ClassRow, Flag

_SEMICOLON = re.compile(r"(?:[ \t\f]|\\(?:\r\n|\r|\n))*;")


class CstStatementLowerer(CstExpressionLowerer):
    """Turns libcst statements into IR nodes and notes imports, classes and functions in the module's rows."""

    def __init__(self, module: ModuleBuilder, layout: Layout, text: str) -> None:
        super().__init__(layout, text)
        self.module = module
        self.owner = ""
        self.depth = 0
        self._statement_by_type: dict[type[cst.CSTNode], Callable[[Any], ir.Stmt]] = {
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.Expr: self._evaluate,
            cst.Return: self._return,
            cst.Raise: self._raise,
            cst.If: self._if,
            cst.For: self._for,
            cst.While: self._while,
            cst.With: self._with,
            cst.Try: self._try,
            cst.TryStar: self._try,
            cst.FunctionDef: self._function,
            cst.ClassDef: self._class,
            cst.Import: self._import,
            cst.ImportFrom: self._import_from,
            cst.Del: self._delete,
            cst.Global: self._scope,
            cst.Nonlocal: self._scope,
            cst.Assert: self._assert,
            cst.Match: self._match,
            cst.TypeAlias: self._type_alias,
        }

    def statement(self, node: cst.CSTNode) -> ir.Stmt:
        """Return a statement as IR."""
        lower = self._statement_by_type.get(type(node))
        if lower is None:
            return ir.Jump(*self.region(node), type(node).__name__.lower())
        return lower(node)

    def body(self, block: cst.BaseSuite | cst.Else | cst.Finally | None) -> tuple[ir.Stmt, ...]:
        """Return the statements of a block as IR, none for None."""
        if block is None:
            return ()
        suite = block.body if isinstance(block, cst.Else | cst.Finally) else block
        return tuple([self.statement(node) for node in statements(suite)])

    def start_of(self, node: cst.CSTNode) -> int:
        """Return the offset in the file at which a statement starts, its decorators included."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
            return self.spans[node.decorators[0]][0]
        return self.spans[node][0]

    def end_of(self, node: cst.CSTNode) -> int:
        """Return the offset in the file at which a statement ends; a semicolon belongs to the block around it."""
        start, end = self.spans[node]
        if isinstance(node, cst.TypeAlias) and isinstance(node.semicolon, cst.Semicolon):
            # libcst counts its own semicolon, and the blanks around it, among what this statement is made of.
            return start + len(self.text[start : self.layout.opening(end, ";")].rstrip(" \t\f"))
        if isinstance(node, cst.BaseCompoundStatement | cst.ExceptHandler | cst.ExceptStarHandler):
            semicolon = _SEMICOLON.match(self.text, end)
            return end if semicolon is None else semicolon.end()
        return end

    def extent(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return where a compound statement starts and ends, relative to its unit and without decorators."""
        return self.between(self.spans[node][0], self.end_of(node))

    def class_name(self, node: cst.ClassDef) -> str:
        """Return the name of a class."""
        return identifier(node.name.value)

    def class_row(self, node: cst.ClassDef, name: str, units: tuple[int, ...]) -> None:
        """Note a class; the expressions of its header are relative to the class."""
        origin, self.origin = self.origin, self.start_of(node)
        bases, keywords, decorators = self._header(node)
        self.module.classes.append(ClassRow(name, self.origin, self.end_of(node), bases, keywords, decorators, units))
        self.origin = origin

    def _header(self, node: cst.ClassDef) -> tuple[tuple[ir.Expr, ...], tuple[ir.Keyword, ...], tuple[ir.Expr, ...]]:
        rows = [*node.bases, *node.keywords]
        bases = tuple([self.argument(row) for row in rows if not is_keyword(row)])
        keywords = tuple([self.keyword(row) for row in rows if is_keyword(row)])
        return bases, keywords, self.expressions([row.decorator for row in node.decorators])

    def _assign(self, node: cst.Assign) -> ir.Stmt:
        targets = self.expressions([row.target for row in node.targets])
        return ir.Assign(*self.region(node), targets, self.named(target_name(targets[0]), node.value))

    def _annotated(self, node: cst.AnnAssign) -> ir.Stmt:
        target, annotation = self.expression(node.target), self.annotation(node.annotation)
        value = None if node.value is None else self.named(target_name(target), node.value)
        return ir.Assign(*self.region(node), (target,), value, annotation)

    def _augmented(self, node: cst.AugAssign) -> ir.Stmt:
        target = self.expression(node.target)
        value = self.named(target_name(target), node.value)
        return ir.AugmentedAssign(*self.region(node), target, operator_text(node.operator), value)

    def _evaluate(self, node: cst.Expr) -> ir.Stmt:
        return ir.Evaluate(*self.region(node), self.expression(node.value))

    def _return(self, node: cst.Return) -> ir.Stmt:
        return ir.Return(*self.region(node), self.optional(node.value))

    def _raise(self, node: cst.Raise) -> ir.Stmt:
        cause = None if node.cause is None else self.expression(node.cause.item)
        return ir.Raise(*self.region(node), self.optional(node.exc), cause)

    def _if(self, node: cst.If) -> ir.Stmt:
        test, body = self.expression(node.test), self.body(node.body)
        orelse = (self._if(node.orelse),) if isinstance(node.orelse, cst.If) else self.body(node.orelse)
        return ir.If(*self.extent(node), test, body, orelse)

    def _for(self, node: cst.For) -> ir.Stmt:
        self.unit.flags |= Flag.LOOP
        target, iterable, body = self.expression(node.target), self.expression(node.iter), self.body(node.body)
        is_async = node.asynchronous is not None
        return ir.For(*self.extent(node), target, iterable, body, self.body(node.orelse), is_async)

    def _while(self, node: cst.While) -> ir.Stmt:
        self.unit.flags |= Flag.LOOP
        test, body = self.expression(node.test), self.body(node.body)
        return ir.While(*self.extent(node), test, body, self.body(node.orelse))

    def _with(self, node: cst.With) -> ir.Stmt:
        items = tuple([self._with_item(item) for item in node.items])
        return ir.With(*self.extent(node), items, self.body(node.body), node.asynchronous is not None)

    def _with_item(self, node: cst.WithItem) -> ir.WithItem:
        context = self.expression(node.item)
        target = None if node.asname is None else self.expression(node.asname.name)
        return ir.WithItem(context.start, (target or context).end, context, target)

    def _try(self, node: cst.Try | cst.TryStar) -> ir.Stmt:
        self.unit.flags |= Flag.TRY
        body = self.body(node.body)
        handlers = tuple([self._handler(handler) for handler in node.handlers])
        orelse, final = self.body(node.orelse), self.body(node.finalbody)
        return ir.Try(*self.extent(node), body, handlers, orelse, final, isinstance(node, cst.TryStar))

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
        types = self.optional(node.type)
        return ir.Handler(*self.extent(node), types, _as_name(node.name), self.body(node.body))

    def _match(self, node: cst.Match) -> ir.Stmt:
        subject = self.expression(node.subject)
        return ir.Match(*self.extent(node), subject, tuple([self._case(case) for case in node.cases]))

    def _case(self, node: cst.MatchCase) -> ir.Case:
        binds = tuple(dict.fromkeys(bound_names(node.pattern)))
        mentions = self.expressions(mentioned(node.pattern))
        guard, body = self.optional(node.guard), self.body(node.body)
        return ir.Case(self._pattern_start(node.pattern) - self.origin, body[-1].end, binds, mentions, guard, body)

    def _pattern_start(self, node: cst.MatchPattern) -> int:
        if isinstance(node, cst.MatchValue | cst.MatchSingleton):
            return self.spans[node.value][0]
        start = self.spans[node][0]
        return self.layout.opening(start, "(") if isinstance(node, cst.MatchTuple) else start

    def _function(self, node: cst.FunctionDef) -> ir.Stmt:
        outer_yields, self.yields = self.yields, 0
        outer_slot, self.unit.slot = self.unit.slot, None
        decorators = self.expressions([row.decorator for row in node.decorators])
        parameters, returns = self.parameters(node.params), self.annotation(node.returns)
        is_async = node.asynchronous is not None
        if is_async:
            self.unit.flags |= Flag.ASYNC
        self.depth += 1
        body = tuple([self.statement(row) for row in without_docstring(statements(node.body))])
        self.depth -= 1
        region = self.between(self.start_of(node), self.end_of(node))
        name, is_generator = identifier(node.name.value), self.yields > 0
        function = ir.Function(*region, name, parameters, decorators, returns, body, is_async, is_generator)
        self.yields, self.unit.slot = outer_yields, outer_slot
        if not self.depth:
            self.module.function(function, self.owner, self.origin, len(self.module.units))
        return function

    def _class(self, node: cst.ClassDef) -> ir.Stmt:
        name = self.class_name(node)
        outer, self.owner = self.owner, f"{self.owner}.{name}".lstrip(".")
        bases, keywords, decorators = self._header(node)
        if not self.depth:
            self.class_row(node, self.owner, (len(self.module.units),))
        body = tuple([self.statement(row) for row in without_docstring(statements(node.body))])
        self.owner = outer
        region = self.between(self.start_of(node), self.end_of(node))
        return ir.Class(*region, name, bases, keywords, decorators, body)

    def _import(self, node: cst.Import) -> ir.Stmt:
        names = tuple([self._alias(row, dotted_name(row.name).partition(".")[0]) for row in node.names])
        return self._imported(ir.Import(*self.region(node), names))

    def _import_from(self, node: cst.ImportFrom) -> ir.Stmt:
        start, end = self.region(node)
        if isinstance(node.names, cst.ImportStar):
            names: tuple[ir.Alias, ...] = (ir.Alias(end - 1, end, "*", "*"),)
        else:
            names = tuple([self._alias(row, dotted_name(row.name)) for row in node.names])
        return self._imported(ir.Import(start, end, names, dotted_name(node.module), len(node.relative)))

    def _alias(self, node: cst.ImportAlias, bound: str) -> ir.Alias:
        renamed = _as_name(node.asname)
        return ir.Alias(*self.region(node), dotted_name(node.name), renamed or bound, bool(renamed))

    def _imported(self, statement: ir.Import) -> ir.Stmt:
        self.module.imported(statement, self.origin, in_function=self.depth > 0)
        return statement

    def _delete(self, node: cst.Del) -> ir.Stmt:
        target = node.target
        if isinstance(target, cst.Tuple) and not target.lpar:
            return ir.Delete(*self.region(node), self.expressions([row.value for row in target.elements]))
        return ir.Delete(*self.region(node), (self.expression(target),))

    def _scope(self, node: cst.Global | cst.Nonlocal) -> ir.Stmt:
        names = tuple([identifier(row.name.value) for row in node.names])
        if isinstance(node, cst.Global):
            self.module.rebound(names)
        return ir.Scope(*self.region(node), type(node).__name__.lower(), names)

    def _assert(self, node: cst.Assert) -> ir.Stmt:
        return ir.Assert(*self.region(node), self.expression(node.test), self.optional(node.msg))

    def _type_alias(self, node: cst.TypeAlias) -> ir.Stmt:
        return ir.TypeStatement(*self.extent(node), identifier(node.name.value), self.expression(node.value))


def statements(suite: cst.BaseSuite | cst.Module) -> list[cst.CSTNode]:
    """Return the statements of a block, those of one line one by one."""
    if isinstance(suite, cst.SimpleStatementSuite):
        return list(suite.body)
    rows: list[cst.CSTNode] = []
    for node in suite.body:
        if isinstance(node, cst.SimpleStatementLine):
            rows.extend(node.body)
        else:
            rows.append(node)
    return rows


def without_docstring(rows: list[cst.CSTNode]) -> Sequence[cst.CSTNode]:
    """Return the statements of a body without its docstring."""
    first = rows[0] if rows else None
    return rows[1:] if isinstance(first, cst.Expr) and isinstance(string_value(first.value), str) else rows


def _as_name(node: cst.AsName | None) -> str | None:
    return identifier(node.name.value) if node is not None and isinstance(node.name, cst.Name) else None
