"""Say why nothing is known of an expression: the shape of the innermost part of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archlint.ir import nodes as ir
from archlint.project.flow import CallSite
from archlint.project.inference.members import member
from archlint.project.project import Project
from archlint.project.tree import assigned_attributes, target_names
from archlint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Items,
    Method,
    Parts,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Value,
)

_MAX_STEPS = 12
_KINDS: tuple[tuple[type, str], ...] = (
    (External, "something of a library"),
    (ProjectModule, "a module of the project"),
    (ProjectClass, "a class of the project"),
    (ProjectFunction, "a function of the project"),
    (Query, "a query"),
    (Items, "a collection"),
    (Parts, "a tuple"),
)

Binding = tuple[str, "ir.Expr | None"]
"""How a name is bound, and the expression that it is bound from."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Answers for the expressions around one call."""

    project: Project
    site: CallSite

    def callee(self) -> str:
        """Return why the callee of the call is not known."""
        return self._of(self.site.call.func, 0)

    def receiver(self) -> str:
        """Return why what the method is called on is not known; of a plain function, why that is not known."""
        func = self.site.call.func
        return self._of(func.value if isinstance(func, ir.Attribute) else func, 0)

    def argument(self) -> str:
        """Return why the first argument of the call is not known."""
        args = self.site.call.args
        return self._of(args[0], 0) if args else "no argument"

    def _value(self, node: ir.Expr) -> Value:
        return self.project.inference.value(node, self.site.scope)

    def _of(self, node: ir.Expr, steps: int) -> str:  # noqa: PLR0911 - one answer a kind of expression
        if steps > _MAX_STEPS:
            return "a long chain"
        if isinstance(node, ir.Name):
            return self._name(node, steps)
        if isinstance(node, ir.Attribute):
            base = root(self._value(node.value))
            return self._of(node.value, steps + 1) if base == UNKNOWN else self._attribute(base, node.name)
        if isinstance(node, ir.Call):
            return self._result(node, steps)
        if isinstance(node, ir.Await):
            return self._of(node.value, steps + 1)
        if isinstance(node, ir.Subscript):
            base = root(self._value(node.value))
            return self._of(node.value, steps + 1) if base == UNKNOWN else f"an item of {_kind(base)}"
        if isinstance(node, ir.Boolean | ir.Conditional):
            return "one of several values (`or`, `if else`)"
        return f"an expression: {type(node).__name__.lower()}"

    def _attribute(self, base: Value, name: str) -> str:
        if not isinstance(base, Instance):
            return f"an attribute of {_kind(base)}"
        if base.definition is None:
            return "an attribute of an object of a library's class"
        if member(self.project.inference, base.definition, name) is not None:
            return "a member of a project's class whose value is not known"
        if name in _assigned_anywhere(self.project, base):
            return "an attribute that a method other than `__init__` sets"
        libraries = [one for one in self.project.symbols.ancestors(base.definition) if isinstance(one, str)]
        if any(one.startswith("?") for one in libraries):
            return "a member that is not found in a project's class with a base that is no name (`Base[T]`)"
        kind = "that inherits from a library" if any(one not in ("", "object") for one in libraries) else ""
        return f"a member that is not found in a project's class {kind}".rstrip()

    def _result(self, node: ir.Call, steps: int) -> str:
        callee = self._value(node.func)
        base = root(callee)
        if isinstance(node.func, ir.Name) and node.func.id == "super":
            return "`super()`"
        if base == UNKNOWN:
            return self._of(node.func, steps + 1)
        if isinstance(callee, ProjectFunction):
            return "the result of a function of the project"
        if isinstance(callee, External):
            return f"the result of `{callee.name}`"
        if isinstance(callee, Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition:
            found = member(self.project.inference, callee.receiver.definition, callee.name)
            own = isinstance(found, ProjectFunction)
            return f"the result of a method {'of the project' if own else 'that a project class inherits'}"
        return f"the result of a method of {_kind(base)}"

    def _name(self, node: ir.Name, steps: int) -> str:
        value = root(self._value(node))
        how, source = self._binding(node)
        if value != UNKNOWN and steps == 0:
            return f"{_kind(value)} ({how})"
        if source is None or (root(self._value(source)) != UNKNOWN and not isinstance(source, ir.Call | ir.Subscript)):
            return how
        inner = self._of(source, steps + 1)
        return inner if how == "a local variable" else f"{how} {inner}"

    def _binding(self, node: ir.Name) -> Binding:
        """Return how a name is bound: the nearest binding before its use in the functions around, innermost first."""
        for loop in reversed(self.site.loops):
            if isinstance(loop.node, ir.Comprehension) and node.id in loop.targets:
                return "a loop over", loop.iterable
        for function in reversed(self.site.functions):
            if isinstance(function, ir.Function):
                before = [one for one in _bindings(function.body, node.id) if one[0] <= node.start]
                if before:
                    return max(before, key=lambda one: one[0])[1]
            for index, parameter in enumerate(function.parameters):
                if parameter.name == node.id:
                    return self._parameter(function, parameter, index), None
        return "a name of the module, imported or built in", None

    def _parameter(self, function: ir.Function | ir.Lambda, parameter: ir.Parameter, index: int) -> str:
        if isinstance(function, ir.Lambda):
            return "a parameter of a lambda"
        if index == 0 and parameter.name in ("self", "cls"):
            return f"`{parameter.name}`"
        if parameter.kind in ("star", "starstar"):
            return "a parameter with a star"
        return "a parameter with an annotation" if parameter.annotation else "a parameter without annotation"


def root(value: Value) -> Value:
    """Return what a chain of attributes of nothing known starts from."""
    while isinstance(value, Method):
        value = value.receiver
    return value


def _kind(value: Value) -> str:
    if isinstance(value, Instance):
        return "an object of a project's class" if value.definition else "an object of a library's class"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "a literal")


def _assigned_anywhere(project: Project, instance: Instance) -> frozenset[str]:
    """Return the attributes that methods of a class assign to `self`."""
    if instance.definition is None:
        return frozenset()
    found: set[str] = set()
    for ancestor in project.symbols.ancestors(instance.definition):
        if not isinstance(ancestor, str):
            owned = [one for one in ancestor.module.functions.values() if one.row.owner == ancestor.row.name]
            nodes = [node for one in owned if (node := project.function_node(one)) is not None]
            found.update(*[assigned_attributes(node) for node in nodes])
    return frozenset(found)


def _bindings(body: tuple[ir.Stmt, ...], name: str) -> Iterator[tuple[int, Binding]]:
    """Yield where and how statements bind a name, those of nested functions left out."""
    for statement in body:
        if isinstance(statement, ir.Function | ir.Class):
            if statement.name == name:
                yield statement.start, ("a function or class defined in the function", None)
            continue
        yield from _bound_by(statement, name)
        for field in ("body", "orelse", "final"):
            yield from _bindings(getattr(statement, field, ()), name)
        for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _bindings(inner.body, name)


def _bound_by(statement: ir.Stmt, name: str) -> Iterator[tuple[int, Binding]]:
    if isinstance(statement, ir.Assign):
        for target in statement.targets:
            if name in target_names(target):
                how = "a local variable" if isinstance(target, ir.Name) else "a part of"
                yield statement.end, (how, statement.value)  # the value is computed before the name is bound
    elif isinstance(statement, ir.For) and name in target_names(statement.target):
        yield statement.start, ("a loop over", statement.iterable)
    elif isinstance(statement, ir.With):
        opened = [item for item in statement.items if item.target is not None and name in target_names(item.target)]
        yield from ((statement.start, ("what `with` opens:", item.context)) for item in opened)
    elif isinstance(statement, ir.Try) and any(handler.name == name for handler in statement.handlers):
        yield statement.start, ("a caught exception", None)
    elif isinstance(statement, ir.Import) and any(alias.bound == name for alias in statement.names):
        yield statement.start, ("an import in the function", None)
