"""Decorators that log all that a function is given: functions whose inner one logs its `*args` or `**kwargs`."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.inference import wrappers
from archlint.project.leaks.exposed import exposed
from archlint.project.leaks.logged import logged, logged_names
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import nodes_in
from archlint.project.values import Instance, ProjectClass, ProjectFunction, Value


class LoggingDecorators:
    """Answers whether a decorator logs the arguments of what it wraps; each is looked at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = logged_names(project)
        self._known: dict[FunctionDefinition, bool] = {}

    def logs(self, function: FunctionDefinition, decorator: ir.Expr) -> bool:
        """Return whether a decorator of a function logs all that it is given; what is told by name may hide some."""
        if isinstance(decorator, ir.Call) and decorator.keywords:
            return False
        value = wrappers.decorator_of(self._project.inference, function, decorator)
        return any(self._logs_arguments(one) for one in self._functions(value))

    def _functions(self, value: Value) -> tuple[FunctionDefinition, ...]:
        if isinstance(value, ProjectFunction):
            return (value.definition,)
        definition = value.definition if isinstance(value, Instance | ProjectClass) else None
        called = _method(definition, "__call__") if definition is not None else None
        return (called,) if called is not None else ()

    def _logs_arguments(self, wrapper: FunctionDefinition) -> bool:
        if wrapper not in self._known:
            self._known[wrapper] = self._looks(wrapper)
        return self._known[wrapper]

    def _looks(self, wrapper: FunctionDefinition) -> bool:
        """Return whether a logging call in a wrapper writes out what an inner function takes in `*args`, `**kwargs`."""
        node = self._project.function_node(wrapper)
        if node is None:
            return False
        inner = [one for one, _ in nodes_in(node) if isinstance(one, ir.Function)]
        taken = {row.name for one in inner for row in one.parameters if row.kind in ("star", "starstar")}
        if not taken:
            return False
        for one, _ in nodes_in(node):
            if isinstance(one, ir.Assign) and isinstance(one.value, ir.Name) and one.value.id in taken:
                taken |= {target.id for target in one.targets if isinstance(target, ir.Name)}
        place = UnitPlace(wrapper.module, wrapper.unit)
        return any(
            not taken.isdisjoint(one.name for argument in found.arguments for one in exposed(argument))
            for found in logged(self._project, place, self._names)
        )


def _method(definition: ClassDefinition, name: str) -> FunctionDefinition | None:
    return definition.module.functions.get(f"{definition.row.name}.{name}")
