"""What an expression evaluates to, as far as the facts tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import calls, members, promises, returns
from archlint.project.inference.remembering import Memory
from archlint.project.inference.scopes import Scope, bind
from archlint.project.symbols import ClassDefinition, Definition, FunctionDefinition, Module
from archlint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Items,
    Literal,
    Method,
    Parts,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Stage,
    Unknown,
    Value,
    join,
)

if TYPE_CHECKING:
    from archlint.project.project import Project

_MAX_DEPTH = 40
_DJANGO_MANAGERS = frozenset({"_base_manager", "_default_manager", "objects"})
_MODEL_WORDS = frozenset({"class", "cls", "klass", "model", "sender"})


class Inference:
    """Answers what expressions evaluate to; results over modules, classes and functions are remembered."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.memory = Memory()
        self._depth = 0
        self._by_type: dict[type, Callable[[Any, Scope], Value]] = {
            ir.Name: self._name,
            ir.Attribute: self._attribute,
            ir.Call: lambda node, scope: calls.call(self, node, scope),
            ir.Await: lambda node, scope: self.value(node.value, scope),
            ir.Subscript: self._subscript,
            ir.Constant: lambda node, _: Literal(node.value),
            ir.Text: lambda node, _: Literal(node.value),
            ir.Collection: self._collection,
            ir.Mapping: lambda node, _: Items(UNKNOWN, is_constant=bool(node.keys) and None not in node.keys),
            ir.Conditional: lambda node, scope: join(self.value(node.body, scope), self.value(node.orelse, scope)),
            ir.Boolean: self._boolean,
            ir.Walrus: lambda node, scope: self.value(node.value, scope),
            ir.Comprehension: self._comprehension,
        }

    def value(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what an expression evaluates to in a scope."""
        infer = self._by_type.get(type(node))
        if infer is None or self._depth > _MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return infer(node, scope)
        finally:
            self._depth -= 1

    def annotated(self, node: ir.Expr | None, scope: Scope) -> Value:
        """Return what an annotation promises."""
        if self._depth > _MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return promises.annotated(self, node, scope)
        finally:
            self._depth -= 1

    def parameters(self, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
        """Bind the parameters of a function in its scope."""
        promises.bind_parameters(self, function, scope, owner)

    def element(self, value: Value) -> Value:
        """Return what iterating over a value yields."""
        if isinstance(value, Items):
            return value.element
        if isinstance(value, Query) and value.stage is not Stage.STATEMENT:
            return Instance(value.model, value.definition)
        return UNKNOWN

    def global_value(self, module: Module, name: str) -> Value:
        """Return what a name of a module stands for; a name that nobody binds is taken for a built-in."""
        found = self.project.symbols.member(module, [name])
        if found is not None:
            return self.defined(found)
        return External(self.project.symbols.qualified(module, name))

    def defined(self, found: Definition) -> Value:
        """Return what a definition of the project is as a value."""
        if isinstance(found, Module):
            return ProjectModule(found)
        if isinstance(found, ClassDefinition):
            return ProjectClass(found)
        if isinstance(found, FunctionDefinition):
            return ProjectFunction(found)
        return self.memory.recall(("variable", found), lambda: members.variable(self, found))

    def returned(self, definition: FunctionDefinition) -> Value:
        """Return what calling a function of the project gives: by its annotation, else by its body."""
        return self.memory.recall(("returned", definition), lambda: returns.returned(self, definition))

    def opened(self, provider: Value) -> Value:
        """Return what a provider gives to those who depend on it: what a generator yields, else its result."""
        if isinstance(provider, ProjectFunction):
            definition = provider.definition
            return self.memory.recall(("opened", definition), lambda: returns.opened(self, definition))
        if isinstance(provider, ProjectClass):
            return Instance(provider.definition.name, provider.definition)
        return UNKNOWN

    def entered(self, node: ir.Expr, scope: Scope) -> Value:
        """Return what `with node as target` binds."""
        callee = self.value(node.func, scope) if isinstance(node, ir.Call) else UNKNOWN
        if isinstance(callee, Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition:
            found = members.member(self, callee.receiver.definition, callee.name)
            callee = found if isinstance(found, ProjectFunction) else callee
        return self.opened(callee) if isinstance(callee, ProjectFunction) else self.value(node, scope)

    def _name(self, node: ir.Name, scope: Scope) -> Value:
        local = scope.names.get(node.id)
        return self.global_value(scope.module, node.id) if local is None else local

    def _attribute(self, node: ir.Attribute, scope: Scope) -> Value:
        base = self.value(node.value, scope)
        if node.name in _DJANGO_MANAGERS and isinstance(base, Unknown | External | Method):
            # A model of a library, or one that came through a variable. Buckets and scenes have `objects` as well.
            callee = node.value.func if isinstance(node.value, ir.Call) else node.value
            name = dotted(callee).rpartition(".")[2]
            if node.name != "objects" or _names_a_model(name):
                return Query("django", name if name[:1].isupper() else "", Stage.MANAGER)
        return members.attribute(self, base, node.name)

    def _subscript(self, node: ir.Subscript, scope: Scope) -> Value:
        base = self.value(node.value, scope)
        if isinstance(node.index, ir.Slice):
            if isinstance(base, Items):
                return replace(base, source=None)
            return replace(base, bounded=True) if isinstance(base, Query) else base
        index = node.index.value if isinstance(node.index, ir.Constant) else None
        if isinstance(base, Parts):
            is_part = type(index) is int and -len(base.values) <= index < len(base.values)
            return base.values[int(index)] if is_part and index is not None else UNKNOWN
        return self.element(base)

    def _collection(self, node: ir.Collection, scope: Scope) -> Value:
        values = [self.value(item, scope) for item in node.items if not isinstance(item, ir.Starred)]
        element = values[0] if values else UNKNOWN
        for value in values[1:]:
            element = join(element, value)
        return Items(element, is_constant=len(values) == len(node.items) and bool(values))

    def _boolean(self, node: ir.Boolean, scope: Scope) -> Value:
        value = self.value(node.values[0], scope)
        for other in node.values[1:]:
            value = join(value, self.value(other, scope))
        return value

    def _comprehension(self, node: ir.Comprehension, scope: Scope) -> Value:
        inner = scope.branch()
        constant = True
        for clause in node.clauses:
            iterable = self.value(clause.iterable, inner)
            constant = constant and isinstance(iterable, Items) and iterable.is_constant
            bind(clause.target, self.element(iterable), inner)
        if node.kind == "dict":
            return Items(UNKNOWN, is_constant=constant)
        return Items(self.value(node.element, inner), is_constant=constant)


def _names_a_model(name: str) -> bool:
    words = name.lower().split("_")
    return name[:1].isupper() or not _MODEL_WORDS.isdisjoint(words)
