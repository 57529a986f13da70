"""Where the rows of a template were asked for: the query that a name of its context goes back to."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Step, Target
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.tree import argument, called_name, statements_in
from archlint.project.values import Instance, Query, Symbol

_MAX_STEPS = 12
_HANDING_ON = frozenset({"Paginator", "list", "reversed", "sorted", "tuple"})
"""Callables that give the rows of their first argument."""
_PICKING = frozenset({"earliest", "first", "first_or_404", "get", "get_or_404", "last", "latest", "one", "one_or_none"})
"""Methods that pick one row: what is loaded with it, and with no other one, belongs there."""


class Origins:
    """Follows rows back to the expression that asks for them."""

    def __init__(self, project: Project, contexts: Contexts) -> None:
        self._project = project
        self._contexts = contexts

    def of(self, entry: Entry) -> Step:
        """Return where the query of an entry begins; where it comes from a parameter, where that is used."""
        for _ in range(_MAX_STEPS):
            before = self._before(entry)
            if before is None:
                break
            entry = before
        return entry.step

    def _before(self, entry: Entry) -> Entry | None:
        """Return the expression that an expression has its rows from, None where it asks for them itself."""
        node, function = entry.node, entry.function
        if function is None:
            return None
        if isinstance(node, ir.Name):
            return self._assigned(entry, function, node.id)
        if isinstance(node, ir.Conditional | ir.Subscript | ir.Await):
            return _at(entry, node.body if isinstance(node, ir.Conditional) else node.value)
        if isinstance(node, ir.Attribute):
            return self._attribute(entry, function, node)
        return self._called(entry, function, node) if isinstance(node, ir.Call) else None

    def _assigned(self, entry: Entry, function: FunctionDefinition, name: str) -> Entry | None:
        """Return the value that a variable was given last before a place in a function."""
        body = self._project.function_node(function)
        found: ir.Expr | None = None
        for statement, value in _assignments(body):
            if statement.end <= entry.node.start and any(_names(one, name) for one in statement.targets):
                found = value if found is None or value.start > found.start else found
        return _at(entry, found) if found is not None else None

    def _attribute(self, entry: Entry, function: FunctionDefinition, node: ir.Attribute) -> Entry | None:
        """Return what a class sets an attribute to that one of its methods reads: `self.queryset`."""
        receiver = entry.receiver
        definition = receiver.definition if isinstance(receiver, Instance) else function.owner
        if not isinstance(node.value, ir.Name) or definition is None or not _is_first(function, node.value.id):
            return None
        for ancestor in self._project.symbols.ancestors(definition):
            if isinstance(ancestor, ClassDefinition):
                found = self._in_class(entry, ancestor, node.name) or self._in_methods(entry, ancestor, node)
                if found is not None:
                    return found
        return None

    def _in_class(self, entry: Entry, definition: ClassDefinition, name: str) -> Entry | None:
        """Return what the body of a class gives a name."""
        variable = definition.module.variables.get(f"{definition.row.name}.{name}")
        if variable is None:
            return None
        unit = variable.units[-1]
        body = self._project.body(unit)
        value = body.value if isinstance(body, ir.Assign) else None
        return Entry(entry.value, value, variable.module, unit.start) if value is not None else None

    def _in_methods(self, entry: Entry, definition: ClassDefinition, node: ir.Attribute) -> Entry | None:
        """Return what a method of a class puts into an attribute of its receiver."""
        for method in definition.methods:
            if node.name not in method.unit.attributes:
                continue
            for statement, value in _assignments(self._project.function_node(method)):
                if any(_is_own(method, one, node.name) for one in statement.targets):
                    return Entry.inside(method, entry.receiver, value, entry.value)
        return None

    def _called(self, entry: Entry, function: FunctionDefinition, node: ir.Call) -> Entry | None:
        if called_name(node) in _HANDING_ON and node.args:
            return _at(entry, node.args[0])
        if called_name(node) in _PICKING:
            return None
        target = self._making(entry, function, node)
        if target is not None:
            return self._inside(entry, node, target)
        return self._chained(entry, function, node)

    def _making(self, entry: Entry, function: FunctionDefinition, node: ir.Call) -> Target | None:
        """Return the function that makes rows; a method of the project's querysets hands on those it is called on."""
        target = self._contexts.called(function, entry.receiver, node)
        return None if target is not None and isinstance(target.receiver, Query) else target

    def _chained(self, entry: Entry, function: FunctionDefinition, node: ir.Call) -> Entry | None:
        """Return what the methods of a chain are called on: a variable, an attribute, or what a function makes."""
        base: ir.Expr = node
        while isinstance(base, ir.Call) and isinstance(base.func, ir.Attribute):
            base = base.func.value
            if isinstance(base, ir.Attribute):
                held = self._attribute(entry, function, base)
                if held is not None:
                    return held
            if isinstance(base, ir.Call) and self._making(entry, function, base) is not None:
                return _at(entry, base)
        return self._assigned(entry, function, base.id) if isinstance(base, ir.Name) else None

    def _inside(self, entry: Entry, node: ir.Call, target: Target) -> Entry | None:
        """Return what a function of the project makes, or the argument whose rows it hands on."""
        returned = self._project.inference.returned(target.function, target.receiver)
        origin = returned if isinstance(returned, Symbol) else returned.origin if isinstance(returned, Query) else None
        if isinstance(origin, Symbol) and origin.owner is target.function:
            names = [row.name for row in target.function.row.parameters]
            position = names.index(origin.parameter) if origin.parameter in names else None
            is_bound = bool(target.function.row.owner) and isinstance(node.func, ir.Attribute)
            shift = 1 if is_bound else 0
            given = (
                argument(node, position - shift, origin.parameter)
                if position is not None and position >= shift
                else None
            )
            return _at(entry, given) if given is not None else None
        receiver = target.receiver or entry.receiver
        results = self._contexts.seen(target.function, receiver).results
        return Entry.inside(target.function, receiver, results[-1], entry.value) if results else None


def _at(entry: Entry, node: ir.Expr) -> Entry:
    return Entry(entry.value, node, entry.module, entry.offset, entry.function, entry.receiver)


def _assignments(function: ir.Function | None) -> Iterator[tuple[ir.Assign, ir.Expr]]:
    """Yield the statements of a function that give something a value, with the value."""
    for statement in statements_in(function.body) if function is not None else ():
        if isinstance(statement, ir.Assign) and statement.value is not None:
            yield statement, statement.value


def _names(target: ir.Expr, name: str) -> bool:
    return isinstance(target, ir.Name) and target.id == name


def _is_own(method: FunctionDefinition, target: ir.Expr, name: str) -> bool:
    """Return whether a target is an attribute of a name of the receiver of a method."""
    if not isinstance(target, ir.Attribute) or target.name != name or not isinstance(target.value, ir.Name):
        return False
    return _is_first(method, target.value.id)


def _is_first(function: FunctionDefinition, name: str) -> bool:
    return bool(function.row.parameters) and function.row.parameters[0].name == name
