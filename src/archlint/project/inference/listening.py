"""What the walk over a unit asks and tells: where it is, what it asks of inference, and who wants to know."""

from __future__ import annotations

from typing import ClassVar, Protocol

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Value, When


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

    def assigned(self, target: ir.Attribute, value: Value, scope: Scope) -> None:
        """Take note of a value that is put into an attribute of a row."""

    def nested(self, outer: FunctionDefinition, name: str) -> FunctionDefinition | None:
        """Return the function of a name that is defined in another one."""

    def either(self, first: Value, second: Value) -> Value:
        """Return what a parameter that may be left out is, or what stands in for it."""

    def narrowed(self, test: ir.Expr, scope: Scope) -> tuple[str, Value] | None:
        """Return the name that a test such as `isinstance(x, Order)` says more about, and what it is where it holds."""


class Loop(msgspec.Struct, frozen=True):
    """A loop: its node, what it iterates over, and the names that change with each turn.

    The node is a call where that calls a function for each element, as `map` does.
    """

    node: ir.For | ir.While | ir.Comprehension | ir.Call
    iterable: ir.Expr | None
    value: Value
    targets: frozenset[str]
    varying: frozenset[str]
    may_break: bool = False


class Called(msgspec.Struct, frozen=True):
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


class State(msgspec.Struct):
    """Where the walk is: the names, and what is around.

    `conditions` are those of the innermost function's parameters; `firsts` tells where it first gives names a value,
    once somebody asked.
    """

    scope: Scope
    statement: ir.Stmt
    loops: tuple[Loop, ...] = ()
    functions: tuple[ir.Function | ir.Lambda, ...] = ()
    guards: tuple[ir.Expr, ...] = ()
    tries: tuple[ir.Try, ...] = ()
    conditions: When = ()
    firsts: dict[str, int] = msgspec.field(default_factory=dict)
    parents: list[ir.Expr] = msgspec.field(default_factory=list)

    def inside(self, scope: Scope, **changes: object) -> State:
        """Return the state in a block with a scope of its own."""
        state = State(
            scope, self.statement, self.loops, self.functions, self.guards, self.tries, self.conditions, self.firsts
        )
        for name, value in changes.items():
            setattr(state, name, value)
        if state.functions is not self.functions:
            state.conditions, state.firsts = (), {}
        return state

    def called(self, node: ir.Call) -> Called:
        """Return a call with what holds at this point."""
        return Called(
            node,
            self.loops,
            tuple(self.parents),
            self.statement,
            self.functions,
            self.guards,
            self.scope.branch(),
            self.tries,
        )


class Listener:
    """What wants to know of what the walk passes; what it does not ask for costs nothing."""

    sees_all: ClassVar[bool] = False
    """Whether it wants to be told of every expression."""
    sees_calls: ClassVar[bool] = True
    """Whether it wants to be told of what lies in expressions; else only what binds names, and results, are walked."""
    asks_when: ClassVar[bool] = False
    """Whether it asks under which conditions a place is reached; else the state tells none."""

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
