"""What an expression evaluates to, as far as the facts tell."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from archlint.ir import nodes as ir
from archlint.ir.module import Unit
from archlint.project.inference import (
    calls,
    choices,
    construction,
    displays,
    django_models,
    generators,
    members,
    operations,
    promises,
    returns,
    rows,
    symbolic,
)
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.listening import Listener, State
from archlint.project.inference.scopes import Scope
from archlint.project.inference.walk import Walk
from archlint.project.questions.memo import Kind
from archlint.project.symbols import ClassDefinition, Definition, FunctionDefinition, Module, Variable
from archlint.project.tree import assigned_attributes
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    External,
    Literal,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.project import Project

_MAX_DEPTH = 40
"""Expressions in expressions that are followed."""
Stored = tuple[tuple[str, Value], ...]


class Inference:
    """Answers what expressions evaluate to; results over modules, classes and functions are remembered."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.memo = project.memo
        self._depth = 0
        self._assigned: dict[FunctionDefinition, frozenset[str]] = {}
        self._global_names: dict[tuple[Module, str], Value] = {}
        self._by_type: dict[type, Callable[[Any, Scope], Value]] = {
            ir.Name: self._name,
            ir.Attribute: self._attribute,
            ir.Call: partial(calls.call, self),
            ir.Await: lambda node, scope: self.value(node.value, scope),
            ir.Subscript: partial(operations.subscript, self),
            ir.Constant: lambda node, _: Literal(node.value),
            ir.Text: lambda node, _: Literal(node.value),
            ir.Collection: partial(displays.collection_of, self),
            ir.Mapping: partial(displays.mapping_of, self),
            ir.Binary: partial(operations.binary, self),
            ir.Conditional: partial(choices.conditional, self),
            ir.Boolean: partial(choices.boolean, self),
            ir.Walrus: lambda node, scope: self.value(node.value, scope),
            ir.Comprehension: partial(displays.comprehension_of, self),
        }
        for name, compute in (
            ("variable", lambda found: members.variable(self, found)),
            ("attribute", lambda definition, name: members.class_attribute(self, definition, name)),
            ("returned", lambda definition, receiver: returns.returned(self, definition, receiver)),
            ("opened", lambda definition, receiver: returns.opened(self, definition, receiver)),
        ):
            self.memo.register(Kind(name, self.afresh(compute), NOTHING, UNKNOWN))
        stored = self.afresh(lambda definition, receiver: returns.stored(self, definition, receiver))
        self.memo.register(Kind("stored", stored, (), ()))
        self.memo.register(Kind("kept", self.afresh(lambda init: construction.kept_by(self, init)), (), ()))
        portions = self.afresh(lambda definition: generators.yields_portions(self, definition))
        self.memo.register(Kind("portions", portions, False, False))
        self.memo.register(Kind("closure", self.afresh(self._closure), (), ()))

    def value(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what an expression evaluates to in a scope."""
        known = scope.known.get(id(node))
        if known is not None:
            return known[1]
        infer = self._by_type.get(type(node))
        if infer is None or self._depth > _MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            value = infer(node, scope)
        finally:
            self._depth -= 1
        scope.known[id(node)] = (node, value)
        return value

    def callee(self, node: ir.Call, scope: Scope) -> Value:
        """Return what a call calls: `lines.get(pk=1)` says more of `lines` than `lines.get` does."""
        if isinstance(node.func, ir.Attribute) and django_models.asks_for_rows(node):
            return members.attribute(self, self._rows(self.value(node.func.value, scope), node.func), node.func.name)
        return self.value(node.func, scope)

    def annotated(self, node: ir.Expr | None, scope: Scope) -> Value:
        """Return what an annotation promises."""
        if node is None or self._depth > _MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return promises.annotated(self, node, scope)
        finally:
            self._depth -= 1

    def parameters(self, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
        """Bind the parameters of a function in its scope."""
        promises.bind_parameters(self, function, scope, owner)

    def assigned(self, target: ir.Attribute, value: Value, scope: Scope) -> None:
        """Take note of a value that is put into an attribute of a row."""
        rows.assigned(self, target, value, scope)

    def element(self, value: Value) -> Value:
        """Return what iterating over a value yields."""
        return operations.element(self, value)

    def sliced(self, value: Value, limit: int | None) -> Value:
        """Return what `value[:limit]` gives."""
        return operations.sliced(value, limit)

    def global_value(self, module: Module, name: str, at: int) -> Value:
        """Return what a name stands for in the unit that starts at an offset, where no local has it.

        A name that nobody binds is taken for a built-in.
        """
        imported = module.function_import(name, at)
        if imported is not None:
            return self._imported(module, imported)
        self.reads(module, name)
        key = (module, name)
        value = self._global_names.get(key)
        if value is None:
            found = self.project.symbols.member(module, [name])
            if isinstance(found, Variable):  # what it holds may rest on a question that is still open
                return self.defined(found)
            value = External(self.project.symbols.qualified(module, name)) if found is None else self.defined(found)
            self._global_names[key] = value
        return value

    def _imported(self, module: Module, target: str) -> Value:
        """Return what an import inside a function gives."""
        self.memo.read(("imports", module, target))
        found = self.project.symbols.find(target, module)
        return self.defined(found) if found is not None else External(self.project.symbols.origin(module, target))

    def defined(self, found: Definition) -> Value:
        """Return what a definition of the project is as a value."""
        if isinstance(found, Module):
            return ProjectModule(found)
        if isinstance(found, ClassDefinition):
            return ProjectClass(found)
        if isinstance(found, FunctionDefinition):
            return ProjectFunction(found)
        value: Value = self.memo.ask("variable", found)
        return value

    def returned(self, definition: FunctionDefinition, receiver: Value | None) -> Value:
        """Return what calling a function of the project gives: by its annotation, else by its body."""
        value: Value = self.memo.ask("returned", definition, symbolic.context(definition, receiver))
        return value

    def stored(self, definition: FunctionDefinition, receiver: Value | None) -> Stored:
        """Return what a method puts into attributes of its receiver, by name."""
        found: Stored = self.memo.ask("stored", definition, symbolic.context(definition, receiver))
        return found

    def kept(self, init: FunctionDefinition) -> Stored:
        """Return what a constructor keeps of what it is given, by the name of the parameter."""
        found: Stored = self.memo.ask("kept", init)
        return found

    def assigned_in(self, definition: FunctionDefinition) -> frozenset[str]:
        """Return the names of the attributes that a function assigns, of whatever object."""
        self.reads_body(definition.module, definition.unit)
        found = self._assigned.get(definition)
        if found is None:
            node = self.project.function_node(definition)
            found = self._assigned[definition] = assigned_attributes(node) if node is not None else frozenset()
        return found

    def opened(self, provider: Value, made_with: Arguments | None = None) -> Value:
        """Return what a provider gives to those who depend on it: what a generator yields, else its result.

        A provider that another function made may give what that one was made with.
        """
        return operations.opened(self, provider, made_with)

    def entered(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what `with node as target` binds."""
        return operations.entered(self, node, scope)

    def either(self, first: Value, second: Value) -> Value:
        """Return what a parameter that may be left out is, or what stands in for it."""
        return choices.either(self, first, second)

    def nested(self, outer: FunctionDefinition, name: str) -> FunctionDefinition | None:
        """Return the function of a name that is defined in another one."""
        return self.project.nested_functions(outer).get(name)

    def narrowed(self, test: ir.Expr, scope: Scope) -> tuple[str, Value] | None:
        """Return the name that `isinstance(x, Order)` says more about, and what it is where the test holds."""
        return operations.narrowed(self, test, scope)

    def scope_of(self, definition: FunctionDefinition, receiver: Value | None) -> Scope:
        """Return the scope in which the head of a function stands."""
        unit = definition.unit
        owner = definition.owner
        scope = Scope(definition.module, unit.start, owner, {}, receiver)
        if definition.outer is not None:
            scope.names = dict(self.memo.ask("closure", definition.outer))
        return scope

    def walked(self, definition: FunctionDefinition, receiver: Value | None, listener: Listener) -> None:
        """Walk the body of a function, its parameters as symbols where nothing is known of them."""
        node = self.project.function_node(definition)
        if node is None:
            return
        self.reads_body(definition.module, definition.unit)
        scope = self.scope_of(definition, receiver)
        scope.function = definition
        promises.bind_parameters(self, node, scope, scope.owner if definition.outer is None else None)
        state = State(scope, node, functions=(node,))
        Walk(self, listener).statements(node.body, state)

    def reads(self, module: Module, name: str) -> None:
        """Note that an answer rests on what a module declares under a name."""
        self.memo.read(("declares", module, name))

    def reads_body(self, module: Module, unit: Unit) -> None:
        """Note that an answer rests on the body of a unit."""
        self.memo.read(("source", module, unit.start))

    def afresh(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        """Return a computation that counts the depth of its expressions from zero."""

        def run(*subjects: Any) -> Any:
            outer, self._depth = self._depth, 0
            try:
                return compute(*subjects)
            finally:
                self._depth = outer

        return run

    def _closure(self, definition: FunctionDefinition) -> Stored:
        """Return what the names of a function stand for at its end, for the functions that are defined in it."""
        listener = _Names()
        node = self.project.function_node(definition)
        if node is None:
            return ()
        self.reads_body(definition.module, definition.unit)
        scope = self.scope_of(definition, None)
        scope.function = definition
        promises.bind_parameters(self, node, scope, scope.owner if definition.outer is None else None)
        Walk(self, listener).statements(node.body, State(scope, node, functions=(node,)))
        return tuple(sorted(scope.names.items()))

    def _name(self, node: ir.Name, scope: Scope) -> Value:
        local = scope.names.get(node.id)
        return self.global_value(scope.module, node.id, scope.offset) if local is None else local

    def _attribute(self, node: ir.Attribute, scope: Scope) -> Value:
        base = self.value(node.value, scope)
        found = django_models.attribute(self, base, node, scope) if node.name in django_models.NAMES else None
        if node.name in django_models.OF_ROWS:
            base = self._rows(base, node)
        return members.attribute(self, base, node.name) if found is None else found

    def _rows(self, base: Value, node: ir.Attribute) -> Value:
        rows = django_models.rows_of_somebody(self, base, node.value)
        return base if rows == UNKNOWN else rows


class _Names(Listener):
    """Wants nothing but the names at the end."""

    sees_calls = False
