"""One walk over a unit in the order of execution: its calls, loops and results, with what is known at each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope, bind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import assigned, breaks, children, expressions_of, is_pass, target_names
from archlint.project.values import UNKNOWN, External, Instance, Items, ProjectClass, ProjectFunction, Value

_MUTATORS = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})
_ADDERS = frozenset({"add", "append", "appendleft"})


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

    def nested(self, outer: FunctionDefinition, name: str) -> FunctionDefinition | None:
        """Return the function of a name that is defined in another one."""

    def narrowed(self, test: ir.Expr, scope: Scope) -> tuple[str, Value] | None:
        """Return the name that a test such as `isinstance(x, Order)` says more about, and what it is where it holds."""


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
    """A call, with the loops, expressions, functions and `with` items around it, outermost first.

    `tries` are the statements whose `try` block it stands in.
    """

    call: ir.Call
    loops: tuple[Loop, ...]
    parents: tuple[ir.Expr, ...]
    statement: ir.Stmt
    functions: tuple[ir.Function | ir.Lambda, ...]
    guards: tuple[ir.Expr, ...]
    scope: Scope
    tries: tuple[ir.Try, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Defined:
    """A function or class that a function defines, and the functions around it."""

    node: ir.Function | ir.Class
    functions: tuple[ir.Function | ir.Lambda, ...]
    scope: Scope


Site = Called | Iterated | Result | Defined


@dataclass(slots=True)
class State:
    """Where the walk is: the names, and what is around."""

    scope: Scope
    statement: ir.Stmt
    loops: tuple[Loop, ...] = ()
    functions: tuple[ir.Function | ir.Lambda, ...] = ()
    guards: tuple[ir.Expr, ...] = ()
    tries: tuple[ir.Try, ...] = ()
    parents: list[ir.Expr] = field(default_factory=list)

    def inside(self, scope: Scope, **changes: object) -> State:
        """Return the state in a block with a scope of its own."""
        state = State(scope, self.statement, self.loops, self.functions, self.guards, self.tries)
        for name, value in changes.items():
            setattr(state, name, value)
        return state

    def called(self, node: ir.Call) -> Called:
        """Return a call at this point; its scope goes on changing with the walk."""
        return Called(
            node,
            self.loops,
            tuple(self.parents),
            self.statement,
            self.functions,
            self.guards,
            self.scope,
            self.tries,
        )


class Listener:
    """What wants to know of what the walk passes; what it does not ask for costs nothing."""

    sees_all: ClassVar[bool] = False
    """Whether it wants to be told of every expression."""
    sees_calls: ClassVar[bool] = True
    """Whether it wants to be told of what lies in expressions; else only what binds names, and results, are walked."""

    def seen(self, node: ir.Expr, state: State) -> None:
        """Take note of any expression, before what is in it; the scope goes on changing with the walk."""

    def called(self, node: ir.Call, state: State) -> None:
        """Take note of a call, before its arguments are walked."""

    def iterated(self, loop: Loop, state: State) -> None:
        """Take note of a loop over something."""

    def result(self, value: ir.Expr | None, is_yield: bool, state: State) -> None:
        """Take note of what a `return` or `yield` hands out."""

    def read(self, node: ir.Attribute, state: State) -> None:
        """Take note of an attribute that is read."""

    def tested(self, node: ir.Expr, state: State) -> None:
        """Take note of an expression whose truth decides."""

    def raised(self, node: ir.Raise, state: State) -> None:
        """Take note of a `raise`."""

    def stored(self, target: ir.Attribute, value: Value, state: State) -> None:
        """Take note of a value that is put into an attribute."""

    def entered(self, node: ir.With, state: State) -> None:
        """Take note of a `with`."""

    def defined(self, node: ir.Function | ir.Class, state: State) -> None:
        """Take note of a function or class that a function defines."""


class _Collector(Listener):
    def __init__(self, wanted: Container[str] | None) -> None:
        self.sites: list[Site] = []
        self._wanted = wanted

    def called(self, node: ir.Call, state: State) -> None:
        if self._wanted is None or called_name(node) in self._wanted:
            self.sites.append(replace(state.called(node), scope=state.scope.snapshot()))

    def iterated(self, loop: Loop, state: State) -> None:
        self.sites.append(Iterated(loop, state.functions))

    def result(self, value: ir.Expr | None, is_yield: bool, state: State) -> None:
        self.sites.append(Result(value, is_yield, len(state.functions), state.scope.branch()))

    def defined(self, node: ir.Function | ir.Class, state: State) -> None:
        self.sites.append(Defined(node, state.functions, state.scope.branch()))


def walk(
    evaluator: Evaluator,
    body: ir.Stmt,
    scope: Scope,
    wanted: Container[str] | None,
    function: FunctionDefinition | None = None,
) -> Iterator[Site]:
    """Yield the sites of a unit; of the calls only those whose last name is wanted, where names are given.

    `function` is the one that the unit is, if it is one: the functions that are defined in it are known by name.
    """
    collector = _Collector(wanted)
    Walk(evaluator, collector, function).statements((body,), State(scope, body))
    yield from collector.sites


def called_name(node: ir.Call) -> str:
    """Return the last name of a callee as it is written, "" where it has none."""
    func = node.func
    return func.name if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""


class Walk:
    """Goes through statements in the order of execution and tells a listener."""

    def __init__(self, evaluator: Evaluator, listener: Listener, function: FunctionDefinition | None = None) -> None:
        self._evaluator = evaluator
        self._outermost = function
        self._listener = listener
        self._sees_all = listener.sees_all
        self._sees_calls = listener.sees_calls

    def statements(self, body: Iterable[ir.Stmt], state: State) -> None:
        """Walk a block."""
        for statement in body:
            state.statement = statement
            self._statement(statement, state)

    def _statement(self, node: ir.Stmt, state: State) -> None:  # noqa: C901, PLR0912 - one case a statement
        match node:
            case ir.Assign():
                self._assign(node, state)
            case ir.Evaluate():
                self._expression(node.value, state)
            case ir.Return():
                if node.value is not None:
                    self._expression(node.value, state)
                self._listener.result(node.value, False, state)
            case ir.If():
                self._if(node, state)
            case ir.For():
                self._for(node, state)
            case ir.With():
                self._with(node, state)
            case ir.Try():
                self._try(node, state)
            case ir.AugmentedAssign():
                self._augmented(node, state)
            case ir.Raise():
                self._expressions(state, *expressions_of(node))
                self._listener.raised(node, state)
            case ir.While():
                self._while(node, state)
            case ir.Match():
                self._expression(node.subject, state)
                self._branches([(), *[case.body for case in node.cases]], state)
            case ir.Function():
                self._function(node, state)
            case ir.Class():
                if state.functions:
                    self._listener.defined(node, state)
                self.statements(node.body, state.inside(state.scope.branch(), loops=()))
            case ir.Assert():
                self._expressions(state, *expressions_of(node))
                self._narrow(node.test, state.scope)
            case _:
                self._expressions(state, *expressions_of(node))

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
        is_whole = isinstance(value, Items) and value.is_constant
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
        for index, body in enumerate(bodies):
            branch = state.inside(state.scope.branch())
            if test is not None and index == 0:
                self._narrow(test, branch.scope)
            if handlers and index > 0:
                self._caught(handlers[index - 1], branch.scope)
            self.statements(body, branch)
            if not (body and isinstance(body[-1], ir.Return | ir.Raise | ir.Jump) and not is_pass(body[-1])):
                ends.append(branch.scope)
        if ends:
            state.scope.names = ends[0].names
            state.scope.known.clear()
            for other in ends[1:]:
                state.scope.merge(other)

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
        loop = Loop(node, None, UNKNOWN, frozenset(), assigned(node.body), breaks(node.body))
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

    def _expressions(self, state: State, *nodes: ir.Expr) -> None:
        for node in nodes:
            self._expression(node, state)

    def _expression(self, node: ir.Expr, state: State) -> None:
        kind = type(node)
        if self._sees_all:
            self._listener.seen(node, state)
        if kind is ir.Name or kind is ir.Text or kind is ir.Constant:
            return
        if not self._sees_calls:
            self._bindings_in(node, state)
            return
        if kind is ir.Comprehension:
            self._comprehension(node, state)  # type: ignore[arg-type]
            return
        if kind is ir.Lambda:
            self._lambda(node, state)  # type: ignore[arg-type]
            return
        self._told(node, state)
        state.parents.append(node)
        for child in children(node):
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
        if isinstance(node, ir.Call):
            self._call(node, state)
        elif isinstance(node, ir.Attribute):
            self._listener.read(node, state)
        elif isinstance(node, ir.Walrus):
            bind(node.target, self._evaluator.value(node.value, state.scope), state.scope)
        elif isinstance(node, ir.Yield):
            self._listener.result(node.value, True, state)
        elif isinstance(node, ir.Conditional):
            self._listener.tested(node.test, state)

    def _lambda(self, node: ir.Lambda, state: State) -> None:
        inner = state.inside(state.scope.branch(), loops=(), functions=(*state.functions, node))
        for parameter in node.parameters:
            inner.scope.bind(parameter.name, UNKNOWN)
        self._expression(node.body, inner)

    def _call(self, node: ir.Call, state: State) -> None:
        name = called_name(node)
        func = node.func
        if name in _MUTATORS and isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name):
            held = func.value.id
            if isinstance(state.scope.names.get(held), Items):
                if name in _ADDERS and len(node.args) == 1:
                    state.scope.added(held, self._evaluator.value(node.args[0], state.scope))
                else:
                    state.scope.changed(held)
        self._listener.called(node, state)

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


def _made(error: Value) -> Value:
    """Return an object of a class."""
    if isinstance(error, ProjectClass):
        return Instance(error.definition.name, error.definition)
    return Instance(error.name) if isinstance(error, External) else UNKNOWN
