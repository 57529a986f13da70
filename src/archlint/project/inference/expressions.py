"""The walk over expressions: calls with what is around them, and what binds names or adds to collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from archlint.ir import nodes as ir
from archlint.project.inference import callbacks, conditions, rows
from archlint.project.inference.listening import Evaluator, Listener, Loop, State
from archlint.project.inference.scopes import bind
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, children, target_names
from archlint.project.values import UNKNOWN, Items, When

_LEAVES = frozenset({ir.Constant, ir.Name, ir.Text})
_MUTATORS = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})
_ADDERS = frozenset({"add", "append", "appendleft"})
_PREFETCHING = frozenset({"aprefetch_related_objects", "prefetch_related_objects"})


class ExpressionWalk:
    """Goes through expressions in the order of evaluation and tells a listener."""

    def __init__(self, evaluator: Evaluator, listener: Listener, function: FunctionDefinition | None = None) -> None:
        self._evaluator = evaluator
        self._outermost = function
        self._listener = listener
        self._sees_all = listener.sees_all
        self._sees_calls = listener.sees_calls
        self._asks_when = listener.asks_when

    def _expressions(self, state: State, *nodes: ir.Expr) -> None:
        for node in nodes:
            self._expression(node, state)

    def _expression(self, node: ir.Expr, state: State) -> None:
        kind = type(node)
        if self._sees_all:
            self._listener.seen(node, state)
        if kind in _LEAVES:
            return
        if not self._sees_calls:
            self._bindings_in(node, state)
            return
        apart = self._apart.get(kind)
        if apart is not None:
            apart(self, node, state)
            return
        if kind is ir.Call:
            self._call(node, state)  # type: ignore[arg-type]
        elif kind is ir.Attribute:
            self._listener.read(node, state)  # type: ignore[arg-type]
        else:
            self._told(node, state)
        state.parents.append(node)
        for child in children(node):
            if self._sees_all or type(child) not in _LEAVES:
                self._expression(child, state)
        state.parents.pop()

    def _bindings_in(self, node: ir.Expr, state: State) -> None:
        """Walk only what an expression binds, adds to, or yields."""
        if isinstance(node, ir.Call):
            self._call(node, state)
        elif isinstance(node, ir.Await | ir.Starred | ir.Unary):
            self._bindings_in(node.operand if isinstance(node, ir.Unary) else node.value, state)
        elif isinstance(node, ir.Walrus):
            bind(node.target, self._evaluator.value(node.value, state.scope), state.scope)
        elif isinstance(node, ir.Yield):
            self._listener.result(node.value, True, state)
        elif isinstance(node, ir.Boolean | ir.Compare):
            for child in children(node):
                self._bindings_in(child, state)

    def _told(self, node: ir.Expr, state: State) -> None:
        if isinstance(node, ir.Walrus):
            bind(node.target, self._evaluator.value(node.value, state.scope), state.scope)
        elif isinstance(node, ir.Yield):
            self._listener.result(node.value, True, state)

    def _choice(self, node: ir.Conditional | ir.Boolean, state: State) -> None:
        """Walk what is evaluated only where what stands before it is true, or is not."""
        outer = state.conditions
        state.parents.append(node)
        if isinstance(node, ir.Conditional):
            self._listener.tested(node.test, state)
            self._expression(node.test, state)
            for part, holds in ((node.body, True), (node.orelse, False)):
                state.conditions = self._under(node.test, holds, state)
                self._expression(part, state)
                state.conditions = outer
        else:
            for value in node.values:
                self._expression(value, state)
                state.conditions = self._under(value, node.op == "and", state)
        state.conditions = outer
        state.parents.pop()

    def _under(self, test: ir.Expr, holds: bool, state: State) -> When:
        """Return what holds where a test came out in one way, and what held before, if the listener asks for that."""
        return conditions.under(test, holds, state, self._evaluator) if self._asks_when else ()

    def _lambda(self, node: ir.Lambda, state: State) -> None:
        around = state.parents[-1] if state.parents else None
        loop = callbacks.loop_of(around, node, state.scope, self._evaluator) if isinstance(around, ir.Call) else None
        loops = (*state.loops, loop) if loop is not None else ()
        inner = state.inside(state.scope.branch(), loops=loops, functions=(*state.functions, node))
        for parameter in node.parameters:
            inner.scope.bind(parameter.name, UNKNOWN)
        if loop is not None and len(node.parameters) == 1:
            inner.scope.bind(node.parameters[0].name, self._evaluator.element(loop.value))
        self._expression(node.body, inner)

    def _call(self, node: ir.Call, state: State) -> None:
        name = called_name(node)
        func = node.func
        if name in _MUTATORS and isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name):
            held = func.value.id
            if isinstance(state.scope.names.get(held), Items):
                if name in _ADDERS and len(node.args) == 1:
                    added = self._evaluator.value(node.args[0], state.scope)
                    state.scope.added(held, added, is_repeated=bool(state.loops))
                else:
                    state.scope.changed(held)
        self._listener.called(node, state)
        if name in _PREFETCHING:
            rows.prefetched(node, state.scope)
        elif name == "refresh":
            rows.refreshed(node, state.scope)

    def _comprehension(self, node: ir.Comprehension, state: State) -> None:
        inner = state.inside(state.scope.branch(), parents=list(state.parents))
        for clause in node.clauses:
            self._expression(clause.iterable, inner)
            value = self._evaluator.value(clause.iterable, inner.scope)
            targets = target_names(clause.target)
            loop = Loop(node, clause.iterable, value, targets, targets)
            self._listener.iterated(loop, inner)
            inner.loops = (*inner.loops, loop)
            bind(clause.target, self._evaluator.element(value), inner.scope)
            for condition in clause.conditions:
                self._expression(condition, inner)
                self._listener.tested(condition, inner)
        self._expressions(inner, node.element, *([node.value] if node.value is not None else []))

    _apart: ClassVar[Mapping[type[ir.Node], Callable[[ExpressionWalk, Any, State], None]]] = {
        ir.Boolean: _choice,
        ir.Comprehension: _comprehension,
        ir.Conditional: _choice,
        ir.Lambda: _lambda,
    }
