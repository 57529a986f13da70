"""Which assignments of a name reach a point of a function: what its text may be, piece by piece."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.project.tree import assigned, is_pass, statements_in, target_names

_MAX_CHAINS = 8
_MAX_PARTS = 60


class Part(msgspec.Struct, frozen=True):
    """An expression that is assigned or added, to be read as of `at`; an optional one is not added on every way."""

    node: ir.Expr
    at: int
    is_optional: bool = False


Chain = tuple[Part, ...]
"""What is assigned, and what `+=` adds to it, in order."""


class State(msgspec.Struct, frozen=True):
    """The chains that may have been assigned; `is_known` is False where something else may have been.

    `ended` says that no way leads behind this point.
    """

    chains: tuple[Chain, ...] = ()
    is_known: bool = True
    ended: bool = False


_UNKNOWN = State(is_known=False)


class Bindings:
    """The statements of one function that bind names, by name and block, so that each question reads only those."""

    def __init__(self, function: ir.Function) -> None:
        self._function = function
        self._blocks: dict[int, _Block] = {}
        self._prefixes: dict[str, list[State]] = {}

    def reaching(self, name: str, at: int) -> State | None:
        """Return what the name may hold at a point of the function; None where the function does not bind it."""
        whole = self.block(self._function.body)
        is_hidden = name in self._parameters or name in self._shared
        if not is_hidden and name not in whole.binding:
            return None
        return _Flow(self, name, at).from_start(self._function.body, _UNKNOWN if is_hidden else State())

    def is_rebound(self, name: str, at: int) -> bool:
        """Return whether the name is bound behind a point: a function that is defined there may see either value."""
        return any(node.end > at for node in self.block(self._function.body).binding.get(name, ()))

    def block(self, body: tuple[ir.Stmt, ...]) -> _Block:
        """Return the index of a block."""
        if id(body) not in self._blocks:
            self._blocks[id(body)] = _Block.of(body)
        return self._blocks[id(body)]

    def prefix(self, name: str) -> list[State]:
        """Return the states that are known behind the first statements of the function that bind a name."""
        return self._prefixes.setdefault(name, [])

    @cached_property
    def _parameters(self) -> frozenset[str]:
        return frozenset(parameter.name for parameter in self._function.parameters)

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Return the names that other scopes bind as well: `global` here, or `nonlocal` in a function inside."""
        found: set[str] = set()
        pending: list[ir.Stmt] = list(self._function.body)
        while pending:
            for node in statements_in((pending.pop(),)):
                if isinstance(node, ir.Scope):
                    found.update(node.names)
                elif isinstance(node, ir.Function):
                    pending.extend(node.body)
        return frozenset(found)


class _Block(msgspec.Struct, frozen=True):
    """The statements of a block that bind names, in order, up to the first that leaves it; and that one."""

    body: tuple[ir.Stmt, ...]
    binding: Mapping[str, list[ir.Stmt]]
    leaving: ir.Stmt | None

    @classmethod
    def of(cls, body: tuple[ir.Stmt, ...]) -> _Block:
        """Return the index of a block."""
        binding: dict[str, list[ir.Stmt]] = {}
        for node in body:
            if isinstance(node, ir.Return | ir.Raise) or (isinstance(node, ir.Jump) and not is_pass(node)):
                return cls(body, binding, node)
            for name in _bound_by(node):
                binding.setdefault(name, []).append(node)
        return cls(body, binding, None)

    def around(self, at: int) -> ir.Stmt | None:
        """Return the statement that a point is in."""
        index = bisect_right(self.body, at, key=lambda node: node.start) - 1
        return self.body[index] if index >= 0 and at < self.body[index].end else None


def _bound_by(statement: ir.Stmt) -> frozenset[str]:
    """Return the names that a statement and the blocks in it bind."""
    found = set(assigned((statement,)))
    for node in statements_in((statement,)):
        if isinstance(node, ir.Function | ir.Class):
            found.add(node.name)
        elif isinstance(node, ir.Import):
            found.update(alias.bound for alias in node.names)
        elif isinstance(node, ir.Try):
            found.update(handler.name for handler in node.handlers if handler.name)
    return frozenset(found)


class _Flow(msgspec.Struct, frozen=True):
    bindings: Bindings
    name: str
    at: int

    def from_start(self, body: tuple[ir.Stmt, ...], state: State) -> State:
        """Return the state at the point, from that at the start of the function; what leads there is remembered."""
        known = self.bindings.prefix(self.name)
        before = [node for node in self.bindings.block(body).binding.get(self.name, ()) if node.end <= self.at]
        for node in before[len(known) :]:
            known.append(self._behind(node, known[-1] if known else state))
        return self._to_point(body, known[len(before) - 1] if before else state)

    def block(self, body: tuple[ir.Stmt, ...], state: State) -> State:
        """Return the state behind a block, or at the point, where that is inside."""
        index = self.bindings.block(body)
        for node in index.binding.get(self.name, ()):
            if node.end <= self.at:
                state = self._behind(node, state)
        return self._to_point(body, state)

    def _to_point(self, body: tuple[ir.Stmt, ...], state: State) -> State:
        index = self.bindings.block(body)
        if index.leaving is not None and index.leaving.end <= self.at:
            return State(ended=True)
        around = index.around(self.at)
        return self._inside(around, state) if around is not None else state

    def binds(self, body: tuple[ir.Stmt, ...]) -> bool:
        """Return whether a body binds the name."""
        return self.name in self.bindings.block(body).binding or any(self.name in _bound_by(node) for node in body)

    def _is_defined_by(self, node: ir.Stmt) -> bool:
        return isinstance(node, ir.Function | ir.Class | ir.Import) and self.name in _bound_by(node)

    def _inside(self, node: ir.Stmt, state: State) -> State:
        """Return the state at the point inside a statement."""
        if isinstance(node, ir.For | ir.While):
            is_target = isinstance(node, ir.For) and self.name in target_names(node.target)
            if is_target or self.binds(node.body):
                state = _UNKNOWN  # what the turn before has left, unless this one begins with an assignment
        if isinstance(node, ir.Try):
            return self._inside_try(node, state)
        for block in _blocks(node):
            if block and block[0].start <= self.at < block[-1].end:
                return self.block(block, state)
        return state

    def _inside_try(self, node: ir.Try, state: State) -> State:
        if node.body and self.at < node.body[-1].end:
            return self.block(node.body, state)
        whole = self.block(node.body, state)
        if node.orelse and node.orelse[0].start <= self.at < node.orelse[-1].end:
            return self.block(node.orelse, whole)
        either = merged([whole, state])
        for handler in node.handlers:
            if handler.body and handler.body[0].start <= self.at < handler.body[-1].end:
                return self.block(handler.body, either)
        return self.block(node.final, either)

    def _behind(self, node: ir.Stmt, state: State) -> State:  # noqa: PLR0911 - one answer a kind of statement
        """Return the state behind a statement that binds the name."""
        if state.ended:
            return state
        match node:
            case ir.Assign():
                return self._assigned(node, state)
            case ir.AugmentedAssign():
                return self._augmented(node, state)
            case ir.If():
                return merged([self.block(node.body, state), self.block(node.orelse, state)])
            case ir.With():
                targets = [target_names(item.target) for item in node.items if item.target is not None]
                return _UNKNOWN if any(self.name in names for names in targets) else self.block(node.body, state)
            case ir.For() | ir.While():
                return self._behind_loop(node, state)
            case ir.Try():
                return self._behind_try(node, state)
            case ir.Match():
                return merged([state, *[self.block(case.body, state) for case in node.cases]])
            case _:
                return _UNKNOWN if self._is_defined_by(node) else state

    def _assigned(self, node: ir.Assign, state: State) -> State:
        if not any(self.name in target_names(target) for target in node.targets) or node.value is None:
            return state
        if not any(isinstance(target, ir.Name) and target.id == self.name for target in node.targets):
            return _UNKNOWN  # unpacked
        return State(((Part(node.value, node.start),),))

    def _augmented(self, node: ir.AugmentedAssign, state: State) -> State:
        if not (isinstance(node.target, ir.Name) and node.target.id == self.name):
            return state
        if node.op != "+" or not state.is_known or any(len(chain) > _MAX_PARTS for chain in state.chains):
            return _UNKNOWN
        return State(tuple((*chain, Part(node.value, node.start)) for chain in state.chains))

    def _behind_loop(self, node: ir.For | ir.While, state: State) -> State:
        if isinstance(node, ir.For) and self.name in target_names(node.target):
            return _UNKNOWN
        if not self.binds(node.body):
            return self.block(node.orelse, state)
        if any(isinstance(one, ir.Jump) and not is_pass(one) for one in statements_in(node.body)):
            return _UNKNOWN  # ways that leave a turn early bring what they have assigned
        return self.block(node.orelse, merged([state, self.block(node.body, state)]))

    def _behind_try(self, node: ir.Try, state: State) -> State:
        if any(handler.name == self.name for handler in node.handlers):
            return _UNKNOWN
        whole = self.block(node.body, state)
        either = merged([whole, state]) if self.binds(node.body) else state
        ends = [self.block(node.orelse, whole), *[self.block(handler.body, either) for handler in node.handlers]]
        return self.block(node.final, merged(ends))


def merged(states: Sequence[State]) -> State:
    """Return what holds where several ways meet; what only some of them append is optional."""
    open_states = [state for state in states if not state.ended]
    if not open_states:
        return State(ended=True)
    if not all(state.is_known for state in open_states):
        return _UNKNOWN
    distinct = {_key(chain): chain for state in open_states for chain in state.chains}
    chains: list[Chain] = []
    for _, chain in sorted(distinct.items(), key=lambda item: (len(_required(item[1])), item[0])):
        prefix = next((one for one in chains if _starts_with(chain, one)), None)
        if prefix is None:
            chains.append(chain)
        else:
            parts = prefix + _optional(chain, prefix)
            chains[chains.index(prefix)] = tuple(sorted(parts, key=lambda part: part.at))
    return State(tuple(chains)) if len(chains) <= _MAX_CHAINS else _UNKNOWN


def _key(chain: Chain) -> tuple[tuple[int, bool], ...]:
    return tuple((part.at, part.is_optional) for part in chain)


def _required(chain: Chain) -> list[int]:
    return [part.at for part in chain if not part.is_optional]


def _starts_with(chain: Chain, prefix: Chain) -> bool:
    """Return whether a chain goes on from another one; parts that are optional there are skipped."""
    wanted = _required(prefix)
    return bool(wanted) and [part.at for part in chain[: len(wanted)]] == wanted


def _optional(chain: Chain, prefix: Chain) -> Chain:
    """Return the parts that a chain has beyond another one, as optional ones."""
    there = {part.at for part in prefix}
    return tuple(Part(part.node, part.at, is_optional=True) for part in chain if part.at not in there)


def _blocks(node: ir.Stmt) -> Iterable[tuple[ir.Stmt, ...]]:
    for name in ("body", "orelse", "final"):
        yield getattr(node, name, ())
    for inner in getattr(node, "cases", ()):
        yield inner.body
