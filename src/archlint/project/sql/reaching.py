"""Which assignments of a name reach a point of a function: what its text may be, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archlint.ir import nodes as ir
from archlint.project.tree import assigned, is_pass, statements_in, target_names

_MAX_CHAINS = 8
_MAX_PARTS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that is assigned or added, to be read as of `at`; an optional one is not added on every way."""

    node: ir.Expr
    at: int
    is_optional: bool = False


Chain = tuple[Part, ...]
"""What is assigned, and what `+=` adds to it, in order."""


@dataclass(frozen=True, slots=True)
class State:
    """The chains that may have been assigned; `is_known` is False where something else may have been.

    `ended` says that no way leads behind this point.
    """

    chains: tuple[Chain, ...] = ()
    is_known: bool = True
    ended: bool = False


_UNKNOWN = State(is_known=False)


def reaching(name: str, function: ir.Function, at: int) -> State | None:
    """Return what a name of a function may hold at a point of it; None where the function does not bind the name."""
    flow = _Flow(name, at)
    is_parameter = any(parameter.name == name for parameter in function.parameters)
    if is_parameter or _is_shared(name, function.body):
        return flow.block(function.body, _UNKNOWN)
    if not flow.binds(function.body):
        return None
    return flow.block(function.body, State())


def is_rebound(name: str, function: ir.Function, at: int) -> bool:
    """Return whether a function assigns a name behind a point: a function that is defined there may see either."""
    return name in assigned(tuple(node for node in statements_in(function.body) if node.start > at))


def _is_shared(name: str, body: Sequence[ir.Stmt]) -> bool:
    """Return whether other scopes bind the name as well: it is `global` here, or `nonlocal` in a function inside."""
    for node in statements_in(tuple(body)):
        if isinstance(node, ir.Scope) and name in node.names:
            return True
        if isinstance(node, ir.Function) and _is_shared(name, node.body):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Flow:
    name: str
    at: int

    def block(self, body: Iterable[ir.Stmt], state: State) -> State:
        """Return the state behind a block, or at the point, where that is inside."""
        for statement in body:
            if statement.start > self.at or state.ended:
                break
            is_inside = self.at < statement.end
            state = self._inside(statement, state) if is_inside else self._behind(statement, state)
        return state

    def binds(self, body: Sequence[ir.Stmt]) -> bool:
        """Return whether a body binds the name."""
        return self.name in assigned(tuple(body)) or any(
            self._is_defined_by(node) for node in statements_in(tuple(body))
        )

    def _is_defined_by(self, node: ir.Stmt) -> bool:
        if isinstance(node, ir.Function | ir.Class):
            return node.name == self.name
        if isinstance(node, ir.Import):
            return any(alias.bound == self.name for alias in node.names)
        return isinstance(node, ir.Try) and any(handler.name == self.name for handler in node.handlers)

    def _inside(self, node: ir.Stmt, state: State) -> State:
        """Return the state at the point inside a statement."""
        if isinstance(node, ir.For | ir.While):
            later = [one for one in statements_in(node.body) if one.start > self.at]
            is_target = isinstance(node, ir.For) and self.name in target_names(node.target)
            if is_target or self.name in assigned(tuple(later)):
                return _UNKNOWN
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
        """Return the state behind a statement."""
        match node:
            case ir.Return() | ir.Raise():
                return State(ended=True)
            case ir.Jump():
                return state if is_pass(node) else State(ended=True)
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
    for _, chain in sorted(distinct.items(), key=lambda item: (len(item[0]), item[0])):
        prefix = next((one for one in chains if _starts_with(chain, one)), None)
        if prefix is None:
            chains.append(chain)
        else:
            chains[chains.index(prefix)] = prefix + _optional(chain, prefix)
    return State(tuple(chains)) if len(chains) <= _MAX_CHAINS else _UNKNOWN


def _key(chain: Chain) -> tuple[tuple[int, bool], ...]:
    return tuple((part.at, part.is_optional) for part in chain)


def _starts_with(chain: Chain, prefix: Chain) -> bool:
    """Return whether a chain goes on from another one; parts that are optional there are skipped."""
    wanted = [part.at for part in prefix if not part.is_optional]
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
