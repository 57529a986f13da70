"""What the body of one function does by itself, in one walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Unit
from archlint.project.effects.deciding import is_fixed
from archlint.project.effects.direct import PassedOn
from archlint.project.effects.effect import (
    Action,
    Body,
    Edge,
    Effect,
    EffectKind,
    Handed,
    Reached,
    Target,
)
from archlint.project.effects.notes import Notes
from archlint.project.effects.passing import called_back, catches, given, receiver_given, turning, turns
from archlint.project.flow import CallSite
from archlint.project.inference import callbacks, wrappers
from archlint.project.inference.calls import is_static
from archlint.project.inference.listening import Listener, Loop, State
from archlint.project.inference.rows import keep_loaded
from archlint.project.project import UnitPlace
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.values import (
    UNKNOWN,
    Bound,
    Instance,
    Method,
    ProjectClass,
    ProjectFunction,
    Query,
    Stage,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.effects.effects import Effects


def body_of(effects: Effects, function: FunctionDefinition, receiver: Value | None) -> Body:
    """Return what the body of a function does, called on a receiver."""
    module = function.module
    unit = function.unit
    listener = BodyListener(effects, module, unit, function)
    effects.project.memo.read(("attributes", module, unit.start))
    effects.inference.walked(function, receiver, listener)
    listener.decorated(function)
    notes = listener.notes
    return Body(
        tuple(dict.fromkeys(notes.effects)),
        tuple(notes.edges),
        tuple(dict.fromkeys(notes.uses)),
        tuple(notes.handed),
        listener.is_cached,
    )


class BodyListener(Listener):
    """Collects effects, calls and what is done with parameters; nested functions speak for themselves."""

    asks_when = True

    def __init__(self, effects: Effects, module: Module, unit: Unit, function: FunctionDefinition | None) -> None:
        self.notes = Notes(effects, module, unit, function)
        self.is_cached = False
        self._effects = effects
        self._lambdas = self.notes.lambdas
        self._place = UnitPlace(module, unit)

    def called(self, node: ir.Call, state: State) -> None:
        """Note what a call does, and where it leads."""
        if not self._lambdas.is_own(state):
            self._called_elsewhere(node, state)
            return
        callee = self._effects.inference.callee(node, state.scope)
        site = self._site(node, callee, state)
        if not isinstance(callee, Unknown):
            self._direct(site, node, state)
            self._passed_on(site, state)
        targets = self._effects.callees.targets(callee)
        if targets:
            self.notes.edges.append(self._edge(targets, node, callee, state))
        if isinstance(callee, Symbol) and self._matters(callee):
            self.notes.use(callee, Action.CALL, node, state)
        for argument in called_back(node, callee):
            self._lambdas.called_back(argument)
            inner = self._effects.callees.targets(self._effects.inference.value(argument, state.scope))
            if inner:
                self._calls_back(inner, argument, node, state)

    def _calls_back(self, targets: tuple[Target, ...], argument: ir.Expr, node: ir.Call, state: State) -> None:
        """Note a function that a built-in calls for each element, which is what it gives to its first parameter."""
        inference = self._effects.inference
        edge = replace(self.notes.edge(targets, node, state), per_iteration=True)
        loop = callbacks.loop_of(node, argument, state.scope, inference)
        if loop is not None:
            around = turns(self._effects, node, state.inside(state.scope, loops=(*state.loops, loop)))
            function = targets[0].function
            rows = function.row.parameters[1 if function.row.owner and not is_static(function) else 0 :]
            given = ((rows[0].name, inference.element(loop.value)),) if rows else ()
            edge = replace(edge, given=given, turns=around, turning=tuple(name for name, _ in given))
        self.notes.edges.append(edge)

    def iterated(self, loop: Loop, state: State) -> None:
        """Note that a loop runs over a query, over a parameter, or over an object of the project."""
        if not self._lambdas.is_own(state) or loop.iterable is None:
            return
        for effect in self._effects.direct.of_iterating(loop.value):
            self.notes.reached(effect, loop.iterable, state, self._effects.direct.sureness(loop.value))
        if isinstance(loop.value, Symbol):
            self.notes.use(loop.value, Action.ITERATE, loop.iterable, state)
        elif isinstance(loop.value, Query) and loop.value.origin is not None:
            self.notes.use(loop.value.origin, Action.ITERATE, loop.iterable, state)
        self._implicit(loop.value, ("__iter__", "__aiter__"), loop.iterable, state)

    def tested(self, node: ir.Expr, state: State) -> None:
        """Note that the truth of a query is asked for."""
        if isinstance(node, ir.Unary):
            node = node.operand
        if self._lambdas.is_own(state) and isinstance(node, ir.Name | ir.Attribute | ir.Call):
            value = self._effects.inference.value(node, state.scope)
            if isinstance(value, Query) and value.stage is not Stage.RESULT and value.orm == "django":
                for effect in self._effects.direct.of_iterating(value):
                    self.notes.reached(effect, node, state, self._effects.direct.sureness(value))

    def read(self, node: ir.Attribute, state: State) -> None:
        """Note a property that is run, and a relation that may be loaded."""
        is_property = node.name in self._effects.callees.property_names
        is_relation = node.name in self._effects.relation_names
        is_column = node.name in self._effects.column_names
        if not self._lambdas.is_own(state) or not (is_property or is_relation or is_column):
            return
        base = self._effects.inference.value(node.value, state.scope)
        targets = self._effects.callees.property_of(base, node.name) if is_property else ()
        if targets:
            self.notes.leads(targets, node, state, receiver_given(targets, base))
        if is_relation:
            self._relation(node, base, state)
        if is_column and isinstance(base, Instance):
            deferred = self._effects.deferred_column(base, node.name)
            if deferred is not None:
                self.notes.reached(deferred, node, state)
                keep_loaded(node, state.scope)

    def raised(self, node: ir.Raise, state: State) -> None:
        """Note an exception that leaves the function."""
        if not self._lambdas.is_own(state) or node.error is None:
            return
        error = node.error.func if isinstance(node.error, ir.Call) else node.error
        name = self._effects.exception_name(self._effects.inference.value(error, state.scope))
        if name and not self._effects.is_caught(name, catches(state)):
            self.notes.reached(Effect(EffectKind.RAISE, name), node, state)

    def entered(self, node: ir.With, state: State) -> None:
        """Note a transaction that is opened, and what entering an object of the project runs."""
        if not self._lambdas.is_own(state):
            return
        for item in node.items:
            value = self._effects.inference.value(item.context, state.scope)
            name = dotted(item.context.func if isinstance(item.context, ir.Call) else item.context)
            if self._effects.is_transaction(item.context, state.scope):
                self.notes.reached(Effect(EffectKind.TRANSACTION, name), item.context, state)
            self._implicit(value, ("__enter__", "__aenter__", "__exit__", "__aexit__"), item.context, state)

    def decorated(self, function: FunctionDefinition) -> None:
        """Note what the decorators of the function add: a cache, a transaction, a wrapper of the project."""
        inference = self._effects.inference
        for decorator in function.row.decorators:
            value = wrappers.decorator_of(inference, function, decorator)
            row = wrappers.row_of(inference, value)
            if row is not None and row.kind == "cache":
                self.is_cached = True
            if row is not None and row.kind == "transaction":
                node = decorator
                effect = Effect(EffectKind.TRANSACTION, dotted_of(node))
                self.notes.effects.append(Reached(effect, self.notes.step(node)))
            is_made = isinstance(decorator, ir.Call)
            if isinstance(value, ProjectClass):
                wrapper = wrappers.wrapper_of_class(inference, value, is_made=is_made)
            else:
                wrapper = wrappers.wrapper_of(inference, value)
            if wrapper is not None:
                self.notes.edges.append(Edge((Target(wrapper),), self.notes.step(decorator)))

    def _site(self, node: ir.Call, callee: Value, state: State) -> CallSite:
        return CallSite(
            self._place,
            node,
            callee,
            state.loops,
            tuple(state.parents),
            state.statement,
            state.functions,
            state.guards,
            state.scope,
            self._effects.inference,
        )

    def _direct(self, site: CallSite, node: ir.Call, state: State) -> None:
        for effect in self._effects.direct.of_call(site):
            self.notes.reached(effect, node, state, self._effects.direct.sureness_of_call(site))
        task = self._effects.direct.enqueued(site.callee)
        if task is not None:
            self.notes.reached(Effect(EffectKind.ENQUEUE, task.name), node, state)
            self.notes.handed.append(Handed(task, self._effects.task_place, self.notes.step(node)))

    def _passed_on(self, site: CallSite, state: State) -> None:
        """Note a callable that a call passes on, to run in a thread or later."""
        found = self._effects.direct.passed_on(site)
        if found is None:
            return
        self._lambdas.passed_on(found)
        value = self._effects.inference.value(found.node, state.scope)
        self._runs_elsewhere(self._effects.callees.targets(value), found, site.call, state)
        if isinstance(value, Symbol):
            self.notes.use(value, Action.OFFLOAD if found.waits else Action.HAND_OVER, site.call, state)

    def _called_elsewhere(self, node: ir.Call, state: State) -> None:
        """Note a call in a lambda that is passed on."""
        found = self._lambdas.passed(state)
        if found is not None:
            targets = self._effects.callees.targets(self._effects.inference.value(node.func, state.scope))
            self._runs_elsewhere(targets, found, node, state)

    def _runs_elsewhere(self, targets: tuple[Target, ...], found: PassedOn, node: ir.Call, state: State) -> None:
        step = self.notes.step(node)
        if targets and found.waits:
            self.notes.leads(targets, node, state, action=Action.OFFLOAD)
        around = turns(self._effects, node, state) if found.is_own else None
        for target in () if found.waits else targets:
            self.notes.handed.append(Handed(target.function, found.place_of(target.function), step, around))

    def _edge(self, targets: tuple[Target, ...], node: ir.Call, callee: Value, state: State) -> Edge:
        function = targets[0].function
        is_bound = bool(function.row.owner) and not isinstance(callee, ProjectFunction) and not is_static(function)
        passed = given(self._effects, function, node, callee, state, is_bound=is_bound)
        if not passed:
            base = callee.receiver if isinstance(callee, Method | Bound) else UNKNOWN
            passed = receiver_given(targets, base)
        told = self._effects.deciding.told(node, function, state, is_bound=is_bound)
        fixed = bool(function.row.decorators) and is_fixed(node)
        action = Action.OFFLOAD if self._effects.direct.is_offloaded(function) else Action.CALL
        around = turns(self._effects, node, state)
        changing = turning(function, node, around.names, is_bound=is_bound) if around is not None else ()
        return replace(
            self.notes.edge(targets, node, state),
            given=passed,
            action=action,
            told=told[0],
            takes_defaults=told[1],
            is_fixed=fixed,
            turns=around,
            turning=changing,
        )

    def _relation(self, node: ir.Attribute, base: Value, state: State) -> None:
        """Note that reading a relation loads it, or that it does where the caller did not load it."""
        if isinstance(base, Symbol):
            self.notes.use(_then(base, node.name), Action.LOAD, node, state)
        if not isinstance(base, Instance) or base.definition is None:
            return
        loaded = self._effects.lazily_loaded(base, node.name)
        if loaded is not None:
            self.notes.reached(loaded, node, state)
            keep_loaded(node, state.scope)
        elif base.has(node.name) is None and base.origin is not None:
            self.notes.use(_then(base.origin, node.name), Action.LOAD, node, state)
            if isinstance(self._effects.inference.value(node, state.scope), Instance):
                keep_loaded(node, state.scope)

    def _implicit(self, value: Value, names: tuple[str, ...], node: ir.Expr, state: State) -> None:
        """Note methods that the language calls on an object of the project."""
        if not isinstance(value, Instance) or value.definition is None:
            return
        for name in names:
            targets = self._effects.callees.targets(Method(value, name))
            if targets and targets[0].function.row.name == name:
                self.notes.leads(targets, node, state)

    def _matters(self, symbol: Symbol) -> bool:
        last = symbol.operations[-1] if symbol.operations else "()"
        return not last.startswith(".") or last[1:] in self._effects.telling_names


def dotted_of(node: ir.Expr) -> str:
    """Return a decorator by its name."""
    return dotted(node.func if isinstance(node, ir.Call) else node)


def _then(symbol: Symbol, name: str) -> Symbol:
    further = symbol.then(f".{name}")
    return further if isinstance(further, Symbol) else symbol
