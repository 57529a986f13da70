"""The walk over the statements of a unit in the order of execution, with what is known at each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference import conditions
from archlint.project.inference.expressions import ExpressionWalk
from archlint.project.inference.listening import Loop, State
from archlint.project.inference.scopes import Scope, bind
from archlint.project.tree import assigned, breaks, expressions_in, expressions_of, is_pass, target_names
from archlint.project.values import UNKNOWN, External, Instance, Items, ProjectClass, ProjectFunction, Query, Value


class Walk(ExpressionWalk):
    """Goes through statements in the order of execution and tells a listener."""

    def statements(self, body: Iterable[ir.Stmt], state: State) -> None:
        """Walk a block."""
        for statement in body:
            state.statement = statement
            self._statement(statement, state)

    def _statement(self, node: ir.Stmt, state: State) -> None:
        walk = self._kinds.get(type(node))
        if walk is None:
            self._simple(node, state)
        else:
            walk(self, node, state)

    def _simple(self, node: ir.Stmt, state: State) -> None:
        self._expressions(state, *expressions_of(node))

    def _evaluate(self, node: ir.Evaluate, state: State) -> None:
        self._expression(node.value, state)

    def _return(self, node: ir.Return, state: State) -> None:
        if node.value is not None:
            self._expression(node.value, state)
        self._listener.result(node.value, False, state)

    def _raise(self, node: ir.Raise, state: State) -> None:
        self._simple(node, state)
        self._listener.raised(node, state)

    def _match(self, node: ir.Match, state: State) -> None:
        self._expression(node.subject, state)
        self._branches([(), *[case.body for case in node.cases]], state)

    def _class(self, node: ir.Class, state: State) -> None:
        if state.functions:
            self._listener.defined(node, state)
        self.statements(node.body, state.inside(state.scope.branch(), loops=()))

    def _assert(self, node: ir.Assert, state: State) -> None:
        self._simple(node, state)
        self._narrow(node.test, state.scope)
        state.conditions = self._under(node.test, True, state)

    def _assign(self, node: ir.Assign, state: State) -> None:
        if node.value is not None:
            self._expression(node.value, state)
        value = self._assigned(node, state.scope)
        for target in node.targets:
            if isinstance(target, ir.Subscript):
                self._put(target, value, state)
            elif isinstance(target, ir.Attribute):
                self._expression(target.value, state)
                self._listener.stored(target, value, state)
                self._evaluator.assigned(target, value, state.scope)
            elif isinstance(target, ir.Collection) and isinstance(node.value, ir.Collection):
                self._bind_each(target, node.value, state.scope)
            else:
                bind(target, value, state.scope)

    def _put(self, target: ir.Subscript, value: Value, state: State) -> None:
        self._expressions(state, target.value, target.index)
        if not isinstance(target.value, ir.Name):
            return
        name = target.value.id
        held = state.scope.names.get(name)
        if isinstance(held, Items) and held.is_empty:
            values = held.values if value == UNKNOWN else value
            state.scope.bind(name, replace(held, values=values, is_empty=False, is_constant=False))
        else:
            state.scope.changed(name)

    def _augmented(self, node: ir.AugmentedAssign, state: State) -> None:
        self._expression(node.value, state)
        if isinstance(node.target, ir.Name):
            state.scope.changed(node.target.id)
        else:
            self._expressions(state, node.target)

    def _assigned(self, node: ir.Assign, scope: Scope) -> Value:
        promised = self._evaluator.annotated(node.annotation, scope)
        if node.value is None:
            return promised
        if promised != UNKNOWN and not isinstance(node.value, ir.Collection | ir.Mapping | ir.Call | ir.Await):
            return promised
        value = self._evaluator.value(node.value, scope)
        if promised == UNKNOWN:
            return value
        if isinstance(value, Items) and isinstance(promised, Items) and value.is_empty:
            return replace(promised, is_empty=True)  # what is added says more, until then the annotation does
        # What is written there may say more than its annotation.
        is_whole = isinstance(value, Query) or (isinstance(value, Items) and value.is_constant)
        return value if is_whole or type(value) is type(promised) else promised

    def _bind_each(self, target: ir.Collection, display: ir.Collection, scope: Scope) -> None:
        nodes = (*target.items, *display.items)
        same = len(target.items) == len(display.items) and not any(isinstance(node, ir.Starred) for node in nodes)
        values = [self._evaluator.value(item, scope) for item in display.items] if same else []
        for index, item in enumerate(target.items):
            bind(item.value if isinstance(item, ir.Starred) else item, values[index] if same else UNKNOWN, scope)

    def _if(self, node: ir.If, state: State) -> None:
        self._expression(node.test, state)
        self._listener.tested(node.test, state)
        self._branches([node.body, node.orelse], state, node.test)

    def _narrow(self, test: ir.Expr, scope: Scope) -> None:
        found = self._evaluator.narrowed(test, scope)
        if found is not None:
            scope.bind(*found)

    def _branches(
        self,
        bodies: list[tuple[ir.Stmt, ...]],
        state: State,
        test: ir.Expr | None = None,
        handlers: tuple[ir.Handler, ...] = (),
    ) -> None:
        """Walk each body from the same start; what holds after is what holds at the end of those that get there."""
        ends = []
        outcome = conditions.decided(test, state, self._evaluator) if test is not None else None
        for index, body in enumerate(bodies):
            if outcome is not None and outcome is (index == 1):
                continue
            branch = state.inside(state.scope.branch())
            if test is not None:
                branch.conditions = self._under(test, index == 0, state)
                if index == 0:
                    self._narrow(test, branch.scope)
            if handlers and index > 0:
                self._caught(handlers[index - 1], branch.scope)
            self.statements(body, branch)
            if not (body and isinstance(body[-1], ir.Return | ir.Raise | ir.Jump) and not is_pass(body[-1])):
                ends.append(branch)
        missing = _tested_for_none(test) if len(ends) == len(bodies) else ""
        filled = self._filled(missing, ends) if missing else UNKNOWN
        if ends:
            state.scope.become(ends[0].scope)
            state.conditions = conditions.common(end.conditions for end in ends)
            for other in ends[1:]:
                state.scope.merge(other.scope)
        if filled != UNKNOWN:
            state.scope.bind(missing, filled)

    def _filled(self, name: str, ends: list[State]) -> Value:
        """Return what a name is after `if name is None: name = Default()`."""
        found = [one.scope.names[name] for one in ends if name in one.scope.names]
        return self._evaluator.either(*found) if len(found) == len(ends) == 2 else UNKNOWN  # noqa: PLR2004 - both ways

    def _try(self, node: ir.Try, state: State) -> None:
        inner = state.inside(state.scope, tries=(*state.tries, node))
        self.statements(node.body, inner)
        self._branches([node.orelse, *[one.body for one in node.handlers]], state, handlers=node.handlers)
        self.statements(node.final, state)

    def _caught(self, handler: ir.Handler, scope: Scope) -> None:
        """Bind what an `except` names to an error of the class that it catches; of several classes nothing is known."""
        if handler.name is not None:
            caught = self._evaluator.value(handler.types, scope) if handler.types is not None else UNKNOWN
            scope.bind(handler.name, _made(caught))

    def _for(self, node: ir.For, state: State) -> None:
        self._expression(node.iterable, state)
        value = self._evaluator.value(node.iterable, state.scope)
        targets = target_names(node.target)
        loop = Loop(node, node.iterable, value, targets, targets | assigned(node.body), breaks(node.body))
        self._listener.iterated(loop, state)
        inner = state.inside(state.scope.branch(), loops=(*state.loops, loop))
        bind(node.target, self._evaluator.element(value), inner.scope)
        self.statements(node.body, inner)
        state.scope.merge(inner.scope)
        self.statements(node.orelse, state)

    def _while(self, node: ir.While, state: State) -> None:
        tested = [one.target for one in expressions_in(node.test) if isinstance(one, ir.Walrus)]
        varying = assigned(node.body).union(*map(target_names, tested))
        loop = Loop(node, None, UNKNOWN, frozenset(), varying, breaks(node.body))
        inner = state.inside(state.scope, loops=(*state.loops, loop))
        self._expression(node.test, inner)
        self._listener.tested(node.test, inner)
        self.statements(node.body, inner)
        self.statements(node.orelse, state)

    def _with(self, node: ir.With, state: State) -> None:
        inner = state.inside(state.scope)
        for item in node.items:
            self._expression(item.context, inner)
            if item.target is not None:
                bind(item.target, self._evaluator.entered(item.context, inner.scope), inner.scope)
            inner.guards = (*inner.guards, item.context)
        self._listener.entered(node, inner)
        self.statements(node.body, inner)

    def _function(self, node: ir.Function, state: State) -> None:
        if state.functions:
            self._listener.defined(node, state)
        self._expressions(state, *node.decorators, *[p.default for p in node.parameters if p.default])
        inner = state.inside(state.scope.branch(), loops=(), guards=(), tries=(), functions=(*state.functions, node))
        if state.functions:
            own = state.scope.function
            outer = self._outermost if own is None and len(state.functions) == 1 else own
            found = self._evaluator.nested(outer, node.name) if outer is not None else None
            inner.scope.function = found if own is not None else None  # only then parameters are symbols
            state.scope.bind(node.name, ProjectFunction(found) if found is not None else UNKNOWN)
        self._evaluator.parameters(node, inner.scope, None if state.functions else inner.scope.owner)
        self.statements(node.body, inner)

    _kinds: ClassVar[Mapping[type[ir.Node], Callable[[Walk, Any, State], None]]] = {
        ir.Assert: _assert,
        ir.Assign: _assign,
        ir.AugmentedAssign: _augmented,
        ir.Class: _class,
        ir.Evaluate: _evaluate,
        ir.For: _for,
        ir.Function: _function,
        ir.If: _if,
        ir.Match: _match,
        ir.Raise: _raise,
        ir.Return: _return,
        ir.Try: _try,
        ir.While: _while,
        ir.With: _with,
    }


def _tested_for_none(test: ir.Expr | None) -> str:
    """Return the name of which `name is None` or `not name` is asked, or ""."""
    match test:
        case ir.Compare(left=ir.Name(id=name), ops=("is",), comparators=(ir.Constant(value=None),)):
            return name
        case ir.Unary(op="not", operand=ir.Name(id=name)):
            return name
    return ""


def _made(error: Value) -> Value:
    """Return an object of a class."""
    if isinstance(error, ProjectClass):
        return Instance(error.definition.name, error.definition)
    return Instance(error.name) if isinstance(error, External) else UNKNOWN
