"""Which relations managers and querysets of a project load along with their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Model, Relation
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import expressions_in

_EAGER = frozenset({"prefetch_related", "select_related"})
_LOADERS = frozenset({"contains_eager", "immediateload", "joinedload", "selectinload", "subqueryload"})
_PREFETCH = "Prefetch"
_MAX_DEPTH = 4


class Joined:
    """Finds the paths that a manager or a method of a queryset always loads."""

    def __init__(
        self,
        names: Names,
        model: Callable[[ClassDefinition], Model | None],
        relation: Callable[[ClassDefinition, str], Relation | None],
    ) -> None:
        self._names = names
        self._model = model
        self._relation = relation

    def of(self, definition: ClassDefinition, member: str) -> frozenset[str]:
        """Return the paths of a manager of a model, or of a method of a manager or queryset."""
        model = self._model(definition)
        if model is None:
            return self._method((definition,), member, 0)
        managers = [one for one in model.managers if one.name == member]
        if managers:
            classes = [one for manager in managers for one in (manager.definition, manager.queryset) if one is not None]
            return self._method(tuple(classes), "get_queryset", 0)
        for manager in model.managers:
            classes = [one for one in (manager.definition, manager.queryset) if one is not None]
            found = self._method(tuple(classes), member, 0)
            if found:
                return found
        return self._method((definition,), member, 0)

    def _method(self, classes: tuple[ClassDefinition, ...], member: str, depth: int) -> frozenset[str]:
        function = self._found(classes, member)
        node = self._names.project.function_node(function) if function is not None else None
        if node is None or depth > _MAX_DEPTH:
            return frozenset()
        always: set[str] = set()
        ends: list[frozenset[str]] = []
        for statement in node.body:
            if isinstance(statement, ir.Assign | ir.Evaluate) and statement.value is not None:
                always |= self._paths(classes, member, statement.value, depth)
            elif isinstance(statement, ir.Return) and statement.value is not None:
                ends.append(frozenset(always | self._paths(classes, member, statement.value, depth)))
            elif isinstance(statement, ir.If):
                ends += [
                    frozenset(always | self._paths(classes, member, one.value, depth))
                    for one in (*statement.body, *statement.orelse)
                    if isinstance(one, ir.Return) and one.value is not None
                ]
        return frozenset.intersection(*ends) if ends else frozenset()

    def _found(self, classes: tuple[ClassDefinition, ...], member: str) -> FunctionDefinition | None:
        for definition in classes:
            for one in self._names.classes(definition):
                found = one.module.functions.get(f"{one.row.name}.{member}")
                if found is not None:
                    return found
        return None

    def _paths(self, classes: tuple[ClassDefinition, ...], member: str, node: ir.Expr, depth: int) -> frozenset[str]:
        found: set[str] = set()
        for one in expressions_in(node):
            if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute):
                name = one.func.name
                if name in _EAGER:
                    found.update(_told(one))
                elif name == "options":
                    found.update(path for argument in one.args for path in _loaded(argument))
                elif name != member and self._found(classes, name) is not None:
                    found |= self._method(classes, name, depth + 1)
                elif name == member and dotted(one.func.value) == "?":  # `super().get_queryset()`
                    found |= self._above(classes, member, depth)
        return frozenset(found)

    def _above(self, classes: tuple[ClassDefinition, ...], member: str, depth: int) -> frozenset[str]:
        """Return what the same method of the ancestors loads."""
        function = self._found(classes, member)
        above = [
            one
            for definition in classes
            for one in self._names.classes(definition)
            if function is not None and f"{one.row.name}.{member}" != function.local_name
        ]
        return self._method(tuple(above), member, depth + 1) if above else frozenset()


def _told(call: ir.Call) -> Iterator[str]:
    """Yield the paths that `select_related` and `prefetch_related` are given."""
    for argument in call.args:
        if isinstance(argument, ir.Call) and dotted(argument.func).rpartition(".")[2] == _PREFETCH and argument.args:
            argument = argument.args[0]  # noqa: PLW2901 - the lookup in a Prefetch
        if isinstance(argument, ir.Text):
            yield argument.value.replace("__", ".")


def _loaded(node: ir.Expr) -> tuple[str, ...]:
    """Return the path of `joinedload(Order.customer).joinedload(Customer.company)`."""
    names: list[str] = []
    while isinstance(node, ir.Call):
        last = dotted(node.func).rpartition(".")[2]
        if last not in _LOADERS:
            return ()
        parts = [dotted(one).rpartition(".")[2] for one in node.args if isinstance(one, ir.Attribute)]
        names = [*parts, *names]
        if not isinstance(node.func, ir.Attribute):
            break
        node = node.func.value
    return (".".join(names),) if names else ()
