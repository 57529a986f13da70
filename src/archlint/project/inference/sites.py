"""The sites of a unit: its calls, loops, results and definitions, with what is known at each."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Called, Evaluator, Listener, Loop, State
from archlint.project.inference.scopes import Scope
from archlint.project.inference.walk import Walk
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name


class Iterated(msgspec.Struct, frozen=True):
    """A loop over something; `loops` are those around it, outermost first, `functions` the functions."""

    loop: Loop
    functions: tuple[ir.Function | ir.Lambda, ...]
    loops: tuple[Loop, ...]
    statement: ir.Stmt
    scope: Scope


class Result(msgspec.Struct, frozen=True):
    """What a `return` or `yield` hands out, in a function at a depth (1 is the outermost)."""

    value: ir.Expr | None
    is_yield: bool
    depth: int
    scope: Scope


class Defined(msgspec.Struct, frozen=True):
    """A function or class that a function defines, and the functions around it."""

    node: ir.Function | ir.Class
    functions: tuple[ir.Function | ir.Lambda, ...]
    scope: Scope


class Tested(msgspec.Struct, frozen=True):
    """An expression whose truth decides, and the functions around it, outermost first."""

    node: ir.Expr
    functions: tuple[ir.Function | ir.Lambda, ...]
    scope: Scope


Site = Called | Iterated | Result | Defined | Tested


class _Collector(Listener):
    def __init__(self, wanted: Container[str] | None, tests: bool) -> None:
        self.sites: list[Site] = []
        self._wanted = wanted
        self._tests = tests

    def called(self, node: ir.Call, state: State) -> None:
        if self._wanted is None or called_name(node) in self._wanted:
            self.sites.append(state.called(node))

    def iterated(self, loop: Loop, state: State) -> None:
        self.sites.append(Iterated(loop, state.functions, state.loops, state.statement, state.scope.branch()))

    def tested(self, node: ir.Expr, state: State) -> None:
        if self._tests:
            self.sites.append(Tested(node, state.functions, state.scope.branch()))

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
    *,
    tests: bool = False,
) -> Iterator[Site]:
    """Yield the sites of a unit; of the calls only those whose last name is wanted, where names are given.

    `function` is the one that the unit is, if it is one: the functions that are defined in it are known by name.
    What is tested is told where `tests` says so.
    """
    collector = _Collector(wanted, tests)
    Walk(evaluator, collector, function).statements((body,), State(scope, body))
    yield from collector.sites
