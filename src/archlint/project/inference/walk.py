"""One walk over a unit in the order of execution: its calls, loops and results, with what is known at each."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope, bind
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import assigned, breaks, children, expressions_of, is_pass, target_names
from archlint.project.values import UNKNOWN, Items, Value

_MUTATORS = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})


class Evaluator(Protocol):
    """What the walk asks of inference."""

    def value(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what an expression evaluates to."""

    def annotated(self, node: ir.Expr | None, scope: Scope) -> Value:
        """Return what an annotation promises."""

    def element(self, value: Value) -> Value:
        """Return what iterating over a value yields."""

    def entered(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what `with node as target` binds."""

    def parameters(self, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
        """Bind the parameters of a function in its scope."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: its node, what it iterates over, and the names that change with each turn."""

    node: ir.For | ir.While | ir.Comprehension
    iterable: ir.Expr | None
    value: Value
    targets: frozenset[str]
    varying: frozenset[str]
    may_break: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A call, with the loops, expressions, functions and `with` items around it, outermost first."""

    call: ir.Call
    loops: tuple[Loop, ...]
    parents: tuple[ir.Expr, ...]
    statement: ir.Stmt
    functions: tuple[ir.Function | ir.Lambda, ...]
    guards: tuple[ir.Expr, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Iterated:
    """A loop over something, and the functions around it."""

    loop: Loop
    functions: tuple[ir.Function | ir.Lambda, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a `return` or `yield` hands out, in a function at a depth (1 is the outermost)."""

    value: ir.Expr | None
    is_yield: bool
    depth: int
    scope: Scope


Site = Called | Iterated | Result
Seen = Callable[[ir.Expr, Scope], None]


def walk(
    evaluator: Evaluator, body: ir.Stmt, scope: Scope, wanted: Container[str] | None, seen: Seen | None = None
) -> Iterator[Site]:
    """Yield the sites of a unit; of the calls only those whose last name is wanted, where names are given.

    `seen` is told of every expression with what is known there; the scope goes on changing, so it keeps a branch.
    """
    yield from _Walk(evaluator, wanted, seen).statements((body,), _State(scope, body))


@dataclass(slots=True)
class _State:
    scope: Scope
    statement: ir.Stmt
    loops: tuple[Loop, ...] = ()
    functions: tuple[ir.Function | ir.Lambda, ...] = ()
    guards: tuple[ir.Expr, ...] = ()
    parents: list[ir.Expr] = field(default_factory=list)

    def inside(self, scope: Scope, **changes: object) -> _State:
        state = _State(scope, self.statement, self.loops, self.functions, self.guards)
        for name, value in changes.items():
            setattr(state, name, value)
        return state


class _Walk:
    def __init__(self, evaluator: Evaluator, wanted: Container[str] | None, seen: Seen | None) -> None:
        self._evaluator = evaluator
        self._wanted = wanted
        self._seen = seen

    def statements(self, body: Iterable[ir.Stmt], state: _State) -> Iterator[Site]:
        for statement in body:
            state.statement = statement
            yield from self._statement(statement, state)

    def _statement(self, node: ir.Stmt, state: _State) -> Iterator[Site]:  # noqa: C901, PLR0912 - one case a statement
        match node:
            case ir.Assign():
                yield from self._assign(node, state)
            case ir.AugmentedAssign():
                yield from self._expressions(state, node.value)
                if isinstance(node.target, ir.Name):
                    state.scope.changed(node.target.id)
            case ir.Return():
                yield from self._expressions(state, *([node.value] if node.value is not None else []))
                yield Result(node.value, False, len(state.functions), state.scope.branch())
            case ir.If():
                yield from self._expressions(state, node.test)
                yield from self._branches([node.body, node.orelse], state)
            case ir.For():
                yield from self._for(node, state)
            case ir.While():
                yield from self._while(node, state)
            case ir.With():
                yield from self._with(node, state)
            case ir.Try():
                yield from self.statements(node.body, state)
                yield from self._branches([node.orelse, *[handler.body for handler in node.handlers]], state)
                yield from self.statements(node.final, state)
            case ir.Match():
                yield from self._expressions(state, node.subject)
                yield from self._branches([(), *[case.body for case in node.cases]], state)
            case ir.Function():
                yield from self._function(node, state)
            case ir.Class():
                yield from self.statements(node.body, state.inside(state.scope.branch(), loops=()))
            case _:
                yield from self._expressions(state, *expressions_of(node))

    def _assign(self, node: ir.Assign, state: _State) -> Iterator[Site]:
        if node.value is not None:
            yield from self._expressions(state, node.value)
        value = self._assigned(node, state.scope)
        for target in node.targets:
            if isinstance(target, ir.Subscript) and isinstance(target.value, ir.Name):
                state.scope.changed(target.value.id)
            elif isinstance(target, ir.Collection) and isinstance(node.value, ir.Collection):
                self._bind_each(target, node.value, state.scope)
            else:
                bind(target, value, state.scope)

    def _assigned(self, node: ir.Assign, scope: Scope) -> Value:
        promised = self._evaluator.annotated(node.annotation, scope)
        if node.value is None:
            return promised
        if promised != UNKNOWN and not isinstance(node.value, ir.Collection | ir.Mapping):
            return promised
        value = self._evaluator.value(node.value, scope)
        is_whole = isinstance(value, Items) and value.is_constant  # a display says more than its annotation
        return value if is_whole or promised == UNKNOWN else promised

    def _bind_each(self, target: ir.Collection, display: ir.Collection, scope: Scope) -> None:
        nodes = (*target.items, *display.items)
        same = len(target.items) == len(display.items) and not any(isinstance(node, ir.Starred) for node in nodes)
        values = [self._evaluator.value(item, scope) for item in display.items] if same else []
        for index, item in enumerate(target.items):
            bind(item.value if isinstance(item, ir.Starred) else item, values[index] if same else UNKNOWN, scope)

    def _branches(self, bodies: list[tuple[ir.Stmt, ...]], state: _State) -> Iterator[Site]:
        """Walk each body from the same start; what holds after is what holds at the end of those that get there."""
        ends = []
        for body in bodies:
            branch = state.inside(state.scope.branch())
            yield from self.statements(body, branch)
            if not (body and isinstance(body[-1], ir.Return | ir.Raise | ir.Jump) and not is_pass(body[-1])):
                ends.append(branch.scope)
        if ends:
            state.scope.names = ends[0].names
            for other in ends[1:]:
                state.scope.merge(other)

    def _for(self, node: ir.For, state: _State) -> Iterator[Site]:
        yield from self._expressions(state, node.iterable)
        value = self._evaluator.value(node.iterable, state.scope)
        targets = target_names(node.target)
        loop = Loop(node, node.iterable, value, targets, targets | assigned(node.body), breaks(node.body))
        yield Iterated(loop, state.functions)
        inner = state.inside(state.scope.branch(), loops=(*state.loops, loop))
        bind(node.target, self._evaluator.element(value), inner.scope)
        yield from self.statements(node.body, inner)
        state.scope.merge(inner.scope)
        yield from self.statements(node.orelse, state)

    def _while(self, node: ir.While, state: _State) -> Iterator[Site]:
        loop = Loop(node, None, UNKNOWN, frozenset(), assigned(node.body), breaks(node.body))
        inner = state.inside(state.scope, loops=(*state.loops, loop))
        yield from self._expressions(inner, node.test)
        yield from self.statements(node.body, inner)
        yield from self.statements(node.orelse, state)

    def _with(self, node: ir.With, state: _State) -> Iterator[Site]:
        inner = state.inside(state.scope)
        for item in node.items:
            yield from self._expressions(inner, item.context)
            if item.target is not None:
                bind(item.target, self._evaluator.entered(item.context, inner.scope), inner.scope)
            inner.guards = (*inner.guards, item.context)
        yield from self.statements(node.body, inner)

    def _function(self, node: ir.Function, state: _State) -> Iterator[Site]:
        yield from self._expressions(state, *node.decorators, *[p.default for p in node.parameters if p.default])
        inner = state.inside(state.scope.branch(), loops=(), guards=(), functions=(*state.functions, node))
        self._evaluator.parameters(node, inner.scope, None if state.functions else inner.scope.owner)
        yield from self.statements(node.body, inner)
        if state.functions:
            state.scope.names[node.name] = UNKNOWN

    def _expressions(self, state: _State, *nodes: ir.Expr) -> Iterator[Site]:
        for node in nodes:
            yield from self._expression(node, state)

    def _expression(self, node: ir.Expr, state: _State) -> Iterator[Site]:
        if self._seen is not None:
            self._seen(node, state.scope)
        if isinstance(node, ir.Comprehension):
            yield from self._comprehension(node, state)
            return
        if isinstance(node, ir.Lambda):
            yield from self._lambda(node, state)
            return
        if isinstance(node, ir.Call):
            yield from self._call(node, state)
        if isinstance(node, ir.Walrus):
            bind(node.target, self._evaluator.value(node.value, state.scope), state.scope)
        if isinstance(node, ir.Yield):
            yield Result(node.value, True, len(state.functions), state.scope.branch())
        state.parents.append(node)
        for child in children(node):
            yield from self._expression(child, state)
        state.parents.pop()

    def _lambda(self, node: ir.Lambda, state: _State) -> Iterator[Site]:
        inner = state.inside(state.scope.branch(), loops=(), functions=(*state.functions, node))
        for parameter in node.parameters:
            inner.scope.names[parameter.name] = UNKNOWN
        yield from self._expression(node.body, inner)

    def _call(self, node: ir.Call, state: _State) -> Iterator[Site]:
        func = node.func
        name = func.name if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""
        changed = func.value.id if isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name) else ""
        if name in _MUTATORS and isinstance(state.scope.names.get(changed), Items):
            state.scope.changed(changed)
        if self._wanted is None or name in self._wanted:
            yield Called(
                node,
                state.loops,
                tuple(state.parents),
                state.statement,
                state.functions,
                state.guards,
                state.scope.branch(),
            )

    def _comprehension(self, node: ir.Comprehension, state: _State) -> Iterator[Site]:
        inner = state.inside(state.scope.branch(), parents=list(state.parents))
        for clause in node.clauses:
            yield from self._expression(clause.iterable, inner)
            value = self._evaluator.value(clause.iterable, inner.scope)
            targets = target_names(clause.target)
            loop = Loop(node, clause.iterable, value, targets, targets)
            yield Iterated(loop, state.functions)
            inner.loops = (*inner.loops, loop)
            bind(clause.target, self._evaluator.element(value), inner.scope)
            yield from self._expressions(inner, *clause.conditions)
        yield from self._expressions(inner, node.element, *([node.value] if node.value is not None else []))
