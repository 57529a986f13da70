"""What is noted of a body while it is walked, each thing with its place, the loops around it and what must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.module import Unit
from archlint.project.effects.effect import (
    ENDING,
    Action,
    Edge,
    Effect,
    EffectKind,
    Handed,
    Reached,
    Step,
    Target,
    Use,
)
from archlint.project.effects.lambdas import Lambdas
from archlint.project.effects.passing import Given, catches, repeats, turns
from archlint.project.inference.listening import State
from archlint.project.inference.members import implementation
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.turns import Region, filling_memos
from archlint.project.values import Symbol

if TYPE_CHECKING:
    from archlint.project.effects.effects import Effects


class Notes:
    """Collects the effects, the calls and what is done with parameters of one function, or of what a unit runs."""

    def __init__(self, effects: Effects, module: Module, unit: Unit, function: FunctionDefinition | None) -> None:
        self.effects: list[Reached] = []
        self.edges: list[Edge] = []
        self.uses: list[Use] = []
        self.handed: list[Handed] = []
        self.lambdas = Lambdas(0 if function is None else 1)
        self._all = effects
        self._function = function
        self._module = module
        self._offset = unit.start
        self._memos: tuple[Region, ...] | None = None

    def step(self, node: ir.Node) -> Step:
        """Return the place of a node."""
        return Step(self._module, self._offset, node.start, node.end)

    def reached(self, effect: Effect, node: ir.Node, state: State, confidence: Confidence = Confidence.HIGH) -> None:
        """Note what happens at a node."""
        repeated = effect.kind not in ENDING and self._repeats(state)
        around = turns(self._all, node, state) if repeated else None
        if effect.kind is EffectKind.LAZY_LOAD and (around is None or around.is_alike):
            repeated = False  # a row keeps what was loaded for it
        self.effects.append(
            Reached(
                effect,
                self.step(node),
                per_iteration=repeated,
                is_cached=self._is_kept(node, state),
                confidence=confidence,
                loops_here=repeated,
                when=state.conditions,
                turns=around,
            )
        )

    def use(self, symbol: Symbol, action: Action, node: ir.Node, state: State) -> None:
        """Note what is done with a parameter."""
        if symbol.owner is self._function:
            repeated = self._repeats(state)
            around = turns(self._all, node, state) if repeated else None
            self.uses.append(
                Use(symbol, action, self.step(node), repeated, None, repeated, state.conditions, turns=around)
            )

    def leads(
        self, targets: tuple[Target, ...], node: ir.Expr, state: State, given: Given = (), action: Action = Action.CALL
    ) -> None:
        """Note that a node runs functions without a call of them."""
        around = turns(self._all, node, state)
        changing = tuple(name for name, _ in given) if around is not None and around.names else ()
        edge = self.edge(targets, node, state)
        self.edges.append(replace(edge, given=given, action=action, turns=around, turning=changing))

    def edge(self, targets: tuple[Target, ...], node: ir.Expr, state: State) -> Edge:
        """Return a call of functions at a node, with what is around it."""
        return Edge(
            targets,
            self.step(node),
            per_iteration=self._repeats(state),
            catches=catches(state),
            when=state.conditions,
            is_kept=self._is_kept(node, state),
        )

    def _repeats(self, state: State) -> bool:
        return repeats(state) or self.lambdas.is_called_back(state)

    def _is_kept(self, node: ir.Node, state: State) -> bool:
        """Return whether what happens at a node fills an attribute that is asked first the next time."""
        function = state.functions[0] if state.functions else None
        if not isinstance(function, ir.Function):
            return False
        if self._memos is None:
            self._memos = filling_memos(function.body, self._assigned_by)
        return any(start <= node.start < end for start, end in self._memos)

    def _assigned_by(self, callee: str) -> frozenset[str]:
        """Return which attributes of its receiver a method assigns that the class around the function has."""
        owner = self._function.owner if self._function is not None else None
        parameters = self._function.row.parameters if self._function is not None else ()
        receiver, _, name = callee.rpartition(".")
        if owner is None or not parameters or receiver != parameters[0].name:
            return frozenset()
        called = implementation(self._all.inference, owner, name)
        return self._all.inference.assigned_in(called) if called is not None else frozenset()
